//! How many rows and bytes an operation may still read.
//!
//! A result is refused while it arrives, not when all of it is in memory.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::TryStreamExt;
use tokio_postgres::{Row, RowStream};

use super::{Limit, Limits};
use crate::{Error, Result};

/// What the statements of an operation have read.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    rows: AtomicUsize,
    bytes: AtomicUsize,
    /// Bytes of the answer so far.
    written: AtomicUsize,
}

/// What becomes of the rest of a result that is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rest {
    /// Nobody reads it: the connection has to be closed.
    Left,
    /// It is read and dropped, so that what a command has done stays done.
    Dropped,
}

impl Budget {
    /// Takes the part of an answer that a root field has brought.
    pub(crate) fn write(&self, limits: &Limits, bytes: usize) -> Result<()> {
        let before = self.written.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes <= limits.max_response_bytes {
            return Ok(());
        }
        self.written.fetch_sub(bytes, Ordering::Relaxed);
        Err(Limits::response_too_large(limits.max_response_bytes))
    }

    /// Takes rows as they arrive. The inner error is that of too many, the outer one that of the
    /// statement.
    ///
    /// Statements that run at the same time see what was read before they began.
    pub(crate) async fn collect(
        &self,
        limits: &Limits,
        rows: RowStream,
        rest: Rest,
    ) -> Result<Result<Vec<Row>>, tokio_postgres::Error> {
        let max_rows = limits.max_rows.saturating_sub(self.rows.load(Ordering::Relaxed));
        let max_bytes =
            limits.max_response_bytes.saturating_sub(self.bytes.load(Ordering::Relaxed));
        let (mut list, mut bytes, mut excess) = (Vec::new(), 0, None);
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await? {
            if excess.is_some() {
                continue;
            }
            bytes += row.raw_size_bytes();
            excess = if list.len() >= max_rows {
                Some(too_many_rows(limits))
            } else if bytes > max_bytes {
                Some(Limits::response_too_large(limits.max_response_bytes))
            } else {
                list.push(row);
                continue;
            };
            list = Vec::new();
            if rest == Rest::Left {
                break;
            }
            excess = excess.map(Error::carried_out);
        }
        self.rows.fetch_add(list.len(), Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(excess.map_or(Ok(list), Err))
    }
}

fn too_many_rows(limits: &Limits) -> Error {
    Limit::Rows.exceeded(format!(
        "the operation reads more than {} rows; ask for less with `limit`",
        limits.max_rows
    ))
}
