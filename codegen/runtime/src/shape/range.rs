//! Ranges in JSON, which are strings there: the literals of PostgreSQL.

use crate::decode::{DecodeError, Result};
use crate::model::Type;
use crate::selection::{Field, Selection};
use crate::text;

/// A range whose bounds are text.
#[derive(Debug, Default, PartialEq)]
struct Literal {
    lower: Option<String>,
    upper: Option<String>,
    lower_inclusive: bool,
    upper_inclusive: bool,
    is_empty: bool,
}

/// Appends a range or multirange; `None` if it is no literal of one.
pub(super) fn write(
    ty: &Type,
    text: &str,
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> Option<Result> {
    let Some(selection) = selection else { return Some(Err(DecodeError::Malformed("range"))) };
    if matches!(ty, Type::Range(_)) {
        let (range, rest) = read(text)?;
        rest.is_empty().then_some(())?;
        return write_range(&range, selection, out).map(Ok);
    }
    let mut rest = text.strip_prefix('{')?.strip_suffix('}')?;
    out.push(b'[');
    while !rest.is_empty() {
        let (range, behind) = read(rest)?;
        write_range(&range, selection, out)?;
        rest = behind.strip_prefix(',').unwrap_or(behind);
        if !rest.is_empty() {
            out.push(b',');
        }
    }
    out.push(b']');
    Some(Ok(()))
}

fn write_range(range: &Literal, selection: &Selection, out: &mut Vec<u8>) -> Option<()> {
    let mut separator = b'{';
    for field in &selection.fields {
        out.push(separator);
        separator = b',';
        match field {
            Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
            Field::Column { member, column, slot, .. } => {
                out.extend_from_slice(member.as_bytes());
                let flag = match slot {
                    0 | 1 => {
                        match if *slot == 0 { &range.lower } else { &range.upper } {
                            Some(bound) => text::write(&column.ty, bound, out)?,
                            None => out.extend_from_slice(b"null"),
                        }
                        continue;
                    }
                    2 => range.lower_inclusive,
                    3 => range.upper_inclusive,
                    _ => range.is_empty,
                };
                out.extend_from_slice(if flag { b"true" } else { b"false" });
            }
            Field::Computed { .. } | Field::Rows(_) | Field::Aggregate(_) => return None,
        }
    }
    out.push(b'}');
    Some(())
}

/// Reads a range and returns what follows it.
fn read(text: &str) -> Option<(Literal, &str)> {
    if let Some(rest) = text.strip_prefix("empty") {
        return Some((Literal { is_empty: true, ..Literal::default() }, rest));
    }
    let lower_inclusive = text.starts_with('[');
    let rest = text.strip_prefix(['[', '('])?;
    let (lower, rest) = bound(rest)?;
    let (upper, rest) = bound(rest.strip_prefix(',')?)?;
    let upper_inclusive = rest.starts_with(']');
    let rest = rest.strip_prefix([']', ')'])?;
    let range = Literal {
        lower_inclusive: lower_inclusive && lower.is_some(),
        upper_inclusive: upper_inclusive && upper.is_some(),
        lower,
        upper,
        is_empty: false,
    };
    Some((range, rest))
}

/// Reads a bound: nothing, plain or quoted; in quotes, a backslash or a quote escapes.
fn bound(text: &str) -> Option<(Option<String>, &str)> {
    let mut bound = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => bound.push(chars.next()?.1),
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                bound.push(chars.next()?.1);
            }
            '"' => quoted = !quoted,
            ',' | ']' | ')' if !quoted => return Some(((at > 0).then_some(bound), &text[at..])),
            char => bound.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bound: &str) -> Option<String> {
        Some(bound.to_owned())
    }

    #[test]
    fn literals_of_ranges_are_read() {
        let (range, rest) = read(r#"["2024-01-01 10:00:00+00",),[3,5]"#).unwrap();
        assert_eq!(
            (range.lower, range.upper, rest),
            (text("2024-01-01 10:00:00+00"), None, ",[3,5]")
        );
        assert!(range.lower_inclusive && !range.upper_inclusive);
        let (range, _) = read(r#"("a""b","c\\\"d"]"#).unwrap();
        assert_eq!((range.lower, range.upper), (text("a\"b"), text("c\\\"d")));
        let (range, _) = read(r#"["",)"#).unwrap();
        assert_eq!(range.lower, text(""));
        assert!(read("empty").unwrap().0.is_empty);
        assert!(["[1,2", "1,2]", "[1)", "["].iter().all(|text| read(text).is_none()));
    }
}
