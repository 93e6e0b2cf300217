//! Grouping by several sets: which grouping expressions some rows have as null.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::query_tree::{Expr, GroupingSet, Query};

/// The grouping expressions of a query with `GROUPING SETS`, `ROLLUP` or `CUBE`.
#[derive(Debug)]
pub(super) struct Grouping<'a> {
    /// Those that are in every set.
    pub(super) always: BTreeSet<&'a Expr>,
    /// Those that are null in the rows of some sets.
    pub(super) sometimes: BTreeSet<&'a Expr>,
    /// Whether the planner may make something else of one of those, see [`keeps_shape`].
    is_simplified: bool,
}

impl<'a> Grouping<'a> {
    /// The grouping of a query; `None` if it is by one set at most, and nothing becomes null.
    pub(super) fn new(catalog: &Catalog, query: &'a Query) -> Option<Self> {
        if query.grouping_sets.is_empty() {
            return None;
        }
        let common = common(&query.grouping_sets);
        let grouped = query.targets.iter().filter(|t| query.group_by.contains(&t.reference));
        let (always, sometimes): (Vec<_>, Vec<_>) =
            grouped.partition(|target| common.contains(&target.reference));
        let values = |targets: Vec<&'a crate::query_tree::Target>| {
            targets.into_iter().map(|target| &target.value).collect::<BTreeSet<_>>()
        };
        let sometimes = values(sometimes);
        // The same expression twice, once in every set and once not: we cannot tell which is meant.
        let always = &values(always) - &sometimes;
        let is_simplified = sometimes.iter().any(|expression| !keeps_shape(catalog, expression));
        Some(Self { always, sometimes, is_simplified })
    }

    /// Whether an expression is null where a grouping expression is, or may be taken for one:
    /// PostgreSQL looks for grouping expressions after it has simplified all expressions, and
    /// `a + (1 + 1)` is then the same as `a + 2`.
    pub(super) fn nulls(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Column(column) => {
                // One that is no grouping expression depends on one, we do not know on which.
                column.levels_up == 0 && !self.always.contains(expression) || self.is_simplified
            }
            Expr::Constant(_) | Expr::Aggregate(_) | Expr::Grouping => {
                self.sometimes.contains(expression)
            }
            Expr::Call(call) => {
                let similar = |other: &&Expr| matches!(other, Expr::Call(other) if other.function == call.function);
                self.is_simplified || self.sometimes.iter().any(similar)
            }
            _ => self.is_simplified || self.sometimes.contains(expression),
        }
    }

    /// Whether an expression is one of them.
    pub(super) fn has(&self, expression: &Expr) -> bool {
        self.always.contains(expression) || self.sometimes.contains(expression)
    }
}

/// Whether the planner leaves an expression as it is, apart from constants in it.
///
/// Not so for `coalesce(1, a)`, which is simplified to 1, and is then no longer seen as the
/// grouping expression that some rows have as null.
pub(super) fn keeps_shape(catalog: &Catalog, expression: &Expr) -> bool {
    match expression {
        Expr::Column(_) => true,
        Expr::Call(call) => {
            let routine = catalog.routines.get(&call.function);
            routine.is_some_and(|routine| routine.strict && routine.name.schema == "pg_catalog")
                && call.arguments.iter().any(|argument| keeps_shape(catalog, argument))
        }
        _ => false,
    }
}

/// Whether every row of a grouped query stands for at least one row.
pub(super) fn groups_have_rows(query: &Query) -> bool {
    !query.group_by.is_empty()
        && (query.grouping_sets.is_empty() || !may_be_empty(&query.grouping_sets))
}

/// What is in every set of a product of sets.
fn common(product: &[GroupingSet]) -> BTreeSet<u32> {
    product.iter().flat_map(in_all).collect()
}

fn in_all(set: &GroupingSet) -> BTreeSet<u32> {
    match set {
        GroupingSet::Set(references) => references.iter().copied().collect(),
        GroupingSet::WithEmpty => BTreeSet::new(),
        GroupingSet::Sets(sets) => {
            let mut each = sets.iter().map(in_all);
            let first = each.next().unwrap_or_default();
            each.fold(first, |all, set| &all & &set)
        }
    }
}

/// Whether a product of grouping sets has an empty one, which gives a row even for no rows.
fn may_be_empty(product: &[GroupingSet]) -> bool {
    product.iter().all(|set| match set {
        GroupingSet::Set(references) => references.is_empty(),
        GroupingSet::WithEmpty => true,
        GroupingSet::Sets(sets) => {
            sets.is_empty() || sets.iter().any(|set| may_be_empty(std::slice::from_ref(set)))
        }
    })
}
