//! What follows if an expression is not null: strict functions of a null are null.

use super::fact_set::Facts;
use super::facts::Finder;
use super::grouping::keeps_shape;
use super::patterns::is_null;
use super::truth::Truth;
use crate::catalog::{Catalog, Volatility};
use crate::query_tree::Expr;
use crate::query_tree::expression::{Call, Column, SubqueryKind};

impl<'a> Finder<'a> {
    /// What follows if an expression is not null, itself included.
    pub(super) fn of_value(self, value: &Expr) -> Facts {
        let mut facts = Facts::default();
        self.add_value(value, &mut facts);
        facts
    }

    /// What follows if an expression is null.
    pub(super) fn of_null(self, value: &Expr) -> Facts {
        self.of_condition(&is_null(value), Truth::True)
    }

    /// What follows from a row of a set-returning function: a strict one has none for null.
    pub(super) fn of_set(self, call: &Call) -> Facts {
        if !call.set || !self.is_strict(&call.function) {
            return Facts::default();
        }
        Facts::all(call.arguments.iter().map(|argument| self.of_value(argument)))
    }

    fn add_value(self, value: &Expr, facts: &mut Facts) {
        let is_grouped = self.grouping.is_some_and(|grouping| grouping.has(value));
        if self.is_repeatable(value) && (!is_grouped || keeps_shape(self.catalog(), value)) {
            facts.add(value.clone());
        }
        if is_grouped {
            return;
        }
        match value {
            Expr::Column(column) => {
                facts.add(Expr::Column(Column { column: 0, ..*column }));
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
            Expr::Subquery(subquery) if subquery.kind == SubqueryKind::Value => {
                facts.extend(self.of_row(&subquery.query));
            }
            Expr::Subscript { argument, subscripts } => {
                self.add_value(argument, facts);
                subscripts.iter().for_each(|subscript| self.add_value(subscript, facts));
            }
            _ => {}
        }
    }

    fn catalog(self) -> &'a Catalog {
        self.level.context.catalog
    }

    pub(super) fn is_strict(self, function: &str) -> bool {
        self.catalog().routines.get(function).is_some_and(|routine| routine.strict)
    }

    /// Whether an equal expression of the same row has the same value, so that a fact about the
    /// one holds for the other.
    ///
    /// Not so if something volatile is in it, or something of which the tree keeps too little to
    /// tell two apart: the condition of a FILTER, the bounds of a slice, a subquery's order.
    pub(super) fn is_repeatable(self, expression: &Expr) -> bool {
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
        let routine = self.catalog().routines.get(function);
        routine.is_some_and(|routine| routine.volatility != Volatility::Volatile)
    }
}
