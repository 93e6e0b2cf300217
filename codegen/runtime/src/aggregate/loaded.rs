//! What the statements of an aggregate brought, and writing it.

use tokio_postgres::Row;

use super::arguments::GroupKey;
use super::fields::{Field, Fields, Groups, Term};
use crate::decode;
use crate::json::write_string;
use crate::level::{Grouped, raw};
use crate::model::ObjectType;
use crate::selection::write_cell;
use crate::{Error, Result};

/// The aggregates of the rows of some parents; a root field is one parent.
pub(crate) struct Loaded {
    pub(crate) rows: Vec<Row>,
    /// How many columns come before the terms.
    pub(crate) skip: usize,
    /// For each parent the position of its row; none where it leads to no rows.
    pub(crate) of_parent: Grouped,
    /// One per `groupBy`.
    pub(crate) groups: Vec<LoadedGroups>,
}

/// The groups of the rows of some parents.
pub(crate) struct LoadedGroups {
    pub(crate) rows: Vec<Row>,
    /// How many columns come before the key.
    pub(crate) skip: usize,
    /// For each parent the positions of its groups.
    pub(crate) of_parent: Grouped,
}

/// A row with what its columns are.
struct Cells<'a> {
    object: &'static ObjectType,
    /// `None` where there are no rows to aggregate.
    row: Option<&'a Row>,
    skip: usize,
    keys: &'a [GroupKey],
    terms: &'a [Term],
}

impl Loaded {
    pub(super) fn of_root(rows: Vec<Row>, groups: Vec<Vec<Row>>) -> Self {
        let groups = groups.into_iter().map(|rows| {
            let of_parent = Grouped::all(rows.len());
            LoadedGroups { rows, skip: 0, of_parent }
        });
        Self { skip: 0, of_parent: Grouped::all(rows.len()), groups: groups.collect(), rows }
    }

    /// Appends the aggregate of a parent's rows.
    pub(crate) fn write(&self, fields: &Fields, parent: usize, out: &mut Vec<u8>) -> Result<()> {
        let Fields { object, terms, .. } = fields;
        let row = self.of_parent.of(parent).first().map(|row| &self.rows[*row]);
        let cells = Cells { object, row, skip: self.skip, keys: &[], terms };
        write_members(&fields.members, &cells, out, &|index, out| {
            self.groups[index].write(&fields.groups[index], parent, out)
        })
    }
}

impl LoadedGroups {
    fn write(&self, groups: &Groups, parent: usize, out: &mut Vec<u8>) -> Result<()> {
        let Fields { object, terms, members, .. } = &groups.fields;
        out.push(b'[');
        for (position, row) in self.of_parent.of(parent).iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            let keys = &groups.arguments.keys;
            let cells = Cells { object, row: Some(&self.rows[*row]), skip: self.skip, keys, terms };
            write_members(members, &cells, out, &|_, _| {
                Err(Error::internal("there are no groups in a group"))
            })?;
        }
        out.push(b']');
        Ok(())
    }
}

fn write_members(
    members: &[(Box<str>, Field)],
    cells: &Cells<'_>,
    out: &mut Vec<u8>,
    write_groups: &dyn Fn(usize, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    out.push(b'{');
    for (index, (member, field)) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(member.as_bytes());
        match field {
            Field::Typename(name) => write_string(name, out),
            Field::Object(members) => write_members(members, cells, out, write_groups)?,
            Field::Groups(index) => write_groups(*index, out)?,
            Field::Term(index) => cells.write_term(*index, out)?,
            Field::Key(column) => {
                let slot = cells.keys.iter().position(|key| key.column.column == column.column);
                // Planning has refused other columns.
                let slot = slot.ok_or_else(|| Error::internal("a key without its column"))?;
                write_cell(cells.object, column, cells.value(slot)?, None, out)?;
            }
        }
    }
    out.push(b'}');
    Ok(())
}

impl Cells<'_> {
    fn value(&self, slot: usize) -> Result<Option<&[u8]>> {
        self.row.map_or(Ok(None), |row| raw(row, self.skip + slot))
    }

    fn write_term(&self, index: usize, out: &mut Vec<u8>) -> Result<()> {
        let term = self.terms[index];
        let value = self.value(self.keys.len() + index)?;
        if term.is_count() {
            let count = value.map_or(Ok([0; 8]), |value| decode::fixed(value, "int8"))?;
            return write_count(i64::from_be_bytes(count), out);
        }
        match (term, value) {
            (Term::Call(function, column, ty), Some(value)) => {
                decode::write(&ty, value, None, out).map_err(|error| {
                    let (function, column) = (function.field(), column.column);
                    error.within(format!("{function} of `{column}` of {}", self.object.origin))
                })?;
            }
            _ => out.extend_from_slice(b"null"),
        }
        Ok(())
    }
}

/// Like `totalCount` of a connection, an Int.
fn write_count(count: i64, out: &mut Vec<u8>) -> Result<()> {
    let count = i32::try_from(count)
        .map_err(|_| Error::internal(format!("a count of {count} does not fit an Int")))?;
    out.extend_from_slice(count.to_string().as_bytes());
    Ok(())
}
