//! The grammar of SQL comments: leading `@tag value` lines, then a description.
//!
//! ```text
//! @name orders
//! @key id
//! An order with its customer.
//! ```
//!
//! This module knows which tags exist, what their values look like and where they are allowed.
//! It does not know what they refer to: whether a column of `@key` exists is the plan's business.
//! Parsing never fails; what is wrong is a [`Problem`] beside the rest.

mod scan;
mod text;

use scan::Scanner;
pub use text::{clean, is_hazardous};

use crate::catalog::PgName;
use crate::suggestion;

/// What a comment said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comment {
    /// `@name`: the GraphQL name.
    pub name: Option<String>,
    /// `@omit`: leave the object out.
    pub omit: bool,
    /// `@deprecated`: the reason.
    pub deprecated: Option<String>,
    /// `@notnull`: the value, or the result, is never null.
    pub not_null: bool,
    /// `@nullable` of a column: the value may be null, whatever we can prove.
    pub nullable: bool,
    /// `@type` of a column, a domain or a function's result: the shape of its JSON, or the
    /// dimensions of its arrays.
    pub shape: Option<Shape>,
    /// `@key`, in order.
    pub keys: Vec<KeyTag>,
    /// `@inverse`: the name of the relation that leads back.
    pub inverse: Option<String>,
    /// `@relation`, in order.
    pub relations: Vec<RelationTag>,
    /// `@value` of an enum: labels and their GraphQL names.
    pub values: Vec<(String, String)>,
    /// `@input`: wrap the arguments in one input object.
    pub input: bool,
    /// `@name` of a function with two words: arguments and columns of the result, and the GraphQL
    /// name of each.
    pub part_names: Vec<(String, String)>,
    /// `@notnull` of a function with a word: columns of the result that are never null.
    pub not_null_columns: Vec<String>,
    /// `@nullable` of a function: arguments that may be null or left out.
    pub nullable_arguments: Vec<String>,
    /// `@type` of a function: arguments, or columns of its result, and the same of them.
    ///
    /// Here as in all that is about a part of a function, an argument without a name is `$1`.
    pub shapes: Vec<(String, Shape)>,
    /// The text below the tags, cleaned by [`clean`].
    pub description: String,
}

/// What `@type` says: JSON is an object like a row of this type, or a list of them; an array has
/// elements of this type and so many dimensions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shape {
    /// The type, whose schema may be left out.
    pub name: PartialName,
    /// How many `[]` follow.
    pub dimensions: usize,
}

/// A name whose schema may be left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartialName {
    /// The schema, if given.
    pub schema: Option<String>,
    /// The object's own name.
    pub name: String,
}

/// `@key order_id, line as orderLine`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyTag {
    /// Columns that identify a row.
    pub columns: Vec<String>,
    /// GraphQL name of the field that finds a row by them.
    pub field: Option<String>,
}

/// `@relation items (id) references v_order_items (order_id)`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelationTag {
    /// GraphQL field name.
    pub field: String,
    /// Columns of this view.
    pub columns: Vec<String>,
    /// The view it leads to.
    pub target: PartialName,
    /// Columns of that view.
    pub target_columns: Vec<String>,
}

/// What a comment stands on; it decides which tags make sense.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// A view or materialized view.
    View,
    /// A column of a view.
    Column,
    /// An attribute of a composite type.
    Attribute,
    /// A function.
    Function,
    /// A composite or range type.
    Type,
    /// A foreign key.
    ForeignKey,
    /// An enum type.
    Enum,
    /// A domain.
    Domain,
}

/// What is wrong with a comment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// No such tag.
    Unknown {
        /// The tag as written.
        tag: String,
        /// The known tag with the most similar name, if one is similar.
        nearest: Option<&'static str>,
    },
    /// The tag exists but means nothing here.
    Misplaced {
        /// The tag.
        tag: &'static str,
        /// The tags that are allowed here.
        allowed: Vec<&'static str>,
    },
    /// The value is not what the tag needs.
    Malformed {
        /// The tag.
        tag: &'static str,
        /// The value as written.
        value: String,
        /// A line that would be right.
        example: &'static str,
    },
    /// The tag stands more than once and may not, or contradicts another.
    Repeated {
        /// The tag.
        tag: &'static str,
        /// The tag it repeats or contradicts.
        earlier: &'static str,
    },
}

/// Every tag, with a line that shows it in use and the places that allow it.
const TAGS: &[(&str, &str, &[Place])] = &[
    (
        "name",
        "@name orders",
        &[
            Place::View,
            Place::Column,
            Place::Attribute,
            Place::Function,
            Place::Type,
            Place::Enum,
            Place::ForeignKey,
        ],
    ),
    (
        "omit",
        "@omit",
        &[Place::View, Place::Column, Place::Attribute, Place::Function, Place::ForeignKey],
    ),
    (
        "deprecated",
        "@deprecated use orderTotal",
        &[Place::View, Place::Column, Place::Attribute, Place::Function],
    ),
    ("notnull", "@notnull", &[Place::Column, Place::Attribute, Place::Function]),
    ("nullable", "@nullable", &[Place::Column, Place::Attribute, Place::Function]),
    (
        "type",
        "@type order_line[]",
        &[Place::Column, Place::Attribute, Place::Function, Place::Domain],
    ),
    ("key", "@key id", &[Place::View]),
    ("relation", "@relation items (id) references v_order_items (order_id)", &[Place::View]),
    ("inverse", "@inverse orders", &[Place::ForeignKey]),
    ("input", "@input", &[Place::Function]),
    ("value", "@value A_PLUS a+", &[Place::Enum]),
];

/// Tags that take an argument's name first when they stand on a function.
const FUNCTION_EXAMPLES: &[(&str, &str)] =
    &[("nullable", "@nullable p_note"), ("type", "@type p_items order_item_input[]")];

impl Shape {
    /// The schema-qualified name; without a schema it is that of the object with the comment.
    pub fn resolve(&self, default_schema: &str) -> PgName {
        self.name.resolve(default_schema)
    }
}

impl PartialName {
    /// The schema-qualified name, given the schema of the object with the comment.
    pub fn resolve(&self, default_schema: &str) -> PgName {
        PgName::new(self.schema.as_deref().unwrap_or(default_schema), self.name.clone())
    }
}

/// Reads a comment; no comment is an empty one.
pub fn parse(text: Option<&str>, place: Place) -> (Comment, Vec<Problem>) {
    let mut comment = Comment::default();
    let mut problems = Vec::new();
    let mut seen: Vec<&'static str> = Vec::new();
    let text = clean(text.unwrap_or_default());
    let mut rest = text.as_str();
    loop {
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        let Some(tag_line) = line.trim().strip_prefix('@') else { break };
        rest = below;
        let (tag, value) = tag_line.split_once(char::is_whitespace).unwrap_or((tag_line, ""));
        match find_tag(tag, place) {
            Ok((tag, example)) => {
                let value = value.trim();
                if !is_about_part(tag, value, place) {
                    problems.extend(repeated(tag, place, &seen));
                    seen.push(tag);
                }
                if comment.set(tag, value, place).is_none() {
                    problems.push(Problem::Malformed { tag, value: value.to_owned(), example });
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    comment.description = clean(rest);
    (comment, problems)
}

/// The tag's own name and example, if it is known and allowed here.
fn find_tag(tag: &str, place: Place) -> Result<(&'static str, &'static str), Problem> {
    let Some(&(name, example, places)) = TAGS.iter().find(|(name, ..)| *name == tag) else {
        let nearest = suggestion::nearest(tag, TAGS.iter().map(|(name, ..)| *name));
        return Err(Problem::Unknown { tag: tag.to_owned(), nearest });
    };
    if !places.contains(&place) {
        let allowed = TAGS.iter().filter(|(.., places)| places.contains(&place));
        return Err(Problem::Misplaced {
            tag: name,
            allowed: allowed.map(|(name, ..)| *name).collect(),
        });
    }
    let special =
        FUNCTION_EXAMPLES.iter().find(|(tag, _)| *tag == name && place == Place::Function);
    Ok((name, special.map_or(example, |(_, example)| example)))
}

/// Whether a tag of a function is about one of its arguments, or about a column of its result; such
/// a tag may stand more than once.
fn is_about_part(tag: &str, value: &str, place: Place) -> bool {
    place == Place::Function
        && match tag {
            "nullable" | "type" => true,
            "notnull" => !value.is_empty(),
            "name" => value.contains(char::is_whitespace),
            _ => false,
        }
}

/// Reports a tag that stands twice, and `@notnull` beside `@nullable`.
fn repeated(tag: &'static str, place: Place, seen: &[&'static str]) -> Option<Problem> {
    let opposite = match tag {
        "notnull" => Some("nullable"),
        "nullable" => Some("notnull"),
        _ => None,
    };
    if matches!(tag, "key" | "relation" | "value") {
        return None;
    }
    let earlier = seen.iter().find(|&&earlier| {
        earlier == tag || (place != Place::Function && Some(earlier) == opposite)
    })?;
    Some(Problem::Repeated { tag, earlier })
}

impl Comment {
    /// Stores one tag; `None` if its value is malformed.
    fn set(&mut self, tag: &str, value: &str, place: Place) -> Option<()> {
        let mut scanner = Scanner::new(value);
        match tag {
            "name" if is_about_part(tag, value, place) => {
                let part = scanner.part()?;
                self.part_names.push((part, graphql_name(scanner.rest())?));
            }
            "notnull" if is_about_part(tag, value, place) => {
                self.not_null_columns.push(scanner.part()?);
            }
            "name" => self.name = Some(graphql_name(value)?),
            "inverse" => self.inverse = Some(graphql_name(value)?),
            "deprecated" => self.deprecated = Some(value.to_owned()).filter(|v| !v.is_empty()),
            "omit" => self.omit = true,
            "input" => self.input = true,
            "notnull" => self.not_null = true,
            "nullable" if place == Place::Function => {
                self.nullable_arguments.push(scanner.part()?);
            }
            "nullable" => self.nullable = true,
            "type" if place == Place::Function => {
                // One word is about the result, two are about an argument.
                match Scanner::new(value).whole_shape() {
                    Some(shape) if self.shape.is_none() => {
                        self.shape = Some(shape);
                        return Some(());
                    }
                    _ => self.shapes.push((scanner.part()?, scanner.shape()?)),
                }
            }
            "type" => self.shape = Some(scanner.shape()?),
            "key" => self.keys.push(scanner.key()?),
            "relation" => self.relations.push(scanner.relation()?),
            "value" => {
                let (name, label) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
                let label = Scanner::new(label).label()?;
                self.values.push((label, enum_value(name)?));
            }
            _ => return None,
        }
        match tag {
            "name" | "inverse" | "value" => Some(()),
            "deprecated" => self.deprecated.as_ref().map(|_| ()),
            _ => scanner.end(),
        }
    }
}

/// Accepts what GraphQL accepts as a name, except the names it keeps for itself.
fn graphql_name(value: &str) -> Option<String> {
    crate::plan::names::is_graphql_name(value).then(|| value.to_owned())
}

/// Accepts what GraphQL accepts as a value of an enum.
fn enum_value(name: &str) -> Option<String> {
    graphql_name(name).filter(|name| !matches!(name.as_str(), "true" | "false" | "null"))
}

#[cfg(test)]
mod tests;
