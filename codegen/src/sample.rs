//! Hand-built catalogs for unit tests.

use crate::catalog::{
    Argument, ArgumentMode, Catalog, Function, FunctionKind, PgName, TypeDef, TypeKind, TypeRef,
    View, ViewColumn, Volatility,
};
use crate::query_tree::Query;

/// `int4` is `pg_catalog.int4`, `app.x[]` is an array of `app.x`.
pub(crate) fn ty(text: &str) -> TypeRef {
    let (name, array) = text.strip_suffix("[]").map_or((text, false), |name| (name, true));
    let (schema, name) = name.split_once('.').unwrap_or(("pg_catalog", name));
    TypeRef { name: PgName::new(schema, name), array }
}

/// A column, whose name may be followed by a comment after `|`.
pub(crate) fn column(number: i16, text: &str, type_name: &str) -> ViewColumn {
    let (name, comment) = with_comment(text);
    ViewColumn { name, number, ty: ty(type_name), nondeterministic: false, comment }
}

fn with_comment(text: &str) -> (String, Option<String>) {
    match text.split_once('|') {
        Some((name, comment)) => (name.to_owned(), Some(comment.to_owned())),
        None => (text.to_owned(), None),
    }
}

fn columns(list: &[(&str, &str)]) -> Vec<ViewColumn> {
    let numbered = (1..).zip(list);
    numbered.map(|(number, (name, ty))| column(number, name, ty)).collect()
}

impl Catalog {
    /// Adds a view of the schema `public`; a name may be followed by a comment after `|`.
    pub(crate) fn with_view(self, name: &str, list: &[(&str, &str)]) -> Self {
        self.with_view_in("public", name, list)
    }

    pub(crate) fn with_view_in(mut self, schema: &str, name: &str, list: &[(&str, &str)]) -> Self {
        let (name, comment) = with_comment(name);
        let view = View {
            materialized: false,
            security_invoker: false,
            nondeterministic: false,
            columns: columns(list),
            keys: Vec::new(),
            comment,
            query: Query::unreadable("it is made by hand"),
        };
        self.views.insert(PgName::new(schema, name), view);
        self
    }

    pub(crate) fn with_type(mut self, name: &str, kind: TypeKind) -> Self {
        let (name, comment) = with_comment(name);
        self.types.insert(ty(&name).name, TypeDef { kind, comment });
        self
    }

    pub(crate) fn with_enum(self, name: &str, labels: &[&str]) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self.with_type(name, TypeKind::Enum { labels })
    }

    pub(crate) fn with_composite(self, name: &str, list: &[(&str, &str)]) -> Self {
        self.with_type(name, TypeKind::Composite { attributes: columns(list) })
    }

    /// Adds a volatile function of the schema `public`; see [`function`].
    pub(crate) fn with_function(mut self, function: Function) -> Self {
        self.functions.push(function);
        self
    }
}

/// A volatile function of the schema `public`; arguments are `name`, `name = default`, or have a
/// mode before them (`out total`, `table id`, `variadic rest`, `inout x`).
pub(crate) fn function(name: &str, arguments: &[(&str, &str)], returns: &str) -> Function {
    let (name, comment) = with_comment(name);
    let (returns, returns_set) =
        returns.strip_prefix("setof ").map_or((returns, false), |element| (element, true));
    Function {
        name: PgName::new("public", name),
        arguments: arguments.iter().map(|(name, ty)| argument(name, ty)).collect(),
        returns: ty(returns),
        returns_set,
        volatility: Volatility::Volatile,
        strict: false,
        kind: FunctionKind::Function,
        language: "sql".into(),
        comment,
    }
}

fn argument(text: &str, type_name: &str) -> Argument {
    let (text, default) = match text.split_once(" = ") {
        Some((text, default)) => (text, Some(default.to_owned())),
        None => (text, None),
    };
    let modes = [
        ("out ", ArgumentMode::Out),
        ("inout ", ArgumentMode::InOut),
        ("table ", ArgumentMode::Table),
        ("variadic ", ArgumentMode::Variadic),
    ];
    let found = modes.iter().find_map(|(word, mode)| Some((text.strip_prefix(word)?, *mode)));
    let (name, mode) = found.unwrap_or((text, ArgumentMode::In));
    let name = (!name.is_empty()).then(|| name.to_owned());
    Argument { name, ty: ty(type_name), mode, default }
}
