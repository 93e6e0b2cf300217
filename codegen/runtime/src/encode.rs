//! From a client's value to the text form of a PostgreSQL type, checked on the way.
//!
//! Shapes, enum values, integers and required fields are checked here, by path. What a string means
//! (a date, a decimal, an address) is decided by PostgreSQL's own input function.

mod argument;
mod array;
mod path;
mod range;
mod shape;

use async_graphql::Value;

use crate::json::read_base64;
use crate::model::{Column, CompositeType, Type};
use crate::{Error, Result};
pub(crate) use argument::Form;
use array::{array_literal, multi_array_literal};
pub(crate) use path::Path;
use range::{multirange_literal, range_literal};

/// Turns a value into the text form of its type; `None` is NULL.
///
/// `path` names the value in errors: `items[0].quantity`.
pub(crate) fn encode(ty: &Type, value: &Value, path: &Path<'_>) -> Result<Option<String>> {
    if matches!(value, Value::Null) {
        return Ok(None);
    }
    let text = match ty {
        Type::Json | Type::Jsonb => json_text(value, path)?,
        Type::Shaped(shape) => {
            let mut json = Vec::new();
            shape::push(shape, value, path, &mut json)?;
            String::from_utf8(json).map_err(Error::internal)?
        }
        Type::Bytea => {
            let bytes = read_base64(string(value, path, "a base64 string")?);
            let bytes = bytes.ok_or_else(|| expected(path, "a base64 string"))?;
            bytes.iter().fold("\\x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
        }
        Type::Composite(ty) => record_literal(ty, value, path)?,
        Type::Range(ty) => range_literal(ty, value, path)?,
        Type::Multirange(ty) => multirange_literal(ty, value, path)?,
        Type::Array(element) => array_literal(element, value, path)?,
        Type::MultiArray(element, dimensions) => {
            multi_array_literal(element, *dimensions, value, path)?
        }
        _ => scalar(ty, value, path)?,
    };
    Ok(Some(text))
}

/// Turns a list into the text form of an array of its elements' type; `None` is NULL.
fn encode_array(element: &Type, value: &Value, path: &Path<'_>) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        value => array_literal(element, value, path).map(Some),
    }
}

/// Checks and prints a value without structure.
fn scalar(ty: &Type, value: &Value, path: &Path<'_>) -> Result<String> {
    match ty {
        Type::Bool => match value {
            Value::Boolean(value) => Ok(value.to_string()),
            _ => Err(expected(path, "a Boolean")),
        },
        Type::Int2 => integer(value, i16::MIN.into(), i16::MAX.into(), path),
        Type::Int4 => integer(value, i32::MIN.into(), i32::MAX.into(), path),
        Type::Int8 => match value {
            Value::String(text) => match text.parse::<i64>() {
                Ok(value) => Ok(value.to_string()),
                Err(_) => Err(expected(path, "a 64-bit integer, as a string")),
            },
            _ => integer(value, i64::MIN, i64::MAX, path),
        },
        Type::Float4 | Type::Float8 => match value {
            Value::Number(value) => Ok(value.to_string()),
            _ => Err(expected(path, "a number")),
        },
        Type::Numeric => match value {
            Value::Number(number) => exact_decimal(number.to_string(), path),
            _ => Ok(string(value, path, "a decimal, as a string")?.to_owned()),
        },
        Type::Enum(ty) => {
            let name = match value {
                Value::Enum(name) => name.as_str(),
                Value::String(name) => name,
                _ => "",
            };
            let known = ty.values.iter().find(|(known, _)| *known == name);
            known
                .map(|(_, label)| (*label).to_owned())
                .ok_or_else(|| expected(path, &format!("a value of {}", ty.name)))
        }
        _ => {
            let text = string(value, path, "a string")?;
            if text.contains('\0') {
                return Err(expected(
                    path,
                    "a string without the character U+0000, which PostgreSQL cannot store",
                ));
            }
            Ok(text.to_owned())
        }
    }
}

/// Refuses a number with more digits than survive the way through a binary float.
fn exact_decimal(text: String, path: &Path<'_>) -> Result<String> {
    if text.bytes().filter(u8::is_ascii_digit).count() > 15 && text.contains(['.', 'e', 'E']) {
        return Err(expected(
            path,
            "a decimal of more than 15 digits as a string, so that none is lost",
        ));
    }
    Ok(text)
}

fn integer(value: &Value, min: i64, max: i64, path: &Path<'_>) -> Result<String> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    match number {
        Some(number) if (min..=max).contains(&number) => Ok(number.to_string()),
        _ => Err(expected(path, &format!("an integer from {min} to {max}"))),
    }
}

fn string<'a>(value: &'a Value, path: &Path<'_>, what: &str) -> Result<&'a str> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(expected(path, what)),
    }
}

fn expected(path: &Path<'_>, what: &str) -> Error {
    Error::bad_input(format!("`{path}`: expected {what}"))
}

fn json_text(value: &Value, path: &Path<'_>) -> Result<String> {
    serde_json::to_string(value).map_err(|_| expected(path, "a JSON value"))
}

/// A list, or a single value as a list of one (GraphQL's input coercion of lists).
fn items(value: &Value) -> &[Value] {
    match value {
        Value::List(items) => items,
        single => std::slice::from_ref(single),
    }
}

/// `("a","b",)`: all attributes in order, NULL as nothing.
fn record_literal(ty: &CompositeType, value: &Value, path: &Path<'_>) -> Result<String> {
    let fields = fields(ty.object.columns, value, path)?;
    let mut text = String::from("(");
    for (index, column) in ty.object.columns.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let given = fields.iter().find(|(known, _)| known.column == column.column);
        if let Some((column, value)) = given
            && let Some(value) = encode(&column.ty, value, &path.field(column.field))?
        {
            push_quoted(&mut text, &value);
        }
    }
    text.push(')');
    Ok(text)
}

fn push_quoted(text: &mut String, value: &str) {
    text.push('"');
    for char in value.chars() {
        if matches!(char, '"' | '\\') {
            text.push('\\');
        }
        text.push(char);
    }
    text.push('"');
}

/// The fields of an input object that were given, checked: none unknown, none required missing.
pub(crate) fn fields<'a>(
    columns: &'static [Column],
    value: &'a Value,
    path: &Path<'_>,
) -> Result<Vec<(&'static Column, &'a Value)>> {
    let Value::Object(object) = value else {
        return Err(expected(path, "an object"));
    };
    // By looking at all of them: there are few, and hashing their names would take longer.
    let mut given = vec![None; columns.len()];
    for (name, value) in object {
        let known = columns.iter().position(|column| column.field == *name && !column.hidden);
        let known = known.and_then(|column| given.get_mut(column));
        *known.ok_or_else(|| Error::bad_input(format!("`{path}`: unknown field `{name}`")))? =
            Some(value);
    }
    let mut fields = Vec::with_capacity(object.len());
    for (column, value) in columns.iter().zip(given) {
        match value {
            None if column.input_default.is_some() => {}
            None | Some(Value::Null) if !column.nullable => {
                return Err(Error::bad_input(format!("`{path}.{}` is required", column.field)));
            }
            Some(value) => fields.push((column, value)),
            None => {}
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;
    use crate::model::{EnumType, ObjectType};

    static LINE: CompositeType = CompositeType {
        object: &ObjectType {
            name: "Line",
            doc: "",
            origin: "type public.line",
            columns: &[
                Column::new("productId", "product_id", Type::Int4).not_null(),
                Column::new("", "secret", Type::Text).hidden(),
                Column::new("note", "note", Type::Text),
            ],
            relations: &[],
            computed: &[],
        },
        input: Some("LineInput"),
        sql: "public.line",
    };
    static LINES: Type = Type::Array(&Type::Composite(&LINE));
    static COLOR: EnumType = EnumType {
        name: "Color",
        sql: "public.color",
        doc: "",
        values: &[("DARK_RED", "dark red")],
    };

    fn text(ty: &Type, value: &Value) -> String {
        encode(ty, value, &Path::Argument("x")).unwrap().unwrap()
    }

    fn refusal(ty: &Type, value: &Value) -> String {
        encode(ty, value, &Path::Argument("x")).unwrap_err().to_string()
    }

    #[test]
    fn records_and_arrays_quote_every_value() {
        let lines = value!([{"productId": 1, "note": "a\"b\\c,{}"}, null, {"productId": 2}]);
        assert_eq!(text(&LINES, &lines), r#"{"(\"1\",,\"a\\\"b\\\\c,{}\")",NULL,"(\"2\",,)"}"#);
    }

    #[test]
    fn shapes_use_sql_names_and_leave_out_what_was_not_given() {
        assert_eq!(
            text(&Type::Shaped(&LINES), &value!([{"productId": 1}])),
            r#"[{"product_id":1}]"#
        );
    }

    #[test]
    fn unknown_missing_and_mistyped_fields_are_refused_by_path() {
        let ty = &LINES;
        assert_eq!(refusal(ty, &value!([{"productId": 1, "x": 1}])), "`x[0]`: unknown field `x`");
        assert_eq!(refusal(ty, &value!([{"note": "n"}])), "`x[0].productId` is required");
        assert_eq!(
            refusal(ty, &value!([{"secret": "n", "productId": 1}])),
            "`x[0]`: unknown field `secret`"
        );
        assert_eq!(
            refusal(ty, &value!([{"productId": "1"}])),
            "`x[0].productId`: expected an integer from -2147483648 to 2147483647"
        );
    }

    #[test]
    fn scalars_are_checked() {
        assert_eq!(text(&Type::Enum(&COLOR), &value!("DARK_RED")), "dark red");
        assert_eq!(refusal(&Type::Enum(&COLOR), &value!("RED")), "`x`: expected a value of Color");
        assert_eq!(text(&Type::Int8, &value!("-9223372036854775808")), "-9223372036854775808");
        assert_eq!(text(&Type::Numeric, &value!(299.98)), "299.98");
        assert!(refusal(&Type::Numeric, &value!(0.1234567890123456)).contains("as a string"));
        assert_eq!(text(&Type::Bytea, &value!("AP8=")), "\\x00ff");
        assert_eq!(encode(&Type::Text, &Value::Null, &Path::Argument("x")).unwrap(), None);
    }
}
