//! Aggregates of lists and of relations agree with the rows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::introspection::{Field, Schema};
use super::selection::{self, Selection};
use super::walk::{Ask, PAGE, Walk};

/// Types whose values are equal in SQL if and only if they are in JSON.
const PLAIN: [&str; 5] = ["Boolean", "Int", "BigInt", "Date", "UUID"];

/// Checks the aggregate of all rows of a list.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, field: &'a Field, rows: &[Value]) {
    let field = walk.query(walk.view(field).aggregate.as_str());
    let schema = walk.schema;
    let everything = Selection::columns(schema, field.ty.name());
    let arguments = Vec::new();
    let ask = Ask { field, arguments, selection: everything.text() };
    let found = walk.ask(&[ask]).remove(0);
    let selection = Some(&everything);
    selection::check(schema, &field.ty, selection, &found, &field.name, &mut walk.faults);
    if found["count"] != json!(rows.len()) {
        walk.faults.push(format!("{}: count {} for {}", field.name, found["count"], rows.len()));
    }
    for column in plain(schema, field, "countDistinct") {
        let values: BTreeSet<String> = values(rows, &column).map(ToString::to_string).collect();
        if found["countDistinct"][&column] != json!(values.len()) {
            walk.faults.push(format!("{}.countDistinct.{column}: {found}", field.name));
        }
    }
    for column in plain(schema, field, "sum") {
        let numbers: Vec<i128> = values(rows, &column).filter_map(number).collect();
        let sum = (!numbers.is_empty()).then(|| numbers.iter().sum());
        let expected = [
            ("sum", sum),
            ("min", numbers.iter().min().copied()),
            ("max", numbers.iter().max().copied()),
        ];
        for (function, expected) in expected {
            if number(&found[function][&column]) != expected {
                walk.faults.push(format!("{}.{function}.{column}: {found}", field.name));
            }
        }
    }
    groups(walk, field, rows);
}

/// Groups by each column part the rows.
fn groups<'a>(walk: &mut Walk<'a>, field: &'a Field, rows: &[Value]) {
    let schema = walk.schema;
    let fields = schema.fields(field.ty.name());
    let Some(group_by) = fields.iter().find(|field| field.name == "groupBy") else { return };
    let columns = group_by.argument("columns").expect("what to group by").ty.name();
    for column in schema.inputs(columns) {
        let name = &column.name;
        for how in schema.values(column.ty.name()) {
            let arguments = format!("columns: [{{ {name}: {how} }}], limit: {PAGE}");
            let selection = format!(" {{ groupBy({arguments}) {{ key {{ {name} }} count }} }}");
            let found = walk.ask(&[Ask { field, arguments: Vec::new(), selection }]).remove(0);
            let groups = found["groupBy"].as_array().cloned().unwrap_or_default();
            let total: u64 = groups.iter().filter_map(|group| group["count"].as_u64()).sum();
            let key = |group: &Value| group["key"][name].to_string();
            let keys: BTreeSet<String> = groups.iter().map(key).collect();
            let known: BTreeSet<String> = rows.iter().map(|row| row[name].to_string()).collect();
            let is_value = how == "VALUE" && keys.len() == groups.len();
            let is_right = !is_value || keys == known || !is_plain(schema, group_by, name);
            if total != rows.len() as u64 || !is_right {
                walk.faults.push(format!("{} by {name} {how}: {found}", field.name));
            }
        }
    }
}

/// Checks the aggregate of a relation to many rows against its list, for every parent.
pub(crate) fn related<'a>(walk: &mut Walk<'a>, field: &'a Field, relation: &'a Field) {
    if relation.argument("limit").is_none() {
        return;
    }
    let target = walk.schema.fields(relation.ty.name());
    let leaf = target.iter().find(|leaf| walk.schema.is_leaf(leaf.ty.name()));
    let (leaf, name) = (&leaf.expect("a view has a column").name, &relation.name);
    let condition = relation.argument("where").map(|argument| argument.ty.name());
    let columns = condition.map(|filter| walk.schema.inputs(filter)).unwrap_or_default();
    let is_column = |column: &&str| target.iter().any(|field| field.name == **column);
    let column = columns.iter().map(|input| input.name.as_str()).find(is_column);
    let groups = column.map(|column| {
        format!(
            "groupBy(columns: [{{ {column}: VALUE }}], limit: {PAGE}) {{ key {{ {column} }} count }}"
        )
    });
    let nothing = column.map(|column| {
        format!("nothing: {name}Aggregate(where: {{ not: {{ or: [{{ {column}: {{ isNull: true }} }}, {{ {column}: {{ isNull: false }} }}] }} }}) {{ count }}")
    });
    let selection = format!(
        " {{ {name}(limit: {PAGE}) {{ {leaf} }} {name}Aggregate {{ count {} }} {} }}",
        groups.unwrap_or_default(),
        nothing.unwrap_or_default(),
    );
    let parents = walk.all(field, selection);
    for parent in parents.as_array().into_iter().flatten() {
        let count = parent[name].as_array().map_or(0, Vec::len) as u64;
        let found = &parent[format!("{name}Aggregate")];
        let groups = found["groupBy"]
            .as_array()
            .map(|groups| groups.iter().filter_map(|group| group["count"].as_u64()).sum::<u64>());
        if found["count"] != json!(count)
            || groups.is_some_and(|total| total != count)
            || parent["nothing"].get("count").is_some_and(|count| *count != json!(0))
        {
            walk.faults.push(format!("{}.{name}Aggregate: {parent}", field.name));
        }
    }
}

/// The columns of a function's results that are plain in the rows.
fn plain(schema: &Schema, aggregate: &Field, function: &str) -> Vec<String> {
    let fields = schema.fields(aggregate.ty.name());
    let Some(values) = fields.iter().find(|field| field.name == function) else {
        return Vec::new();
    };
    let group_by = fields.iter().find(|field| field.name == "groupBy").expect("groups");
    let columns = schema.fields(values.ty.name()).iter().map(|field| field.name.clone());
    columns.filter(|column| is_plain(schema, group_by, column)).collect()
}

fn is_plain(schema: &Schema, group_by: &Field, column: &str) -> bool {
    let group = schema.fields(group_by.ty.name());
    let key = group.iter().find(|field| field.name == "key").expect("a key").ty.name();
    let column = schema.fields(key).iter().find(|field| field.name == column);
    column.is_some_and(|column| PLAIN.contains(&column.ty.name()))
}

fn values<'r>(rows: &'r [Value], column: &str) -> impl Iterator<Item = &'r Value> {
    rows.iter().map(move |row| &row[column]).filter(|value| !value.is_null())
}

fn number(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64().map(i128::from),
    }
}
