//! The rules for columns, and what people call them.

use std::collections::BTreeSet;

use super::expressions::Scope;
use super::level::shown;
use super::{Nullability, Reason, nullable};
use crate::query_tree::expression::Column;
use crate::query_tree::nth;
use crate::query_tree::{Expr, JoinKind, RangeSource};

impl Scope<'_> {
    pub(super) fn column(&self, column: Column) -> Nullability {
        if column.levels_up > 0 {
            return self.outer_column(column);
        }
        let resolved = self.level.query.resolved(&Expr::Column(column)).clone();
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
        let name = self.entry_name(column.range);
        let is_query = matches!(
            self.level.query.range_entry(column.range).map(|entry| &entry.source),
            Some(RangeSource::Subquery { .. } | RangeSource::Cte { .. })
        );
        let mut answer = facts.nullability;
        if is_query {
            answer = answer.because(format!("a column of {name}"));
        }
        if !answer.is_not_null() {
            return self.given(column).unwrap_or(answer);
        }
        // The innermost join is the one that people see.
        match within.last().map(|side| self.known.partner(*side)) {
            None => answer,
            Some(Some(key)) => {
                answer.because(format!("the foreign key `{key}` guarantees a row of {name}"))
            }
            Some(None) => answer.because(format!("only rows with a row of {name} are left")),
        }
    }

    /// The answer for a column of a query below, in the rows that are left when others of its
    /// columns are not null.
    fn given(&self, column: Column) -> Option<Nullability> {
        let others = self.known.facts().not_null.iter().filter_map(|fact| match fact {
            Expr::Column(fact) if fact.range == column.range && fact.levels_up == 0 => {
                Some(fact.column).filter(|number| *number > 0 && *number != column.column)
            }
            _ => None,
        });
        let others: BTreeSet<i16> = others.collect();
        if others.is_empty() || self.is_regrouped() {
            return None;
        }
        let answer = self.level.entry_column_given(column, &others)?;
        let name = self.entry_name(column.range);
        answer.is_not_null().then(|| answer.because(format!("in the rows of {name} that are left")))
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
            if self.level.up(levels).is_some_and(|level| level.output().is_fact(&inner)) {
                return Nullability::not_null(Reason::new(
                    "a condition leaves out rows where it is null",
                ));
            }
        }
        match self.level.up(column.levels_up) {
            Some(level) => Scope { depth: self.depth, ..Scope::output(level) }
                .evaluate(&Expr::Column(Column { levels_up: 0, ..column })),
            None => nullable("its origin is not understood"),
        }
    }

    pub(super) fn field(&self, argument: &Expr, number: i16) -> Nullability {
        match argument {
            Expr::Row { fields } => match nth(fields, number) {
                Some(field) => self.evaluate(field),
                None => nullable("a field that is not there"),
            },
            Expr::Column(row) if row.column == 0 && number > 0 => {
                self.evaluate(&Expr::Column(Column { column: number, ..*row }))
            }
            _ => nullable("a field of a composite has no NOT NULL"),
        }
    }

    /// What people call an expression.
    pub(super) fn name(&self, expression: &Expr) -> String {
        match self.level.query.resolved(expression) {
            Expr::Column(column) if column.levels_up == 0 => {
                let source = self.level.entry_column(*column).source;
                match source {
                    Some(source) => {
                        format!("`{}.{}`", shown(&source.table), source.column)
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
    pub(super) fn entry_name(&self, range: usize) -> String {
        match self.level.query.range_entry(range) {
            Some(entry) => match &entry.source {
                RangeSource::Relation { relation } if relation.name != entry.name => {
                    format!("`{}` (`{}`)", entry.name, shown(relation))
                }
                RangeSource::Relation { relation } => {
                    format!("`{}`", shown(relation))
                }
                _ => format!("`{}`", entry.name),
            },
            None => "something".to_owned(),
        }
    }
}
