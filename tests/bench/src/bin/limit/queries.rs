//! Queries: nested rows come by one flat statement per level and are put together here; the
//! handlers with `array` in their names let PostgreSQL nest them instead.

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use deadpool_postgres::Pool;
use serde::Serialize;
use tokio_postgres::types::ToSql;

use crate::respond::{Answer, answer};
use crate::rows::{Line, Order, Status};

const ORDER: &str = "select o.id, o.order_number, c.name, c.email, o.item_count, \
    o.total_amount::text, o.status, o.created_at \
    from tb_orders as o join tb_customers as c on c.id = o.customer_id where o.id = $1";

const LINES_OF_ORDER: &str = "select l.order_id, p.name, l.quantity, l.price::text, \
    (l.quantity * l.price)::text \
    from tb_order_items as l join tb_products as p on p.id = l.product_id \
    where l.order_id = $1 order by l.id";

const ORDERS: &str = "select o.id, o.order_number, c.name, c.email, o.item_count, \
    o.total_amount::text, o.status, o.created_at \
    from tb_orders as o join tb_customers as c on c.id = o.customer_id \
    where o.id > $1 order by o.id limit 50";

const LINES_OF_ORDERS: &str = "select l.order_id, p.name, l.quantity, l.price::text, \
    (l.quantity * l.price)::text \
    from tb_order_items as l join tb_products as p on p.id = l.product_id \
    where l.order_id = any ($1) order by l.order_id, l.id";

const ARRAY: &str = "array(select row(p.name, l.quantity, l.price::text, \
    (l.quantity * l.price)::text)::bench_line \
    from tb_order_items as l join tb_products as p on p.id = l.product_id \
    where l.order_id = o.id order by l.id)";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ById<T> {
    orders_summary_by_id: Option<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Orders<T> {
    orders_summary: Vec<T>,
}

/// An order by its key: both statements go in one round trip.
pub(crate) async fn point(State(pool): State<Pool>, Path(id): Path<i32>) -> Answer {
    let client = pool.get().await?;
    let order = client.prepare_cached(ORDER).await?;
    let lines = client.prepare_cached(LINES_OF_ORDER).await?;
    let key: [&(dyn ToSql + Sync); 1] = [&id];
    let (order, lines) =
        tokio::try_join!(client.query_opt(&order, &key), client.query(&lines, &key))?;
    let order = order.as_ref().map(|row| Order::of(row, lines.iter().map(Line::of).collect()));
    answer(ById { orders_summary_by_id: order })
}

/// The same, as one statement with an array of records.
pub(crate) async fn point_array(State(pool): State<Pool>, Path(id): Path<i32>) -> Answer {
    let client = pool.get().await?;
    let sql = ORDER.replacen(" from ", &format!(", {ARRAY} from "), 1);
    let statement = client.prepare_cached(&sql).await?;
    let order = client.query_opt(&statement, &[&id]).await?;
    answer(ById { orders_summary_by_id: order.as_ref().map(|row| Order::of(row, row.get(8))) })
}

/// Fifty orders with their lines.
pub(crate) async fn list(State(pool): State<Pool>, Path(after): Path<i32>) -> Answer {
    let client = pool.get().await?;
    let orders = client.prepare_cached(ORDERS).await?;
    let lines = client.prepare_cached(LINES_OF_ORDERS).await?;
    let rows = client.query(&orders, &[&after]).await?;
    let mut orders: Vec<Order<'_>> = rows.iter().map(|row| Order::of(row, Vec::new())).collect();
    let ids: Vec<i32> = orders.iter().map(|order| order.id).collect();
    let rows = client.query(&lines, &[&ids]).await?;
    // Both come in the order of the orders.
    let mut rows = rows.iter().peekable();
    for order in &mut orders {
        while let Some(row) = rows.next_if(|row| row.get::<_, i32>(0) == order.id) {
            order.items.push(Line::of(row));
        }
    }
    answer(Orders { orders_summary: orders })
}

/// The same, as one statement with arrays of records.
pub(crate) async fn list_array(State(pool): State<Pool>, Path(after): Path<i32>) -> Answer {
    let client = pool.get().await?;
    let sql = ORDERS.replacen(" from ", &format!(", {ARRAY} from "), 1);
    let statement = client.prepare_cached(&sql).await?;
    let rows = client.query(&statement, &[&after]).await?;
    answer(Orders { orders_summary: rows.iter().map(|row| Order::of(row, row.get(8))).collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Narrow<'a> {
    id: i32,
    order_number: &'a str,
    status: Status,
    total_amount: &'a str,
    created_at: DateTime<Utc>,
}

/// Orders without anything nested.
pub(crate) async fn narrow(
    State(pool): State<Pool>,
    Path((after, limit)): Path<(i32, u32)>,
) -> Answer {
    let client = pool.get().await?;
    // As a literal, the planner sees how few rows are wanted.
    let sql = format!(
        "select id, order_number, status, total_amount::text, created_at from tb_orders \
         where id > $1 order by id limit {limit}"
    );
    let statement = client.prepare_cached(&sql).await?;
    let rows = client.query(&statement, &[&after]).await?;
    let orders = rows.iter().map(|row| Narrow {
        id: row.get(0),
        order_number: row.get(1),
        status: row.get(2),
        total_amount: row.get(3),
        created_at: row.get(4),
    });
    answer(Orders { orders_summary: orders.collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerOrders<'a> {
    customer_orders: Vec<History<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct History<'a> {
    order_number: &'a str,
    total_amount: &'a str,
    status: Status,
    created_at: DateTime<Utc>,
    item_count: i32,
}

/// All orders of a customer.
pub(crate) async fn history(State(pool): State<Pool>, Path(customer): Path<i32>) -> Answer {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "select order_number, total_amount::text, status, created_at, item_count \
             from tb_orders where customer_id = $1 order by id limit 100",
        )
        .await?;
    let rows = client.query(&statement, &[&customer]).await?;
    let orders = rows.iter().map(|row| History {
        order_number: row.get(0),
        total_amount: row.get(1),
        status: row.get(2),
        created_at: row.get(3),
        item_count: row.get(4),
    });
    answer(CustomerOrders { customer_orders: orders.collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductInventory<'a> {
    product_inventory: Vec<Inventory<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inventory<'a> {
    product_id: i32,
    product_name: &'a str,
    quantity_available: i32,
    quantity_reserved: i32,
    quantity_in_orders: i32,
    low_stock: bool,
}

/// The stock of all products.
pub(crate) async fn inventory(State(pool): State<Pool>) -> Answer {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "select id, name, quantity_on_hand, quantity_reserved, quantity_in_orders, \
             low_stock_threshold from tb_products order by id limit 1000",
        )
        .await?;
    let rows = client.query(&statement, &[]).await?;
    let products = rows.iter().map(|row| {
        let quantity_reserved: i32 = row.get(3);
        let quantity_available = row.get::<_, i32>(2) - quantity_reserved;
        Inventory {
            product_id: row.get(0),
            product_name: row.get(1),
            quantity_available,
            quantity_reserved,
            quantity_in_orders: row.get(4),
            low_stock: quantity_available <= row.get(5),
        }
    });
    answer(ProductInventory { product_inventory: products.collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RevenueByProduct<'a> {
    revenue_by_product: Vec<Revenue<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revenue<'a> {
    product_id: i32,
    product_name: &'a str,
    order_count: i32,
    quantity_sold: &'a str,
    revenue: &'a str,
}

/// What a hundred products have earned, as the materialized view has it.
pub(crate) async fn revenue(State(pool): State<Pool>) -> Answer {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "select product_id, product_name, order_count, quantity_sold::text, revenue::text \
             from v_revenue_by_product order by product_id limit 100",
        )
        .await?;
    let rows = client.query(&statement, &[]).await?;
    let products = rows.iter().map(|row| Revenue {
        product_id: row.get(0),
        product_name: row.get(1),
        order_count: row.get(2),
        quantity_sold: row.get(3),
        revenue: row.get(4),
    });
    answer(RevenueByProduct { revenue_by_product: products.collect() })
}

#[derive(Serialize)]
struct Customers<'a> {
    customers: Vec<Customer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    id: i32,
    name: &'a str,
    orders_summary: Vec<NestedOrder<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NestedOrder<'a> {
    order_number: &'a str,
    status: Status,
    total_amount: &'a str,
    items: Vec<Line<'a>>,
}

/// Ten customers, each with the five latest orders and their lines.
pub(crate) async fn nested(State(pool): State<Pool>, Path(after): Path<i32>) -> Answer {
    let client = pool.get().await?;
    let customers = client
        .prepare_cached("select id, name from tb_customers where id > $1 order by id limit 10")
        .await?;
    let orders = client
        .prepare_cached(
            "select c.id, o.id, o.order_number, o.status, o.total_amount::text \
             from unnest($1::integer[]) with ordinality as c (id, n) cross join lateral (\
             select id, order_number, status, total_amount from tb_orders \
             where customer_id = c.id order by created_at desc limit 5) as o order by c.n",
        )
        .await?;
    let lines = client.prepare_cached(LINES_OF_ORDERS).await?;

    let customers = client.query(&customers, &[&after]).await?;
    let ids: Vec<i32> = customers.iter().map(|row| row.get(0)).collect();
    let orders = client.query(&orders, &[&ids]).await?;
    let ids: Vec<i32> = orders.iter().map(|row| row.get(1)).collect();
    let lines = client.query(&lines, &[&ids]).await?;

    let mut orders = orders.iter().peekable();
    let mut order_of = |customer: i32| {
        let row = orders.next_if(|row| row.get::<_, i32>(0) == customer)?;
        let id = row.get(1);
        // Lines come in the order of ids, orders in the order of customers.
        let first = lines.partition_point(|line| line.get::<_, i32>(0) < id);
        let own = lines[first..].iter().take_while(|line| line.get::<_, i32>(0) == id);
        Some(NestedOrder {
            order_number: row.get(2),
            status: row.get(3),
            total_amount: row.get(4),
            items: own.map(Line::of).collect(),
        })
    };
    let customers = customers.iter().map(|row| {
        let id = row.get(0);
        let orders_summary = std::iter::from_fn(|| order_of(id)).collect();
        Customer { id, name: row.get(1), orders_summary }
    });
    answer(Customers { customers: customers.collect() })
}
