//! Whether one of the conditions of a `CASE` holds in any row, so that `ELSE` is never reached.
//!
//! Three patterns are known: `x` and `NOT x`; comparisons of the same two values that leave no
//! order of them out, as `a > b` and `a <= b`; and `a = label` for every label of an enum. All need
//! values that are not null.

use std::collections::{BTreeMap, BTreeSet};

use super::built_in::{self, Promise};
use super::expressions::Scope;
use crate::catalog::TypeKind;
use crate::query_tree::Expr;
use crate::query_tree::expression::{Call, Case, Constant};

/// How two values compare, as a set of bits.
const LESS: u8 = 1;
const EQUAL: u8 = 2;
const GREATER: u8 = 4;

impl Scope<'_> {
    /// Whether one of the conditions of a CASE is true, for rows in which that is known which
    /// follows if none of them is.
    pub(super) fn is_exhaustive(&self, case: &Case) -> bool {
        let mut truths = BTreeSet::new();
        let mut orders = BTreeMap::<(&Expr, &Expr), u8>::new();
        let mut labels = BTreeMap::<&Expr, BTreeSet<&Constant>>::new();
        for arm in &case.arms {
            let (condition, truth) = match &arm.when {
                Expr::Not { argument } => (&**argument, false),
                condition => (condition, true),
            };
            let Some((call, left, right)) = comparison(case, condition).filter(|_| truth) else {
                truths.insert((condition, truth));
                continue;
            };
            if let Expr::Constant(constant) = right
                && constant.ty.name.name == "bool"
                && call.operator.as_deref() == Some("=")
            {
                truths.insert((left, constant.is_true()));
            }
            if let (Expr::Constant(label), Some("=")) = (right, call.operator.as_deref()) {
                labels.entry(left).or_default().insert(label);
            }
            *orders.entry((left, right)).or_default() |= bits(call);
        }
        let has_both = |(condition, _): &&(&Expr, bool)| {
            [true, false].iter().all(|truth| truths.contains(&(*condition, *truth)))
        };
        let is_sure = |value: &Expr| {
            self.finder().of_value(value).not_null.contains(value)
                && self.evaluate(value).is_not_null()
        };
        truths.iter().filter(has_both).any(|(condition, _)| is_sure(condition))
            || orders.iter().any(|((left, right), bits)| {
                *bits == LESS | EQUAL | GREATER && is_sure(left) && is_sure(right)
            })
            || labels.iter().any(|(value, labels)| self.are_all(labels) && is_sure(value))
    }

    /// Whether these are all labels of an enum.
    fn are_all(&self, constants: &BTreeSet<&Constant>) -> bool {
        let Some(first) = constants.first() else { return false };
        let ty = self.level.context.catalog.types.get(&first.ty.name);
        let Some(TypeKind::Enum { labels }) = ty.map(|ty| &ty.kind) else { return false };
        let names: BTreeSet<_> = constants.iter().filter_map(|constant| constant.label()).collect();
        !first.ty.array && labels.iter().all(|label| names.contains(label))
    }
}

/// A comparison by PostgreSQL's own operators, with what the value of a CASE stands for.
fn comparison<'c>(case: &'c Case, condition: &'c Expr) -> Option<(&'c Call, &'c Expr, &'c Expr)> {
    let Expr::Call(call) = condition else { return None };
    let [left, right] = call.arguments.as_slice() else { return None };
    let is_sound = built_in::promise(&call.function) == Some(Promise::All) && bits(call) != 0;
    let value = |side: &'c Expr| match (side, &case.value) {
        (Expr::CaseValue, Some(value)) => &**value,
        _ => side,
    };
    is_sound.then(|| (call, value(left), value(right)))
}

/// For which orders of its operands an operator says yes.
fn bits(call: &Call) -> u8 {
    match call.operator.as_deref() {
        Some("=") => EQUAL,
        Some("<>") => LESS | GREATER,
        Some("<") => LESS,
        Some("<=") => LESS | EQUAL,
        Some(">") => GREATER,
        Some(">=") => GREATER | EQUAL,
        _ => 0,
    }
}
