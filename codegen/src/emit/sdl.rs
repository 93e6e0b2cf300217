//! `schema.graphql`: the API as clients see it, for reviewers.
//!
//! Written from the same plan as the Rust code. The served schema is built by the runtime from the
//! generated tables; a test holds the two against each other.

mod aggregates;
mod connections;
mod filters;
mod operators;
mod write;

use std::collections::BTreeSet;

use super::view;
use crate::output;
use crate::plan::Plan;
use crate::plan::model::{
    Cardinality, Function, Lookup, Object, Operation, Relation, Returns, RowType, Type, View,
};
use crate::plan::names::GraphqlName;
use crate::plan::types::scalar_name;
use write::{Definition, Member};

/// Writes the document: roots first, then types by kind and name.
pub(super) fn document(plan: &Plan) -> String {
    let mut sections = vec![output::header("#", None)];
    let mutations = mutation_fields(plan);
    let roots =
        if mutations.is_empty() { "query: Query" } else { "query: Query\n  mutation: Mutation" };
    sections.push(format!("schema {{\n  {roots}\n}}\n"));
    sections.push(Definition::new("type", "Query", "", query_fields(plan)).to_string());
    if !mutations.is_empty() {
        sections.push(Definition::new("type", "Mutation", "", mutations).to_string());
    }
    let groups = [
        objects(plan),
        connections::definitions(plan),
        aggregates::definitions(plan),
        inputs(plan),
        filters::definitions(plan),
        enums(plan),
        scalars(plan),
    ];
    for mut group in groups {
        group.sort_by(|a, b| a.name.cmp(&b.name));
        sections.extend(group.iter().map(ToString::to_string));
    }
    sections.join("\n")
}

fn query_fields(plan: &Plan) -> Vec<Member> {
    let views = plan.views.values().flat_map(|view| {
        let lookups = view.lookups.iter().map(|lookup| lookup_field(plan, view, lookup));
        let connection =
            view.connection.as_ref().map(|field| connections::field(plan, view, field));
        let aggregate = aggregates::field(plan, view);
        [list_field(plan, view), aggregate].into_iter().chain(connection).chain(lookups)
    });
    views.chain(function_fields(plan, Operation::Query)).collect()
}

fn mutation_fields(plan: &Plan) -> Vec<Member> {
    function_fields(plan, Operation::Mutation).collect()
}

fn function_fields(plan: &Plan, operation: Operation) -> impl Iterator<Item = Member> {
    plan.functions
        .iter()
        .filter(move |function| function.operation == operation)
        .map(|function| function_field(plan, function))
}

/// Columns that are also arguments.
fn direct_arguments(plan: &Plan, view: &View) -> Vec<Member> {
    let places = view.list.direct.iter().map(|argument| argument.column);
    let columns = places.filter_map(|place| view.object.columns.get(place));
    columns.map(|column| Member::new(&column.field, plan.input_type(&column.ty))).collect()
}

fn list_field(plan: &Plan, view: &View) -> Member {
    let object = &view.object;
    let mut arguments = direct_arguments(plan, view);
    arguments.extend(list_arguments(plan, object));
    arguments.push(Member::new("limit", "Int! = 100"));
    arguments.push(Member::new("offset", "Int! = 0"));
    Member::new(&view.list.field, format!("[{}!]!", object.name))
        .doc(&object.description)
        .deprecated(view.deprecated.as_deref())
        .arguments(arguments)
}

/// `where`, and `orderBy` if the object has anything to sort by.
fn list_arguments(plan: &Plan, object: &Object) -> Vec<Member> {
    let mut arguments = vec![filter_argument(object)];
    if plan.is_sortable(object) {
        arguments.push(Member::new("orderBy", format!("[{}OrderBy!]", object.name)));
    }
    arguments
}

fn filter_argument(object: &Object) -> Member {
    Member::new("where", format!("{}Filter", object.name))
}

fn lookup_field(plan: &Plan, view: &View, lookup: &Lookup) -> Member {
    let columns = lookup.key.columns(&view.object);
    let arguments =
        columns.map(|column| Member::new(&column.field, plan.input_type(&column.ty) + "!"));
    Member::new(&lookup.field, view.object.name.as_str())
        .doc(&view::key_description(view, &lookup.key))
        .deprecated(view.deprecated.as_deref())
        .arguments(arguments.collect())
}

fn function_field(plan: &Plan, function: &Function) -> Member {
    let mut arguments = match &function.input {
        Some(input) => vec![Member::new("input", format!("{}!", input))],
        None => {
            let arguments = function.arguments.iter();
            arguments.map(|a| Member::new(&a.name, plan.argument_type(a))).collect()
        }
    };
    if function.list {
        let object = match function.listed_row() {
            Some(RowType::Own(object)) => Some(object.as_ref()),
            Some(RowType::Named(name)) => plan.object(name),
            None => None,
        };
        arguments.extend(object.map(|object| list_arguments(plan, object)).unwrap_or_default());
        arguments.push(Member::new("limit", "Int"));
        arguments.push(Member::new("offset", "Int! = 0"));
    }
    Member::new(&function.field, plan.return_type(&function.returns))
        .doc(&function.description)
        .deprecated(function.deprecated.as_deref())
        .arguments(arguments)
}

fn objects(plan: &Plan) -> Vec<Definition> {
    let views = plan.views.values().map(|view| &view.object);
    let composites = plan.composites.values().filter(|ty| ty.usage.output).map(|ty| &ty.object);
    let own = plan.functions.iter().filter_map(Function::own_object);
    views.chain(composites).chain(own).map(|object| object_type(plan, object)).collect()
}

fn object_type(plan: &Plan, object: &Object) -> Definition {
    let columns = object.columns.iter().map(|column| {
        Member::new(&column.field, plan.column_type(column))
            .doc(&column.description)
            .deprecated(column.deprecated.as_deref())
    });
    let relations = object.relations.iter().map(|item| relation(plan, item));
    let computed = plan.computed_fields(object).map(|function| function_field(plan, function));
    let aggregates = object.relations.iter().filter_map(|item| aggregates::relation(plan, item));
    let members = columns.chain(relations).chain(aggregates).chain(computed).collect();
    Definition::new("type", &object.name, &object.description, members)
}

fn relation(plan: &Plan, relation: &Relation) -> Member {
    let mut arguments = Vec::new();
    if relation.cardinality == Cardinality::Many {
        arguments.extend(
            plan.object(&relation.target)
                .map(|object| list_arguments(plan, object))
                .unwrap_or_default(),
        );
        arguments.push(Member::new("limit", "Int"));
        arguments.push(Member::new("offset", "Int! = 0"));
    }
    Member::new(&relation.field, plan.relation_type(relation))
        .doc(&relation.description)
        .arguments(arguments)
}

fn inputs(plan: &Plan) -> Vec<Definition> {
    let composites = plan.composites.values().map(|ty| (&ty.object, &ty.usage));
    let views =
        plan.views.values().filter_map(|view| Some((&view.object, view.composite.as_ref()?)));
    let values = composites.chain(views).filter_map(|(object, usage)| {
        let name: &GraphqlName = usage.input.as_ref()?;
        let fields = object.columns.iter().map(|column| {
            let mut ty = plan.input_column_type(column);
            ty.extend(column.input_default.iter().flat_map(|default| [" = ", default]));
            Member::new(&column.field, ty)
                .doc(&column.description)
                .deprecated(column.deprecated.as_deref())
        });
        Some(Definition::new("input", name, &object.description, fields.collect()))
    });
    let wrapped = plan.functions.iter().filter_map(|function| {
        let name = function.input.as_ref()?;
        let fields = function.arguments.iter().map(|a| Member::new(&a.name, plan.argument_type(a)));
        let doc = format!("The arguments of `{}`.", function.field);
        Some(Definition::new("input", name, &doc, fields.collect()))
    });
    values.chain(wrapped).collect()
}

fn enums(plan: &Plan) -> Vec<Definition> {
    let own = plan.enums.values().map(|planned| {
        let values = planned.values.iter().map(|value| Member::bare(&value.name));
        Definition::new("enum", &planned.name, &planned.description, values.collect())
    });
    own.chain(filters::direction(plan)).chain(aggregates::units(plan)).collect()
}

/// The scalars in use that GraphQL does not have.
fn scalars(plan: &Plan) -> Vec<Definition> {
    let mut types: Vec<&Type> = Vec::new();
    let views = plan.views.values().map(|view| &view.object);
    let composites = plan.composites.values().map(|ty| &ty.object);
    for object in views.chain(composites) {
        types.extend(object.columns.iter().map(|column| &column.ty));
    }
    for function in &plan.functions {
        types.extend(function.arguments.iter().map(|argument| &argument.ty));
        if let Returns::Value { ty, .. } | Returns::Values(ty) = &function.returns {
            types.push(ty);
        }
        let own = function.own_object().into_iter().flat_map(|object| &object.columns);
        types.extend(own.map(|column| &column.ty));
    }
    if plan.filtered_types().contains(&Type::Cidr) {
        // What networks are compared with.
        types.push(&Type::Inet);
    }
    let results = aggregates::results(plan);
    types.extend(&results);
    let names: BTreeSet<&str> = types.into_iter().filter_map(scalar_of).collect();
    let built_in = ["Boolean", "Float", "Int", "String"];
    let own = names.into_iter().filter(|name| !built_in.contains(name));
    own.map(|name| Definition::new("scalar", name, "", Vec::new())).collect()
}

fn scalar_of(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Array(inner) | Type::MultiArray(inner, _) | Type::Shaped(inner) => scalar_of(inner),
        ty => scalar_name(ty),
    }
}
