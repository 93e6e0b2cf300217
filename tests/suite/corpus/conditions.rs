//! Every operator, every direct argument, every order: with values that the list has.
//!
//! What PostgreSQL calls equal or less is not decided here. What holds whatever it is: an operator
//! and its opposite part the rows that are not null.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::introspection::{Field, Input};
use super::walk::{Ask, PAGE, Walk};

/// Operators that part the rows that are not null between them.
const OPPOSITES: [(&str, &str); 5] =
    [("eq", "neq"), ("in", "notIn"), ("lt", "gte"), ("gt", "lte"), ("all", "none")];

/// Arguments of a list that are no columns.
const LIST_ARGUMENTS: [&str; 4] = ["where", "orderBy", "limit", "offset"];

/// Checks all arguments of a list that has these rows.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, field: &'a Field, rows: &[Value]) {
    let schema = walk.schema;
    let is_relation = |column: &Input| schema.is_relation(field.ty.name(), &column.name);
    if let Some(filter) = field.argument("where") {
        for column in walk.schema.inputs(filter.ty.name()) {
            if !is_relation(column) && !matches!(column.name.as_str(), "and" | "or" | "not") {
                column_of(walk, field, column, rows);
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

/// The values of a column that are not null, each once.
fn values_of(column: &str, rows: &[Value]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for row in rows {
        if !row[column].is_null() && !values.contains(&row[column]) {
            values.push(row[column].clone());
        }
    }
    values
}

/// The conditions that an operator can be tried with.
fn operands(operator: &Input, values: &[Value]) -> Option<Vec<Value>> {
    let Some(first) = values.first() else { return Some(Vec::new()) };
    let pattern = |value: &Value| match value {
        Value::String(text) => json!(text.replace('\\', "\\\\").replace('%', "\\%")),
        other => other.clone(),
    };
    let few: Vec<Value> = values.iter().take(3).cloned().collect();
    Some(match operator.name.as_str() {
        "like" | "ilike" => few.iter().map(pattern).collect(),
        _ if operator.ty.element().is_some() && !first.is_array() => {
            vec![json!([first]), json!(values), json!([])]
        }
        _ if operator.ty.name() == "Boolean" && !first.is_boolean() => return None,
        _ => few,
    })
}

fn column_of<'a>(walk: &mut Walk<'a>, field: &'a Field, column: &'a Input, rows: &[Value]) {
    let name = column.name.as_str();
    let values = values_of(name, rows);
    let nulls = rows.iter().filter(|row| row[name].is_null()).count();
    let mut conditions = Vec::new();
    for operator in walk.schema.inputs(column.ty.name()) {
        if operator.name == "isNull" {
            conditions.extend([true, false].map(|value| ("isNull", json!(value))));
        } else if let Some(operands) = operands(operator, &values) {
            conditions.extend(operands.into_iter().map(|value| (operator.name.as_str(), value)));
        } else {
            let fault = format!("{}: no value to try `{}` with", field.name, operator.name);
            walk.faults.push(fault);
        }
    }
    let mut filters: Vec<Value> =
        conditions.iter().map(|(operator, value)| json!({ name: { *operator: value } })).collect();
    if let Some(value) = values.first() {
        let (eq, absent) = (json!({ name: { "eq": value } }), json!({ name: { "isNull": true } }));
        let found: Vec<Value> = vec![
            json!({ "or": [eq, absent] }),
            json!({ "and": [eq, absent] }),
            json!({ "not": eq }),
            json!({ "not": { "or": [eq, absent] } }),
        ];
        conditions.extend(["or", "and", "not", "neither"].map(|name| (name, Value::Null)));
        filters.extend(found);
    }
    let counts = count(walk, field, name, &filters);
    let counts: BTreeMap<(&str, String), usize> = conditions
        .iter()
        .zip(counts)
        .map(|((operator, value), count)| ((*operator, value.to_string()), count))
        .collect();
    let faults = contradictions(&counts, rows.len(), nulls, values.first());
    let faults = faults.iter().map(|fault| format!("{} where {name} {fault}", field.name));
    walk.faults.extend(faults);
    let least = |value: &Value| rows.iter().filter(|row| row[name] == *value).count();
    for ((operator, value), count) in conditions
        .iter()
        .map(|(operator, value)| ((operator, value), counts[&(*operator, value.to_string())]))
    {
        let is_reflexive = ["eq", "gte", "lte", "like", "ilike", "startsWith", "endsWith"];
        if is_reflexive.contains(operator) && count < least(&unescaped(operator, value)) {
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
                // An empty list is decided without looking at the row.
                let expected = if value == "[]" { all } else { all - nulls };
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
    let mut values = values_of(name, rows);
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
