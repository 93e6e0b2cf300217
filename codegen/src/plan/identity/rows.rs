//! The keys of a query.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::equalities::is_fixed;
use super::joins::{Agreed, Joins};
use super::{Identity, Rank, RowKey, add};
use crate::catalog::{Catalog, PgName};
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, Query, Target};

/// What an analysis can look up.
pub(super) struct Context<'a> {
    pub(super) catalog: &'a Catalog,
    /// What is known about all views that the query at hand reads.
    pub(super) views: &'a BTreeMap<PgName, Identity>,
    /// Whether text may be compared by rules that call different texts equal.
    pub(super) nondeterministic: bool,
}

/// A query.
pub(super) struct Rows<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) query: &'a Query,
    outer: Option<&'a Rows<'a>>,
    /// Keys of items of the `WITH` list; while they are being found out, what is assumed.
    pub(super) ctes: RefCell<BTreeMap<usize, Rc<[RowKey]>>>,
}

/// An entry of the range table with its keys.
pub(super) struct EntryKeys {
    /// Its number.
    pub(super) range: usize,
    /// Its keys, by column number.
    pub(super) keys: Vec<EntryKey>,
    /// The entries that its rows depend on (`LATERAL`).
    pub(super) depends: BTreeSet<usize>,
}

/// A key of an entry of the range table.
pub(super) struct EntryKey {
    /// Its columns.
    pub(super) columns: Vec<i16>,
    pub(super) rank: Rank,
}

/// A key as it might be: columns to try, and where they are from.
struct Candidate {
    places: BTreeSet<usize>,
    rank: Rank,
    /// The entry whose key it is; `None` if it is a combination.
    from: Option<(usize, Vec<i16>)>,
}

/// How many rows of `FROM` are combined into one key: with more, nobody could use it.
const MOST_COMBINED: usize = 4;

impl<'a> Rows<'a> {
    /// Takes up a query.
    pub(super) fn new(
        context: &'a Context<'a>,
        query: &'a Query,
        outer: Option<&'a Rows<'a>>,
    ) -> Self {
        Self { context, query, outer, ctes: RefCell::default() }
    }

    pub(super) fn catalog(&self) -> &'a Catalog {
        self.context.catalog
    }

    /// The keys of the result.
    pub(super) fn keys(&self) -> Vec<RowKey> {
        let query = self.query;
        if query.unreadable.is_some() {
            return Vec::new();
        }
        if query.at_most_one {
            return vec![one_row("LIMIT 1 leaves at most one row")];
        }
        if let Some(operation) = &query.set_operation {
            return self.set_operation_keys(operation);
        }
        let Some(joins) = Joins::new(self) else { return Vec::new() };
        let outputs: Vec<&Target> = query.columns().collect();
        let single = BTreeSet::new();
        if self.is_key(&joins, &outputs, &single) {
            return vec![one_row("there is at most one row")];
        }
        let mut keys = Vec::new();
        for candidate in self.candidates(&joins, &outputs) {
            if !self.is_key(&joins, &outputs, &candidate.places) {
                continue;
            }
            // The first columns stay.
            let mut columns = candidate.places.clone();
            for place in candidate.places.iter().rev() {
                columns.remove(place);
                if !self.is_key(&joins, &outputs, &columns) {
                    columns.insert(*place);
                }
            }
            let reason = self.reason(&joins, &outputs, &columns, candidate.from.as_ref());
            add(&mut keys, RowKey { columns, rank: candidate.rank, reason });
        }
        keys
    }

    /// Whether no two rows of the result agree on some outputs, none of which is null.
    pub(super) fn is_key(
        &self,
        joins: &Joins,
        outputs: &[&Target],
        places: &BTreeSet<usize>,
    ) -> bool {
        let chosen = || places.iter().filter_map(|place| outputs.get(*place));
        let columns = chosen().filter_map(|target| self.own_column(&target.value));
        let agreed = joins.agreed(columns);
        let query = self.query;
        let known = |reference: &u32| {
            let target = query.targets.iter().find(|target| target.reference == *reference);
            target.is_some_and(|target| {
                chosen().any(|chosen| chosen.number == target.number)
                    || self.is_known(&agreed, &target.value)
            })
        };
        let rows = if !query.grouping_sets.is_empty() || query.set_returning {
            false
        } else if query.is_grouped() {
            query.group_by.iter().all(known)
        } else {
            joins.is_one_row(&agreed)
        };
        let numbered = || chosen().filter_map(|target| self.numbered_by(target));
        rows || !query.distinct.is_empty() && query.distinct.iter().all(known)
            || numbered().any(|partition| partition.iter().all(known))
    }

    /// If an output is `row_number()`: what the rows are partitioned by.
    fn numbered_by(&self, target: &Target) -> Option<&'a [u32]> {
        let Expr::Window(call) = &target.value else { return None };
        let routine = self.catalog().routines.get(&call.function)?;
        let windows = &self.query.windows;
        let window = windows.iter().find(|window| window.reference == call.window)?;
        // A set-returning function repeats a row with its number.
        (routine.name == PgName::new("pg_catalog", "row_number") && !self.query.set_returning)
            .then_some(&window.partition_by)
    }

    /// Whether rows agree on the value of an expression.
    fn is_known(&self, agreed: &Agreed, value: &Expr) -> bool {
        // Equal is not the same: `a = b` says nothing about `a::text = b::text`.
        self.own_column(value).is_some_and(|column| agreed.has(column))
            || is_fixed(self, value, &|column| agreed.has_entry(column.range))
    }

    fn candidates(&self, joins: &Joins, outputs: &[&Target]) -> Vec<Candidate> {
        let query = self.query;
        let mut candidates = Vec::new();
        let mut combined = Candidate { places: BTreeSet::new(), rank: Rank::Primary, from: None };
        let mut combining = 0;
        for entry in &joins.entries {
            let mut best: Option<(BTreeSet<usize>, Rank)> = None;
            for key in &entry.keys {
                let Some(places) = self.places(joins, outputs, entry.range, key) else { continue };
                let better = best
                    .as_ref()
                    .is_none_or(|(others, rank)| (key.rank, places.len()) < (*rank, others.len()));
                if better {
                    best = Some((places.clone(), key.rank));
                }
                let from = Some((entry.range, key.columns.clone()));
                candidates.push(Candidate { places, rank: key.rank, from });
            }
            if let Some((places, rank)) = best {
                combining += usize::from(!places.is_subset(&combined.places));
                combined.places.extend(places);
                combined.rank = combined.rank.max(rank);
            }
        }
        if combining > 1 {
            combined.rank = Rank::Derived;
        }
        if combining <= MOST_COMBINED {
            candidates.push(combined);
        }
        for references in [&query.group_by, &query.distinct] {
            let referenced = |target: &&Target| references.contains(&target.reference);
            let places = (0..).zip(outputs).filter(|(_, target)| referenced(target));
            let places = places.map(|(place, _)| place).collect();
            if !references.is_empty() {
                candidates.push(Candidate { places, rank: Rank::Derived, from: None });
            }
        }
        for (place, target) in (0..).zip(outputs) {
            let Some(partition) = self.numbered_by(target) else { continue };
            let places =
                (0..).zip(outputs).filter(|(_, other)| partition.contains(&other.reference));
            let places = places.map(|(place, _)| place).chain([place]).collect();
            candidates.push(Candidate { places, rank: Rank::Derived, from: None });
        }
        candidates
    }

    /// The outputs that are the columns of a key, or equal to them; those that are fixed are not
    /// needed.
    fn places(
        &self,
        joins: &Joins,
        outputs: &[&Target],
        range: usize,
        key: &EntryKey,
    ) -> Option<BTreeSet<usize>> {
        let fixed = joins.agreed([]);
        let place = |number: &i16| {
            let column = Column { range, column: *number, levels_up: 0 };
            joins.equal_to(column).into_iter().find_map(|column| {
                let is = |target: &&Target| self.own_column(&target.value) == Some(column);
                outputs.iter().position(is)
            })
        };
        let needed = |number: &&i16| !fixed.has(Column { range, column: **number, levels_up: 0 });
        key.columns.iter().filter(needed).map(place).collect()
    }

    /// The column of this query that an expression is, unchanged.
    pub(super) fn own_column(&self, value: &Expr) -> Option<Column> {
        match self.query.resolved(value) {
            Expr::Column(column) if column.levels_up == 0 && column.column > 0 => Some(*column),
            _ => None,
        }
    }

    /// The query some levels further out.
    pub(super) fn up(&self, levels: u32) -> Option<&Self> {
        let mut rows = self;
        for _ in 0..levels {
            rows = rows.outer?;
        }
        Some(rows)
    }
}

/// The key of what has at most one row.
fn one_row(reason: &str) -> RowKey {
    RowKey { columns: BTreeSet::new(), rank: Rank::Derived, reason: reason.to_owned() }
}
