//! What the query of a view says about its columns.
//!
//! PostgreSQL calls every column of every view nullable. The analysed query knows better, and
//! two questions are put to it here: can the column be null (`nullability`), and is it a column
//! of a base table, unchanged (`provenance`)?
//!
//! The answers are sound, not complete: a column that is called non-null is never null, on any
//! data and any supported version; one about which nothing is known is nullable. There is one
//! exception to "on any data", which PostgreSQL makes: a materialized view shows what was true
//! when it was refreshed, also after a column that it reads became NOT NULL.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::catalog::{Catalog, PgName};
use crate::query_tree::{Query, RangeSource};

use super::nullability::fact_set::Facts;
use super::nullability::level::{Context, Level};
use super::nullability::tables::Checks;
pub use super::nullability::{Nullability, Reason};
pub use super::provenance::BaseColumn;

/// What is known about a column of a view.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ColumnFacts {
    /// Whether it may be null, and how we know.
    pub nullability: Nullability,
    /// The base column whose value it is, unchanged; through an outer join it may be null
    /// instead.
    pub source: Option<BaseColumn>,
    /// Whether a materialized view keeps it: then it is the base column's value of another time.
    pub stored: bool,
}

/// What is known of a view.
pub(super) struct ViewFacts {
    /// About each column, in order.
    pub(super) columns: Vec<ColumnFacts>,
    /// About the columns of a row together.
    pub(super) shown: Facts,
}

impl ColumnFacts {
    /// A column that is no base column.
    pub(super) fn computed(nullability: Nullability) -> Self {
        Self { nullability, source: None, stored: false }
    }
}

/// Facts about every column of a view, in order.
///
/// For all views of a catalog, [`analyse_all`] does the work only once.
pub fn analyse(catalog: &Catalog, view: &PgName) -> Vec<ColumnFacts> {
    analysed(catalog, std::iter::once(view)).remove(view).unwrap_or_default()
}

/// Facts about every column of every view.
pub fn analyse_all(catalog: &Catalog) -> BTreeMap<PgName, Vec<ColumnFacts>> {
    analysed(catalog, catalog.views.keys())
}

/// Facts about some views and all that they read, from the bottom up: a view on a view on a view
/// must not need a stack as deep.
fn analysed<'a>(
    catalog: &'a Catalog,
    wanted: impl Iterator<Item = &'a PgName>,
) -> BTreeMap<PgName, Vec<ColumnFacts>> {
    let checks = RefCell::default();
    let found = bottom_up(catalog, wanted, |facts, name| view_facts(catalog, facts, &checks, name));
    found.into_iter().map(|(name, facts)| (name, facts.columns)).collect()
}

/// Finds something out about some views, and before that about all that they read.
pub(super) fn bottom_up<'a, T>(
    catalog: &'a Catalog,
    wanted: impl Iterator<Item = &'a PgName>,
    find: impl Fn(&BTreeMap<PgName, T>, &PgName) -> T,
) -> BTreeMap<PgName, T> {
    let mut facts = BTreeMap::new();
    for name in wanted {
        let mut open = vec![(name, false)];
        let mut seen = std::collections::BTreeSet::new();
        while let Some((name, ready)) = open.pop() {
            let Some(view) = catalog.views.get(name).filter(|_| !facts.contains_key(name)) else {
                continue;
            };
            if ready {
                let found = find(&facts, name);
                facts.insert(name.clone(), found);
            } else if seen.insert(name) {
                open.push((name, true));
                let mut read = Vec::new();
                relations(&view.query, &mut read);
                open.extend(read.into_iter().map(|name| (name, false)));
            }
        }
    }
    facts
}

/// Facts about a view, given those about the views that it reads.
fn view_facts(
    catalog: &Catalog,
    views: &BTreeMap<PgName, ViewFacts>,
    checks: &RefCell<BTreeMap<PgName, Checks>>,
    name: &PgName,
) -> ViewFacts {
    let Some(view) = catalog.views.get(name) else {
        return ViewFacts { columns: Vec::new(), shown: Facts::default() };
    };
    let context = Context { catalog, views, checks };
    let level = Level::new(&context, &view.query, None);
    let found = level.columns();
    let unknown = || {
        ColumnFacts::computed(Nullability::nullable(match &view.query.unreadable {
            Some(reason) => Reason::new(format!("the query is not understood: {reason}")),
            None => Reason::new("nothing is known about it"),
        }))
    };
    // Dropped columns aside, which views do not have, they correspond one to one.
    let mut found = found.into_iter();
    let columns = view.columns.iter().map(|_| found.next().unwrap_or_else(unknown)).collect();
    ViewFacts { columns, shown: level.facts_of_result() }
}

/// The relations that a query reads, in whichever part of it.
pub(super) fn relations<'a>(query: &'a Query, found: &mut Vec<&'a PgName>) {
    for entry in &query.range {
        match &entry.source {
            RangeSource::Relation { relation } => found.push(relation),
            RangeSource::Subquery { query } => relations(query, found),
            _ => {}
        }
    }
    query.ctes.iter().for_each(|cte| relations(&cte.query, found));
    let expressions = query.targets.iter().map(|target| &target.value);
    for expression in expressions.chain(&query.filter).chain(&query.having) {
        expression.subqueries(&mut |query| relations(query, found));
    }
}
