//! Every operator, every direct argument, every order: with values that the list has.
//!
//! What PostgreSQL calls equal or less is not decided here. What holds whatever it is: an operator
//! and its opposite part the rows that are not null.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::introspection::{Field, Input};
use super::walk::{Ask, PAGE, Walk};

/// Operators that part the rows that are not null between them.
const OPPOSITES: [(&str, &str); 8] = [
    ("eq", "neq"),
    ("in", "notIn"),
    ("lt", "gte"),
    ("gt", "lte"),
    ("like", "notLike"),
    ("ilike", "notIlike"),
    ("distinctFrom", "notDistinctFrom"),
    ("all", "none"),
];

/// Operators that every value satisfies with itself.
const REFLEXIVE: [&str; 14] = [
    "eq",
    "gte",
    "lte",
    "notDistinctFrom",
    "like",
    "ilike",
    "startsWith",
    "istartsWith",
    "endsWith",
    "iendsWith",
    "icontains",
    "regex",
    "iregex",
    "containsRange",
];

/// Arguments of a list that are no columns.
const LIST_ARGUMENTS: [&str; 4] = ["where", "orderBy", "limit", "offset"];

/// Checks all arguments of a list that has these rows.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, field: &'a Field, rows: &[Value]) {
    let schema = walk.schema;
    let is_relation = |column: &Input| schema.is_relation(field.ty.name(), &column.name);
    if let Some(filter) = field.argument("where") {
        for column in walk.schema.inputs(filter.ty.name()) {
            if !is_relation(column) && !matches!(column.name.as_str(), "and" | "or" | "not") {
                column_of(walk, field, &[&column.name], column, rows);
            }
        }
    }
    for argument in &field.arguments {
        if !LIST_ARGUMENTS.contains(&argument.name.as_str()) {
            direct(walk, field, argument, rows);
        }
    }
    if let Some(order) = field.argument("orderBy") {
        for column in walk.schema.inputs(order.ty.name()) {
            if !is_relation(column) {
                orders(walk, field, column, rows);
            }
        }
    }
}

/// The value of a column, or of an attribute of it.
fn value_of<'a>(path: &[&str], row: &'a Value) -> &'a Value {
    path.iter().fold(row, |value, name| &value[name])
}

/// The values of a column that are not null, each once.
fn values_of(path: &[&str], rows: &[Value]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for value in rows.iter().map(|row| value_of(path, row)) {
        if !value.is_null() && !values.contains(value) {
            values.push(value.clone());
        }
    }
    values
}

/// What an operator can be tried with; nothing if that is not known.
fn operands(operator: &Input, operators: &[Input], values: &[Value]) -> Option<Vec<Value>> {
    let has = |name: &str| operators.iter().any(|known| known.name == name);
    let Some(first) = values.first() else { return Some(Vec::new()) };
    let few: Vec<Value> = values.iter().take(3).cloned().collect();
    let of_text = |change: &dyn Fn(&str) -> String| {
        few.iter().map(|value| json!(value.as_str().map(change))).collect::<Vec<_>>()
    };
    Some(match operator.name.as_str() {
        "isEmpty" => vec![json!(true), json!(false)],
        "like" | "ilike" | "notLike" | "notIlike" => {
            of_text(&|text| text.replace('\\', "\\\\").replace('%', "\\%"))
        }
        "regex" | "iregex" => of_text(&regex),
        "hasKey" => vec![json!("a")],
        "hasAnyKey" | "hasAllKeys" => vec![json!(["a", "b"]), json!([])],
        "pathExists" | "pathMatches" => vec![json!("$.a == 1")],
        "in" | "notIn" => vec![json!([first]), json!(values), json!([])],
        "has" => elements(values),
        "contains" if has("containsRange") => bounds(values),
        "contains" | "containedBy" | "overlaps" if has("has") => {
            vec![json!(elements(values)), json!([])]
        }
        "eq" | "neq" | "distinctFrom" | "notDistinctFrom" | "gt" | "gte" | "lt" | "lte"
        | "startsWith" | "istartsWith" | "endsWith" | "iendsWith" | "contains" | "icontains"
        | "containedBy" | "overlaps" | "containsRange" | "before" | "after" | "adjacent" => few,
        _ => return None,
    })
}

/// The elements of lists in whatever depth, a few of them.
fn elements(values: &[Value]) -> Vec<Value> {
    let lists = values.iter().filter_map(Value::as_array).flatten();
    let inner = lists.flat_map(|item| match item {
        Value::Array(items) => elements(&[items.clone().into()]),
        Value::Null => Vec::new(),
        item => vec![item.clone()],
    });
    inner.take(3).collect()
}

/// The bounds of ranges, or of those in multiranges.
fn bounds(values: &[Value]) -> Vec<Value> {
    let ranges = values.iter().flat_map(|value| match value {
        Value::Array(ranges) => ranges.clone(),
        range => vec![range.clone()],
    });
    let bounds = ranges.flat_map(|range| [range["lower"].clone(), range["upper"].clone()]);
    bounds.filter(|bound| !bound.is_null()).take(3).collect()
}

/// A regular expression for a text.
fn regex(text: &str) -> String {
    let escape = |char: char| match char.is_ascii_punctuation() {
        true => format!("\\{char}"),
        false => char.to_string(),
    };
    text.chars().map(escape).collect()
}

fn column_of<'a>(
    walk: &mut Walk<'a>,
    field: &'a Field,
    path: &[&'a str],
    column: &'a Input,
    rows: &[Value],
) {
    let (schema, name) = (walk.schema, path.join("."));
    let is_attribute = |item: &&Input| item.ty.name().ends_with("Filter");
    let (attributes, operators): (Vec<&Input>, Vec<&Input>) =
        schema.inputs(column.ty.name()).iter().partition(is_attribute);
    for attribute in attributes {
        let path: Vec<&str> = path.iter().copied().chain([attribute.name.as_str()]).collect();
        column_of(walk, field, &path, attribute, rows);
    }
    let operators: Vec<Input> = operators.into_iter().cloned().collect();
    let values = values_of(path, rows);
    let nulls = rows.iter().filter(|row| value_of(path, row).is_null()).count();
    let condition = |operator: &str, value: &Value| {
        path.iter().rev().fold(json!({ operator: value }), |inner, name| json!({ *name: inner }))
    };
    let mut conditions = Vec::new();
    for operator in &operators {
        if operator.name == "isNull" {
            conditions.extend([true, false].map(|value| ("isNull", json!(value))));
        } else if let Some(operands) = operands(operator, &operators, &values) {
            conditions.extend(operands.into_iter().map(|value| (operator.name.as_str(), value)));
        } else {
            let fault = format!("{}: no value to try `{}` with", field.name, operator.name);
            walk.faults.push(fault);
        }
    }
    let mut filters: Vec<Value> =
        conditions.iter().map(|(operator, value)| condition(operator, value)).collect();
    let has_equality = operators.iter().any(|operator| operator.name == "eq");
    if let Some(value) = values.first().filter(|_| has_equality) {
        let (eq, absent) = (condition("eq", value), condition("isNull", &json!(true)));
        let found: Vec<Value> = vec![
            json!({ "or": [eq, absent] }),
            json!({ "and": [eq, absent] }),
            json!({ "not": eq }),
            json!({ "not": { "or": [eq, absent] } }),
        ];
        conditions.extend(["or", "and", "not", "neither"].map(|name| (name, Value::Null)));
        filters.extend(found);
    }
    let counts = count(walk, field, "__typename", &filters);
    let counts: BTreeMap<(&str, String), usize> = conditions
        .iter()
        .zip(counts)
        .map(|((operator, value), count)| ((*operator, value.to_string()), count))
        .collect();
    // The `null` of JSON looks like NULL, but is none.
    let is_json = matches!(column.ty.name(), "JSONFilter" | "IsNullFilter");
    let absent = counts.get(&("isNull", "true".to_owned())).copied().unwrap_or(nulls);
    let nulls = if is_json { absent.min(nulls) } else { nulls };
    let faults = contradictions(&counts, rows.len(), nulls, values.first());
    let faults = faults.iter().map(|fault| format!("{} where {name} {fault}", field.name));
    walk.faults.extend(faults);
    let least = |value: &Value| rows.iter().filter(|row| value_of(path, row) == value).count();
    for ((operator, value), count) in conditions
        .iter()
        .map(|(operator, value)| ((operator, value), counts[&(*operator, value.to_string())]))
    {
        if REFLEXIVE.contains(operator) && count < least(&unescaped(operator, value)) {
            let fault = format!("{} where {name} {operator} {value}: {count} rows", field.name);
            walk.faults.push(fault);
        }
    }
}

fn unescaped(operator: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if operator.ends_with("like") => {
            json!(text.replace("\\%", "%").replace("\\\\", "\\"))
        }
        other => other.clone(),
    }
}

/// The numbers of rows that filters let through.
pub(crate) fn count<'a>(
    walk: &mut Walk<'a>,
    field: &'a Field,
    leaf: &str,
    filters: &[Value],
) -> Vec<usize> {
    let ask = |filter: &Value| Ask {
        field,
        arguments: vec![("where", filter.clone()), ("limit", json!(PAGE))],
        selection: format!(" {{ {leaf} }}"),
    };
    let asks: Vec<_> = filters.iter().map(ask).collect();
    walk.ask(&asks).iter().map(|answer| answer.as_array().map_or(0, Vec::len)).collect()
}

/// What is wrong with the numbers of rows that conditions on one column let through.
fn contradictions(
    counts: &BTreeMap<(&str, String), usize>,
    all: usize,
    nulls: usize,
    first: Option<&Value>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |what: &str, found: usize, expected: usize| {
        if found != expected {
            faults.push(format!("{what}: {found} rows, not {expected}"));
        }
    };
    let count =
        |operator: &'static str, value: &Value| counts.get(&(operator, value.to_string())).copied();
    if let Some(found) = count("isNull", &json!(true)) {
        expect("isNull: true", found, nulls);
        expect("isNull: false", count("isNull", &json!(false)).unwrap_or_default(), all - nulls);
    }
    for (one, other) in OPPOSITES {
        for ((_, value), found) in counts.iter().filter(|((operator, _), _)| *operator == one) {
            if let Some(rest) = counts.get(&(other, value.clone())) {
                // An empty list is decided without looking at the row, and null is a value there.
                let whole = one == "distinctFrom" || one == "in" && value == "[]";
                let expected = if whole { all } else { all - nulls };
                expect(&format!("{one} and {other} {value}"), found + rest, expected);
            }
        }
    }
    if let Some(equal) = first.and_then(|first| count("eq", first)) {
        let of = |name: &'static str| count(name, &Value::Null).unwrap_or_default();
        expect("eq or null", of("or"), equal + nulls);
        expect("eq and null", of("and"), 0);
        expect("not eq", of("not"), all - nulls - equal);
        expect("neither eq nor null", of("neither"), all - nulls - equal);
    }
    faults
}

/// A column as an argument of its own.
fn direct<'a>(walk: &mut Walk<'a>, field: &'a Field, argument: &'a Input, rows: &[Value]) {
    let name = argument.name.as_str();
    let mut values = values_of(&[name], rows);
    values.truncate(3);
    values.push(Value::Null);
    let ask = |value: &Value| Ask {
        field,
        arguments: vec![(name, value.clone()), ("limit", json!(PAGE))],
        selection: format!(" {{ {name} }}"),
    };
    let asks: Vec<_> = values.iter().map(ask).collect();
    for (answer, value) in walk.ask(&asks).iter().zip(&values) {
        let found = answer.as_array().map_or(0, Vec::len);
        let same = rows.iter().filter(|row| row[name] == *value).count();
        if found < same || (value.is_null() && found != same) {
            let fault = format!("{}({name}: {value}): {found} rows, not {same}", field.name);
            walk.faults.push(fault);
        }
    }
}

/// A column in every direction.
fn orders<'a>(walk: &mut Walk<'a>, field: &'a Field, column: &'a Input, rows: &[Value]) {
    let name = column.name.as_str();
    let directions = walk.schema.values(column.ty.name());
    let ask = |direction: &&str| Ask {
        field,
        arguments: vec![("orderBy", json!([{ name: direction }])), ("limit", json!(PAGE))],
        selection: format!(" {{ {name} }}"),
    };
    let asks: Vec<_> = directions.iter().map(ask).collect();
    let ty = walk.schema.fields(field.ty.name()).iter().find(|field| field.name == name);
    let ty = ty.expect("what can be ordered by can be read").ty.name();
    let labels = walk.schema.values(ty);
    let rank = |value: &Value| match value {
        Value::String(text) if ty == "Date" => Some(date(text)),
        Value::String(text) if matches!(ty, "BigInt" | "Decimal") => text.parse().ok(),
        Value::String(text) => {
            labels.iter().position(|label| label == text).map(|position| position as f64)
        }
        number => number.as_f64(),
    };
    for (answer, direction) in walk.ask(&asks).iter().zip(directions) {
        let found: Vec<&Value> =
            answer.as_array().into_iter().flatten().map(|row| &row[name]).collect();
        let nulls_first = direction.ends_with("NULLS_FIRST") || direction == "DESC";
        let mut ranks: Vec<f64> = found.iter().filter_map(|value| rank(value)).collect();
        if direction.starts_with("DESC") {
            ranks.reverse();
        }
        let nulls = found.iter().filter(|value| value.is_null()).count();
        let nulls_at = if nulls_first { 0..nulls } else { found.len() - nulls..found.len() };
        if found.len() != rows.len()
            || !ranks.is_sorted_by(|a, b| a <= b || b.is_nan())
            || found[nulls_at].iter().any(|value| !value.is_null())
        {
            walk.faults.push(format!("{} orderBy {name} {direction}: {found:?}", field.name));
        }
    }
}

/// A number that grows with a date of our era.
fn date(text: &str) -> f64 {
    text.replace('-', "").parse().unwrap_or(f64::NAN)
}
