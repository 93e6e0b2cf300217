//! Serves a GraphQL schema over HTTP.
//!
//! Thin on purpose: what a field means is decided by generated code and the runtime. Here is what
//! lies between them and a socket:
//!
//! 1. [`Config`]: flags and environment variables.
//! 2. [`App`]: the application, as a service that needs no socket: `/graphql` (GraphQL over HTTP, batches,
//!    GraphiQL), `/healthz`, `/readyz`; log lines, request ids, limits, compression.
//! 3. [`run`]: listening, and stopping without losing a request.
//!
//! A request to `/graphql` passes content negotiation (`media`), is read into GraphQL requests
//! (`body`), executed to its end even if nobody waits for it (`execute`) and answered with a status
//! that fits the media type (`graphql`). Every error has a code (`errors`).

mod app;
mod body;
mod config;
mod errors;
mod execute;
mod graphiql;
mod graphql;
mod limits;
mod log;
mod media;
mod outlive;
mod routes;
mod serve;
mod signals;
mod units;
mod workers;

use async_graphql::Executor;
use runtime::Database;
use tokio::net::TcpListener;

pub use app::App;
pub use config::{Config, LogFormat};
pub use execute::Running;
pub use limits::RequestLimits;
pub use log::init as init_log;
/// What the program allocates memory with.
pub use mimalloc::MiMalloc as Allocator;
pub use serve::{BindError, Stopped, bind, serve};
pub use signals::Signals;
pub use units::{Secret, Secrets};
pub use workers::Workers;

/// The application, for any schema. `database` is what `/readyz` asks; the schema has its own
/// handle.
pub fn app(schema: impl Executor, database: Database, config: &Config) -> App {
    app_counting(schema, database, config, Running::default())
}

/// The application, with a count of its executions for [`serve()`] to wait for.
pub fn app_counting(
    schema: impl Executor,
    database: Database,
    config: &Config,
    running: Running,
) -> App {
    routes::app(schema, database, config, running)
}

/// Serves until a signal to stop arrives, and then until requests in flight are answered.
///
/// Each thread has a database of its own; `schema` makes the schema on it.
pub async fn run<E: Executor>(
    listener: TcpListener,
    schema: impl Fn(Database) -> E,
    databases: &[Database],
    config: &Config,
    signals: Signals,
) -> std::io::Result<Stopped> {
    let apps = databases.iter().map(|database| {
        let (schema, database) = (schema(database.clone()), database.clone());
        let config = config.clone();
        move |running| {
            tokio::spawn(report_database(database.clone()));
            app_counting(schema, database, &config, running)
        }
    });
    let workers = Workers::start(apps)?;
    let grace = config.shutdown_grace;
    let stop = async {
        signals.arrived(1).await;
        let seconds = grace.as_secs_f32();
        tracing::info!(
            "stopping: requests in flight have {seconds} s to finish; signal again to stop at once"
        );
    };
    let stopped = serve(listener, workers, stop, signals.arrived(2), grace).await;
    databases.iter().for_each(Database::close);
    Ok(stopped)
}

/// Tells at start if the database does not answer. Not an error: it may come up later.
async fn report_database(database: Database) {
    match database.ready().await {
        Ok(()) => tracing::info!("the database answers"),
        Err(error) => tracing::warn!(%error, "the database does not answer yet"),
    }
}
