//! `numeric`: base 10,000 digits to decimal text, every digit kept.

use super::digits::{write_four, write_integer};
use super::{DecodeError, Result, fixed, literal};

const NAN: u16 = 0xC000;
const POSITIVE_INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;
const NEGATIVE: u16 = 0x4000;

/// Appends `-123.4500`, `NaN`, `Infinity` or `-Infinity`.
///
/// Layout: number of digits, weight of the first, sign, display scale, digits, all 16 bit
/// (`numeric_send` in PostgreSQL's `numeric.c`).
pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result {
    let malformed = || DecodeError::Malformed("numeric");
    if raw.len() < 8 || !raw.len().is_multiple_of(2) {
        return Err(malformed());
    }
    let word = |index: usize| -> Result<u16> {
        Ok(u16::from_be_bytes(fixed(raw.get(index * 2..index * 2 + 2).unwrap_or(&[]), "numeric")?))
    };
    let count = i32::from(word(0)?);
    let weight = i32::from(word(1)?.cast_signed());
    let scale = usize::from(word(3)?);
    match word(2)? {
        NAN => return literal(b"NaN", out),
        POSITIVE_INFINITY => return literal(b"Infinity", out),
        NEGATIVE_INFINITY => return literal(b"-Infinity", out),
        NEGATIVE => out.push(b'-'),
        _ => {}
    }
    // Groups that are not stored are zero.
    let group = |index: i32| -> Result<u16> {
        match usize::try_from(index) {
            Ok(index) if index < usize::from(count.cast_unsigned() as u16) => word(4 + index),
            _ => Ok(0),
        }
    };
    if weight < 0 {
        out.push(b'0');
    }
    for index in 0..=weight {
        let digits = group(index)?;
        if index == 0 {
            write_integer(digits, out);
        } else {
            write_four(digits.into(), out);
        }
    }
    if scale > 0 {
        out.push(b'.');
        let end = out.len() + scale;
        let mut index = weight + 1;
        while out.len() < end {
            write_four(group(index)?.into(), out);
            index += 1;
        }
        out.truncate(end);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(weight: i16, sign: u16, scale: u16, digits: &[u16]) -> String {
        let mut raw = Vec::new();
        for word in [digits.len() as u16, weight.cast_unsigned(), sign, scale].iter().chain(digits)
        {
            raw.extend_from_slice(&word.to_be_bytes());
        }
        let mut out = Vec::new();
        write(&raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn digits_and_scale_are_kept() {
        assert_eq!(text(0, 0, 2, &[299, 9800]), "299.98");
        assert_eq!(text(0, 0, 0, &[]), "0");
        assert_eq!(text(0, 0, 2, &[]), "0.00");
        assert_eq!(text(1, NEGATIVE, 0, &[12, 34]), "-120034");
        assert_eq!(text(2, 0, 0, &[1]), "100000000");
        assert_eq!(text(-1, 0, 4, &[5]), "0.0005");
        assert_eq!(text(-2, 0, 8, &[1234]), "0.00001234");
        assert_eq!(text(0, NAN, 0, &[]), "NaN");
        assert_eq!(text(0, NEGATIVE_INFINITY, 0, &[]), "-Infinity");
    }

    #[test]
    fn truncated_input_is_an_error() {
        assert!(write(&[0, 1, 0, 0, 0, 0, 0, 0], &mut Vec::new()).is_err());
        assert!(write(&[0, 1], &mut Vec::new()).is_err());
    }
}
