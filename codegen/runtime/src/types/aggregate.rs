//! The GraphQL types of aggregates.

use async_graphql::OutputType;
use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaField, MetaInputValue, Registry};

use super::filters;
use super::{
    add_argument, add_filter_argument, claim, deprecation, enum_type, field, input, input_object,
    nullable, object_type, register_type,
};
use crate::aggregate::{AggregateFunction, GroupArguments, SUFFIX, Unit, type_name};
use crate::list::ListArguments;
use crate::model::{Column, ObjectType, Relation, Type};

/// The field of an aggregate of related rows.
pub(super) fn relation_field(registry: &mut Registry, relation: &Relation) -> MetaField {
    let target = (relation.target)().object;
    let doc = format!("Aggregates of `{}`.", relation.field);
    let name = format!("{}{SUFFIX}", relation.field);
    let mut field = field(&name, &doc, format!("{}!", register(registry, target)));
    add_filter_argument(registry, target, &mut field);
    field
}

/// Registers the aggregate of an object's rows and everything that it leads to; returns its name.
pub(super) fn register(registry: &mut Registry, object: &'static ObjectType) -> String {
    let name = type_name(object, "");
    if !claim(registry, &name) {
        return name;
    }
    let mut fields = values(registry, object);
    if object.groupable().next().is_some() {
        let group_by = group_by(registry, object);
        fields.insert(group_by.name.clone(), group_by);
    }
    let doc = format!("What rows of {} are together.", object.name);
    registry.types.insert(name.clone(), object_type(&name, &doc, fields));
    name
}

/// What an aggregate and a group have both.
fn values(registry: &mut Registry, object: &'static ObjectType) -> IndexMap<String, MetaField> {
    <i32 as OutputType>::create_type_info(registry);
    let mut fields = IndexMap::new();
    fields
        .insert("count".to_owned(), field("count", "How many rows there are.", "Int!".to_owned()));
    for function in AggregateFunction::ALL {
        if let Some(ty) = register_values(registry, object, function) {
            let field = field(function.field(), function.doc(), format!("{ty}!"));
            fields.insert(field.name.clone(), field);
        }
    }
    fields
}

/// Registers the results of a function, if there is a column for it.
fn register_values(
    registry: &mut Registry,
    object: &'static ObjectType,
    function: AggregateFunction,
) -> Option<String> {
    function.columns(object).next()?;
    let name = type_name(object, function.suffix());
    if !claim(registry, &name) {
        return Some(name);
    }
    let mut fields = IndexMap::new();
    for (column, result) in function.columns(object) {
        let ty = match function {
            AggregateFunction::CountDistinct => "Int!".to_owned(),
            _ => register_type(registry, &result),
        };
        fields.insert(column.field.to_owned(), column_field(column, ty));
    }
    let doc = format!("{} {}.", function.type_doc(), object.name);
    registry.types.insert(name.clone(), object_type(&name, &doc, fields));
    Some(name)
}

fn column_field(column: &Column, ty: String) -> MetaField {
    MetaField { deprecation: deprecation(column.deprecated), ..field(column.field, "", ty) }
}

/// The field that leads to groups.
fn group_by(registry: &mut Registry, object: &'static ObjectType) -> MetaField {
    let group = register_group(registry, object);
    let mut field = field("groupBy", "The same by group.", format!("[{group}!]!"));
    let columns = register_columns(registry, object);
    add_argument(&mut field, input("columns", "", format!("[{columns}!]!")));
    if object.groupable().any(|column| matches!(column.ty, Type::Timestamptz)) {
        <String as OutputType>::create_type_info(registry);
        let default_value = Some(format!("{:?}", GroupArguments::TIME_ZONE));
        let input = input("timeZone", "", "String!".to_owned());
        add_argument(&mut field, MetaInputValue { default_value, ..input });
    }
    let order = register_order(registry, object);
    add_argument(&mut field, input("orderBy", "", format!("[{order}!]")));
    for (name, default) in [("limit", ListArguments::DEFAULT_LIMIT), ("offset", 0)] {
        let default_value = Some(default.to_string());
        let input = input(name, "", "Int!".to_owned());
        add_argument(&mut field, MetaInputValue { default_value, ..input });
    }
    field
}

fn register_group(registry: &mut Registry, object: &'static ObjectType) -> String {
    let key = type_name(object, "GroupKey");
    let mut fields = IndexMap::new();
    for column in object.groupable() {
        let ty = nullable(&register_type(registry, &column.ty), column.nullable);
        fields.insert(column.field.to_owned(), column_field(column, ty));
    }
    let doc = format!(
        "What a group of rows of {} has in common: the columns that it was grouped by.",
        object.name
    );
    registry.types.insert(key.clone(), object_type(&key, &doc, fields));
    let name = type_name(object, "Group");
    let mut fields = IndexMap::new();
    fields
        .insert("key".to_owned(), field("key", "What the rows have in common.", format!("{key}!")));
    fields.extend(values(registry, object));
    let doc = format!("What a group of rows of {} is together.", object.name);
    registry.types.insert(name.clone(), object_type(&name, &doc, fields));
    name
}

/// Registers the columns by which rows can be grouped, as input.
fn register_columns(registry: &mut Registry, object: &'static ObjectType) -> String {
    let name = type_name(object, "GroupBy");
    let mut fields = Vec::new();
    for column in object.groupable() {
        let ty = register_unit(registry, &column.ty);
        fields.push(column_input(column, ty.to_owned()));
    }
    let doc = format!("A column to group rows of {} by: exactly one field.", object.name);
    registry.types.insert(name.clone(), input_object(&name, &doc, fields));
    name
}

fn column_input(column: &Column, ty: String) -> MetaInputValue {
    MetaInputValue { deprecation: deprecation(column.deprecated), ..input(column.field, "", ty) }
}

/// Registers the enum that says how to group by values of a type.
fn register_unit(registry: &mut Registry, ty: &Type) -> &'static str {
    let (name, doc) = match ty {
        Type::Date => ("GroupByDate", "How to group by days."),
        Type::Timestamp | Type::Timestamptz => ("GroupByTime", "How to group by points in time."),
        _ => ("GroupByValue", "How to group by values."),
    };
    let value = std::iter::once((GroupArguments::VALUE, "By the values as they are."));
    let values = value.chain(Unit::of(ty).iter().map(|unit| unit.describe()));
    registry.types.entry(name.to_owned()).or_insert_with(|| enum_type(name, doc, values));
    name
}

/// Registers the sort criterion of groups.
fn register_order(registry: &mut Registry, object: &'static ObjectType) -> String {
    filters::register_direction(registry);
    let name = type_name(object, "GroupOrderBy");
    let key: Vec<&Column> = object.groupable().collect();
    let key = register_column_order(registry, object, "GroupKey", &key);
    let mut fields = vec![input("key", "", key), input("count", "", "Direction".to_owned())];
    for function in AggregateFunction::ALL {
        let columns: Vec<_> = function.columns(object).map(|(column, _)| column).collect();
        if !columns.is_empty() {
            let suffix = function.order_suffix();
            let ty = register_column_order(registry, object, suffix, &columns);
            fields.push(input(function.field(), "", ty));
        }
    }
    let doc = format!("A sort criterion of groups of rows of {}: exactly one field.", object.name);
    registry.types.insert(name.clone(), input_object(&name, &doc, fields));
    name
}

fn register_column_order(
    registry: &mut Registry,
    object: &ObjectType,
    suffix: &str,
    columns: &[&Column],
) -> String {
    let name = type_name(object, suffix) + "OrderBy";
    if claim(registry, &name) {
        let fields = columns.iter().map(|item| column_input(item, "Direction".to_owned()));
        let doc = format!("A column and its direction, of groups of {}.", object.name);
        registry.types.insert(name.clone(), input_object(&name, &doc, fields.collect()));
    }
    name
}
