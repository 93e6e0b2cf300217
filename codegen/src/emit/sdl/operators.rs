//! The operators of filters, by type. The runtime has the same, and what they are in SQL.

use Argument::{Boolean, Element, Elements, Network, Text, Texts, Value, Values};

use crate::plan::model::Type;

/// What an operator takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument {
    /// A value of the type.
    Value,
    /// A list of values.
    Values,
    /// Yes or no.
    Boolean,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// The element of an array, or a value between the bounds of a range.
    Element,
    /// A list of elements.
    Elements,
    /// An address or a network.
    Network,
}

/// An operator: its name, what it takes, its description.
type Operator = (&'static str, Argument, &'static str);

const NULL: &[Operator] = &[("isNull", Boolean, "Null, or not null.")];

const EQUALITY: &[Operator] = &[
    ("eq", Value, "Equal."),
    ("neq", Value, "Not equal; a null is neither."),
    ("distinctFrom", Value, "Not equal, where null is a value like any other."),
    ("notDistinctFrom", Value, "Equal, where null is a value like any other."),
];

const LIST: &[Operator] = &[
    ("in", Values, "Equal to one of these; an empty list matches nothing."),
    ("notIn", Values, "Equal to none of these."),
];

const ORDER: &[Operator] = &[
    ("gt", Value, "Greater."),
    ("gte", Value, "Greater or equal."),
    ("lt", Value, "Less."),
    ("lte", Value, "Less or equal."),
];

const TEXT: &[Operator] = &[
    ("like", Text, "Matches a pattern: `%` is any text, `_` any character, `\\` escapes."),
    ("notLike", Text, "Does not match such a pattern."),
    ("ilike", Text, "Like `like`, whatever the case."),
    ("notIlike", Text, "Like `notLike`, whatever the case."),
    ("startsWith", Text, "Starts with this text."),
    ("istartsWith", Text, "Starts with this text, whatever the case."),
    ("endsWith", Text, "Ends with this text."),
    ("iendsWith", Text, "Ends with this text, whatever the case."),
    ("contains", Text, "Contains this text."),
    ("icontains", Text, "Contains this text, whatever the case."),
    ("regex", Text, "Matches a regular expression of PostgreSQL, anywhere."),
    ("iregex", Text, "Like `regex`, whatever the case."),
];

const NETWORK: &[Operator] = &[
    ("contains", Network, "Contains this address or network, or equals it."),
    ("containedBy", Network, "Lies within this network, or equals it."),
    ("overlaps", Network, "Contains this network, or lies within it."),
];

const JSON: &[Operator] = &[
    ("contains", Value, "Has all members and elements of this, at all depths."),
    ("containedBy", Value, "Has no members and elements but those of this."),
    ("hasKey", Text, "Has a member, or a text among its elements, of this name."),
    ("hasAnyKey", Texts, "Has at least one of these keys."),
    ("hasAllKeys", Texts, "Has all of these keys."),
    ("pathExists", Text, "This SQL/JSON path leads to something: `$.tags[*]`."),
    ("pathMatches", Text, "This SQL/JSON path is true: `$.price > 10`."),
];

const ARRAY: &[Operator] = &[
    ("has", Element, "Has this element."),
    ("contains", Elements, "Has all of these elements."),
    ("containedBy", Elements, "Has no elements but these; a null is none of them."),
    ("overlaps", Elements, "Has at least one of these elements."),
];

const LENGTH: &[Operator] = &[("isEmpty", Boolean, "Has no elements, or has some.")];

const RANGE: &[Operator] = &[
    ("contains", Element, "Contains this value."),
    ("containsRange", Value, "Contains all of this."),
    ("containedBy", Value, "Lies within this."),
    ("overlaps", Value, "Has values in common with this."),
    ("before", Value, "Ends before this begins."),
    ("after", Value, "Begins after this ends."),
    ("adjacent", Value, "Ends where this begins, or begins where it ends."),
    ("isEmpty", Boolean, "Contains nothing, or something."),
];

/// The operators of a type, in the order of its filter's fields.
pub(super) fn operators(ty: &Type) -> impl Iterator<Item = &'static Operator> {
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
