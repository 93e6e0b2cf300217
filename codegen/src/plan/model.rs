//! The plan: what the API will be, decided down to the last name.
//!
//! Nothing here is open: [`crate::emit()`] writes a plan down and never chooses. SQL, GraphQL and
//! Rust names stand side by side; how they came about is kept as an [`Origin`] or as reasons.

mod function;

use std::collections::{BTreeMap, BTreeSet};

pub use function::{Argument, Function, Notation, Operation, Presence, Returns, RowType};

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

/// A PostgreSQL type as the API carries it; `runtime::Type` is its twin.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// `bool`
    Bool,
    /// `int2`
    Int2,
    /// `int4`
    Int4,
    /// `int8`
    Int8,
    /// `float4`
    Float4,
    /// `float8`
    Float8,
    /// `numeric`
    Numeric,
    /// The text family.
    Text,
    /// `uuid`
    Uuid,
    /// `timestamptz`
    Timestamptz,
    /// `timestamp`
    Timestamp,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `interval`
    Interval,
    /// `json`
    Json,
    /// `jsonb`
    Jsonb,
    /// `bytea`
    Bytea,
    /// `inet`
    Inet,
    /// `cidr`
    Cidr,
    /// `macaddr`
    Macaddr,
    /// An enum of [`Plan::enums`].
    Enum(PgName),
    /// A composite of [`Plan::composites`], or the row of one of [`Plan::views`].
    Composite(PgName),
    /// A range of [`Plan::composites`].
    Range(PgName),
    /// A multirange, by the name of its range.
    Multirange(PgName),
    /// An array of one dimension.
    Array(Box<Self>),
    /// An array of so many dimensions, more than one.
    MultiArray(Box<Self>, usize),
    /// `jsonb` with the shape of a composite, or of an array of composites.
    Shaped(Box<Self>),
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

impl Plan {
    /// The object type of a composite or of a view's row.
    pub fn object(&self, name: &PgName) -> Option<&Object> {
        let view = self.views.get(name).map(|view| &view.object);
        view.or_else(|| self.composites.get(name).map(|composite| &composite.object))
    }

    /// What a composite, or a view's row as a value, is used for.
    pub fn composite_use(&self, name: &PgName) -> Option<&CompositeUse> {
        let view = self.views.get(name).and_then(|view| view.composite.as_ref());
        view.or_else(|| self.composites.get(name).map(|composite| &composite.usage))
    }

    /// The number of root fields.
    pub fn operations(&self) -> usize {
        let lookups: usize = self.views.values().map(|view| view.lookups.len()).sum();
        let is_root = |item: &&Function| !matches!(item.operation, Operation::Field(_));
        let connections = self.views.values().filter(|view| view.connection.is_some()).count();
        2 * self.views.len() + lookups + connections + self.functions.iter().filter(is_root).count()
    }

    /// Adds the functions; the views that have some of them as fields are there already.
    pub(super) fn set_functions(&mut self, functions: Vec<Function>) {
        for (place, function) in functions.iter().enumerate() {
            let Operation::Field(owner) = &function.operation else { continue };
            if let Some(view) = self.views.get(owner) {
                self.computed.entry(view.object.name.clone()).or_default().push(place);
            }
        }
        self.functions = functions;
    }

    /// The functions that are fields of a type.
    pub fn computed_fields(&self, object: &Object) -> impl Iterator<Item = &Function> {
        let places = self.computed.get(&object.name).into_iter().flatten();
        places.filter_map(|place| self.functions.get(*place))
    }

    /// The functions by whose values rows of this type can be filtered, and sorted if these have an
    /// order.
    pub fn comparable_fields(&self, object: &Object) -> impl Iterator<Item = &Function> {
        self.computed_fields(object).filter(|function| {
            let is_value = matches!(&function.returns, Returns::Value { cast: None, .. });
            is_value && function.arguments.is_empty()
        })
    }

    /// What rows of a type can be filtered by: field, type, description.
    pub fn operands<'a>(
        &'a self,
        object: &'a Object,
    ) -> impl Iterator<Item = (&'a GraphqlName, &'a Type, &'a str)> {
        let columns = object.columns.iter();
        let columns = columns.map(|item| (&item.field, &item.ty, item.description.as_str()));
        let computed = self.comparable_fields(object).filter_map(|function| {
            let Returns::Value { ty, .. } = &function.returns else { return None };
            Some((&function.field, ty, function.description.as_str()))
        });
        columns.chain(computed)
    }

    /// Whether rows of a type can be sorted.
    pub fn is_sortable(&self, object: &Object) -> bool {
        self.operands(object).any(|(_, ty, _)| ty.is_sortable())
    }

    /// The types whose rows clients filter and sort: of views, and of the functions that take the
    /// arguments of a list. Each once.
    pub fn listed_objects(&self) -> Vec<&Object> {
        let views = self.views.values().map(|view| &view.object);
        let rows = self.functions.iter().filter_map(Function::listed_row);
        let rows = rows.filter_map(|row| match row {
            RowType::Own(object) => Some(object.as_ref()),
            RowType::Named(name) => self.object(name),
        });
        let mut objects: Vec<&Object> = views.chain(rows).collect();
        objects.sort_by(|a, b| a.name.cmp(&b.name));
        objects.dedup_by(|a, b| a.name == b.name && a.origin == b.origin);
        objects
    }

    /// The types by whose values any rows can be filtered: of columns, of what functions compute,
    /// and of the attributes of composites among these.
    pub fn filtered_types(&self) -> BTreeSet<&Type> {
        let objects = self.listed_objects();
        let mut open: Vec<&Type> =
            objects.iter().flat_map(|object| self.operands(object)).map(|(_, ty, _)| ty).collect();
        let mut types = BTreeSet::new();
        while let Some(ty) = open.pop() {
            if let (true, Type::Composite(name)) = (types.insert(ty), ty) {
                let columns = self.object(name).map(|object| object.columns.as_slice());
                open.extend(columns.unwrap_or_default().iter().map(|column| &column.ty));
            }
        }
        types
    }
}

impl Type {
    /// Whether rows can be sorted by its values, and found by them as keys: scalars with an order,
    /// and enums.
    pub const fn is_sortable(&self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::Jsonb
                | Self::Composite(_)
                | Self::Range(_)
                | Self::Multirange(_)
                | Self::Array(_)
                | Self::MultiArray(..)
                | Self::Shaped(_)
        )
    }

    /// Whether arrays of it can be compared.
    pub const fn is_element(&self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::Composite(_)
                | Self::Shaped(_)
                | Self::Array(_)
                | Self::MultiArray(..)
        )
    }

    /// Whether values can be compared with those of another type: with its own, and integers of
    /// all sizes with each other.
    pub fn is_comparable_with(&self, other: &Self) -> bool {
        let integer = |ty: &Self| matches!(ty, Self::Int2 | Self::Int4 | Self::Int8);
        self.is_sortable() && (self == other || integer(self) && integer(other))
    }

    /// The enum, composite or range that it is made of.
    pub fn named(&self) -> Option<&PgName> {
        match self {
            Self::Enum(name)
            | Self::Composite(name)
            | Self::Range(name)
            | Self::Multirange(name) => Some(name),
            Self::Array(inner) | Self::MultiArray(inner, _) | Self::Shaped(inner) => inner.named(),
            _ => None,
        }
    }
}
