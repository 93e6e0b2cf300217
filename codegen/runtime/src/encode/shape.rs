//! JSON with the shape of a type: from a client's value to the text of a `jsonb`.
//!
//! The document is as `to_jsonb` makes it from a value of the type, less the fields that were not
//! given, so that `jsonb_populate_record` reads it. PostgreSQL will not look at what is in it;
//! therefore every scalar is checked here.

use async_graphql::Value;

use super::{encode, expected, fields, items, json_text, scalar};
use crate::Result;
use crate::model::{Column, Type};
use crate::text::{self, is_decimal};

/// Appends a value under its SQL names.
pub(super) fn push(shape: &Type, value: &Value, path: &str, out: &mut String) -> Result<()> {
    match (shape, value) {
        (_, Value::Null) => out.push_str("null"),
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
        (Type::Json | Type::Jsonb, value) => out.push_str(&json_text(value, path)?),
        (ty, value) => push_scalar(ty, value, path, out)?,
    }
    Ok(())
}

fn push_list(
    value: &Value,
    path: &str,
    out: &mut String,
    push: impl Fn(&Value, &str, &mut String) -> Result<()>,
) -> Result<()> {
    out.push('[');
    for (index, item) in items(value).iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(item, &format!("{path}[{index}]"), out)?;
    }
    out.push(']');
    Ok(())
}

fn push_lists(
    element: &Type,
    dimensions: usize,
    value: &Value,
    path: &str,
    out: &mut String,
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
    path: &str,
    out: &mut String,
) -> Result<()> {
    out.push('{');
    for (index, (column, value)) in fields(columns, value, path)?.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_string(column.column, path, out)?;
        out.push(':');
        push(&column.ty, value, &format!("{path}.{}", column.field), out)?;
    }
    out.push('}');
    Ok(())
}

fn push_scalar(ty: &Type, value: &Value, path: &str, out: &mut String) -> Result<()> {
    let text = match ty {
        Type::Bytea | Type::Range(_) | Type::Multirange(_) => encode(ty, value, path)?,
        ty => Some(scalar(ty, value, path)?),
    }
    .unwrap_or_default();
    match ty {
        Type::Bool | Type::Int2 | Type::Int4 | Type::Int8 | Type::Float4 | Type::Float8 => {
            check(ty, &text, path)?;
            out.push_str(&text);
        }
        // A number of JSON has as many digits as it likes; `NaN` is a string.
        Type::Numeric if is_decimal(&text) => out.push_str(&text),
        Type::Enum(_) | Type::Bytea => push_string(&text, path, out)?,
        Type::Range(_) | Type::Multirange(_) => {
            check_bounds(ty, value, path)?;
            push_string(&text, path, out)?;
        }
        ty => {
            check(ty, &text, path)?;
            push_string(&text, path, out)?;
        }
    }
    Ok(())
}

/// Refuses text that is no value of its type.
fn check(ty: &Type, text: &str, path: &str) -> Result<()> {
    text::write(ty, text, &mut Vec::new())
        .ok_or_else(|| expected(path, &format!("{}, and this is none: `{text}`", example(ty))))
}

/// Refuses bounds that are no value of their type.
fn check_bounds(ty: &Type, value: &Value, path: &str) -> Result<()> {
    let (Type::Range(range) | Type::Multirange(range)) = ty else { return Ok(()) };
    for (index, item) in items(value).iter().enumerate() {
        let path = match ty {
            Type::Multirange(_) => format!("{path}[{index}]"),
            _ => path.to_owned(),
        };
        for (column, value) in fields(range.object.columns, item, &path)? {
            push(&column.ty, value, &format!("{path}.{}", column.field), &mut String::new())?;
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

fn push_string(text: &str, path: &str, out: &mut String) -> Result<()> {
    out.push_str(&json_text(&Value::String(text.to_owned()), path)?);
    Ok(())
}
