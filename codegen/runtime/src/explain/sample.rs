//! Documents that ask for a root field in the ways that look rows up.

use async_graphql::registry::{MetaField, MetaInputValue};
use async_graphql::{Name, Value, Variables};

use crate::model::{ObjectType, Relation, Type, View};
use crate::resolver::{Action, Function, Resolver, Returns};

/// A document with variables that it can be planned with; their values are of no account.
pub(crate) struct Sample {
    pub(crate) document: String,
    pub(crate) variables: Variables,
}

/// The documents for a root field of `query` or `mutation`, which async-graphql describes as `meta`;
/// `siblings` are the root fields of the same view.
pub(crate) fn documents(
    kind: &str,
    resolver: &Resolver,
    siblings: &[Resolver],
    meta: &MetaField,
) -> Vec<Sample> {
    let of = |arguments: &[&MetaInputValue], selection: &str| {
        sample(kind, resolver, arguments, selection)
    };
    let by_column = |columns: &[&str], view: &View, selection: &str| -> Vec<Sample> {
        let columns = columns.iter().filter(|name| leads(view, name, siblings));
        let columns = columns.filter_map(|name| view.object.column(name).ok());
        let arguments = columns.filter_map(|column| meta.args.get(column.field));
        arguments.map(|argument| of(&[argument], selection)).collect()
    };
    let is_required =
        |argument: &&MetaInputValue| argument.ty.ends_with('!') && argument.default_value.is_none();
    let required: Vec<&MetaInputValue> = meta.args.values().filter(is_required).collect();
    match resolver.action {
        Action::List(view, equal) => {
            let mut samples = vec![of(&[], &rows(view.object))];
            samples.extend(by_column(equal, view, &columns(view.object)));
            samples
        }
        Action::Lookup(view, _) => vec![of(&required, &rows(view.object))],
        Action::Connection(view) => {
            let nodes = columns(view.object);
            vec![of(&[], &format!("{{ nodes {nodes} pageInfo {{ endCursor }} totalCount }}"))]
        }
        Action::Aggregate(view, equal) => {
            let mut samples = vec![of(&[], "{ count }")];
            samples.extend(by_column(equal, view, "{ count }"));
            samples
        }
        Action::Call(function) => vec![call(kind, resolver, function, &required)],
    }
}

/// Whether rows are looked up by a column alone: not if it only completes a key, as one after the
/// first.
fn leads(view: &View, column: &str, siblings: &[Resolver]) -> bool {
    let is_own = |other: &View| (other.schema, other.name) == (view.schema, view.name);
    let keys = siblings.iter().filter_map(|sibling| match sibling.action {
        Action::Lookup(other, key) if is_own(other) => Some(key.to_vec()),
        _ => None,
    });
    let own = |relation: &Relation| relation.columns.iter().map(|(own, _)| *own).collect();
    let keys = keys.chain(view.object.relations.iter().map(own));
    let positions = keys.filter_map(|key: Vec<&str>| key.iter().position(|name| *name == column));
    positions.min().is_none_or(|position| position == 0)
}

fn call(
    kind: &str,
    resolver: &Resolver,
    function: &Function,
    required: &[&MetaInputValue],
) -> Sample {
    let selection = match &function.returns {
        Returns::Void => String::new(),
        Returns::Value(ty) | Returns::RequiredValue(ty) | Returns::Values(ty) => {
            parts(ty).to_owned()
        }
        Returns::Row(object) | Returns::RequiredRow(object) | Returns::Rows(object) => rows(object),
    };
    let mut sample = sample(kind, resolver, required, &selection);
    if function.input.is_some() {
        let members = function.arguments.iter();
        let members = members.map(|argument| (Name::new(argument.field), some_value()));
        sample.variables.insert(Name::new("input"), Value::Object(members.collect()));
    }
    sample
}

/// A document of one field, with a variable for each of these arguments.
fn sample(
    kind: &str,
    resolver: &Resolver,
    arguments: &[&MetaInputValue],
    selection: &str,
) -> Sample {
    let join = |write: &dyn Fn(&MetaInputValue) -> String| {
        let written: Vec<String> = arguments.iter().map(|argument| write(argument)).collect();
        if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) }
    };
    let definitions = join(&|argument| format!("${}: {}", argument.name, argument.ty));
    let given = join(&|argument| format!("{0}: ${0}", argument.name));
    let field = format!("{}{given} {selection}", resolver.field);
    let mut variables = Variables::default();
    for argument in arguments {
        variables.insert(Name::new(&argument.name), some_value());
    }
    Sample { document: format!("{kind}{definitions} {{ {} }}", field.trim_end()), variables }
}

/// Anything but null: a plan depends on no more.
fn some_value() -> Value {
    Value::String(String::new())
}

/// The selection of all columns, and of those of each relation.
fn rows(object: &ObjectType) -> String {
    let mut text = columns(object);
    text.truncate(text.len() - 1);
    for relation in object.relations {
        text += relation.field;
        text.push(' ');
        text += &columns((relation.target)().object);
        text.push(' ');
    }
    text + "}"
}

/// The selection of all columns; those with fields of their own are read as a whole.
fn columns(object: &ObjectType) -> String {
    let mut text = "{ ".to_owned();
    for column in object.columns.iter().filter(|column| !column.hidden) {
        text += column.field;
        text.push(' ');
        text += parts(&column.ty);
    }
    if text.len() == 2 {
        text += "__typename ";
    }
    text + "}"
}

/// The selection of a value, if its type has fields.
fn parts(ty: &Type) -> &'static str {
    match ty {
        Type::Composite(_) | Type::Range(_) | Type::Multirange(_) => "{ __typename } ",
        Type::Array(element) | Type::MultiArray(element, _) | Type::Shaped(element) => {
            parts(element)
        }
        _ => "",
    }
}
