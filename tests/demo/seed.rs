//! The order-management demo, from the outside: every document of its description, verbatim and in
//! its order, on a fresh database.

use generated::Schema;
use serde_json::{Value, json};
use tests::request::{connect, execute, transcript};
use tests::{database, sql_log::SqlLog};

/// A document of the description: name, text, variables.
type Document = (&'static str, &'static str, fn() -> Value);

const DOCUMENTS: &[Document] = &[
    (
        "get_orders",
        "query GetOrders {
  ordersSummary(limit: 10) {
    id
    orderNumber
    customerName
    customerEmail
    itemCount
    totalAmount
    status
    createdAt
    items {
      productName
      quantity
      price
      subtotal
    }
  }
}",
        || json!({}),
    ),
    (
        "get_customer_orders",
        "query GetCustomerOrders($customerId: Int!) {
  customerOrders(customerId: $customerId) {
    orderNumber
    totalAmount
    status
    createdAt
    itemCount
  }
}",
        || json!({"customerId": 1}),
    ),
    (
        "check_inventory",
        "query CheckInventory {
  productInventory {
    productId
    productName
    quantityAvailable
    quantityReserved
    quantityInOrders
    lowStock  # Computed flag
  }
}",
        || json!({}),
    ),
    (
        "create_order",
        "mutation CreateOrder {
  createOrder(input: {
    customerId: 1
    items: [
      { productId: 1, quantity: 2 },
      { productId: 3, quantity: 1 }
    ]
  }) {
    id
    orderNumber
    totalAmount
    status
  }
}",
        || json!({}),
    ),
    ("process_payment", PROCESS_PAYMENT, || json!({})),
    ("process_payment_again", PROCESS_PAYMENT, || json!({})),
    (
        "cancel_order",
        "mutation CancelOrder {
  cancelOrder(orderId: 1, reason: \"Customer request\") {
    id
    status
    cancelledAt
    refundAmount
  }
}",
        || json!({}),
    ),
];

const PROCESS_PAYMENT: &str = "mutation ProcessPayment {
  processPayment(
    orderId: 1
    amount: 299.98
    paymentMethod: \"credit_card\"
    version: 1  # Optimistic lock version
  ) {
    id
    status
    paidAt
    version  # Incremented on success
  }
}";

async fn schema() -> (local_postgres::Database, Schema) {
    let database = database::demo().await;
    let schema = generated::schema(connect(database.url()));
    (database, schema)
}

fn snapshot(name: &str, transcript: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // What the clock decides.
    settings.add_filter(r#""(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)""#, "\"[time]\"");
    settings.bind(|| insta::assert_snapshot!(name, transcript));
}

#[tokio::test]
async fn every_document_of_the_description_runs() {
    let (_database, schema) = schema().await;
    for (name, document, variables) in DOCUMENTS {
        let transcript = transcript(&schema, document, variables()).await;
        snapshot(name, &transcript);
    }
}

#[tokio::test]
async fn a_payment_is_taken_once_and_refunded() {
    let (_database, schema) = schema().await;
    let paid = execute(&schema, PROCESS_PAYMENT, json!({})).await;
    assert_eq!(paid["data"]["processPayment"]["status"], "PAID");
    assert_eq!(paid["data"]["processPayment"]["version"], 2);

    let again = execute(&schema, PROCESS_PAYMENT, json!({})).await;
    let extensions = &again["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "CONFLICT");
    assert_eq!(extensions["details"]["expected"], 1);
    assert_eq!(extensions["details"]["actual"], 2);

    let cancel = "mutation { cancelOrder(orderId: 1, reason: \"r\") { status refundAmount } }";
    let cancelled = execute(&schema, cancel, json!({})).await;
    assert_eq!(
        cancelled["data"]["cancelOrder"],
        json!({"status": "CANCELLED", "refundAmount": "299.98"})
    );
}

#[tokio::test]
async fn a_refused_mutation_leaves_nothing_behind() {
    let (database, schema) = schema().await;
    let client = database.connect().await.expect("a connection");
    let count = async || {
        let counts = "select (select count(*) from tb_orders) + (select count(*) from tb_order_items) \
                      + (select count(*) from tb_audit_log) + (select sum(version) from tb_products)";
        client.query_one(counts, &[]).await.expect("counts").get::<_, i64>(0)
    };
    let before = count().await;
    let order = "mutation ($items: [OrderItemInput!]!) {
        createOrder(input: { customerId: 1, items: $items }) { id }
    }";
    let refused = [
        (json!([]), "EMPTY_ORDER"),
        (json!([{"productId": 1, "quantity": 0}]), "INVALID_QUANTITY"),
        (
            json!([{"productId": 1, "quantity": 1}, {"productId": 1, "quantity": 1}]),
            "DUPLICATE_ITEM",
        ),
        (json!([{"productId": 1, "quantity": 1_000_000}]), "INSUFFICIENT_STOCK"),
        (json!([{"productId": 999, "quantity": 1}]), "NOT_FOUND"),
    ];
    for (items, code) in refused {
        let response = execute(&schema, order, json!({"items": items})).await;
        assert_eq!(response["errors"][0]["extensions"]["code"], code, "{response}");
        assert_eq!(count().await, before, "{response}");
    }
}

#[tokio::test]
async fn only_requested_columns_are_read() {
    let (_database, schema) = schema().await;
    let log = SqlLog::start();
    execute(&schema, "{ ordersSummary(limit: 5) { orderNumber } }", json!({})).await;
    assert_eq!(
        log.take(),
        [
            "select t.\"order_number\" from \"public\".\"v_orders_summary\" as t order by t.\"id\" limit 5"
        ]
    );
}

#[tokio::test]
async fn relations_follow_foreign_keys_with_a_statement_for_each_level() {
    let (_database, schema) = schema().await;
    let log = SqlLog::start();
    let document =
        "{ ordersSummary { customer { name ordersSummary(limit: 2) { orderNumber } } } }";
    let response = execute(&schema, document, json!({})).await;
    let orders = response["data"]["ordersSummary"].as_array().expect("a list of orders");
    assert!(orders.len() > 10, "{response}");
    for order in orders {
        let customer = &order["customer"];
        assert!(customer["name"].is_string(), "{response}");
        let others = customer["ordersSummary"].as_array().expect("a list of orders");
        assert!((1..=2).contains(&others.len()), "{response}");
    }
    assert_eq!(log.take().len(), 3);
}
