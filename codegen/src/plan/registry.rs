//! Every name of the plan with its origin; two claims to one name are a diagnostic.
//!
//! Claims are collected first and compared at the end, so that the order of discovery does not
//! decide who is at fault. Names are compared without case: GraphQL would tell `orderId` from
//! `orderid`, but the people and file systems behind it would not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::model::{Origin, Rename};
use super::names::GraphqlName;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::sql_name;

/// Where a name must be unique.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Scope {
    /// GraphQL types.
    Types,
    /// Fields of an object type or root.
    Fields(Owner),
    /// Arguments of a field.
    Arguments(Owner),
    /// Values of an enum.
    Values(Owner),
    /// Modules of a folder, which are files.
    Modules(&'static str),
    /// Structs and enums of a file.
    Items(String),
    /// Members of a struct or variants of an enum.
    Members(Owner),
}

/// What has names of its own. Two owners with the same name collide themselves, and what is in
/// them does not.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Owner {
    name: String,
    object: String,
}

impl Owner {
    /// An owner by its GraphQL name and the SQL object behind it.
    pub(crate) fn new(name: impl ToString, origin: &Origin) -> Self {
        Self { name: name.to_string(), object: origin.object.clone() }
    }

    /// A root type.
    pub(crate) fn root(name: &str) -> Self {
        Self { name: name.to_owned(), object: String::new() }
    }
}

/// GraphQL types that exist, or will, whatever the schema.
const RESERVED_TYPES: &[&str] = &[
    "Query",
    "Mutation",
    "Subscription",
    "PageInfo",
    "Direction",
    "GroupByDate",
    "GroupByTime",
    "GroupByValue",
    "ID",
    "IsNullFilter",
    "IsEmptyFilter",
];

/// How many dimensions an array of PostgreSQL can have.
pub(crate) const MAX_DIMENSIONS: usize = 6;

/// Arguments that every list field has.
pub(crate) const LIST_ARGUMENTS: &[&str] = &["where", "orderBy", "limit", "offset"];

/// The claims.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    claims: BTreeMap<(Scope, String), BTreeSet<Claim>>,
}

/// Who would have a name.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Claim {
    origin: Origin,
    name: String,
    /// Whether it is the name of a type that was made from another: no file is called like it, and
    /// nobody chose it.
    derived: bool,
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
            for dimensions in 0..=MAX_DIMENSIONS {
                let filter = format!("{scalar}{}Filter", "List".repeat(dimensions));
                registry.reserve(Scope::Types, &filter, "the scalar types");
            }
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
        self.add(scope, name, origin.clone(), false);
    }

    /// Takes the name of a type that is made from another, such as its filter.
    pub(crate) fn claim_derived(&mut self, name: &GraphqlName, origin: &Origin) {
        self.add(Scope::Types, name.as_str(), origin.clone(), true);
    }

    fn add(&mut self, scope: Scope, name: &str, origin: Origin, derived: bool) {
        let folded = name.trim_start_matches("r#").to_lowercase();
        let claim = Claim { origin, name: name.to_owned(), derived };
        self.claims.entry((scope, folded)).or_default().insert(claim);
    }

    /// Reports every name with more than one claim.
    pub(crate) fn report(self, diagnostics: &mut Diagnostics) {
        let mut reported = BTreeSet::new();
        for ((scope, _), claims) in self.claims {
            if claims.len() < 2 || are_told_apart(&claims) {
                continue;
            }
            let origins: Vec<Origin> = claims.iter().map(|claim| claim.origin.clone()).collect();
            // The same objects usually collide in GraphQL and in Rust, or by type and by field;
            // saying it once is enough.
            let objects: Vec<String> = origins.iter().map(|origin| origin.object.clone()).collect();
            if reported.insert(objects) {
                let names: BTreeSet<&str> =
                    claims.iter().map(|claim| claim.name.as_str()).collect();
                diagnostics.push(collision(&scope, &names, &origins));
            }
        }
    }
}

/// Whether names of derived types differ by case, as `PlayListFilter` of `Play` and `PlaylistFilter`
/// of `Playlist` do.
fn are_told_apart(claims: &BTreeSet<Claim>) -> bool {
    let names: BTreeSet<&str> = claims.iter().map(|claim| claim.name.as_str()).collect();
    names.len() == claims.len() && claims.iter().filter(|claim| !claim.derived).count() <= 1
}

fn collision(scope: &Scope, names: &BTreeSet<&str>, origins: &[Origin]) -> Diagnostic {
    let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("more than one {scope} would be called {}", shown.join(" or "));
    let (reserved, own): (Vec<_>, Vec<_>) =
        origins.iter().partition(|origin| origin.rename == Rename::Never);
    let mut diagnostic = Diagnostic::new(Code::NameCollision, message);
    for origin in own.iter().chain(&reserved) {
        diagnostic = diagnostic.at(&origin.object, &origin.how);
    }
    let own_object = own.first().map(|origin| &origin.object);
    let alone = own.iter().all(|origin| Some(&origin.object) == own_object);
    match own.last() {
        Some(origin) => diagnostic.help(fix(origin, alone && reserved.is_empty())),
        None => diagnostic,
    }
}

/// The last of the origins gets another name.
///
/// A type that collides with its own input object already ends in `Input`, and must not.
fn fix(origin: &Origin, alone: bool) -> String {
    match &origin.rename {
        Rename::Comment { comment, name } => {
            let is_type = name.as_str().starts_with(|c: char| c.is_ascii_uppercase());
            let other = if let Some(stem) = name.as_str().strip_suffix("Input").filter(|_| alone) {
                format!("{stem}Value")
            } else if is_type {
                format!("Other{name}")
            } else {
                format!("other{}", name.as_type())
            };
            let rest = without_name(comment.as_deref());
            let tag = format!("@name {other}");
            let sql = sql_name::comment_with(&origin.object, &tag, rest.as_deref());
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
            Self::Fields(owner) => write!(f, "field of `{}`", owner.name),
            Self::Arguments(field) => write!(f, "argument of `{}`", field.name),
            Self::Values(owner) => write!(f, "value of `{}`", owner.name),
            Self::Modules(folder) => write!(f, "module in `{folder}`"),
            Self::Items(module) => write!(f, "Rust type in `{module}`"),
            Self::Members(owner) => write!(f, "Rust name in `{}`", owner.name),
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
            rename: Rename::Comment {
                comment: comment.map(str::to_owned),
                name: GraphqlName::new("Order").unwrap(),
            },
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
                (Scope::Fields(Owner::root("Query")), "order", origin("view public.v_order", None)),
            ]),
            ""
        );
    }

    #[test]
    fn case_tells_derived_types_apart() {
        let (play, list) = (origin("view v_play", None), origin("view v_playlist", None));
        let of_list = GraphqlName::new("PlaylistFilter").unwrap();
        let mut registry = Registry::new();
        registry.claim_derived(&GraphqlName::new("PlayListFilter").unwrap(), &play);
        registry.claim_derived(&of_list, &list);
        let mut diagnostics = Diagnostics::default();
        registry.report(&mut diagnostics);
        assert_eq!(diagnostics.to_string(), "");
        let mut registry = Registry::new();
        registry.claim_derived(&of_list, &list);
        registry.claim(Scope::Types, "PlaylistFilter", &play);
        registry.report(&mut diagnostics);
        assert_eq!(diagnostics.errors(), 1, "{diagnostics}");
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
        assert!(shown.contains("--> every API") && shown.contains("'@name OtherOrder'"), "{shown}");
        let shown = report(&[
            (Scope::Fields(Owner::root("A")), "orderId", origin("column a.v.order_id", None)),
            (Scope::Fields(Owner::root("A")), "orderid", origin("column a.v.orderid", None)),
        ]);
        assert!(
            shown.contains("more than one field of `A` would be called `orderId` or `orderid`"),
            "{shown}"
        );
    }
}
