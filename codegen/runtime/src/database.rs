//! Connections: one pool for commands, one per replica for queries.
//!
//! Connections of the query pools start with `default_transaction_read_only = on`: PostgreSQL
//! itself refuses a view or STABLE function that writes, and no statement pays for a transaction of
//! its own.

mod pool;
mod session;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::Variables;
use tokio_postgres::Row;

use crate::level::Run;
use crate::limits::budget::Budget;
use crate::param::Bound;
use crate::{Limits, Result};
pub(crate) use pool::{Connection, Halves};
use pool::{Pool, pool, take};
pub(crate) use session::Session;

/// How many times a command that lost against another transaction is run.
const ATTEMPTS: u32 = 4;

/// Where the databases are and what they may cost.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// Connection string for commands: a `postgres://` URL or `key=value` pairs.
    pub commands: String,
    /// Connection strings for queries; empty: the one for commands.
    pub queries: Vec<String>,
    /// Connections per pool at the most.
    pub pool_size: usize,
    /// How long to wait for a connection, free or new.
    pub acquire_timeout: Duration,
    /// `statement_timeout` of every connection.
    pub statement_timeout: Duration,
    /// What one request may cost.
    pub limits: Limits,
}

impl DatabaseConfig {
    /// The defaults for a database: 16 connections, 5 s to get one, 30 s per statement.
    pub fn new(commands: impl Into<String>) -> Self {
        Self {
            commands: commands.into(),
            queries: Vec::new(),
            pool_size: 16,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            limits: Limits::default(),
        }
    }
}

/// The databases of a server. Cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    commands: Pool,
    queries: Vec<Pool>,
    next: AtomicUsize,
    limits: Limits,
}

/// What an operation brings with it.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'a> {
    pub(crate) variables: &'a Variables,
    /// What it has read.
    pub(crate) budget: &'a Budget,
}

/// A planned field that is read with a session.
pub(crate) trait Read: Sync {
    /// Appends its value as JSON; `false`, and nothing, is null.
    fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> impl Future<Output = Result<bool>> + Send;
}

/// Which side of the database a statement belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Side {
    /// May write: the primary.
    Command,
    /// Reads only: any replica.
    Query,
}

/// A connection string that cannot be used; names the variable's fault, never its value.
#[derive(Debug, thiserror::Error)]
#[error("the connection string of the {role} cannot be used: {cause}")]
pub struct ConfigError {
    role: &'static str,
    cause: String,
}

impl Database {
    /// Prepares the pools. Connects to nothing yet: a database that is down at start is reported
    /// per request, and used as soon as it is back.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ConfigError> {
        let queries = if config.queries.is_empty() {
            vec![pool(config, &config.commands, Side::Query, "command database")?]
        } else {
            let replica = |url: &String| pool(config, url, Side::Query, "query database");
            config.queries.iter().map(replica).collect::<Result<_, _>>()?
        };
        Ok(Self(Arc::new(Inner {
            commands: pool(config, &config.commands, Side::Command, "command database")?,
            queries,
            next: AtomicUsize::new(0),
            limits: config.limits,
        })))
    }

    /// Asks every database for an answer, one after the other.
    pub async fn ready(&self) -> Result<()> {
        for pool in self.0.queries.iter().chain([&self.0.commands]) {
            let mut connection = take(pool).await?;
            let Halves { session, wire } = &mut **connection;
            wire.drive(session.ping()).await?;
        }
        Ok(())
    }

    /// Closes the pools: connections end when their requests are done.
    pub fn close(&self) {
        self.0.commands.close();
        self.0.queries.iter().for_each(Pool::close);
    }

    /// What one request may cost.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Reads a field, again if the connection turns out to be lost, and appends it to `out`.
    /// `false` is null; nothing is appended then.
    pub(crate) async fn read(
        &self,
        field: &impl Read,
        operation: Operation<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        let next = self.0.next.fetch_add(1, Ordering::Relaxed);
        let pool = &self.0.queries[next % self.0.queries.len()];
        let start = out.len();
        let mut connection = take(pool).await?;
        let mut result = self.run(field, &mut connection, operation, out).await;
        if connection.session.is_broken() {
            // One is rarely lost alone: after a restart of the database, all of them are.
            pool.retain(|_, _| false);
            out.truncate(start);
            connection = take(pool).await?;
            result = self.run(field, &mut connection, operation, out).await;
        }
        result
    }

    /// Reads a field on a connection.
    pub(crate) async fn run(
        &self,
        field: &impl Read,
        connection: &mut Connection,
        operation: Operation<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        let Halves { session, wire } = &mut ***connection;
        let Operation { variables, budget } = operation;
        let run = Run { session, variables, limits: &self.0.limits, budget };
        wire.drive(field.read(run, out)).await
    }

    /// Runs a command, again if it lost against another transaction, and returns its rows and the
    /// connection that has seen it. A command whose connection is lost is not run again: nobody
    /// knows whether it has been carried out.
    pub(crate) async fn command(
        &self,
        sql: &str,
        params: &[Bound<'_>],
        Operation { budget, .. }: Operation<'_>,
    ) -> Result<(Connection, Vec<Row>)> {
        let mut attempt = 1;
        loop {
            let mut connection = take(&self.0.commands).await?;
            let Halves { session, wire } = &mut **connection;
            match wire.drive(session.command(sql, params, &self.0.limits, budget)).await {
                Err(error) if error.is_retryable() && attempt < ATTEMPTS => {
                    drop(connection);
                    tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
                Ok(rows) => return Ok((connection, rows)),
            }
        }
    }
}
