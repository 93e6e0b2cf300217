//! The statements that the API tells without running them, and the indexes that they lack.

use std::collections::BTreeMap;

use async_graphql::{Request, Variables};
use serde_json::{Value, json};
use tests::database;
use tests::fixture::Fixture;
use tests::request::{connect, execute};
use tests::sql_log::SqlLog;
use xtask::explain::{self, Explained, Found};

/// What the runtime tells, as `cargo xtask explain` gets it.
fn told(explained: &impl serde::Serialize) -> Vec<Explained> {
    let json = serde_json::to_string(explained).expect("statements are JSON");
    serde_json::from_str(&json).expect("and read as such")
}

async fn check(database: &local_postgres::Database, explained: &[Explained]) -> Found {
    let client = database.connect().await.expect("a connection");
    explain::check(&client, explained).await.expect("every statement can be planned")
}

#[tokio::test]
async fn demo_lacks_no_index() {
    for database in [database::demo().await, database::demo_without_data().await] {
        let schema = generated::schema(connect(database.url()));
        let explained = told(&schema.explain_fields(None).expect("statements"));
        let statements = explained.iter().flat_map(|explained| &explained.statements);
        let lookups = statements.filter(|statement| !statement.keys.is_empty()).count();
        assert!(lookups > 50, "{lookups}");
        assert_eq!(check(&database, &explained).await.missing, BTreeMap::new());
    }
}

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

#[tokio::test]
async fn what_would_be_refused_is_refused_and_commands_are_not_carried_out() {
    let database = database::demo().await;
    let schema = generated::schema(connect(database.url()));
    for document in ["{ nothing }", "{ ordersSummary(limit: 100000) { id } }", "{"] {
        assert!(schema.explain(Request::new(document)).await.is_err(), "{document}");
    }
    let client = database.connect().await.expect("a connection");
    let orders = "select count(*) from v_orders_summary";
    let before: i64 = client.query_one(orders, &[]).await.expect("orders").get(0);
    let commands = schema.fields().filter(|field| field.starts_with("create"));
    for command in commands {
        let explained = told(&schema.explain_fields(Some(command)).expect("statements"));
        assert!(explained[0].document.starts_with("mutation"), "{explained:?}");
        assert!(explained[0].statements.len() > 1, "the order and what lies below: {explained:?}");
        check(&database, &explained).await;
    }
    let after: i64 = client.query_one(orders, &[]).await.expect("orders").get(0);
    assert_eq!(before, after);
}
