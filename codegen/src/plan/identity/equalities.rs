//! Conditions that make columns equal, or fix one.
//!
//! Equal must mean equal in the eyes of a unique index, or a join could find several rows where
//! the index allows one. PostgreSQL's own `=` of one type with itself is that, and so is that of
//! its integers of different sizes. A comparison of `timestamp` with `timestamptz` is not: in the
//! hour that the clock skips, two of the former equal one of the latter. Casts are not looked
//! through either, but for `varchar` to `text` and a domain to its base.

use super::rows::Rows;
use crate::catalog::{PgName, TypeDef, TypeKind, TypeRef, Volatility};
use crate::query_tree::Expr;
use crate::query_tree::expression::{Call, Coercion, Column};

/// What a condition says.
pub(super) enum Equality {
    /// Two columns are equal.
    Columns(Column, Column),
    /// A column has a value that does not depend on the rows at hand.
    Fixed(Column),
}

/// What a condition says if it holds, in terms of columns of this query.
///
/// `outside` tells which columns are the same for all rows at hand, whatever they hold.
pub(super) fn equalities(
    rows: &Rows<'_>,
    condition: &Expr,
    outside: &dyn Fn(Column) -> bool,
    found: &mut Vec<Equality>,
) {
    match rows.query.resolved(condition) {
        Expr::And { arguments } => {
            arguments.iter().for_each(|part| equalities(rows, part, outside, found));
        }
        Expr::Call(call) => found.extend(compared(rows, call, outside)),
        // A condition that is a column fixes it: it is true.
        Expr::Column(column) if column.levels_up == 0 && !outside(*column) => {
            found.push(Equality::Fixed(*column));
        }
        Expr::Not { argument } => match rows.query.resolved(argument) {
            Expr::Column(column) if column.levels_up == 0 && !outside(*column) => {
                found.push(Equality::Fixed(*column));
            }
            _ => {}
        },
        _ => {}
    }
}

fn compared(rows: &Rows<'_>, call: &Call, outside: &dyn Fn(Column) -> bool) -> Option<Equality> {
    let [left, right] = call.arguments.as_slice() else { return None };
    if !is_true_equality(rows, call) {
        return None;
    }
    let inside = |side| column(rows, side).filter(|column| !outside(*column));
    match (inside(left), inside(right)) {
        (Some(left), Some(right)) => Some(Equality::Columns(left, right)),
        (Some(column), None) if is_fixed(rows, right, outside) => Some(Equality::Fixed(column)),
        (None, Some(column)) if is_fixed(rows, left, outside) => Some(Equality::Fixed(column)),
        _ => None,
    }
}

fn is_true_equality(rows: &Rows<'_>, call: &Call) -> bool {
    let routine = rows.catalog().routines.get(&call.function);
    let Some(routine) = routine.filter(|routine| routine.name.schema == "pg_catalog") else {
        return false;
    };
    let types = call.function.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let Some((left, right)) = types.and_then(|types| types.split_once(", ")) else { return false };
    let integers = ["int24eq", "int28eq", "int42eq", "int48eq", "int82eq", "int84eq"];
    // Which collation a comparison goes by is not known; a unique index goes by its column's.
    let by_bytes =
        |operand: &Expr| operand_type(rows, operand).is_some_and(|ty| is_plain(rows, &ty));
    call.operator.as_deref() == Some("=")
        && (left == right || integers.contains(&routine.name.name.as_str()))
        && (!rows.context.nondeterministic || call.arguments.iter().any(by_bytes))
}

/// The type of an operand, if that is easy to tell.
fn operand_type(rows: &Rows<'_>, operand: &Expr) -> Option<TypeRef> {
    match rows.own_column(operand) {
        Some(column) => rows.column_type(column),
        None => operand.ty().cloned(),
    }
}

/// Whether no collation plays a part in comparing values of a type, and equal ones have equal
/// bytes.
pub(super) fn is_plain(rows: &Rows<'_>, ty: &TypeRef) -> bool {
    let ty = base(rows, ty.clone());
    let plain = ["bool", "int2", "int4", "int8", "uuid", "date"];
    let is_enum = || {
        matches!(
            rows.catalog().types.get(&ty.name),
            Some(TypeDef { kind: TypeKind::Enum { .. }, .. })
        )
    };
    !ty.array
        && (ty.name.schema == "pg_catalog" && plain.contains(&ty.name.name.as_str()) || is_enum())
}

/// The column of this query that an operand is.
fn column(rows: &Rows<'_>, operand: &Expr) -> Option<Column> {
    match rows.query.resolved(operand) {
        Expr::Column(column) if column.levels_up == 0 && column.column > 0 => Some(*column),
        Expr::Coercion { how: Coercion::Relabel, ty, argument } => {
            match rows.query.resolved(argument) {
                Expr::Column(column) if column.levels_up == 0 && column.column > 0 => {
                    let from = base(rows, rows.column_type(*column)?);
                    let same = from == *ty;
                    let text = from == built_in("varchar") && *ty == built_in("text");
                    (same || text).then_some(*column)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

pub(super) fn built_in(name: &str) -> TypeRef {
    TypeRef { name: PgName::new("pg_catalog", name), array: false }
}

/// The type below domains.
pub(super) fn base(rows: &Rows<'_>, mut ty: TypeRef) -> TypeRef {
    for _ in 0..32 {
        match rows.catalog().types.get(&ty.name).map(|ty| &ty.kind) {
            Some(TypeKind::Domain { base, .. }) if !ty.array => ty = base.clone(),
            _ => break,
        }
    }
    ty
}

/// Whether an expression has one value for all rows at hand.
pub(super) fn is_fixed(rows: &Rows<'_>, expression: &Expr, fixed: &dyn Fn(Column) -> bool) -> bool {
    let expression = rows.query.resolved(expression);
    let itself = match expression {
        Expr::Constant(_) | Expr::SessionValue(_) => true,
        Expr::Column(column) => column.levels_up > 0 || fixed(*column),
        Expr::Call(call) => {
            let routine = rows.catalog().routines.get(&call.function);
            !call.set && routine.is_some_and(|r| r.volatility != Volatility::Volatile)
        }
        Expr::Coercion { how, .. } => *how != Coercion::Row,
        Expr::Coalesce { .. } => true,
        _ => false,
    };
    itself && expression.children().into_iter().all(|child| is_fixed(rows, child, fixed))
}
