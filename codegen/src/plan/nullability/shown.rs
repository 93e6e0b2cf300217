//! What the rows of a query, or of an entry of its range table, show about columns.

use super::fact_set::Facts;
use super::facts::Finder;
use super::level::Level;
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, RangeEntry, RangeFunction, RangeSource, SetOperation, SetOperator};

impl Level<'_> {
    /// What a row of the query shows about columns of the queries around it, as seen from the
    /// next of them.
    pub(super) fn facts_further_out(&self) -> Facts {
        let outer = |column: Column| {
            let levels_up = column.levels_up.checked_sub(1)?;
            Some(Column { levels_up, ..column })
        };
        match &self.query.set_operation {
            None => self.output().facts().moved(outer),
            Some(operation) => self.arm_facts(operation).moved(outer),
        }
    }

    fn arm_facts(&self, arm: &SetOperation) -> Facts {
        match arm {
            SetOperation::Query { range } => match self.query.range_entry(*range) {
                Some(RangeEntry { source: RangeSource::Subquery { query }, .. }) => {
                    Level::new(self.context, query, Some(self)).facts_further_out()
                }
                _ => Facts::default(),
            },
            SetOperation::Operation { operator, left, right, .. } => match operator {
                SetOperator::Union => Facts::one_of([self.arm_facts(left), self.arm_facts(right)]),
                SetOperator::Intersect => Facts::all([self.arm_facts(left), self.arm_facts(right)]),
                SetOperator::Except => self.arm_facts(left),
            },
        }
    }

    /// What a row of the query shows about the columns of its result, as those of the first range
    /// table entry of a query around it.
    pub(in crate::plan) fn facts_of_result(&self) -> Facts {
        let query = self.query;
        if query.set_operation.is_some() || self.grouping.is_some() || query.unreadable.is_some() {
            return Facts::default();
        }
        let columns: Vec<&Expr> = query.columns().map(|t| query.resolved(&t.value)).collect();
        let result = |column: Column| {
            let place = columns.iter().position(|value| **value == Expr::Column(column))?;
            let column = i16::try_from(place + 1).ok()?;
            Some(Column { range: 1, column, levels_up: 0 })
        };
        self.output().facts().moved(result)
    }

    /// What a row of an entry shows, apart from its columns' own constraints.
    pub(super) fn entry_facts(&self, range: usize) -> Facts {
        if let Some(facts) = self.shown.borrow().get(&range) {
            return facts.clone();
        }
        let facts = self.find_entry_facts(range);
        if !self.input.is_open() && !self.output.is_open() {
            self.shown.borrow_mut().insert(range, facts.clone());
        }
        facts
    }

    fn find_entry_facts(&self, range: usize) -> Facts {
        let here = |column: Column| Some(Column { range, ..column });
        match self.query.range_entry(range).map(|entry| &entry.source) {
            Some(RangeSource::Relation { relation }) => {
                if let Some(table) = self.context.catalog.tables.get(relation) {
                    return self.check_facts(relation, table).moved(here);
                }
                let view = self.context.catalog.views.get(relation);
                let shown = self.context.views.get(relation).map(|known| &known.shown);
                let number = |column: Column| {
                    let place = usize::try_from(column.column).ok()?.checked_sub(1)?;
                    let column = view?.columns.get(place)?.number;
                    Some(Column { range, column, levels_up: 0 })
                };
                shown.map(|shown| shown.moved(number)).unwrap_or_default()
            }
            Some(RangeSource::Subquery { query }) => {
                let level = Level::new(self.context, query, Some(self));
                let mut facts = level.facts_of_result().moved(here);
                if self.query.lateral.contains(&range) {
                    facts.extend(level.facts_further_out());
                }
                facts
            }
            Some(RangeSource::Cte { cte, levels_up }) => {
                let level = self.up(*levels_up);
                level.map(|level| level.cte_facts(cte).moved(here)).unwrap_or_default()
            }
            // A strict function that returns a set has no rows for null.
            Some(RangeSource::Function { functions, .. }) => match functions.as_slice() {
                [RangeFunction { call: Expr::Call(call), .. }] => Finder::new(self).of_set(call),
                _ => Facts::default(),
            },
            _ => Facts::default(),
        }
    }

    /// What a row of an item of this query's `WITH` list shows about its columns.
    fn cte_facts(&self, name: &str) -> Facts {
        let index = self.query.ctes.iter().position(|cte| cte.name == name && !cte.recursive);
        let Some(index) = index else { return Facts::default() };
        if let Some(facts) = self.ctes_shown.borrow().get(&index) {
            return facts.clone();
        }
        self.ctes_shown.borrow_mut().insert(index, Facts::default());
        let query = &self.query.ctes[index].query;
        let facts = Level::new(self.context, query, Some(self)).facts_of_result();
        self.ctes_shown.borrow_mut().insert(index, facts.clone());
        facts
    }
}
