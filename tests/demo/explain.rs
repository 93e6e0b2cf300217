//! The statements of the demo, and that telling them does nothing.

use std::collections::BTreeMap;

use async_graphql::Request;
use tests::database;
use tests::explain::{check, told};
use tests::request::connect;

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
