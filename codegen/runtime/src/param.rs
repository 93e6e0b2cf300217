//! Values on their way to PostgreSQL.
//!
//! A client's value travels as text and is cast to a named type by the statement: PostgreSQL's own
//! input functions then decide what is valid, for every type alike. Keys of parent rows go back in
//! the binary form they came in.

use std::borrow::Cow;
use std::error::Error as StdError;

use async_graphql::Value;
use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    /// A value in the text form of its type.
    Text {
        /// `None` is NULL.
        text: Option<String>,
        /// What the client gave.
        given: Given,
    },
    /// A one-dimensional array of values in binary form, none of them NULL.
    Keys(Vec<Vec<u8>>),
}

/// A value as the client gave it, to say which one PostgreSQL refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    /// The argument, or the place in one.
    pub(crate) path: Cow<'static, str>,
    /// The value there.
    pub(crate) value: Value,
}

impl Given {
    /// The argument that names a time zone.
    pub(crate) const TIME_ZONE: &'static str = "timeZone";

    /// The path of the scalar that a message of PostgreSQL quotes, or else of the whole value.
    pub(crate) fn quoted_in(&self, message: &str) -> String {
        find_quoted(&self.value, &self.path, message).unwrap_or_else(|| self.path.to_string())
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

impl ToSql for Param {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Text { text: None, .. } => return Ok(IsNull::Yes),
            Self::Text { text: Some(text), .. } => out.put_slice(text.as_bytes()),
            Self::Keys(keys) => {
                let Kind::Array(element) = ty.kind() else {
                    return Err("keys are sent to an array parameter".into());
                };
                // https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c, array_recv
                out.put_i32(1);
                out.put_i32(0);
                out.put_u32(element.oid());
                out.put_i32(i32::try_from(keys.len())?);
                out.put_i32(1);
                for key in keys {
                    out.put_i32(i32::try_from(key.len())?);
                    out.put_slice(key);
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
            Self::Keys(_) => Format::Binary,
        }
    }

    to_sql_checked!();
}
