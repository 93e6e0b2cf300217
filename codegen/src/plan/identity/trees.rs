//! The keys of `WITH RECURSIVE` that walks down a tree.
//!
//! ```sql
//! select id, parent_id from nodes where parent_id is null
//! union all
//! select n.id, n.parent_id from nodes as n join tree on tree.id = n.parent_id
//! ```
//!
//! A node has one parent, so it is found once at most, by way of that: a node that is found at two
//! different depths has a parent that is, and so on up to one that is found by the first query,
//! where the parent is null, and by the second, where it is not. Circles are never entered.

use super::RowKey;
use super::entries::number;
use super::joins::Joins;
use super::rows::Rows;
use crate::query_tree::expression::Column;
use crate::query_tree::{Cte, Expr, Query, RangeSource, SetOperation, Target};

impl Rows<'_> {
    /// The keys of its first query that are keys of a recursive item as a whole.
    pub(super) fn tree_keys(&self, index: usize, cte: &Cte) -> Vec<RowKey> {
        let Some(SetOperation::Operation { left, right, .. }) = &cte.query.set_operation else {
            return Vec::new();
        };
        let whole = Rows::new(self.context, &cte.query, Some(self));
        let (Some(start), Some(step)) = (arm(&cte.query, left), arm(&cte.query, right)) else {
            return Vec::new();
        };
        if !step.ctes.is_empty() || !cte.query.ctes.is_empty() {
            return Vec::new();
        }
        let start = Rows::new(self.context, start, Some(&whole));
        let step = Rows::new(self.context, step, Some(&whole));
        let mut keys = Vec::new();
        for key in start.keys() {
            // The rows of a step are told apart as those that they come from.
            self.assume(index, [key.clone()].into());
            if is_tree(&start, &step, &cte.name, &key).is_some() {
                let reason = format!("{}; each row has one parent", key.reason);
                super::add(&mut keys, RowKey { reason, ..key });
            }
        }
        self.assume(index, [].into());
        keys
    }
}

fn arm<'q>(query: &'q Query, arm: &SetOperation) -> Option<&'q Query> {
    let SetOperation::Query { range } = arm else { return None };
    match &query.range_entry(*range)?.source {
        RangeSource::Subquery { query } if query.set_operation.is_none() => Some(query),
        _ => None,
    }
}

/// Whether the rows of a step are other rows of the table that the first query reads, each below
/// the one row that its parent columns say, which are null in the rows of the first query.
fn is_tree(start: &Rows<'_>, step: &Rows<'_>, name: &str, key: &RowKey) -> Option<()> {
    let outputs: Vec<&Target> = step.query.columns().collect();
    let joins = Joins::new(step)?;
    let mut selves = joins.entries.iter().filter(|entry| {
        let source = step.query.range_entry(entry.range).map(|entry| &entry.source);
        matches!(source, Some(RangeSource::Cte { cte, levels_up: 2 }) if cte == name)
    });
    let (myself, None) = (selves.next()?.range, selves.next()) else { return None };
    let mut root = false;
    let mut entries = None;
    for &place in &key.columns {
        let below = step.own_column(&outputs.get(place)?.value)?;
        let first = start.own_column(&start.query.columns().nth(place)?.value)?;
        if *entries.get_or_insert((first.range, below.range)) != (first.range, below.range)
            || first.column != below.column
            || table(start, first)? != table(step, below)?
        {
            return None;
        }
        let above = Column { range: myself, column: number(place)?, levels_up: 0 };
        let parent =
            joins.equal_to(above).into_iter().find(|column| column.range == below.range)?;
        root |= is_null(start, Column { range: first.range, ..parent });
    }
    (root && step.is_key(&joins, &outputs, &key.columns)).then_some(())
}

fn table<'r>(rows: &'r Rows<'_>, column: Column) -> Option<&'r crate::catalog::PgName> {
    match &rows.query.range_entry(column.range)?.source {
        RangeSource::Relation { relation } => {
            rows.catalog().tables.contains_key(relation).then_some(relation)
        }
        _ => None,
    }
}

/// Whether `WHERE` says that a column is null.
fn is_null(rows: &Rows<'_>, column: Column) -> bool {
    fn says(rows: &Rows<'_>, condition: &Expr, column: Column) -> bool {
        match condition {
            Expr::And { arguments } => arguments.iter().any(|part| says(rows, part, column)),
            Expr::NullTest { argument, is_null: true, .. } => {
                rows.own_column(argument) == Some(column)
            }
            _ => false,
        }
    }
    rows.query.filter.as_ref().is_some_and(|filter| says(rows, filter, column))
}
