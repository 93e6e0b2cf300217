//! What identifies the rows of a view, proven from its query.
//!
//! A key of a base table is one of the view if no join repeats its rows; `GROUP BY`, `DISTINCT`
//! and set operations make keys of their own. Everything is one question: given the values of
//! some columns, is there at most one row?
//!
//! A key here means what a UNIQUE constraint means: no two rows agree on all of its columns,
//! *provided that none of these is null*. This is exactly what survives outer joins, and it is all
//! that a join needs, whose `=` excludes nulls. Who claims a key of a view has to prove in addition
//! that its columns are not null, as `plan/keys.rs` does.
//!
//! - `rows`: a query: its keys, step by step through grouping and DISTINCT; `set_operations` has
//!   the rest, `columns` what it asks about columns, `words` the explanation;
//! - `joins`: which rows of `FROM` are determined by which columns;
//! - `entries`: the keys of what stands in `FROM`; `trees` those of recursive queries;
//! - `equalities`: which conditions make two columns equal, or fix one;
//!
//! The answers are sound, not complete. What is not understood gives no key. A query does not say
//! by which collation it compares text, so where a nondeterministic one plays any part in it, no
//! comparison of text says anything. A materialized view shows what was true when it was
//! refreshed, also after what it reads got a unique constraint.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{bottom_up, relations};
use super::nullability::{level, whole};
use crate::catalog::{Catalog, PgName};

mod columns;
mod entries;
mod equalities;
mod joins;
mod rows;
mod set_operations;
mod trees;
mod words;

/// What is known about the rows of a view.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Its keys, none of which contains another.
    pub keys: Vec<RowKey>,
    /// For each column that is one of a base table, unchanged: which reading of that table it
    /// comes from. Columns with equal instances are of one row of that table.
    pub instances: Vec<Option<Vec<usize>>>,
    /// Whether it shows its tables as they are, without a materialized view in between.
    pub live: bool,
}

/// Columns that identify a row if none of them is null.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowKey {
    /// The places of the columns. With none of them, there is at most one row.
    pub columns: BTreeSet<usize>,
    /// What it was made from.
    pub rank: Rank,
    /// How we know, in words.
    pub reason: String,
}

/// What a key was made from, the best first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Rank {
    /// Primary keys.
    Primary,
    /// A unique constraint or index.
    Unique,
    /// Anything else: keys of several tables, what was grouped, made distinct, united or numbered.
    Derived,
}

/// Finds out what identifies the rows of every view.
pub fn identify_all(catalog: &Catalog) -> BTreeMap<PgName, Identity> {
    bottom_up(catalog, catalog.views.keys(), |known, name| identify(catalog, known, name))
}

/// Why a view need not have a row for each row of a base table, that of an instance.
pub fn incomplete(catalog: &Catalog, name: &PgName, instance: &[usize]) -> Option<String> {
    let (views, checks) = Default::default();
    let context = level::Context { catalog, views: &views, checks: &checks };
    whole::view_has_all(&context, name, instance).err()
}

fn identify(catalog: &Catalog, known: &BTreeMap<PgName, Identity>, name: &PgName) -> Identity {
    let Some(view) = catalog.views.get(name) else { return Identity::default() };
    let nondeterministic = view.nondeterministic;
    let context = rows::Context { catalog, views: known, nondeterministic };
    let rows = rows::Rows::new(&context, &view.query, None);
    let mut keys = rows.keys();
    for index in &view.keys {
        let place = |name: &String| view.columns.iter().position(|column| column.name == *name);
        if let Some(columns) = index.columns.iter().map(place).collect::<Option<_>>() {
            let reason = "it has a unique index".to_owned();
            add(&mut keys, RowKey { columns, rank: Rank::Primary, reason });
        }
    }
    let mut read = Vec::new();
    relations(&view.query, &mut read);
    let live = !view.materialized
        && read.into_iter().all(|name| known.get(name).is_none_or(|identity| identity.live));
    Identity { keys, instances: rows.instances(), live }
}

/// How many keys are kept: a wide view has more than anybody asks for.
const MOST_KEYS: usize = 12;

/// Adds a key, unless one is known that is part of it; drops those of which it is part.
fn add(keys: &mut Vec<RowKey>, key: RowKey) {
    let better = |one: &RowKey, other: &RowKey| {
        one.columns.is_subset(&other.columns)
            && (one.columns != other.columns || one.rank <= other.rank)
    };
    if !keys.iter().any(|known| better(known, &key)) {
        keys.retain(|known| !better(&key, known));
        if keys.len() < MOST_KEYS {
            keys.push(key);
        }
    }
}
