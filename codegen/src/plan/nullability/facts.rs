//! What follows when a condition holds: which expressions in it are not null.
//!
//! SQL has three truth values. A row passes `WHERE` if its condition is true, and `NOT` turns
//! true into false but leaves unknown alone, so four questions are asked of an expression: what
//! follows if it is true, if it is false, if it is anything but true, anything but false; and,
//! of one that is no condition, what follows if it is not null.
//!
//! Nothing here depends on what is in the tables, only on strictness: a strict function of a null
//! is null.

use std::borrow::Cow;
use std::rc::Rc;

use super::fact_set::Facts;
use super::grouping::Grouping;
use super::known::Known;
use super::level::Level;
use super::patterns::{
    Present, compares_with_truth, counted, counts_nulls, has_element, is_boolean, is_count_of_some,
    is_literal, is_null, is_worth_keeping,
};
use super::possible::{EQUAL, NOT_EQUAL};
use super::truth::{Truth, Truths};
use crate::query_tree::expression::{Call, Case, Subquery, SubqueryKind};
use crate::query_tree::{Expr, Query};

/// Finds facts in the expressions of one query.
#[derive(Clone, Copy)]
pub(super) struct Finder<'a> {
    /// The query.
    pub(super) level: &'a Level<'a>,
    /// What [`Expr::CaseValue`] stands for.
    pub(super) case_value: Option<&'a Expr>,
    /// For expressions that are evaluated after grouping by several sets: a grouping expression
    /// says nothing about the columns in it, which a set without them makes null.
    pub(super) grouping: Option<&'a Grouping<'a>>,
    /// What is known of the rows already: it can make a part of a condition impossible.
    pub(super) known: Option<&'a Known>,
}

impl<'a> Finder<'a> {
    /// A finder for expressions over the rows of `FROM`, or over those of one grouping.
    pub(super) fn new(level: &'a Level<'a>) -> Self {
        Self { level, case_value: None, grouping: None, known: None }
    }

    /// A finder for expressions over rows of `FROM` of which something is known.
    pub(super) fn given(level: &'a Level<'a>, known: &'a Known) -> Self {
        Self { known: Some(known), ..Self::new(level) }
    }

    /// A finder for expressions that are evaluated after grouping.
    pub(super) fn grouped(level: &'a Level<'a>) -> Self {
        Self { grouping: level.grouping.as_ref(), ..Self::new(level) }
    }

    /// A finder for the conditions of a CASE.
    pub(super) fn within(self, case: &'a Case) -> Self {
        Self { case_value: case.value.as_deref(), ..self }
    }

    /// What follows from the truth of a condition, which itself is kept as well.
    pub(super) fn of_condition(self, condition: &Expr, truth: Truth) -> Facts {
        let mut facts = self.of_parts(condition, truth);
        if self.grouping.is_none()
            && is_worth_keeping(condition, truth)
            && let Some(condition) = self.normal(condition)
            && (self.known.is_some() || self.is_repeatable(&condition))
        {
            facts.holds.insert((Rc::new(condition.into_owned()), truth));
        }
        facts
    }

    /// A condition as it is kept: over columns of tables and queries, and nothing of a CASE.
    fn normal(self, condition: &Expr) -> Option<Cow<'_, Expr>> {
        // What is known was kept before.
        if self.known.is_some() {
            return Some(Cow::Borrowed(condition));
        }
        let normal = condition.with_leaves(&|leaf| match leaf {
            Expr::CaseValue => {
                let value = Finder { case_value: None, ..self }.normal(self.case_value?);
                value.map(Cow::into_owned)
            }
            leaf => Some(self.level.query.resolved(leaf).clone()),
        });
        normal.map(Cow::Owned)
    }

    /// Whether a condition that was kept before, or a part of one, can have a certain truth.
    fn is_possible(self, condition: &Expr, truth: Truth) -> bool {
        self.truths(condition).meets(truth.values())
    }

    /// The truth values that such a condition can have.
    fn truths(self, condition: &Expr) -> Truths {
        let known = self.known.map(|known| known.truths(self.level, condition));
        known.unwrap_or(Truths::ALL)
    }

    /// Facts of which one holds, if a part of the condition has become impossible: the others are
    /// known already.
    fn one_of(self, is_less: bool, ways: impl Iterator<Item = Facts>) -> Facts {
        if self.known.is_some() && !is_less { Facts::default() } else { Facts::one_of(ways) }
    }

    fn of_parts(self, condition: &Expr, truth: Truth) -> Facts {
        match condition {
            Expr::And { arguments } | Expr::Or { arguments } => {
                // An AND is true if all are, and not false if none is; an OR is the opposite.
                let is_and = matches!(condition, Expr::And { .. });
                if is_and == truth.decided() {
                    return Facts::all(arguments.iter().map(|part| self.of_condition(part, truth)));
                }
                let possible = |part: &&Expr| self.is_possible(part, truth);
                let possible: Vec<&Expr> = arguments.iter().filter(possible).collect();
                let is_less = possible.len() < arguments.len();
                self.one_of(is_less, possible.iter().map(|part| self.of_condition(part, truth)))
            }
            Expr::Not { argument } => self.of_condition(argument, truth.negated()),
            Expr::NullTest { argument, is_null, row } if *is_null != truth.decided() => {
                match &**argument {
                    // `ROW(a, b) IS NOT NULL` is true if no field is null, and `IS NULL` false if
                    // not every one is.
                    Expr::Row { fields } if *row && !is_null => {
                        Facts::all(fields.iter().map(|field| self.of_value(field)))
                    }
                    Expr::Row { fields } if *row => {
                        Facts::one_of(fields.iter().map(|field| self.of_value(field)))
                    }
                    argument => self.of_value(argument),
                }
            }
            Expr::BooleanTest { argument, value, not } => {
                let holds = truth.decided() != *not;
                match (value, holds) {
                    (Some(true), true) => self.of_condition(argument, Truth::True),
                    (Some(true), false) => self.of_condition(argument, Truth::NotTrue),
                    (Some(false), true) => self.of_condition(argument, Truth::False),
                    (Some(false), false) => self.of_condition(argument, Truth::NotFalse),
                    (None, false) => self.of_value(argument),
                    (None, true) => Facts::default(),
                }
            }
            // `a IS NOT DISTINCT FROM b`: both are null or none is.
            Expr::Distinct(call) if !truth.decided() => match call.arguments.as_slice() {
                [value, other] | [other, value] if is_literal(other) => self.of_value(value),
                [one, other] if self.is_repeatable(one) && self.is_repeatable(other) => {
                    Facts::alike(one, other)
                }
                _ => Facts::default(),
            },
            // One of the arms was taken, and those before it were not.
            Expr::Case(case) => self.of_case(case, truth),
            Expr::Call(call) if let Some((value, wanted)) = compares_with_truth(call) => {
                let mut facts = self.of_condition(value, truth.of_equal(wanted));
                if truth.is_known() {
                    facts.extend(self.of_value(condition));
                }
                facts
            }
            Expr::Call(call) if call.function == EQUAL => self.of_equal(call, truth),
            Expr::Call(call) if call.function == NOT_EQUAL => self.of_equal(call, truth.negated()),
            Expr::Call(call) if truth.decided() && counts_nulls(call, &[]).is_some() => {
                let Some(Expr::Call(count)) = call.arguments.first() else {
                    return Facts::default();
                };
                let is_null = |value: &&Expr| !self.is_possible(&is_null(value), Truth::False);
                let nulls: Vec<&Expr> = count.arguments.iter().filter(is_null).collect();
                let others = count.arguments.iter().filter(|value| !nulls.contains(value));
                let values = others.map(|value| self.of_value(value));
                match counts_nulls(call, &nulls) {
                    Some(Present::All) => Facts::all(values),
                    _ => self.one_of(!nulls.is_empty(), values),
                }
            }
            Expr::Call(call) if truth == Truth::True && is_count_of_some(call) => {
                let mut facts = self.of_value(condition);
                facts.add(counted(&call.arguments[0]));
                facts
            }
            Expr::RowComparison { functions, arguments } if truth.is_known() => {
                // The first pair is looked at in any case, the others only if that is equal.
                let firsts = [arguments.first(), arguments.get(arguments.len() / 2)];
                match functions.first() {
                    Some(function) if self.is_strict(function) => {
                        Facts::all(firsts.into_iter().flatten().map(|value| self.of_value(value)))
                    }
                    _ => Facts::default(),
                }
            }
            Expr::Coalesce { arguments } if truth.is_known() => {
                // `coalesce(condition, false)` is true only if the condition is.
                let [condition, rest @ ..] = arguments.as_slice() else { return Facts::default() };
                let opposite = |arm: &Expr| {
                    arm.is_null() || is_boolean(arm) && arm.is_true() != truth.decided()
                };
                if rest.iter().all(opposite) {
                    self.of_condition(condition, truth)
                } else {
                    Facts::default()
                }
            }
            Expr::AnyAll { call, any } if truth.is_known() => {
                let mut facts = self.of_value(condition);
                // Without elements no comparison was made.
                let compared =
                    *any == truth.decided() || call.arguments.get(1).is_some_and(has_element);
                if compared && self.is_strict(&call.function) {
                    let compared = call.arguments.first().map(|value| self.of_value(value));
                    facts.extend(compared.unwrap_or_default());
                }
                facts
            }
            Expr::Subquery(subquery) => self.of_subquery(subquery, truth),
            _ if truth.is_known() => self.of_value(condition),
            _ => Facts::default(),
        }
    }

    /// What follows from the truth of a subquery: often that it has a row, and with it what its
    /// conditions say about the row at hand.
    fn of_subquery(self, subquery: &Subquery, truth: Truth) -> Facts {
        let has_row = match subquery.kind {
            SubqueryKind::Exists => truth.decided(),
            SubqueryKind::Any => truth == Truth::True,
            SubqueryKind::All => truth == Truth::False,
            SubqueryKind::Value => truth.is_known(),
            SubqueryKind::Array | SubqueryKind::Other => false,
        };
        if !has_row {
            return Facts::default();
        }
        let test = match subquery.kind {
            SubqueryKind::Any | SubqueryKind::All => subquery.test.as_deref(),
            _ => None,
        };
        let mut facts = test.map(|test| self.of_condition(test, truth)).unwrap_or_default();
        facts.extend(self.of_row(&subquery.query));
        facts
    }

    /// What follows from a row of a subquery about the row that it is computed for.
    pub(super) fn of_row(self, query: &Query) -> Facts {
        // After grouping by several sets columns are not what they are in the subquery's rows.
        if self.grouping.is_some() {
            return Facts::default();
        }
        Level::new(self.level.context, query, Some(self.level)).facts_further_out()
    }

    /// What follows from the truth of `one = other`, of which both are conditions.
    fn of_equal(self, call: &Call, truth: Truth) -> Facts {
        let [one, other] = call.arguments.as_slice() else { return Facts::default() };
        // If one of the two is unknown, nothing follows.
        let is_unknown = |part: &Expr| {
            let is_test = matches!(part, Expr::NullTest { .. } | Expr::BooleanTest { .. });
            !is_test && self.truths(part).meets(Truths::UNKNOWN)
        };
        if !truth.is_known() && (is_unknown(one) || is_unknown(other)) {
            return Facts::default();
        }
        let ways = [Truth::True, Truth::False].map(|first| {
            let second = first.of_equal(truth.decided());
            let is_possible = self.is_possible(one, first) && self.is_possible(other, second);
            is_possible.then_some((first, second))
        });
        let is_less = ways.iter().any(Option::is_none) || !truth.is_known();
        let facts = |(first, second)| {
            Facts::all([self.of_condition(one, first), self.of_condition(other, second)])
        };
        self.one_of(is_less, ways.into_iter().flatten().map(facts))
    }

    /// What follows if a CASE has a certain truth.
    fn of_case(self, case: &Case, truth: Truth) -> Facts {
        let finder = self.within(case);
        let mut before = Facts::default();
        let mut possible = Vec::new();
        let impossible = |result: &Expr| {
            truth.is_known() && result.is_null()
                || is_boolean(result) && result.is_true() != truth.decided()
                || !self.is_possible(result, truth)
        };
        for arm in &case.arms {
            if !impossible(&arm.then) && finder.is_possible(&arm.when, Truth::True) {
                let mut facts = before.clone();
                facts.extend(finder.of_condition(&arm.when, Truth::True));
                facts.extend(self.of_condition(&arm.then, truth));
                possible.push(facts);
            }
            if !finder.is_possible(&arm.when, Truth::NotTrue) {
                return Facts::one_of(possible);
            }
            before.extend(finder.of_condition(&arm.when, Truth::NotTrue));
        }
        if !impossible(&case.otherwise) {
            before.extend(self.of_condition(&case.otherwise, truth));
            possible.push(before);
        }
        let is_less = possible.len() <= case.arms.len();
        self.one_of(is_less, possible.into_iter())
    }
}
