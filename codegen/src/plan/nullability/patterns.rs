//! Conditions that say more than their operands, as `num_nulls(a, b) = 0`, by their shape.

use super::possible::{EQUAL, NOT_EQUAL};
use super::truth::Truth;
use crate::query_tree::Expr;
use crate::query_tree::expression::{Call, Coercion, Constant};

/// Whether something may follow from a condition that does not follow from what it says is not
/// null.
pub(super) fn is_worth_keeping(condition: &Expr, truth: Truth) -> bool {
    match condition {
        // Their parts are kept.
        Expr::And { .. } => !truth.decided(),
        Expr::Or { .. } => truth.decided(),
        Expr::NullTest { is_null, row, .. } => !row && *is_null == truth.decided(),
        Expr::Not { .. } | Expr::Constant(_) | Expr::BooleanTest { value: Some(_), .. } => false,
        Expr::Call(call) => compares_with_truth(call).is_none(),
        _ => true,
    }
}

/// Whether more can follow from a condition once more is known of its parts.
pub(super) fn is_open(condition: &Expr, truth: Truth) -> bool {
    match condition {
        Expr::Or { .. } => truth.decided(),
        Expr::And { .. } => !truth.decided(),
        Expr::Case(_) => true,
        Expr::Call(call) => {
            [EQUAL, NOT_EQUAL].contains(&call.function.as_str())
                || counts_nulls(call, &[]).is_some()
        }
        _ => false,
    }
}

/// What a comparison of `num_nulls` or `num_nonnulls` with a number says of the values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Present {
    All,
    Some,
}

/// Whether a comparison is one of the number of nulls among some values, and says that not all of
/// them are null, or none of those that are not known to be.
pub(super) fn counts_nulls(call: &Call, nulls: &[&Expr]) -> Option<Present> {
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
        least if least >= many - i64::try_from(nulls.len()).ok()? => Some(Present::All),
        1.. => Some(Present::Some),
        _ => None,
    }
}

/// The condition in a comparison with a literal truth value, and the value that it must have.
pub(super) fn compares_with_truth(call: &Call) -> Option<(&Expr, bool)> {
    let is_equal = match call.function.as_str() {
        EQUAL => true,
        NOT_EQUAL => false,
        _ => return None,
    };
    match call.arguments.as_slice() {
        [condition, literal] | [literal, condition] if is_boolean(literal) => {
            Some((condition, literal.is_true() == is_equal))
        }
        _ => None,
    }
}

/// A test for null.
pub(super) fn is_null(value: &Expr) -> Expr {
    Expr::NullTest { argument: Box::new(value.clone()), is_null: true, row: false }
}

/// Whether a condition says that an aggregate counted something: `count(x) > 0` and its like.
pub(super) fn is_count_of_some(call: &Call) -> bool {
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

pub(super) fn is_literal(expression: &Expr) -> bool {
    matches!(expression, Expr::Constant(constant) if constant.value.is_some())
}

pub(super) fn is_boolean(expression: &Expr) -> bool {
    is_literal(expression) && expression.ty().is_some_and(|ty| ty.name.name == "bool" && !ty.array)
}

/// Whether an array is certain to have an element.
pub(super) fn has_element(array: &Expr) -> bool {
    match array {
        // What is in arrays of arrays may be empty.
        Expr::Array { elements, nested } => !nested && !elements.is_empty(),
        Expr::Coercion { how: Coercion::Array | Coercion::Relabel, argument, .. } => {
            has_element(argument)
        }
        _ => false,
    }
}
