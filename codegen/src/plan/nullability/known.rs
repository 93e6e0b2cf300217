//! What holds for the rows at hand: facts about values, and sides of outer joins that are there.
//!
//! The two imply each other, and are brought together until nothing new follows. A column that
//! is not null shows that its row was not made up by an outer join; once all sides around a join
//! are present, and its own too, its condition held, and that gives new facts.

use std::collections::BTreeSet;

use super::facts::{Facts, Finder, Truth};
use super::joins::{Joins, Side};
use crate::catalog::Catalog;
use crate::query_tree::{Expr, JoinKind};

/// What holds for the rows at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    facts: Facts,
    present: BTreeSet<Side>,
}

impl Known {
    /// What holds for all rows of the joins of a query, given some facts.
    pub(super) fn new(catalog: &Catalog, joins: &Joins<'_>, facts: Facts) -> Self {
        let mut known = Self { facts, present: BTreeSet::new() };
        known.complete(catalog, joins);
        known
    }

    /// The same and more.
    pub(super) fn with_facts(&self, catalog: &Catalog, joins: &Joins<'_>, facts: Facts) -> Self {
        let mut known = self.clone();
        if !facts.is_subset(&known.facts) {
            known.facts.extend(facts);
            known.complete(catalog, joins);
        }
        known
    }

    /// The same, for the rows that have a certain side of a join.
    pub(super) fn with_side(&self, catalog: &Catalog, joins: &Joins<'_>, side: Side) -> Self {
        let mut known = self.clone();
        if known.present.insert(side) {
            known.complete(catalog, joins);
        }
        known
    }

    /// Whether an expression is known not to be null.
    pub(super) fn is_fact(&self, expression: &Expr) -> bool {
        self.facts.contains(expression)
    }

    /// Whether a side of a join is known to be there.
    pub(super) fn is_present(&self, side: Side) -> bool {
        self.present.contains(&side)
    }

    /// Draws conclusions until there are no more.
    fn complete(&mut self, catalog: &Catalog, joins: &Joins<'_>) {
        let finder = Finder::new(catalog);
        let mut used = BTreeSet::new();
        loop {
            for fact in &self.facts {
                if let Expr::Column(column) = fact
                    && column.levels_up == 0
                {
                    self.present.extend(joins.within(column.range).unwrap_or_default());
                }
            }
            let news: Vec<&Expr> = (joins.joins.iter().enumerate())
                .filter(|(index, _)| self.held(joins, *index))
                .filter_map(|(index, join)| join.on.filter(|_| used.insert(index)))
                .collect();
            if news.is_empty() {
                return;
            }
            for condition in news {
                self.facts.extend(finder.of_condition(condition, Truth::True));
            }
        }
    }

    /// Whether the condition of a join held for the rows at hand.
    fn held(&self, joins: &Joins<'_>, index: usize) -> bool {
        let join = &joins.joins[index];
        let there = |right| self.is_present(Side { join: index, right });
        join.within.iter().all(|side| self.is_present(*side))
            && match join.kind {
                JoinKind::Inner => true,
                JoinKind::Left => there(true),
                JoinKind::Right => there(false),
                JoinKind::Full => there(true) && there(false),
            }
    }
}
