//! Which outer joins can replace a row of a range table entry by nulls.
//!
//! An entry's columns are what they are in its table as long as every outer join that has the
//! entry on a nullable side found a partner. Such a side is a [`Side`]; conditions can prove that
//! it is present ([`super::known`]), and then the join is as good as an inner one.

use std::collections::BTreeMap;

use crate::query_tree::{Expr, JoinKind, JoinTree, Query, RangeSource, SetOperation, SetOperator};

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
            joins.walk(query, tree, &[]);
        }
        joins
    }

    /// The sides that must be present for an entry to have a row; `None` if that is not known.
    pub(super) fn within(&self, range: usize) -> Option<&[Side]> {
        self.entries.get(&range).map(Vec::as_slice)
    }

    fn walk(&mut self, query: &'q Query, tree: &'q JoinTree, within: &[Side]) {
        match tree {
            JoinTree::Entry { range } => {
                self.entries.insert(*range, within.to_vec());
            }
            JoinTree::Join { join, range, left, right, on } => {
                let index = self.joins.len();
                let on = on.as_ref();
                self.joins.push(Join { kind: *join, on, within: within.to_vec() });
                self.entries.insert(*range, within.to_vec());
                // Without a condition every row finds a partner, if there is any.
                let unconditional = on.is_none_or(Expr::is_true);
                for (tree, is_right) in [(left, false), (right, true)] {
                    let optional = match join {
                        JoinKind::Inner => false,
                        JoinKind::Left => is_right,
                        JoinKind::Right => !is_right,
                        JoinKind::Full => true,
                    };
                    let mut inside = within.to_vec();
                    if optional && !(unconditional && tree_has_row(query, tree)) {
                        inside.push(Side { join: index, right: is_right });
                    }
                    self.walk(query, tree, &inside);
                }
            }
            JoinTree::Other => {}
        }
    }
}

/// Whether a query has at least one row, whatever is in the database.
pub(super) fn has_row(query: &Query) -> bool {
    if query.unreadable.is_some() || query.limited || query.set_returning || query.having.is_some()
    {
        return false;
    }
    match &query.set_operation {
        Some(SetOperation::Operation { operator: SetOperator::Union, left, right, .. }) => {
            return arm_has_row(query, left) || arm_has_row(query, right);
        }
        Some(_) => return false,
        None => {}
    }
    let one_group = query.aggregates && query.group_by.is_empty() && query.grouping_sets.is_empty();
    one_group
        || query.grouping_sets.is_empty()
            && query.filter.as_ref().is_none_or(Expr::is_true)
            && query.from.iter().all(|tree| tree_has_row(query, tree))
}

fn arm_has_row(query: &Query, arm: &SetOperation) -> bool {
    match arm {
        SetOperation::Query { range } => entry_has_row(query, *range),
        SetOperation::Operation { operator: SetOperator::Union, left, right, .. } => {
            arm_has_row(query, left) || arm_has_row(query, right)
        }
        SetOperation::Operation { .. } => false,
    }
}

fn tree_has_row(query: &Query, tree: &JoinTree) -> bool {
    match tree {
        JoinTree::Entry { range } => entry_has_row(query, *range),
        JoinTree::Join { join, left, right, on, .. } => {
            let left = || tree_has_row(query, left);
            let right = || tree_has_row(query, right);
            match join {
                JoinKind::Inner => on.as_ref().is_none_or(Expr::is_true) && left() && right(),
                JoinKind::Left => left(),
                JoinKind::Right => right(),
                JoinKind::Full => left() || right(),
            }
        }
        JoinTree::Other => false,
    }
}

fn entry_has_row(query: &Query, range: usize) -> bool {
    match query.range_entry(range).map(|entry| &entry.source) {
        Some(RangeSource::Subquery { query }) => has_row(query),
        Some(RangeSource::Values { rows }) => !rows.is_empty(),
        Some(RangeSource::Function { functions, .. }) => {
            functions.iter().any(|function| matches!(&function.call, Expr::Call(call) if !call.set))
        }
        _ => false,
    }
}
