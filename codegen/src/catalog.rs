//! What PostgreSQL said, in its own words.
//!
//! A catalog describes what exists, not what we make of it: types keep their PostgreSQL names,
//! comments are unparsed, and nothing has been left out because we cannot support it.
//! Two servers with the same schema give equal catalogs: no object identifiers, no statistics,
//! nothing that depends on the order in which objects were created.
//!
//! Its JSON form is what fixtures record: names and types are single strings there
//! (`public.orders`, `pg_catalog.int4[]`), and absent things are left out.
//!
//! [`crate::introspect()`] makes it, [`crate::plan()`] reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::query_tree::{Expr, Query};

mod name;

pub use name::{InvalidName, PgName, TypeRef};

/// Everything the tool knows about a database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// Major version of the server, for example 17.
    pub server_version: u32,
    /// Whether there is a collation that calls different texts equal, used or not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nondeterministic: bool,
    /// Every table (plain, partitioned, foreign) that a view reads or a foreign key reaches.
    pub tables: BTreeMap<PgName, Table>,
    /// Every view and materialized view of the configured schemas, and every view they read.
    pub views: BTreeMap<PgName, View>,
    /// Functions of the configured schemas whose name starts with the function prefix, and those
    /// whose first argument is the row of a view; ordered by name, then by signature.
    pub functions: Vec<Function>,
    /// Every enum, domain, composite and range type of the configured schemas or reachable from
    /// the above.
    pub types: BTreeMap<PgName, TypeDef>,
    /// Every function that the query of a view, a constraint or a generated column calls, by its
    /// signature (`pg_catalog.lower(text)`), which is how a query tree refers to it.
    pub routines: BTreeMap<String, Routine>,
}

/// A base table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Columns in `attnum` order, dropped ones left out.
    pub columns: Vec<TableColumn>,
    /// Primary key and unique constraints and full unique indexes without expressions, the
    /// primary key first, then by columns. A unique key may have nullable columns, and then
    /// identifies only the rows where none of them is null. Deferrable ones are left out, and
    /// all of them if other tables inherit from this one: neither holds for what a query reads.
    pub keys: Vec<TableKey>,
    /// Foreign keys by name.
    pub foreign_keys: Vec<ForeignKey>,
    /// Conditions of CHECK constraints that hold for every row that a query reads: validated,
    /// inherited by all children, and not on a foreign table. They are about the first and only
    /// entry of a range table, and may be unknown instead of true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Whether row-level security is enabled.
    pub row_security: bool,
    /// `COMMENT ON TABLE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A column of a base table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// Its number (`attnum`), by which query trees refer to it; gaps are dropped columns.
    pub number: i16,
    /// Its type.
    pub ty: TypeRef,
    /// Whether PostgreSQL guarantees that a query never reads NULL here: it is declared NOT
    /// NULL (or is in the primary key), the constraint is valid, it holds in every table that
    /// inherits from this one, and none of them is foreign (where nothing is enforced).
    pub not_null: bool,
    /// How a generated column is computed, if that is the same for every row that a query reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Expr>,
    /// `COMMENT ON COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The constraint's name.
    pub name: String,
    /// Its condition.
    pub condition: Expr,
}

/// A set of columns whose values identify a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableKey {
    /// The columns in key order.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub primary: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: String,
    /// Columns of this table.
    pub columns: Vec<String>,
    /// The referenced table.
    pub target: PgName,
    /// Columns of the referenced table, in the same order.
    pub target_columns: Vec<String>,
    /// For each column the functions that compare it with its target, as signatures; empty if
    /// there need not be a partner for every row that a query reads. The key is validated and
    /// checked at once, and no rows of inheriting tables are read along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equalities: Vec<Equality>,
    /// `COMMENT ON CONSTRAINT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl ForeignKey {
    /// Whether each row that a query of the table reads has its partner, unless a column is NULL.
    pub fn always(&self) -> bool {
        !self.equalities.is_empty()
    }
}

/// How a foreign key compares a column with the one that it refers to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Equality {
    /// The function behind `target = own`.
    pub target_first: String,
    /// The function behind `own = target`.
    pub own_first: String,
}

/// A view or materialized view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Whether it is materialized.
    pub materialized: bool,
    /// Whether it runs with the rights of its caller (`security_invoker`).
    pub security_invoker: bool,
    /// Whether a collation that calls different texts equal plays a part in its query.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nondeterministic: bool,
    /// Columns in order.
    pub columns: Vec<ViewColumn>,
    /// Unique indexes of a materialized view: full, without expressions.
    pub keys: Vec<TableKey>,
    /// `COMMENT ON VIEW`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The analysed query, as PostgreSQL keeps it in `pg_rewrite`.
    #[serde(default)]
    pub query: Query,
}

/// What the analysis of a query needs to know about a function that it calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Routine {
    /// Its name.
    pub name: PgName,
    /// Function, procedure, aggregate or window function.
    pub kind: FunctionKind,
    /// Whether a NULL argument makes it return NULL without running.
    pub strict: bool,
    /// Its volatility.
    pub volatility: Volatility,
    /// `COMMENT ON FUNCTION`; not kept for PostgreSQL's own functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A column of a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// Its number (`attnum`).
    pub number: i16,
    /// Its type.
    pub ty: TypeRef,
    /// Whether its collation calls different texts equal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nondeterministic: bool,
    /// `COMMENT ON COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: PgName,
    /// All arguments in order, of every mode.
    pub arguments: Vec<Argument>,
    /// What it returns.
    pub returns: TypeRef,
    /// Whether it returns a set.
    pub returns_set: bool,
    /// Its volatility.
    pub volatility: Volatility,
    /// Whether a NULL argument makes it return NULL without running.
    pub strict: bool,
    /// Function, procedure, aggregate or window function.
    pub kind: FunctionKind,
    /// The implementation language, for example `plpgsql`.
    pub language: String,
    /// `COMMENT ON FUNCTION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// Its name; `None` for an unnamed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type.
    pub ty: TypeRef,
    /// Its mode.
    pub mode: ArgumentMode,
    /// Its default expression as PostgreSQL prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// The direction of an argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentMode {
    /// `IN`
    In,
    /// `OUT`
    Out,
    /// `INOUT`
    InOut,
    /// `VARIADIC`
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

/// What a function promises about its effects.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Volatility {
    /// Depends on its arguments alone.
    Immutable,
    /// Reads the database.
    Stable,
    /// May write.
    Volatile,
}

/// The kind of a routine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunctionKind {
    /// A plain function.
    Function,
    /// A procedure, called with `CALL`.
    Procedure,
    /// An aggregate.
    Aggregate,
    /// A window function.
    Window,
}

/// A user-defined type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDef {
    /// What kind it is.
    pub kind: TypeKind,
    /// `COMMENT ON TYPE` or `COMMENT ON DOMAIN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The kinds of user-defined types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// `CREATE TYPE … AS ENUM`, labels in sort order.
    Enum {
        /// The labels.
        labels: Vec<String>,
    },
    /// `CREATE DOMAIN`.
    Domain {
        /// The type it restricts, possibly another domain.
        base: TypeRef,
        /// Whether it, or a domain below it, is NOT NULL.
        not_null: bool,
    },
    /// `CREATE TYPE … AS (…)`; also the row type of a table that is used as a type.
    Composite {
        /// Its attributes in order.
        attributes: Vec<ViewColumn>,
    },
    /// `CREATE TYPE … AS RANGE`; built-in ranges too.
    Range {
        /// The type of its bounds.
        subtype: TypeRef,
        /// The type of a set of such ranges.
        multirange: PgName,
    },
    /// The set of ranges that comes with every range type.
    Multirange {
        /// The type of its ranges.
        range: PgName,
    },
    /// Any other user-defined type that is used (an extension's base type, for example).
    Other,
}
