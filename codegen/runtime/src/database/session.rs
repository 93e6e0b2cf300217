//! A session with a server: statements, prepared once per text.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use tokio_postgres::types::{BorrowToSql, ToSql};
use tokio_postgres::{Client, Row, Statement};

use crate::limits::budget::{Budget, Rest};
use crate::param::Bound;
use crate::{Error, Limit, Limits, Result};

/// How many prepared statements a session keeps; a client that varies its queries without end must
/// not exhaust the server's memory.
const STATEMENTS: NonZeroUsize = NonZeroUsize::new(512).unwrap();

/// Longer statements are prepared for one use: who sends such ones sends another one each time.
const MAX_CACHED: usize = 16 * 1024;

/// States of a session: it can be used again, part of a result was left unread, its connection is
/// lost.
const USABLE: u8 = 0;
const CUT: u8 = 1;
const BROKEN: u8 = 2;

/// The half of a connection that asks. Its futures get their answers while [`super::wire::Wire::drive`]
/// runs them, several at once if they like.
pub(crate) struct Session {
    client: Client,
    statements: Mutex<LruCache<Box<str>, Statement>>,
    state: AtomicU8,
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        let statements = Mutex::new(LruCache::new(STATEMENTS));
        Self { client, statements, state: AtomicU8::new(USABLE) }
    }

    /// Runs a statement that reads.
    pub(crate) async fn query(
        &self,
        sql: &str,
        params: &[Bound<'_>],
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Vec<Row>> {
        let result = self.run(sql, params, limits, budget, Rest::Left).await;
        if let Ok(Err(_)) = result {
            // Nobody reads what is left of it.
            self.state.store(CUT, Ordering::Relaxed);
        }
        result?
    }

    /// Runs a statement whose work stays done, even if its result is refused.
    pub(super) async fn command(
        &self,
        sql: &str,
        params: &[Bound<'_>],
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Vec<Row>> {
        self.run(sql, params, limits, budget, Rest::Dropped).await?
    }

    /// The inner error is that of a result that is too large.
    async fn run(
        &self,
        sql: &str,
        params: &[Bound<'_>],
        limits: &Limits,
        budget: &Budget,
        rest: Rest,
    ) -> Result<Result<Vec<Row>>> {
        check_length(sql, limits)?;
        check_patterns(params, limits)?;
        tracing::debug!(target: "runtime::sql", statement = sql, parameters = params.len());
        let mut result = self.try_run(sql, params, limits, budget, rest).await;
        if result.as_ref().is_err_and(is_stale_plan) {
            // The schema was replaced under a running server: a prepared statement that returned
            // another row type fails once ("cached plan must not change result type").
            self.statements().clear();
            result = self.try_run(sql, params, limits, budget, rest).await;
        }
        if result.as_ref().is_err_and(is_fatal) {
            self.state.store(BROKEN, Ordering::Relaxed);
        }
        result.map_err(|error| Error::of_statement(error, params))
    }

    async fn try_run(
        &self,
        sql: &str,
        params: &[Bound<'_>],
        limits: &Limits,
        budget: &Budget,
        rest: Rest,
    ) -> Result<Result<Vec<Row>>, tokio_postgres::Error> {
        let known = self.statements().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare(sql).await?;
                if sql.len() <= MAX_CACHED {
                    self.statements().put(sql.into(), statement.clone());
                }
                statement
            }
        };
        let rows = self.client.query_raw(&statement, params.iter().map(Bound::as_sql)).await?;
        budget.collect(limits, rows, rest).await
    }

    /// Asks for nothing, to see whether somebody answers.
    pub(super) async fn ping(&self) -> Result<()> {
        self.client.simple_query("select").await?;
        Ok(())
    }

    /// Whether the connection turned out to be lost.
    pub(super) fn is_broken(&self) -> bool {
        self.state.load(Ordering::Relaxed) == BROKEN
    }

    /// Whether it can be used again.
    pub(super) fn is_usable(&self) -> bool {
        self.state.load(Ordering::Relaxed) == USABLE
    }

    fn statements(&self) -> MutexGuard<'_, LruCache<Box<str>, Statement>> {
        // A panic while it was held cannot have left the map half-changed.
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
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

impl Bound<'_> {
    fn as_sql(&self) -> impl BorrowToSql + '_ {
        self as &(dyn ToSql + Sync)
    }
}

/// Refuses what would be searched for without end.
fn check_patterns(params: &[Bound<'_>], limits: &Limits) -> Result<()> {
    let longest = params.iter().filter_map(Bound::pattern).max_by_key(|(_, length)| *length);
    match longest {
        Some((path, length)) if length > limits.max_pattern_bytes => Err(Limit::PatternBytes
            .exceeded(format!(
                "`{path}` is a pattern of {length} bytes, more than {}",
                limits.max_pattern_bytes
            ))),
        _ => Ok(()),
    }
}
