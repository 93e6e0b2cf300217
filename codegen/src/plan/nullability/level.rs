//! A query with its range table and the queries around it: what its columns are.
//!
//! Everything is computed on demand and once. A query that refers to something while that is
//! being computed, which only a recursive WITH item does legitimately, gets a safe answer.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::expressions::Scope;
use super::facts::{Finder, Truth};
use super::grouping::{Grouping, groups_have_rows};
use super::joins::Joins;
use super::known::Known;
use super::{Nullability, Reason, set_operations};
use crate::catalog::{Catalog, PgName};
use crate::comment::{self, Place};
use crate::plan::columns::{BaseColumn, ColumnFacts};
use crate::plan::provenance;
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, Query, RangeEntry, RangeSource, Target, nth};

/// What an analysis can look up.
pub(in crate::plan) struct Context<'a> {
    pub(in crate::plan) catalog: &'a Catalog,
    /// The views that have been analysed: all that the query at hand reads.
    pub(in crate::plan) views: &'a BTreeMap<PgName, Vec<ColumnFacts>>,
}

/// A query.
pub(in crate::plan) struct Level<'a> {
    pub(super) context: &'a Context<'a>,
    pub(in crate::plan) query: &'a Query,
    outer: Option<&'a Level<'a>>,
    pub(super) joins: Joins<'a>,
    /// What holds for the rows that pass `WHERE`.
    pub(super) input: Rc<Known>,
    /// What holds for the rows, or groups, that pass `HAVING` too.
    pub(super) output: Rc<Known>,
    /// With several grouping sets: the expressions that each of them has, and the others.
    pub(super) grouping: Option<Grouping<'a>>,
    entries: RefCell<BTreeMap<usize, Columns>>,
    ctes: RefCell<BTreeMap<usize, Columns>>,
    /// How often expressions may still be looked at for each side of a FULL JOIN.
    pub(super) splits: Cell<u32>,
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
        let (catalog, joins) = (context.catalog, Joins::new(query));
        let found = |finder: Finder<'_>, condition: Option<&Expr>| {
            let facts = condition.map(|condition| finder.of_condition(condition, Truth::True));
            facts.unwrap_or_default()
        };
        let passed = found(Finder::new(catalog), query.filter.as_ref());
        let input = Known::new(catalog, &joins, passed);
        let grouping = Grouping::new(catalog, query);
        let passed = found(Finder::grouped(catalog, grouping.as_ref()), query.having.as_ref());
        let output = if grouping.is_some() || query.is_grouped() && !groups_have_rows(query) {
            // `HAVING x IS NOT NULL` is about x after grouping, `WHERE` about x before: the two
            // differ where a grouping set makes x null. And a group without rows has no row that
            // passed `WHERE`, which may have been about columns of an outer query.
            Known::new(catalog, &Joins::default(), passed)
        } else {
            input.with_facts(catalog, &joins, passed)
        };
        let (input, output) = (Rc::new(input), Rc::new(output));
        let (entries, ctes) = (RefCell::default(), RefCell::default());
        let splits = Cell::new(MAX_SPLITS);
        Self { context, query, outer, joins, input, output, grouping, entries, ctes, splits }
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
        match &self.query.set_operation {
            Some(operation) => set_operations::columns(self, operation),
            None => self.query.columns().map(|target| self.target(target)).collect(),
        }
    }

    fn target(&self, target: &Target) -> ColumnFacts {
        let nullability = Scope::output(self).evaluate(&target.value);
        let partial =
            self.grouping.as_ref().is_some_and(|grouping| !grouping.always.contains(&target.value));
        let source = if partial { None } else { provenance::source(self, &target.value) };
        ColumnFacts { nullability, source }
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
                return ColumnFacts {
                    nullability: Nullability::not_null(Reason::new("`tableoid` is never null")),
                    source: None,
                };
            }
            let Some(column) = table.columns.iter().find(|column| column.number == number) else {
                return unknown(format!("a system column of `{shown}`"));
            };
            let name = &column.name;
            let nullability = if column.not_null {
                let reason = Reason::new(format!("column `{shown}.{name}` is NOT NULL"));
                Nullability::not_null(reason)
            } else {
                let reason = Reason::new(format!("column `{shown}.{name}` is nullable"));
                Nullability::nullable(reason)
            };
            let source = BaseColumn { table: relation.clone(), column: name.clone() };
            return ColumnFacts { nullability, source: Some(source) };
        }
        let view = self.context.catalog.views.get(relation);
        let index = view.and_then(|view| view.columns.iter().position(|c| c.number == number));
        let facts = self.context.views.get(relation);
        match (view, index, facts) {
            (Some(view), Some(index), Some(facts)) if index < facts.len() => {
                let ColumnFacts { nullability, source } = facts[index].clone();
                let column = &view.columns[index];
                let (comment, _) = comment::parse(column.comment.as_deref(), Place::Column);
                let nullability = if comment.not_null {
                    Nullability::not_null(Reason::new("its comment says `@notnull`"))
                } else {
                    nullability
                };
                let name = &column.name;
                let nullability = nullability.because(format!("column `{shown}.{name}`"));
                ColumnFacts { nullability, source }
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
                self.entries.borrow_mut().insert(range, Columns::Found(Rc::clone(&columns)));
                columns
            }
        }
    }

    fn find(&self, entry: &RangeEntry) -> Vec<ColumnFacts> {
        let computed = |nullability| ColumnFacts { nullability, source: None };
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
                .map(|_| ColumnFacts {
                    nullability: Nullability::not_null(reason.clone()),
                    source: None,
                })
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
    ColumnFacts { nullability: Nullability::nullable(Reason::new(reason)), source: None }
}

/// A relation's name as people know it.
pub(in crate::plan) fn shown(relation: &PgName) -> String {
    if relation.schema == "public" { relation.name.clone() } else { relation.to_string() }
}
