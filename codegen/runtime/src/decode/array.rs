//! Arrays: from their binary form to their elements.

use super::{DecodeError, Reader, Result};

/// The elements of an array, row by row, `None` for NULL.
#[derive(Debug, PartialEq)]
pub(crate) struct Elements<'a> {
    /// The length of each dimension; none for an empty array.
    pub(crate) lengths: Vec<usize>,
    pub(crate) values: Vec<Option<&'a [u8]>>,
}

/// Splits an array of one dimension.
pub(crate) fn split_array(raw: &[u8]) -> Result<Vec<Option<&[u8]>>> {
    Ok(split_arrays(raw, 1)?.values)
}

/// Splits an array of so many dimensions.
///
/// Layout: dimensions, flags, element type, then length and lower bound of each dimension, then
/// each element with its length (`array_send` in PostgreSQL's `arrayfuncs.c`). The lower bounds
/// have no place in a list.
pub(crate) fn split_arrays(raw: &[u8], dimensions: usize) -> Result<Elements<'_>> {
    let mut reader = Reader(raw);
    let found = length(reader.int("array")?)?;
    reader.int("array")?;
    reader.int("array")?;
    if found != dimensions && found != 0 {
        return Err(DecodeError::NotRepresentable(format!(
            "a value is a {found}-dimensional array, but a {dimensions}-dimensional one in the API; \
             say `@type element{}` in the comment, with the name of the element type",
            "[]".repeat(found)
        )));
    }
    let mut lengths = Vec::with_capacity(found);
    for _ in 0..found {
        lengths.push(length(reader.int("array")?)?);
        reader.int("array")?;
    }
    let count = if found == 0 { 0 } else { lengths.iter().product() };
    let values = (0..count).map(|_| reader.value("array")).collect::<Result<_>>()?;
    Ok(Elements { lengths, values })
}

fn length(number: i32) -> Result<usize> {
    usize::try_from(number).map_err(|_| DecodeError::Malformed("array"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array of `int2`, all 7.
    fn array(lengths: &[i32]) -> Vec<u8> {
        let mut raw: Vec<u8> = Vec::new();
        let mut push = |number: i32| raw.extend_from_slice(&number.to_be_bytes());
        push(lengths.len() as i32);
        push(0);
        push(21);
        for length in lengths {
            push(*length);
            push(-5);
        }
        let count = if lengths.is_empty() { 0 } else { lengths.iter().product::<i32>() };
        for _ in 0..count {
            raw.extend_from_slice(&[0, 0, 0, 2, 0, 7]);
        }
        raw
    }

    #[test]
    fn elements_come_with_the_lengths_of_the_dimensions() {
        let raw = array(&[2, 3]);
        let elements = split_arrays(&raw, 2).unwrap();
        assert_eq!((elements.lengths.as_slice(), elements.values.len()), (&[2, 3][..], 6));
        assert_eq!(split_array(&array(&[2])).unwrap(), [Some(&[0, 7][..]); 2]);
    }

    #[test]
    fn empty_arrays_fit_any_number_of_dimensions() {
        assert_eq!(split_array(&array(&[])).unwrap(), []);
        assert_eq!(split_arrays(&array(&[]), 3).unwrap().values, []);
    }

    #[test]
    fn other_dimensions_are_an_error_that_says_what_to_do() {
        let error = split_array(&array(&[1, 1])).unwrap_err().to_string();
        assert!(error.contains("2-dimensional array, but a 1-dimensional"), "{error}");
        assert!(error.contains("`@type element[][]`"), "{error}");
        assert!(split_arrays(&array(&[1]), 2).is_err());
        assert!(split_array(&array(&[3])[..30]).is_err());
    }
}
