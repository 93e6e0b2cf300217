//! JSON with the shape of a type: from a client's value to the text of a `jsonb`.
//!
//! The document is as `to_jsonb` makes it from a value of the type, less the fields that were not
//! given, so that `jsonb_populate_record` reads it. PostgreSQL will not look at what is in it;
//! therefore every scalar is checked here.

use async_graphql::Value;

use super::{Path, encode, expected, fields, items, scalar};
use crate::Result;
use crate::json::write_string;
use crate::model::{Column, Type};
use crate::text::{self, is_decimal};

/// Appends a value under its SQL names.
pub(super) fn push(shape: &Type, value: &Value, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    match (shape, value) {
        (_, Value::Null) => out.extend_from_slice(b"null"),
        (Type::Shaped(shape), value) => push(shape, value, path, out)?,
        (Type::Array(element), value) => {
            push_list(value, path, out, |item, path, out| push(element, item, path, out))?
        }
        (Type::MultiArray(element, dimensions), value) => {
            // Refuses lists of different lengths.
            encode(shape, value, path)?;
            push_lists(element, *dimensions, value, path, out)?;
        }
        (Type::Composite(ty), value) => push_object(ty.object.columns, value, path, out)?,
        (Type::Json | Type::Jsonb, value) => {
            serde_json::to_writer(out, value).map_err(|_| expected(path, "a JSON value"))?;
        }
        (ty, value) => push_scalar(ty, value, path, out)?,
    }
    Ok(())
}

fn push_list(
    value: &Value,
    path: &Path<'_>,
    out: &mut Vec<u8>,
    push: impl Fn(&Value, &Path<'_>, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    out.push(b'[');
    for (index, item) in items(value).iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push(item, &path.item(index), out)?;
    }
    out.push(b']');
    Ok(())
}

fn push_lists(
    element: &Type,
    dimensions: usize,
    value: &Value,
    path: &Path<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    match dimensions {
        0 => push(element, value, path, out),
        _ => push_list(value, path, out, |item, path, out| {
            push_lists(element, dimensions - 1, item, path, out)
        }),
    }
}

fn push_object(
    columns: &'static [Column],
    value: &Value,
    path: &Path<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    out.push(b'{');
    for (index, (column, value)) in fields(columns, value, path)?.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(column.column, out);
        out.push(b':');
        push(&column.ty, value, &path.field(column.field), out)?;
    }
    out.push(b'}');
    Ok(())
}

fn push_scalar(ty: &Type, value: &Value, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    let text = match ty {
        Type::Bytea | Type::Range(_) | Type::Multirange(_) => encode(ty, value, path)?,
        ty => Some(scalar(ty, value, path)?),
    }
    .unwrap_or_default();
    match ty {
        // What is left of these cannot be wrong.
        Type::Bool | Type::Int2 | Type::Int4 | Type::Int8 => out.extend_from_slice(text.as_bytes()),
        Type::Float4 | Type::Float8 => {
            check(ty, &text, path)?;
            out.extend_from_slice(text.as_bytes());
        }
        // A number of JSON has as many digits as it likes; `NaN` is a string.
        Type::Numeric if is_decimal(&text) => out.extend_from_slice(text.as_bytes()),
        Type::Enum(_) | Type::Bytea => write_string(&text, out),
        Type::Range(_) | Type::Multirange(_) => {
            check_bounds(ty, value, path)?;
            write_string(&text, out);
        }
        ty => {
            check(ty, &text, path)?;
            write_string(&text, out);
        }
    }
    Ok(())
}

/// Refuses text that is no value of its type.
fn check(ty: &Type, text: &str, path: &Path<'_>) -> Result<()> {
    text::write(ty, text, &mut Vec::new())
        .ok_or_else(|| expected(path, &format!("{}, and this is none: `{text}`", example(ty))))
}

/// Refuses bounds that are no value of their type.
fn check_bounds(ty: &Type, value: &Value, path: &Path<'_>) -> Result<()> {
    let (Type::Range(range) | Type::Multirange(range)) = ty else { return Ok(()) };
    for (index, item) in items(value).iter().enumerate() {
        let path = match ty {
            Type::Multirange(_) => path.item(index),
            _ => *path,
        };
        for (column, value) in fields(range.object.columns, item, &path)? {
            push(&column.ty, value, &path.field(column.field), &mut Vec::new())?;
        }
    }
    Ok(())
}

/// What values of a type look like.
fn example(ty: &Type) -> &'static str {
    match ty {
        Type::Int8 => "a 64-bit integer",
        Type::Float4 | Type::Float8 => "a number that a float can hold",
        Type::Numeric => "a decimal such as \"12.50\"",
        Type::Uuid => "a UUID such as \"123e4567-e89b-12d3-a456-426614174000\"",
        Type::Timestamptz => "a time such as \"2024-01-15T10:15:00Z\"",
        Type::Timestamp => "a time such as \"2024-01-15T10:15:00\"",
        Type::Date => "a day such as \"2024-01-15\"",
        Type::Time => "a time such as \"10:15:00\"",
        Type::Interval => "a duration such as \"P1DT2H\"",
        Type::Inet => "an address such as \"10.0.0.1\"",
        Type::Cidr => "a network such as \"10.0.0.0/8\"",
        Type::Macaddr => "an address such as \"08:00:2b:01:02:03\"",
        _ => "a value of its type",
    }
}
