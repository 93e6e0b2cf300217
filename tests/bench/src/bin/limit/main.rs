//! The limit: what a server that is written by hand for exactly these answers can do.
//!
//! One axum handler per workload with the best SQL found for exactly its columns, prepared once per
//! connection, and JSON written by serde from borrowed rows. No GraphQL, no logging, no limits. Its
//! answers are those of the server, byte for byte where the clock allows.

mod commands;
mod queries;
mod respond;
mod rows;

use std::env;

use anyhow::Context;
use axum::Router;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio::net::TcpListener;
use tokio_postgres::NoTls;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let setting = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
    let database = setting("DATABASE_URL")?.parse().context("DATABASE_URL is not an address")?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(database, NoTls, recycling);
    let pool_size = setting("POOL_SIZE")?.parse().context("POOL_SIZE is not a number")?;
    let pool = Pool::builder(manager).max_size(pool_size).build()?;
    let listener = TcpListener::bind(setting("LISTEN_ADDR")?).await.context("cannot listen")?;
    let listener = listener.tap_io(|stream| {
        // Without it, small answers wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router(pool)).await.context("cannot serve")
}

fn router(pool: Pool) -> Router {
    Router::new()
        .route("/point/{id}", get(queries::point))
        .route("/point-array/{id}", get(queries::point_array))
        .route("/list/{after}", get(queries::list))
        .route("/list-array/{after}", get(queries::list_array))
        .route("/narrow/{after}/{limit}", get(queries::narrow))
        .route("/history/{customer}", get(queries::history))
        .route("/inventory", get(queries::inventory))
        .route("/revenue", get(queries::revenue))
        .route("/nested/{after}", get(queries::nested))
        .route("/create", post(commands::create))
        .route("/pay", post(commands::pay))
        .route("/cancel", post(commands::cancel))
        .with_state(pool)
}
