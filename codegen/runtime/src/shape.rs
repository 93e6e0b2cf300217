//! `jsonb` that holds the shape of a composite type (`@type`), on its way to the client.
//!
//! The document is as `to_jsonb` makes it from a value of the type. It is read piece by piece and
//! numbers are never converted, so that none of their digits is lost; what does not fit is an error
//! with its path.

mod range;

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::decode::{DecodeError, Result};
use crate::json::write_string;
use crate::model::{Column, Type};
use crate::selection::{Field, Selection};
use crate::text::{self, is_decimal};

/// A part of a document, with its own parts unread.
enum Node<'a> {
    Null,
    Bool,
    Number(&'a str),
    String(Cow<'a, str>),
    List(Vec<&'a RawValue>),
    Object(HashMap<Cow<'a, str>, &'a RawValue>),
}

impl<'a> Node<'a> {
    fn read(raw: &'a RawValue) -> Result<Self> {
        fn parsed<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
            serde_json::from_str(json).map_err(|_| DecodeError::Malformed("jsonb"))
        }
        let json = raw.get();
        Ok(match json.as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't' | b'f') => Self::Bool,
            Some(b'"') => Self::String(parsed::<String>(json)?.into()),
            Some(b'[') => Self::List(parsed(json)?),
            Some(b'{') => Self::Object(parsed(json)?),
            _ => Self::Number(json),
        })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Appends the selected parts of a JSON document that should have the given shape.
pub(crate) fn write(
    shape: &Type,
    json: &[u8],
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result {
    let raw = serde_json::from_slice(json).map_err(|_| DecodeError::Malformed("jsonb"))?;
    write_shape(shape, raw, selection, "$", out)
}

/// A document, or an attribute that has a shape of its own: no element of a list is null.
fn write_shape(
    shape: &Type,
    raw: &RawValue,
    selection: Option<&Selection>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    match (shape, Node::read(raw)?) {
        (_, Node::Null) => out.extend_from_slice(b"null"),
        (Type::Array(element), Node::List(items)) => {
            write_items(&items, path, out, |item, path, out| match Node::read(item)? {
                Node::Null => Err(mismatch(path, "an object", &Node::Null)),
                _ => write_value(element, item, selection, path, out),
            })?;
        }
        _ => write_value(shape, raw, selection, path, out)?,
    }
    Ok(())
}

fn write_value(
    ty: &Type,
    raw: &RawValue,
    selection: Option<&Selection>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    let node = Node::read(raw)?;
    match (ty, node) {
        (Type::Json | Type::Jsonb, _) => out.extend_from_slice(raw.get().as_bytes()),
        (_, Node::Null) => out.extend_from_slice(b"null"),
        (Type::Shaped(shape), _) => write_shape(shape, raw, selection, path, out)?,
        (Type::Array(element), Node::List(items)) => {
            write_items(&items, path, out, |item, path, out| {
                write_value(element, item, selection, path, out)
            })?;
        }
        (Type::MultiArray(element, dimensions), Node::List(_)) => {
            write_lists(element, *dimensions, raw, selection, path, out)?;
        }
        (Type::Composite(_), Node::Object(object)) => {
            let Some(selection) = selection else { return Err(DecodeError::Malformed("jsonb")) };
            write_object(selection, &object, path, out)?;
        }
        (Type::Range(_) | Type::Multirange(_), Node::String(text)) => {
            range::write(ty, &text, selection, out)
                .ok_or_else(|| mismatch_text(path, ty, &text))??;
        }
        (ty, node) => write_scalar(ty, raw, &node, path, out)?,
    }
    Ok(())
}

fn write_items(
    items: &[&RawValue],
    path: &str,
    out: &mut Vec<u8>,
    write: impl Fn(&RawValue, &str, &mut Vec<u8>) -> Result,
) -> Result {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, &format!("{path}[{index}]"), out)?;
    }
    out.push(b']');
    Ok(())
}

/// Lists of lists, down to the elements.
fn write_lists(
    element: &Type,
    dimensions: usize,
    raw: &RawValue,
    selection: Option<&Selection>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    if dimensions == 0 {
        return write_value(element, raw, selection, path, out);
    }
    match Node::read(raw)? {
        Node::List(items) => write_items(&items, path, out, |item, path, out| {
            write_lists(element, dimensions - 1, item, selection, path, out)
        }),
        node => Err(mismatch(path, "a list", &node)),
    }
}

fn write_object(
    selection: &Selection,
    object: &HashMap<Cow<'_, str>, &RawValue>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    let mut separator = b'{';
    for field in &selection.fields {
        out.push(separator);
        separator = b',';
        match field {
            Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
            Field::Column { member, column, selection, .. } => {
                out.extend_from_slice(member.as_bytes());
                let value = object.get(column.column).copied();
                write_member(column, value, selection.as_ref(), path, out)?;
            }
            Field::Computed { .. } | Field::Rows(_) | Field::Aggregate(_) => {
                return Err(DecodeError::Malformed("jsonb"));
            }
        }
    }
    out.push(b'}');
    Ok(())
}

fn write_member(
    column: &Column,
    value: Option<&RawValue>,
    selection: Option<&Selection>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    let path = format!("{path}.{}", column.column);
    match value.filter(|value| value.get() != "null") {
        Some(value) => write_value(&column.ty, value, selection, &path, out),
        None if column.nullable => {
            out.extend_from_slice(b"null");
            Ok(())
        }
        None => Err(mismatch(&path, "anything but null, as `@notnull` says,", &Node::Null)),
    }
}

/// A JSON scalar in the form that the API has for its type.
fn write_scalar(
    ty: &Type,
    raw: &RawValue,
    node: &Node<'_>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    match (ty, node) {
        (Type::Bool, Node::Bool) => out.extend_from_slice(raw.get().as_bytes()),
        (Type::Numeric, Node::Number(number)) if is_decimal(number) => write_string(number, out),
        (
            Type::Int2 | Type::Int4 | Type::Int8 | Type::Float4 | Type::Float8,
            Node::Number(number),
        ) => {
            text::write(ty, number, out).ok_or_else(|| mismatch_text(path, ty, number))?;
        }
        (Type::Bool | Type::Int2 | Type::Int4 | Type::Float4 | Type::Float8, _) => {
            return Err(mismatch(path, expectation(ty), node));
        }
        (_, Node::String(text)) => {
            text::write(ty, text, out).ok_or_else(|| mismatch_text(path, ty, text))?;
        }
        _ => return Err(mismatch(path, expectation(ty), node)),
    }
    Ok(())
}

/// What a value of a type is in JSON, for messages.
fn expectation(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a boolean",
        Type::Int2 | Type::Int4 | Type::Int8 => "an integer",
        Type::Float4 | Type::Float8 | Type::Numeric => "a number",
        Type::Array(_) | Type::MultiArray(..) => "a list",
        Type::Composite(_) => "an object",
        _ => "a string",
    }
}

fn mismatch(path: &str, expected: &str, found: &Node<'_>) -> DecodeError {
    let found = found.kind();
    DecodeError::NotRepresentable(format!(
        "`{path}` of the jsonb should be {expected} and is {found}, against its `@type`"
    ))
}

fn mismatch_text(path: &str, ty: &Type, text: &str) -> DecodeError {
    let text: String = text.chars().take(40).collect();
    DecodeError::NotRepresentable(format!(
        "`{path}` of the jsonb is no {}, against its `@type`: `{text}`",
        ty.sql_name().trim_start_matches("pg_catalog.")
    ))
}
