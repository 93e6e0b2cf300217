//! The keys of `UNION`, `INTERSECT` and `EXCEPT`.

use super::rows::Rows;
use super::{Rank, RowKey, add};
use crate::catalog::TypeRef;
use crate::query_tree::expression::Column;
use crate::query_tree::{RangeSource, SetOperation, SetOperator};

impl Rows<'_> {
    /// The keys of a set operation.
    pub(super) fn set_operation_keys(&self, operation: &SetOperation) -> Vec<RowKey> {
        match operation {
            SetOperation::Query { range } => {
                let Some(RangeSource::Subquery { query }) =
                    self.query.range_entry(*range).map(|entry| &entry.source)
                else {
                    return Vec::new();
                };
                Rows::new(self.context, query, Some(self)).keys()
            }
            SetOperation::Operation { operator, all, types, left, .. } => {
                let mut keys = Vec::new();
                if *operator != SetOperator::Union {
                    // A cast to the type of the result could make two values equal.
                    let kept = |key: &RowKey| {
                        let same = |place: &usize| {
                            let from = self.arm_type(left, *place);
                            from.is_some() && from.as_ref() == types.get(*place)
                        };
                        key.columns.iter().all(same)
                    };
                    let left = self.set_operation_keys(left);
                    keys = left.into_iter().filter(kept).collect();
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
        }
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
