//! Views whose column names say what is to be found out about them, on a live server.
//!
//! See `views/views.sql`: `y_` is to be proven non-null, `n_` is null in some row, `u_` is
//! neither. Whatever is claimed is looked up in the data, so a wrong rule fails here even for a
//! column that nobody thought about.

use std::fmt::Write;

use codegen::plan::columns::analyse_all;
use codegen::{Catalog, Config, introspect};
use local_postgres::TestCluster;
use tokio_postgres::Client;

/// The SQL name of a column of the public schema, for a query.
fn count_nulls(view: &str, column: &str) -> String {
    format!("select count(*) from public.{view} where {column} is null")
}

async fn counted(client: &Client, view: &str, column: &str) -> i64 {
    client.query_one(&count_nulls(view, column), &[]).await.expect("count nulls").get(0)
}

/// What is wrong with what is said about a schema full of views.
async fn complaints(client: &Client, catalog: &Catalog) -> String {
    let mut complaints = String::new();
    for (name, facts) in analyse_all(catalog) {
        for (column, facts) in catalog.views[&name].columns.iter().zip(facts) {
            let nulls = counted(client, &name.name, &column.name).await;
            let claimed = facts.nullability.is_not_null();
            let complaint = match (claimed, &column.name[..2]) {
                (true, _) if nulls > 0 => "is claimed to be non-null and is null",
                (true, "n_" | "u_") => "was not expected to be proven",
                (false, "y_") => "is not proven to be non-null",
                (false, "n_") if nulls == 0 => "is not null in the data, which is too little of it",
                _ => continue,
            };
            let reasons: Vec<_> =
                facts.nullability.reasons().iter().map(ToString::to_string).collect();
            writeln!(complaints, "{name}.{} {complaint}: {}", column.name, reasons.join("; "))
                .expect("write to a string");
        }
    }
    complaints
}

#[tokio::test]
async fn every_claim_about_a_view_holds() {
    let cluster = TestCluster::start(None).expect("a server for tests");
    let database = cluster.create_database(None).await.expect("a database");
    let mut client = database.connect().await.expect("a connection");
    for script in [include_str!("views/schema.sql"), include_str!("views/views.sql")] {
        client.batch_execute(script).await.expect("the script runs");
    }
    let catalog = introspect(&mut client, &Config::default()).await.expect("the schema");
    let again = introspect(&mut client, &Config::default()).await.expect("the schema");
    assert!(catalog == again);
    let json = serde_json::to_string(&catalog).expect("a catalog as JSON");
    assert!(serde_json::from_str::<Catalog>(&json).expect("a catalog from JSON") == catalog);
    let complaints = complaints(&client, &catalog).await;
    assert!(complaints.is_empty(), "{complaints}");
}
