//! Pieces of JSON text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Appends a string with quotes and escapes.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Looks at all bytes, many at once; nearly always there is nothing to escape.
    if text.bytes().fold(false, |found, byte| found | is_special(byte)) {
        // Writing a str to a Vec cannot fail.
        let _ = serde_json::to_writer(out, text);
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

/// Appends bytes as a base64 string.
pub(crate) fn write_base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
    out.push(b'"');
}

/// Reads a base64 string.
pub(crate) fn read_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The start of an object's member: `"name":`. GraphQL names need no escapes.
pub(crate) fn member(name: &str) -> Box<str> {
    format!("\"{name}\":").into_boxed_str()
}
