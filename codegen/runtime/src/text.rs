//! Text forms of scalars, as PostgreSQL prints them and as the API has them, read and checked.
//!
//! Needed where no type of PostgreSQL stands behind a value: in `jsonb` that has a shape. Values are
//! read into the binary form of their type and written by [`crate::decode`], so that they look like
//! all others.

mod datetime;

use std::net::IpAddr;

use crate::decode;
use crate::json::{write_base64, write_string};
use crate::model::Type;

/// Appends the JSON form of a scalar that is given as text; `None` if it is no text of that type.
pub(crate) fn write(ty: &Type, text: &str, out: &mut Vec<u8>) -> Option<()> {
    let raw = match ty {
        Type::Text => {
            write_string(text, out);
            return Some(());
        }
        Type::Bool => vec![u8::from(match text {
            "t" | "true" => true,
            "f" | "false" => false,
            _ => return None,
        })],
        Type::Int2 => text.parse::<i16>().ok()?.to_be_bytes().into(),
        Type::Int4 => text.parse::<i32>().ok()?.to_be_bytes().into(),
        Type::Int8 => text.parse::<i64>().ok()?.to_be_bytes().into(),
        Type::Float4 => text.parse::<f32>().ok()?.to_be_bytes().into(),
        Type::Float8 => text.parse::<f64>().ok()?.to_be_bytes().into(),
        Type::Timestamptz => datetime::timestamp(text, true)?.to_be_bytes().into(),
        Type::Timestamp => datetime::timestamp(text, false)?.to_be_bytes().into(),
        Type::Date => datetime::date(text)?.to_be_bytes().into(),
        Type::Time => datetime::clock(text)?.to_be_bytes().into(),
        Type::Interval => datetime::interval(text)?.into(),
        Type::Enum(_) => text.as_bytes().into(),
        Type::Bytea => {
            write_base64(&hexadecimal(text)?, out);
            return Some(());
        }
        _ => {
            let fits = match ty {
                Type::Numeric => is_numeric(text),
                Type::Uuid => is_uuid(text),
                Type::Inet | Type::Cidr => is_address(text, matches!(ty, Type::Cidr)),
                Type::Macaddr => is_macaddr(text),
                _ => false,
            };
            fits.then(|| write_string(text, out))?;
            return Some(());
        }
    };
    decode::write(ty, &raw, None, out).ok()
}

/// Whether it is a decimal number in the notation of JSON.
pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    !leading_zero && [whole, fraction, exponent].into_iter().all(is_number)
}

fn is_numeric(text: &str) -> bool {
    is_decimal(text) || matches!(text, "NaN" | "Infinity" | "-Infinity")
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// An address with the length of a network, or without one where that is allowed.
fn is_address(text: &str, network: bool) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(a, bits)| (a, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let (value, most) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let Some(bits) = bits else { return !network };
    let bits = bits.parse::<u32>().ok().filter(|bits| *bits <= most);
    bits.is_some_and(|bits| !network || value.checked_shl(bits).unwrap_or(0) == 0)
}

fn is_macaddr(text: &str) -> bool {
    let is_byte = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    text.split(':').count() == 6 && text.split(':').all(is_byte)
}

/// The bytes of `\x00ff`, PostgreSQL's form of a `bytea`.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = |pair: &[u8]| match pair {
        &[high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(ty: &Type, text: &str) -> Option<String> {
        let mut out = Vec::new();
        write(ty, text, &mut out).and_then(|()| String::from_utf8(out).ok())
    }

    #[test]
    fn texts_become_the_form_that_the_api_has() {
        for (ty, text, expected) in [
            (Type::Bool, "t", "true"),
            (Type::Int8, "-9223372036854775808", "\"-9223372036854775808\""),
            (Type::Numeric, "-0.100", "\"-0.100\""),
            (Type::Numeric, "NaN", "\"NaN\""),
            (Type::Float8, "1e3", "1000.0"),
            (Type::Bytea, "\\x00ff", "\"AP8=\""),
            (Type::Bytea, "\\x", "\"\""),
            (Type::Cidr, "10.0.0.0/8", "\"10.0.0.0/8\""),
            (Type::Inet, "::1", "\"::1\""),
            (Type::Macaddr, "08:00:2b:01:02:03", "\"08:00:2b:01:02:03\""),
            (
                Type::Uuid,
                "123e4567-e89b-12d3-a456-426614174000",
                "\"123e4567-e89b-12d3-a456-426614174000\"",
            ),
        ] {
            assert_eq!(json(&ty, text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for (ty, text) in [
            (Type::Bool, "yes"),
            (Type::Int2, "32768"),
            (Type::Int4, "1.0"),
            (Type::Numeric, "1,5"),
            (Type::Numeric, ".5"),
            (Type::Numeric, "01"),
            (Type::Numeric, "1e"),
            (Type::Float8, "NaN"),
            (Type::Bytea, "\\x0"),
            (Type::Bytea, "AP8="),
            (Type::Cidr, "10.0.0.1/8"),
            (Type::Inet, "10.0.0.1/33"),
            (Type::Macaddr, "08:00:2b:01:02"),
            (Type::Uuid, "123e4567e89b12d3a456426614174000"),
            (Type::Json, "{}"),
        ] {
            assert_eq!(json(&ty, text), None, "{text}");
        }
    }
}
