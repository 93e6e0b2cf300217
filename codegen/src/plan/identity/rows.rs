//! The keys of a query.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::equalities::is_fixed;
use super::joins::{Agreed, Joins};
use super::{Identity, Rank, RowKey, add};
use crate::catalog::{Catalog, PgName};
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, Query, RangeSource, Target};

/// What an analysis can look up.
pub(super) struct Context<'a> {
    pub(super) catalog: &'a Catalog,
    /// What is known about all views that the query at hand reads.
    pub(super) views: &'a BTreeMap<PgName, Identity>,
}

/// A query.
pub(super) struct Rows<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) query: &'a Query,
    outer: Option<&'a Rows<'a>>,
    /// Keys of items of the `WITH` list; none while they are being found out.
    ctes: RefCell<BTreeMap<usize, Rc<[RowKey]>>>,
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
    rank: Rank,
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
        if let Some(operation) = &query.set_operation {
            return self.set_operation_keys(operation);
        }
        let Some(joins) = Joins::new(self) else { return Vec::new() };
        let outputs: Vec<&Target> = query.columns().collect();
        let single = BTreeSet::new();
        if self.is_key(&joins, &outputs, &single) {
            let reason = "there is at most one row".to_owned();
            return vec![RowKey { columns: single, rank: Rank::Derived, reason }];
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
    fn is_key(&self, joins: &Joins, outputs: &[&Target], places: &BTreeSet<usize>) -> bool {
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
        rows || !query.distinct.is_empty() && query.distinct.iter().all(known)
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
        let by_place = |keys: &[RowKey], number: &dyn Fn(usize) -> Option<i16>| {
            let key = |key: &RowKey| {
                let columns = key.columns.iter().map(|place| number(*place)).collect::<Option<_>>();
                Some(EntryKey { columns: columns?, rank: key.rank })
            };
            keys.iter().filter_map(key).collect::<Vec<_>>()
        };
        let in_order = |place: usize| i16::try_from(place + 1).ok();
        let one_row = || vec![EntryKey { columns: Vec::new(), rank: Rank::Derived }];
        let keys = match &entry.source {
            RangeSource::Relation { relation } => match self.catalog().tables.get(relation) {
                Some(table) => table
                    .keys
                    .iter()
                    .filter_map(|key| {
                        let rank = if key.primary { Rank::Primary } else { Rank::Unique };
                        Some(EntryKey { columns: self.numbers(relation, &key.columns)?, rank })
                    })
                    .collect(),
                None => {
                    let view = self.catalog().views.get(relation);
                    let known = self.context.views.get(relation);
                    let number = |place: usize| Some(view?.columns.get(place)?.number);
                    known.map(|known| by_place(&known.keys, &number)).unwrap_or_default()
                }
            },
            RangeSource::Subquery { query } => {
                by_place(&Rows::new(self.context, query, Some(self)).keys(), &in_order)
            }
            RangeSource::Cte { cte, levels_up } => {
                let keys = self.up(*levels_up).map(|rows| rows.cte_keys(cte));
                keys.map(|keys| by_place(&keys, &in_order)).unwrap_or_default()
            }
            RangeSource::Values { rows } if rows.len() <= 1 => one_row(),
            RangeSource::Function { functions, ordinality } => {
                let single = |call: &Expr| matches!(call, Expr::Call(call) if !call.set);
                if functions.iter().all(|function| single(&function.call)) {
                    one_row()
                } else if *ordinality {
                    let columns: u32 = functions.iter().map(|function| function.columns).sum();
                    let number = i16::try_from(columns + 1).ok();
                    let key = |number| EntryKey { columns: vec![number], rank: Rank::Derived };
                    number.map(key).into_iter().collect()
                } else {
                    Vec::new()
                }
            }
            RangeSource::Values { .. } | RangeSource::Join { .. } | RangeSource::Other { .. } => {
                Vec::new()
            }
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

    fn cte_keys(&self, name: &str) -> Rc<[RowKey]> {
        let Some(index) = self.query.ctes.iter().position(|cte| cte.name == name) else {
            return [].into();
        };
        if let Some(keys) = self.ctes.borrow().get(&index) {
            return Rc::clone(keys);
        }
        self.ctes.borrow_mut().insert(index, [].into());
        let cte = &self.query.ctes[index];
        if !cte.recursive {
            let keys = Rows::new(self.context, &cte.query, Some(self)).keys();
            self.ctes.borrow_mut().insert(index, keys.into());
        }
        self.ctes.borrow().get(&index).cloned().unwrap_or_else(|| [].into())
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
