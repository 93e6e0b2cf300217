//! `jsonb` that holds the shape of a composite type (`@type`), on its way to the client.

use serde_json::Value;

use crate::decode::{DecodeError, Result};
use crate::json::write_string;
use crate::model::{Column, Type};
use crate::selection::{Field, Selection};

/// Appends the selected parts of a JSON document that should have the given shape.
pub(crate) fn write(
    shape: &Type,
    json: &[u8],
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Result {
    let value = serde_json::from_slice(json).map_err(|_| DecodeError::Malformed("jsonb"))?;
    write_value(shape, &value, selection, "value", out)
}

fn write_value(
    shape: &Type,
    value: &Value,
    selection: Option<&Selection>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    match (shape, value, selection) {
        (_, Value::Null, _) => out.extend_from_slice(b"null"),
        (Type::Array(element), Value::Array(items), _) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                let path = format!("{path}[{index}]");
                if item.is_null() {
                    return Err(mismatch(&path));
                }
                write_value(element, item, selection, &path, out)?;
            }
            out.push(b']');
        }
        (Type::Composite(_), Value::Object(object), Some(selection)) => {
            let mut separator = b'{';
            for field in &selection.fields {
                out.push(separator);
                separator = b',';
                match field {
                    Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
                    Field::Column { member, column, selection, .. } => {
                        out.extend_from_slice(member.as_bytes());
                        let value = object.get(column.column).unwrap_or(&Value::Null);
                        write_member(column, value, selection.as_ref(), path, out)?;
                    }
                    Field::Computed { .. } | Field::Rows(_) => return Err(mismatch(path)),
                }
            }
            out.push(b'}');
        }
        (ty, value, _) => write_scalar(ty, value, path, out)?,
    }
    Ok(())
}

fn write_member(
    column: &Column,
    value: &Value,
    selection: Option<&Selection>,
    path: &str,
    out: &mut Vec<u8>,
) -> Result {
    let path = format!("{path}.{}", column.column);
    if value.is_null() && !column.nullable {
        return Err(mismatch(&path));
    }
    write_value(&column.ty, value, selection, &path, out)
}

/// A JSON scalar is passed on where it has the JSON form of its GraphQL type.
fn write_scalar(ty: &Type, value: &Value, path: &str, out: &mut Vec<u8>) -> Result {
    match (ty, value) {
        (Type::Bool, Value::Bool(_)) | (Type::Float4 | Type::Float8, Value::Number(_)) => {
            out.extend_from_slice(value.to_string().as_bytes());
        }
        (Type::Int2 | Type::Int4, Value::Number(number))
            if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) =>
        {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        (Type::Int8 | Type::Numeric, Value::Number(number)) => {
            write_string(&number.to_string(), out);
        }
        (Type::Json | Type::Jsonb, value) => out.extend_from_slice(value.to_string().as_bytes()),
        (Type::Enum(ty), Value::String(label)) => {
            let known = ty.values.iter().find(|(_, known)| known == label);
            write_string(known.ok_or_else(|| mismatch(path))?.0, out);
        }
        (Type::Bool | Type::Int2 | Type::Int4 | Type::Float4 | Type::Float8, _) => {
            return Err(mismatch(path));
        }
        (_, Value::String(text)) => write_string(text, out),
        _ => return Err(mismatch(path)),
    }
    Ok(())
}

fn mismatch(path: &str) -> DecodeError {
    DecodeError::NotRepresentable(format!(
        "a jsonb {path} does not have the shape that its `@type` says"
    ))
}
