//! Clients at the same time: nothing is sold twice, nobody waits for ever.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::database;
use tests::request::{connect_many, execute};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_pieces_are_sold_once() {
    let database = database::demo().await;
    let schema = generated::schema(connect_many(database.url()));
    let available = "{ productInventory(productId: 1) { quantityAvailable } }";
    let response = execute(&schema, available, json!({})).await;
    let stock =
        response["data"]["productInventory"][0]["quantityAvailable"].as_i64().expect("a number");
    // Two products in opposite orders: who locks in the order of the request deadlocks.
    let order = "mutation ($items: [OrderItemInput!]!) {
        createOrder(input: { customerId: 1, items: $items }) { id }
    }";
    let clients = usize::try_from(stock).expect("a stock") + 10;
    let requests = (0..clients).map(|client| {
        let mut items =
            vec![json!({"productId": 1, "quantity": 1}), json!({"productId": 3, "quantity": 1})];
        if client % 2 == 0 {
            items.reverse();
        }
        execute(&schema, order, json!({"items": items}))
    });
    let responses = join_all(requests).await;
    let sold = responses.iter().filter(|response| response.get("errors").is_none()).count();
    let code = |response: &Value| response["errors"][0]["extensions"]["code"].clone();
    for refused in responses.iter().filter(|response| response.get("errors").is_some()) {
        assert_eq!(code(refused), "INSUFFICIENT_STOCK", "{refused}");
    }
    let left = execute(&schema, available, json!({})).await;
    let left = left["data"]["productInventory"][0]["quantityAvailable"].as_i64().expect("a number");
    assert_eq!(left, stock - i64::try_from(sold).expect("a count"));
    assert!(left >= 0 && sold > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_payments_of_the_same_version_wins() {
    let database = database::demo().await;
    let schema = generated::schema(connect_many(database.url()));
    let pay = "mutation { processPayment(orderId: 1, amount: 299.98, paymentMethod: \"paypal\", version: 1) { id } }";
    let responses = join_all((0..8).map(|_| execute(&schema, pay, json!({})))).await;
    let paid = responses.iter().filter(|response| response.get("errors").is_none()).count();
    assert_eq!(paid, 1);
    for refused in responses.iter().filter(|response| response.get("errors").is_some()) {
        assert_eq!(refused["errors"][0]["extensions"]["code"], "CONFLICT", "{refused}");
    }
}
