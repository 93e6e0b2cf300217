//! Functions in the plan.

use serde::Serialize;

use super::{Object, Origin, Type};
use crate::catalog::PgName;
use crate::plan::names::{GraphqlName, RustName};

/// A function and its root field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Function {
    /// SQL name.
    pub sql: PgName,
    /// SQL name with argument types, as `comment on function` wants it.
    pub signature: String,
    /// Query or mutation.
    pub operation: Operation,
    /// GraphQL field name.
    pub field: GraphqlName,
    /// Where the names came from.
    pub origin: Origin,
    /// Name of its module.
    pub module: RustName,
    /// From the comment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Reason of `@deprecated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// What clients pass.
    pub arguments: Vec<Argument>,
    /// GraphQL name of the input object that wraps the arguments, with `@input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<GraphqlName>,
    /// What it returns.
    pub returns: Returns,
}

/// The root that a function belongs to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It reads.
    Query,
    /// It may write.
    Mutation,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Argument {
    /// GraphQL name.
    pub name: GraphqlName,
    /// SQL name.
    pub sql: String,
    /// Where the names came from.
    pub origin: Origin,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The declared SQL type, schema-qualified and quoted where needed.
    pub sql_type: String,
    /// Whether it must be given.
    pub presence: Presence,
}

/// Whether an argument must be given.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It must be given and is never null.
    Required,
    /// It may be left out or null; either passes NULL.
    Nullable,
    /// It may be left out, and then takes this SQL default; null passes NULL.
    Defaulted(String),
}

/// What a function returns.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Returns {
    /// Nothing: the field is `true` once it is done.
    Void,
    /// One value: a scalar, an enum or an array.
    Value {
        /// Its type.
        #[serde(rename = "type")]
        ty: Type,
        /// Whether it is never null.
        not_null: bool,
    },
    /// A list of such values.
    Values(Type),
    /// One row.
    Row {
        /// Its type.
        row: RowType,
        /// Whether there always is one.
        not_null: bool,
    },
    /// A list of rows.
    Rows(RowType),
}

/// The type of the rows that a function returns.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowType {
    /// A view of the API or a composite type.
    Named(PgName),
    /// The function's own: `RETURNS TABLE` or OUT parameters.
    Own(Box<Object>),
}
