//! What has all rows of a table: the table itself, or a query that leaves out none.

use super::level::Level;
use crate::catalog::PgName;
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, JoinKind, JoinTree, RangeSource, Target};

/// Something that has all rows of a table.
pub(super) struct Whole {
    pub(super) table: PgName,
    /// Its columns that are columns of the table, by number.
    pub(super) columns: Vec<(i16, String)>,
}

impl Level<'_> {
    /// The table of which an entry has all rows.
    pub(super) fn whole(&self, range: usize) -> Option<Whole> {
        let entry = self.query.range_entry(range)?;
        let numbered = |found: Vec<(usize, String)>, number: &dyn Fn(usize) -> Option<i16>| {
            let column = |(place, name): (usize, String)| Some((number(place)?, name));
            found.into_iter().filter_map(column).collect::<Vec<_>>()
        };
        let in_order = |place: usize| i16::try_from(place + 1).ok();
        match &entry.source {
            RangeSource::Relation { .. } if entry.partial => None,
            RangeSource::Relation { relation } => {
                if let Some(table) = self.context.catalog.tables.get(relation) {
                    let columns = table.columns.iter().map(|c| (c.number, c.name.clone()));
                    return Some(Whole { table: relation.clone(), columns: columns.collect() });
                }
                let view = self.context.catalog.views.get(relation)?;
                if view.materialized {
                    return None;
                }
                let (table, found) = Level::new(self.context, &view.query, None).whole_query()?;
                let number = |place: usize| Some(view.columns.get(place)?.number);
                Some(Whole { table, columns: numbered(found, &number) })
            }
            RangeSource::Subquery { query } => {
                let (table, found) = self.inner(query).whole_query()?;
                Some(Whole { table, columns: numbered(found, &in_order) })
            }
            RangeSource::Cte { cte, levels_up } => {
                let level = self.up(*levels_up)?;
                let cte = level.query.ctes.iter().find(|item| item.name == *cte)?;
                let inner = level.inner(&cte.query);
                let (table, found) = if cte.recursive { None } else { inner.whole_query() }?;
                Some(Whole { table, columns: numbered(found, &in_order) })
            }
            _ => None,
        }
    }

    /// The table of which the query has all rows, and which of its columns by place.
    fn whole_query(&self) -> Option<(PgName, Vec<(usize, String)>)> {
        let query = self.query;
        let leaves_out = query.unreadable.is_some()
            || query.filter.as_ref().is_some_and(|filter| !filter.is_true())
            || query.is_grouped()
            || !query.distinct.is_empty()
            || query.limited
            || query.set_returning
            || query.set_operation.is_some();
        let [tree] = query.from.as_slice() else { return None };
        if leaves_out {
            return None;
        }
        self.kept(tree).into_iter().find_map(|range| {
            let whole = self.whole(range)?;
            let column = |(place, target): (usize, &Target)| {
                let Expr::Column(own) = query.resolved(&target.value) else { return None };
                let is_own = own.range == range && own.levels_up == 0;
                let (_, name) = whole.columns.iter().find(|(number, _)| *number == own.column)?;
                is_own.then(|| (place, name.clone()))
            };
            let columns = query.columns().enumerate().filter_map(column).collect();
            Some((whole.table, columns))
        })
    }

    /// The entries of a part of `FROM` of which it has all rows.
    pub(super) fn kept(&self, tree: &JoinTree) -> Vec<usize> {
        match tree {
            JoinTree::Entry { range } => vec![*range],
            JoinTree::Join { join, left, right, on, .. } => {
                let mut kept = Vec::new();
                for (tree, other, all) in [
                    (left, right, matches!(join, JoinKind::Left | JoinKind::Full)),
                    (right, left, matches!(join, JoinKind::Right | JoinKind::Full)),
                ] {
                    // An inner join keeps the rows that are certain to find a partner.
                    let is_kept = |range: usize| {
                        let has_value = |own: Column| {
                            (own.levels_up, own.range) == (0, range)
                                && self.entry_column(own).nullability.is_not_null()
                        };
                        let unconditional = on.as_ref().is_none_or(Expr::is_true);
                        all || *join == JoinKind::Inner
                            && (unconditional && self.tree_has_row(other, &has_value)
                                || self.partner(on.as_ref(), other, &has_value).is_some())
                    };
                    kept.extend(self.kept(tree).into_iter().filter(|range| is_kept(*range)));
                }
                kept
            }
            JoinTree::Other => Vec::new(),
        }
    }
}
