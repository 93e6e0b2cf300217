//! Connections: one pool for commands, one per replica for queries.
//!
//! Connections of the query pools start with `default_transaction_read_only = on`: PostgreSQL
//! itself refuses a view or STABLE function that writes, and no statement pays for a transaction of
//! its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{BorrowToSql, ToSql};
use tokio_postgres::{NoTls, Row};

use crate::limits::budget::{Budget, Rest};
use crate::param::Param;
use crate::{Code, Error, Limit, Limits, Result, tls};

/// How many times a command that lost against another transaction is run.
const ATTEMPTS: u32 = 4;

/// How many prepared statements a connection keeps; a client that varies its queries without end
/// must not exhaust the server's memory.
const STATEMENTS: usize = 512;

/// Longer statements are prepared for one use: who sends such ones sends another one each time.
const MAX_CACHED: usize = 16 * 1024;

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
#[derive(Clone, Debug)]
pub struct Database {
    inner: Arc<Inner>,
    /// What an operation has read, if this is its handle.
    budget: Arc<Budget>,
}

#[derive(Debug)]
struct Inner {
    commands: Pool,
    queries: Vec<Pool>,
    next: AtomicUsize,
    limits: Limits,
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
        let inner = Arc::new(Inner {
            commands: pool(config, &config.commands, Side::Command, "command database")?,
            queries,
            next: AtomicUsize::new(0),
            limits: config.limits,
        });
        Ok(Self { inner, budget: Arc::default() })
    }

    /// Asks every database for an answer, one after the other.
    pub async fn ready(&self) -> Result<()> {
        for pool in self.inner.queries.iter().chain([&self.inner.commands]) {
            pool.get().await?.simple_query("select").await?;
        }
        Ok(())
    }

    /// Closes the pools: connections end when their requests are done.
    pub fn close(&self) {
        self.inner.commands.close();
        self.inner.queries.iter().for_each(Pool::close);
    }

    /// A handle for one operation, which reads no more than one may.
    pub(crate) fn for_operation(&self) -> Self {
        Self { inner: self.inner.clone(), budget: Arc::default() }
    }

    /// What one request may cost.
    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Takes the part of an answer that a root field has brought.
    pub(crate) fn write(&self, json: &[u8]) -> Result<()> {
        self.budget.write(self.limits(), json.len())
    }

    /// Rows that one list may ask for at the most.
    pub(crate) fn max_page_size(&self) -> u32 {
        self.limits().max_page_size
    }

    async fn connection(&self, pool: &Pool) -> Result<Connection> {
        Ok(Connection {
            object: Some(pool.get().await?),
            is_lost: AtomicBool::new(false),
            database: self.clone(),
        })
    }

    /// Runs a statement that only reads, again if its connection turns out to be lost. Returns its
    /// rows and the connection.
    pub(crate) async fn query(
        &self,
        sql: &str,
        params: &[Param],
    ) -> Result<(Connection, Vec<Row>)> {
        let next = self.inner.next.fetch_add(1, Ordering::Relaxed);
        let pool = &self.inner.queries[next % self.inner.queries.len()];
        let mut connection = self.connection(pool).await?;
        let mut result = connection.query(sql, params).await;
        if result.as_ref().is_err_and(|error| *error.code() == Code::Unavailable) {
            // One is rarely lost alone: after a restart of the database, all of them are.
            pool.retain(|_, _| false);
            connection = self.connection(pool).await?;
            result = connection.query(sql, params).await;
        }
        result.map(|rows| (connection, rows))
    }

    /// Runs a command, again if it lost against another transaction, and returns its rows and the
    /// connection that has seen it. A command whose connection is lost is not run again: nobody
    /// knows whether it has been carried out.
    pub(crate) async fn command(
        &self,
        sql: &str,
        params: &[Param],
    ) -> Result<(Connection, Vec<Row>)> {
        let mut attempt = 1;
        loop {
            let connection = self.connection(&self.inner.commands).await?;
            match connection.run(sql, params, Rest::Dropped).await {
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

/// A connection on loan from its pool. One that is lost does not go back.
pub(crate) struct Connection {
    /// Always there, until it is dropped.
    object: Option<Object>,
    is_lost: AtomicBool,
    database: Database,
}

impl Connection {
    /// What one request may cost.
    pub(crate) fn limits(&self) -> &Limits {
        self.database.limits()
    }

    /// Runs one statement that reads, prepared once per connection and text.
    pub(crate) async fn query(&self, sql: &str, params: &[Param]) -> Result<Vec<Row>> {
        self.run(sql, params, Rest::Left).await
    }

    async fn run(&self, sql: &str, params: &[Param], rest: Rest) -> Result<Vec<Row>> {
        check_length(sql, self.limits())?;
        tracing::debug!(target: "runtime::sql", statement = sql, parameters = params.len());
        let Some(object) = &self.object else {
            return Err(Error::unavailable("the connection has been given back"));
        };
        let result = match self.try_run(object, sql, params, rest).await {
            // The schema was replaced under a running server: a prepared statement that returned
            // another row type fails once ("cached plan must not change result type").
            Err(error) if is_stale_plan(&error) => {
                object.statement_cache.clear();
                self.try_run(object, sql, params, rest).await
            }
            result => result,
        };
        let is_cut = rest == Rest::Left && matches!(result, Ok(Err(_)));
        if is_cut || result.as_ref().is_err_and(is_fatal) {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        result.map_err(|error| Error::of_statement(error, params))?
    }

    /// The inner error is that of a result that is too large.
    async fn try_run(
        &self,
        object: &Object,
        sql: &str,
        params: &[Param],
        rest: Rest,
    ) -> Result<Result<Vec<Row>>, tokio_postgres::Error> {
        let statement = if sql.len() > MAX_CACHED {
            object.prepare(sql).await?
        } else {
            if object.statement_cache.size() >= STATEMENTS {
                object.statement_cache.clear();
            }
            object.prepare_cached(sql).await?
        };
        let rows = object.query_raw(&statement, params.iter().map(Param::as_sql)).await?;
        self.database.budget.collect(self.limits(), rows, rest).await
    }

    fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_lost() {
            // Taken out of the pool, which then opens another one.
            self.object.take().map(Object::take);
        }
    }
}

/// Refuses a statement that a client has made too long: PostgreSQL would plan it for a long time.
fn check_length(sql: &str, limits: &Limits) -> Result<()> {
    if sql.len() <= limits.max_statement_bytes {
        return Ok(());
    }
    Err(Limit::StatementBytes.exceeded(format!(
        "the request needs an SQL statement of {} bytes, more than {}; ask for fewer fields, \
         conditions or sort criteria, and for one of many values with `in`",
        sql.len(),
        limits.max_statement_bytes
    )))
}

/// Whether an error ends its connection: it broke, or the server ended the session
/// (class 57P: shutdown, crash, an administrator).
fn is_fatal(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => db.code().code().starts_with("57P"),
        None => error.is_closed() || crate::error::is_io(error),
    }
}

fn is_stale_plan(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| {
        db.code().code() == "0A000" && db.message().starts_with("cached plan must not")
    })
}

fn pool(
    config: &DatabaseConfig,
    url: &str,
    side: Side,
    role: &'static str,
) -> Result<Pool, ConfigError> {
    let invalid = |cause: String| ConfigError { role, cause };
    let mut postgres: tokio_postgres::Config =
        url.parse().map_err(|error: tokio_postgres::Error| {
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
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if postgres.get_ssl_mode() == SslMode::Require {
        Manager::from_config(postgres, tls::connector().map_err(invalid)?, recycling)
    } else {
        Manager::from_config(postgres, NoTls, recycling)
    };
    let timeout = Some(config.acquire_timeout);
    Pool::builder(manager)
        .max_size(config.pool_size)
        .timeouts(Timeouts { wait: timeout, create: timeout, recycle: timeout })
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| invalid(error.to_string()))
}

impl Param {
    fn as_sql(&self) -> impl BorrowToSql + '_ {
        self as &(dyn ToSql + Sync)
    }
}
