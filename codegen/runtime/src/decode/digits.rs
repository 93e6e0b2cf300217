//! Digits, without the machinery of `format!`: half of what a row costs are numbers and dates.

/// Appends an integer.
pub(super) fn write_integer(value: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends two digits of a number below 100.
pub(super) fn write_two(value: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(&[digit(value / 10), digit(value)]);
}

/// Appends four digits of a number below 10,000.
pub(super) fn write_four(value: i64, out: &mut Vec<u8>) {
    let digits = [digit(value / 1000), digit(value / 100), digit(value / 10), digit(value)];
    out.extend_from_slice(&digits);
}

/// The last digit of a number that is not negative.
fn digit(value: i64) -> u8 {
    b'0' + (value % 10).unsigned_abs() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn digits_are_those_of_format() {
        for value in 0..10_000 {
            assert_eq!(text(|out| write_four(value, out)), format!("{value:04}"));
            if value < 100 {
                assert_eq!(text(|out| write_two(value, out)), format!("{value:02}"));
            }
        }
        for value in [i64::MIN, -1, 0, 7, i64::MAX] {
            assert_eq!(text(|out| write_integer(value, out)), value.to_string());
        }
    }
}
