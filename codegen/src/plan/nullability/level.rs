//! A query with its range table and the queries around it: what its columns are.
//!
//! Everything is computed on demand and once. A query that refers to something while that is
//! being computed, which only a recursive WITH item does legitimately, gets a safe answer.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::entries::Columns;
use super::expressions::Scope;
use super::fact_set::Facts;
use super::facts::Finder;
use super::grouping::{Grouping, groups_have_rows};
use super::joins::Joins;
use super::known::Known;
use super::sets::sets_in;
use super::tables::Checks;
use super::truth::Truth;
use super::{Nullability, Reason, set_operations};
use crate::catalog::{Catalog, PgName};
use crate::plan::columns::{ColumnFacts, ViewFacts};
use crate::plan::provenance;
use crate::query_tree::expression::Column;
use crate::query_tree::{Query, Target};

/// What an analysis can look up.
pub(in crate::plan) struct Context<'a> {
    pub(in crate::plan) catalog: &'a Catalog,
    /// The views that have been analysed: all that the query at hand reads.
    pub(in crate::plan) views: &'a BTreeMap<PgName, ViewFacts>,
    /// What was found out about tables.
    pub(in crate::plan) checks: &'a RefCell<BTreeMap<PgName, Checks>>,
}

/// A query.
pub(in crate::plan) struct Level<'a> {
    pub(super) context: &'a Context<'a>,
    pub(in crate::plan) query: &'a Query,
    pub(super) outer: Option<&'a Level<'a>>,
    /// What is known of columns of the queries around it.
    pub(super) given: Facts,
    pub(super) joins: Joins<'a>,
    pub(super) input: Lazy,
    pub(super) output: Lazy,
    /// With several grouping sets: the expressions that each of them has, and the others.
    pub(super) grouping: Option<Grouping<'a>>,
    pub(super) entries: RefCell<BTreeMap<usize, Columns>>,
    /// What a row of an entry shows.
    pub(super) shown: RefCell<BTreeMap<usize, Facts>>,
    /// The same under the condition that some columns of an entry are not null.
    pub(super) entries_given: RefCell<BTreeMap<Given, Rc<[ColumnFacts]>>>,
    pub(super) ctes: RefCell<BTreeMap<usize, Columns>>,
    /// What a row of a WITH item shows.
    pub(super) ctes_shown: RefCell<BTreeMap<usize, Facts>>,
    /// How often expressions may still be looked at for each side of a FULL JOIN.
    pub(super) splits: Cell<u32>,
}

/// The number of an entry, and the places of its columns that are not null.
pub(super) type Given = (usize, BTreeSet<usize>);

/// Something that is computed when it is asked for, and may be asked for meanwhile: then nothing
/// is known yet.
#[derive(Default)]
pub(super) struct Lazy {
    known: RefCell<Option<Rc<Known>>>,
    is_open: Cell<bool>,
}

impl Lazy {
    fn get(&self, find: impl FnOnce() -> Known) -> Rc<Known> {
        if let Some(known) = &*self.known.borrow() {
            return Rc::clone(known);
        }
        *self.known.borrow_mut() = Some(Rc::default());
        self.is_open.set(true);
        let known = Rc::new(find());
        self.is_open.set(false);
        *self.known.borrow_mut() = Some(Rc::clone(&known));
        known
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.get()
    }
}

impl<'a> Level<'a> {
    /// Takes up a query.
    pub(in crate::plan) fn new(
        context: &'a Context<'a>,
        query: &'a Query,
        outer: Option<&'a Level<'a>>,
    ) -> Self {
        Self {
            context,
            query,
            outer,
            given: Facts::default(),
            joins: Joins::new(query),
            input: Lazy::default(),
            output: Lazy::default(),
            grouping: Grouping::new(context.catalog, query),
            entries: RefCell::default(),
            shown: RefCell::default(),
            entries_given: RefCell::default(),
            ctes: RefCell::default(),
            ctes_shown: RefCell::default(),
            splits: Cell::new(MAX_SPLITS),
        }
    }

    /// The same query where something is known of the row around it.
    pub(super) fn knowing(self, facts: &Facts) -> Self {
        let inner = |column: Column| Some(Column { levels_up: column.levels_up + 1, ..column });
        Self { given: facts.moved(inner), ..self }
    }

    /// What holds for the rows that pass `WHERE`.
    pub(super) fn input(&self) -> Rc<Known> {
        let passed = || {
            let filter = self.query.filter.as_ref();
            let finder = Finder::new(self);
            let mut facts = self.given.clone();
            facts.extend(filter.map(|f| finder.of_condition(f, Truth::True)).unwrap_or_default());
            facts
        };
        self.input.get(|| Known::of_rows(self, passed()))
    }

    /// What holds for the rows, or groups, that pass `HAVING` too.
    pub(super) fn output(&self) -> Rc<Known> {
        self.output.get(|| {
            let having = self.query.having.as_ref();
            let finder = Finder::grouped(self);
            let passed = having.map(|having| finder.of_condition(having, Truth::True));
            let passed = passed.unwrap_or_default();
            let is_other =
                self.grouping.is_some() || self.query.is_grouped() && !groups_have_rows(self.query);
            if is_other {
                // `HAVING x IS NOT NULL` is about x after grouping, `WHERE` about x before: the
                // two differ where a grouping set makes x null. And a group without rows has no
                // row that passed `WHERE`, which may have been about columns of an outer query.
                Known::of_groups(passed)
            } else {
                self.input().with_facts(self, passed)
            }
        })
    }

    /// The query some levels further out.
    pub(in crate::plan) fn up(&self, levels: u32) -> Option<&Self> {
        let mut level = self;
        for _ in 0..levels {
            level = level.outer?;
        }
        Some(level)
    }

    /// The columns of the query's result.
    pub(in crate::plan) fn columns(&self) -> Vec<ColumnFacts> {
        self.columns_given(&BTreeSet::new())
    }

    /// The columns of those rows of the query's result in which some are not null, by place.
    pub(super) fn columns_given(&self, not_null: &BTreeSet<usize>) -> Vec<ColumnFacts> {
        if let Some(operation) = &self.query.set_operation {
            return set_operations::columns(self, operation, not_null);
        }
        let targets: Vec<&Target> = self.query.columns().collect();
        let finder = Finder::grouped(self);
        let given = not_null.iter().filter_map(|place| targets.get(*place));
        if given.clone().any(|target| target.value.is_null()) {
            let reason = Reason::new("there is no such row");
            let none = |_| ColumnFacts::computed(Nullability::not_null(reason.clone()));
            return targets.iter().map(none).collect();
        }
        let mut facts = Facts::all(given.map(|target| finder.of_value(&target.value)));
        // The rows of a set-returning function in the select list are the query's rows.
        let mut sets = self.query.targets.iter().flat_map(|target| sets_in(&target.value));
        if let (Some(set), None) = (sets.next(), sets.next()) {
            facts.extend(finder.of_set(set));
        }
        let scope = Scope::output(self).knowing(facts);
        targets.iter().map(|target| self.target(&scope, target)).collect()
    }

    fn target(&self, scope: &Scope<'_>, target: &Target) -> ColumnFacts {
        let nullability = scope.evaluate(&target.value);
        let partial =
            self.grouping.as_ref().is_some_and(|grouping| !grouping.always.contains(&target.value));
        let origin = if partial { None } else { provenance::origin(self, &target.value) };
        match origin {
            Some(origin) => ColumnFacts { nullability, ..origin },
            None => ColumnFacts::computed(nullability),
        }
    }
}

/// Enough for every view that people write, and nested ones must not take exponential time.
const MAX_SPLITS: u32 = 500;

/// A column about which nothing is claimed.
pub(super) fn unknown(reason: impl Into<String>) -> ColumnFacts {
    ColumnFacts::computed(Nullability::nullable(Reason::new(reason)))
}

/// A relation's name as people know it.
pub(in crate::plan) fn shown(relation: &PgName) -> String {
    if relation.schema == "public" { relation.name.clone() } else { relation.to_string() }
}
