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
use crate::model::Cardinality;
use crate::selection::{Field, RelationField, Selection};
use crate::{Code, Error, Result};
use keys::{Keys, Shape};
use statement::statement;

/// Rows that one nested level may bring at the most, over all parents.
const MAX_NESTED_ROWS: usize = 100_000;

/// Fetched rows of one level, and what lies below.
pub(crate) struct Level {
    rows: Arc<Vec<Row>>,
    /// How many columns before those of the selection (keys, ordinals).
    skip: usize,
    /// One per relation of the selection, in order.
    below: Vec<Below>,
}

/// The rows that a relation leads to.
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
            let relations = selection.fields.iter().filter_map(|field| match field {
                Field::Relation(field) => Some(field),
                _ => None,
            });
            let below =
                relations.map(|field| Below::load(connection, field, &rows, skip, max_page_size));
            let below = try_join_all(below).await?;
            Ok(Self { rows, skip, below })
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
            out.push(separator);
            separator = b',';
            match field {
                Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
                Field::Column { member, column, slot, selection: nested } => {
                    out.extend_from_slice(member.as_bytes());
                    let raw = raw(row, self.skip + slot)?;
                    selection.write_cell(column, raw, nested.as_ref(), out)?;
                }
                Field::Relation(field) => {
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

    /// Appends all rows as a list.
    pub(crate) fn write_list(&self, selection: &Selection, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'[');
        for index in 0..self.rows.len() {
            if index > 0 {
                out.push(b',');
            }
            self.write_row(selection, index, out)?;
        }
        out.push(b']');
        Ok(())
    }
}

impl Below {
    async fn load(
        connection: &Connection,
        field: &RelationField,
        parents: &[Row],
        skip: usize,
        max_page_size: u32,
    ) -> Result<Self> {
        field.arguments.check(max_page_size)?;
        let keys = Keys::of(field, parents, skip)?;
        let view = (field.relation.target)();
        let shape = Shape::of(view, field)?;
        let rows = if keys.distinct.is_empty() {
            Vec::new()
        } else {
            let sql = statement(view, field, &keys, shape)?;
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

    fn write(&self, field: &RelationField, parent: usize, out: &mut Vec<u8>) -> Result<()> {
        let rows = &self.of_parent[parent];
        match (field.relation.cardinality, rows.as_slice()) {
            (Cardinality::Many, rows) => {
                out.push(b'[');
                for (position, row) in rows.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    self.level.write_row(&field.selection, *row, out)?;
                }
                out.push(b']');
            }
            (Cardinality::Optional, []) => out.extend_from_slice(b"null"),
            (_, [row]) => self.level.write_row(&field.selection, *row, out)?,
            // The statements of a request see one moment each.
            (Cardinality::One, []) => {
                return Err(Error::new(
                    Code::Conflict,
                    format!(
                        "the row of `{}` was deleted while it was being read; ask again",
                        field.relation.field
                    ),
                ));
            }
            (_, rows) => {
                return Err(Error::internal(format!(
                    "relation `{}` leads to {} rows instead of one",
                    field.relation.field,
                    rows.len()
                )));
            }
        }
        Ok(())
    }
}
