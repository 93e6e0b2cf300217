//! Pages by cursor make the list, from either end.

use serde_json::{Value, json};

use super::introspection::Field;
use super::selection::Selection;
use super::walk::{Ask, PAGE, Walk};

/// Pages forward and backward through a list and compares.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, field: &'a Field, columns: &Selection) {
    let Some(name) = &walk.view(field).connection else { return };
    let connection = walk.query(name.as_str());
    let columns = columns.text();
    let orders = field.argument("orderBy").map(|order| walk.schema.inputs(order.ty.name()));
    let ty = field.ty.name();
    let columns_of_order = orders.into_iter().flatten();
    let ordered = columns_of_order.filter(|input| !walk.schema.is_relation(ty, &input.name));
    let last = ordered.map(|input| input.name.clone()).next_back();
    let orders = [json!([]), last.map_or_else(|| json!([]), |name| json!([{ name: "DESC" }]))];
    for order in orders {
        let arguments = vec![("orderBy", order.clone()), ("limit", json!(PAGE))];
        let list = Ask { field, arguments, selection: columns.clone() };
        let rows = walk.ask(&[list]).remove(0);
        let rows = rows.as_array().cloned().unwrap_or_default();
        let found = [("first", "after"), ("last", "before")]
            .map(|direction| pages(walk, connection, direction, &order, &columns, rows.len()));
        if found != [Some(rows.clone()), Some(rows)] {
            walk.faults.push(format!("{} orderBy {order}: {found:?}", connection.name));
        }
    }
}

/// The rows of all pages in the order of the list; nothing if a page is not what it should be.
fn pages<'a>(
    walk: &mut Walk<'a>,
    field: &'a Field,
    (size, from): (&'static str, &'static str),
    order: &Value,
    columns: &str,
    total: usize,
) -> Option<Vec<Value>> {
    let (more, end) = match size {
        "first" => ("hasNextPage", "endCursor"),
        _ => ("hasPreviousPage", "startCursor"),
    };
    let (mut rows, mut cursor) = (Vec::new(), Value::Null);
    // Few pages of many rows, and yet more than one of few.
    let length = total.div_ceil(4).max(1);
    loop {
        let arguments =
            vec![("orderBy", order.clone()), (size, json!(length)), (from, cursor.clone())];
        let selection = format!(
            " {{ totalCount pageInfo {{ {more} {end} }} edges {{ cursor node{columns} }} }}"
        );
        let page = walk.ask(&[Ask { field, arguments, selection }]).remove(0);
        let edges = page["edges"].as_array()?;
        let nodes: Vec<Value> = edges.iter().map(|edge| edge["node"].clone()).collect();
        rows = if size == "first" { [rows, nodes].concat() } else { [nodes, rows].concat() };
        let edge = if size == "first" { edges.last() } else { edges.first() };
        let info = &page["pageInfo"];
        if page["totalCount"] != json!(total)
            || edge.is_some_and(|edge| edge["cursor"] != info[end])
        {
            return None;
        }
        if info[more] != json!(true) || rows.len() > total {
            return Some(rows);
        }
        cursor = info[end].clone();
    }
}
