//! The columns of tables: NOT NULL, generated values, and what CHECK constraints say.

use std::rc::Rc;

use super::expressions::Scope;
use super::fact_set::Facts;
use super::facts::Finder;
use super::level::{Level, shown};
use super::truth::Truth;
use super::{Nullability, Reason};
use crate::catalog::{PgName, Table, TableColumn};
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, JoinTree, Query, RangeEntry, RangeSource};

impl Level<'_> {
    /// Whether a column of a table can be null.
    pub(super) fn table_column(
        &self,
        name: &PgName,
        table: &Table,
        column: &TableColumn,
    ) -> Nullability {
        let shown = format!("`{}.{}`", shown(name), column.name);
        if column.not_null {
            return Nullability::not_null(Reason::new(format!("column {shown} is NOT NULL")));
        }
        if let Some(value) = &column.generated {
            let query = rows_of(name);
            let level = Level::new(self.context, &query, None);
            let generated = Scope::input(&level).evaluate(value);
            if generated.is_not_null() {
                return generated.because(format!("column {shown} is generated"));
            }
        }
        let this = Expr::Column(Column { range: 1, column: column.number, levels_up: 0 });
        let checks = self.checks(name, table);
        if let Some((check, _)) = checks.iter().find(|(_, facts)| facts.not_null.contains(&this)) {
            let reason = format!("the constraint `{check}` refuses nulls in {shown}");
            return Nullability::not_null(Reason::new(reason));
        }
        Nullability::nullable(Reason::new(format!("column {shown} is nullable")))
    }

    /// What the CHECK constraints of a table say about its rows.
    pub(super) fn check_facts(&self, name: &PgName, table: &Table) -> Facts {
        Facts::all(self.checks(name, table).iter().map(|(_, facts)| facts.clone()))
    }

    /// The CHECK constraints of a table by name, and what each says about the rows, which are
    /// those of the first range table entry. A condition that is unknown is good enough for them.
    fn checks(&self, name: &PgName, table: &Table) -> Checks {
        if let Some(checks) = self.context.checks.borrow().get(name) {
            return Rc::clone(checks);
        }
        let query = rows_of(name);
        let level = Level::new(self.context, &query, None);
        let known = table.checks.iter().filter(|check| is_built_in(&check.condition));
        let facts = known.map(|check| {
            let facts = Finder::new(&level).of_condition(&check.condition, Truth::NotFalse);
            (check.name.clone(), facts)
        });
        let checks: Checks = facts.collect();
        self.context.checks.borrow_mut().insert(name.clone(), Rc::clone(&checks));
        checks
    }
}

/// What each CHECK constraint of a table says, by name.
pub(in crate::plan) type Checks = Rc<[(String, Facts)]>;

/// Whether only PostgreSQL's own functions are called: others can change after the check.
fn is_built_in(expression: &Expr) -> bool {
    let own = match expression {
        Expr::Call(call) | Expr::Distinct(call) | Expr::NullIf(call) => Some(&call.function),
        Expr::AnyAll { call, .. } => Some(&call.function),
        _ => None,
    };
    own.is_none_or(|function| function.starts_with("pg_catalog."))
        && expression.children().into_iter().all(is_built_in)
}

/// A query that reads a table.
fn rows_of(table: &PgName) -> Query {
    let source = RangeSource::Relation { relation: table.clone() };
    Query {
        range: vec![RangeEntry { name: table.name.clone(), partial: false, source }],
        from: vec![JoinTree::Entry { range: 1 }],
        ..Query::default()
    }
}
