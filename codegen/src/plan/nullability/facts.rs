//! What follows when a condition holds: which expressions in it are not null.
//!
//! SQL has three truth values. A row passes `WHERE` if its condition is true, and `NOT` turns
//! true into false but leaves unknown alone, so four questions are asked of an expression: what
//! follows if it is true, if it is false, if it is anything but true, anything but false; and,
//! of one that is no condition, what follows if it is not null.
//!
//! Nothing here depends on what is in the tables, only on strictness: a strict function of a null
//! is null.

use super::fact_set::Facts;
use super::grouping::{Grouping, keeps_shape};
use super::level::Level;
use crate::catalog::{Catalog, Volatility};
use crate::query_tree::expression::{
    Call, Case, Coercion, Column, Constant, Subquery, SubqueryKind,
};
use crate::query_tree::{Expr, Query};

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
    /// The query.
    level: &'a Level<'a>,
    /// What [`Expr::CaseValue`] stands for.
    case_value: Option<&'a Expr>,
    /// For expressions that are evaluated after grouping by several sets: a grouping expression
    /// says nothing about the columns in it, which a set without them makes null.
    grouping: Option<&'a Grouping<'a>>,
}

impl<'a> Finder<'a> {
    /// A finder for expressions over the rows of `FROM`, or over those of one grouping.
    pub(super) fn new(level: &'a Level<'a>) -> Self {
        Self { level, case_value: None, grouping: None }
    }

    /// A finder for expressions that are evaluated after grouping.
    pub(super) fn grouped(level: &'a Level<'a>) -> Self {
        Self { level, case_value: None, grouping: level.grouping.as_ref() }
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
                let each = arguments.iter().map(|part| self.of_condition(part, truth));
                if is_and == truth.decided() { Facts::all(each) } else { Facts::one_of(each) }
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
            Expr::Case(case) if truth.is_known() => self.of_case(case, truth),
            Expr::Call(call) if truth.is_known() && compares_with_truth(call).is_some() => {
                let mut facts = self.of_value(condition);
                if let Some((value, wanted)) = compares_with_truth(call) {
                    let truth = if wanted == truth.decided() { Truth::True } else { Truth::False };
                    facts.extend(self.of_condition(value, truth));
                }
                facts
            }
            Expr::Call(call) if truth.decided() && counts_nulls(call).is_some() => {
                let values = |call: &'_ Call| match call.arguments.first() {
                    Some(Expr::Call(count)) => {
                        count.arguments.iter().map(|value| self.of_value(value)).collect::<Vec<_>>()
                    }
                    _ => Vec::new(),
                };
                match counts_nulls(call) {
                    Some(Present::All) => Facts::all(values(call)),
                    _ => Facts::one_of(values(call)),
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

    /// What follows if an expression is not null, itself included.
    pub(super) fn of_value(self, value: &Expr) -> Facts {
        let mut facts = Facts::default();
        self.add_value(value, &mut facts);
        facts
    }

    /// What follows from a row of a set-returning function: a strict one has none for null.
    pub(super) fn of_set(self, call: &Call) -> Facts {
        if !call.set || !self.is_strict(&call.function) {
            return Facts::default();
        }
        Facts::all(call.arguments.iter().map(|argument| self.of_value(argument)))
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
    fn of_row(self, query: &Query) -> Facts {
        // After grouping by several sets columns are not what they are in the subquery's rows.
        if self.grouping.is_some() {
            return Facts::default();
        }
        Level::new(self.level.context, query, Some(self.level)).facts_further_out()
    }

    /// What follows if a CASE has a certain truth.
    fn of_case(self, case: &Case, truth: Truth) -> Facts {
        let finder = self.within(case);
        let mut before = Facts::default();
        let mut possible = Vec::new();
        let impossible = |result: &Expr| {
            result.is_null() || is_boolean(result) && result.is_true() != truth.decided()
        };
        for arm in &case.arms {
            if !impossible(&arm.then) {
                let mut facts = before.clone();
                facts.extend(finder.of_condition(&arm.when, Truth::True));
                facts.extend(self.of_condition(&arm.then, truth));
                possible.push(facts);
            }
            before.extend(finder.of_condition(&arm.when, Truth::NotTrue));
        }
        if !impossible(&case.otherwise) {
            before.extend(self.of_condition(&case.otherwise, truth));
            possible.push(before);
        }
        Facts::one_of(possible)
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

    fn is_strict(self, function: &str) -> bool {
        self.catalog().routines.get(function).is_some_and(|routine| routine.strict)
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
        let routine = self.catalog().routines.get(function);
        routine.is_some_and(|routine| routine.volatility != Volatility::Volatile)
    }
}

/// What a comparison of `num_nulls` or `num_nonnulls` with a number says of the values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Present {
    All,
    Some,
}

/// Whether a comparison is one of the number of nulls among some values, and says that not all of
/// them are null.
fn counts_nulls(call: &Call) -> Option<Present> {
    let [Expr::Call(count), Expr::Constant(number)] = call.arguments.as_slice() else {
        return None;
    };
    let many = i64::try_from(count.arguments.len()).ok()?;
    let number = number.integer()?;
    let is_variadic = count.variadic || many == 0;
    // The least number of values that are not null.
    let least = match (count.function.as_str(), call.function.as_str()) {
        _ if is_variadic => return None,
        ("pg_catalog.num_nonnulls(\"any\")", "pg_catalog.int4gt(integer, integer)") => number + 1,
        (
            "pg_catalog.num_nonnulls(\"any\")",
            "pg_catalog.int4ge(integer, integer)" | "pg_catalog.int4eq(integer, integer)",
        ) => number,
        ("pg_catalog.num_nulls(\"any\")", "pg_catalog.int4lt(integer, integer)") => {
            many - number + 1
        }
        (
            "pg_catalog.num_nulls(\"any\")",
            "pg_catalog.int4le(integer, integer)" | "pg_catalog.int4eq(integer, integer)",
        ) => many - number,
        _ => return None,
    };
    match least {
        least if least >= many => Some(Present::All),
        1.. => Some(Present::Some),
        _ => None,
    }
}

/// The condition in a comparison with a literal truth value, and the value that it must have.
fn compares_with_truth(call: &Call) -> Option<(&Expr, bool)> {
    let is_equal = match call.function.as_str() {
        "pg_catalog.booleq(boolean, boolean)" => true,
        "pg_catalog.boolne(boolean, boolean)" => false,
        _ => return None,
    };
    match call.arguments.as_slice() {
        [condition, literal] | [literal, condition] if is_boolean(literal) => {
            Some((condition, literal.is_true() == is_equal))
        }
        _ => None,
    }
}

/// Whether a condition says that an aggregate counted something: `count(x) > 0` and its like.
fn is_count_of_some(call: &Call) -> bool {
    let [Expr::Aggregate(aggregate), number] = call.arguments.as_slice() else { return false };
    let least = match (call.operator.as_deref(), call.function.as_str()) {
        (
            Some(">"),
            "pg_catalog.int84gt(bigint, integer)" | "pg_catalog.int8gt(bigint, bigint)",
        ) => 0,
        (
            Some(">=" | "="),
            "pg_catalog.int84ge(bigint, integer)"
            | "pg_catalog.int8ge(bigint, bigint)"
            | "pg_catalog.int84eq(bigint, integer)"
            | "pg_catalog.int8eq(bigint, bigint)",
        ) => 1,
        _ => return false,
    };
    let number = match number {
        Expr::Constant(constant) => constant.integer(),
        _ => None,
    };
    aggregate.function.starts_with("pg_catalog.count(") && number.is_some_and(|n| n >= least)
}

/// Says that a count is not zero, as `NULLIF(count, 0)` being non-null.
pub(super) fn counted(count: &Expr) -> Expr {
    let bigint = crate::catalog::TypeRef {
        name: crate::catalog::PgName::new("pg_catalog", "int8"),
        array: false,
    };
    let zero = Constant { ty: bigint.clone(), value: Some("00".repeat(8)) };
    Expr::NullIf(Call {
        function: "pg_catalog.int8eq(bigint, bigint)".to_owned(),
        operator: Some("=".to_owned()),
        ty: bigint,
        set: false,
        variadic: false,
        arguments: vec![count.clone(), Expr::Constant(zero)],
    })
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
