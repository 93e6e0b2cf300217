//! A query with its range table and the queries around it: what its columns are.
//!
//! Everything is computed on demand and once. A query that refers to something while that is
//! being computed, which only a recursive WITH item does legitimately, gets a safe answer.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::calls::sets_in;
use super::expressions::Scope;
use super::fact_set::Facts;
use super::facts::Finder;
use super::grouping::{Grouping, groups_have_rows};
use super::joins::Joins;
use super::known::Known;
use super::tables::Checks;
use super::truth::Truth;
use super::{Nullability, Reason, set_operations};
use crate::catalog::{Catalog, PgName};
use crate::comment::{self, Place};
use crate::plan::columns::{BaseColumn, ColumnFacts, ViewFacts};
use crate::plan::provenance;
use crate::query_tree::expression::Column;
use crate::query_tree::{
    Expr, Query, RangeEntry, RangeFunction, RangeSource, SetOperation, SetOperator, Target, nth,
};

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
    outer: Option<&'a Level<'a>>,
    /// What is known of columns of the queries around it.
    given: Facts,
    pub(super) joins: Joins<'a>,
    input: Lazy,
    output: Lazy,
    /// With several grouping sets: the expressions that each of them has, and the others.
    pub(super) grouping: Option<Grouping<'a>>,
    entries: RefCell<BTreeMap<usize, Columns>>,
    /// What a row of an entry shows.
    shown: RefCell<BTreeMap<usize, Facts>>,
    /// The same under the condition that some columns of an entry are not null.
    entries_given: RefCell<BTreeMap<Given, Rc<[ColumnFacts]>>>,
    ctes: RefCell<BTreeMap<usize, Columns>>,
    /// What a row of a WITH item shows.
    ctes_shown: RefCell<BTreeMap<usize, Facts>>,
    /// How often expressions may still be looked at for each side of a FULL JOIN.
    pub(super) splits: Cell<u32>,
}

/// The number of an entry, and the places of its columns that are not null.
type Given = (usize, BTreeSet<usize>);

/// Something that is computed when it is asked for, and may be asked for meanwhile: then nothing
/// is known yet.
#[derive(Default)]
struct Lazy {
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

    fn is_open(&self) -> bool {
        self.is_open.get()
    }
}

/// The columns of something.
#[derive(Clone)]
enum Columns {
    /// They are being found out, and may be assumed to be these.
    Assumed(Rc<[ColumnFacts]>),
    Found(Rc<[ColumnFacts]>),
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

    /// What a row of the query shows about columns of the queries around it, as seen from the
    /// next of them.
    pub(super) fn facts_further_out(&self) -> Facts {
        let outer = |column: Column| {
            let levels_up = column.levels_up.checked_sub(1)?;
            Some(Column { levels_up, ..column })
        };
        match &self.query.set_operation {
            None => self.output().facts().moved(outer),
            Some(operation) => self.arm_facts(operation).moved(outer),
        }
    }

    fn arm_facts(&self, arm: &SetOperation) -> Facts {
        match arm {
            SetOperation::Query { range } => match self.query.range_entry(*range) {
                Some(RangeEntry { source: RangeSource::Subquery { query }, .. }) => {
                    Level::new(self.context, query, Some(self)).facts_further_out()
                }
                _ => Facts::default(),
            },
            SetOperation::Operation { operator, left, right, .. } => match operator {
                SetOperator::Union => Facts::one_of([self.arm_facts(left), self.arm_facts(right)]),
                SetOperator::Intersect => Facts::all([self.arm_facts(left), self.arm_facts(right)]),
                SetOperator::Except => self.arm_facts(left),
            },
        }
    }

    /// What a row of the query shows about the columns of its result, as those of the first range
    /// table entry of a query around it.
    pub(in crate::plan) fn facts_of_result(&self) -> Facts {
        let query = self.query;
        if query.set_operation.is_some() || self.grouping.is_some() || query.unreadable.is_some() {
            return Facts::default();
        }
        let columns: Vec<&Expr> = query.columns().map(|t| query.resolved(&t.value)).collect();
        let result = |column: Column| {
            let place = columns.iter().position(|value| **value == Expr::Column(column))?;
            let column = i16::try_from(place + 1).ok()?;
            Some(Column { range: 1, column, levels_up: 0 })
        };
        self.output().facts().moved(result)
    }

    /// What a row of an entry shows, apart from its columns' own constraints.
    pub(super) fn entry_facts(&self, range: usize) -> Facts {
        if let Some(facts) = self.shown.borrow().get(&range) {
            return facts.clone();
        }
        let facts = self.find_entry_facts(range);
        if !self.input.is_open() && !self.output.is_open() {
            self.shown.borrow_mut().insert(range, facts.clone());
        }
        facts
    }

    fn find_entry_facts(&self, range: usize) -> Facts {
        let here = |column: Column| Some(Column { range, ..column });
        match self.query.range_entry(range).map(|entry| &entry.source) {
            Some(RangeSource::Relation { relation }) => {
                if let Some(table) = self.context.catalog.tables.get(relation) {
                    return self.check_facts(relation, table).moved(here);
                }
                let view = self.context.catalog.views.get(relation);
                let shown = self.context.views.get(relation).map(|known| &known.shown);
                let number = |column: Column| {
                    let place = usize::try_from(column.column).ok()?.checked_sub(1)?;
                    let column = view?.columns.get(place)?.number;
                    Some(Column { range, column, levels_up: 0 })
                };
                shown.map(|shown| shown.moved(number)).unwrap_or_default()
            }
            Some(RangeSource::Subquery { query }) => {
                let level = Level::new(self.context, query, Some(self));
                let mut facts = level.facts_of_result().moved(here);
                if self.query.lateral.contains(&range) {
                    facts.extend(level.facts_further_out());
                }
                facts
            }
            Some(RangeSource::Cte { cte, levels_up }) => {
                let level = self.up(*levels_up);
                level.map(|level| level.cte_facts(cte).moved(here)).unwrap_or_default()
            }
            // A strict function that returns a set has no rows for null.
            Some(RangeSource::Function { functions, .. }) => match functions.as_slice() {
                [RangeFunction { call: Expr::Call(call), .. }] => Finder::new(self).of_set(call),
                _ => Facts::default(),
            },
            _ => Facts::default(),
        }
    }

    /// What a row of an item of this query's `WITH` list shows about its columns.
    fn cte_facts(&self, name: &str) -> Facts {
        let index = self.query.ctes.iter().position(|cte| cte.name == name && !cte.recursive);
        let Some(index) = index else { return Facts::default() };
        if let Some(facts) = self.ctes_shown.borrow().get(&index) {
            return facts.clone();
        }
        self.ctes_shown.borrow_mut().insert(index, Facts::default());
        let query = &self.query.ctes[index].query;
        let facts = Level::new(self.context, query, Some(self)).facts_of_result();
        self.ctes_shown.borrow_mut().insert(index, facts.clone());
        facts
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

/// Enough for every view that people write, and nested ones must not take exponential time.
const MAX_SPLITS: u32 = 500;

/// The number of the system column `tableoid`.
const TABLEOID: i16 = -6;

/// A column about which nothing is claimed.
pub(super) fn unknown(reason: impl Into<String>) -> ColumnFacts {
    ColumnFacts::computed(Nullability::nullable(Reason::new(reason)))
}

/// A relation's name as people know it.
pub(in crate::plan) fn shown(relation: &PgName) -> String {
    if relation.schema == "public" { relation.name.clone() } else { relation.to_string() }
}
