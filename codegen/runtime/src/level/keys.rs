//! The keys that lead from parents to the rows below them: columns of a relation, or the whole row
//! that a function takes.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use tokio_postgres::Row;

use super::raw;
use super::statement::Shape;
use crate::decode;
use crate::{Error, Result};

/// The keys of the parents of a field.
pub(super) struct Keys<'a> {
    /// For each part of a key, the values of the distinct keys.
    pub(super) parts: Vec<Vec<&'a [u8]>>,
    /// The places of the keys, by the bytes of all parts.
    positions: HashMap<KeyBytes<'a>, usize, RandomState>,
    /// For each parent its key, `None` where a part is NULL and so leads nowhere.
    of_parent: Vec<Option<usize>>,
    /// Whether there is one parent, whose key is never looked for.
    is_only: bool,
}

/// The bytes of a key of one part, or of several, each with its length, so that `a,bc` is not `ab,c`.
#[derive(Eq, Hash, PartialEq)]
enum KeyBytes<'a> {
    One(&'a [u8]),
    Several(Vec<u8>),
}

/// Which rows belong to which parent.
#[derive(Default)]
pub(crate) struct Grouped {
    /// Positions of rows: those of a key side by side, in the order in which they came.
    rows: Vec<usize>,
    /// For each parent its part of them.
    of_parent: Vec<Range<usize>>,
}

impl<'a> Keys<'a> {
    pub(super) fn of(slots: &[usize], parents: &'a [Row], skip: usize) -> Result<Self> {
        let mut keys = Self {
            parts: vec![Vec::with_capacity(parents.len()); slots.len()],
            positions: HashMap::default(),
            of_parent: Vec::with_capacity(parents.len()),
            is_only: parents.len() == 1,
        };
        if !keys.is_only {
            keys.positions.reserve(parents.len());
        }
        for row in parents {
            let part = |slot: &usize| raw(row, skip + slot);
            let position = if let [slot] = slots {
                part(slot)?.map(|part| keys.add(KeyBytes::One(part), &[part]))
            } else {
                let key: Option<Vec<&[u8]>> = slots.iter().map(part).collect::<Result<_>>()?;
                key.map(|key| keys.add(KeyBytes::of(&key), &key))
            };
            keys.of_parent.push(position);
        }
        Ok(keys)
    }

    /// The position of a key, which is the next one if it is new.
    fn add(&mut self, key: KeyBytes<'a>, parts: &[&'a [u8]]) -> usize {
        let next = self.len();
        let position = match self.is_only {
            true => next,
            false => *self.positions.entry(key).or_insert(next),
        };
        if position == next {
            self.parts.iter_mut().zip(parts).for_each(|(all, part)| all.push(part));
        }
        position
    }

    /// How many distinct keys there are.
    pub(super) fn len(&self) -> usize {
        self.parts.first().map_or(0, Vec::len)
    }

    /// The key that a fetched row belongs to.
    fn position(&self, row: &Row, shape: Shape) -> Result<usize> {
        if self.len() == 1 {
            return Ok(0);
        }
        let position = match shape {
            Shape::One => None,
            Shape::Any { key } => {
                let key = raw(row, key.unwrap_or(0))?.unwrap_or_default();
                self.positions.get(&KeyBytes::One(key)).copied()
            }
            Shape::Join | Shape::Lateral | Shape::Call => {
                let first = raw(row, 0)?.unwrap_or_default();
                let ordinal = i64::from_be_bytes(decode::fixed(first, "int8")?);
                usize::try_from(ordinal - 1).ok()
            }
        };
        let position = position.filter(|position| *position < self.len());
        position.ok_or_else(|| Error::internal("a nested row without parent"))
    }

    /// Sorts fetched rows to their parents, in the order in which they came.
    pub(super) fn group(&self, rows: &[Row], shape: Shape) -> Result<Grouped> {
        let of_row = rows.iter().map(|row| self.position(row, shape));
        let of_row = of_row.collect::<Result<Vec<_>>>()?;
        let mut lengths = vec![0; self.len()];
        of_row.iter().for_each(|key| lengths[*key] += 1);
        let mut start = 0;
        let mut of_key: Vec<Range<usize>> = Vec::with_capacity(lengths.len());
        for length in lengths {
            of_key.push(start..start);
            start += length;
        }
        let mut grouped = vec![0; rows.len()];
        for (row, key) in of_row.iter().enumerate() {
            let range = &mut of_key[*key];
            grouped[range.end] = row;
            range.end += 1;
        }
        let of_parent = self.of_parent.iter();
        let of_parent = of_parent.map(|key| key.map_or(0..0, |key| of_key[key].clone()));
        Ok(Grouped { rows: grouped, of_parent: of_parent.collect() })
    }
}

impl<'a> KeyBytes<'a> {
    fn of(key: &[&'a [u8]]) -> Self {
        if let [part] = key {
            return Self::One(part);
        }
        let mut bytes = Vec::new();
        for part in key {
            bytes.extend_from_slice(&part.len().to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Self::Several(bytes)
    }
}

impl Grouped {
    /// All of so many rows belong to the only parent.
    pub(crate) fn all(len: usize) -> Self {
        Self { rows: (0..len).collect(), of_parent: std::iter::once(0..len).collect() }
    }

    /// How many rows a parent has at the most.
    pub(super) fn longest(&self) -> usize {
        self.of_parent.iter().map(Range::len).max().unwrap_or(0)
    }

    /// The rows of a parent.
    pub(crate) fn of(&self, parent: usize) -> &[usize] {
        self.of_parent.get(parent).map_or(&[], |range| &self.rows[range.clone()])
    }
}
