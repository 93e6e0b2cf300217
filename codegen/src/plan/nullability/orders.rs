//! How two values compare: what PostgreSQL's own comparisons say, and what literals are.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::{BitAnd, BitOr};

use super::built_in::{self, Promise};
use super::truth::Truth;
use crate::catalog::{Catalog, PgName, TypeKind};
use crate::query_tree::Expr;
use crate::query_tree::expression::{Call, Coercion};

/// A set of ways in which two values can compare.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Orders(u8);

impl Orders {
    pub(super) const NONE: Self = Self(0);
    pub(super) const LESS: Self = Self(1);
    pub(super) const EQUAL: Self = Self(2);
    pub(super) const GREATER: Self = Self(4);
    /// One of the values is null.
    pub(super) const NULL: Self = Self(8);
    pub(super) const DIFFERENT: Self = Self(5);
    pub(super) const VALUES: Self = Self(7);
    pub(super) const ALL: Self = Self(15);

    /// The orders of two values for which a comparison with a certain truth says `yes`.
    pub(super) fn of_comparison(yes: Self, truth: Truth) -> Self {
        let no = yes.complement() & Self::VALUES;
        match truth {
            Truth::True => yes,
            Truth::False => no,
            Truth::NotTrue => no | Self::NULL,
            Truth::NotFalse => yes | Self::NULL,
        }
    }

    pub(super) fn complement(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self & other != Self::NONE
    }

    /// The orders of the same values the other way round.
    pub(super) fn mirrored(self) -> Self {
        let to = |from, to| if self.meets(from) { to } else { Self::NONE };
        to(Self::LESS, Self::GREATER)
            | to(Self::GREATER, Self::LESS)
            | self & (Self::EQUAL | Self::NULL)
    }

    /// The orders of `a` and `c`, if these are those of `a` and `b`, and others those of `b` and
    /// `c`, of which the latter two are not null.
    pub(super) fn then(self, others: Self) -> Self {
        let mut result = self & Self::NULL;
        for first in [Self::LESS, Self::EQUAL, Self::GREATER] {
            for second in [Self::LESS, Self::EQUAL, Self::GREATER] {
                if self.meets(first) && others.meets(second) {
                    result = result
                        | match (first, second) {
                            (Self::EQUAL, other) | (other, Self::EQUAL) => other,
                            (one, other) if one == other => one,
                            _ => Self::VALUES,
                        };
                }
            }
        }
        result
    }
}

impl BitAnd for Orders {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Orders {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The orders of its two operands for which a comparison is true, if it is one of PostgreSQL's own
/// by a total order.
pub(super) fn comparison(call: &Call) -> Option<Orders> {
    if built_in::promise(&call.function) != Some(Promise::All) || call.arguments.len() != 2 {
        return None;
    }
    let (yes, name) = match call.operator.as_deref()? {
        "=" => (Orders::EQUAL, "eq"),
        "<>" => (Orders::DIFFERENT, "ne"),
        "<" => (Orders::LESS, "lt"),
        "<=" => (Orders::LESS | Orders::EQUAL, "le"),
        ">" => (Orders::GREATER, "gt"),
        ">=" => (Orders::GREATER | Orders::EQUAL, "ge"),
        _ => return None,
    };
    // Who defines an operator may choose any symbol for a built-in function.
    let (function, _) = call.function.split_once('(')?;
    function.ends_with(name).then_some(yes)
}

/// The comparisons that `value operator ANY (array)` makes, if all elements are written there: the
/// value and each element, and the orders for which it says yes.
pub(super) fn comparisons(call: &Call) -> Option<(&Expr, &[Expr], Orders)> {
    let [value, array] = call.arguments.as_slice() else { return None };
    Some((value, elements(array)?, comparison(call)?)).filter(|(_, all, _)| all.len() <= MANY)
}

/// More literals in a list than this are not looked at one by one.
const MANY: usize = 100;

fn elements(array: &Expr) -> Option<&[Expr]> {
    match array {
        Expr::Array { elements, nested: false } => Some(elements),
        Expr::Coercion { how: Coercion::Array | Coercion::Relabel, argument, .. } => {
            elements(argument)
        }
        _ => None,
    }
}

/// The value of a literal, as far as it can be told from another by its bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Literal<'e> {
    Integer(i64),
    Bool(bool),
    Text(&'e str),
    Other(&'e PgName, &'e str),
}

/// How two expressions compare, as far as they are literals.
pub(super) fn order_of_literals(catalog: &Catalog, one: &Expr, other: &Expr) -> Orders {
    let different = |same: bool| if same { Orders::EQUAL } else { Orders::DIFFERENT };
    match (literal(catalog, one), literal(catalog, other)) {
        (Some(Literal::Integer(one)), Some(Literal::Integer(other))) => match one.cmp(&other) {
            Ordering::Less => Orders::LESS,
            Ordering::Equal => Orders::EQUAL,
            Ordering::Greater => Orders::GREATER,
        },
        (Some(Literal::Bool(one)), Some(Literal::Bool(other))) => different(one == other),
        // Which text is less than another depends on the collation.
        (Some(Literal::Text(one)), Some(Literal::Text(other))) => match one == other {
            false if catalog.nondeterministic => Orders::VALUES,
            same => different(same),
        },
        (Some(Literal::Other(ty, one)), Some(Literal::Other(as_type, other))) if ty == as_type => {
            different(one == other)
        }
        _ => Orders::ALL,
    }
}

fn literal<'e>(catalog: &Catalog, expression: &'e Expr) -> Option<Literal<'e>> {
    match expression {
        Expr::Coercion { how: Coercion::Relabel, argument, .. } => literal(catalog, argument),
        Expr::Call(call) if WIDENINGS.contains(&call.function.as_str()) => {
            let integer = |literal: &Literal<'_>| matches!(literal, Literal::Integer(_));
            literal(catalog, call.arguments.first()?).filter(integer)
        }
        Expr::Constant(constant) if !constant.ty.array => {
            let bytes = constant.value.as_deref()?;
            let name = &constant.ty.name;
            if let Some(number) = constant.integer() {
                return Some(Literal::Integer(number));
            }
            let is_enum = || {
                let ty = catalog.types.get(name).map(|ty| &ty.kind);
                matches!(ty, Some(TypeKind::Enum { .. }))
            };
            match (name.schema.as_str(), name.name.as_str()) {
                ("pg_catalog", "bool") => Some(Literal::Bool(constant.is_true())),
                ("pg_catalog", "text" | "varchar") => Some(Literal::Text(bytes)),
                // Not dates: what two of them are as times may be the same, where a zone skips a day.
                ("pg_catalog", "uuid") => Some(Literal::Other(name, bytes)),
                _ => is_enum().then_some(Literal::Other(name, bytes)),
            }
        }
        _ => None,
    }
}

/// Casts of integers that keep their value and their order.
const WIDENINGS: [&str; 4] = [
    "pg_catalog.int8(integer)",
    "pg_catalog.int8(smallint)",
    "pg_catalog.int4(smallint)",
    "pg_catalog.numeric(integer)",
];

/// The literals that a condition says a value is one of, if it is not false.
pub(super) fn listed_values<'e>(condition: &'e Expr, value: &Expr) -> Option<Vec<&'e Expr>> {
    let is_literal = |literal: &&Expr| matches!(literal, Expr::Constant(c) if c.value.is_some());
    match condition {
        Expr::AnyAll { call, any: true } => match comparisons(call)? {
            (compared, elements, Orders::EQUAL) if compared == value => {
                elements.iter().map(|element| Some(element).filter(is_literal)).collect()
            }
            _ => None,
        },
        Expr::Call(call) if comparison(call) == Some(Orders::EQUAL) => {
            match call.arguments.as_slice() {
                [compared, literal] | [literal, compared] if compared == value => {
                    Some(literal).filter(is_literal).map(|literal| vec![literal])
                }
                _ => None,
            }
        }
        Expr::Or { arguments } => {
            let each = arguments.iter().map(|part| listed_values(part, value));
            Some(each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// The values that a condition compares with literals, each with one of these.
pub(super) fn collect_compared<'e>(condition: &'e Expr, found: &mut BTreeMap<&'e Expr, &'e Expr>) {
    match condition {
        Expr::AnyAll { call, .. } => {
            if let Some((value, [literal, ..], _)) = comparisons(call) {
                found.insert(value, literal);
            }
        }
        Expr::Call(call) if comparison(call).is_some() => match call.arguments.as_slice() {
            [value, literal @ Expr::Constant(_)] | [literal @ Expr::Constant(_), value] => {
                found.insert(value, literal);
            }
            _ => {}
        },
        Expr::And { .. } | Expr::Or { .. } | Expr::Not { .. } => {
            condition.children().into_iter().for_each(|part| collect_compared(part, found));
        }
        _ => {}
    }
}
