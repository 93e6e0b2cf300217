//! Filters and orders. The runtime registers the same types from the generated tables.

use std::collections::{BTreeMap, BTreeSet};

use super::operators::{Argument, operators};
use super::write::{Definition, Member};
use crate::plan::Plan;
use crate::plan::model::{Cardinality, Object, Relation, Type};
use crate::plan::names::GraphqlName;

/// The filters and orders of all lists, and the filters of the types of their columns.
pub(super) fn definitions(plan: &Plan) -> Vec<Definition> {
    let objects = plan.listed_objects();
    // Several types have one filter: integers, `json` and shapes.
    let values: BTreeMap<String, &Type> =
        plan.filtered_types().into_iter().map(|ty| (filter_name(plan, ty), ty)).collect();
    let values = values.into_iter().map(|(name, ty)| value_filter(plan, name, ty));
    let own = objects.iter().flat_map(|object| {
        let order = plan.is_sortable(object).then(|| order(plan, object));
        std::iter::once(filter(plan, object)).chain(order)
    });
    values.chain(own).chain(list_filters(plan, &objects)).collect()
}

/// The enum of directions, if anything can be sorted.
pub(super) fn direction(plan: &Plan) -> Option<Definition> {
    if !plan.listed_objects().iter().any(|object| plan.is_sortable(object)) {
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

/// The filter of values of a type.
fn value_filter(plan: &Plan, name: String, ty: &Type) -> Definition {
    let composite = match ty {
        Type::Composite(name) => plan.object(name),
        _ => None,
    };
    let attributes = composite.into_iter().flat_map(|object| &object.columns);
    let mut members: Vec<Member> = attributes
        .map(|item| Member::new(&item.field, filter_name(plan, &item.ty)).doc(&item.description))
        .collect();
    members.extend(operators(ty).map(|(operator, argument, doc)| {
        Member::new(operator, argument_type(plan, ty, *argument)).doc(doc)
    }));
    let of = match name.as_str() {
        "IsNullFilter" | "IsEmptyFilter" => "A condition on a value".to_owned(),
        _ => format!("A condition on a value of type {}", plan.output_type(ty)),
    };
    Definition::new("input", name, &format!("{of}; all given fields must hold."), members)
}

/// The type of what an operator on a type takes.
fn argument_type(plan: &Plan, ty: &Type, argument: Argument) -> String {
    let element = || match ty {
        Type::Array(element) | Type::MultiArray(element, _) => plan.input_type(element),
        Type::Range(name) | Type::Multirange(name) => {
            let bound = plan.object(name).and_then(|object| object.columns.first());
            bound.map_or_else(String::new, |bound| plan.input_type(&bound.ty))
        }
        ty => plan.input_type(ty),
    };
    match argument {
        Argument::Value => plan.input_type(ty),
        Argument::Values => format!("[{}!]", plan.input_type(ty)),
        Argument::Boolean => "Boolean".to_owned(),
        Argument::Text => "String".to_owned(),
        Argument::Texts => "[String!]".to_owned(),
        Argument::Element => element(),
        Argument::Elements => format!("[{}!]", element()),
        Argument::Network => "Inet".to_owned(),
    }
}

/// The name of the filter of a type.
fn filter_name(plan: &Plan, ty: &Type) -> String {
    let part = match ty {
        Type::Json | Type::Shaped(_) => "IsNull".to_owned(),
        Type::Composite(_) => format!("{}Value", plan.output_type(ty)),
        Type::Array(element) if element.is_element() => format!("{}List", stem(plan, element)),
        Type::MultiArray(element, dimensions) if element.is_element() => {
            stem(plan, element) + &"List".repeat(*dimensions)
        }
        Type::Array(_) | Type::MultiArray(..) => "IsEmpty".to_owned(),
        ty => stem(plan, ty),
    };
    part + "Filter"
}

fn stem(plan: &Plan, ty: &Type) -> String {
    match ty {
        Type::Multirange(name) => format!("{}Set", plan.output_type(&Type::Range(name.clone()))),
        ty => plan.output_type(ty),
    }
}

fn filter(plan: &Plan, object: &Object) -> Definition {
    let name = object.name.with_suffix("Filter");
    let mut members = vec![
        Member::new("and", format!("[{name}!]")).doc("All of these hold."),
        Member::new("or", format!("[{name}!]")).doc("At least one of these holds."),
        Member::new("not", name.as_str()).doc("This does not hold."),
    ];
    for (field, ty, doc) in plan.operands(object) {
        members.push(Member::new(field, filter_name(plan, ty)).doc(doc));
    }
    for (relation, target) in relations(plan, object) {
        let suffix =
            if relation.cardinality == Cardinality::Many { "ListFilter" } else { "Filter" };
        let ty = target.name.with_suffix(suffix);
        members.push(Member::new(&relation.field, ty.as_str()).doc(&relation.description));
    }
    let doc = format!("A condition on rows of {}; all given fields must hold.", object.name);
    Definition::new("input", name, &doc, members)
}

/// Relations with their targets.
fn relations<'a>(
    plan: &'a Plan,
    object: &'a Object,
) -> impl Iterator<Item = (&'a Relation, &'a Object)> {
    object.relations.iter().filter_map(|item| Some((item, plan.object(&item.target)?)))
}

/// The filters of related rows, for all views that a relation leads to many rows of.
fn list_filters(plan: &Plan, objects: &[&Object]) -> Vec<Definition> {
    let relations = objects.iter().flat_map(|object| relations(plan, object));
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
    let columns = plan
        .operands(object)
        .filter(|(_, ty, _)| ty.is_sortable())
        .map(|(field, _, description)| Member::new(field, "Direction").doc(description));
    let to_one = relations(plan, object).filter(|(relation, target)| {
        relation.cardinality != Cardinality::Many && plan.is_sortable(target)
    });
    let members = columns.chain(to_one.map(|(relation, target)| {
        let ty = target.name.with_suffix("OrderBy");
        Member::new(&relation.field, ty.as_str()).doc(&relation.description)
    }));
    let doc = format!("A sort criterion of rows of {}: exactly one field.", object.name);
    Definition::new("input", object.name.with_suffix("OrderBy"), &doc, members.collect())
}
