//! The columns of `UNION`, `INTERSECT` and `EXCEPT`.

use std::collections::BTreeSet;

use super::Nullability;
use super::level::{Level, unknown};
use crate::catalog::{Catalog, TypeRef};
use crate::plan::columns::ColumnFacts;
use crate::query_tree::nth;
use crate::query_tree::{Expr, Query, RangeEntry, RangeSource, SetOperation, SetOperator};

/// The columns of a set operation of a query,
/// in those of its rows in which some are not null, by place.
pub(super) fn columns(
    level: &Level<'_>,
    operation: &SetOperation,
    not_null: &BTreeSet<usize>,
) -> Vec<ColumnFacts> {
    match operation {
        SetOperation::Query { range } => match level.query.range_entry(*range) {
            Some(RangeEntry { source: RangeSource::Subquery { query }, .. })
                if !not_null.is_empty() =>
            {
                Level::new(level.context, query, Some(level)).columns_given(not_null)
            }
            _ => level.entry_columns(*range).to_vec(),
        },
        SetOperation::Operation { operator, types, left, right, .. } => {
            // A cast that is not built in could make something else of a null.
            let kept = |arm: &SetOperation| {
                let same = |place: &&usize| {
                    types.get(**place).is_some_and(|ty| !is_cast(level, arm, **place, ty))
                };
                columns(level, arm, &not_null.iter().filter(same).copied().collect())
            };
            let sides = kept(left).into_iter().zip(kept(right));
            sides
                .zip(types)
                .enumerate()
                .map(|(index, ((left_facts, right_facts), ty))| {
                    let cast = |arm: &SetOperation| is_cast(level, arm, index, ty);
                    if cast(left) || cast(right) {
                        return unknown(format!("a cast to `{ty}` that is not built in"));
                    }
                    combined(*operator, left_facts, right_facts)
                })
                .collect()
        }
    }
}

fn combined(operator: SetOperator, left: ColumnFacts, right: ColumnFacts) -> ColumnFacts {
    match operator {
        SetOperator::Union => ColumnFacts {
            source: left.source.filter(|source| Some(source) == right.source.as_ref()),
            stored: left.stored || right.stored,
            nullability: Nullability::all([left.nullability, right.nullability]),
        },
        // A row is in both, and nulls count as equal here.
        SetOperator::Intersect => ColumnFacts {
            source: left.source,
            stored: left.stored,
            nullability: Nullability::any([left.nullability, right.nullability]),
        },
        SetOperator::Except => left,
    }
}

/// Whether a column of an arm is cast by something that a user defined.
///
/// PostgreSQL adds these casts when it plans, so they are not in the tree. Its own never make a
/// null; a type that we cannot tell is assumed to be the right one.
fn is_cast(level: &Level<'_>, arm: &SetOperation, index: usize, to: &TypeRef) -> bool {
    let from = match arm {
        SetOperation::Operation { types, .. } => types.get(index).cloned(),
        SetOperation::Query { range } => {
            let entry = level.query.range_entry(*range).map(|entry| &entry.source);
            match entry {
                Some(RangeSource::Subquery { query }) => query
                    .columns()
                    .nth(index)
                    .and_then(|target| ty(level.context.catalog, query, &target.value)),
                _ => None,
            }
        }
    };
    let built_in = |ty: &TypeRef| ty.name.schema == "pg_catalog";
    from.is_some_and(|from| from != *to && !(built_in(&from) && built_in(to)))
}

/// The type of an expression, if that is easy to tell.
fn ty(catalog: &Catalog, query: &Query, expression: &Expr) -> Option<TypeRef> {
    let Expr::Column(column) = expression else { return expression.ty().cloned() };
    if column.levels_up != 0 {
        return None;
    }
    match &query.range_entry(column.range)?.source {
        RangeSource::Relation { relation } => match catalog.tables.get(relation) {
            Some(table) => {
                let column = table.columns.iter().find(|c| c.number == column.column)?;
                Some(column.ty.clone())
            }
            None => {
                let columns = &catalog.views.get(relation)?.columns;
                Some(columns.iter().find(|c| c.number == column.column)?.ty.clone())
            }
        },
        RangeSource::Subquery { query } => {
            let target = query.targets.iter().find(|target| target.number == column.column)?;
            ty(catalog, query, &target.value)
        }
        // A column of a join is one of an earlier entry, or has no type in the tree.
        RangeSource::Join { columns } => match nth(columns, column.column)? {
            Expr::Column(inner) if inner.range < column.range => {
                ty(catalog, query, &Expr::Column(*inner))
            }
            _ => None,
        },
        _ => None,
    }
}
