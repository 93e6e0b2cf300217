//! The rules for expressions.

use std::rc::Rc;

use super::facts::{Finder, Truth};
use super::joins::{Joins, Side, has_row};
use super::known::Known;
use super::level::Level;
use super::{Nullability, Reason};
use crate::catalog::TypeKind;
use crate::query_tree::expression::{
    Case, Coercion, Column, Constant, SessionValue, Subquery, SubqueryKind,
};
use crate::query_tree::{Expr, JoinKind, RangeSource};

/// Where an expression stands.
#[derive(Clone)]
pub(super) struct Scope<'s> {
    pub(super) level: &'s Level<'s>,
    pub(super) known: Rc<Known>,
    /// Whether it is evaluated after grouping, outside of aggregates.
    grouped: bool,
    /// What [`Expr::SubqueryColumn`] stands for.
    subquery: Option<&'s [Nullability]>,
    depth: usize,
}

/// How deep expressions may nest, through columns of joins as well.
const MAX_DEPTH: usize = 200;

fn not_null(reason: impl Into<String>) -> Nullability {
    Nullability::not_null(Reason::new(reason))
}

fn nullable(reason: impl Into<String>) -> Nullability {
    Nullability::nullable(Reason::new(reason))
}

impl<'s> Scope<'s> {
    /// For the select list of a query.
    pub(super) fn output(level: &'s Level<'s>) -> Self {
        let known = Rc::clone(&level.output);
        Self { level, known, grouped: true, subquery: None, depth: 0 }
    }

    /// For what is computed for each row of `FROM`: columns of joins, arguments of aggregates.
    pub(super) fn input(level: &'s Level<'s>) -> Self {
        let known = Rc::clone(&level.input);
        Self { level, known, grouped: false, subquery: None, depth: 0 }
    }

    /// The same one level further down.
    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }

    /// Whether an expression can be null.
    pub(super) fn evaluate(&self, expression: &Expr) -> Nullability {
        if self.depth > MAX_DEPTH {
            return nullable("the expression nests too deeply");
        }
        let answer = self.by_place(expression).unwrap_or_else(|| self.deeper().rule(expression));
        let is_fact = || {
            self.known.is_fact(expression) || self.known.is_fact(self.level.resolved(expression))
        };
        if !answer.is_not_null() && is_fact() {
            let name = self.name(expression);
            return not_null(format!("a condition leaves out rows where {name} is null"));
        }
        answer
    }

    /// The answer for an expression that stands after grouping by several sets, as far as it is
    /// a grouping expression.
    fn by_place(&self, expression: &Expr) -> Option<Nullability> {
        let grouping = self.level.grouping.as_ref().filter(|_| self.grouped)?;
        if grouping.always.contains(expression) {
            return Some(Self::input(self.level).evaluate(expression));
        }
        let is_column = matches!(expression, Expr::Column(column) if column.levels_up == 0);
        // A column that is no grouping expression depends on one, and we do not know on which.
        (grouping.sometimes.contains(expression) || is_column)
            .then(|| nullable(format!("{} is not in every grouping set", self.name(expression))))
    }

    /// The rule for each kind of expression.
    fn rule(&self, expression: &Expr) -> Nullability {
        match expression {
            Expr::Column(column) => self.column(*column),
            Expr::Constant(Constant { value: Some(_), .. }) => not_null("it is a literal"),
            Expr::Constant(_) => nullable("it is the literal NULL"),
            Expr::SubqueryColumn { column } => {
                let index = usize::try_from(*column).ok().and_then(|column| column.checked_sub(1));
                let known = index.and_then(|index| self.subquery?.get(index));
                known.cloned().unwrap_or_else(|| nullable("a column of a subquery"))
            }
            Expr::Call(call) => self.call(call),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Window(window) => self.window(window),
            Expr::Grouping => not_null("`grouping` is a number"),
            Expr::Distinct(call) => {
                self.built_in_only(std::slice::from_ref(&call.function), "IS DISTINCT FROM")
            }
            Expr::NullIf(_) => nullable("NULLIF returns null for equal values"),
            Expr::AnyAll { call, .. } => self.any_all(call),
            Expr::And { arguments } | Expr::Or { arguments } => self.each(arguments),
            Expr::Not { argument } => self.evaluate(argument),
            Expr::Subquery(subquery) => self.subquery(subquery),
            Expr::Field { argument, number } => self.field(argument, *number),
            Expr::Subscript { .. } => nullable("there may be nothing at that subscript"),
            Expr::Coercion { how, ty, argument } => {
                let domain = self.level.context.catalog.types.get(&ty.name);
                match domain.map(|domain| &domain.kind) {
                    Some(TypeKind::Domain { not_null: true, .. })
                        if *how == Coercion::Domain && !ty.array =>
                    {
                        not_null(format!("a cast to `{}` refuses nulls", ty.name))
                    }
                    _ => self.evaluate(argument),
                }
            }
            Expr::Case(case) => self
                .by_side(&|scope| scope.case(case))
                .either_way("no result of CASE is null", "a result of CASE may be null"),
            Expr::CaseValue => nullable("the value of a CASE"),
            Expr::Array { .. } => not_null("ARRAY[…] is never null"),
            // A composite whose fields are all null passes for null (`IS NULL` says so).
            Expr::Row { fields } => {
                Nullability::any(fields.iter().map(|field| self.evaluate(field)))
                    .either_way("a field of the row is never null", "all fields may be null")
            }
            Expr::RowComparison { functions, arguments } => Nullability::all([
                self.built_in_only(functions, "the comparison"),
                self.each(arguments),
            ]),
            Expr::Coalesce { arguments } => self.any(arguments, "COALESCE"),
            Expr::GreatestLeast { arguments } => self.any(arguments, "GREATEST or LEAST"),
            Expr::SessionValue(SessionValue::Schema) => {
                nullable("CURRENT_SCHEMA is null without a schema")
            }
            Expr::SessionValue(_) => not_null("every session has it"),
            Expr::NullTest { .. } => not_null("IS [NOT] NULL is true or false"),
            Expr::BooleanTest { .. } => not_null("IS [NOT] TRUE and its like are true or false"),
            Expr::Other { what } => nullable(format!("no rule for {what}")),
        }
    }

    /// Null only if all of these are.
    fn any(&self, arguments: &[Expr], name: &str) -> Nullability {
        self.by_side(&|scope| {
            Nullability::any(arguments.iter().map(|argument| scope.evaluate(argument)))
        })
        .either_way(
            format!("{name} has an argument that is never null"),
            format!("every argument of {name} may be null"),
        )
    }

    /// Null if one of these is.
    pub(super) fn each(&self, arguments: &[Expr]) -> Nullability {
        Nullability::all(arguments.iter().map(|argument| self.evaluate(argument)))
    }

    fn column(&self, column: Column) -> Nullability {
        if column.levels_up > 0 {
            return self.outer_column(column);
        }
        let resolved = self.level.resolved(&Expr::Column(column)).clone();
        let column = match resolved {
            Expr::Column(inner) => inner,
            // A merged column of a FULL JOIN.
            behind => return self.evaluate(&behind),
        };
        let Some(within) = self.level.joins.within(column.range) else {
            return nullable("its place in FROM is not understood");
        };
        if let Some(missing) = within.iter().find(|side| !self.known.is_present(**side)) {
            let kind = match self.level.joins.joins[missing.join].kind {
                JoinKind::Full => "FULL",
                JoinKind::Right => "RIGHT",
                JoinKind::Left | JoinKind::Inner => "LEFT",
            };
            let name = self.entry_name(column.range);
            return nullable(format!("{name} is on the nullable side of a {kind} JOIN"));
        }
        if column.column == 0 {
            return self.whole_row(column);
        }
        let facts = self.level.entry_column(column);
        match self.level.query.range_entry(column.range).map(|entry| &entry.source) {
            Some(RangeSource::Subquery { .. } | RangeSource::Cte { .. }) => {
                facts.nullability.because(format!("a column of {}", self.entry_name(column.range)))
            }
            _ => facts.nullability,
        }
    }

    /// A whole row counts as null if all its columns are null.
    fn whole_row(&self, row: Column) -> Nullability {
        let width = match self.level.query.range_entry(row.range).map(|entry| &entry.source) {
            Some(RangeSource::Relation { relation }) => {
                let catalog = self.level.context.catalog;
                let table = catalog.tables.get(relation);
                let numbers = table.map(|table| table.columns.iter().map(|c| c.number).max());
                numbers.flatten().unwrap_or(0)
            }
            Some(RangeSource::Subquery { query }) => {
                query.columns().map(|target| target.number).max().unwrap_or(0)
            }
            _ => 0,
        };
        let column = |number| self.level.entry_column(Column { column: number, ..row }).nullability;
        let name = self.entry_name(row.range);
        Nullability::any((1..=width).map(column)).either_way(
            format!("a column of {name} is never null"),
            format!("all columns of {name} may be null"),
        )
    }

    /// A column of a query further out, which the row at hand is computed for.
    fn outer_column(&self, column: Column) -> Nullability {
        // Conditions of the queries in between can be about it too.
        for levels in 1..column.levels_up {
            let inner = Expr::Column(Column { levels_up: column.levels_up - levels, ..column });
            if self.level.up(levels).is_some_and(|level| level.input.is_fact(&inner)) {
                return not_null("a condition excludes rows where it is null");
            }
        }
        match self.level.up(column.levels_up) {
            Some(level) => Scope { depth: self.depth, ..Scope::output(level) }
                .evaluate(&Expr::Column(Column { levels_up: 0, ..column })),
            None => nullable("its origin is not understood"),
        }
    }

    fn field(&self, argument: &Expr, number: i16) -> Nullability {
        match argument {
            Expr::Row { fields } => match super::level::nth(fields, number) {
                Some(field) => self.evaluate(field),
                None => nullable("a field that is not there"),
            },
            Expr::Column(row) if row.column == 0 && number > 0 => {
                self.evaluate(&Expr::Column(Column { column: number, ..*row }))
            }
            _ => nullable("a field of a composite has no NOT NULL"),
        }
    }

    /// `CASE`: each result with what its condition says, and nothing else is possible.
    fn case(&self, case: &Case) -> Nullability {
        let finder = self.finder().within(case);
        let mut rest = self.clone();
        let mut results = Vec::new();
        for arm in &case.arms {
            if rest.is_never_true(&arm.when) {
                continue;
            }
            let holds = rest.knowing(finder.of_condition(&arm.when, Truth::True));
            results.push(holds.evaluate(&arm.then));
            rest = rest.knowing(finder.of_condition(&arm.when, Truth::NotTrue));
            if arm.when.is_true() {
                return Nullability::all(results);
            }
        }
        results.push(rest.evaluate(&case.otherwise));
        Nullability::all(results)
    }

    fn is_never_true(&self, condition: &Expr) -> bool {
        match condition {
            Expr::NullTest { argument, is_null: true, row: false } => {
                self.evaluate(argument).is_not_null()
            }
            Expr::Constant(constant) => !constant.is_true(),
            _ => false,
        }
    }

    /// A row of a FULL JOIN has at least one of its sides, so a value that is non-null with
    /// either of them is non-null.
    fn by_side(&self, evaluate: &dyn Fn(&Self) -> Nullability) -> Nullability {
        let answer = evaluate(self);
        let joins = &self.level.joins;
        let full = |(_, join): &(usize, &super::joins::Join<'_>)| join.kind == JoinKind::Full;
        let candidates = joins.joins.iter().enumerate().filter(full);
        let candidates: Vec<usize> = candidates
            .filter(|(_, join)| join.within.iter().all(|side| self.known.is_present(*side)))
            .filter(|(index, _)| {
                [false, true]
                    .iter()
                    .all(|right| !self.known.is_present(Side { join: *index, right: *right }))
            })
            .map(|(index, _)| index)
            .collect();
        let usable = !(self.grouped && self.level.grouping.is_some());
        if answer.is_not_null() || !usable {
            return answer;
        }
        for join in candidates {
            let Some(left) = self.level.splits.get().checked_sub(1) else { break };
            self.level.splits.set(left);
            let with = |right| {
                let side = Side { join, right };
                let known = self.known.with_side(self.level.context.catalog, joins, side);
                evaluate(&Self { known: Rc::new(known), ..self.deeper() })
            };
            let either = Nullability::all([with(false), with(true)]);
            if either.is_not_null() {
                return either.because("a row of a FULL JOIN has a left or a right side");
            }
        }
        answer
    }

    fn subquery(&self, subquery: &Subquery) -> Nullability {
        let columns = || -> Vec<Nullability> {
            let level = Level::new(self.level.context, &subquery.query, Some(self.level));
            level.columns().into_iter().map(|column| column.nullability).collect()
        };
        match (subquery.kind, &subquery.test) {
            (SubqueryKind::Exists, _) => not_null("EXISTS is true or false"),
            (SubqueryKind::Array, _) => not_null("ARRAY(SELECT …) is never null"),
            (SubqueryKind::Value, _) if !has_row(&subquery.query) => {
                nullable("the subquery may have no row")
            }
            (SubqueryKind::Value, _) => columns()
                .into_iter()
                .next()
                .unwrap_or_else(|| nullable("the subquery is not understood"))
                .because("the subquery always has one row"),
            (SubqueryKind::Any | SubqueryKind::All, Some(test)) => {
                let columns = columns();
                Scope { subquery: Some(&columns), ..self.deeper() }
                    .evaluate(test)
                    .because("a comparison with a subquery")
            }
            _ => nullable("no rule for this kind of subquery"),
        }
    }

    /// The same with more facts.
    fn knowing(&self, facts: super::facts::Facts) -> Self {
        let none = Joins::default();
        // After grouping by several sets, a column that is not null does not show that its row
        // was there in the sense of the joins.
        let joins = if self.is_regrouped() { &none } else { &self.level.joins };
        let known = self.known.with_facts(self.level.context.catalog, joins, facts);
        Self { known: Rc::new(known), ..self.clone() }
    }

    fn finder(&self) -> Finder<'_> {
        let grouping = self.level.grouping.as_ref().filter(|_| self.grouped);
        Finder::grouped(self.level.context.catalog, grouping)
    }

    fn is_regrouped(&self) -> bool {
        self.grouped && self.level.grouping.is_some()
    }

    /// What people call an expression.
    fn name(&self, expression: &Expr) -> String {
        match self.level.resolved(expression) {
            Expr::Column(column) if column.levels_up == 0 => {
                let source = self.level.entry_column(*column).source;
                match source {
                    Some(source) => {
                        format!("`{}.{}`", super::level::shown(&source.table), source.column)
                    }
                    None => format!("a column of {}", self.entry_name(column.range)),
                }
            }
            Expr::Call(call) => {
                format!("the result of {}", self.call_name(call))
            }
            _ => "it".to_owned(),
        }
    }

    /// What people call a range table entry.
    fn entry_name(&self, range: usize) -> String {
        match self.level.query.range_entry(range) {
            Some(entry) => match &entry.source {
                RangeSource::Relation { relation } if relation.name != entry.name => {
                    format!("`{}` (`{}`)", entry.name, super::level::shown(relation))
                }
                RangeSource::Relation { relation } => {
                    format!("`{}`", super::level::shown(relation))
                }
                _ => format!("`{}`", entry.name),
            },
            None => "something".to_owned(),
        }
    }
}
