//! Commands: the functions of the schema, called directly.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use chrono::{DateTime, Utc};
use deadpool_postgres::Pool;
use serde::{Deserialize, Serialize};

use crate::respond::{Answer, answer};
use crate::rows::Status;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateOrder {
    customer_id: i32,
    items: Vec<Item>,
}

/// Read as the API spells it, written as the function wants it.
#[derive(Deserialize, Serialize)]
struct Item {
    #[serde(rename(deserialize = "productId"))]
    product_id: i32,
    quantity: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    create_order: CreatedOrder<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatedOrder<'a> {
    id: i32,
    order_number: &'a str,
    total_amount: &'a str,
    status: Status,
}

/// Creates an order.
pub(crate) async fn create(State(pool): State<Pool>, body: Bytes) -> Answer {
    let input: CreateOrder = serde_json::from_slice(&body)?;
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "select id, order_number, total_amount::text, status \
             from fn_create_order($1, $2::text::jsonb)",
        )
        .await?;
    let items = serde_json::to_string(&input.items)?;
    let row = client.query_one(&statement, &[&input.customer_id, &items]).await?;
    answer(Created {
        create_order: CreatedOrder {
            id: row.get(0),
            order_number: row.get(1),
            total_amount: row.get(2),
            status: row.get(3),
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProcessPayment {
    order_id: i32,
    amount: String,
    payment_method: String,
    version: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Paid {
    process_payment: PaidOrder,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaidOrder {
    id: i32,
    status: Status,
    paid_at: Option<DateTime<Utc>>,
    version: i32,
}

/// Pays an order.
pub(crate) async fn pay(State(pool): State<Pool>, Json(input): Json<ProcessPayment>) -> Answer {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "select id, status, paid_at, version \
             from fn_process_payment($1, $2::text::numeric, $3, $4)",
        )
        .await?;
    let ProcessPayment { order_id, amount, payment_method, version } = &input;
    let row = client.query_one(&statement, &[order_id, amount, payment_method, version]).await?;
    answer(Paid {
        process_payment: PaidOrder {
            id: row.get(0),
            status: row.get(1),
            paid_at: row.get(2),
            version: row.get(3),
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancelOrder {
    order_id: i32,
    reason: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled<'a> {
    cancel_order: CancelledOrder<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelledOrder<'a> {
    id: i32,
    status: Status,
    cancelled_at: Option<DateTime<Utc>>,
    refund_amount: Option<&'a str>,
}

/// Cancels an order.
pub(crate) async fn cancel(State(pool): State<Pool>, Json(input): Json<CancelOrder>) -> Answer {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "select id, status, cancelled_at, refund_amount::text from fn_cancel_order($1, $2)",
        )
        .await?;
    let row = client.query_one(&statement, &[&input.order_id, &input.reason]).await?;
    answer(Cancelled {
        cancel_order: CancelledOrder {
            id: row.get(0),
            status: row.get(1),
            cancelled_at: row.get(2),
            refund_amount: row.get(3),
        },
    })
}
