//! Requests against a schema, without a socket.

use async_graphql::{Executor, Request, Variables};
use runtime::{Database, DatabaseConfig};
use serde_json::Value;

use crate::sql_log::SqlLog;

/// The databases of a server that runs on a test's database. One connection each, so that root
/// fields, which run at the same time, send their statements in order.
pub fn connect(url: &str) -> Database {
    let mut config = DatabaseConfig::new(url);
    config.pool_size = 1;
    Database::new(&config).expect("a test's database has a valid address")
}

/// The databases of a server with as many connections as it usually has.
pub fn connect_many(url: &str) -> Database {
    Database::new(&DatabaseConfig::new(url)).expect("a test's database has a valid address")
}

/// The response to a document, as the bytes of the body say.
pub async fn execute(schema: &impl Executor, query: &str, variables: Value) -> Value {
    let request = Request::new(query).variables(Variables::from_json(variables));
    let body = runtime::respond(&schema.execute(request).await);
    serde_json::from_slice(&body)
        .unwrap_or_else(|error| panic!("not JSON: {error}\n{}", String::from_utf8_lossy(&body)))
}

/// The response to a document, the statements it took, and the causes of masked errors, in a form for snapshots.
pub async fn transcript(schema: &impl Executor, query: &str, variables: Value) -> String {
    let log = SqlLog::start();
    let response = execute(schema, query, variables).await;
    let sql = log.take().join("\n");
    let logged = log.take_errors().join("\n");
    let logged = if logged.is_empty() { logged } else { format!("# Log\n{logged}\n\n") };
    let response = serde_json::to_string_pretty(&response).expect("JSON can be printed");
    format!("{}\n\n# SQL\n{sql}\n\n{logged}# Response\n{response}\n", query.trim())
}
