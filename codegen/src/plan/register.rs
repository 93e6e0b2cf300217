//! Puts every name of a finished plan into the registry.
//!
//! One place, so that a name which is generated but never registered is easy to notice.

use super::model::{Enum, Function, Object, Operation, Origin, Plan, Type, View};
use super::names::GraphqlName;
use super::registry::{MAX_DIMENSIONS, Owner, Registry, Scope};
use crate::diagnostic::Diagnostics;

/// Registers all names and reports collisions.
pub(super) fn register(plan: &Plan, diagnostics: &mut Diagnostics) {
    let mut registry = Registry::new();
    plan.views.values().for_each(|view| register_view(&mut registry, view));
    for composite in plan.composites.values() {
        let (object, usage) = (&composite.object, &composite.usage);
        registry.claim(Scope::Items("composites".into()), object.rust.as_str(), &object.origin);
        register_object(&mut registry, object, usage.output);
        if let Some(input) = &usage.input {
            let origin = derived(&object.origin, "its input object");
            registry.claim(Scope::Types, input.as_str(), &origin);
        }
        if composite.multirange.is_some() {
            register_value_filters(&mut registry, &object.name, &object.origin, &["", "Set"]);
        }
    }
    plan.enums.values().for_each(|planned| register_enum(&mut registry, planned));
    plan.functions.iter().for_each(|function| register_function(&mut registry, plan, function));
    let listed = plan.listed_objects();
    listed.into_iter().for_each(|object| register_filter(&mut registry, plan, object));
    let composites = plan.filtered_types().into_iter().filter_map(|ty| match ty {
        Type::Composite(name) => plan.object(name),
        _ => None,
    });
    composites.for_each(|object| register_composite_filter(&mut registry, object));
    registry.report(diagnostics);
}

fn register_view(registry: &mut Registry, view: &View) {
    let object = &view.object;
    let origin = &object.origin;
    register_object(registry, object, true);
    if let Some(input) = view.composite.as_ref().and_then(|usage| usage.input.as_ref()) {
        registry.claim(Scope::Types, input.as_str(), &derived(origin, "its input object"));
    }
    let query = || Scope::Fields(Owner::root("Query"));
    registry.claim(query(), view.list.field.as_str(), origin);
    let aggregate = derived(origin, "its aggregate");
    registry.claim(query(), view.aggregate.as_str(), &aggregate);
    for name in object.aggregate_types() {
        registry.claim_derived(&name, &aggregate);
    }
    if let Some(connection) = &view.connection {
        let origin = derived(origin, "its connection");
        registry.claim(query(), connection.as_str(), &origin);
        registry.claim_derived(&object.name.with_suffix("Connection"), &origin);
        let edge = derived(&view.object.origin, "the edges of its connection");
        registry.claim_derived(&object.name.with_suffix("Edge"), &edge);
    }
    for lookup in &view.lookups {
        registry.claim(query(), lookup.field.as_str(), &lookup.origin);
    }
    registry.claim(Scope::Modules("views"), view.module.as_str(), origin);
}

/// `and`, `or` and `not` stand beside the columns and relations.
fn register_filter(registry: &mut Registry, plan: &Plan, object: &Object) {
    let origin = &object.origin;
    let (filter, order) = (object.name.with_suffix("Filter"), object.name.with_suffix("OrderBy"));
    let related = object.name.with_suffix("ListFilter");
    let as_related = derived(origin, "its filter as related rows");
    registry.claim_derived(&filter, &derived(origin, "its filter"));
    registry.claim_derived(&related, &as_related);
    registry.claim_derived(&order, &derived(origin, "its order"));
    let owner = Owner::new(object.name.with_suffix("Filter"), &object.origin);
    let scope = || Scope::Fields(owner.clone());
    for name in ["and", "or", "not"] {
        registry.reserve(scope(), name, "every filter");
    }
    for column in &object.columns {
        registry.claim(scope(), column.field.as_str(), &column.origin);
    }
    for relation in &object.relations {
        registry.claim(scope(), relation.field.as_str(), &relation.origin);
    }
    for function in plan.comparable_fields(object) {
        registry.claim(scope(), function.field.as_str(), &function.origin);
    }
}

/// The filters of values, and of arrays of them with however many dimensions.
fn register_value_filters(
    registry: &mut Registry,
    name: &GraphqlName,
    origin: &Origin,
    kinds: &[&str],
) {
    for kind in kinds {
        for dimensions in 0..=MAX_DIMENSIONS {
            let suffix = format!("{kind}{}Filter", "List".repeat(dimensions));
            let origin = derived(origin, "a filter of its values");
            registry.claim_derived(&name.with_suffix(&suffix), &origin);
        }
    }
}

/// `isNull` stands beside the attributes.
fn register_composite_filter(registry: &mut Registry, object: &Object) {
    let (filter, origin) = (object.name.with_suffix("ValueFilter"), &object.origin);
    registry.claim_derived(&filter, &derived(origin, "the filter of its values"));
    let scope = || Scope::Fields(Owner::new(&filter, origin));
    registry.reserve(scope(), "isNull", "every filter");
    for column in &object.columns {
        registry.claim(scope(), column.field.as_str(), &column.origin);
    }
}

fn register_object(registry: &mut Registry, object: &Object, output: bool) {
    let owner = Owner::new(&object.name, &object.origin);
    if output {
        registry.claim(Scope::Types, object.name.as_str(), &object.origin);
    }
    for column in &object.columns {
        registry.claim(Scope::Fields(owner.clone()), column.field.as_str(), &column.origin);
        registry.claim(Scope::Members(owner.clone()), column.rust.as_str(), &column.origin);
    }
    for relation in &object.relations {
        registry.claim(Scope::Fields(owner.clone()), relation.field.as_str(), &relation.origin);
        if let Some(aggregate) = relation.aggregate_field() {
            let origin = derived(&relation.origin, "its aggregate");
            registry.claim(Scope::Fields(owner.clone()), aggregate.as_str(), &origin);
        }
    }
}

fn register_enum(registry: &mut Registry, planned: &Enum) {
    let owner = Owner::new(&planned.name, &planned.origin);
    registry.claim(Scope::Types, planned.name.as_str(), &planned.origin);
    register_value_filters(registry, &planned.name, &planned.origin, &[""]);
    registry.claim(Scope::Items("enums".into()), planned.rust.as_str(), &planned.origin);
    for value in &planned.values {
        registry.claim(Scope::Values(owner.clone()), value.name.as_str(), &value.origin);
        registry.claim(Scope::Members(owner.clone()), value.rust.as_str(), &value.origin);
    }
}

fn register_function(registry: &mut Registry, plan: &Plan, function: &Function) {
    let origin = &function.origin;
    let parent = match &function.operation {
        Operation::Query => Owner::root("Query"),
        Operation::Mutation => Owner::root("Mutation"),
        Operation::Field(view) => match plan.object(view) {
            Some(object) => Owner::new(&object.name, &object.origin),
            None => return,
        },
    };
    registry.claim(Scope::Fields(parent), function.field.as_str(), origin);
    registry.claim(Scope::Modules("functions"), function.module.as_str(), origin);
    if let Some(input) = &function.input {
        registry.claim(Scope::Types, input.as_str(), &derived(origin, "its input object"));
    }
    for argument in &function.arguments {
        let owner = Owner::new(&function.field, origin);
        registry.claim(Scope::Arguments(owner), argument.name.as_str(), &argument.origin);
    }
    if let Some(object) = function.own_object() {
        register_object(registry, object, true);
    }
}

/// The origin of a name that was made from another.
fn derived(origin: &Origin, what: &str) -> Origin {
    Origin { how: format!("{what}, {}", origin.how), ..origin.clone() }
}
