//! Rules that look at an expression under an assumption: the arms of `CASE`, `AND` and `OR`, and the
//! sides of a `FULL JOIN`.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Nullability;
use super::expressions::Scope;
use super::fact_set::Facts;
use super::facts::Finder;
use super::joins::Side;
use super::truth::Truth;
use crate::query_tree::expression::{Case, Column};
use crate::query_tree::{Expr, JoinKind};

/// Sets of facts of which one holds.
type Alternatives = Vec<BTreeSet<Expr>>;

/// A way to tell rows apart, by alternatives or by a join, with the cases that there are.
type Way<Scope> = (&'static str, Option<Alternatives>, Vec<Scope>);

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
            if !holds.is_nowhere() {
                results.push(holds.evaluate(&arm.then));
            }
            rest = rest.knowing(finder.of_condition(&arm.when, Truth::NotTrue));
            if arm.when.is_true() || rest.is_nowhere() {
                return Nullability::all(results);
            }
        }
        results.push(rest.evaluate(&case.otherwise));
        Nullability::all(results)
    }

    /// Whether no row is like this: one of the conditions before has always been true.
    fn is_nowhere(&self) -> bool {
        !self.is_regrouped() && self.known.is_nothing(self.level)
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

    /// Looks at a value case by case: a row of a FULL JOIN has at least one of its sides, and one
    /// of the arms of an OR holds, so a value that is non-null in each case is non-null.
    pub(super) fn by_side(
        &self,
        value: &Expr,
        evaluate: &dyn Fn(&Self) -> Nullability,
    ) -> Nullability {
        self.by_side_after(None, value, evaluate)
    }

    /// The same with only those alternatives that come after some: their order does not matter.
    fn by_side_after(
        &self,
        gone: Option<&Alternatives>,
        value: &Expr,
        evaluate: &dyn Fn(&Self) -> Nullability,
    ) -> Nullability {
        let answer = evaluate(self);
        if answer.is_not_null() {
            return answer;
        }
        for (reason, alternatives, cases) in self.cases(gone, value) {
            let Some(left) = self.level.splits.get().checked_sub(1) else { break };
            self.level.splits.set(left);
            let gone = alternatives.as_ref().or(gone);
            let each = cases.iter().map(|case| case.by_side_after(gone, value, evaluate));
            let either = Nullability::all(each);
            if either.is_not_null() {
                return either.because(reason);
            }
        }
        answer
    }

    /// Ways to tell the rows at hand apart that may matter for a value, each with the cases that
    /// there are.
    fn cases(&self, gone: Option<&Alternatives>, value: &Expr) -> Vec<Way<Self>> {
        let mut ways = Vec::new();
        if !self.known.facts().one_of.is_empty() {
            let related = self.related(value);
            let all = self.known.facts().one_of.iter();
            for alternatives in all.filter(|one| gone.is_none_or(|gone| *one > gone)) {
                let is_known =
                    |set: &BTreeSet<Expr>| set.iter().all(|fact| self.known.is_fact(fact));
                let matters =
                    alternatives.iter().flatten().any(|fact| self.is_one_of(&related, fact));
                if matters && !alternatives.iter().any(is_known) {
                    let with = |set: &BTreeSet<Expr>| {
                        let facts = Facts { not_null: set.clone(), ..Facts::default() };
                        Self { depth: self.depth + 1, ..self.knowing(facts) }
                    };
                    let cases = alternatives.iter().map(with).filter(|case| !case.is_nowhere());
                    let cases = cases.collect();
                    ways.push((
                        "one of several conditions holds",
                        Some(alternatives.clone()),
                        cases,
                    ));
                }
            }
        }
        if self.is_regrouped() {
            return ways;
        }
        for (index, join) in self.level.joins.joins.iter().enumerate() {
            let sides = [false, true].map(|right| Side { join: index, right });
            if join.kind == JoinKind::Full
                && join.within.iter().all(|side| self.known.is_present(*side))
                && !sides.iter().any(|side| self.known.is_present(*side))
            {
                let with = |side| {
                    let known = Rc::new(self.known.with_side(self.level, side));
                    Self { known, ..self.deeper() }
                };
                let cases = sides.into_iter().map(with).collect();
                ways.push(("a row of a FULL JOIN has a left or a right side", None, cases));
            }
        }
        ways
    }

    /// The columns of a value, and those that conditions bring together with them.
    fn related(&self, value: &Expr) -> BTreeSet<Column> {
        let columns = |condition: &Expr| {
            let mut found = BTreeSet::new();
            self.collect(condition, &mut found);
            found
        };
        let conditions = self.known.facts().holds.iter().map(|(condition, _)| columns(condition));
        let mut apart: Vec<BTreeSet<Column>> = conditions.collect();
        let mut related = columns(value);
        loop {
            let (near, far): (Vec<_>, Vec<_>) =
                apart.into_iter().partition(|columns| !related.is_disjoint(columns));
            if near.is_empty() {
                return related;
            }
            near.into_iter().for_each(|columns| related.extend(columns));
            apart = far;
        }
    }

    fn collect(&self, value: &Expr, found: &mut BTreeSet<Column>) {
        match self.level.query.resolved(value) {
            Expr::Column(column) => {
                found.insert(*column);
            }
            other => other.children().into_iter().for_each(|child| self.collect(child, found)),
        }
    }

    /// Whether a fact is about some columns, or about whether an outer join has a partner.
    fn is_one_of(&self, related: &BTreeSet<Column>, fact: &Expr) -> bool {
        let mut columns = BTreeSet::new();
        self.collect(fact, &mut columns);
        let joins = &self.level.joins;
        columns.iter().any(|column| related.contains(column) || !joins.joins.is_empty())
    }

    /// The same with more facts.
    pub(super) fn knowing(&self, facts: Facts) -> Self {
        // After grouping by several sets, a column that is not null does not show that its row
        // was there in the sense of the joins.
        let known = if self.is_regrouped() {
            self.known.with_facts_of_groups(facts)
        } else {
            self.known.with_facts(self.level, facts)
        };
        Self { known: Rc::new(known), ..self.clone() }
    }

    pub(super) fn finder(&self) -> Finder<'_> {
        if self.grouped { Finder::grouped(self.level) } else { Finder::new(self.level) }
    }

    pub(super) fn is_regrouped(&self) -> bool {
        self.grouped && self.level.grouping.is_some()
    }

    /// AND and OR: null only if no argument decides and one of them is null, so each is looked at
    /// as if none of the others decided.
    pub(super) fn connected(&self, arguments: &[Expr], is_and: bool) -> Nullability {
        let decides = |argument: &&Expr| match argument {
            Expr::Constant(constant) => constant.value.is_some() && constant.is_true() != is_and,
            _ => false,
        };
        if let Some(literal) = arguments.iter().find(decides) {
            return self.evaluate(literal).because("a literal decides AND or OR");
        }
        let open = if is_and { Truth::NotFalse } else { Truth::NotTrue };
        let finder = self.finder();
        let each = arguments.iter().enumerate().map(|(index, argument)| {
            let answer = self.evaluate(argument);
            if answer.is_not_null() {
                return answer;
            }
            let others = arguments.iter().enumerate().filter(|(other, _)| *other != index);
            let facts = Facts::all(others.map(|(_, other)| finder.of_condition(other, open)));
            let given = self.knowing(facts).evaluate(argument);
            if given.is_not_null() { given } else { answer }
        });
        Nullability::all(each)
    }
}
