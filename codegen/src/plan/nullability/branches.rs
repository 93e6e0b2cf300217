//! Rules that look at an expression under an assumption: the arms of `CASE`, and the sides of a
//! `FULL JOIN`.

use std::rc::Rc;

use super::Nullability;
use super::expressions::Scope;
use super::facts::{Facts, Finder, Truth};
use super::joins::{Join, Joins, Side};
use crate::query_tree::expression::Case;
use crate::query_tree::{Expr, JoinKind};

impl Scope<'_> {
    /// `CASE`: each result with what its condition says, and nothing else is possible.
    pub(super) fn case(&self, case: &Case) -> Nullability {
        let finder = self.finder().within(case);
        let mut rest = self.clone();
        let mut results = Vec::new();
        for arm in &case.arms {
            if rest.is_never_true(&arm.when) {
                continue;
            }
            let holds = rest.knowing(finder.of_condition(&arm.when, Truth::True));
            results.push(holds.evaluate(&arm.then));
            rest = rest.knowing(finder.of_condition(&arm.when, Truth::NotTrue));
            if arm.when.is_true() {
                return Nullability::all(results);
            }
        }
        results.push(rest.evaluate(&case.otherwise));
        Nullability::all(results)
    }

    fn is_never_true(&self, condition: &Expr) -> bool {
        match condition {
            Expr::NullTest { argument, is_null: true, row: false } => {
                self.evaluate(argument).is_not_null()
            }
            Expr::Constant(constant) => !constant.is_true(),
            _ => false,
        }
    }

    /// A row of a FULL JOIN has at least one of its sides, so a value that is non-null with
    /// either of them is non-null.
    pub(super) fn by_side(&self, evaluate: &dyn Fn(&Self) -> Nullability) -> Nullability {
        let answer = evaluate(self);
        let joins = &self.level.joins;
        let full = |(_, join): &(usize, &Join<'_>)| join.kind == JoinKind::Full;
        let candidates = joins.joins.iter().enumerate().filter(full);
        let candidates: Vec<usize> = candidates
            .filter(|(_, join)| join.within.iter().all(|side| self.known.is_present(*side)))
            .filter(|(index, _)| {
                [false, true]
                    .iter()
                    .all(|right| !self.known.is_present(Side { join: *index, right: *right }))
            })
            .map(|(index, _)| index)
            .collect();
        let usable = !(self.grouped && self.level.grouping.is_some());
        if answer.is_not_null() || !usable {
            return answer;
        }
        for join in candidates {
            let Some(left) = self.level.splits.get().checked_sub(1) else { break };
            self.level.splits.set(left);
            let with = |right| {
                let side = Side { join, right };
                let known = self.known.with_side(self.level.context.catalog, joins, side);
                evaluate(&Self { known: Rc::new(known), ..self.deeper() })
            };
            let either = Nullability::all([with(false), with(true)]);
            if either.is_not_null() {
                return either.because("a row of a FULL JOIN has a left or a right side");
            }
        }
        answer
    }

    /// The same with more facts.
    fn knowing(&self, facts: Facts) -> Self {
        let none = Joins::default();
        // After grouping by several sets, a column that is not null does not show that its row
        // was there in the sense of the joins.
        let joins = if self.is_regrouped() { &none } else { &self.level.joins };
        let known = self.known.with_facts(self.level.context.catalog, joins, facts);
        Self { known: Rc::new(known), ..self.clone() }
    }

    fn finder(&self) -> Finder<'_> {
        let grouping = self.level.grouping.as_ref().filter(|_| self.grouped);
        Finder::grouped(self.level.context.catalog, grouping)
    }

    fn is_regrouped(&self) -> bool {
        self.grouped && self.level.grouping.is_some()
    }
}
