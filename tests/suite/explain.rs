//! The statements that the API tells without running them, and the indexes that they lack.

use std::collections::BTreeMap;

use async_graphql::{Request, Variables};
use serde_json::{Value, json};
use tests::explain::{check, told};
use tests::fixture::Fixture;
use tests::request::{connect, execute};
use tests::sql_log::SqlLog;

#[tokio::test]
async fn missing_indexes_are_named_and_no_others() {
    let database = Fixture::named("indexes").database().await;
    let schema = fixture_indexes::schema(connect(database.url()));
    let explained = told(&schema.explain_fields(None).expect("statements"));
    let found = check(&database, &explained).await;
    let missing: Vec<&str> = found.missing.keys().map(String::as_str).collect();
    let expected = [
        "create index on public.\"Sale Lines\" (\"Sale\");",
        "create index on public.complaints (shop_id);",
        "create index on public.sales (happened);",
        "create index on public.sales (shop_id);",
        "create index on public.tags (shop_id);",
        "create index on public.visits (shop_id);",
    ];
    assert_eq!(missing, expected);
    let sales = &found.missing["create index on public.sales (shop_id);"];
    for field in ["sales", "shops.sales", "shops.movements", "saleLines"] {
        assert!(sales.contains(field), "{field} in {sales:?}");
    }
    let computed: Vec<&String> = found.computed.values().flatten().collect();
    assert!(!computed.is_empty() && computed.iter().all(|it| it.starts_with("labels")));

    // What is printed runs, and is all that was missing.
    let client = database.connect().await.expect("a connection");
    for sql in &missing {
        client.batch_execute(sql).await.expect("an index can be made");
    }
    assert_eq!(check(&database, &explained).await.missing, BTreeMap::new());
}

const DOCUMENT: &str = "query Shop($id: Int!, $after: String) {
  shop: shopsById(id: $id) { code sales(where: { happened: { eq: \"2024-03-01\" } }) { id } }
  __typename
  salesConnection(first: 1, after: $after) {
    nodes { id shop { code } }
    pageInfo { hasPreviousPage }
    totalCount
  }
}";

#[tokio::test]
async fn statements_of_a_document_are_those_that_are_sent() {
    let log = SqlLog::start();
    let database = Fixture::named("indexes").database().await;
    let schema = fixture_indexes::schema(connect(database.url()));
    let first = "{ salesConnection(first: 1) { pageInfo { endCursor } } }";
    let first = execute(&schema, first, Value::Null).await;
    let cursor = &first["data"]["salesConnection"]["pageInfo"]["endCursor"];
    let variables = json!({ "id": 1, "after": cursor });
    let request = Request::new(DOCUMENT).variables(Variables::from_json(variables.clone()));
    log.take();
    let explained = told(&[schema.explain(request).await.expect("statements")]);
    assert_eq!(log.take(), Vec::<String>::new(), "nothing is sent");

    let answer = execute(&schema, DOCUMENT, variables).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let sent = log.take();
    assert!(sent.len() > 4, "{sent:#?}");
    let statements: Vec<&str> =
        explained[0].statements.iter().map(|statement| statement.sql.as_str()).collect();
    for sql in &sent {
        assert!(statements.contains(&sql.as_str()), "{sql} is not in {statements:#?}");
    }
    // A condition of the client is no key.
    let found = check(&database, &explained).await;
    let missing: Vec<&String> = found.missing.keys().collect();
    let expected =
        ["create index on public.complaints (shop_id);", "create index on public.sales (shop_id);"];
    assert!(missing.iter().all(|sql| expected.contains(&sql.as_str())), "{missing:?}");
    assert!(missing.iter().any(|sql| *sql == expected[1]), "{missing:?}");
}
