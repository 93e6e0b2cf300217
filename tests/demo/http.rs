//! The demo over HTTP: what clients that make mistakes read, status and body.

use axum::body::{Body, to_bytes};
use axum::http::{Request, request::Builder};
use serde_json::{Value, json};
use server::App;
use tests::served::demo;
use tower::ServiceExt;

/// The media type whose status code tells the outcome.
const RESPONSE: &str = "application/graphql-response+json";

fn post() -> Builder {
    Request::post("/graphql").header("content-type", "application/json").header("accept", RESPONSE)
}

/// A GET request with a document, which has to be plain ASCII.
fn get(document: &str) -> Request<Body> {
    let encode = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let query: String = document.bytes().map(encode).collect();
    let request = Request::get(format!("/graphql?query={query}")).header("accept", RESPONSE);
    request.body(Body::empty()).expect("a request")
}

fn body(request: Builder, body: impl Into<Body>) -> Request<Body> {
    request.body(body.into()).expect("a request")
}

fn operation(document: &str, variables: Value) -> Request<Body> {
    body(post(), json!({"query": document, "variables": variables}).to_string())
}

/// Sends a request and compares status, headers that belong to it, and body.
async fn check(app: &App, name: &str, request: Request<Body>) {
    let response = app.clone().oneshot(request).await.expect("an answer");
    let mut answer = format!("{}\n", response.status().as_u16());
    for header in ["content-type", "allow"] {
        if let Some(value) = response.headers().get(header) {
            answer += &format!("{header}: {}\n", value.to_str().expect("text"));
        }
    }
    assert!(response.headers().contains_key("x-request-id"));
    let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    answer += &format!("\n{}\n", serde_json::to_string_pretty(&value).expect("JSON"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/http");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r#""correlationId": "[0-9a-f]{16}""#, r#""correlationId": "[id]""#);
    settings.bind(|| insta::assert_snapshot!(name, answer));
}

#[tokio::test]
async fn documents_that_do_not_fit_the_schema_are_explained() {
    let (_database, app) = demo(|_| ()).await;
    let none = || json!({});
    let field = "{ ordersSummary { id ordrNumber } }";
    check(&app, "unknown_field", operation(field, none())).await;
    let legacy = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/json");
    let legacy = body(legacy, json!({ "query": field }).to_string());
    check(&app, "unknown_field_legacy_type", legacy).await;
    let argument = "{ ordersSummary(customer: 1) { id } }";
    check(&app, "unknown_argument", operation(argument, none())).await;
    let wrong = "{ ordersSummary(customerId: \"one\") { id } }";
    check(&app, "wrong_type", operation(wrong, none())).await;
    let operator = "{ ordersSummary(where: { status: { eq: SHIPPING } }) { id } }";
    check(&app, "wrong_enum_value", operation(operator, none())).await;
    let nothing = "mutation { processPayment(orderId: 1) { id } }";
    check(&app, "missing_arguments", operation(nothing, none())).await;
}

#[tokio::test]
async fn variables_that_do_not_fit_their_types_are_explained() {
    let (_database, app) = demo(|_| ()).await;
    let order = "query ($id: Int!) { ordersSummaryById(id: $id) { orderNumber } }";
    check(&app, "variable", operation(order, json!({"id": 1}))).await;
    check(&app, "variable_missing", operation(order, json!({}))).await;
    check(&app, "variable_null", operation(order, json!({"id": null}))).await;
    check(&app, "variable_wrong_type", operation(order, json!({"id": "one"}))).await;
    check(&app, "variable_out_of_range", operation(order, json!({"id": 3_000_000_000_u64}))).await;
    let items = "mutation ($items: [OrderItemInput!]!) {
        createOrder(input: { customerId: 1, items: $items }) { id }
    }";
    let item = json!({"items": [{"productId": 1}]});
    check(&app, "variable_incomplete", operation(items, item)).await;
}

#[tokio::test]
async fn operations_are_chosen_by_name() {
    let (_database, app) = demo(|_| ()).await;
    let query = "query A { customersById(id: 1) { id } } query B { productsById(id: 1) { id } }";
    let named = json!({"query": query, "operationName": "B"});
    check(&app, "operation_of_several", body(post(), named.to_string())).await;
    let named = json!({"query": query, "operationName": "C"});
    check(&app, "operation_unknown", body(post(), named.to_string())).await;
}

#[tokio::test]
async fn limits_are_kept() {
    let (_database, app) = demo(|config| {
        config.limits.max_page_size = 5;
        config.limits.max_body_bytes = 2_000;
    })
    .await;
    let list =
        |limit: i64| operation(&format!("{{ ordersSummary(limit: {limit}) {{ id }} }}"), json!({}));
    check(&app, "limit_at_the_maximum", list(5)).await;
    check(&app, "limit_over_the_maximum", list(6)).await;
    check(&app, "limit_negative", list(-1)).await;
    let padded = |length: usize| {
        let json = r#"{"query":"{ __typename }"}"#;
        body(post(), format!("{json:length$}"))
    };
    check(&app, "body_at_the_maximum", padded(2_000)).await;
    check(&app, "body_over_the_maximum", padded(2_001)).await;
}

#[tokio::test]
async fn bodies_that_are_no_requests_are_explained() {
    let (_database, app) = demo(|_| ()).await;
    check(&app, "malformed_json", body(post(), r#"{"query": "{ __typename"#)).await;
    check(&app, "no_query", body(post(), r#"{"variables": {}}"#)).await;
    check(&app, "no_json", body(Request::post("/graphql"), "{ __typename }")).await;
    check(&app, "malformed_document", operation("{ ordersSummary {", json!({}))).await;
}

#[tokio::test]
async fn get_requests_only_read() {
    let (database, app) = demo(|_| ()).await;
    check(&app, "get_query", get("{ ordersSummaryById(id: 1) { orderNumber } }")).await;
    let cancel = "mutation { cancelOrder(orderId: 1, reason: \"r\") { status } }";
    check(&app, "get_mutation", get(cancel)).await;
    let client = database.connect().await.expect("a connection");
    let cancelled = "select count(*) from tb_orders where id = 1 and status = 'cancelled'";
    let count: i64 = client.query_one(cancelled, &[]).await.expect("a count").get(0);
    assert_eq!(count, 0);
}
