//! Ranges and multiranges: from their binary form to the values of the object that stands for them.

use super::{DecodeError, Reader, Result};

const EMPTY: u8 = 0x01;
const LOWER_INCLUSIVE: u8 = 0x02;
const UPPER_INCLUSIVE: u8 = 0x04;
const LOWER_UNBOUNDED: u8 = 0x08;
const UPPER_UNBOUNDED: u8 = 0x10;

/// Splits a range into its bounds and three values of type `bool`: whether the lower bound, the
/// upper bound, nothing at all is part of it.
///
/// Layout: flags, then length and bytes of each bound that there is (`range_send` in PostgreSQL's
/// `rangetypes.c`, flags in `rangetypes.h`).
pub(crate) fn split_range(raw: &[u8]) -> Result<[Option<&[u8]>; 5]> {
    let mut reader = Reader(raw);
    let &[flags] = reader.take(1, "range")? else { return Err(DecodeError::Malformed("range")) };
    let mut bound = |without: u8| {
        if flags & (EMPTY | without) == 0 { reader.value("range") } else { Ok(None) }
    };
    let (lower, upper) = (bound(LOWER_UNBOUNDED)?, bound(UPPER_UNBOUNDED)?);
    let flag = |mask: u8| Some(if flags & mask == 0 { &[0][..] } else { &[1] });
    Ok([lower, upper, flag(LOWER_INCLUSIVE), flag(UPPER_INCLUSIVE), flag(EMPTY)])
}

/// Splits a multirange into its ranges.
///
/// Layout: how many, then length and bytes of each (`multirange_send` in PostgreSQL's
/// `multirangetypes.c`).
pub(crate) fn split_multirange(raw: &[u8]) -> Result<Vec<&[u8]>> {
    let mut reader = Reader(raw);
    let length = reader.int("multirange")?;
    let range = |_| reader.value("multirange")?.ok_or(DecodeError::Malformed("multirange"));
    (0..length).map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_the_bounds_that_their_flags_say() {
        let yes = Some(&[1][..]);
        let no = Some(&[0][..]);
        let raw = [LOWER_INCLUSIVE, 0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9];
        assert_eq!(split_range(&raw).unwrap(), [Some(&[7][..]), Some(&[8, 9]), yes, no, no]);
        let raw = [LOWER_UNBOUNDED | UPPER_INCLUSIVE, 0, 0, 0, 1, 8];
        assert_eq!(split_range(&raw).unwrap(), [None, Some(&[8][..]), no, yes, no]);
        assert_eq!(split_range(&[EMPTY]).unwrap(), [None, None, no, no, yes]);
        assert!(split_range(&[0, 0, 0]).is_err());
    }

    #[test]
    fn multiranges_are_lists_of_ranges() {
        let raw = [0, 0, 0, 2, 0, 0, 0, 1, EMPTY, 0, 0, 0, 1, EMPTY];
        assert_eq!(split_multirange(&raw).unwrap(), [&[EMPTY], &[EMPTY]]);
        assert!(split_multirange(&[0, 0, 0, 1]).is_err());
    }
}
