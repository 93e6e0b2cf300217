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
    /// Query, mutation, or a field of a view's type.
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
    /// How its arguments are passed.
    pub notation: Notation,
    /// What clients pass.
    pub arguments: Vec<Argument>,
    /// GraphQL name of the input object that wraps the arguments, with `@input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<GraphqlName>,
    /// What it returns.
    pub returns: Returns,
    /// Whether clients say which rows of the result they want, as with a view.
    pub list: bool,
}

/// How arguments are passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notation {
    /// By name: those left out take their SQL defaults.
    Named,
    /// All of them in order, with the text of the SQL default for those left out: for arguments
    /// without a name, for VARIADIC, and where the name of the function is overloaded. With all
    /// arguments of exactly the declared types there is one function that PostgreSQL can mean.
    Positional,
}

/// The type that has a function as its field.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// The query root: it reads.
    Query,
    /// The mutation root: it may write.
    Mutation,
    /// The type of a view whose row is its first argument.
    Field(PgName),
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Argument {
    /// GraphQL name.
    pub name: GraphqlName,
    /// SQL name, or `$1` for one without.
    pub sql: String,
    /// Where the names came from.
    pub origin: Origin,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The declared SQL type, schema-qualified and quoted where needed.
    pub sql_type: String,
    /// Whether it is VARIADIC.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub variadic: bool,
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
    /// The same, but null is refused: the function is STRICT, and would not be called.
    DefaultedNotNull(String),
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
        /// The SQL type that values are cast to, if it is not the one that belongs to `ty`.
        #[serde(skip_serializing_if = "Option::is_none")]
        cast: Option<String>,
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

impl Function {
    /// The type of its rows, if it returns rows.
    pub fn row(&self) -> Option<&RowType> {
        match &self.returns {
            Returns::Row { row, .. } | Returns::Rows(row) => Some(row),
            Returns::Void | Returns::Value { .. } | Returns::Values(_) => None,
        }
    }

    /// The type of its rows, if no other object has it.
    pub fn own_object(&self) -> Option<&Object> {
        match self.row()? {
            RowType::Own(object) => Some(object),
            RowType::Named(_) => None,
        }
    }

    /// The type of its rows, if clients say which of them they want.
    pub fn listed_row(&self) -> Option<&RowType> {
        self.row().filter(|_| self.list)
    }
}

impl Presence {
    /// The SQL default.
    pub fn default(&self) -> Option<&str> {
        match self {
            Self::Required | Self::Nullable => None,
            Self::Defaulted(default) | Self::DefaultedNotNull(default) => Some(default),
        }
    }
}
