//! From PostgreSQL's binary format to JSON text, without a value in between.
//!
//! Every function appends one JSON value to a buffer. A value that its GraphQL type cannot carry is
//! an error, never another value.

mod array;
mod datetime;
mod digits;
mod network;
mod numeric;
mod range;

use crate::json::{write_base64, write_string};
use crate::model::{Column, ObjectType, Type};
use crate::selection::Selection;
pub(crate) use array::{split_array, split_arrays};
use digits::write_integer;
pub(crate) use range::{split_multirange, split_range};

/// Why a value could not be turned into JSON.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are not what PostgreSQL sends for the type: the schema has changed since the code
    /// was generated.
    #[error("unexpected binary form of {0}; run `cargo xtask codegen` against this database")]
    Malformed(&'static str),
    /// A value exists in PostgreSQL but not in the GraphQL type.
    #[error("{0}")]
    NotRepresentable(String),
    /// A column that is claimed to be non-null is null.
    #[error(
        "column `{column}` of {origin} is null, but the schema says that it never is; `cargo xtask verify` shows such rows; run `cargo xtask codegen`, or remove its `@notnull`"
    )]
    UnexpectedNull {
        /// The SQL object.
        origin: &'static str,
        /// SQL name of the column.
        column: &'static str,
    },
    /// The answer has become longer than this.
    #[error("the answer has more than {0} bytes")]
    TooLong(usize),
    /// What is wrong with a value in a certain place.
    #[error("{place}: {source}")]
    In {
        /// A column of a view, or the result of a function.
        place: String,
        /// What is wrong there.
        source: Box<Self>,
    },
}

impl DecodeError {
    /// The error with the place where it happened.
    pub(crate) fn within(self, place: String) -> Self {
        match self {
            // It names its column itself.
            Self::UnexpectedNull { .. } | Self::TooLong(_) => self,
            error => Self::In { place, source: Box::new(error) },
        }
    }

    /// The error of a column.
    pub(crate) fn of_column(self, object: &ObjectType, column: &Column) -> Self {
        self.within(format!("column `{}` of {}", column.column, object.origin))
    }
}

pub(crate) type Result<T = (), E = DecodeError> = std::result::Result<T, E>;

/// Appends the value of a cell. `selection` says which attributes of a composite are wanted.
pub(crate) fn write(
    ty: &Type,
    raw: &[u8],
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result {
    match ty {
        Type::Bool => out.extend_from_slice(match raw {
            [0] => b"false",
            [1] => b"true",
            _ => return Err(DecodeError::Malformed("bool")),
        }),
        Type::Int2 => write_integer(i16::from_be_bytes(fixed(raw, "int2")?), out),
        Type::Int4 => write_integer(i32::from_be_bytes(fixed(raw, "int4")?), out),
        Type::Int8 => {
            out.push(b'"');
            write_integer(i64::from_be_bytes(fixed(raw, "int8")?), out);
            out.push(b'"');
        }
        Type::Float4 => write_float(f32::from_be_bytes(fixed(raw, "float4")?), out)?,
        Type::Float8 => write_float(f64::from_be_bytes(fixed(raw, "float8")?), out)?,
        Type::Text => write_string(text(raw)?, out),
        Type::Numeric => quoted(out, |out| numeric::write(raw, out))?,
        Type::Uuid => quoted(out, |out| network::write_uuid(raw, out))?,
        Type::Timestamptz => quoted(out, |out| datetime::write_timestamp(raw, true, out))?,
        Type::Timestamp => quoted(out, |out| datetime::write_timestamp(raw, false, out))?,
        Type::Date => quoted(out, |out| datetime::write_date(raw, out))?,
        Type::Time => quoted(out, |out| datetime::write_time(raw, out))?,
        Type::Interval => quoted(out, |out| datetime::write_interval(raw, out))?,
        Type::Json => out.extend_from_slice(raw),
        // The binary form of jsonb is a version byte and the text.
        Type::Jsonb => match raw {
            [1, json @ ..] => out.extend_from_slice(json),
            _ => return Err(DecodeError::Malformed("jsonb")),
        },
        Type::Bytea => write_base64(raw, out),
        Type::Inet | Type::Cidr => quoted(out, |out| network::write_inet(raw, out))?,
        Type::Macaddr => quoted(out, |out| network::write_macaddr(raw, out))?,
        Type::Enum(ty) => {
            let label = text(raw)?;
            let (value, _) = ty
                .values
                .iter()
                .find(|(_, known)| *known == label)
                .ok_or(DecodeError::Malformed(ty.name))?;
            write_string(value, out);
        }
        Type::Composite(ty) => match selection {
            Some(selection) => {
                let attributes = split_record(raw)?;
                selection.write_record(&attributes, out)?;
            }
            None => return Err(DecodeError::Malformed(ty.object.name)),
        },
        Type::Range(ty) => match selection {
            Some(selection) => selection.write_record(&split_range(raw)?, out)?,
            None => return Err(DecodeError::Malformed(ty.object.name)),
        },
        Type::Multirange(ty) => {
            let ranges = split_multirange(raw)?.into_iter().map(Some);
            write_list(&Type::Range(ty), ranges, selection, out)?;
        }
        Type::Array(element) => {
            write_list(element, split_array(raw)?.into_iter(), selection, out)?;
        }
        Type::MultiArray(element, dimensions) => {
            let array = split_arrays(raw, *dimensions)?;
            let mut values = array.values.into_iter();
            write_lists(element, &array.lengths, &mut values, selection, out)?;
        }
        Type::Shaped(shape) => match raw {
            [1, json @ ..] => crate::shape::write(shape, json, selection, out)?,
            _ => return Err(DecodeError::Malformed("jsonb")),
        },
    }
    Ok(())
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> Result) -> Result {
    out.push(b'"');
    write(out)?;
    out.push(b'"');
    Ok(())
}

pub(crate) fn fixed<const N: usize>(raw: &[u8], ty: &'static str) -> Result<[u8; N]> {
    raw.try_into().map_err(|_| DecodeError::Malformed(ty))
}

pub(crate) fn text(raw: &[u8]) -> Result<&str> {
    // The empty value of the type `"char"`; no other text has a byte of zero.
    if raw == [0] {
        return Ok("");
    }
    std::str::from_utf8(raw).map_err(|_| DecodeError::Malformed("text"))
}

/// Appends text that needs no escapes.
fn literal(text: &[u8], out: &mut Vec<u8>) -> Result {
    out.extend_from_slice(text);
    Ok(())
}

fn write_float<F: serde::Serialize + Into<f64> + Copy>(value: F, out: &mut Vec<u8>) -> Result {
    if !value.into().is_finite() {
        let value = match value.into() {
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            _ => "NaN",
        };
        return Err(DecodeError::NotRepresentable(format!(
            "`{value}` has no form in JSON; cast it to numeric or text in the SQL"
        )));
    }
    serde_json::to_writer(out, &value).map_err(|_| DecodeError::Malformed("float"))
}

fn write_list<'a>(
    element: &Type,
    values: impl Iterator<Item = Option<&'a [u8]>>,
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result {
    out.push(b'[');
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match value {
            Some(value) => write(element, value, selection, out)?,
            None => out.extend_from_slice(b"null"),
        }
    }
    out.push(b']');
    Ok(())
}

/// Writes the elements of an array with the given lengths of its dimensions.
fn write_lists<'a>(
    element: &Type,
    lengths: &[usize],
    values: &mut impl Iterator<Item = Option<&'a [u8]>>,
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result {
    let [length, inner @ ..] = lengths else { return literal(b"[]", out) };
    if inner.is_empty() {
        return write_list(element, values.by_ref().take(*length), selection, out);
    }
    out.push(b'[');
    for index in 0..*length {
        if index > 0 {
            out.push(b',');
        }
        write_lists(element, inner, values, selection, out)?;
    }
    out.push(b']');
    Ok(())
}

/// Splits the binary form of a composite into its attributes, `None` for NULL.
///
/// Layout: number of attributes, then type, length and bytes of each (`record_send` in
/// PostgreSQL's `rowtypes.c`).
pub(crate) fn split_record(raw: &[u8]) -> Result<Vec<Option<&[u8]>>> {
    let mut reader = Reader(raw);
    let length = reader.int("record")?;
    (0..length)
        .map(|_| {
            reader.int("record")?;
            reader.value("record")
        })
        .collect()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, ty: &'static str) -> Result<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(DecodeError::Malformed(ty))?;
        self.0 = tail;
        Ok(head)
    }

    fn int(&mut self, ty: &'static str) -> Result<i32> {
        Ok(i32::from_be_bytes(fixed(self.take(4, ty)?, ty)?))
    }

    /// A length and as many bytes; a length of −1 is NULL.
    fn value(&mut self, ty: &'static str) -> Result<Option<&'a [u8]>> {
        match usize::try_from(self.int(ty)?) {
            Ok(length) => self.take(length, ty).map(Some),
            Err(_) => Ok(None),
        }
    }
}
