//! The order-management API as it is traditionally written: models and relations of an ORM
//! (SeaORM) behind async-graphql, on the same tables.
//!
//! `/lazy` reads a relation when a resolver asks for it, so that a list costs statements for every
//! row (N+1). `/eager` reads the selected relations of all rows with one statement each. The rules
//! of commands are in the application, in a transaction; the triggers of the schema do for it what
//! they do for everybody: stock, versions and the audit log.
//!
//! It is generous to the ORM where there is a choice: totals are columns, a relation is read once
//! per object, statements are cached, and nothing but the GraphQL API is served.

mod api;
mod entity;

use std::env;

use anyhow::Context;
use async_graphql::{EmptySubscription, Schema};
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use tokio::net::TcpListener;

use crate::api::{Loading, Mutation, Query};

type Api = Schema<Query, Mutation, EmptySubscription>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let setting = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
    let pool_size = setting("POOL_SIZE")?.parse().context("POOL_SIZE is not a number")?;
    let mut options = ConnectOptions::new(setting("DATABASE_URL")?);
    options.max_connections(pool_size).sqlx_logging(false);
    let database = Database::connect(options).await.context("cannot connect")?;
    let listener = TcpListener::bind(setting("LISTEN_ADDR")?).await.context("cannot listen")?;
    let router = Router::new()
        .route("/lazy", post(answer).with_state(api(&database, Loading::Lazy)))
        .route("/eager", post(answer).with_state(api(&database, Loading::Eager)));
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // Without it, small answers wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await.context("cannot serve")
}

fn api(database: &DatabaseConnection, loading: Loading) -> Api {
    Schema::build(Query, Mutation, EmptySubscription).data(database.clone()).data(loading).finish()
}

async fn answer(State(api): State<Api>, body: Bytes) -> Response {
    let request: async_graphql::Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return error.to_string().into_response(),
    };
    let response = api.execute(request).await;
    match serde_json::to_vec(&response) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => error.to_string().into_response(),
    }
}
