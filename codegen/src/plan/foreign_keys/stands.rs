//! Which view stands for which table: the one that a foreign key to the table leads to.

use std::collections::BTreeMap;

use super::Source;
use crate::catalog::{ForeignKey, PgName};
use crate::plan::Planner;
use crate::plan::model::View;
use crate::plan::names;

/// A table and the columns of one of its keys, sorted.
type TableKey = (PgName, Vec<String>);

/// A view that has the key of a table.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    /// The view.
    pub(super) view: PgName,
    /// What the columns of the key are called there, in the same order.
    columns: Vec<String>,
    /// Which reading of the table they come from.
    pub(super) instance: Vec<usize>,
}

/// Which views could stand for which tables.
pub(super) struct Stands {
    views: BTreeMap<TableKey, Vec<Stand>>,
    prefix: String,
}

impl Stands {
    pub(super) fn new(planner: &Planner<'_>, views: &BTreeMap<PgName, View>) -> Self {
        let mut found: BTreeMap<TableKey, Vec<Stand>> = BTreeMap::new();
        let mut keys_to: BTreeMap<&PgName, Vec<&ForeignKey>> = BTreeMap::new();
        for key in planner.catalog.tables.values().flat_map(|table| &table.foreign_keys) {
            keys_to.entry(&key.target).or_default().push(key);
        }
        for (name, view) in views {
            let sources = planner.sources(name, view);
            for key in planner.row_keys(name, view) {
                let Some((base, own)) = stand(name, &sources, &key) else { continue };
                let keys = keys_to.get(&base.0).into_iter().flatten();
                let wider = keys.filter(|key| is_wider(key, &base.1)).filter_map(|key| {
                    stand(name, &sources, &names_of(&key.target_columns, &sources, &base.0, &own)?)
                });
                for (base, stand) in wider.chain([(base.clone(), own.clone())]) {
                    let stands = found.entry(base).or_default();
                    if stands.iter().all(|other| other.view != *name) {
                        stands.push(stand);
                    }
                }
            }
        }
        Self { views: found, prefix: planner.config.view_prefix.clone() }
    }

    /// The views that could stand for what a foreign key refers to.
    pub(super) fn candidates(&self, key: &ForeignKey) -> &[Stand] {
        let mut columns = key.target_columns.clone();
        columns.sort();
        self.views.get(&(key.target.clone(), columns)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The one that does for a view of a schema: the only one, that with the name of the table, or
    /// of several such the one in the same schema.
    pub(super) fn find(&self, key: &ForeignKey, schema: &str) -> Option<&Stand> {
        let candidates: Vec<&Stand> = self.candidates(key).iter().collect();
        let here = || {
            let here = candidates.iter().filter(|stand| stand.view.schema == schema);
            self.choose(&key.target, &here.copied().collect::<Vec<_>>())
        };
        self.choose(&key.target, &candidates).or_else(here)
    }

    /// The view that stands for a table, by whichever of its keys.
    pub(super) fn of_table(&self, table: &PgName) -> Option<&PgName> {
        let from = (table.clone(), Vec::new());
        let of_table = self.views.range(from..).take_while(|((other, _), _)| other == table);
        let mut candidates: Vec<&Stand> = of_table.flat_map(|(_, stands)| stands).collect();
        candidates.sort_by_key(|stand| &stand.view);
        candidates.dedup_by_key(|stand| &stand.view);
        self.choose(table, &candidates).map(|stand| &stand.view)
    }

    fn choose<'s>(&self, table: &PgName, candidates: &[&'s Stand]) -> Option<&'s Stand> {
        let table = table.name.as_str();
        let without = table.split_once('_').map_or(table, |(_, rest)| rest);
        let called = |name: &str| {
            let short =
                |stand: &&&Stand| names::without_prefix(&stand.view.name, &self.prefix) == name;
            let mut stands = candidates.iter().filter(short);
            stands.next().filter(|_| stands.next().is_none())
        };
        match candidates {
            [only] => Some(only),
            _ => called(table).or_else(|| called(without)).copied(),
        }
    }
}

/// Whether a foreign key refers to more columns than a key of its target has, as those of tables
/// that many tenants share do: `(tenant_id, order_id)` to `(tenant_id, id)`.
fn is_wider(foreign: &ForeignKey, key: &[String]) -> bool {
    foreign.target_columns.len() > key.len()
        && key.iter().all(|column| foreign.target_columns.contains(column))
}

impl Stand {
    /// Its columns in the order of a foreign key.
    pub(super) fn in_order(&self, key: &ForeignKey) -> Vec<String> {
        let mut sorted = key.target_columns.clone();
        sorted.sort();
        let place = |column: &String| sorted.iter().position(|other| other == column);
        let columns = key.target_columns.iter().filter_map(|c| self.columns.get(place(c)?));
        columns.cloned().collect()
    }
}

/// The table and key that the columns of a view are, if they are of one row of it.
fn stand(view: &PgName, sources: &[Source<'_>], key: &[String]) -> Option<(TableKey, Stand)> {
    let source = |name: &String| sources.iter().find(|source| source.column.sql == *name);
    let mut found: Vec<&Source<'_>> = key.iter().map(source).collect::<Option<_>>()?;
    let first = *found.first()?;
    let instance = first.instance?.to_vec();
    let same_row = |other: &&Source<'_>| {
        other.base.table == first.base.table && other.instance == first.instance
    };
    if !found.iter().all(same_row) {
        return None;
    }
    found.sort_by_key(|source| &source.base.column);
    let base = found.iter().map(|source| source.base.column.clone()).collect();
    let columns = found.iter().map(|source| source.column.sql.clone()).collect();
    Some(((first.base.table.clone(), base), Stand { view: view.clone(), columns, instance }))
}

/// What columns of a table are called in a view that has them from the same row as its key.
fn names_of(
    columns: &[String],
    sources: &[Source<'_>],
    table: &PgName,
    own: &Stand,
) -> Option<Vec<String>> {
    let name = |column: &String| {
        let is_it = |source: &&Source<'_>| {
            source.base.table == *table
                && source.base.column == *column
                && source.instance == Some(&own.instance)
        };
        sources.iter().find(is_it).map(|source| source.column.sql.clone())
    };
    columns.iter().map(name).collect()
}
