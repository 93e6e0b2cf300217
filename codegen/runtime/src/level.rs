//! Loading rows and the rows below them: one statement for each level of a query.
//!
//! The rows of a level are fetched for all their parents at once and put together here. Statements
//! on the same level are sent without waiting for each other.

use std::collections::HashMap;
use std::pin::Pin;

use futures_util::future::try_join_all;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type as PgType};

use crate::database::Connection;
use crate::decode;
use crate::list::ListArguments;
use crate::model::{Cardinality, View};
use crate::param::Param;
use crate::selection::{Field, RelationField, Selection};
use crate::sql::Sql;
use crate::{Code, Error, Result};

/// Rows that one nested level may bring at the most, over all parents.
const MAX_NESTED_ROWS: usize = 100_000;

/// Fetched rows of one level, and what lies below.
pub(crate) struct Level {
    rows: Vec<Row>,
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
        rows: Vec<Row>,
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
        let level = Level::load(connection, &field.selection, rows, 1, max_page_size).await?;
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

/// The keys of a relation's parents.
struct Keys {
    /// Each combination of values once, one entry per key column.
    distinct: Vec<Vec<Vec<u8>>>,
    /// Their positions, by the bytes of all columns.
    positions: HashMap<Vec<u8>, usize>,
    /// For each parent its key, `None` where a part is NULL and so leads nowhere.
    of_parent: Vec<Option<usize>>,
}

/// How a level is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    /// `where key = any (keys)`: a condition that PostgreSQL pushes into any view. The key comes
    /// back and is looked up by its bytes, which is right where equal values have equal bytes.
    Any,
    /// A join with the keys, which come back as positions: for several columns, and for types whose
    /// equality only the server knows (`1.0 = 1.00`).
    Join,
    /// One run of the view for each key, so that each has its own limit. The rows of a key come in
    /// the order of the inner query, because a lateral reference forces a nested loop.
    Lateral,
}

impl Shape {
    fn of(view: &View, field: &RelationField) -> Result<Self> {
        if field.arguments.limit.is_some() || field.arguments.offset > 0 {
            return Ok(Self::Lateral);
        }
        let [(own, target)] = field.relation.columns else { return Ok(Self::Join) };
        let (own, target) = (&field.object.column(own)?.ty, &view.object.column(target)?.ty);
        Ok(if own.equals_by_bytes(target) { Self::Any } else { Self::Join })
    }
}

impl Keys {
    fn of(field: &RelationField, parents: &[Row], skip: usize) -> Result<Self> {
        let mut keys = Self {
            distinct: Vec::new(),
            positions: HashMap::with_capacity(parents.len()),
            of_parent: Vec::with_capacity(parents.len()),
        };
        let mut bytes = Vec::new();
        for row in parents {
            bytes.clear();
            let mut complete = true;
            for slot in &field.slots {
                match raw(row, skip + slot)? {
                    Some(raw) => push_key(raw, field.slots.len(), &mut bytes),
                    None => complete = false,
                }
            }
            let position = if !complete {
                None
            } else if let Some(position) = keys.positions.get(&bytes) {
                Some(*position)
            } else {
                let values = field.slots.iter().map(|slot| raw(row, skip + slot));
                let values = values.map(|raw| Ok(raw?.unwrap_or_default().to_vec()));
                keys.distinct.push(values.collect::<Result<_>>()?);
                keys.positions.insert(bytes.clone(), keys.distinct.len() - 1);
                Some(keys.distinct.len() - 1)
            };
            keys.of_parent.push(position);
        }
        Ok(keys)
    }

    fn column(&self, index: usize) -> Param {
        Param::Keys(self.distinct.iter().map(|key| key[index].clone()).collect())
    }

    /// The key that a fetched row belongs to.
    fn position(&self, row: &Row, shape: Shape) -> Result<usize> {
        let first = raw(row, 0)?.unwrap_or_default();
        let position = if shape == Shape::Any {
            self.positions.get(first).copied()
        } else {
            let ordinal = i64::from_be_bytes(decode::fixed(first, "int8")?);
            usize::try_from(ordinal - 1).ok().filter(|key| *key < self.distinct.len())
        };
        position.ok_or_else(|| Error::internal("a nested row without parent"))
    }

    /// Sorts fetched rows to their keys, in the order in which they came.
    fn group(
        &self,
        rows: &[Row],
        shape: Shape,
        field: &RelationField,
        max_page_size: u32,
    ) -> Result<Vec<Vec<usize>>> {
        let mut of_key = vec![Vec::new(); self.distinct.len()];
        for (index, row) in rows.iter().enumerate() {
            of_key[self.position(row, shape)?].push(index);
        }
        let largest = of_key.iter().map(Vec::len).max().unwrap_or(0);
        if largest > max_page_size as usize || rows.len() > MAX_NESTED_ROWS {
            return Err(Error::new(
                Code::LimitExceeded,
                format!(
                    "`{}` has more than {max_page_size} rows for one parent, or {MAX_NESTED_ROWS} \
                     in all; ask for less with `limit`",
                    field.relation.field
                ),
            ));
        }
        Ok(of_key)
    }
}

/// Appends a part of a key; parts of a longer key carry their length, so that `a,bc` is not `ab,c`.
fn push_key(raw: &[u8], parts: usize, bytes: &mut Vec<u8>) {
    if parts > 1 {
        bytes.extend_from_slice(&raw.len().to_be_bytes());
    }
    bytes.extend_from_slice(raw);
}

/// The statement of a level: the parent's key or its position, then the selected columns.
fn statement(view: &View, field: &RelationField, keys: &Keys, shape: Shape) -> Result<Sql> {
    let arguments = &field.arguments;
    let mut sql = Sql::default();
    match shape {
        Shape::Any => {
            let (_, target) = field.relation.columns[0];
            sql.push("select t.").name(target);
            write_columns(field, "t.", &mut sql);
            sql.push(" from ").name(view.schema).push(".").name(view.name).push(" as t where t.");
            sql.name(target).push(" = any (");
            write_keys(view, field, keys, &mut sql)?;
            sql.push(")");
            write_filter(arguments, &mut sql);
        }
        Shape::Join | Shape::Lateral => {
            let lateral = shape == Shape::Lateral;
            sql.push("select p.n");
            write_columns(field, if lateral { "c." } else { "t." }, &mut sql);
            sql.push(" from unnest(");
            write_keys(view, field, keys, &mut sql)?;
            sql.push(") with ordinality as p (");
            for index in 0..field.relation.columns.len() {
                sql.push("k").number(index as u64).push(", ");
            }
            if lateral {
                sql.push("n) cross join lateral (select ");
                for (index, column) in field.selection.columns.iter().enumerate() {
                    sql.push(if index > 0 { ", t." } else { "t." }).name(column.column);
                }
                sql.push(" from ");
            } else {
                sql.push("n) join ");
            }
            sql.name(view.schema).push(".").name(view.name).push(" as t");
            for (index, (_, target)) in field.relation.columns.iter().enumerate() {
                let keyword = if lateral { " where " } else { " on " };
                sql.push(if index == 0 { keyword } else { " and " });
                sql.push("t.").name(target).push(" = p.k").number(index as u64);
            }
            write_filter(arguments, &mut sql);
        }
    }
    arguments.write_order(view, &mut sql);
    if shape == Shape::Lateral {
        arguments.write_page(&mut sql);
        sql.push(") as c");
    } else {
        sql.push(" limit ").number(MAX_NESTED_ROWS as u64 + 1);
    }
    Ok(sql)
}

fn write_columns(field: &RelationField, alias: &str, sql: &mut Sql) {
    for column in &field.selection.columns {
        sql.push(", ").push(alias).name(column.column);
    }
}

fn write_keys(view: &View, field: &RelationField, keys: &Keys, sql: &mut Sql) -> Result<()> {
    for (index, (_, target)) in field.relation.columns.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        let sql_type = format!("{}[]", view.object.column(target)?.sql_type());
        sql.param(keys.column(index), &sql_type);
    }
    Ok(())
}

fn write_filter(arguments: &ListArguments, sql: &mut Sql) {
    for predicate in &arguments.predicates {
        sql.push(" and ");
        predicate.write(sql);
    }
}
