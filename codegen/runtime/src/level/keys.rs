//! The keys that lead from parents to the rows below them: columns of a relation, or the whole row
//! that a function takes.

use std::collections::HashMap;

use tokio_postgres::Row;

use super::raw;
use crate::decode;
use crate::param::Param;
use crate::selection::{Output, RowsField, Target};
use crate::{Error, Limit, Result};

/// The keys of the parents of a field.
pub(super) struct Keys {
    /// Each combination of values once, one entry per key column.
    pub(super) distinct: Vec<Vec<Vec<u8>>>,
    /// Their positions, by the bytes of all columns.
    positions: HashMap<Vec<u8>, usize>,
    /// For each parent its key, `None` where a part is NULL and so leads nowhere.
    pub(super) of_parent: Vec<Option<usize>>,
}

/// How a level is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// `where key = any (keys)`: a condition that PostgreSQL pushes into any view. The key comes
    /// back and is looked up by its bytes, which is right where equal values have equal bytes.
    Any {
        /// Its place among the columns; before the selected ones if it is not one of them.
        key: Option<usize>,
    },
    /// A join with the keys, which come back as positions: for several columns, and for types whose
    /// equality only the server knows (`1.0 = 1.00`).
    Join,
    /// One run of the view for each key, so that each has its own limit. The rows of a key come in
    /// the order of the inner query, because a lateral reference forces a nested loop.
    Lateral,
    /// One call of a function for each row.
    Call,
}

impl Shape {
    pub(super) fn of(field: &RowsField) -> Result<Self> {
        let Target::View(object, relation) = field.target else { return Ok(Self::Call) };
        if field.arguments.limit.is_some() || field.arguments.offset > 0 {
            return Ok(Self::Lateral);
        }
        let [(own, target)] = relation.columns else { return Ok(Self::Join) };
        let target = (relation.target)().object.column(target)?;
        if !object.column(own)?.ty.equals_by_bytes(&target.ty) {
            return Ok(Self::Join);
        }
        let is_key =
            |output: &Output| matches!(output, Output::Column(it) if it.column == target.column);
        Ok(Self::Any { key: field.selection.outputs.iter().position(is_key) })
    }

    /// How many columns come before the selected ones.
    pub(super) fn skip(self) -> usize {
        match self {
            Self::Any { key } => usize::from(key.is_none()),
            Self::Join | Self::Lateral | Self::Call => 1,
        }
    }
}

impl Keys {
    pub(super) fn of(field: &RowsField, parents: &[Row], skip: usize) -> Result<Self> {
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

    pub(super) fn column(&self, index: usize) -> Param {
        Param::Keys(self.distinct.iter().map(|key| key[index].clone()).collect())
    }

    /// The key that a fetched row belongs to.
    fn position(&self, row: &Row, shape: Shape) -> Result<usize> {
        let position = if let Shape::Any { key } = shape {
            self.positions.get(raw(row, key.unwrap_or(0))?.unwrap_or_default()).copied()
        } else {
            let first = raw(row, 0)?.unwrap_or_default();
            let ordinal = i64::from_be_bytes(decode::fixed(first, "int8")?);
            usize::try_from(ordinal - 1).ok().filter(|key| *key < self.distinct.len())
        };
        position.ok_or_else(|| Error::internal("a nested row without parent"))
    }

    /// Sorts fetched rows to their keys, in the order in which they came.
    pub(super) fn group(
        &self,
        rows: &[Row],
        shape: Shape,
        field: &RowsField,
        max_page_size: u32,
    ) -> Result<Vec<Vec<usize>>> {
        let mut of_key = vec![Vec::new(); self.distinct.len()];
        for (index, row) in rows.iter().enumerate() {
            of_key[self.position(row, shape)?].push(index);
        }
        let largest = of_key.iter().map(Vec::len).max().unwrap_or(0);
        if largest > max_page_size as usize {
            return Err(Limit::PageSize.exceeded(format!(
                "`{}` has more than {max_page_size} rows for one parent; ask for less with `limit`",
                field.name
            )));
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
