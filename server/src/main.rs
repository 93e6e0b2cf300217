//! The server: reads its configuration, starts logging, serves the generated schema.

use std::process::ExitCode;

use runtime::Database;
use server::{Config, Signals, Stopped};

/// Answers are built of many small pieces: with the system's allocator, long lists take up to a fifth
/// more processor time.
#[global_allocator]
static ALLOCATOR: server::Allocator = server::Allocator;

fn main() -> ExitCode {
    let config = Config::load();
    server::init_log(&config);
    match serve(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: &Config) -> anyhow::Result<()> {
    // Only accepts connections and waits for signals; `server::Workers` do the rest.
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = tokio.block_on(async {
        let databases = (0..config.workers()).map(|_| Database::new(&config.database()));
        let databases = databases.collect::<Result<Vec<_>, _>>()?;
        let schema = generated::schema(databases[0].clone());
        let signals = Signals::listen()?;
        let listener = server::bind(&config.listen).await?;
        let address = listener.local_addr()?;
        tracing::info!("serving GraphQL at http://{address}/graphql");
        let schema = |database| schema.on(database);
        match server::run(listener, schema, &databases, config, signals).await? {
            Stopped::Finished => tracing::info!("stopped; every request was answered"),
            Stopped::CutOff => tracing::warn!("stopped; requests in flight were cut off"),
        }
        anyhow::Ok(())
    });
    // Does not wait for what hangs, such as the name resolution of a lost database.
    tokio.shutdown_background();
    served
}
