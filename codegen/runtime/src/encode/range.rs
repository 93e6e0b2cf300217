//! Ranges and multiranges: from input objects to the literals of PostgreSQL.

use async_graphql::Value;

use super::{Path, encode, expected, fields, items, push_quoted};
use crate::model::{Column, RangeType};
use crate::{Error, Result};

/// `["lower","upper")`, an unbounded side as nothing, or `empty`.
pub(super) fn range_literal(ty: &RangeType, value: &Value, path: &Path<'_>) -> Result<String> {
    let given = fields(ty.object.columns, value, path)?;
    let [lower, upper, lower_inclusive, upper_inclusive, is_empty] = ty.object.columns else {
        return Err(Error::internal(format!("`{}` is no range", ty.object.name)));
    };
    let find = |wanted: &Column| {
        given.iter().find(|(column, _)| column.column == wanted.column).map(|(_, value)| *value)
    };
    let flag = |column: &Column| match find(column) {
        None => Ok(column.input_default == Some("true")),
        Some(Value::Boolean(flag)) => Ok(*flag),
        Some(_) => Err(expected(&path.field(column.field), "a Boolean")),
    };
    let bound = |column: &Column| match find(column) {
        None => Ok(None),
        Some(value) => encode(&column.ty, value, &path.field(column.field)),
    };
    let (lower, upper) = (bound(lower)?, bound(upper)?);
    let (lower_inclusive, upper_inclusive) = (flag(lower_inclusive)?, flag(upper_inclusive)?);
    if flag(is_empty)? {
        if lower.is_some() || upper.is_some() {
            return Err(Error::bad_input(format!("`{path}`: an empty range has no bounds")));
        }
        return Ok("empty".to_owned());
    }
    let mut text = String::from(if lower_inclusive { "[" } else { "(" });
    lower.iter().for_each(|lower| push_quoted(&mut text, lower));
    text.push(',');
    upper.iter().for_each(|upper| push_quoted(&mut text, upper));
    text.push(if upper_inclusive { ']' } else { ')' });
    Ok(text)
}

/// `{["a","b"),["c","d")}`
pub(super) fn multirange_literal(ty: &RangeType, value: &Value, path: &Path<'_>) -> Result<String> {
    let range = |(index, item): (usize, &Value)| {
        let path = path.item(index);
        match item {
            Value::Null => Err(expected(&path, "a range; a multirange has no nulls")),
            item => range_literal(ty, item, &path),
        }
    };
    let ranges = items(value).iter().enumerate().map(range).collect::<Result<Vec<_>>>()?;
    Ok(format!("{{{}}}", ranges.join(",")))
}
