//! What operators of filters take: from a client's value to text.

use std::borrow::Cow;

use async_graphql::Value;

use super::{Path, encode, encode_array, expected};
use crate::model::Type;
use crate::operator::{Argument, Place};
use crate::{Error, Result};

/// How a client's value becomes the text of a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) argument: Argument,
    /// The type of what the argument is compared with, or of the value itself.
    pub(crate) ty: &'static Type,
}

impl Form {
    /// A value of a type, or null.
    pub(crate) const fn value(ty: &'static Type) -> Self {
        Self { argument: Argument::Nullable, ty }
    }

    /// Turns a value into text; `None` is NULL. `path` names the value in errors.
    pub(crate) fn encode(self, value: &Value, path: &str) -> Result<Option<String>> {
        encode_argument(self.argument, self.ty, value, &Path::Argument(path))
    }
}

/// Turns what an operator on a type was given into text; `None` is NULL.
fn encode_argument(
    argument: Argument,
    ty: &'static Type,
    value: &Value,
    path: &Path<'_>,
) -> Result<Option<String>> {
    let is_null = match value {
        Value::Null => argument != Argument::Nullable,
        Value::List(items) => argument.is_list() && items.contains(&Value::Null),
        _ => false,
    };
    if is_null {
        // A comparison with NULL is true for no row, which nobody means.
        return Err(Error::bad_input(format!("`{path}` is null; leave it out, or use `isNull`")));
    }
    let ty = argument.value_type(ty);
    let text = match argument.is_list() {
        true => encode_array(ty, value, path)?,
        false => encode(ty, value, path)?,
    };
    Ok(match (argument, text) {
        (Argument::Text(Place::Start), Some(text)) => Some(escape_like(&text) + "%"),
        (Argument::Text(Place::End), Some(text)) => Some(format!("%{}", escape_like(&text))),
        (Argument::Text(Place::Anywhere), Some(text)) => Some(format!("%{}%", escape_like(&text))),
        (Argument::Pattern, Some(text)) if ends_in_escape(&text) => {
            let what =
                "a pattern; a `\\` at its end escapes nothing, write `\\\\` for the character";
            return Err(expected(path, what));
        }
        (_, text) => text,
    })
}

impl Argument {
    /// Whether a list is given, none of which is null.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Values | Self::Elements | Self::Keys)
    }

    /// Whether texts are searched for it.
    pub(crate) fn is_pattern(self) -> bool {
        matches!(self, Self::Text(Place::Anywhere) | Self::Pattern | Self::Regex)
    }

    /// The type of what is given, or of each in a list, to an operator on values of a type.
    pub(crate) fn value_type(self, ty: &'static Type) -> &'static Type {
        match self {
            Self::Value | Self::Nullable | Self::Values => ty,
            Self::IsNull | Self::Boolean => &Type::Bool,
            Self::Text(_) | Self::Pattern | Self::Regex => &Type::Text,
            Self::Key | Self::Keys | Self::Path => &Type::Text,
            Self::Network => &Type::Inet,
            Self::Element | Self::Elements => match ty {
                Type::Array(element) | Type::MultiArray(element, _) => element,
                Type::Range(range) | Type::Multirange(range) => {
                    range.object.columns.first().map_or(ty, |bound| &bound.ty)
                }
                ty => ty,
            },
        }
    }

    /// The SQL type that what is given is cast to, for an operator on values of a type that is
    /// called `own` in SQL.
    pub(crate) fn sql_type<'a>(self, ty: &'static Type, own: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(match self {
            // As `bpchar` a pattern would lose its trailing blanks, which values of that type keep
            // in `like`.
            Self::Text(_) | Self::Pattern | Self::Regex if own == "pg_catalog.bpchar" => {
                "pg_catalog.text"
            }
            Self::Values => return Cow::Owned(format!("{own}[]")),
            Self::IsNull | Self::Boolean => "pg_catalog.bool",
            Self::Key => "pg_catalog.text",
            Self::Keys => "pg_catalog.text[]",
            Self::Path => "pg_catalog.jsonpath",
            Self::Network => "pg_catalog.inet",
            Self::Element => match ty {
                Type::Range(range) | Type::Multirange(range) => {
                    return range.object.columns.first().map_or(own.into(), |it| it.sql_type());
                }
                _ => own.strip_suffix("[]").unwrap_or(own),
            },
            _ => own,
        })
    }
}

fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    for char in text.chars() {
        if matches!(char, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

/// Whether the last character of a pattern is a `\` that nothing escapes.
fn ends_in_escape(pattern: &str) -> bool {
    (pattern.len() - pattern.trim_end_matches('\\').len()) % 2 == 1
}
