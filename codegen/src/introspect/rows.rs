//! One struct for each introspection query, with a field for each column of its select list.
//!
//! Nothing is decided here; a one-letter code of PostgreSQL becomes an enum, and that is all.

use tokio_postgres::{Error, Row};

use super::IntrospectError;
use crate::catalog::{ArgumentMode, FunctionKind, PgName, Routine, Volatility};

/// A row of one of the queries.
pub(super) trait FromRow: Sized {
    /// Takes the columns by name.
    fn from_row(row: &Row) -> Result<Self, Error>;
}

/// Declares the struct of a query, and reads each field from the column of the same name.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($field:ident $(= $column:literal)?: $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name {
            $(pub(super) $field: $ty,)*
        }

        impl FromRow for $name {
            fn from_row(row: &Row) -> Result<Self, Error> {
                Ok(Self { $($field: row.try_get(rows!(@column $field $($column)?))?,)* })
            }
        }
    )*};
    (@column $field:ident) => { stringify!($field) };
    (@column $field:ident $column:literal) => { $column };
}

rows! {
    /// `relations.sql`
    Relation {
        oid: u32,
        schema: String,
        name: String,
        kind: i8,
        row_security: bool,
        security_invoker: bool,
        inherited: bool,
        comment: Option<String>,
    }
    /// `columns.sql`
    Column {
        relation: u32,
        number: i16,
        name: String,
        ty = "type": u32,
        not_null: bool,
        nondeterministic: bool,
        comment: Option<String>,
    }
    /// `keys.sql`
    Key {
        relation: u32,
        is_primary: bool,
        columns: Vec<String>,
    }
    /// `foreign_keys.sql`
    ForeignKey {
        relation: u32,
        name: String,
        columns: Vec<String>,
        target: u32,
        target_columns: Vec<String>,
        functions: Vec<u32>,
        comment: Option<String>,
    }
    /// `table_expressions.sql`
    TableExpression {
        relation: u32,
        name: String,
        number: Option<i16>,
        tree: String,
    }
    /// `labels.sql`
    Label {
        ty = "type": u32,
        oid: u32,
        label: String,
    }
    /// `queries.sql`
    ViewQuery {
        view: u32,
        tree: String,
        nondeterministic: bool,
    }
    /// `functions.sql`
    Function {
        schema: String,
        name: String,
        kind: i8,
        language: String,
        volatility: i8,
        strict: bool,
        returns: u32,
        returns_set: bool,
        argument_types: Vec<u32>,
        argument_modes: Vec<i8>,
        argument_names: Vec<Option<String>>,
        argument_defaults: Vec<Option<String>>,
        comment: Option<String>,
    }
    /// `called_functions.sql`
    CalledFunction {
        oid: u32,
        schema: String,
        name: String,
        arguments: Vec<String>,
        kind: i8,
        volatility: i8,
        strict: bool,
        comment: Option<String>,
    }
    /// `names.sql`
    Named {
        is_operator: bool,
        oid: u32,
        schema: String,
        name: String,
        function: u32,
    }
    /// `types.sql`
    Type {
        oid: u32,
        schema: String,
        name: String,
        kind: i8,
        element: u32,
        base: u32,
        not_null: bool,
        subtype: u32,
        range: u32,
        multirange: u32,
        relation: u32,
        relation_kind: Option<i8>,
        labels: Vec<String>,
        comment: Option<String>,
    }
}

impl Relation {
    /// Whether it is a view or a materialized view.
    pub(super) fn is_view(&self) -> bool {
        matches!(letter(self.kind), 'v' | 'm')
    }

    /// Its name.
    pub(super) fn pg_name(&self) -> PgName {
        PgName::new(&self.schema, &self.name)
    }
}

impl Function {
    /// All types in the signature.
    pub(super) fn types(&self) -> impl Iterator<Item = u32> {
        self.argument_types.iter().copied().chain([self.returns])
    }
}

impl CalledFunction {
    /// How query trees refer to it.
    pub(super) fn signature(&self) -> String {
        format!("{}.{}({})", self.schema, self.name, self.arguments.join(", "))
    }

    /// Its entry in the catalog.
    pub(super) fn into_entry(self) -> Result<(String, Routine), IntrospectError> {
        let signature = self.signature();
        let routine = Routine {
            kind: function_kind(self.kind).ok_or_else(|| unexpected(&signature))?,
            strict: self.strict,
            volatility: volatility(self.volatility).ok_or_else(|| unexpected(&signature))?,
            comment: self.comment,
            name: PgName { schema: self.schema, name: self.name },
        };
        Ok((signature, routine))
    }
}

/// The error for a code that no supported version of PostgreSQL uses.
pub(super) fn unexpected(object: &str) -> IntrospectError {
    IntrospectError::Unexpected(format!("`{object}`"))
}

/// A value of the type `"char"`.
pub(super) fn letter(code: i8) -> char {
    char::from(code.to_ne_bytes()[0])
}

/// `pg_proc.prokind`
pub(super) fn function_kind(code: i8) -> Option<FunctionKind> {
    Some(match letter(code) {
        'f' => FunctionKind::Function,
        'p' => FunctionKind::Procedure,
        'a' => FunctionKind::Aggregate,
        'w' => FunctionKind::Window,
        _ => return None,
    })
}

/// `pg_proc.provolatile`
pub(super) fn volatility(code: i8) -> Option<Volatility> {
    Some(match letter(code) {
        'i' => Volatility::Immutable,
        's' => Volatility::Stable,
        'v' => Volatility::Volatile,
        _ => return None,
    })
}

/// `pg_proc.proargmodes`
pub(super) fn argument_mode(code: i8) -> Option<ArgumentMode> {
    Some(match letter(code) {
        'i' => ArgumentMode::In,
        'o' => ArgumentMode::Out,
        'b' => ArgumentMode::InOut,
        'v' => ArgumentMode::Variadic,
        't' => ArgumentMode::Table,
        _ => return None,
    })
}
