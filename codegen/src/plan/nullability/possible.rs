//! Which truth a condition can have, given conditions of which the truth is known.
//!
//! `CHECK (state <> 'done' OR done_at IS NOT NULL)` says something about `done_at` only where
//! `state <> 'done'` cannot be true or unknown, and `WHERE state = 'done'` says that. So conditions
//! are kept with what is known of their truth, and of others is asked what they can still be. All
//! that is understood is the logic of SQL, tests for null, and comparisons: how two values compare
//! follows from other comparisons of the same two, or of one of them with another literal.
//!
//! An answer may leave too many values, never too few; none at all shows that there is no such row.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::orders::{
    Orders, collect_compared, comparison, comparisons, listed_values, order_of_literals,
};
use super::truth::{Truth, Truths};
use crate::catalog::{Catalog, TypeKind};
use crate::query_tree::Expr;
use crate::query_tree::expression::{Call, Case, Constant};

/// What is known of a row.
pub(super) struct Possible<'k> {
    pub(super) catalog: &'k Catalog,
    /// Conditions with their truth.
    pub(super) holds: &'k BTreeSet<(Rc<Expr>, Truth)>,
    /// Whether an expression is known not to be null.
    pub(super) has_value: &'k dyn Fn(&Expr) -> bool,
    /// A value, and the literal that it is assumed to be equal to.
    pub(super) assumed: Option<(&'k Expr, &'k Expr)>,
}

impl Possible<'_> {
    /// Whether there is no such row.
    pub(super) fn is_nothing(&self) -> bool {
        self.holds.iter().any(|(condition, truth)| !self.truths(condition).meets(truth.values()))
    }

    /// The truth values that a condition can have.
    pub(super) fn truths(&self, condition: &Expr) -> Truths {
        let known = self.holds.iter().filter(|(known, _)| **known == *condition);
        let truths = known.fold(self.by_parts(condition), |all, (_, truth)| all & truth.values());
        let has_parts =
            matches!(condition, Expr::And { .. } | Expr::Or { .. } | Expr::AnyAll { .. });
        if truths.is_one() || !has_parts || self.assumed.is_some() {
            return truths;
        }
        // Its parts are not independent: look at each of the few values that one can have.
        let mut compared = BTreeMap::new();
        collect_compared(condition, &mut compared);
        compared.into_iter().fold(truths, |truths, (value, literal)| {
            let Some(all) = self.values(value, literal).filter(|_| (self.has_value)(value)) else {
                return truths;
            };
            let each = all.iter().map(|literal| {
                let assumed = Some((value, literal));
                Possible { assumed, ..*self }.truths(condition)
            });
            truths & each.fold(Truths::NONE, |all, truths| all | truths)
        })
    }

    /// The literals that a value can be, if there are few: a list of them, or the labels of an enum.
    fn values(&self, value: &Expr, literal: &Expr) -> Option<Vec<Expr>> {
        let mut listed = self.holds.iter().filter(|(_, truth)| truth.decided());
        let listed = listed.find_map(|(condition, _)| listed_values(condition, value));
        let listed = listed.map(|all| all.into_iter().cloned().collect());
        let mut all: Vec<Expr> = listed.or_else(|| self.labels(literal))?;
        all.retain(|literal| self.known_orders(value, literal).meets(Orders::EQUAL));
        Some(all)
    }

    fn by_parts(&self, condition: &Expr) -> Truths {
        match condition {
            Expr::Constant(Constant { value: None, .. }) => Truths::UNKNOWN,
            Expr::Constant(_) => Truths::of_test(condition.is_true(), !condition.is_true()),
            Expr::And { arguments } | Expr::Or { arguments } => {
                let parts: Vec<_> = arguments.iter().map(|part| self.truths(part)).collect();
                Truths::connected(&parts, matches!(condition, Expr::And { .. }))
            }
            Expr::Not { argument } => self.truths(argument).negated(),
            Expr::NullTest { argument, is_null, row: false } => {
                let (null, value) = (!(self.has_value)(argument), !self.is_null(argument));
                if *is_null { Truths::of_test(null, value) } else { Truths::of_test(value, null) }
            }
            Expr::NullTest { .. } => Truths::KNOWN,
            Expr::BooleanTest { argument, value, not } => {
                let wanted = match value {
                    Some(true) => Truths::TRUE,
                    Some(false) => Truths::FALSE,
                    None => Truths::UNKNOWN,
                };
                let truths = self.truths(argument);
                let (holds, fails) = (truths & wanted, truths.without(wanted));
                let is_it = Truths::of_test(holds != Truths::NONE, fails != Truths::NONE);
                if *not { is_it.negated() } else { is_it }
            }
            Expr::Call(call) => self.of_call(condition, call),
            Expr::AnyAll { call, any } => match comparisons(call) {
                Some((value, elements, yes)) => {
                    let each = elements.iter().map(|element| self.compared(value, element, yes));
                    Truths::connected(&each.collect::<Vec<_>>(), !any)
                }
                None => Truths::ALL,
            },
            Expr::Distinct(call) => match (comparison(call), call.arguments.as_slice()) {
                (Some(Orders::EQUAL), [one, other]) => {
                    let orders = self.orders(one, other);
                    let is_null = orders.meets(Orders::NULL);
                    let one_sided = (self.has_value)(one) || (self.has_value)(other);
                    Truths::of_test(
                        is_null || orders.meets(Orders::DIFFERENT),
                        is_null && !one_sided || orders.meets(Orders::EQUAL),
                    )
                }
                _ => Truths::KNOWN,
            },
            Expr::Coalesce { arguments } => {
                let mut truths = Truths::UNKNOWN;
                for argument in arguments {
                    if !truths.meets(Truths::UNKNOWN) {
                        break;
                    }
                    truths = truths.without(Truths::UNKNOWN) | self.truths(argument);
                }
                truths
            }
            Expr::Case(case) if case.value.is_none() => self.of_case(case),
            other => self.of_value(other),
        }
    }

    fn of_value(&self, condition: &Expr) -> Truths {
        if (self.has_value)(condition) { Truths::KNOWN } else { Truths::ALL }
    }

    fn of_call(&self, condition: &Expr, call: &Call) -> Truths {
        let [one, other] = call.arguments.as_slice() else { return self.of_value(condition) };
        match (call.function.as_str(), comparison(call)) {
            (EQUAL, _) => Truths::equal(self.truths(one), self.truths(other)),
            (NOT_EQUAL, _) => Truths::equal(self.truths(one), self.truths(other)).negated(),
            (_, Some(yes)) => self.compared(one, other, yes),
            _ => self.of_value(condition),
        }
    }

    fn of_case(&self, case: &Case) -> Truths {
        let mut truths = Truths::NONE;
        for arm in &case.arms {
            let taken = self.truths(&arm.when);
            if taken.meets(Truths::TRUE) {
                truths = truths | self.truths(&arm.then);
            }
            if !taken.meets(Truths::FALSE | Truths::UNKNOWN) {
                return truths;
            }
        }
        truths | self.truths(&case.otherwise)
    }

    fn compared(&self, one: &Expr, other: &Expr, yes: Orders) -> Truths {
        let orders = self.orders(one, other);
        let known =
            Truths::of_test(orders.meets(yes), orders.meets(yes.complement() & Orders::VALUES));
        if orders.meets(Orders::NULL) { known | Truths::UNKNOWN } else { known }
    }

    /// Whether an expression is known to be null.
    pub(super) fn is_null(&self, value: &Expr) -> bool {
        value.is_null()
            || self.holds.iter().any(|(condition, truth)| match &**condition {
                Expr::NullTest { argument, is_null, row: false } => {
                    **argument == *value && *is_null == truth.decided()
                }
                _ => false,
            })
    }

    /// How two values can compare.
    fn orders(&self, one: &Expr, other: &Expr) -> Orders {
        let mut orders = self.known_orders(one, other);
        for (value, literal, is_mirrored) in [(one, other, false), (other, one, true)] {
            if matches!(value, Expr::Constant(_)) || self.assumed.is_some() {
                continue;
            }
            if let Some(all) = self.values(value, literal) {
                let each = all.iter().map(|one| order_of_literals(self.catalog, one, literal));
                let left = each.fold(Orders::NULL, |all, order| all | order);
                orders = orders & if is_mirrored { left.mirrored() } else { left };
            }
        }
        orders
    }

    fn known_orders(&self, one: &Expr, other: &Expr) -> Orders {
        let mut orders = order_of_literals(self.catalog, one, other) & self.counted(one, other);
        if (self.has_value)(one) && (self.has_value)(other) {
            orders = orders & Orders::VALUES;
        }
        if self.is_null(one) || self.is_null(other) {
            orders = orders & Orders::NULL;
        }
        if let Some(pair) = self.assumed {
            orders = orders
                & self.related(pair, Orders::EQUAL, one, other)
                & self.related(pair, Orders::EQUAL, other, one).mirrored();
        }
        let left =
            |(condition, truth): &(Rc<Expr>, Truth)| self.left(condition, *truth, one, other);
        self.holds.iter().map(left).fold(orders, |all, left| all & left)
    }

    /// All literals of the enum of which this is one.
    fn labels(&self, literal: &Expr) -> Option<Vec<Expr>> {
        let Expr::Constant(constant) = literal else { return None };
        let ty = self.catalog.types.get(&constant.ty.name).filter(|_| !constant.ty.array)?;
        let TypeKind::Enum { labels } = &ty.kind else { return None };
        constant.label()?;
        Some(labels.iter().map(|label| Expr::Constant(constant.with_label(label))).collect())
    }

    /// How a number of nulls can compare with a literal.
    fn counted(&self, one: &Expr, other: &Expr) -> Orders {
        let (Expr::Call(call), Expr::Constant(number)) = (one, other) else { return Orders::ALL };
        let (Some(number), false) = (number.integer(), call.variadic) else { return Orders::ALL };
        let nulls = match call.function.as_str() {
            "pg_catalog.num_nulls(\"any\")" => true,
            "pg_catalog.num_nonnulls(\"any\")" => false,
            _ => return Orders::ALL,
        };
        let count = |is_it: &dyn Fn(&Expr) -> bool| {
            let many = call.arguments.iter().filter(|value| is_it(value)).count();
            i64::try_from(many).unwrap_or(0)
        };
        let (null, value) =
            (count(&|value| self.is_null(value)), count(&|value| (self.has_value)(value)));
        let (least, opposite) = if nulls { (null, value) } else { (value, null) };
        let most = count(&|_| true) - opposite;
        let of = |may: bool, orders| if may { orders } else { Orders::NONE };
        of(least < number, Orders::LESS)
            | of(least <= number && number <= most, Orders::EQUAL)
            | of(most > number, Orders::GREATER)
    }

    /// The orders of two values that a condition with a certain truth leaves.
    fn left(&self, condition: &Expr, truth: Truth, one: &Expr, other: &Expr) -> Orders {
        let connected = |is_and: bool, each: &mut dyn Iterator<Item = Orders>| {
            if is_and == truth.decided() {
                each.fold(Orders::ALL, |all, orders| all & orders)
            } else {
                each.fold(Orders::NONE, |all, orders| all | orders)
            }
        };
        let related = |pair: (&Expr, &Expr), orders| {
            self.related(pair, orders, one, other)
                & self.related(pair, orders, other, one).mirrored()
        };
        match condition {
            Expr::And { arguments } | Expr::Or { arguments } => {
                let is_and = matches!(condition, Expr::And { .. });
                connected(
                    is_and,
                    &mut arguments.iter().map(|part| self.left(part, truth, one, other)),
                )
            }
            Expr::Not { argument } => self.left(argument, truth.negated(), one, other),
            Expr::NullTest { argument, is_null, row: false } => {
                let is_null = *is_null == truth.decided();
                let opposite = if **argument == *one { other } else { one };
                match **argument == *one || **argument == *other {
                    true if is_null => Orders::NULL,
                    true if (self.has_value)(opposite) => Orders::VALUES,
                    _ => Orders::ALL,
                }
            }
            Expr::AnyAll { call, any } => match comparisons(call) {
                Some((value, elements, yes)) => {
                    let yes = Orders::of_comparison(yes, truth);
                    connected(
                        !any,
                        &mut elements.iter().map(|element| related((value, element), yes)),
                    )
                }
                None => Orders::ALL,
            },
            Expr::Call(call) => match (comparison(call), call.arguments.as_slice()) {
                (Some(yes), [left, right]) => {
                    related((left, right), Orders::of_comparison(yes, truth))
                }
                _ => Orders::ALL,
            },
            Expr::Distinct(call) => match (comparison(call), call.arguments.as_slice()) {
                (Some(Orders::EQUAL), [left, right]) => {
                    let is_sure = (self.has_value)(left) || (self.has_value)(right);
                    related(
                        (left, right),
                        match truth.decided() {
                            true => Orders::DIFFERENT | Orders::NULL,
                            false if is_sure => Orders::EQUAL,
                            false => Orders::EQUAL | Orders::NULL,
                        },
                    )
                }
                _ => Orders::ALL,
            },
            _ => Orders::ALL,
        }
    }

    /// The orders of two values that those of another pair leave.
    fn related(&self, pair: (&Expr, &Expr), orders: Orders, one: &Expr, other: &Expr) -> Orders {
        let through = |orders: Orders, middle: &Expr| {
            if middle == other {
                return orders;
            }
            match order_of_literals(self.catalog, middle, other) {
                Orders::ALL => Orders::ALL,
                order => orders.then(order),
            }
        };
        if pair.0 == one {
            through(orders, pair.1)
        } else if pair.1 == one {
            through(orders.mirrored(), pair.0)
        } else {
            Orders::ALL
        }
    }
}

pub(super) const EQUAL: &str = "pg_catalog.booleq(boolean, boolean)";
pub(super) const NOT_EQUAL: &str = "pg_catalog.boolne(boolean, boolean)";
