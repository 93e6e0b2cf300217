//! What follows when a condition holds: which expressions in it are not null.
//!
//! SQL has three truth values. A row passes `WHERE` if its condition is true, and `NOT` turns
//! true into false but leaves unknown alone, so four questions are asked of an expression: what
//! follows if it is true, if it is false, if it is anything but true, anything but false; and,
//! of one that is no condition, what follows if it is not null.
//!
//! Nothing here depends on what is in the tables, only on strictness: a strict function of a null
//! is null.

use std::collections::BTreeSet;

use super::grouping::{Grouping, keeps_shape};
use crate::catalog::{Catalog, Volatility};
use crate::query_tree::Expr;
use crate::query_tree::expression::{Case, Coercion, Column, SubqueryKind};

/// Expressions that are not null.
///
/// A column with the number 0 stands for the row of its range table entry: the row is there.
pub(super) type Facts = BTreeSet<Expr>;

/// The truth of a condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Truth {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Truth {
    /// The truth of `condition` when this is the truth of `NOT condition`.
    fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }

    /// The truth of a condition that is never unknown.
    fn decided(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }

    /// Whether it excludes unknown.
    fn is_known(self) -> bool {
        matches!(self, Self::True | Self::False)
    }
}

/// Finds facts in the expressions of one query.
#[derive(Clone, Copy)]
pub(super) struct Finder<'a> {
    catalog: &'a Catalog,
    /// What [`Expr::CaseValue`] stands for.
    case_value: Option<&'a Expr>,
    /// For expressions that are evaluated after grouping by several sets: a grouping expression
    /// says nothing about the columns in it, which a set without them makes null.
    grouping: Option<&'a Grouping<'a>>,
}

impl<'a> Finder<'a> {
    /// A finder for expressions over the rows of `FROM`, or over those of one grouping.
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, case_value: None, grouping: None }
    }

    /// A finder for expressions that are evaluated after grouping.
    pub(super) fn grouped(catalog: &'a Catalog, grouping: Option<&'a Grouping<'a>>) -> Self {
        Self { catalog, case_value: None, grouping }
    }

    /// A finder for the conditions of a CASE.
    pub(super) fn within(self, case: &'a Case) -> Self {
        Self { case_value: case.value.as_deref(), ..self }
    }

    /// What follows from the truth of a condition.
    pub(super) fn of_condition(self, condition: &Expr, truth: Truth) -> Facts {
        match condition {
            Expr::And { arguments } | Expr::Or { arguments } => {
                // An AND is true if all are, and not false if none is; an OR is the opposite.
                let is_and = matches!(condition, Expr::And { .. });
                let mut each = arguments.iter().map(|part| self.of_condition(part, truth));
                if is_and == truth.decided() {
                    each.flatten().collect()
                } else {
                    let first = each.next().unwrap_or_default();
                    each.fold(first, |all, facts| &all & &facts)
                }
            }
            Expr::Not { argument } => self.of_condition(argument, truth.negated()),
            Expr::NullTest { argument, is_null, .. } if *is_null != truth.decided() => {
                self.of_value(argument)
            }
            Expr::BooleanTest { argument, value, not } => {
                let holds = truth.decided() != *not;
                match (value, holds) {
                    (Some(true), true) => self.of_condition(argument, Truth::True),
                    (Some(true), false) => self.of_condition(argument, Truth::NotTrue),
                    (Some(false), true) => self.of_condition(argument, Truth::False),
                    (Some(false), false) => self.of_condition(argument, Truth::NotFalse),
                    (None, false) => self.of_value(argument),
                    (None, true) => Facts::new(),
                }
            }
            // `a IS NOT DISTINCT FROM 1`: both are null or none is.
            Expr::Distinct(call) if !truth.decided() => match call.arguments.as_slice() {
                [value, other] | [other, value] if is_literal(other) => self.of_value(value),
                _ => Facts::new(),
            },
            Expr::Coalesce { arguments } if truth.is_known() => {
                // `coalesce(condition, false)` is true only if the condition is.
                let [condition, rest @ ..] = arguments.as_slice() else { return Facts::new() };
                let opposite = |arm: &Expr| {
                    arm.is_null() || is_boolean(arm) && arm.is_true() != truth.decided()
                };
                if rest.iter().all(opposite) {
                    self.of_condition(condition, truth)
                } else {
                    Facts::new()
                }
            }
            Expr::AnyAll { call, any } if truth.is_known() => {
                let mut facts = self.of_value(condition);
                // Without elements no comparison was made.
                let compared =
                    *any == truth.decided() || call.arguments.get(1).is_some_and(has_element);
                if compared && self.is_strict(&call.function) {
                    facts.extend(call.arguments.first().into_iter().flat_map(|v| self.of_value(v)));
                }
                facts
            }
            Expr::Subquery(subquery) => match (subquery.kind, &subquery.test) {
                (SubqueryKind::Any, Some(test)) if truth == Truth::True => {
                    self.of_condition(test, truth)
                }
                (SubqueryKind::All, Some(test)) if truth == Truth::False => {
                    self.of_condition(test, truth)
                }
                _ => Facts::new(),
            },
            _ if truth.is_known() => self.of_value(condition),
            _ => Facts::new(),
        }
    }

    /// What follows if an expression is not null, itself included.
    pub(super) fn of_value(self, value: &Expr) -> Facts {
        let mut facts = Facts::new();
        self.add_value(value, &mut facts);
        facts
    }

    fn add_value(self, value: &Expr, facts: &mut Facts) {
        let is_grouped = self.grouping.is_some_and(|grouping| grouping.has(value));
        if self.is_repeatable(value) && (!is_grouped || keeps_shape(self.catalog, value)) {
            facts.insert(value.clone());
        }
        if is_grouped {
            return;
        }
        match value {
            Expr::Column(column) => {
                facts.insert(Expr::Column(Column { column: 0, ..*column }));
            }
            Expr::CaseValue => {
                if let Some(value) = self.case_value {
                    Finder { case_value: None, ..self }.add_value(value, facts);
                }
            }
            Expr::Call(call) if !call.set && self.is_strict(&call.function) => {
                call.arguments.iter().for_each(|argument| self.add_value(argument, facts));
            }
            Expr::NullIf(call) => {
                call.arguments.iter().take(1).for_each(|argument| self.add_value(argument, facts));
            }
            Expr::AnyAll { call, .. } => {
                call.arguments.iter().skip(1).for_each(|array| self.add_value(array, facts));
            }
            Expr::Not { argument }
            | Expr::Field { argument, .. }
            | Expr::Coercion { argument, .. } => self.add_value(argument, facts),
            Expr::Subscript { argument, subscripts } => {
                self.add_value(argument, facts);
                subscripts.iter().for_each(|subscript| self.add_value(subscript, facts));
            }
            _ => {}
        }
    }

    fn is_strict(self, function: &str) -> bool {
        self.catalog.routines.get(function).is_some_and(|routine| routine.strict)
    }

    /// Whether an equal expression of the same row has the same value, so that a fact about the
    /// one holds for the other.
    ///
    /// Not so if something volatile is in it, or something of which the tree keeps too little to
    /// tell two apart: the condition of a FILTER, the bounds of a slice, a subquery's order.
    fn is_repeatable(self, expression: &Expr) -> bool {
        let itself = match expression {
            Expr::Call(call) | Expr::Distinct(call) | Expr::NullIf(call) => {
                !call.set && self.is_steady(&call.function)
            }
            Expr::AnyAll { call, .. } => self.is_steady(&call.function),
            Expr::Aggregate(aggregate) => {
                !aggregate.filtered && self.is_steady(&aggregate.function)
            }
            Expr::SubqueryColumn { .. }
            | Expr::Window(_)
            | Expr::Subquery(_)
            | Expr::Subscript { .. }
            | Expr::CaseValue
            | Expr::Grouping
            | Expr::SessionValue(_)
            | Expr::RowComparison { .. }
            | Expr::Other { .. } => false,
            _ => true,
        };
        itself && expression.children().into_iter().all(|child| self.is_repeatable(child))
    }

    fn is_steady(self, function: &str) -> bool {
        let routine = self.catalog.routines.get(function);
        routine.is_some_and(|routine| routine.volatility != Volatility::Volatile)
    }
}

fn is_literal(expression: &Expr) -> bool {
    matches!(expression, Expr::Constant(constant) if constant.value.is_some())
}

fn is_boolean(expression: &Expr) -> bool {
    is_literal(expression) && expression.ty().is_some_and(|ty| ty.name.name == "bool" && !ty.array)
}

/// Whether an array is certain to have an element.
fn has_element(array: &Expr) -> bool {
    match array {
        // What is in arrays of arrays may be empty.
        Expr::Array { elements, nested } => !nested && !elements.is_empty(),
        Expr::Coercion { how: Coercion::Array | Coercion::Relabel, argument, .. } => {
            has_element(argument)
        }
        _ => false,
    }
}
