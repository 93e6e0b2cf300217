//! The columns of the entries of a range table, before any outer join makes them null.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::expressions::Scope;
use super::level::{Level, shown, unknown};
use super::{Nullability, Reason};
use crate::catalog::PgName;
use crate::comment::{self, Place};
use crate::plan::columns::{BaseColumn, ColumnFacts};
use crate::query_tree::expression::Column;
use crate::query_tree::{RangeEntry, RangeSource, nth};

/// The columns of something.
#[derive(Clone)]
pub(super) enum Columns {
    /// They are being found out, and may be assumed to be these.
    Assumed(Rc<[ColumnFacts]>),
    Found(Rc<[ColumnFacts]>),
}

/// The number of the system column `tableoid`.
const TABLEOID: i16 = -6;

impl Level<'_> {
    /// A column of a range table entry other than a join, before any outer join makes it null.
    pub(in crate::plan) fn entry_column(&self, column: Column) -> ColumnFacts {
        let Some(entry) = self.query.range_entry(column.range) else {
            return unknown("its origin is not understood");
        };
        match &entry.source {
            RangeSource::Relation { relation } => self.relation_column(relation, column.column),
            // Its columns are those of other entries: see `resolved`.
            RangeSource::Join { .. } => unknown(format!("a column of `{}`", entry.name)),
            _ => {
                let columns = self.entry_columns(column.range);
                let facts = nth(&columns, column.column).cloned();
                facts.unwrap_or_else(|| unknown(format!("nothing is known about `{}`", entry.name)))
            }
        }
    }

    fn relation_column(&self, relation: &PgName, number: i16) -> ColumnFacts {
        let shown = shown(relation);
        if let Some(table) = self.context.catalog.tables.get(relation) {
            // Every row knows its table; the other system columns depend on how it is stored.
            if number == TABLEOID {
                let reason = Reason::new("`tableoid` is never null");
                return ColumnFacts::computed(Nullability::not_null(reason));
            }
            let Some(column) = table.columns.iter().find(|column| column.number == number) else {
                return unknown(format!("a system column of `{shown}`"));
            };
            let nullability = self.table_column(relation, table, column);
            let source = BaseColumn { table: relation.clone(), column: column.name.clone() };
            return ColumnFacts { nullability, source: Some(source), stored: false };
        }
        let view = self.context.catalog.views.get(relation);
        let index = view.and_then(|view| view.columns.iter().position(|c| c.number == number));
        let facts = self.context.views.get(relation).map(|known| &known.columns);
        match (view, index, facts) {
            (Some(view), Some(index), Some(facts)) if index < facts.len() => {
                let ColumnFacts { nullability, source, stored } = facts[index].clone();
                let column = &view.columns[index];
                let (comment, _) = comment::parse(column.comment.as_deref(), Place::Column);
                let nullability = if comment.not_null {
                    Nullability::not_null(Reason::new("its comment says `@notnull`"))
                } else {
                    nullability
                };
                let name = &column.name;
                let nullability = nullability.because(format!("column `{shown}.{name}`"));
                ColumnFacts { nullability, source, stored: stored || view.materialized }
            }
            _ => unknown(format!("nothing is known about `{shown}`")),
        }
    }

    /// The columns of a range table entry that is no relation and no join.
    pub(super) fn entry_columns(&self, range: usize) -> Rc<[ColumnFacts]> {
        let known = self.entries.borrow().get(&range).cloned();
        match known {
            Some(Columns::Found(columns) | Columns::Assumed(columns)) => columns,
            None => {
                self.entries.borrow_mut().insert(range, Columns::Assumed([].into()));
                let columns = self.query.range_entry(range).map(|entry| self.find(entry));
                let columns: Rc<[_]> = columns.unwrap_or_default().into();
                // What is known of the rows at hand may still be in the making; then more will
                // be known the next time.
                if self.input.is_open() || self.output.is_open() {
                    self.entries.borrow_mut().remove(&range);
                } else {
                    self.entries.borrow_mut().insert(range, Columns::Found(Rc::clone(&columns)));
                }
                columns
            }
        }
    }

    /// A column of an entry in those of its rows in which some columns are not null, if that is
    /// a query of its own and anything follows from it.
    pub(super) fn entry_column_given(
        &self,
        column: Column,
        not_null: &BTreeSet<i16>,
    ) -> Option<Nullability> {
        let entry = self.query.range_entry(column.range)?;
        let in_order = |number: i16| usize::try_from(number).ok()?.checked_sub(1);
        let places = |place: &dyn Fn(i16) -> Option<usize>| {
            let given = not_null.iter().filter_map(|number| place(*number));
            Some((place(column.column)?, given.collect::<BTreeSet<_>>()))
        };
        let (place, given) = match &entry.source {
            RangeSource::Relation { relation } => {
                let view = self.context.catalog.views.get(relation)?;
                places(&|number| view.columns.iter().position(|c| c.number == number))?
            }
            _ => places(&in_order)?,
        };
        if given.is_empty() {
            return None;
        }
        let key = (column.range, given);
        let known = self.entries_given.borrow().get(&key).cloned();
        let columns = match known {
            Some(columns) => columns,
            None => {
                let columns: Rc<[_]> = self.find_given(&entry.source, &key.1)?.into();
                self.entries_given.borrow_mut().insert(key, Rc::clone(&columns));
                columns
            }
        };
        columns.get(place).map(|column| column.nullability.clone())
    }

    fn find_given(
        &self,
        source: &RangeSource,
        given: &BTreeSet<usize>,
    ) -> Option<Vec<ColumnFacts>> {
        let level = match source {
            RangeSource::Relation { relation } => {
                let view = self.context.catalog.views.get(relation)?;
                return Some(Level::new(self.context, &view.query, None).columns_given(given));
            }
            RangeSource::Subquery { query } => Level::new(self.context, query, Some(self)),
            RangeSource::Cte { cte, levels_up } => {
                let level = self.up(*levels_up)?;
                let item = level.query.ctes.iter().find(|item| item.name == *cte)?;
                if item.recursive {
                    return None;
                }
                return Some(
                    Level::new(level.context, &item.query, Some(level)).columns_given(given),
                );
            }
            _ => return None,
        };
        Some(level.columns_given(given))
    }

    fn find(&self, entry: &RangeEntry) -> Vec<ColumnFacts> {
        let computed = ColumnFacts::computed;
        match &entry.source {
            RangeSource::Subquery { query } => {
                Level::new(self.context, query, Some(self)).columns()
            }
            RangeSource::Cte { cte, levels_up } => {
                let columns = self.up(*levels_up).and_then(|level| level.cte_columns(cte));
                columns.map(|columns| columns.to_vec()).unwrap_or_default()
            }
            RangeSource::Values { rows } => {
                let scope = Scope::input(self);
                let width = rows.iter().map(Vec::len).min().unwrap_or(0);
                let column = |index: usize| {
                    Nullability::all(rows.iter().map(|row| scope.evaluate(&row[index])))
                };
                (0..width).map(|index| computed(column(index))).collect()
            }
            RangeSource::Function { functions, ordinality } => {
                let mut columns = match functions.as_slice() {
                    [function] => Scope::input(self).function_columns(function),
                    several => several
                        .iter()
                        .flat_map(|function| 0..function.columns)
                        .map(|_| {
                            let reason = "the shorter of several functions is filled up with nulls";
                            Nullability::nullable(Reason::new(reason))
                        })
                        .collect(),
                };
                if *ordinality {
                    let reason = "WITH ORDINALITY numbers every row";
                    columns.push(Nullability::not_null(Reason::new(reason)));
                }
                columns.into_iter().map(computed).collect()
            }
            RangeSource::Relation { .. } | RangeSource::Join { .. } | RangeSource::Other { .. } => {
                Vec::new()
            }
        }
    }

    /// The columns of an item of this query's `WITH` list.
    fn cte_columns(&self, name: &str) -> Option<Rc<[ColumnFacts]>> {
        let index = self.query.ctes.iter().position(|cte| cte.name == name)?;
        if let Some(Columns::Found(columns) | Columns::Assumed(columns)) =
            self.ctes.borrow().get(&index)
        {
            return Some(Rc::clone(columns));
        }
        let cte = &self.query.ctes[index];
        let find = |assumed: Rc<[ColumnFacts]>| -> Rc<[ColumnFacts]> {
            self.ctes.borrow_mut().insert(index, Columns::Assumed(assumed));
            Level::new(self.context, &cte.query, Some(self)).columns().into()
        };
        let mut columns: Rc<[ColumnFacts]> = [].into();
        if cte.recursive {
            // Assume that no column is null, and keep what follows from that until it no longer
            // changes: the first rows come from the part that does not recurse, and every
            // further row from rows of which the assumption holds.
            let reason = Reason::new(format!("earlier rows of `{name}`"));
            columns = cte
                .query
                .columns()
                .map(|_| ColumnFacts::computed(Nullability::not_null(reason.clone())))
                .collect();
            loop {
                let mut next: Vec<ColumnFacts> = find(Rc::clone(&columns)).to_vec();
                next.truncate(columns.len());
                // A column that was given up stays so, which makes this end.
                for (next, before) in next.iter_mut().zip(&*columns) {
                    next.source = None;
                    if !before.nullability.is_not_null() {
                        next.nullability = before.nullability.clone();
                    }
                }
                let proven = |columns: &[ColumnFacts]| {
                    columns.iter().filter(|column| column.nullability.is_not_null()).count()
                };
                let stable = proven(&next) == proven(&columns);
                columns = next.into();
                if stable {
                    break;
                }
            }
        } else {
            columns = find(columns);
        }
        self.ctes.borrow_mut().insert(index, Columns::Found(Rc::clone(&columns)));
        Some(columns)
    }
}
