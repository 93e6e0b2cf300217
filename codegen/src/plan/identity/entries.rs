//! The keys of what stands in `FROM`: tables, views, subqueries, functions, values.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::rows::{EntryKey, EntryKeys, Rows};
use super::{Rank, RowKey};
use crate::catalog::PgName;
use crate::query_tree::{Cte, Expr, RangeFunction, RangeSource, SetOperation, SetOperator};

impl Rows<'_> {
    /// The numbers of columns of a table.
    pub(super) fn numbers(&self, relation: &PgName, columns: &[String]) -> Option<Vec<i16>> {
        let table = self.catalog().tables.get(relation)?;
        let number =
            |name: &String| Some(table.columns.iter().find(|column| column.name == *name)?.number);
        columns.iter().map(number).collect()
    }

    /// The keys of an entry of the range table; `None` if there is no such entry.
    pub(super) fn entry_keys(&self, range: usize) -> Option<Rc<EntryKeys>> {
        let entry = self.query.range_entry(range)?;
        let keys = match &entry.source {
            RangeSource::Relation { relation } => self.relation_keys(relation),
            RangeSource::Subquery { query } => {
                by_place(&Rows::new(self.context, query, Some(self)).keys())
            }
            RangeSource::Cte { cte, levels_up } => {
                let keys = self.up(*levels_up).map(|rows| rows.cte_keys(cte));
                keys.map(|keys| by_place(&keys)).unwrap_or_default()
            }
            RangeSource::Values { rows } if rows.len() <= 1 => vec![one_row()],
            RangeSource::Values { rows } => self.distinct_columns(rows),
            RangeSource::Function { functions, ordinality } => {
                self.function_keys(functions, *ordinality)
            }
            RangeSource::Join { .. } | RangeSource::Other { .. } => Vec::new(),
        };
        // Which of the entries before it are referred to does not matter much.
        let lateral = self.query.lateral.contains(&range);
        let is_join = |range: usize| {
            let entry = self.query.range_entry(range);
            entry.is_some_and(|entry| matches!(entry.source, RangeSource::Join { .. }))
        };
        let depends = (1..range).filter(|other| lateral && !is_join(*other)).collect();
        Some(Rc::new(EntryKeys { range, keys, depends }))
    }

    fn relation_keys(&self, relation: &PgName) -> Vec<EntryKey> {
        if let Some(table) = self.catalog().tables.get(relation) {
            let keys = table.keys.iter().filter_map(|key| {
                let rank = if key.primary { Rank::Primary } else { Rank::Unique };
                Some(EntryKey { columns: self.numbers(relation, &key.columns)?, rank })
            });
            return keys.collect();
        }
        let view = self.catalog().views.get(relation);
        let known = self.context.views.get(relation).map(|known| known.keys.as_slice());
        let keys = known.unwrap_or_default().iter().filter_map(|key| {
            let number = |place: &usize| Some(view?.columns.get(*place)?.number);
            let columns = key.columns.iter().map(number).collect::<Option<_>>()?;
            Some(EntryKey { columns, rank: key.rank })
        });
        keys.collect()
    }

    /// The columns of `VALUES` that hold a different constant in each row.
    fn distinct_columns(&self, rows: &[Vec<Expr>]) -> Vec<EntryKey> {
        let width = rows.first().map_or(0, Vec::len);
        let is_distinct = |place: &usize| {
            let mut seen = BTreeSet::new();
            rows.iter().all(|row| {
                let value = row.get(*place).and_then(|value| self.constant(value));
                value.is_some_and(|value| seen.insert(value))
            })
        };
        let key = |place| Some(EntryKey { columns: vec![number(place)?], rank: Rank::Derived });
        (0..width).filter(is_distinct).filter_map(key).collect()
    }

    fn function_keys(&self, functions: &[RangeFunction], ordinality: bool) -> Vec<EntryKey> {
        let single = |call: &Expr| matches!(call, Expr::Call(call) if !call.set);
        if functions.iter().all(|function| single(&function.call)) {
            return vec![one_row()];
        }
        let mut keys = Vec::new();
        let mut add = |place| {
            let column = number(place);
            keys.extend(column.map(|n| EntryKey { columns: vec![n], rank: Rank::Derived }));
        };
        if let [RangeFunction { call: Expr::Call(call), .. }] = functions {
            let routine = self.catalog().routines.get(&call.function);
            let is_series = routine.is_some_and(|routine| {
                routine.name == PgName::new("pg_catalog", "generate_series")
            });
            // Steps of an interval may lead back to where they came from.
            if is_series && ["int4", "int8"].contains(&call.ty.name.name.as_str()) {
                add(0);
            }
        }
        if ordinality {
            let columns = functions.iter().map(|function| function.columns as usize);
            add(columns.sum());
        }
        keys
    }

    fn cte_keys(&self, name: &str) -> Rc<[RowKey]> {
        let Some(index) = self.query.ctes.iter().position(|cte| cte.name == name) else {
            return [].into();
        };
        if let Some(keys) = self.ctes.borrow().get(&index) {
            return Rc::clone(keys);
        }
        self.assume(index, [].into());
        let cte = &self.query.ctes[index];
        let keys = match cte.recursive {
            true => self.recursive_keys(index, cte),
            false => Rows::new(self.context, &cte.query, Some(self)).keys(),
        };
        self.assume(index, keys.into());
        self.ctes.borrow().get(&index).cloned().unwrap_or_else(|| [].into())
    }

    /// Notes the keys of an item of the `WITH` list.
    pub(super) fn assume(&self, index: usize, keys: Rc<[RowKey]>) {
        self.ctes.borrow_mut().insert(index, keys);
    }

    fn recursive_keys(&self, index: usize, cte: &Cte) -> Vec<RowKey> {
        let Some(SetOperation::Operation { operator: SetOperator::Union, all, types, .. }) =
            &cte.query.set_operation
        else {
            return Vec::new();
        };
        if cte.extended {
            return Vec::new();
        }
        let mut keys = self.tree_keys(index, cte);
        if !all {
            let reason = "UNION leaves no duplicates".to_owned();
            let columns = (0..types.len()).collect();
            super::add(&mut keys, RowKey { columns, rank: Rank::Derived, reason });
        }
        keys
    }
}

/// Keys of a query as those of an entry that it stands for.
fn by_place(keys: &[RowKey]) -> Vec<EntryKey> {
    let keys = keys.iter().filter_map(|key| {
        let columns = key.columns.iter().map(|place| number(*place)).collect::<Option<_>>()?;
        Some(EntryKey { columns, rank: key.rank })
    });
    keys.collect()
}

/// The number of a column, given its place.
pub(super) fn number(place: usize) -> Option<i16> {
    i16::try_from(place + 1).ok()
}

fn one_row() -> EntryKey {
    EntryKey { columns: Vec::new(), rank: Rank::Derived }
}
