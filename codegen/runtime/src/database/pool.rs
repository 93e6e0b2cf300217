//! Pools of connections.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{
    self, Metrics, Object, PoolError, RecycleError, RecycleResult, TimeoutType, Timeouts,
};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::session::Session;
use super::wire::Wire;
use super::{ConfigError, DatabaseConfig, Side};
use crate::{Result, tls};

/// A pool of connections.
pub(super) type Pool = managed::Pool<Connector>;

/// A connection on loan from its pool.
pub(crate) type Connection = Object<Connector>;

/// Takes a connection, as soon as one is free.
pub(super) async fn take(pool: &Pool) -> Result<Connection> {
    // To ask for one that is free now needs no timer.
    let now = Timeouts { wait: Some(Duration::ZERO), ..pool.timeouts() };
    match pool.timeout_get(&now).await {
        Err(PoolError::Timeout(TimeoutType::Wait)) => Ok(Box::pin(pool.get()).await?),
        taken => Ok(taken?),
    }
}

/// Opens connections.
pub(crate) struct Connector {
    config: Config,
    /// Absent for plain connections.
    tls: Option<MakeRustlsConnect>,
}

/// Both halves of a connection.
pub(crate) struct Halves {
    /// What asks.
    pub(crate) session: Session,
    /// What moves bytes.
    pub(crate) wire: Wire,
}

impl managed::Manager for Connector {
    /// In a box, because the pool moves it many times.
    type Type = Box<Halves>;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Box<Halves>, tokio_postgres::Error> {
        // In boxes: connecting is rare, and everybody who may have to do it would be as large.
        Ok(Box::new(match &self.tls {
            None => {
                let (client, connection) = Box::pin(self.config.connect(NoTls)).await?;
                Halves { session: Session::new(client), wire: Wire::new(connection) }
            }
            Some(tls) => {
                let (client, connection) = Box::pin(self.config.connect(tls.clone())).await?;
                Halves { session: Session::new(client), wire: Wire::new(connection) }
            }
        }))
    }

    async fn recycle(
        &self,
        halves: &mut Box<Halves>,
        _: &Metrics,
    ) -> RecycleResult<tokio_postgres::Error> {
        let Halves { session, wire } = &mut **halves;
        if !session.is_usable() || wire.is_unusable() {
            return Err(RecycleError::message("the connection is lost"));
        }
        Ok(())
    }
}

/// Prepares a pool for a side of the database; connects to nothing yet.
pub(super) fn pool(
    config: &DatabaseConfig,
    url: &str,
    side: Side,
    role: &'static str,
) -> Result<Pool, ConfigError> {
    let invalid = |cause: String| ConfigError { role, cause };
    let mut postgres: Config = url.parse().map_err(|error: tokio_postgres::Error| {
        invalid(
            std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), ToString::to_string),
        )
    })?;
    let mut options = postgres.get_options().unwrap_or_default().to_owned();
    options += &format!(" -c statement_timeout={}", config.statement_timeout.as_millis());
    if side == Side::Query {
        options += " -c default_transaction_read_only=on";
    }
    postgres.options(options.trim_start());
    if postgres.get_application_name().is_none() {
        postgres.application_name("quarry");
    }
    if postgres.get_connect_timeout().is_none() {
        postgres.connect_timeout(config.acquire_timeout);
    }
    let tls = match postgres.get_ssl_mode() {
        SslMode::Require => Some(tls::connector().map_err(invalid)?),
        _ => None,
    };
    let timeout = Some(config.acquire_timeout);
    Pool::builder(Connector { config: postgres, tls })
        .max_size(config.pool_size)
        // To look whether a connection is lost takes no time.
        .timeouts(Timeouts { wait: timeout, create: timeout, recycle: None })
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| invalid(error.to_string()))
}
