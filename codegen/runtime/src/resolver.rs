//! Root fields as tables, and how each is resolved.
//!
//! A resolver is data: what it reads or calls, and with which arguments. Running it is written once,
//! in [`crate::plan`] and below, so that generated code compiles in no time.

use crate::model::{ObjectType, Type, View};

/// A root field.
#[derive(Debug)]
pub struct Resolver {
    /// GraphQL name.
    pub field: &'static str,
    /// Description, from the SQL comment.
    pub doc: &'static str,
    /// Reason of `@deprecated`.
    pub deprecated: Option<&'static str>,
    /// What it does.
    pub action: Action,
}

/// What a root field does.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Lists the rows of a view; these columns are arguments too, each for equality.
    List(&'static View, &'static [&'static str]),
    /// Pages of a view by cursor; the view has a key.
    Connection(&'static View),
    /// Aggregates the rows of a view; these columns are arguments too, each for equality.
    Aggregate(&'static View, &'static [&'static str]),
    /// Finds the row of a view by these columns, which are a key of it.
    Lookup(&'static View, &'static [&'static str]),
    /// Calls a function.
    Call(&'static Function),
}

/// A function and how it is called.
#[derive(Debug)]
pub struct Function {
    /// SQL schema.
    pub schema: &'static str,
    /// SQL name.
    pub name: &'static str,
    /// Where it runs.
    pub volatility: Volatility,
    /// How its arguments are passed.
    pub notation: Notation,
    /// What clients pass.
    pub arguments: &'static [Argument],
    /// GraphQL name of the input object that wraps the arguments (`@input`).
    pub input: Option<&'static str>,
    /// What it returns.
    pub returns: Returns,
    /// Whether clients choose from the set that it returns: `where`, `orderBy`, `limit`, `offset`.
    pub list: bool,
}

/// How the arguments of a function are passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Notation {
    /// By name: those left out take their SQL defaults.
    Named,
    /// All in order, with the text of the SQL default for those left out.
    Positional,
}

/// What a function may do, as SQL declares it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Volatility {
    /// It may write: runs on the primary, and again if it loses against another transaction.
    Volatile,
    /// STABLE or IMMUTABLE: runs read-only, on any replica.
    Stable,
}

/// An argument of a function.
#[derive(Debug)]
pub struct Argument {
    /// GraphQL name.
    pub field: &'static str,
    /// SQL name; `$1` if it has none.
    pub name: &'static str,
    /// How it is written.
    pub ty: Type,
    /// The declared SQL type, to which the value is cast.
    pub sql_type: &'static str,
    /// Whether it must be given.
    pub presence: Presence,
    /// The text of its SQL default, where it is passed by position and may be left out.
    pub default: &'static str,
    /// Whether it is VARIADIC: the array is passed as it is.
    pub variadic: bool,
}

/// Whether an argument must be given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Presence {
    /// It must be given and is never null.
    Required,
    /// It may be left out or null; either passes NULL.
    Nullable,
    /// It may be left out, and then takes its SQL default; null passes NULL.
    Defaulted,
    /// The same, but null is refused: the function is STRICT, and would not be called.
    DefaultedNotNull,
}

/// What a function returns.
#[derive(Clone, Copy, Debug)]
pub enum Returns {
    /// Nothing: the field is `true` once it is done.
    Void,
    /// A value that may be null.
    Value(Type),
    /// A value that never is.
    RequiredValue(Type),
    /// A set of values.
    Values(Type),
    /// A row, or null: NULL, or a row of nothing but NULLs, which is how a `SELECT … INTO` that
    /// found nothing looks.
    Row(&'static ObjectType),
    /// A row, always.
    RequiredRow(&'static ObjectType),
    /// A set of rows.
    Rows(&'static ObjectType),
}

impl Resolver {
    /// Lists the rows of a view; these columns are arguments too, each for equality.
    pub const fn list(
        field: &'static str,
        view: &'static View,
        equal: &'static [&'static str],
    ) -> Self {
        Self::new(field, Action::List(view, equal))
    }

    /// Pages of a view by cursor; the view has a key.
    pub const fn connection(field: &'static str, view: &'static View) -> Self {
        Self::new(field, Action::Connection(view))
    }

    /// Aggregates the rows of a view; these columns are arguments too, each for equality.
    pub const fn aggregate(
        field: &'static str,
        view: &'static View,
        equal: &'static [&'static str],
    ) -> Self {
        Self::new(field, Action::Aggregate(view, equal))
    }

    /// Finds the row of a view by these columns, which are a key of it.
    pub const fn lookup(
        field: &'static str,
        view: &'static View,
        key: &'static [&'static str],
    ) -> Self {
        Self::new(field, Action::Lookup(view, key))
    }

    /// Calls a function.
    pub const fn call(field: &'static str, function: &'static Function) -> Self {
        Self::new(field, Action::Call(function))
    }

    const fn new(field: &'static str, action: Action) -> Self {
        Self { field, doc: "", deprecated: None, action }
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

    /// Whether the field is never null.
    pub(crate) fn is_non_null(&self) -> bool {
        match self.action {
            Action::List(..) | Action::Connection(_) | Action::Aggregate(..) => true,
            Action::Lookup(..) => false,
            Action::Call(function) => function.is_non_null(),
        }
    }
}

impl Function {
    /// Whether its field is never null.
    pub(crate) fn is_non_null(&self) -> bool {
        !matches!(self.returns, Returns::Value(_) | Returns::Row(_))
    }

    /// The type of its rows, if it returns rows.
    pub(crate) fn object(&self) -> Option<&'static ObjectType> {
        match self.returns {
            Returns::Row(object) | Returns::RequiredRow(object) | Returns::Rows(object) => {
                Some(object)
            }
            Returns::Void | Returns::Value(_) | Returns::RequiredValue(_) | Returns::Values(_) => {
                None
            }
        }
    }
}

impl Argument {
    /// An argument that must be given.
    pub const fn new(
        field: &'static str,
        name: &'static str,
        ty: Type,
        sql_type: &'static str,
    ) -> Self {
        Self {
            field,
            name,
            ty,
            sql_type,
            presence: Presence::Required,
            default: "",
            variadic: false,
        }
    }

    /// Lets it be null or left out; either passes NULL.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.presence = Presence::Nullable;
        self
    }

    /// Lets it be left out for its SQL default.
    #[must_use]
    pub const fn defaulted(mut self) -> Self {
        self.presence = Presence::Defaulted;
        self
    }

    /// Lets it be left out for its SQL default, but not be null.
    #[must_use]
    pub const fn defaulted_not_null(mut self) -> Self {
        self.presence = Presence::DefaultedNotNull;
        self
    }

    /// Adds the text of its SQL default, for where it is passed by position.
    #[must_use]
    pub const fn default(mut self, sql: &'static str) -> Self {
        self.default = sql;
        self
    }

    /// Marks it as VARIADIC.
    #[must_use]
    pub const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }
}
