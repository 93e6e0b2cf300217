//! Where the value of a column comes from: which base column it is, unchanged.
//!
//! Only a plain reference keeps its source, through any depth of joins, subqueries and views. A
//! cast does not, even one that changes no byte: two texts that are equal as `citext` differ as
//! `text`, so what a key says about the base column need not hold for the result.

use super::columns::ColumnFacts;
use super::nullability::level::Level;
use crate::catalog::PgName;
use crate::query_tree::Expr;

/// A column of a base table.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct BaseColumn {
    /// The table.
    pub table: PgName,
    /// The column.
    pub column: String,
}

/// What is known about the column of which an expression of a query's select list is the value.
pub(super) fn origin(level: &Level<'_>, expression: &Expr) -> Option<ColumnFacts> {
    match level.query.resolved(expression) {
        Expr::Column(column) => Some(level.up(column.levels_up)?.entry_column(*column)),
        _ => None,
    }
}
