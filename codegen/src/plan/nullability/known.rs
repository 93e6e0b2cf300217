//! What holds for the rows at hand: facts about values, and sides of outer joins that are there.
//!
//! The two imply each other, and are brought together until nothing new follows. A column that
//! is not null shows that its row was not made up by an outer join; once all sides around a join
//! are present, and its own too, its condition held, and that gives new facts. A side is also
//! there if a foreign key guarantees it ([`super::partners`]).

use std::collections::{BTreeMap, BTreeSet};

use super::built_in::{self, Promise};
use super::fact_set::Facts;
use super::facts::Finder;
use super::joins::Side;
use super::level::Level;
use super::patterns::is_open;
use super::possible::Possible;
use super::truth::{Truth, Truths};
use crate::query_tree::expression::{Coercion, Column};
use crate::query_tree::{Expr, JoinKind};

/// What holds for the rows at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    facts: Facts,
    present: BTreeSet<Side>,
    /// The joins of which the conditions, and the entries of which the rows, are in the facts.
    used: BTreeSet<usize>,
    read: BTreeSet<usize>,
    /// The sides that are there because of a foreign key, with its name.
    partners: BTreeMap<Side, String>,
}

impl Known {
    /// What holds for all rows of the joins of a query, given some facts.
    pub(super) fn of_rows(level: &Level<'_>, facts: Facts) -> Self {
        let mut known = Self { facts, ..Self::default() };
        known.complete(level);
        known
    }

    /// What holds for groups, where the facts are all there is.
    pub(super) fn of_groups(facts: Facts) -> Self {
        Self { facts, ..Self::default() }
    }

    /// The same and more, for rows of the joins.
    pub(super) fn with_facts(&self, level: &Level<'_>, facts: Facts) -> Self {
        let mut known = self.clone();
        if !facts.is_subset(&known.facts) {
            known.facts.extend(facts);
            known.complete(level);
        }
        known
    }

    /// The same and more, where a column that is not null does not show that its row was there.
    pub(super) fn with_facts_of_groups(&self, facts: Facts) -> Self {
        let mut known = self.clone();
        known.facts.extend(facts);
        known
    }

    /// The same, for the rows that have a certain side of a join.
    pub(super) fn with_side(&self, level: &Level<'_>, side: Side) -> Self {
        let mut known = self.clone();
        if known.present.insert(side) {
            known.complete(level);
        }
        known
    }

    /// Whether an expression is known not to be null.
    pub(super) fn is_fact(&self, expression: &Expr) -> bool {
        self.facts.not_null.contains(expression)
    }

    /// Whether more follows once more is known.
    pub(super) fn is_open(&self) -> bool {
        self.facts.holds.iter().any(|(condition, truth)| is_open(condition, *truth))
    }

    /// Everything that is known.
    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether a side of a join is known to be there.
    pub(super) fn is_present(&self, side: Side) -> bool {
        self.present.contains(&side)
    }

    /// The foreign key because of which a side is there.
    pub(super) fn partner(&self, side: Side) -> Option<&str> {
        self.partners.get(&side).map(String::as_str)
    }

    /// Whether a column of the query is known not to be null, by facts or by where it comes from.
    pub(super) fn has_value(&self, level: &Level<'_>, column: Column) -> bool {
        let is_there = || {
            let within = level.joins.within(column.range);
            within.is_some_and(|within| within.iter().all(|side| self.is_present(*side)))
        };
        self.is_fact(&Expr::Column(column))
            || is_there() && level.entry_column(column).nullability.is_not_null()
    }

    /// The truth values that a condition of the query can have.
    pub(super) fn truths(&self, level: &Level<'_>, condition: &Expr) -> Truths {
        self.with_possible(level, |possible| possible.truths(condition))
    }

    /// Whether there is no such row.
    pub(super) fn is_nothing(&self, level: &Level<'_>) -> bool {
        self.with_possible(level, |possible| possible.is_nothing())
    }

    fn with_possible<T>(&self, level: &Level<'_>, ask: impl FnOnce(&Possible<'_>) -> T) -> T {
        let has_value = |value: &Expr| self.is_value(level, value);
        let catalog = level.context.catalog;
        ask(&Possible { catalog, holds: &self.facts.holds, has_value: &has_value, assumed: None })
    }

    /// Whether an expression is not null, as far as that is easy to tell: this is asked while facts
    /// are gathered, on which the full answer depends.
    fn is_value(&self, level: &Level<'_>, value: &Expr) -> bool {
        let is_value = |value: &Expr| self.is_value(level, value);
        match value {
            Expr::Column(Column { levels_up: 0, column: 1.., .. }) => {
                let Expr::Column(column) = value else { return false };
                self.has_value(level, *column)
            }
            Expr::Constant(constant) => constant.value.is_some(),
            Expr::NullTest { .. } | Expr::BooleanTest { .. } => true,
            _ if self.is_fact(value) => true,
            Expr::Call(call) => {
                built_in::promise(&call.function) == Some(Promise::All)
                    && !call.set
                    && !call.variadic
                    && call.arguments.iter().all(is_value)
            }
            Expr::Coercion { how: Coercion::Relabel | Coercion::Collation, argument, .. } => {
                is_value(argument)
            }
            Expr::And { arguments } | Expr::Or { arguments } => arguments.iter().all(is_value),
            Expr::Not { argument } => is_value(argument),
            Expr::Coalesce { arguments } => arguments.iter().any(is_value),
            _ => false,
        }
    }

    /// What follows from conditions of which a part has become impossible.
    fn reconsidered(&self, level: &Level<'_>) -> Facts {
        let finder = Finder::given(level, self);
        let open = self.facts.holds.iter().filter(|(condition, truth)| is_open(condition, *truth));
        Facts::all(open.map(|(condition, truth)| finder.of_condition(condition, *truth)))
    }

    /// Draws conclusions until there are no more.
    fn complete(&mut self, level: &Level<'_>) {
        let finder = Finder::new(level);
        let joins = &level.joins;
        let mut reconsidered = 0;
        loop {
            let before = (self.present.len(), self.used.len(), self.read.len());
            let size = self.facts.size();
            if size > reconsidered {
                reconsidered = size;
                let more = self.reconsidered(level);
                self.facts.extend(more);
            }
            let is_new = self.facts.size() > size;
            for fact in &self.facts.not_null {
                if let Expr::Column(column) = fact
                    && column.levels_up == 0
                {
                    self.present.extend(joins.within(column.range).unwrap_or_default());
                }
            }
            for (range, within) in joins.entries() {
                if within.iter().all(|side| self.present.contains(side)) && self.read.insert(range)
                {
                    self.facts.extend(level.entry_facts(range));
                }
            }
            for (index, join) in joins.joins.iter().enumerate() {
                if self.held(level, index) && self.used.insert(index) {
                    let holds = join.on.map(|on| finder.of_condition(on, Truth::True));
                    self.facts.extend(holds.unwrap_or_default());
                }
            }
            for (index, join) in joins.joins.iter().enumerate() {
                for (right, tree) in join.optional() {
                    let side = Side { join: index, right };
                    if self.present.contains(&side) {
                        continue;
                    }
                    let value = |own: Column| match own.levels_up {
                        0 => self.has_value(level, own),
                        _ => false,
                    };
                    // A row of a FULL JOIN may have none of the values, but then it has this side.
                    let full = |own: Column| {
                        own.levels_up == 0
                            && joins.within(own.range).is_some_and(|sides| {
                                let there = |one: &&Side| !self.present.contains(one);
                                let opposite = Side { join: index, right: !right };
                                sides.iter().filter(there).all(|one| *one == opposite)
                            })
                            && level.entry_column(own).nullability.is_not_null()
                    };
                    let value: &dyn Fn(Column) -> bool =
                        if join.kind == JoinKind::Full { &full } else { &value };
                    // Without a condition every row finds a partner, if there is any.
                    let unconditional = join.on.is_none_or(Expr::is_true);
                    if unconditional && level.tree_has_row(tree, value) {
                        self.present.insert(side);
                    } else if let Some(key) = level.partner(join.on, tree, value) {
                        self.present.insert(side);
                        self.partners.insert(side, key);
                    }
                }
            }
            if !is_new && before == (self.present.len(), self.used.len(), self.read.len()) {
                return;
            }
        }
    }

    /// Whether the condition of a join held for the rows at hand.
    fn held(&self, level: &Level<'_>, index: usize) -> bool {
        let join = &level.joins.joins[index];
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
