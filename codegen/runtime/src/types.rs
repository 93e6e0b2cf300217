//! The GraphQL types of tables, as async-graphql's registry wants them.
//!
//! The registry is public but undocumented; this module and [`crate::roots`] are the only ones that
//! write to it.

mod aggregate;
mod connection;
mod filters;
mod meta;

use async_graphql::OutputType;
use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaField, MetaInputValue, Registry};

use meta::{deprecation, field, nullable};
pub(crate) use meta::{enum_type, input, input_object, object_type};

use crate::list::ListArguments;
use crate::model::{
    Cardinality, Column, CompositeType, EnumType, ObjectType, RangeType, Relation, Type, View,
};
use crate::resolver::{Action, Function, Presence, Resolver, Returns};
use crate::scalar::{
    Base64, BigInt, Cidr, Date, DateTime, Decimal, Duration, Inet, Json, LocalDateTime, LocalTime,
    MacAddr, Uuid,
};

/// Name of the filter of an object's rows.
pub(crate) fn filter_name(object: &ObjectType) -> String {
    format!("{}Filter", object.name)
}

/// Name of the sort criterion of an object's rows.
pub(crate) fn order_by_name(object: &ObjectType) -> String {
    format!("{}OrderBy", object.name)
}

/// Registers an object type and everything that its fields lead to.
pub(crate) fn register_object(registry: &mut Registry, object: &'static ObjectType) {
    if !claim(registry, object.name) {
        return;
    }
    let mut fields = IndexMap::new();
    for column in object.columns.iter().filter(|column| !column.hidden) {
        let ty = nullable(&register_type(registry, &column.ty), column.nullable);
        let field = MetaField {
            deprecation: deprecation(column.deprecated),
            ..field(column.field, column.doc, ty)
        };
        fields.insert(column.field.to_owned(), field);
    }
    for relation in object.relations {
        fields.insert(relation.field.to_owned(), relation_field(registry, relation));
    }
    let many = |relation: &&Relation| relation.cardinality == Cardinality::Many;
    for relation in object.relations.iter().filter(many) {
        let field = aggregate::relation_field(registry, relation);
        fields.insert(field.name.clone(), field);
    }
    for computed in object.computed {
        let mut field = field(computed.field, computed.doc, String::new());
        field.deprecation = deprecation(computed.deprecated);
        add_call(registry, (computed.function)(), &mut field);
        fields.insert(computed.field.to_owned(), field);
    }
    registry.types.insert(object.name.to_owned(), object_type(object.name, object.doc, fields));
}

fn relation_field(registry: &mut Registry, relation: &Relation) -> MetaField {
    let target = (relation.target)().object;
    register_object(registry, target);
    let ty = match relation.cardinality {
        Cardinality::One => format!("{}!", target.name),
        Cardinality::Optional => target.name.to_owned(),
        Cardinality::Many => format!("[{}!]!", target.name),
    };
    let mut field = field(relation.field, relation.doc, ty);
    if relation.cardinality == Cardinality::Many {
        add_list_arguments(registry, Some(target), None, &mut field);
    }
    field
}

/// Adds what says which rows, in which order, how many.
fn add_list_arguments(
    registry: &mut Registry,
    object: Option<&'static ObjectType>,
    default_limit: Option<i32>,
    field: &mut MetaField,
) {
    if let Some(object) = object {
        add_filter_arguments(registry, object, field);
    }
    <i32 as OutputType>::create_type_info(registry);
    let default_value = default_limit.map(|limit| limit.to_string());
    let limit = input("limit", "", nullable("Int", default_value.is_none()));
    add_argument(field, MetaInputValue { default_value, ..limit });
    let offset = input("offset", "", "Int!".to_owned());
    add_argument(field, MetaInputValue { default_value: Some("0".to_owned()), ..offset });
}

/// Adds `where`, and `orderBy` if there is a column for it.
fn add_filter_arguments(
    registry: &mut Registry,
    object: &'static ObjectType,
    field: &mut MetaField,
) {
    add_filter_argument(registry, object, field);
    if object.is_sortable() {
        filters::register_order_by(registry, object);
        add_argument(field, input("orderBy", "", format!("[{}!]", order_by_name(object))));
    }
}

/// Adds `where`.
fn add_filter_argument(
    registry: &mut Registry,
    object: &'static ObjectType,
    field: &mut MetaField,
) {
    filters::register_filter(registry, object);
    add_argument(field, input("where", "", filter_name(object)));
}

fn add_argument(field: &mut MetaField, argument: MetaInputValue) {
    field.args.insert(argument.name.clone(), argument);
}

/// Describes a root field, and registers everything that it leads to.
pub(crate) fn resolver_field(registry: &mut Registry, resolver: &Resolver) -> MetaField {
    let mut field = field(resolver.field, resolver.doc, String::new());
    field.deprecation = deprecation(resolver.deprecated);
    let ty = match resolver.action {
        Action::List(view, equal) => {
            register_object(registry, view.object);
            add_columns(registry, view, equal, true, &mut field);
            let limit = Some(ListArguments::DEFAULT_LIMIT);
            add_list_arguments(registry, Some(view.object), limit, &mut field);
            format!("[{}!]", view.object.name)
        }
        Action::Connection(view) => {
            register_object(registry, view.object);
            connection::add_arguments(registry, view.object, &mut field);
            connection::register(registry, view.object)
        }
        Action::Aggregate(view, equal) => {
            add_columns(registry, view, equal, true, &mut field);
            add_filter_argument(registry, view.object, &mut field);
            aggregate::register(registry, view.object)
        }
        Action::Lookup(view, key) => {
            register_object(registry, view.object);
            add_columns(registry, view, key, false, &mut field);
            view.object.name.to_owned()
        }
        Action::Call(function) => {
            add_call(registry, function, &mut field);
            return field;
        }
    };
    field.ty = nullable(&ty, !resolver.is_non_null());
    field
}

/// Adds columns as arguments.
fn add_columns(
    registry: &mut Registry,
    view: &View,
    names: &[&str],
    is_nullable: bool,
    field: &mut MetaField,
) {
    let columns = names.iter().filter_map(|name| view.object.column(name).ok());
    for column in columns {
        let ty = nullable(&register_input_type(registry, &column.ty), is_nullable);
        add_argument(field, input(column.field, "", ty));
    }
}

/// Gives a field the type and the arguments of a function.
fn add_call(registry: &mut Registry, function: &Function, field: &mut MetaField) {
    add_function_arguments(registry, function, field);
    if function.list {
        add_list_arguments(registry, function.object(), None, field);
    }
    let ty = register_result(registry, &function.returns);
    field.ty = nullable(&ty, !function.is_non_null());
}

fn add_function_arguments(registry: &mut Registry, function: &Function, field: &mut MetaField) {
    let arguments: Vec<MetaInputValue> = function
        .arguments
        .iter()
        .map(|argument| {
            let ty = register_input_type(registry, &argument.ty);
            input(argument.field, "", nullable(&ty, argument.presence != Presence::Required))
        })
        .collect();
    match function.input {
        None => arguments.into_iter().for_each(|argument| add_argument(field, argument)),
        Some(name) => {
            let doc = format!("The arguments of `{}`.", field.name);
            registry.types.insert(name.to_owned(), input_object(name, &doc, arguments));
            add_argument(field, input("input", "", format!("{name}!")));
        }
    }
}

/// Registers the type of a result and returns its name, without a `!`.
fn register_result(registry: &mut Registry, returns: &Returns) -> String {
    match returns {
        Returns::Void => register_type(registry, &Type::Bool),
        Returns::Value(ty) | Returns::RequiredValue(ty) => register_type(registry, ty),
        Returns::Values(ty) => format!("[{}]", register_type(registry, ty)),
        Returns::Row(object) | Returns::RequiredRow(object) => {
            register_object(registry, object);
            object.name.to_owned()
        }
        Returns::Rows(object) => {
            register_object(registry, object);
            format!("[{}!]", object.name)
        }
    }
}

/// Registers the type of a value and returns its name, without a `!`.
pub(crate) fn register_type(registry: &mut Registry, ty: &Type) -> String {
    let name = match ty {
        Type::Bool => <bool as OutputType>::create_type_info(registry),
        Type::Int2 | Type::Int4 => <i32 as OutputType>::create_type_info(registry),
        Type::Float4 | Type::Float8 => <f64 as OutputType>::create_type_info(registry),
        Type::Text => <String as OutputType>::create_type_info(registry),
        Type::Int8 => <BigInt as OutputType>::create_type_info(registry),
        Type::Numeric => <Decimal as OutputType>::create_type_info(registry),
        Type::Uuid => <Uuid as OutputType>::create_type_info(registry),
        Type::Timestamptz => <DateTime as OutputType>::create_type_info(registry),
        Type::Timestamp => <LocalDateTime as OutputType>::create_type_info(registry),
        Type::Date => <Date as OutputType>::create_type_info(registry),
        Type::Time => <LocalTime as OutputType>::create_type_info(registry),
        Type::Interval => <Duration as OutputType>::create_type_info(registry),
        Type::Json | Type::Jsonb => <Json as OutputType>::create_type_info(registry),
        Type::Bytea => <Base64 as OutputType>::create_type_info(registry),
        Type::Inet => <Inet as OutputType>::create_type_info(registry),
        Type::Cidr => <Cidr as OutputType>::create_type_info(registry),
        Type::Macaddr => <MacAddr as OutputType>::create_type_info(registry),
        Type::Enum(ty) => {
            register_enum(registry, ty);
            ty.name.to_owned()
        }
        Type::Composite(CompositeType { object, .. }) | Type::Range(RangeType { object, .. }) => {
            register_object(registry, object);
            object.name.to_owned()
        }
        Type::Multirange(ty) => format!("[{}!]", register_type(registry, &Type::Range(ty))),
        Type::Array(element) => format!("[{}]", register_type(registry, element)),
        Type::MultiArray(element, dimensions) => {
            nested_list(&register_type(registry, element), *dimensions)
        }
        Type::Shaped(Type::Array(element)) => format!("[{}!]", register_type(registry, element)),
        Type::Shaped(shape) => register_type(registry, shape),
    };
    name.trim_end_matches('!').to_owned()
}

/// `[[Int]!]`: only the elements may be null.
fn nested_list(element: &str, dimensions: usize) -> String {
    (1..dimensions).fold(format!("[{element}]"), |list, _| format!("[{list}!]"))
}

/// Registers the type of an argument and returns its name, without a `!`.
fn register_input_type(registry: &mut Registry, ty: &Type) -> String {
    match ty {
        Type::Composite(CompositeType { input, object, .. })
        | Type::Range(RangeType { input, object, .. }) => {
            // The planner names every one that is used as input.
            let name = input.unwrap_or(object.name);
            register_fields(registry, name, object.doc, object.columns);
            name.to_owned()
        }
        Type::Multirange(ty) => format!("[{}!]", register_input_type(registry, &Type::Range(ty))),
        Type::Array(element) => format!("[{}]", register_input_type(registry, element)),
        Type::MultiArray(element, dimensions) => {
            nested_list(&register_input_type(registry, element), *dimensions)
        }
        Type::Shaped(Type::Array(element)) => {
            format!("[{}!]", register_input_type(registry, element))
        }
        Type::Shaped(shape) => register_input_type(registry, shape),
        ty => register_type(registry, ty),
    }
}

fn register_fields(registry: &mut Registry, name: &str, doc: &str, columns: &'static [Column]) {
    if !claim(registry, name) {
        return;
    }
    let mut fields = Vec::new();
    for column in columns.iter().filter(|column| !column.hidden) {
        let ty = nullable(&register_input_type(registry, &column.ty), column.nullable);
        let value = MetaInputValue {
            deprecation: deprecation(column.deprecated),
            default_value: column.input_default.map(str::to_owned),
            ..input(column.field, column.doc, ty)
        };
        fields.push(value);
    }
    registry.types.insert(name.to_owned(), input_object(name, doc, fields));
}

fn register_enum(registry: &mut Registry, table: &EnumType) {
    let values = table.values.iter().map(|(name, _)| (*name, ""));
    registry
        .types
        .entry(table.name.to_owned())
        .or_insert_with(|| enum_type(table.name, table.doc, values));
}

/// Takes a name for a type that is about to be registered; `false` if it is taken. The place is
/// held by an empty type, so that types may refer to each other in circles.
fn claim(registry: &mut Registry, name: &str) -> bool {
    if registry.types.contains_key(name) {
        return false;
    }
    registry.types.insert(name.to_owned(), input_object(name, "", Vec::new()));
    true
}
