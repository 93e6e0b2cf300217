//! Loading rows and the rows below them: one statement for each level of a query.
//!
//! The rows of a level are fetched for all their parents at once and put together here. Statements
//! on the same level are sent without waiting for each other.

mod aggregates;
mod keys;
mod statement;

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::Variables;
use futures_util::future::{try_join, try_join_all};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type as PgType};

use crate::aggregate::Loaded;
use crate::database::Session;
use crate::limits::budget::Budget;
use crate::model::{Cardinality, Type};
use crate::param::KeyParts;
use crate::resolver::{Function, Returns};
use crate::selection::{Field, RowsField, Selection, Target};
use crate::sql::Sql;
use crate::{Code, Error, Limit, Limits, Result, decode};
pub(crate) use aggregates::AggregateStatements;
use aggregates::load_aggregate;
pub(crate) use keys::Grouped;
use keys::Keys;
use statement::Shape;
pub(crate) use statement::{Link, Statements};

/// Fetched rows of one level, and what lies below.
#[derive(Default)]
pub(crate) struct Level {
    rows: Arc<Vec<Row>>,
    /// How many columns before those of the selection (keys, ordinals).
    skip: usize,
    /// One per field of the selection that leads to rows, in order.
    below: Vec<Below>,
    /// One per field of the selection that leads to an aggregate, in order.
    aggregates: Vec<Loaded>,
    max_page_size: u32,
}

/// The rows that a field leads to.
#[derive(Default)]
struct Below {
    level: Level,
    grouped: Grouped,
}

/// What a plan is carried out with, in one request.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) session: &'a Session,
    pub(crate) variables: &'a Variables,
    pub(crate) limits: &'a Limits,
    /// What the operation has read.
    pub(crate) budget: &'a Budget,
}

impl Run<'_> {
    /// Runs a statement; `keys` are those of the parents, if it has any.
    pub(crate) async fn rows(self, sql: &Sql, keys: &KeyParts<'_>) -> Result<Vec<Row>> {
        let params = sql.bind(self.variables, keys)?;
        self.session.query(&sql.text, &params, self.limits, self.budget).await
    }
}

/// The bytes of a value as the server sent them.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(
        _: &PgType,
        raw: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &PgType) -> bool {
        true
    }
}

/// The bytes of a column; `None` for NULL.
pub(crate) fn raw(row: &Row, index: usize) -> Result<Option<&[u8]>> {
    let value: Option<Raw<'_>> = row.try_get(index).map_err(Error::internal)?;
    Ok(value.map(|raw| raw.0))
}

/// Appends a value of a function's result, or `null`.
pub(crate) fn write_value(
    function: &Function,
    ty: &Type,
    raw: Option<&[u8]>,
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result<()> {
    match raw {
        Some(raw) => decode::write(ty, raw, selection, out).map_err(|error| {
            error.within(format!("the result of function {}.{}", function.schema, function.name))
        })?,
        None => out.extend_from_slice(b"null"),
    }
    Ok(())
}

/// Appends the values of a function's result as a list.
pub(crate) fn write_values<'a>(
    function: &Function,
    ty: &Type,
    values: impl Iterator<Item = Result<Option<&'a [u8]>>>,
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result<()> {
    out.push(b'[');
    for (index, raw) in values.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_value(function, ty, raw?, selection, out)?;
    }
    out.push(b']');
    Ok(())
}

impl Level {
    /// Completes fetched rows with everything below them. `early` has what was fetched already for
    /// a single row, by field; it may end early.
    pub(crate) async fn load(
        run: Run<'_>,
        selection: &Selection,
        rows: impl Into<Arc<Vec<Row>>>,
        skip: usize,
        early: Vec<Option<Vec<Row>>>,
    ) -> Result<Self> {
        let max_page_size = run.limits.max_page_size;
        let level = Self { rows: rows.into(), skip, max_page_size, ..Self::default() };
        // What has nothing below it, as most levels, needs no box.
        match selection.is_flat() {
            true => Ok(level),
            false => level.complete(run, selection, early).await,
        }
    }

    fn complete<'a>(
        mut self,
        run: Run<'a>,
        selection: &'a Selection,
        early: Vec<Option<Vec<Row>>>,
    ) -> Pin<Box<dyn Future<Output = Result<Self>> + Send + 'a>> {
        Box::pin(async move {
            let (rows, skip) = (self.rows.clone(), self.skip);
            let mut early = early.into_iter();
            let mut below = selection
                .rows_fields()
                .map(|field| Below::load(run, field, &rows, skip, early.next().flatten()));
            let aggregates = selection.aggregate_fields();
            let mut aggregates = aggregates.map(|field| load_aggregate(run, field, &rows, skip));
            match (below.next(), below.next(), aggregates.next()) {
                // Nothing to wait for beside it.
                (Some(only), None, None) => self.below.push(only.await?),
                (first, second, aggregate) => {
                    let below = first.into_iter().chain(second).chain(below);
                    let aggregates = aggregate.into_iter().chain(aggregates);
                    (self.below, self.aggregates) =
                        try_join(try_join_all(below), try_join_all(aggregates)).await?;
                }
            }
            Ok(self)
        })
    }

    /// Whether a row says in its first column that it is NULL as a whole.
    pub(crate) fn is_null(&self, index: usize) -> Result<bool> {
        Ok(raw(&self.rows[index], 0)? == Some(&[1]))
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Appends one row as an object.
    pub(crate) fn write_row(
        &self,
        selection: &Selection,
        index: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let row = &self.rows[index];
        let mut below = self.below.iter();
        let mut aggregates = self.aggregates.iter();
        let mut separator = b'{';
        for field in &selection.fields {
            selection.check_size(out)?;
            out.push(separator);
            separator = b',';
            match field {
                Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
                Field::Column { member, column, slot, selection: nested } => {
                    out.extend_from_slice(member.as_bytes());
                    let raw = raw(row, self.skip + slot)?;
                    selection.write_cell(column, raw, nested.as_ref(), out)?;
                }
                Field::Computed { member, function, slot, selection: nested } => {
                    out.extend_from_slice(member.as_bytes());
                    let raw = raw(row, self.skip + slot)?;
                    self.write_computed(function, raw, nested.as_ref(), out)?;
                }
                Field::Rows(field) => {
                    out.extend_from_slice(field.member.as_bytes());
                    if let Some(below) = below.next() {
                        below.write(field, index, out)?;
                    }
                }
                Field::Aggregate(field) => {
                    out.extend_from_slice(field.member.as_bytes());
                    if let Some(aggregate) = aggregates.next() {
                        aggregate.write(&field.fields, index, out)?;
                    }
                }
            }
        }
        if separator == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
        Ok(())
    }

    fn write_computed(
        &self,
        function: &Function,
        raw: Option<&[u8]>,
        selection: Option<&Selection>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        match (&function.returns, raw) {
            (Returns::RequiredValue(_), None) => return Err(function.unexpected_null()),
            (Returns::Value(ty) | Returns::RequiredValue(ty), raw) => {
                write_value(function, ty, raw, selection, out)?;
            }
            (Returns::Values(ty), Some(raw)) => {
                let values = decode::split_array(raw)?;
                if values.len() > self.max_page_size as usize {
                    return Err(Limit::PageSize.exceeded(format!(
                        "function {} has more than {} values for one row; ask for less with `limit`",
                        function.name, self.max_page_size
                    )));
                }
                write_values(function, ty, values.into_iter().map(Ok), selection, out)?;
            }
            // Other results are rows, and lie below.
            _ => return Err(Error::internal("a function's result is no value")),
        }
        Ok(())
    }

    /// Appends all rows as a list.
    pub(crate) fn write_list(&self, selection: &Selection, out: &mut Vec<u8>) -> Result<()> {
        out.reserve(32 * self.len() * selection.fields.len());
        self.write_rows(selection, 0..self.len(), out)
    }

    /// Appends rows as a list.
    fn write_rows(
        &self,
        selection: &Selection,
        rows: impl Iterator<Item = usize>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.push(b'[');
        for (position, row) in rows.enumerate() {
            if position > 0 {
                out.push(b',');
            }
            self.write_row(selection, row, out)?;
        }
        out.push(b']');
        Ok(())
    }
}

impl Below {
    /// Loads the rows of a field for its parents, unless those of an only one are there already.
    async fn load(
        run: Run<'_>,
        field: &RowsField,
        parents: &[Row],
        skip: usize,
        early: Option<Vec<Row>>,
    ) -> Result<Self> {
        if let Some(rows) = early {
            // Those of the only parent.
            let grouped = Grouped::all(rows.len());
            return Self::of(run, field, rows, grouped, Shape::One).await;
        }
        let keys = Keys::of(&field.slots, parents, skip)?;
        let (shape, sql) = match (&field.statements, keys.len()) {
            (_, 0) => return Ok(Self::default()),
            (Statements { one: Some(one), .. }, 1) => (Shape::One, one),
            (Statements { many: (shape, many), .. }, _) => (*shape, many),
        };
        let rows = run.rows(sql, &keys.parts).await?;
        let grouped = keys.group(&rows, shape)?;
        Self::of(run, field, rows, grouped, shape).await
    }

    /// Completes fetched rows.
    async fn of(
        run: Run<'_>,
        field: &RowsField,
        rows: Vec<Row>,
        grouped: Grouped,
        shape: Shape,
    ) -> Result<Self> {
        check_length(&grouped, field, run.limits.max_page_size)?;
        let level = Level::load(run, &field.selection, rows, shape.skip(), Vec::new()).await?;
        Ok(Self { level, grouped })
    }

    fn write(&self, field: &RowsField, parent: usize, out: &mut Vec<u8>) -> Result<()> {
        match (field.cardinality, self.grouped.of(parent)) {
            (Cardinality::Many, rows) => {
                self.level.write_rows(&field.selection, rows.iter().copied(), out)?;
            }
            (Cardinality::Optional, []) => out.extend_from_slice(b"null"),
            (_, [row]) => self.level.write_row(&field.selection, *row, out)?,
            (Cardinality::One, []) => {
                return Err(match &field.target {
                    Target::Function(call, _) => call.function.unexpected_null(),
                    // The statements of a request see one moment each.
                    Target::View(..) => Error::new(
                        Code::Conflict,
                        format!(
                            "the row of `{}` was deleted while it was being read; ask again",
                            field.name
                        ),
                    ),
                });
            }
            (_, rows) => {
                return Err(Error::internal(format!(
                    "field `{}` leads to {} rows instead of one",
                    field.name,
                    rows.len()
                )));
            }
        }
        Ok(())
    }
}

/// Refuses more rows for a parent than a page may have.
fn check_length(grouped: &Grouped, field: &RowsField, max_page_size: u32) -> Result<()> {
    if grouped.longest() <= max_page_size as usize {
        return Ok(());
    }
    Err(Limit::PageSize.exceeded(format!(
        "`{}` has more than {max_page_size} rows for one parent; ask for less with `limit`",
        field.name
    )))
}
