//! Relations lead to the rows that their columns say, for every parent.

use codegen::plan::model;
use serde_json::{Value, json};

use super::conditions;
use super::introspection::Field;
use super::selection::Selection;
use super::walk::{Ask, PAGE, Walk};

/// Checks a relation of the rows of a list.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, field: &'a Field, relation: &'a Field) {
    let Some(plan) = planned(walk, field, relation) else { return };
    let target = &walk.subject.plan.views[&plan.target];
    let source = walk.view(field);
    let pairs: Option<Vec<(String, String)>> = plan
        .columns
        .iter()
        .map(|(here, there)| {
            Some((graphql(&source.object, here)?, graphql(&target.object, there)?))
        })
        .collect();
    // Columns that are no part of the API cannot be compared.
    let Some(pairs) = pairs else { return };
    let list = target.list.field.as_str();
    let targets = walk.query(list);
    let there = Selection::columns(walk.schema, targets.ty.name()).text();
    let everything = walk.all(targets, there.clone());
    let here: Vec<&str> = pairs.iter().map(|(here, _)| here.as_str()).collect();
    let is_many = relation.argument("limit").is_some();
    let parts = match is_many {
        true => {
            let name = &relation.name;
            let first = &pairs[0].1;
            format!(
                "related: {name}(limit: 1000){there} \
                 one: {name}(limit: 1){there} \
                 rest: {name}(offset: 1, limit: 1000){there} \
                 none: {name}(where: {{ {first}: {{ isNull: true }} }}){there} \
                 ordered: {name}(orderBy: [{{ {first}: DESC }}], limit: 1000){there}"
            )
        }
        false => format!("related: {}{there}", relation.name),
    };
    let parents = walk.all(field, format!(" {{ {} {parts} }}", here.join(" ")));
    let rows = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for parent in rows(&parents) {
        let matches = |row: &Value| {
            pairs.iter().all(|(here, there)| !row[there].is_null() && row[there] == parent[here])
        };
        let expected: Vec<Value> = rows(&everything).into_iter().filter(matches).collect();
        let is_right = match is_many {
            false => expected.first().unwrap_or(&Value::Null) == &parent["related"],
            true => {
                let lengths = ["related", "one", "rest", "none", "ordered"]
                    .map(|part| rows(&parent[part]).len());
                let all = expected.len();
                let is_known = rows(&parent["related"]).iter().all(|row| expected.contains(row));
                is_known && lengths == [all, all.min(1), all.saturating_sub(1), 0, all]
            }
        };
        if !is_right {
            let fault = format!("{}.{}: {parent} for {expected:?}", field.name, relation.name);
            walk.faults.push(fault);
        }
    }
}

/// A relation as a condition and as an order of its parents.
pub(crate) fn arguments<'a>(
    walk: &mut Walk<'a>,
    field: &'a Field,
    relation: &'a Field,
    all: usize,
) {
    let (ty, name) = (field.ty.name(), relation.name.as_str());
    let input = |argument: &str| {
        let inputs = walk.schema.inputs(field.argument(argument)?.ty.name());
        inputs.iter().find(|input| input.name == name)
    };
    let leaf = walk.schema.fields(ty).iter().find(|leaf| walk.schema.is_leaf(leaf.ty.name()));
    let leaf = leaf.expect("a view has a column").name.as_str();
    if input("where").is_some() {
        let conditions = match relation.ty.element() {
            Some(_) => json!([{ "some": {} }, { "none": {} }, { "every": {} }]),
            None => {
                let there = walk.schema.inputs(input("where").expect("just found").ty.name());
                let column =
                    there.iter().find(|input| !["and", "or", "not"].contains(&input.name.as_str()));
                let column = column.expect("what can be filtered has a column").name.as_str();
                json!([{}, { column: { "isNull": false } }])
            }
        };
        let conditions = conditions.as_array().expect("a list").clone();
        let filters: Vec<Value> = conditions
            .iter()
            .flat_map(|condition| {
                [json!({ name: condition }), json!({ "not": { name: condition } })]
            })
            .collect();
        let counts = conditions::count(walk, field, leaf, &filters);
        for (pair, condition) in counts.chunks(2).zip(&conditions) {
            if pair[0] + pair[1] != all {
                let fault = format!("{} where {name} {condition}: {pair:?}", field.name);
                walk.faults.push(fault);
            }
        }
    }
    let Some(order) = input("orderBy") else { return };
    let there = walk.schema.inputs(order.ty.name());
    let target = relation.ty.name();
    let column = there.iter().find(|input| !walk.schema.is_relation(target, &input.name));
    let Some(column) = column else { return };
    let ask = |direction: &str| Ask {
        field,
        arguments: vec![
            ("orderBy", json!([{ name: { column.name.as_str(): direction } }])),
            ("limit", json!(PAGE)),
        ],
        selection: format!(" {{ {leaf} }}"),
    };
    for answer in walk.ask(&[ask("ASC"), ask("DESC_NULLS_LAST")]) {
        if answer.as_array().map(Vec::len) != Some(all) {
            walk.faults.push(format!("{} orderBy {name}: {answer}", field.name));
        }
    }
}

fn planned<'a>(walk: &Walk<'a>, field: &Field, relation: &Field) -> Option<&'a model::Relation> {
    let mut relations = walk.view(field).object.relations.iter();
    relations.find(|planned| planned.field.as_str() == relation.name)
}

fn graphql(object: &model::Object, sql: &str) -> Option<String> {
    let column = object.columns.iter().find(|column| column.sql == sql)?;
    Some(column.field.to_string())
}
