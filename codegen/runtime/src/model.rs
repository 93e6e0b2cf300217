//! What generated code says about a schema: constant tables of objects, columns and types.
//!
//! They hold names and types and no behaviour. GraphQL names and SQL names stand side by side, so
//! that a reader of generated code sees what becomes what. SQL names are unquoted here; quoting is
//! the business of [`crate::sql`].

mod types;

use std::borrow::Cow;

pub use types::Type;

use crate::resolver::Function;
use crate::sql::Sql;

/// A GraphQL object type whose fields are columns: a view, a composite type, or the columns of a
/// `RETURNS TABLE`.
#[derive(Debug)]
pub struct ObjectType {
    /// GraphQL name.
    pub name: &'static str,
    /// Description, from the SQL comment.
    pub doc: &'static str,
    /// The SQL object behind it, for the log: `view public.v_orders`.
    pub origin: &'static str,
    /// Columns in the order of the SQL object.
    pub columns: &'static [Column],
    /// Fields that lead to rows of other views.
    pub relations: &'static [Relation],
    /// Fields that functions of a row compute.
    pub computed: &'static [Computed],
}

/// A field that a function of the row computes.
#[derive(Debug)]
pub struct Computed {
    /// GraphQL name.
    pub field: &'static str,
    /// The SQL type of the row, schema-qualified and quoted where needed.
    pub row: &'static str,
    /// The function, whose first argument is the row; itself a function, because what it returns
    /// may lead back here.
    pub function: fn() -> &'static Function,
    /// Whether rows can be filtered by it, and sorted if its type has an order.
    pub comparable: bool,
    /// Description, from the SQL comment.
    pub doc: &'static str,
    /// Reason of `@deprecated`.
    pub deprecated: Option<&'static str>,
}

/// A column of a view, or an attribute of a composite type.
#[derive(Debug)]
pub struct Column {
    /// GraphQL field name.
    pub field: &'static str,
    /// SQL name.
    pub column: &'static str,
    /// How it is read, written, filtered and described.
    pub ty: Type,
    /// Whether it may be null; for input, whether it may be null or left out.
    pub nullable: bool,
    /// What it is in an input object that leaves it out, in GraphQL's notation.
    pub input_default: Option<&'static str>,
    /// Description, from the SQL comment.
    pub doc: &'static str,
    /// Reason of `@deprecated`.
    pub deprecated: Option<&'static str>,
    /// The SQL type that a value is cast to, where it is not [`Type::sql_name`].
    pub cast: Option<&'static str>,
    /// Whether its collation calls different texts equal.
    pub nondeterministic: bool,
    /// Whether it is left out of the API and only keeps its place among a composite's attributes.
    pub hidden: bool,
}

/// A field that leads from a row of one view to rows of another.
#[derive(Debug)]
pub struct Relation {
    /// GraphQL field name.
    pub field: &'static str,
    /// The view it leads to; a function, because two views may lead to each other.
    pub target: fn() -> &'static View,
    /// Pairs of SQL column names, of this view and of the target, that must be equal.
    pub columns: &'static [(&'static str, &'static str)],
    /// One row or a list.
    pub cardinality: Cardinality,
    /// Description.
    pub doc: &'static str,
}

impl Relation {
    /// Appends `.column`, of this view or the target, as what is compared along the relation:
    /// a domain over an enum has no operators of its own.
    pub(crate) fn write_compared(&self, column: &str, target: &str, sql: &mut Sql) {
        sql.push(".").name(column);
        // Both sides have the type of the target's column, or are integers.
        if let Ok(Column { ty: Type::Enum(ty), .. }) = (self.target)().object.column(target) {
            sql.push("::").push(ty.sql);
        }
    }
}

/// How many rows a relation leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cardinality {
    /// Exactly one.
    One,
    /// One or none.
    Optional,
    /// Any number.
    Many,
}

/// A view and the object type of its rows.
#[derive(Debug)]
pub struct View {
    /// The type of a row.
    pub object: &'static ObjectType,
    /// SQL schema.
    pub schema: &'static str,
    /// SQL name of the view.
    pub name: &'static str,
    /// SQL names of the columns that identify a row; empty when none are known.
    pub key: &'static [&'static str],
}

/// An enum type.
#[derive(Debug)]
pub struct EnumType {
    /// GraphQL name.
    pub name: &'static str,
    /// SQL name, schema-qualified and quoted where needed: `public.order_status`.
    pub sql: &'static str,
    /// Description, from the SQL comment.
    pub doc: &'static str,
    /// `(GraphQL value, SQL label)` in sort order.
    pub values: &'static [(&'static str, &'static str)],
}

/// A composite type.
#[derive(Debug)]
pub struct CompositeType {
    /// The object type of its values.
    pub object: &'static ObjectType,
    /// GraphQL name of the input object, where it is used as input.
    pub input: Option<&'static str>,
    /// SQL name, schema-qualified and quoted where needed.
    pub sql: &'static str,
}

/// A range type.
#[derive(Debug)]
pub struct RangeType {
    /// The object type of its values: `lower`, `upper`, whether each belongs to the range, and
    /// whether the range is empty, in this order.
    pub object: &'static ObjectType,
    /// GraphQL name of the input object, where it is used as input.
    pub input: Option<&'static str>,
    /// SQL name, schema-qualified and quoted where needed.
    pub sql: &'static str,
    /// SQL name of the type of a set of such ranges.
    pub multirange: &'static str,
}

impl Computed {
    /// A field that is computed by a function of rows of an SQL type.
    pub const fn new(
        field: &'static str,
        row: &'static str,
        function: fn() -> &'static Function,
    ) -> Self {
        Self { field, row, function, comparable: false, doc: "", deprecated: None }
    }

    /// Lets rows be filtered by it, and sorted if its type has an order.
    #[must_use]
    pub const fn comparable(mut self) -> Self {
        self.comparable = true;
        self
    }

    /// Adds its description.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(mut self, reason: &'static str) -> Self {
        self.deprecated = Some(reason);
        self
    }
}

impl Column {
    /// A nullable column without description.
    pub const fn new(field: &'static str, column: &'static str, ty: Type) -> Self {
        Self {
            field,
            column,
            ty,
            nullable: true,
            input_default: None,
            doc: "",
            deprecated: None,
            cast: None,
            nondeterministic: false,
            hidden: false,
        }
    }

    /// Claims that it is never null; for input, that it must be given.
    #[must_use]
    pub const fn not_null(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// Says what it is where an input object leaves it out.
    #[must_use]
    pub const fn input_default(mut self, default: &'static str) -> Self {
        self.input_default = Some(default);
        self
    }

    /// Adds its description.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(mut self, reason: &'static str) -> Self {
        self.deprecated = Some(reason);
        self
    }

    /// Names the SQL type that values are cast to: `extensions.citext`, a domain, `pg_catalog.bpchar`.
    #[must_use]
    pub const fn cast(mut self, sql_type: &'static str) -> Self {
        self.cast = Some(sql_type);
        self
    }

    /// Says that its collation calls different texts equal.
    #[must_use]
    pub const fn nondeterministic(mut self) -> Self {
        self.nondeterministic = true;
        self
    }

    /// Leaves it out of the API: an attribute of a composite that only keeps its place.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// The SQL type that values are cast to.
    pub fn sql_type(&self) -> Cow<'static, str> {
        self.cast.map_or_else(|| self.ty.sql_name(), Cow::Borrowed)
    }
}
