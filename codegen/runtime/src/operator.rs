//! The operators of filters, by type.
//!
//! An operator is a row of a table: its name, what it takes, and the SQL around its two sides. Which
//! types have which tables is decided in [`operators`] and nowhere else. The forms are those that an
//! index can answer: the column stands bare on the left, `= any (…)` for lists, `like` for the start
//! of a text (btree with `text_pattern_ops`, trigrams), `@>` for what an array has (GIN).

use crate::model::{CompositeType, Type};

/// An operator of a filter on a value.
#[derive(Debug)]
pub(crate) struct Operator {
    /// The name of its field in a filter.
    pub(crate) field: &'static str,
    /// What it takes.
    pub(crate) argument: Argument,
    /// SQL before, between and after the value of the row and what is given.
    pub(crate) sql: [&'static str; 3],
    /// What it does, for the API's documentation.
    pub(crate) doc: &'static str,
}

/// What an operator takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Argument {
    /// A value of the type.
    Value,
    /// A value of the type, or null.
    Nullable,
    /// A list of values of the type, none of them null.
    Values,
    /// Whether it is null.
    IsNull,
    /// Yes or no.
    Boolean,
    /// Part of a text, at this place.
    Text(Place),
    /// A pattern of `like`.
    Pattern,
    /// A regular expression.
    Regex,
    /// The element of an array, or a value between the bounds of a range.
    Element,
    /// A list of elements of an array, none of them null.
    Elements,
    /// The name of a member of a JSON object.
    Key,
    /// Several such names.
    Keys,
    /// An SQL/JSON path.
    Path,
    /// An address or a network.
    Network,
}

/// Where in a text a part of it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    Start,
    End,
    Anywhere,
}

use Argument::{
    Boolean, Element, Elements, IsNull, Key, Keys, Network, Nullable, Path, Pattern, Regex, Text,
    Value, Values,
};

const fn operator(
    field: &'static str,
    argument: Argument,
    between: &'static str,
    doc: &'static str,
) -> Operator {
    Operator { field, argument, sql: ["", between, ""], doc }
}

const fn around(
    field: &'static str,
    argument: Argument,
    sql: [&'static str; 3],
    doc: &'static str,
) -> Operator {
    Operator { field, argument, sql, doc }
}

const NULL: &[Operator] = &[operator("isNull", IsNull, " is ", "Null, or not null.")];

/// Equal.
pub(crate) const EQ: Operator = operator("eq", Value, " = ", "Equal.");

const EQUALITY: &[Operator] = &[
    EQ,
    operator("neq", Value, " <> ", "Not equal; a null is neither."),
    operator(
        "distinctFrom",
        Nullable,
        " is distinct from ",
        "Not equal, where null is a value like any other.",
    ),
    operator(
        "notDistinctFrom",
        Nullable,
        " is not distinct from ",
        "Equal, where null is a value like any other.",
    ),
];

const LIST: &[Operator] = &[
    around(
        "in",
        Values,
        ["", " = any (", ")"],
        "Equal to one of these; an empty list matches nothing.",
    ),
    around("notIn", Values, ["", " <> all (", ")"], "Equal to none of these."),
];

const ORDER: &[Operator] = &[
    operator("gt", Value, " > ", "Greater."),
    operator("gte", Value, " >= ", "Greater or equal."),
    operator("lt", Value, " < ", "Less."),
    operator("lte", Value, " <= ", "Less or equal."),
];

const TEXT: &[Operator] = &[
    operator(
        "like",
        Pattern,
        " like ",
        "Matches a pattern: `%` is any text, `_` any character, `\\` escapes.",
    ),
    operator("notLike", Pattern, " not like ", "Does not match such a pattern."),
    operator("ilike", Pattern, " ilike ", "Like `like`, whatever the case."),
    operator("notIlike", Pattern, " not ilike ", "Like `notLike`, whatever the case."),
    operator("startsWith", Text(Place::Start), " like ", "Starts with this text."),
    operator(
        "istartsWith",
        Text(Place::Start),
        " ilike ",
        "Starts with this text, whatever the case.",
    ),
    operator("endsWith", Text(Place::End), " like ", "Ends with this text."),
    operator("iendsWith", Text(Place::End), " ilike ", "Ends with this text, whatever the case."),
    operator("contains", Text(Place::Anywhere), " like ", "Contains this text."),
    operator(
        "icontains",
        Text(Place::Anywhere),
        " ilike ",
        "Contains this text, whatever the case.",
    ),
    operator("regex", Regex, " ~ ", "Matches a regular expression of PostgreSQL, anywhere."),
    operator("iregex", Regex, " ~* ", "Like `regex`, whatever the case."),
];

const NETWORK: &[Operator] = &[
    operator("contains", Network, " >>= ", "Contains this address or network, or equals it."),
    operator("containedBy", Network, " <<= ", "Lies within this network, or equals it."),
    operator("overlaps", Network, " && ", "Contains this network, or lies within it."),
];

const JSON: &[Operator] = &[
    operator("contains", Value, " @> ", "Has all members and elements of this, at all depths."),
    operator("containedBy", Value, " <@ ", "Has no members and elements but those of this."),
    operator("hasKey", Key, " ? ", "Has a member, or a text among its elements, of this name."),
    operator("hasAnyKey", Keys, " ?| ", "Has at least one of these keys."),
    operator("hasAllKeys", Keys, " ?& ", "Has all of these keys."),
    operator("pathExists", Path, " @? ", "This SQL/JSON path leads to something: `$.tags[*]`."),
    operator("pathMatches", Path, " @@ ", "This SQL/JSON path is true: `$.price > 10`."),
];

const ARRAY: &[Operator] = &[
    around("has", Element, ["", " @> array[", "]"], "Has this element."),
    operator("contains", Elements, " @> ", "Has all of these elements."),
    operator("containedBy", Elements, " <@ ", "Has no elements but these; a null is none of them."),
    operator("overlaps", Elements, " && ", "Has at least one of these elements."),
];

const LENGTH: &[Operator] = &[around(
    "isEmpty",
    Boolean,
    ["(pg_catalog.cardinality(", ") = 0) = ", ""],
    "Has no elements, or has some.",
)];

const RANGE: &[Operator] = &[
    operator("contains", Element, " @> ", "Contains this value."),
    operator("containsRange", Value, " @> ", "Contains all of this."),
    operator("containedBy", Value, " <@ ", "Lies within this."),
    operator("overlaps", Value, " && ", "Has values in common with this."),
    operator("before", Value, " << ", "Ends before this begins."),
    operator("after", Value, " >> ", "Begins after this ends."),
    operator("adjacent", Value, " -|- ", "Ends where this begins, or begins where it ends."),
    around(
        "isEmpty",
        Boolean,
        ["pg_catalog.isempty(", ") = ", ""],
        "Contains nothing, or something.",
    ),
];

/// The operators of a type, in the order of its filter's fields.
pub(crate) fn operators(ty: &Type) -> impl Iterator<Item = &'static Operator> {
    let tables: &'static [&'static [Operator]] = match ty {
        // A composite is filtered by its attributes.
        Type::Json | Type::Shaped(_) | Type::Composite(_) => &[NULL],
        Type::Bool => &[EQUALITY, NULL],
        Type::Bytea => &[EQUALITY, LIST, NULL],
        Type::Text => &[EQUALITY, LIST, ORDER, TEXT, NULL],
        Type::Inet | Type::Cidr => &[EQUALITY, LIST, ORDER, NETWORK, NULL],
        Type::Jsonb => &[EQUALITY, JSON, NULL],
        Type::Range(_) | Type::Multirange(_) => &[EQUALITY, RANGE, NULL],
        Type::Array(element) | Type::MultiArray(element, _) if element.is_element() => {
            &[EQUALITY, ARRAY, LENGTH, NULL]
        }
        Type::Array(_) | Type::MultiArray(..) => &[LENGTH, NULL],
        _ => &[EQUALITY, LIST, ORDER, NULL],
    };
    tables.iter().copied().flatten()
}

impl Argument {
    /// Whether it is about the characters of a text.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text(_) | Self::Pattern | Self::Regex)
    }
}

impl Type {
    /// Whether arrays of it can be compared.
    fn is_element(&self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::Composite(_)
                | Self::Shaped(_)
                | Self::Array(_)
                | Self::MultiArray(..)
        )
    }

    /// The name of the type of its filter, given the name of a scalar.
    pub(crate) fn filter_name(&self, scalar: &str) -> String {
        let part = match self {
            Self::Json | Self::Shaped(_) => "IsNull".to_owned(),
            Self::Composite(CompositeType { object, .. }) => format!("{}Value", object.name),
            Self::Array(element) if element.is_element() => format!("{}List", element.stem(scalar)),
            Self::MultiArray(element, dimensions) if element.is_element() => {
                element.stem(scalar) + &"List".repeat(*dimensions)
            }
            Self::Array(_) | Self::MultiArray(..) => "IsEmpty".to_owned(),
            ty => ty.stem(scalar),
        };
        part + "Filter"
    }

    fn stem(&self, scalar: &str) -> String {
        match self {
            Self::Range(ty) => ty.object.name.to_owned(),
            Self::Multirange(ty) => format!("{}Set", ty.object.name),
            _ => scalar.to_owned(),
        }
    }
}
