//! The paths of the server.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use runtime::Database;
use serde_json::json;

use crate::app::App;
use crate::config::Config;
use crate::errors::Refusal;
use crate::execute::{Executor, Running};
use crate::graphiql::Page;
use crate::graphql::{self, Api};

/// How long `/readyz` waits for the database.
const READY_TIMEOUT: Duration = Duration::from_secs(3);

/// Builds the application.
pub(crate) fn app(
    schema: impl async_graphql::Executor,
    database: Database,
    config: &Config,
    running: Running,
) -> App {
    let page = config.graphiql.then(|| Arc::new(Page::new(config.graphiql_dir.as_deref())));
    let api = Api {
        executor: Executor::new(schema, running, config.limits.max_response_bytes),
        page: page.clone(),
        request_timeout: config.request_timeout,
        limits: Arc::new(config.limits.clone()),
    };
    let mut router = Router::new()
        .route("/healthz", get(healthy))
        .merge(Router::new().route("/readyz", get(ready)).with_state(database));
    if let Some(page) = page {
        let assets = Router::new().route("/graphql/assets/{name}", get(asset)).with_state(page);
        router = router.route("/", get(async || Redirect::temporary(graphql::PATH))).merge(assets);
    }
    let router = router
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed("GET, HEAD"));
    App::new(api, router)
}

/// The process is up.
async fn healthy() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok" }))
}

/// Every database answers.
async fn ready(State(database): State<Database>) -> Response {
    let reason = match tokio::time::timeout(READY_TIMEOUT, database.ready()).await {
        Ok(Ok(())) => return healthy().await.into_response(),
        // Runtime errors are fit for clients: no address, no credentials.
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("the database did not answer within {} s", READY_TIMEOUT.as_secs()),
    };
    let body = json!({ "status": "unavailable", "reason": reason });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}

async fn asset(State(page): State<Arc<Page>>, Path(name): Path<String>) -> Response {
    page.asset(&name)
}
