//! The server: reads its configuration, starts logging, serves the generated schema.

use std::process::ExitCode;

use runtime::Database;
use server::{Config, Signals, Stopped};

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
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = tokio.block_on(async {
        let database = Database::new(&config.database())?;
        let signals = Signals::listen()?;
        let listener = server::bind(&config.listen).await?;
        let address = listener.local_addr()?;
        tracing::info!("serving GraphQL at http://{address}/graphql");
        let schema = generated::schema(database.clone());
        match server::run(listener, schema, database, config, signals).await {
            Stopped::Finished => tracing::info!("stopped; every request was answered"),
            Stopped::CutOff => tracing::warn!("stopped; requests in flight were cut off"),
        }
        anyhow::Ok(())
    });
    // Does not wait for what hangs, such as the name resolution of a lost database.
    tokio.shutdown_background();
    served
}
