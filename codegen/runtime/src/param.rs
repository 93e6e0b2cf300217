//! Values on their way to PostgreSQL.
//!
//! A client's value travels as text and is cast to a named type by the statement: PostgreSQL's own
//! input functions then decide what is valid, for every type alike. Keys of parent rows go back in
//! the binary form they came in.

use std::borrow::Cow;
use std::error::Error as StdError;

use async_graphql::{Value, Variables};
use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::encode::Form;
use crate::input::{Input, Place};
use crate::operator::Argument;
use crate::{Error, Result};

/// A parameter of a planned statement.
#[derive(Clone, Debug)]
pub(crate) enum Param {
    /// A value that is part of the plan, in the text form of its type; `None` is NULL.
    Text {
        text: Option<String>,
        /// What the client gave.
        given: Given,
    },
    /// A value of each request's variables, never null.
    Variable {
        place: Place,
        form: Form,
        /// The argument, or the place in one.
        path: Cow<'static, str>,
    },
    /// A part of the keys of the parents, by its position; an array of them.
    Keys(usize),
    /// A part of the key of the only parent.
    Key(usize),
}

/// A value as the client gave it, to say which one PostgreSQL refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    /// What it is given to.
    pub(crate) argument: Argument,
    /// The argument, or the place in one.
    pub(crate) path: Cow<'static, str>,
    /// The value there.
    pub(crate) value: Value,
}

/// A parameter with its value.
#[derive(Debug)]
pub(crate) enum Bound<'a> {
    /// A value in the text form of its type; `None` is NULL.
    Text {
        text: Option<Cow<'a, str>>,
        /// What it is given to.
        argument: Argument,
        /// Where the client gave it.
        path: &'a str,
        /// What the client gave.
        value: &'a Value,
    },
    /// A one-dimensional array of values in binary form, none of them NULL.
    Array(&'a [&'a [u8]]),
    /// A value in binary form.
    Binary(&'a [u8]),
}

/// The keys of parents: for each part the values of all of them.
pub(crate) type KeyParts<'a> = [Vec<&'a [u8]>];

impl Param {
    /// The argument that names a time zone.
    pub(crate) const TIME_ZONE: &'static str = "timeZone";

    /// The parameter for a value of a document; `path` names it in errors.
    pub(crate) fn of(input: &Input<'_>, form: Form, path: &str) -> Result<Self> {
        let path = path.to_owned().into();
        if !input.is_null()
            && let Some(place) = input.place()
        {
            return Ok(Self::Variable { place: place.clone(), form, path });
        }
        let value = input.constant();
        let text = form.encode(&value, &path)?;
        Ok(Self::Text { text, given: Given { argument: form.argument, path, value } })
    }

    /// Gives it the value that it has in a request.
    pub(crate) fn bind<'a>(
        &'a self,
        variables: &'a Variables,
        keys: &'a KeyParts<'a>,
    ) -> Result<Bound<'a>> {
        let no_key = || Error::internal("a statement without its keys");
        match self {
            Self::Text { text, given: Given { argument, path, value } } => {
                let text = text.as_deref().map(Cow::Borrowed);
                Ok(Bound::Text { text, argument: *argument, path, value })
            }
            Self::Variable { place, form, path } => {
                let value = place.find(variables);
                let value = value.ok_or_else(|| Error::internal("a plan for other variables"))?;
                let text = form.encode(value, path)?.map(Cow::Owned);
                Ok(Bound::Text { text, argument: form.argument, path, value })
            }
            Self::Keys(part) => keys.get(*part).map(|key| Bound::Array(key)).ok_or_else(no_key),
            Self::Key(part) => {
                let key = keys.get(*part).and_then(|part| part.first());
                key.map(|key| Bound::Binary(key)).ok_or_else(no_key)
            }
        }
    }
}

impl Bound<'_> {
    /// Whether it names the time zone that an error quotes.
    pub(crate) fn is_time_zone(&self, message: &str) -> bool {
        match self {
            Self::Text { text: Some(text), path, .. } => {
                *path == Param::TIME_ZONE && message.contains(&format!("\"{text}\""))
            }
            _ => false,
        }
    }

    /// Its path, if it is a regular expression of a filter.
    pub(crate) fn regex_path(&self) -> Option<&str> {
        match self {
            Self::Text { argument: Argument::Regex, path, .. } => Some(path),
            _ => None,
        }
    }

    /// The path and the length of what texts are searched for, with each character of a text
    /// compared several times.
    pub(crate) fn pattern(&self) -> Option<(&str, usize)> {
        match self {
            Self::Text { argument, text: Some(text), path, .. } if argument.is_pattern() => {
                Some((path, text.len()))
            }
            _ => None,
        }
    }

    /// The path of the scalar that a message of PostgreSQL quotes, or else of the whole value.
    pub(crate) fn quoted_in(&self, message: &str) -> Option<String> {
        let Self::Text { path, value, .. } = self else { return None };
        Some(find_quoted(value, path, message).unwrap_or_else(|| (*path).to_owned()))
    }
}

fn find_quoted(value: &Value, path: &str, message: &str) -> Option<String> {
    let is_quoted = |text: &str| message.contains(&format!("\"{text}\""));
    let is_quoted = match value {
        Value::List(items) => {
            let mut items = items.iter().enumerate();
            return items.find_map(|(n, item)| find_quoted(item, &format!("{path}[{n}]"), message));
        }
        Value::Object(members) => {
            return members
                .iter()
                .find_map(|(name, item)| find_quoted(item, &format!("{path}.{name}"), message));
        }
        Value::String(text) => is_quoted(text),
        Value::Number(number) => is_quoted(&number.to_string()),
        _ => false,
    };
    is_quoted.then(|| path.to_owned())
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Text { text: None, .. } => return Ok(IsNull::Yes),
            Self::Text { text: Some(text), .. } => out.put_slice(text.as_bytes()),
            Self::Binary(bytes) => out.put_slice(bytes),
            Self::Array(values) => {
                let Kind::Array(element) = ty.kind() else {
                    return Err("keys are sent to an array parameter".into());
                };
                // https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c, array_recv
                out.put_i32(1);
                out.put_i32(0);
                out.put_u32(element.oid());
                out.put_i32(i32::try_from(values.len())?);
                out.put_i32(1);
                for value in *values {
                    out.put_i32(i32::try_from(value.len())?);
                    out.put_slice(value);
                }
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        match self {
            Self::Text { .. } => Format::Text,
            Self::Array(_) | Self::Binary(_) => Format::Binary,
        }
    }

    to_sql_checked!();
}
