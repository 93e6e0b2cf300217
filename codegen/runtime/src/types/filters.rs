//! Filters and sort criteria.

use async_graphql::registry::{MetaInputValue, Registry};

use super::{
    claim, enum_type, filter_name, input, input_object, order_by_name, register_input_type,
    register_type,
};
use crate::model::{Cardinality, CompositeType, ObjectType, Relation, Type};
use crate::operator::operators;
use crate::order::Direction;
use crate::predicate::Quantifier;

/// Registers the filter of an object's rows.
pub(super) fn register_filter(registry: &mut Registry, object: &'static ObjectType) {
    let name = filter_name(object);
    if !claim(registry, &name) {
        return;
    }
    let mut fields = vec![
        input("and", "All of these hold.", format!("[{name}!]")),
        input("or", "At least one of these holds.", format!("[{name}!]")),
        input("not", "This does not hold.", name.clone()),
    ];
    for (field, doc, operand) in object.operands() {
        let filter = register_value_filter(registry, operand.ty());
        fields.push(input(field, doc, filter));
    }
    for relation in object.relations {
        let filter = register_relation_filter(registry, relation);
        fields.push(input(relation.field, relation.doc, filter));
    }
    let doc = format!("A condition on rows of {}; all given fields must hold.", object.name);
    registry.types.insert(name.clone(), input_object(&name, &doc, fields));
}

/// Registers the filter of a relation: of the rows themselves where it leads to one, of how many
/// satisfy it where it leads to many.
fn register_relation_filter(registry: &mut Registry, relation: &Relation) -> String {
    let target = (relation.target)().object;
    register_filter(registry, target);
    let filter = filter_name(target);
    if relation.cardinality != Cardinality::Many {
        return filter;
    }
    let name = format!("{}ListFilter", target.name);
    registry.types.entry(name.clone()).or_insert_with(|| {
        let fields = Quantifier::ALL.map(|(field, _, doc)| input(field, doc, filter.clone()));
        let doc =
            format!("A condition on related rows of {}; all given fields must hold.", target.name);
        input_object(&name, &doc, fields.into())
    });
    name
}

/// Registers the filter of values of a type.
fn register_value_filter(registry: &mut Registry, ty: &'static Type) -> String {
    let scalar = register_type(registry, innermost(ty));
    let name = ty.filter_name(&scalar);
    if !claim(registry, &name) {
        return name;
    }
    let mut fields = Vec::new();
    if let Type::Composite(CompositeType { object, .. }) = ty {
        for column in object.columns.iter().filter(|column| !column.hidden) {
            let filter = register_value_filter(registry, &column.ty);
            fields.push(input(column.field, column.doc, filter));
        }
    }
    for operator in operators(ty) {
        let given = register_input_type(registry, operator.argument.value_type(ty));
        let given = if operator.argument.is_list() { format!("[{given}!]") } else { given };
        fields.push(input(operator.field, operator.doc, given));
    }
    let of = if name == "IsNullFilter" || name == "IsEmptyFilter" {
        "A condition on a value".to_owned()
    } else {
        format!("A condition on a value of type {}", register_type(registry, ty))
    };
    let doc = format!("{of}; all given fields must hold.");
    registry.types.insert(name.clone(), input_object(&name, &doc, fields));
    name
}

/// What lists are made of.
fn innermost(ty: &'static Type) -> &'static Type {
    match ty {
        Type::Array(element) | Type::MultiArray(element, _) => innermost(element),
        Type::Shaped(shape) => innermost(shape),
        ty => ty,
    }
}

/// Registers the sort criterion of an object's rows.
pub(super) fn register_order_by(registry: &mut Registry, object: &'static ObjectType) {
    register_direction(registry);
    let name = order_by_name(object);
    if !claim(registry, &name) {
        return;
    }
    let mut fields: Vec<MetaInputValue> = object
        .operands()
        .filter(|(.., operand)| operand.is_sortable())
        .map(|(field, doc, _)| input(field, doc, "Direction".to_owned()))
        .collect();
    for relation in object.relations {
        let target = (relation.target)().object;
        if relation.cardinality != Cardinality::Many && target.is_sortable() {
            register_order_by(registry, target);
            fields.push(input(relation.field, relation.doc, order_by_name(target)));
        }
    }
    let doc = format!("A sort criterion of rows of {}: exactly one field.", object.name);
    registry.types.insert(name.clone(), input_object(&name, &doc, fields));
}

/// Registers the directions of sorting.
pub(super) fn register_direction(registry: &mut Registry) {
    let values = Direction::ALL.into_iter().map(Direction::describe);
    registry
        .types
        .entry("Direction".to_owned())
        .or_insert_with(|| enum_type("Direction", "A direction and the place of nulls.", values));
}
