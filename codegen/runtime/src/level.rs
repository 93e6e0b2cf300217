//! Loading rows and the rows below them: one statement for each level of a query.
//!
//! The rows of a level are fetched for all their parents at once and put together here. Statements
//! on the same level are sent without waiting for each other.

mod keys;
mod statement;

use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type as PgType};

use crate::database::Connection;
use crate::model::{Cardinality, Type};
use crate::resolver::{Function, Returns};
use crate::selection::{Field, RowsField, Selection, Target};
use crate::{Code, Error, Limit, Result, decode};
use keys::{Keys, Shape};
use statement::statement;

/// Fetched rows of one level, and what lies below.
pub(crate) struct Level {
    rows: Arc<Vec<Row>>,
    /// How many columns before those of the selection (keys, ordinals).
    skip: usize,
    /// One per field of the selection that leads to rows, in order.
    below: Vec<Below>,
    max_page_size: u32,
}

/// The rows that a field leads to.
struct Below {
    level: Level,
    /// For each parent, the positions of its rows.
    of_parent: Vec<Vec<usize>>,
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
    /// Completes fetched rows with everything below them.
    pub(crate) fn load<'a>(
        connection: &'a Connection,
        selection: &'a Selection,
        rows: Arc<Vec<Row>>,
        skip: usize,
        max_page_size: u32,
    ) -> Pin<Box<dyn Future<Output = Result<Self>> + Send + 'a>> {
        Box::pin(async move {
            let fields = selection.fields.iter().filter_map(|field| match field {
                Field::Rows(field) => Some(field),
                _ => None,
            });
            let below =
                fields.map(|field| Below::load(connection, field, &rows, skip, max_page_size));
            let below = try_join_all(below).await?;
            Ok(Self { rows, skip, below, max_page_size })
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

    /// All rows as a list.
    pub(crate) fn to_list(&self, selection: &Selection) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(64 * self.len() * selection.fields.len().max(1));
        self.write_list(selection, &mut out)?;
        Ok(out)
    }

    /// Appends all rows as a list.
    pub(crate) fn write_list(&self, selection: &Selection, out: &mut Vec<u8>) -> Result<()> {
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
    async fn load(
        connection: &Connection,
        field: &RowsField,
        parents: &[Row],
        skip: usize,
        max_page_size: u32,
    ) -> Result<Self> {
        let keys = Keys::of(field, parents, skip)?;
        let shape = Shape::of(field)?;
        let rows = if keys.distinct.is_empty() {
            Vec::new()
        } else {
            let sql = statement(field, &keys, shape, connection.limits())?;
            connection.query(&sql.text, &sql.params).await?
        };
        let of_key = keys.group(&rows, shape, field, max_page_size)?;
        let of_parent =
            keys.of_parent.iter().map(|key| key.map_or_else(Vec::new, |key| of_key[key].clone()));
        let of_parent = of_parent.collect();
        let rows = Arc::new(rows);
        let skip = shape.skip();
        let level = Level::load(connection, &field.selection, rows, skip, max_page_size).await?;
        Ok(Self { level, of_parent })
    }

    fn write(&self, field: &RowsField, parent: usize, out: &mut Vec<u8>) -> Result<()> {
        let rows = &self.of_parent[parent];
        match (field.cardinality, rows.as_slice()) {
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
