//! Every name of the plan with its origin; two claims to one name are a diagnostic.
//!
//! Claims are collected first and compared at the end, so that the order of discovery does not
//! decide who is at fault. Names are compared without case: GraphQL would tell `orderId` from
//! `orderid`, but the people and file systems behind it would not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::model::{Origin, Rename};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::sql_name;

/// Where a name must be unique.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Scope {
    /// GraphQL types.
    Types,
    /// Fields of an object type or root.
    Fields(String),
    /// Arguments of a field.
    Arguments(String),
    /// Values of an enum.
    Values(String),
    /// Modules of a folder, which are files.
    Modules(&'static str),
    /// Structs and enums of a file.
    Items(String),
    /// Members of a struct, variants of an enum or parameters of a method.
    Members(String),
}

/// GraphQL types that exist, or will, whatever the schema.
const RESERVED_TYPES: &[&str] = &["Query", "Mutation", "Subscription", "PageInfo", "Direction", "ID"];

/// Arguments that every list field has.
pub(crate) const LIST_ARGUMENTS: &[&str] = &["where", "orderBy", "limit", "offset"];

/// The claims.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    claims: BTreeMap<(Scope, String), BTreeSet<(Origin, String)>>,
}

impl Registry {
    /// A registry in which GraphQL and this product have taken their names.
    pub(crate) fn new() -> Self {
        let mut registry = Self::default();
        for name in RESERVED_TYPES {
            registry.reserve(Scope::Types, name, "every API");
        }
        for scalar in crate::plan::types::SCALARS {
            registry.reserve(Scope::Types, scalar, "the scalar types");
            registry.reserve(Scope::Types, &format!("{scalar}Filter"), "the filters of scalar types");
        }
        registry
    }

    /// Takes a name that no SQL object can change.
    pub(crate) fn reserve(&mut self, scope: Scope, name: &str, by: &str) {
        let origin =
            Origin { object: by.to_owned(), how: "reserved".to_owned(), rename: Rename::Never };
        self.claim(scope, name, &origin);
    }

    /// Takes a name for an SQL object.
    pub(crate) fn claim(&mut self, scope: Scope, name: &str, origin: &Origin) {
        let folded = name.trim_start_matches("r#").to_lowercase();
        self.claims.entry((scope, folded)).or_default().insert((origin.clone(), name.to_owned()));
    }

    /// Reports every name with more than one claim.
    pub(crate) fn report(self, diagnostics: &mut Diagnostics) {
        let mut reported = BTreeSet::new();
        for ((scope, _), claims) in self.claims {
            let origins: Vec<Origin> = claims.iter().map(|(origin, _)| origin.clone()).collect();
            // The same objects usually collide in GraphQL and in Rust, or by type and by field;
            // saying it once is enough.
            let objects: Vec<String> = origins.iter().map(|origin| origin.object.clone()).collect();
            if claims.len() > 1 && reported.insert(objects) {
                let names: BTreeSet<&str> = claims.iter().map(|(_, name)| name.as_str()).collect();
                diagnostics.push(collision(&scope, &names, &origins));
            }
        }
    }
}

fn collision(scope: &Scope, names: &BTreeSet<&str>, origins: &[Origin]) -> Diagnostic {
    let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = match shown.as_slice() {
        [name] => format!("more than one {scope} would be called {name}"),
        _ => format!("{scope}s would differ only by case: {}", shown.join(", ")),
    };
    let (reserved, own): (Vec<_>, Vec<_>) =
        origins.iter().partition(|origin| origin.rename == Rename::Never);
    let mut diagnostic = Diagnostic::new(Code::NameCollision, message);
    for origin in own.iter().chain(&reserved) {
        diagnostic = diagnostic.at(&origin.object, &origin.how);
    }
    let name = names.first().copied().unwrap_or_default();
    match own.last().map(|origin| fix(origin, scope, name)) {
        Some(fix) => diagnostic.help(fix),
        None => diagnostic,
    }
}

/// The last of the origins gets another name.
fn fix(origin: &Origin, scope: &Scope, name: &str) -> String {
    let name = name.trim_start_matches("r#");
    let other = match scope {
        Scope::Types | Scope::Items(_) => format!("Other{name}"),
        _ => format!("other{}{}", name.get(..1).unwrap_or("").to_uppercase(), name.get(1..).unwrap_or("")),
    };
    match &origin.rename {
        Rename::Comment(comment) => {
            let tag = format!("@name {other}");
            let sql = sql_name::comment_with(&origin.object, &tag, without_name(comment.as_deref()).as_deref());
            format!("give one of them another name:\n{sql}")
        }
        Rename::Sql(help) => help.clone(),
        Rename::Never => String::new(),
    }
}

/// A comment less its `@name`, for a new one to take its place.
pub(crate) fn without_name(comment: Option<&str>) -> Option<String> {
    let lines = comment?.lines().filter(|line| !line.trim().starts_with("@name"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Types => f.write_str("GraphQL type"),
            Self::Fields(owner) => write!(f, "field of `{owner}`"),
            Self::Arguments(field) => write!(f, "argument of `{field}`"),
            Self::Values(owner) => write!(f, "value of `{owner}`"),
            Self::Modules(folder) => write!(f, "module in `{folder}`"),
            Self::Items(module) => write!(f, "Rust type in `{module}`"),
            Self::Members(owner) => write!(f, "Rust name in `{owner}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(object: &str, comment: Option<&str>) -> Origin {
        Origin {
            object: object.into(),
            how: "named by its own name".into(),
            rename: Rename::Comment(comment.map(str::to_owned)),
        }
    }

    fn report(claims: &[(Scope, &str, Origin)]) -> String {
        let mut registry = Registry::new();
        for (scope, name, origin) in claims {
            registry.claim(scope.clone(), name, origin);
        }
        let mut diagnostics = Diagnostics::default();
        registry.report(&mut diagnostics);
        diagnostics.to_string()
    }

    #[test]
    fn different_names_are_no_collision() {
        assert_eq!(
            report(&[
                (Scope::Types, "Order", origin("view public.v_order", None)),
                (Scope::Types, "Orders", origin("view public.v_orders", None)),
                (Scope::Fields("Query".into()), "order", origin("view public.v_order", None)),
            ]),
            ""
        );
    }

    #[test]
    fn collision_shows_both_origins_and_the_comment_that_resolves_it() {
        assert_eq!(
            report(&[
                (Scope::Types, "Order", origin("view b.v_order", Some("@name Order\nIt's."))),
                (Scope::Types, "Order", origin("view a.v_order", None)),
            ]),
            "error[name-collision]: more than one GraphQL type would be called `Order`
  --> view a.v_order    named by its own name
  --> view b.v_order    named by its own name
  help: give one of them another name:
        comment on view b.v_order is '@name OtherOrder
        It''s.';
"
        );
    }

    #[test]
    fn reserved_names_and_names_that_differ_by_case_collide() {
        let shown = report(&[(Scope::Types, "Query", origin("view a.v_query", None))]);
        assert!(shown.contains("--> every API") && shown.contains("'@name OtherQuery'"), "{shown}");
        let shown = report(&[
            (Scope::Fields("A".into()), "orderId", origin("column a.v.order_id", None)),
            (Scope::Fields("A".into()), "orderid", origin("column a.v.orderid", None)),
        ]);
        assert!(shown.contains("fields of `A` would differ only by case: `orderId`, `orderid`")
            || shown.contains("field of `A`s would differ"), "{shown}");
    }
}
