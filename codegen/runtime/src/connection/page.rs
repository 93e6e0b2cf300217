//! Loading a page and writing it.

use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};
use tokio_postgres::Row;

use super::Connection;
use super::arguments::{Arguments, Bounds, reversed};
use super::cursor::{self, Values};
use super::fields::{EdgeField, Field, Fields, PageField};
use super::seek::{self, Seek};
use crate::decode;
use crate::json::write_string;
use crate::level::{Level, Run, raw};
use crate::model::View;
use crate::order::{Order, write_joins, write_order};
use crate::predicate::{Predicate, write_where};
use crate::selection::write_outputs;
use crate::sql::Sql;
use crate::{Error, Result};

/// A page and what was asked about its surroundings.
#[derive(Default)]
pub(super) struct Page {
    len: usize,
    /// One per selection of nodes.
    nodes: Vec<Level>,
    /// One per row, if they are needed.
    cursors: Vec<String>,
    has_next: bool,
    has_previous: bool,
    total: i32,
}

/// The rows of a page in their order.
struct Fetched {
    rows: Vec<Row>,
    /// Values of the sort criteria, one per row, if they are needed.
    values: Vec<Values>,
    /// Whether there is a row more, in the direction of reading.
    has_more: bool,
}

/// What is read besides the page itself, on the same connection.
struct Reader<'a> {
    run: Run<'a>,
    connection: &'a Connection,
    bounds: &'a Bounds,
}

impl Page {
    pub(super) async fn load(run: Run<'_>, connection: &Connection) -> Result<Self> {
        let Connection { view, arguments, fields } = connection;
        let bounds = &arguments.bounds(view, run.variables)?;
        let reader = Reader { run, connection, bounds };
        if !fields.need_rows() {
            return Ok(Self { total: reader.total().await?, ..Self::default() });
        }
        let sql = page(connection, bounds, run.limits.max_page_size);
        let rows = run.rows(&sql, &[]).await?;
        let Fetched { rows, values, has_more } = Fetched::of(rows, arguments, fields)?;
        let rows = Arc::new(rows);
        let nodes = fields.nodes.iter();
        let nodes = nodes.map(|selection| Level::load(run, selection, rows.clone(), 0, Vec::new()));
        let around =
            try_join(reader.has_previous(&values, has_more), reader.has_next(&values, has_more));
        let (nodes, (total, (has_previous, has_next))) =
            try_join(try_join_all(nodes), try_join(reader.total(), around)).await?;
        let cursor = |values| cursor::encode(view, &arguments.order, values);
        let cursors = values.iter().map(cursor).collect();
        Ok(Self { len: rows.len(), nodes, cursors, has_next, has_previous, total })
    }

    /// Writes the selected fields as an object.
    pub(super) fn write(&self, fields: &Fields, out: &mut Vec<u8>) -> Result<()> {
        write_object(&fields.fields, out, |field, out| {
            match field {
                Field::Typename(name) => write_string(name, out),
                Field::TotalCount => out.extend_from_slice(self.total.to_string().as_bytes()),
                Field::Nodes(node) => self.nodes[*node].write_list(&fields.nodes[*node], out)?,
                Field::Edges(edges) => self.write_edges(fields, edges, out)?,
                Field::PageInfo(info) => write_object(info, out, |field, out| {
                    self.write_info(*field, out);
                    Ok(())
                })?,
            }
            Ok(())
        })
    }

    fn write_edges(
        &self,
        fields: &Fields,
        edges: &[(Box<str>, EdgeField)],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.push(b'[');
        for row in 0..self.len {
            if row > 0 {
                out.push(b',');
            }
            write_object(edges, out, |field, out| {
                match field {
                    EdgeField::Typename(name) => write_string(name, out),
                    EdgeField::Cursor => write_string(&self.cursors[row], out),
                    EdgeField::Node(node) => {
                        self.nodes[*node].write_row(&fields.nodes[*node], row, out)?;
                    }
                }
                Ok(())
            })?;
        }
        out.push(b']');
        Ok(())
    }

    fn write_info(&self, field: PageField, out: &mut Vec<u8>) {
        let write_bool = |value: bool, out: &mut Vec<u8>| {
            out.extend_from_slice(if value { b"true" } else { b"false" });
        };
        let write_cursor = |cursor: Option<&String>, out: &mut Vec<u8>| match cursor {
            Some(cursor) => write_string(cursor, out),
            None => out.extend_from_slice(b"null"),
        };
        match field {
            PageField::Typename => write_string("PageInfo", out),
            PageField::HasNext => write_bool(self.has_next, out),
            PageField::HasPrevious => write_bool(self.has_previous, out),
            PageField::Start => write_cursor(self.cursors.first(), out),
            PageField::End => write_cursor(self.cursors.last(), out),
        }
    }
}

/// Appends an object of members that are written one after the other.
fn write_object<F>(
    fields: &[(Box<str>, F)],
    out: &mut Vec<u8>,
    mut write: impl FnMut(&F, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    out.push(b'{');
    for (index, (member, field)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(member.as_bytes());
        write(field, out)?;
    }
    out.push(b'}');
    Ok(())
}

impl Fetched {
    /// Takes the surplus row off and brings the rest into the order of the connection.
    fn of(mut rows: Vec<Row>, arguments: &Arguments, fields: &Fields) -> Result<Self> {
        let limit = usize::try_from(arguments.limit).map_err(Error::internal)?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if arguments.is_backward {
            rows.reverse();
        }
        let values = if fields.need_cursors() {
            rows.iter().map(|row| values(row, arguments, fields)).collect::<Result<_>>()?
        } else {
            Vec::new()
        };
        Ok(Self { rows, values, has_more })
    }
}

/// The values of the sort criteria, which come after the columns.
fn values(row: &Row, arguments: &Arguments, fields: &Fields) -> Result<Values> {
    let at = |index| -> Result<Option<String>> {
        let value = raw(row, fields.outputs.len() + index)?;
        Ok(value.map(decode::text).transpose()?.map(str::to_owned))
    };
    (0..arguments.order.len()).map(at).collect()
}

impl Reader<'_> {
    async fn total(&self) -> Result<i32> {
        let Connection { view, arguments, fields } = self.connection;
        if !fields.need_count() {
            return Ok(0);
        }
        total(&self.run.rows(&count(view, &arguments.predicates), &[]).await?)
    }

    async fn has_previous(&self, page: &[Values], has_more: bool) -> Result<bool> {
        let Arguments { order, is_backward, .. } = &self.connection.arguments;
        if !self.connection.fields.need(PageField::HasPrevious) {
            return Ok(false);
        }
        if *is_backward && has_more {
            return Ok(true);
        }
        match (&self.bounds.after, page.first()) {
            // Read from the start, or to it.
            (None, _) => Ok(false),
            (Some(_), Some(first)) => self.exists(&reversed(order), first, Seek::After).await,
            (Some(after), None) => self.exists(&reversed(order), after, Seek::From).await,
        }
    }

    async fn has_next(&self, page: &[Values], has_more: bool) -> Result<bool> {
        let Arguments { order, is_backward, .. } = &self.connection.arguments;
        if !self.connection.fields.need(PageField::HasNext) {
            return Ok(false);
        }
        if !is_backward && has_more {
            return Ok(true);
        }
        match (&self.bounds.before, page.last()) {
            (None, _) => Ok(false),
            (Some(_), Some(last)) => self.exists(order, last, Seek::After).await,
            (Some(before), None) => self.exists(order, before, Seek::From).await,
        }
    }

    /// Whether any row of the connection lies there.
    async fn exists(&self, order: &[Order], values: &Values, seek: Seek) -> Result<bool> {
        let sql = existence(self.connection, order, values, seek);
        Ok(!self.run.rows(&sql, &[]).await?.is_empty())
    }
}

/// The statement that finds out whether any row of a connection lies there.
pub(super) fn existence(
    connection: &Connection,
    order: &[Order],
    values: &Values,
    seek: Seek,
) -> Sql {
    let Connection { view, arguments, .. } = connection;
    let mut sql = Sql::default();
    sql.push("select from ").qualified(view.schema, view.name).push(" as t");
    write_joins(order, &mut sql);
    let separator = write_where(&arguments.predicates, &mut sql);
    sql.push(separator);
    seek::write(order, values, seek, &mut sql);
    sql.push(" limit 1");
    sql
}

/// The statement of a page, with one row more than it has.
pub(super) fn page(connection: &Connection, bounds: &Bounds, max_page_size: u32) -> Sql {
    let Connection { view, arguments, fields } = connection;
    let mut sql = Sql::default();
    sql.push("select");
    write_outputs(&fields.outputs, " ", max_page_size, &mut sql);
    if fields.need_cursors() {
        let mut separator = if fields.outputs.is_empty() { " " } else { ", " };
        for (position, order) in arguments.order.iter().enumerate() {
            sql.push(separator);
            order.write_column(position, &mut sql).push("::pg_catalog.text");
            separator = ", ";
        }
    }
    sql.push(" from ").qualified(view.schema, view.name).push(" as t");
    write_joins(&arguments.order, &mut sql);
    let mut separator = write_where(&arguments.predicates, &mut sql);
    let bounds =
        [(&bounds.after, arguments.order.clone()), (&bounds.before, reversed(&arguments.order))];
    for (values, order) in bounds {
        if let Some(values) = values {
            sql.push(separator);
            seek::write(&order, values, Seek::After, &mut sql);
            separator = " and ";
        }
    }
    write_order(&arguments.reading_order(), &mut sql);
    sql.push(" limit ").number(u64::from(arguments.limit.unsigned_abs()) + 1);
    sql
}

/// The statement that counts the rows of all pages.
pub(super) fn count(view: &View, predicates: &[Predicate]) -> Sql {
    let mut sql = Sql::default();
    sql.push("select count(*) from ").qualified(view.schema, view.name).push(" as t");
    write_where(predicates, &mut sql);
    sql
}

fn total(rows: &[Row]) -> Result<i32> {
    let total: i64 = match rows {
        [row] => row.try_get(0).map_err(Error::internal)?,
        _ => return Err(Error::internal("a count is one row")),
    };
    i32::try_from(total)
        .map_err(|_| Error::internal(format!("`totalCount` of {total} does not fit an Int")))
}
