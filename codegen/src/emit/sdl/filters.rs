//! Filters and orders. The runtime registers the same types from the generated tables.

use std::collections::{BTreeMap, BTreeSet};

use super::write::{Definition, Member};
use crate::plan::Plan;
use crate::plan::model::{Cardinality, Object, Relation, Returns, Type};
use crate::plan::names::GraphqlName;

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
        ty if !ty.is_filterable() => &[],
        _ => &["eq", "neq", "in", "notIn", "gt", "gte", "lt", "lte", "isNull"],
    }
}

/// The filters and orders of all lists, and the filters of the types of their columns.
pub(super) fn definitions(plan: &Plan) -> Vec<Definition> {
    let objects = plan.listed_objects();
    let mut types: BTreeMap<String, &Type> = BTreeMap::new();
    for object in &objects {
        for (_, ty, _) in comparable(plan, object) {
            types.insert(plan.input_type(ty), ty);
        }
    }
    let values = types.into_iter().map(|(name, ty)| value_filter(&name, ty));
    let own = objects.iter().flat_map(|object| [filter(plan, object), order(plan, object)]);
    values.chain(own).chain(list_filters(plan, &objects)).collect()
}

/// What rows of an object can be filtered and sorted by: field, type, description.
fn comparable<'a>(
    plan: &'a Plan,
    object: &'a Object,
) -> impl Iterator<Item = (&'a GraphqlName, &'a Type, &'a str)> {
    let columns = object.columns.iter().filter(|column| column.ty.is_filterable());
    let columns = columns.map(|column| (&column.field, &column.ty, column.description.as_str()));
    let computed = plan.comparable_fields(object).filter_map(|function| match &function.returns {
        Returns::Value { ty, .. } => Some((&function.field, ty, function.description.as_str())),
        _ => None,
    });
    columns.chain(computed)
}

/// The enum of directions, if anything can be sorted.
pub(super) fn direction(plan: &Plan) -> Option<Definition> {
    if plan.listed_objects().is_empty() {
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
    for (field, ty, doc) in comparable(plan, object) {
        members.push(Member::new(field, format!("{}Filter", plan.input_type(ty))).doc(doc));
    }
    for (relation, target) in filterable_relations(plan, object) {
        let suffix =
            if relation.cardinality == Cardinality::Many { "ListFilter" } else { "Filter" };
        let ty = target.name.with_suffix(suffix);
        members.push(Member::new(&relation.field, ty.as_str()).doc(&relation.description));
    }
    let doc = format!("A condition on rows of {}; all given fields must hold.", object.name);
    Definition::new("input", name, &doc, members)
}

/// Relations to rows that can be filtered, with their targets.
fn filterable_relations<'a>(
    plan: &'a Plan,
    object: &'a Object,
) -> impl Iterator<Item = (&'a Relation, &'a Object)> {
    let relations = object.relations.iter();
    let targets = relations.filter_map(|item| Some((item, plan.object(&item.target)?)));
    targets.filter(|(_, target)| target.is_filterable())
}

/// The filters of related rows, for all views that a relation leads to many rows of.
fn list_filters(plan: &Plan, objects: &[&Object]) -> Vec<Definition> {
    let relations = objects.iter().flat_map(|object| filterable_relations(plan, object));
    let many = relations.filter(|(relation, _)| relation.cardinality == Cardinality::Many);
    let targets: BTreeSet<&GraphqlName> = many.map(|(_, target)| &target.name).collect();
    let definition = |target: &GraphqlName| {
        let members = [
            ("some", "At least one row satisfies this."),
            ("every", "No row fails this; so it is without rows."),
            ("none", "No row satisfies this."),
        ];
        let filter = target.with_suffix("Filter");
        let members = members.map(|(name, doc)| Member::new(name, filter.as_str()).doc(doc));
        let doc = format!("A condition on related rows of {target}; all given fields must hold.");
        Definition::new("input", target.with_suffix("ListFilter"), &doc, members.into())
    };
    targets.into_iter().map(definition).collect()
}

fn order(plan: &Plan, object: &Object) -> Definition {
    let columns = comparable(plan, object)
        .map(|(field, _, description)| Member::new(field, "Direction").doc(description));
    let relations = filterable_relations(plan, object);
    let to_one = relations.filter(|(relation, _)| relation.cardinality != Cardinality::Many);
    let members = columns.chain(to_one.map(|(relation, target)| {
        let ty = target.name.with_suffix("OrderBy");
        Member::new(&relation.field, ty.as_str()).doc(&relation.description)
    }));
    let doc = format!("A sort criterion of rows of {}: exactly one field.", object.name);
    Definition::new("input", object.name.with_suffix("OrderBy"), &doc, members.collect())
}
