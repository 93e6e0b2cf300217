//! The plan: what the API will be, decided down to the last name.
//!
//! Nothing here is open: [`crate::emit()`] writes a plan down and never chooses. SQL, GraphQL and
//! Rust names stand side by side; how they came about is kept as an [`Origin`] or as reasons.

mod function;
mod plan;
mod types;

use std::collections::BTreeMap;

pub use function::{Argument, Function, Notation, Operation, Presence, Returns, RowType};
pub use types::Type;

use serde::Serialize;

use super::names::{GraphqlName, RustName};
use crate::catalog::PgName;

/// Everything that will be generated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// Views of the API.
    pub views: BTreeMap<PgName, View>,
    /// Functions of the API, by name, then by signature.
    pub functions: Vec<Function>,
    /// Where in [`Plan::functions`] those are that are fields of a type.
    #[serde(skip)]
    pub(super) computed: BTreeMap<GraphqlName, Vec<usize>>,
    /// Enum types that any of the above uses.
    pub enums: BTreeMap<PgName, Enum>,
    /// Composite and range types that any of the above uses, other than rows of [`Plan::views`].
    pub composites: BTreeMap<PgName, Composite>,
}

/// Where a name came from, and how its author can change it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(into = "String")]
pub struct Origin {
    /// The SQL object, as in `comment on …`: `view public.v_orders`.
    pub object: String,
    /// How the name was made from it: `named by its own name`.
    pub how: String,
    /// How to give it another name.
    pub rename: Rename,
}

/// How an object gets another GraphQL name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Rename {
    /// By `@name` in its comment.
    Comment {
        /// What the comment says now.
        comment: Option<String>,
        /// The name that it has now.
        name: GraphqlName,
    },
    /// By changing the SQL; the text is the line of help.
    Sql(String),
    /// Not at all: the name is GraphQL's or ours.
    Never,
}

/// An object type: rows of a view, values of a composite type, or rows of a `RETURNS TABLE`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Object {
    /// GraphQL name.
    pub name: GraphqlName,
    /// Name of the struct.
    pub rust: RustName,
    /// Where the names came from.
    pub origin: Origin,
    /// From the comment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Columns of the API, in SQL order.
    pub columns: Vec<Column>,
    /// Columns that are not part of the API, which a value of the row type has all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<HiddenColumn>,
    /// Fields that lead to rows of other views.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
}

/// A column that is left out of the API.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct HiddenColumn {
    /// Its place among all columns.
    pub position: usize,
    /// SQL name.
    pub sql: String,
}

/// A column of a view, an attribute of a composite type, a column of a `RETURNS TABLE`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// GraphQL field name.
    pub field: GraphqlName,
    /// Name of the struct's field.
    pub rust: RustName,
    /// SQL name.
    pub sql: String,
    /// Where the names came from.
    pub origin: Origin,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The SQL type that values are cast to, if it is not the one that belongs to `ty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cast: Option<String>,
    /// Whether its collation calls different texts equal.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nondeterministic: bool,
    /// Whether it may be null, and how we know.
    pub nullability: Nullability,
    /// What it is in an input object that leaves it out, in GraphQL's notation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_default: Option<&'static str>,
    /// From the comment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Reason of `@deprecated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// Whether a value may be null, and how we know.
///
/// The reasons are kept because users ask for them: `--explain` prints them, outermost first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Nullability {
    /// Whether it may be null.
    pub nullable: bool,
    /// Why, as a chain.
    pub reasons: Vec<String>,
}

/// A field that leads from a row of one view to rows of another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Relation {
    /// GraphQL field name.
    pub field: GraphqlName,
    /// Where the name came from.
    pub origin: Origin,
    /// The view it leads to.
    pub target: PgName,
    /// Pairs of SQL column names, of this view and of the target, that must be equal.
    pub columns: Vec<(String, String)>,
    /// One row or a list.
    pub cardinality: Cardinality,
    /// How we know, or why not exactly one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Description.
    pub description: String,
}

/// How many rows a relation leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Exactly one.
    One,
    /// One or none.
    Optional,
    /// Any number.
    Many,
}

/// A view and its root fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// SQL name.
    pub sql: PgName,
    /// Whether it is materialized.
    pub materialized: bool,
    /// The type of its rows.
    pub object: Object,
    /// Name of its module.
    pub module: RustName,
    /// The field that lists its rows.
    pub list: ListField,
    /// GraphQL name of the field that aggregates its rows.
    pub aggregate: GraphqlName,
    /// GraphQL name of the field that pages through its rows by cursor; it takes a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<GraphqlName>,
    /// What identifies a row and is never null; it decides the order of rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The fields that find a row, each by a key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// What was not inferred and why, for `--explain`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Set when its row type is the type of a column, an argument or an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composite: Option<CompositeUse>,
    /// Reason of `@deprecated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// The field that lists the rows of a view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListField {
    /// GraphQL field name.
    pub field: GraphqlName,
    /// Columns that are also arguments, by their place in the object.
    pub direct: Vec<DirectArgument>,
}

/// A column that is also an argument of the list field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DirectArgument {
    /// Its place among the object's columns.
    pub column: usize,
    /// Why it is one.
    pub reason: String,
}

/// Columns that identify a row.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Key {
    /// Their places among the object's columns.
    pub columns: Vec<usize>,
    /// How we know.
    pub reason: String,
}

/// A field that finds a row by a key. The key's columns may be null; who looks a row up by it
/// has values for all of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lookup {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// GraphQL field name.
    pub field: GraphqlName,
    /// Where the names came from.
    pub origin: Origin,
}

/// What a composite type is used for.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct CompositeUse {
    /// Whether values leave through the API.
    pub output: bool,
    /// GraphQL name of the input object, if values come in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<GraphqlName>,
}

/// A composite type that is not the row of a view of the API, or a range type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Composite {
    /// SQL name.
    pub sql: PgName,
    /// Of a range type: the SQL name of its multirange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multirange: Option<PgName>,
    /// The type of its values.
    pub object: Object,
    /// What it is used for.
    pub usage: CompositeUse,
}

/// An enum type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enum {
    /// SQL name.
    pub sql: PgName,
    /// GraphQL name.
    pub name: GraphqlName,
    /// Name of the Rust enum.
    pub rust: RustName,
    /// Where the names came from.
    pub origin: Origin,
    /// From the comment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Values in sort order.
    pub values: Vec<EnumValue>,
}

/// A value of an enum type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnumValue {
    /// GraphQL name.
    pub name: GraphqlName,
    /// Name of the Rust variant.
    pub rust: RustName,
    /// SQL label.
    pub label: String,
    /// Where the names came from.
    pub origin: Origin,
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        format!("{}, {}", origin.object, origin.how)
    }
}

impl Nullability {
    /// It may be null, for this reason.
    pub fn nullable(reason: impl Into<String>) -> Self {
        Self { nullable: true, reasons: vec![reason.into()] }
    }

    /// It is never null, for this reason.
    pub fn not_null(reason: impl Into<String>) -> Self {
        Self { nullable: false, reasons: vec![reason.into()] }
    }
}

impl Key {
    /// Its columns.
    pub fn columns<'a>(&'a self, object: &'a Object) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter_map(|&place| object.columns.get(place))
    }
}
