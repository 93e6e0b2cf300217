//! From a response to the bytes of its body.

use async_graphql::{Response, Value};
use bytes::Bytes;

use crate::json::write_string;

/// Writes a response as JSON. Results that are JSON text already are copied as they are.
pub fn respond(response: &Response) -> Bytes {
    let mut out = Vec::with_capacity(128 + size(&response.data));
    out.push(b'{');
    // A request that failed before execution has no data at all (GraphQL, section 7.1).
    let failed = response.data == Value::Null && !response.errors.is_empty();
    if !failed || response.errors.iter().any(|error| !error.path.is_empty()) {
        out.extend_from_slice(b"\"data\":");
        write(&response.data, &mut out);
    }
    if !response.errors.is_empty() {
        separate(&mut out);
        out.extend_from_slice(b"\"errors\":");
        append(&response.errors, &mut out);
    }
    if !response.extensions.is_empty() {
        separate(&mut out);
        out.extend_from_slice(b"\"extensions\":");
        append(&response.extensions, &mut out);
    }
    out.push(b'}');
    out.into()
}

fn separate(out: &mut Vec<u8>) {
    if out.len() > 1 {
        out.push(b',');
    }
}

fn append(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    // Strings as keys and no maps of other kinds: serializing to a Vec cannot fail.
    let _ = serde_json::to_writer(out, value);
}

/// Appends a value.
pub(crate) fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Binary(json) => out.extend_from_slice(json),
        Value::List(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(name, out);
                out.push(b':');
                write(value, out);
            }
            out.push(b'}');
        }
        value => append(value, out),
    }
}

/// A guess at the length of a value, good enough to allocate once.
fn size(value: &Value) -> usize {
    match value {
        Value::Binary(json) => json.len() + 2,
        Value::Object(members) => {
            members.iter().map(|(name, value)| name.len() + size(value) + 4).sum()
        }
        Value::List(items) => items.iter().map(size).sum(),
        Value::String(text) => text.len() + 2,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value};

    use super::*;

    fn text(response: &Response) -> String {
        String::from_utf8(respond(response).to_vec()).unwrap()
    }

    #[test]
    fn encoded_results_are_copied() {
        let mut data = value!({"a": 1, "b": null, "c": ["x\"y"]});
        if let Value::Object(members) = &mut data {
            members.insert(async_graphql::Name::new("d"), Value::Binary(r#"[{"e":1}]"#.into()));
        }
        assert_eq!(
            text(&Response::new(data)),
            r#"{"data":{"a":1,"b":null,"c":["x\"y"],"d":[{"e":1}]}}"#
        );
    }

    #[test]
    fn a_request_error_has_no_data() {
        let response = Response::from_errors(vec![ServerError::new("no", None)]);
        assert_eq!(text(&response), r#"{"errors":[{"message":"no"}]}"#);
    }
}
