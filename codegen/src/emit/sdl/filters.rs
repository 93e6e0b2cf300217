//! Filters and orders. The runtime registers the same types from the generated tables.

use std::collections::BTreeMap;

use super::write::{Definition, Member};
use crate::plan::Plan;
use crate::plan::model::{Object, Type, View};

/// The operators of filters, in order, with their descriptions.
const OPERATORS: &[(&str, Operand, &str)] = &[
    ("eq", Operand::Value, "Equal."),
    ("neq", Operand::Value, "Not equal; a null is neither."),
    ("in", Operand::List, "Equal to one of these; an empty list matches nothing."),
    ("notIn", Operand::List, "Equal to none of these."),
    ("gt", Operand::Value, "Greater."),
    ("gte", Operand::Value, "Greater or equal."),
    ("lt", Operand::Value, "Less."),
    ("lte", Operand::Value, "Less or equal."),
    (
        "like",
        Operand::Value,
        "Matches a pattern: `%` is any text, `_` any character, `\\` escapes.",
    ),
    ("ilike", Operand::Value, "Like `like`, whatever the case."),
    ("startsWith", Operand::Value, "Starts with this text."),
    ("endsWith", Operand::Value, "Ends with this text."),
    ("contains", Operand::Value, "Contains this text."),
    ("isNull", Operand::Boolean, "Null, or not null."),
];

/// What an operator compares with.
#[derive(Clone, Copy)]
enum Operand {
    /// One value.
    Value,
    /// A list of values.
    List,
    /// Yes or no.
    Boolean,
}

/// The operators of a type, by name.
fn operators(ty: &Type) -> &'static [&'static str] {
    match ty {
        Type::Bool => &["eq", "neq", "isNull"],
        Type::Bytea => &["eq", "neq", "in", "notIn", "isNull"],
        Type::Text => &[
            "eq",
            "neq",
            "in",
            "notIn",
            "gt",
            "gte",
            "lt",
            "lte",
            "like",
            "ilike",
            "startsWith",
            "endsWith",
            "contains",
            "isNull",
        ],
        Type::Json | Type::Jsonb | Type::Composite(_) | Type::Array(_) | Type::Shaped(_) => &[],
        _ => &["eq", "neq", "in", "notIn", "gt", "gte", "lt", "lte", "isNull"],
    }
}

/// The filters and orders of all views, and the filters of the types of their columns.
pub(super) fn definitions(plan: &Plan) -> Vec<Definition> {
    let views = filterable(plan);
    let mut types: BTreeMap<String, &Type> = BTreeMap::new();
    for view in &views {
        for column in view.object.columns.iter().filter(|column| column.ty.is_filterable()) {
            types.insert(plan.input_type(&column.ty), &column.ty);
        }
    }
    let values = types.into_iter().map(|(name, ty)| value_filter(&name, ty));
    let objects = views.iter().flat_map(|view| [filter(plan, &view.object), order(&view.object)]);
    values.chain(objects).collect()
}

/// The enum of directions, if anything can be sorted.
pub(super) fn direction(plan: &Plan) -> Option<Definition> {
    if filterable(plan).is_empty() {
        return None;
    }
    let values = [
        ("ASC", "Ascending, nulls last."),
        ("DESC", "Descending, nulls first."),
        ("ASC_NULLS_FIRST", "Ascending, nulls first."),
        ("ASC_NULLS_LAST", "Ascending, nulls last."),
        ("DESC_NULLS_FIRST", "Descending, nulls first."),
        ("DESC_NULLS_LAST", "Descending, nulls last."),
    ];
    let values = values.map(|(name, doc)| Member::bare(name).doc(doc));
    Some(Definition::new("enum", "Direction", "A direction and the place of nulls.", values.into()))
}

fn filterable(plan: &Plan) -> Vec<&View> {
    plan.views.values().filter(|view| view.object.is_filterable()).collect()
}

fn value_filter(name: &str, ty: &Type) -> Definition {
    let known = operators(ty);
    let operators = OPERATORS.iter().filter(|(operator, ..)| known.contains(operator));
    let members = operators.map(|&(operator, operand, doc)| {
        let ty = match operand {
            Operand::Value => name.to_owned(),
            Operand::List => format!("[{name}!]"),
            Operand::Boolean => "Boolean".to_owned(),
        };
        Member::new(operator, ty).doc(doc)
    });
    let doc = format!("A condition on a value of type {name}; all given fields must hold.");
    Definition::new("input", format!("{name}Filter"), &doc, members.collect())
}

fn filter(plan: &Plan, object: &Object) -> Definition {
    let name = object.name.with_suffix("Filter");
    let mut members = vec![
        Member::new("and", format!("[{name}!]")).doc("All of these hold."),
        Member::new("or", format!("[{name}!]")).doc("At least one of these holds."),
        Member::new("not", name.as_str()).doc("This does not hold."),
    ];
    for column in object.columns.iter().filter(|column| column.ty.is_filterable()) {
        let ty = format!("{}Filter", plan.input_type(&column.ty));
        members.push(Member::new(&column.field, ty).doc(&column.description));
    }
    let doc = format!("A condition on rows of {}; all given fields must hold.", object.name);
    Definition::new("input", name, &doc, members)
}

fn order(object: &Object) -> Definition {
    let columns = object.columns.iter().filter(|column| column.ty.is_filterable());
    let members =
        columns.map(|column| Member::new(&column.field, "Direction").doc(&column.description));
    let doc = format!("A sort criterion of rows of {}: exactly one field.", object.name);
    Definition::new("input", object.name.with_suffix("OrderBy"), &doc, members.collect())
}
