//! Which outer joins can replace a row of a range table entry by nulls.
//!
//! An entry's columns are what they are in its table as long as every outer join that has the
//! entry on a nullable side found a partner. Such a side is a [`Side`]; conditions can prove that
//! it is present ([`super::known`]), and then the join is as good as an inner one.

use std::collections::BTreeMap;

use crate::query_tree::{Expr, JoinKind, JoinTree, Query};

/// A side of a join that may be missing from a row.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Side {
    /// The join's index in [`Joins::joins`].
    pub(super) join: usize,
    /// Whether it is the right side.
    pub(super) right: bool,
}

/// A join.
#[derive(Debug)]
pub(super) struct Join<'q> {
    pub(super) kind: JoinKind,
    /// Its condition.
    pub(super) on: Option<&'q Expr>,
    /// The sides of joins around it that must be present for it to have a row.
    pub(super) within: Vec<Side>,
    left: &'q JoinTree,
    right: &'q JoinTree,
}

impl<'q> Join<'q> {
    /// The sides that may be missing, and whether each is the right one.
    pub(super) fn optional(&self) -> impl Iterator<Item = (bool, &'q JoinTree)> + use<'q> {
        let (left, right) = match self.kind {
            JoinKind::Inner => (false, false),
            JoinKind::Left => (false, true),
            JoinKind::Right => (true, false),
            JoinKind::Full => (true, true),
        };
        let sides = [(left, false, self.left), (right, true, self.right)];
        sides.into_iter().filter(|side| side.0).map(|(_, right, tree)| (right, tree))
    }
}

/// The joins of a query.
#[derive(Debug, Default)]
pub(super) struct Joins<'q> {
    /// From the outermost in.
    pub(super) joins: Vec<Join<'q>>,
    /// For each range table entry in `FROM`, the sides that must be present for it to have a
    /// row. An entry that is not here is somewhere in a part that is not understood.
    entries: BTreeMap<usize, Vec<Side>>,
}

impl<'q> Joins<'q> {
    /// Walks the `FROM` list.
    pub(super) fn new(query: &'q Query) -> Self {
        let mut joins = Self::default();
        for tree in &query.from {
            joins.walk(tree, &[]);
        }
        joins
    }

    /// The sides that must be present for an entry to have a row; `None` if that is not known.
    pub(super) fn within(&self, range: usize) -> Option<&[Side]> {
        self.entries.get(&range).map(Vec::as_slice)
    }

    /// The entries in `FROM`, with the sides that must be present for each to have a row.
    pub(super) fn entries(&self) -> impl Iterator<Item = (usize, &[Side])> {
        self.entries.iter().map(|(range, within)| (*range, within.as_slice()))
    }

    fn walk(&mut self, tree: &'q JoinTree, within: &[Side]) {
        match tree {
            JoinTree::Entry { range } => {
                self.entries.insert(*range, within.to_vec());
            }
            JoinTree::Join { join, range, left, right, on } => {
                let index = self.joins.len();
                let (on, within_it) = (on.as_ref(), within.to_vec());
                self.joins.push(Join { kind: *join, on, within: within_it, left, right });
                self.entries.insert(*range, within.to_vec());
                for (tree, is_right) in [(left, false), (right, true)] {
                    let optional = match join {
                        JoinKind::Inner => false,
                        JoinKind::Left => is_right,
                        JoinKind::Right => !is_right,
                        JoinKind::Full => true,
                    };
                    let mut inside = within.to_vec();
                    if optional {
                        inside.push(Side { join: index, right: is_right });
                    }
                    self.walk(tree, &inside);
                }
            }
            JoinTree::Other => {}
        }
    }
}
