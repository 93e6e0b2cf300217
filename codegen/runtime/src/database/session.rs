//! A session with a server: statements, prepared once per text.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::TryStreamExt;
use lru::LruCache;
use tokio_postgres::types::{BorrowToSql, ToSql};
use tokio_postgres::{Client, Row, Statement};

use crate::param::Bound;
use crate::{Error, Result};

/// How many prepared statements a session keeps; a client that varies its queries without end must
/// not exhaust the server's memory.
const STATEMENTS: NonZeroUsize = NonZeroUsize::new(512).unwrap();

/// The half of a connection that asks. Its futures get their answers while [`super::Wire::drive`]
/// runs them, several at once if they like.
pub(crate) struct Session {
    client: Client,
    statements: Mutex<LruCache<Box<str>, Statement>>,
    is_lost: AtomicBool,
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        let statements = Mutex::new(LruCache::new(STATEMENTS));
        Self { client, statements, is_lost: AtomicBool::new(false) }
    }

    /// Runs one statement.
    pub(crate) async fn query(&self, sql: &str, params: &[Bound<'_>]) -> Result<Vec<Row>> {
        tracing::debug!(target: "runtime::sql", statement = sql, parameters = params.len());
        let result = match self.try_query(sql, params).await {
            // The schema was replaced under a running server: a prepared statement that returned
            // another row type fails once ("cached plan must not change result type").
            Err(error) if is_stale_plan(&error) => {
                self.statements().clear();
                self.try_query(sql, params).await
            }
            result => result,
        };
        if result.as_ref().is_err_and(is_fatal) {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        result.map_err(|error| Error::of_statement(error, params))
    }

    async fn try_query(
        &self,
        sql: &str,
        params: &[Bound<'_>],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let known = self.statements().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare(sql).await?;
                self.statements().put(sql.into(), statement.clone());
                statement
            }
        };
        let rows = self.client.query_raw(&statement, params.iter().map(Bound::as_sql)).await?;
        rows.try_collect().await
    }

    /// Asks for nothing, to see whether somebody answers.
    pub(super) async fn ping(&self) -> Result<()> {
        self.client.simple_query("select").await?;
        Ok(())
    }

    /// Whether the connection turned out to be lost.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    fn statements(&self) -> MutexGuard<'_, LruCache<Box<str>, Statement>> {
        // A panic while it was held cannot have left the map half-changed.
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
