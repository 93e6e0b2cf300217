//! Which rows of `FROM` are determined by which columns.
//!
//! Take any two rows of the result of some joins that agree on some columns, none of them null.
//! What else do they agree on? On the row of an entry of which they agree on a key; on a column
//! that is equal to one they agree on; on the whole optional side of an outer join that finds at
//! most one partner, if they agree on all of the other side. Once nothing new follows, the
//! columns identify a row if the rows of all entries are agreed on.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::equalities::{Equality, equalities};
use super::rows::{EntryKeys, Rows};
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, JoinKind, JoinTree};

/// The joins of a query, or of a part of its `FROM`.
#[derive(Clone, Default)]
pub(super) struct Joins {
    /// The entries, with their keys.
    pub(super) entries: Vec<Rc<EntryKeys>>,
    /// Those whose row may be missing.
    optional: BTreeSet<usize>,
    /// Columns that are equal, or whose entries are missing at the same time.
    equal: Vec<(Column, Column)>,
    /// Columns with a value that no row decides.
    fixed: BTreeSet<Column>,
    /// Outer joins with at most one partner: the entries that decide about it, and its own.
    partners: Vec<(BTreeSet<usize>, BTreeSet<usize>)>,
}

/// What rows agree on.
#[derive(Default)]
pub(super) struct Agreed {
    columns: BTreeSet<Column>,
    entries: BTreeSet<usize>,
}

impl Agreed {
    /// Whether they agree on a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column) || self.entries.contains(&column.range)
    }

    /// Whether they agree on the row of an entry.
    pub(super) fn has_entry(&self, range: usize) -> bool {
        self.entries.contains(&range)
    }
}

impl Joins {
    /// The joins of a query's `FROM`; `None` if part of it is not understood.
    pub(super) fn new(rows: &Rows<'_>) -> Option<Self> {
        let mut joins = Self::default();
        for tree in &rows.query.from {
            joins.append(Self::of_tree(rows, tree)?);
        }
        if let Some(filter) = &rows.query.filter {
            joins.holds(rows, filter, &|_| false);
        }
        Some(joins)
    }

    /// What rows agree on that agree on some columns, none of which is null.
    pub(super) fn agreed(&self, columns: impl IntoIterator<Item = Column>) -> Agreed {
        let mut agreed = Agreed::default();
        agreed.columns.extend(columns);
        agreed.columns.extend(&self.fixed);
        loop {
            let before = (agreed.columns.len(), agreed.entries.len());
            for (left, right) in &self.equal {
                for (one, other) in [(left, right), (right, left)] {
                    if agreed.has(*one) {
                        agreed.columns.insert(*other);
                    }
                }
            }
            for entry in &self.entries {
                if self.is_agreed(entry, &agreed) {
                    agreed.entries.insert(entry.range);
                }
            }
            for (deciding, partner) in &self.partners {
                if deciding.is_subset(&agreed.entries) {
                    agreed.entries.extend(partner);
                }
            }
            if before == (agreed.columns.len(), agreed.entries.len()) {
                return agreed;
            }
        }
    }

    /// Whether a key of an entry is agreed on, and whatever it is computed from.
    fn is_agreed(&self, entry: &EntryKeys, agreed: &Agreed) -> bool {
        let here = |range: &usize| self.entries.iter().any(|entry| entry.range == *range);
        let known = |range: &usize| agreed.has_entry(*range) || !here(range);
        entry.depends.iter().all(known)
            && entry.keys.iter().any(|key| {
                // One row at most says nothing about whether it is there.
                let there = !key.columns.is_empty() || !self.optional.contains(&entry.range);
                let column = |column| Column { range: entry.range, column, levels_up: 0 };
                there && key.columns.iter().all(|number| agreed.has(column(*number)))
            })
    }

    /// Whether two rows that agree on some columns, none of which is null, are the same.
    pub(super) fn is_one_row(&self, agreed: &Agreed) -> bool {
        self.entries.iter().all(|entry| agreed.has_entry(entry.range))
    }

    /// The columns that are equal to one, itself first.
    pub(super) fn equal_to(&self, column: Column) -> Vec<Column> {
        let mut found = vec![column];
        let mut next = 0;
        while let Some(&column) = found.get(next) {
            next += 1;
            for (left, right) in &self.equal {
                for (one, other) in [(left, right), (right, left)] {
                    if *one == column && !found.contains(other) {
                        found.push(*other);
                    }
                }
            }
        }
        found
    }

    /// The joins of a part of `FROM`.
    fn of_tree(rows: &Rows<'_>, tree: &JoinTree) -> Option<Self> {
        match tree {
            JoinTree::Entry { range } => {
                let entries = vec![rows.entry_keys(*range)?];
                Some(Self { entries, ..Self::default() })
            }
            JoinTree::Join { join, left, right, on, .. } => {
                let (mut left, mut right) =
                    (Self::of_tree(rows, left)?, Self::of_tree(rows, right)?);
                let on = on.as_ref();
                let partner = match join {
                    JoinKind::Left => right.as_partner(rows, on, &left),
                    JoinKind::Right => left.as_partner(rows, on, &right),
                    JoinKind::Inner | JoinKind::Full => None,
                };
                if matches!(join, JoinKind::Right | JoinKind::Full) {
                    left.make_optional();
                }
                if matches!(join, JoinKind::Left | JoinKind::Full) {
                    right.make_optional();
                }
                left.append(right);
                left.partners.extend(partner);
                if let (JoinKind::Inner, Some(on)) = (join, on) {
                    left.holds(rows, on, &|_| false);
                }
                Some(left)
            }
            JoinTree::Other => None,
        }
    }

    /// Takes up that its rows may be missing. What is equal stays so: all of it is missing then.
    fn make_optional(&mut self) {
        self.optional.extend(self.entries.iter().map(|entry| entry.range));
        self.fixed.clear();
    }

    fn append(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.optional.extend(other.optional);
        self.equal.extend(other.equal);
        self.fixed.extend(other.fixed);
        self.partners.extend(other.partners);
    }

    /// Notes what follows from a condition that holds.
    fn holds(&mut self, rows: &Rows<'_>, condition: &Expr, outside: &dyn Fn(Column) -> bool) {
        let mut found = Vec::new();
        equalities(rows, condition, outside, &mut found);
        for equality in found {
            match equality {
                Equality::Columns(left, right) => self.equal.push((left, right)),
                Equality::Fixed(column) => {
                    self.fixed.insert(column);
                }
            }
        }
    }

    /// If an outer join has at most one partner from here for each row of its other side: which
    /// entries decide about the partner, and which are its own.
    fn as_partner(
        &self,
        rows: &Rows<'_>,
        on: Option<&Expr>,
        other: &Self,
    ) -> Option<(BTreeSet<usize>, BTreeSet<usize>)> {
        let own: BTreeSet<usize> = self.entries.iter().map(|entry| entry.range).collect();
        let mut side = self.clone();
        if let Some(on) = on {
            side.holds(rows, on, &|column| !own.contains(&column.range));
        }
        if !side.is_one_row(&side.agreed([])) {
            return None;
        }
        let depends = side.entries.iter().flat_map(|entry| &entry.depends).copied();
        let others = other.entries.iter().map(|entry| entry.range);
        let deciding = depends.chain(others).filter(|range| !own.contains(range)).collect();
        Some((deciding, own))
    }
}
