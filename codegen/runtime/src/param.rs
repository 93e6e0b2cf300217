//! Values on their way to PostgreSQL.
//!
//! A client's value travels as text and is cast to a named type by the statement: PostgreSQL's own
//! input functions then decide what is valid, for every type alike. Keys of parent rows go back in
//! the binary form they came in.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    /// A value in the text form of its type; `None` is NULL.
    Text(Option<String>),
    /// A one-dimensional array of values in binary form, none of them NULL.
    Keys(Vec<Vec<u8>>),
}

impl ToSql for Param {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Text(None) => return Ok(IsNull::Yes),
            Self::Text(Some(text)) => out.put_slice(text.as_bytes()),
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
            Self::Text(_) => Format::Text,
            Self::Keys(_) => Format::Binary,
        }
    }

    to_sql_checked!();
}
