//! `schema.graphql`, which the compiler writes from its plan, says what the running schema says.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition,
};
use tests::database;
use tests::request::connect;

/// What a schema says, without order: for each type, its fields with their arguments and types.
type Outline = BTreeMap<String, BTreeSet<String>>;

fn outline(sdl: &str) -> Outline {
    let mut outline = Outline::new();
    for definition in parse_schema(sdl).unwrap_or_else(|error| panic!("{error}\n{sdl}")).definitions
    {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let members = match &definition.node.kind {
            TypeKind::Object(object) => object.fields.iter().map(field).collect(),
            TypeKind::InputObject(object) => object.fields.iter().map(input).collect(),
            TypeKind::Enum(values) => {
                values.values.iter().map(|value| value.node.value.to_string()).collect()
            }
            _ => BTreeSet::new(),
        };
        outline.insert(definition.node.name.node.to_string(), members);
    }
    outline
}

fn field(field: &Positioned<FieldDefinition>) -> String {
    let field = &field.node;
    let arguments: BTreeSet<String> = field.arguments.iter().map(input).collect();
    let doc = field.description.as_ref().map(|doc| doc.node.trim().to_owned());
    format!("{}{arguments:?}: {} {doc:?}", field.name.node, field.ty.node)
}

fn input(value: &Positioned<InputValueDefinition>) -> String {
    let value = &value.node;
    let default = value.default_value.as_ref().map(|value| value.node.to_string());
    format!("{}: {} = {default:?}", value.name.node, value.ty.node)
}

fn written(folder: &str) -> Outline {
    let path = database::repository().join(folder).join("src/schema.graphql");
    outline(&std::fs::read_to_string(path).expect("schema.graphql"))
}

fn check(folder: &str, running: &str) {
    let (written, running) = (written(folder), outline(running));
    let names = |outline: &Outline| outline.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&written), names(&running), "{folder}");
    for (name, members) in &written {
        assert_eq!(members, &running[name], "{folder}: {name}");
    }
}

#[tokio::test]
async fn schema_files_say_what_the_running_schemas_say() {
    let database = connect("postgres://localhost/not-connected-to");
    check("generated", &generated::schema(database.clone()).sdl());
    check("tests/fixtures/aggregates", &fixture_aggregates::schema(database.clone()).sdl());
    let connections = fixture_connections::schema(database.clone());
    check("tests/fixtures/connections", &connections.sdl());
    check("tests/fixtures/calls", &fixture_calls::schema(database.clone()).sdl());
    check("tests/fixtures/computed", &fixture_computed::schema(database.clone()).sdl());
    check("tests/fixtures/functions", &fixture_functions::schema(database.clone()).sdl());
    // async-graphql prints quotes in descriptions without escapes, so that its form of this one
    // cannot be read; ours can.
    assert!(written("tests/fixtures/hostile").contains_key("Self"));
    check("tests/fixtures/operators", &fixture_operators::schema(database.clone()).sdl());
    check("tests/fixtures/round_trips", &fixture_round_trips::schema(database.clone()).sdl());
    check("tests/fixtures/relations", &fixture_relations::schema(database.clone()).sdl());
    check("tests/fixtures/types", &fixture_types::schema(database).sdl());
}
