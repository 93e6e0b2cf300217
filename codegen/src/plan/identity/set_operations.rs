//! The keys of `UNION`, `INTERSECT` and `EXCEPT`.

use std::collections::BTreeSet;

use super::equalities::{base, built_in, is_plain};
use super::rows::Rows;
use super::{Rank, RowKey, add};
use crate::catalog::TypeRef;
use crate::query_tree::expression::{Coercion, Column, Constant};
use crate::query_tree::{Expr, RangeSource, SetOperation, SetOperator};

impl Rows<'_> {
    /// The keys of a set operation.
    pub(super) fn set_operation_keys(&self, operation: &SetOperation) -> Vec<RowKey> {
        let (operator, all, types, left, right) = match operation {
            SetOperation::Query { range } => {
                return match self.query.range_entry(*range).map(|entry| &entry.source) {
                    Some(RangeSource::Subquery { query }) => {
                        Rows::new(self.context, query, Some(self)).keys()
                    }
                    _ => Vec::new(),
                };
            }
            SetOperation::Operation { operator, all, types, left, right } => {
                (operator, all, types, left, right)
            }
        };
        let mut keys = Vec::new();
        match operator {
            SetOperator::Union => self.told_apart(types, left, right, &mut keys),
            SetOperator::Intersect => {
                for key in self.kept(types, left).into_iter().chain(self.kept(types, right)) {
                    add(&mut keys, key);
                }
            }
            SetOperator::Except => keys = self.kept(types, left),
        }
        if !all {
            let reason = match operator {
                SetOperator::Union => "UNION leaves no duplicates",
                SetOperator::Intersect => "INTERSECT leaves no duplicates",
                SetOperator::Except => "EXCEPT leaves no duplicates",
            };
            let (columns, rank) = ((0..types.len()).collect(), Rank::Derived);
            add(&mut keys, RowKey { columns, rank, reason: reason.to_owned() });
        }
        keys
    }

    /// The keys of an arm that a cast to the types of the result leaves alone: it could make two
    /// values equal.
    fn kept(&self, types: &[TypeRef], arm: &SetOperation) -> Vec<RowKey> {
        let same = |place: &usize| {
            let (from, to) = (self.arm_type(arm, *place), types.get(*place));
            from.is_some()
                && from.as_ref() == to
                && (!self.context.nondeterministic || to.is_some_and(|ty| is_plain(self, ty)))
        };
        let mut keys = self.set_operation_keys(arm);
        keys.retain(|key| key.columns.iter().all(same));
        keys
    }

    /// The keys of a `UNION` whose sides hold different constants in some column: which of the two
    /// a row comes from, and a key of either.
    fn told_apart(
        &self,
        types: &[TypeRef],
        left: &SetOperation,
        right: &SetOperation,
        keys: &mut Vec<RowKey>,
    ) {
        let (of_left, of_right) = (self.kept(types, left), self.kept(types, right));
        for place in 0..types.len() {
            let (Some(one), Some(other)) =
                (self.constants(left, place), self.constants(right, place))
            else {
                continue;
            };
            let cast = |constant: &Constant| types.get(place) != Some(&constant.ty);
            if !one.is_disjoint(&other) || one.iter().chain(&other).any(cast) {
                continue;
            }
            for (left, right) in of_left.iter().flat_map(|l| of_right.iter().map(move |r| (l, r))) {
                let columns = left.columns.union(&right.columns).copied().chain([place]).collect();
                let reason =
                    "a constant tells what UNION combines apart, and either side has a key";
                let rank = left.rank.max(right.rank);
                add(keys, RowKey { columns, rank, reason: reason.to_owned() });
            }
        }
    }

    /// The constants that an arm holds in a column, if it holds nothing else.
    fn constants(&self, arm: &SetOperation, place: usize) -> Option<BTreeSet<Constant>> {
        match arm {
            SetOperation::Query { range } => {
                let RangeSource::Subquery { query } = &self.query.range_entry(*range)?.source
                else {
                    return None;
                };
                let rows = Rows::new(self.context, query, Some(self));
                if query.set_operation.is_some() {
                    return None;
                }
                let constant = rows.constant(&query.columns().nth(place)?.value)?;
                Some(BTreeSet::from([constant]))
            }
            SetOperation::Operation { operator: SetOperator::Union, left, right, .. } => {
                let mut all = self.constants(left, place)?;
                all.extend(self.constants(right, place)?);
                Some(all)
            }
            SetOperation::Operation { left, .. } => self.constants(left, place),
        }
    }

    /// A constant that equals no other one with different bytes.
    pub(super) fn constant(&self, value: &Expr) -> Option<Constant> {
        let constant = match self.query.resolved(value) {
            Expr::Constant(constant) => constant.clone(),
            Expr::Coercion { how: Coercion::Relabel | Coercion::Domain, ty, argument } => {
                Constant { ty: ty.clone(), ..self.constant(argument)? }
            }
            _ => return None,
        };
        let ty = base(self, constant.ty.clone());
        let text = ["text", "varchar"].map(built_in).contains(&ty);
        let exact = is_plain(self, &ty) || text && !self.context.nondeterministic;
        (exact && constant.value.is_some()).then_some(constant)
    }

    /// The type of a column of an arm of a set operation, if that is easy to tell.
    fn arm_type(&self, arm: &SetOperation, place: usize) -> Option<TypeRef> {
        match arm {
            SetOperation::Operation { types, .. } => types.get(place).cloned(),
            SetOperation::Query { range } => {
                let number = i16::try_from(place + 1).ok()?;
                self.column_type(Column { range: *range, column: number, levels_up: 0 })
            }
        }
    }
}
