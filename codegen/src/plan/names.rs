//! From SQL names to GraphQL names to Rust names: one function per rule, and nowhere else.
//!
//! A rule gives a valid name or an error. It never drops characters to make a name valid, because
//! two objects could then silently share one; the author says `@name` instead.

use std::fmt;

use heck::{ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use serde::Serialize;

/// A valid GraphQL name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct GraphqlName(String);

/// A valid Rust identifier, raw where it must be.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct RustName(String);

/// Why an SQL name cannot become a GraphQL name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing is left of it.
    #[error("nothing is left of it once its prefix and underscores are gone")]
    Empty,
    /// A character that GraphQL does not allow.
    #[error("GraphQL names are made of A to Z, digits and underscores; {0:?} is none of them")]
    Character(char),
    /// It begins with a digit.
    #[error("GraphQL names do not begin with a digit")]
    Digit,
    /// It begins with two underscores.
    #[error("names that begin with two underscores belong to GraphQL itself")]
    Reserved,
}

/// Names that generated files import from the runtime. A struct of the same name in such a
/// file would shadow them, so it gets a trailing underscore; its GraphQL name stays.
pub(crate) const IMPORTS: &[&str] = &[
    "Argument",
    "Cardinality",
    "Cells",
    "Column",
    "Composite",
    "CompositeType",
    "Computed",
    "EnumLabel",
    "EnumType",
    "FromCell",
    "Function",
    "Notation",
    "ObjectType",
    "Range",
    "RangeType",
    "RawCell",
    "Record",
    "Relation",
    "Resolver",
    "Result",
    "Returns",
    "Type",
    "View",
    "ViewRow",
    "Volatility",
];

/// What else a generated file says without a path.
const PRELUDE: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Send",
    "Some",
    "String",
    "Sync",
    "Vec",
];

/// Whether GraphQL accepts it as a name of ours.
pub fn is_graphql_name(name: &str) -> bool {
    GraphqlName::new(name).is_ok()
}

impl GraphqlName {
    /// Takes a name as it is.
    ///
    /// # Errors
    ///
    /// When GraphQL does not allow it.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = name.into();
        let first = name.chars().next().ok_or(InvalidName::Empty)?;
        if let Some(c) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '_')) {
            Err(InvalidName::Character(c))
        } else if first.is_ascii_digit() {
            Err(InvalidName::Digit)
        } else if name.starts_with("__") {
            Err(InvalidName::Reserved)
        } else {
            Ok(Self(name))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `Order` + `Filter`
    pub(crate) fn with_suffix(&self, suffix: &str) -> Self {
        Self(format!("{}{suffix}", self.0))
    }

    /// With its first letter as a type has it; for what one `@name` names twice.
    pub(crate) fn as_type(&self) -> Self {
        Self(with_first(&self.0, char::to_ascii_uppercase))
    }

    /// With its first letter as a field has it.
    pub(crate) fn as_field(&self) -> Self {
        Self(with_first(&self.0, char::to_ascii_lowercase))
    }
}

fn with_first(text: &str, change: impl Fn(&char) -> char) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| std::iter::once(change(&first)).chain(chars).collect())
}

/// `orders_summary` becomes the type `OrdersSummary`.
pub fn type_name(sql: &str) -> Result<GraphqlName, InvalidName> {
    convert(sql, |words| words.to_upper_camel_case())
}

/// `paid_at` becomes the field `paidAt`, `url_2x` becomes `url2x`.
pub fn field_name(sql: &str) -> Result<GraphqlName, InvalidName> {
    convert(sql, |words| words.to_lower_camel_case())
}

/// What separates the words of a label and has no other meaning.
const SEPARATORS: &[char] =
    &[' ', '-', '/', '\\', '.', ',', ':', ';', '&', '\'', '(', ')', '[', ']', '{', '}'];

/// `in_progress`, `in-progress` and `inProgress` become the value `IN_PROGRESS`, `n/a` becomes
/// `N_A`, `1st` becomes `_1ST`.
///
/// Labels are made for people: separators count as underscores, and are dropped at the ends. Any
/// other character that GraphQL does not know may mean something (`a+`, `<`, `é`) and is an error;
/// so are labels that become the same value.
pub fn enum_value_name(label: &str) -> Result<GraphqlName, InvalidName> {
    let words = label.trim_matches(SEPARATORS).replace(SEPARATORS, "_");
    match convert(&words, |words| words.to_shouty_snake_case()) {
        Err(InvalidName::Digit) => GraphqlName::new(format!("_{}", words.to_shouty_snake_case())),
        name => name,
    }
}

/// `OrderLine` as input is `OrderLineInput`, and `OrderItemInput` stays.
pub fn input_name(object: &GraphqlName) -> GraphqlName {
    if object.0.ends_with("Input") { object.clone() } else { object.with_suffix("Input") }
}

/// The field that finds a row of `orders` by a key: `ordersById`, `ordersByShopAndNumber`; also a
/// relation that leads there along these columns.
pub fn by_columns<'a>(
    list: &GraphqlName,
    columns: impl IntoIterator<Item = &'a GraphqlName>,
) -> GraphqlName {
    let columns: Vec<_> = columns.into_iter().map(|column| column.as_type().0).collect();
    list.with_suffix(&format!("By{}", columns.join("And")))
}

/// Names one after the other: `reviewedBy` and `people` are `reviewedByPeople`.
pub fn joined<'a>(names: impl IntoIterator<Item = &'a GraphqlName>) -> GraphqlName {
    let words = names.into_iter().map(|name| name.as_type().0);
    GraphqlName(words.collect()).as_field()
}

/// The text behind a prefix such as `v_`; a name without it stays whole.
pub fn without_prefix<'a>(sql: &'a str, prefix: &str) -> &'a str {
    sql.strip_prefix(prefix).unwrap_or(sql)
}

/// What the name of a function says about a row of a view: `v_customers_full_name` and
/// `customers_full_name` of `v_customers` are `full_name`.
pub fn field_of_row<'a>(function: &'a str, view: &str, view_prefix: &str) -> &'a str {
    let after = |start: &str| function.strip_prefix(start)?.strip_prefix('_');
    let rest = after(view).or_else(|| after(without_prefix(view, view_prefix)));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(function)
}

/// Checks, converts and keeps leading underscores, which mean something to their author.
fn convert(sql: &str, case: impl Fn(&str) -> String) -> Result<GraphqlName, InvalidName> {
    let words = sql.trim_start_matches('_');
    let underscores = sql.get(..sql.len() - words.len()).unwrap_or_default();
    if words.trim_end_matches('_').is_empty() {
        return Err(InvalidName::Empty);
    }
    if let Some(c) = words.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '_')) {
        return Err(InvalidName::Character(c));
    }
    GraphqlName::new(format!("{underscores}{}", case(words)))
}

impl RustName {
    /// The name of a struct, an enum or a variant.
    pub fn of_type(name: &GraphqlName) -> Self {
        let camel = starting_with_letter(name.0.to_upper_camel_case(), "N", "Unnamed");
        if IMPORTS.contains(&camel.as_str()) || PRELUDE.contains(&camel.as_str()) {
            return Self(camel + "_");
        }
        Self::escaped(camel)
    }

    /// The name of a variant, which nothing can shadow.
    pub fn of_variant(name: &GraphqlName) -> Self {
        Self::escaped(starting_with_letter(name.0.to_upper_camel_case(), "N", "Unnamed"))
    }

    /// The name of a field.
    pub fn of_member(name: &GraphqlName) -> Self {
        Self::escaped(starting_with_letter(name.0.to_snake_case(), "n", "unnamed"))
    }

    /// The name of a module and of its file, which is why it is never raw: `mod r#mod` would be the
    /// file `mod.rs`.
    pub fn of_module(name: &GraphqlName) -> Self {
        let Self(member) = Self::of_member(name);
        Self(member.strip_prefix("r#").map_or(member.clone(), |keyword| format!("{keyword}_")))
    }

    /// The text, `r#` included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes an identifier of a keyword: raw where that is legal, else with a trailing underscore.
    fn escaped(name: String) -> Self {
        // syn knows the keywords; `gen` became one in edition 2024, which it does not assume.
        if name != "gen" && syn::parse_str::<syn::Ident>(&name).is_ok() {
            return Self(name);
        }
        let raw = format!("r#{name}");
        Self(if syn::parse_str::<syn::Ident>(&raw).is_ok() { raw } else { name + "_" })
    }
}

/// Rust case rules drop underscores, after which a digit, or nothing, may stand first.
fn starting_with_letter(name: String, before_digit: &str, instead: &str) -> String {
    match name.chars().next() {
        None => instead.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{before_digit}{name}"),
        Some(_) => name,
    }
}

impl fmt::Display for GraphqlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RustName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
