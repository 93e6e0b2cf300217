//! Arrays: from lists to the literals of PostgreSQL.

use async_graphql::Value;

use super::{Path, encode, expected, items, push_quoted};
use crate::model::Type;
use crate::{Error, Result};

/// `{"a","b",NULL}`, every element quoted, so that none is mistaken for another.
pub(super) fn array_literal(element: &Type, value: &Value, path: &Path<'_>) -> Result<String> {
    let mut text = String::from("{");
    for (index, item) in items(value).iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match encode(element, item, &path.item(index))? {
            Some(item) => push_quoted(&mut text, &item),
            None => text.push_str("NULL"),
        }
    }
    text.push('}');
    Ok(text)
}

/// `{{"a","b"},{"c",NULL}}`: all lists of a level must have the same length.
pub(super) fn multi_array_literal(
    element: &Type,
    dimensions: usize,
    value: &Value,
    path: &Path<'_>,
) -> Result<String> {
    let mut text = String::new();
    let mut lengths = vec![None; dimensions];
    push_lists(element, &mut lengths, value, path, &mut text)?;
    // PostgreSQL has one empty array for all dimensions.
    Ok(if lengths.contains(&Some(0)) { "{}".to_owned() } else { text })
}

/// Appends a list of the first of the given levels, whose lengths are known once one has been seen.
fn push_lists(
    element: &Type,
    lengths: &mut [Option<usize>],
    value: &Value,
    path: &Path<'_>,
    text: &mut String,
) -> Result<()> {
    let Some((length, inner)) = lengths.split_first_mut() else {
        match encode(element, value, path)? {
            Some(item) => push_quoted(text, &item),
            None => text.push_str("NULL"),
        }
        return Ok(());
    };
    if *value == Value::Null {
        return Err(expected(path, "a list; only the elements of an array may be null"));
    }
    let items = items(value);
    if *length.get_or_insert(items.len()) != items.len() {
        let wanted = length.unwrap_or_default();
        return Err(Error::bad_input(format!(
            "`{path}`: expected a list of {wanted}, as long as the lists beside it"
        )));
    }
    text.push('{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push_lists(element, inner, item, &path.item(index), text)?;
    }
    text.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn literal(dimensions: usize, value: &Value) -> String {
        multi_array_literal(&Type::Int4, dimensions, value, &Path::Argument("x")).unwrap()
    }

    fn refusal(value: &Value) -> String {
        multi_array_literal(&Type::Int4, 2, value, &Path::Argument("x")).unwrap_err().to_string()
    }

    #[test]
    fn lists_of_lists_are_arrays_of_several_dimensions() {
        assert_eq!(literal(2, &value!([[1, 2], [null, 4]])), r#"{{"1","2"},{NULL,"4"}}"#);
        assert_eq!(literal(3, &value!([[[1]]])), r#"{{{"1"}}}"#);
        assert_eq!(literal(2, &value!(7)), r#"{{"7"}}"#);
        assert_eq!(literal(2, &value!([])), "{}");
        assert_eq!(literal(2, &value!([[], []])), "{}");
    }

    #[test]
    fn ragged_lists_are_refused_by_path() {
        let wanted = "`x[1]`: expected a list of 2, as long as the lists beside it";
        assert_eq!(refusal(&value!([[1, 2], [3]])), wanted);
        assert_eq!(refusal(&value!([[1, 2], []])), wanted);
        assert!(refusal(&value!([[1], null])).starts_with("`x[1]`: expected a list"));
    }
}
