//! Prices of documents over a small schema.

use async_graphql::parser::parse_query;
use async_graphql::value;

use super::*;
use crate::model::{Column, Relation, View};
use crate::roots::Api;
use crate::{Code, Error};

static PEOPLE: View = View { object: &PERSON, schema: "public", name: "v_people", key: &["id"] };

static PERSON: ObjectType = ObjectType {
    name: "Person",
    doc: "",
    origin: "view public.v_people",
    columns: &[Column::new("id", "id", Type::Int4), Column::new("name", "name", Type::Text)],
    relations: &[relation("friends", Cardinality::Many), relation("boss", Cardinality::Optional)],
    computed: &[],
};

const fn relation(field: &'static str, cardinality: Cardinality) -> Relation {
    Relation { field, target: || &PEOPLE, columns: &[("id", "id")], cardinality, doc: "" }
}

struct People;

impl Api for People {
    const QUERIES: &'static [&'static [Resolver]] = &[&[
        Resolver::list("people", &PEOPLE, &[]),
        Resolver::connection("peopleConnection", &PEOPLE),
        Resolver::lookup("person", &PEOPLE, &["id"]),
    ]];
    const MUTATIONS: &'static [&'static [Resolver]] = &[];
}

fn with_cost<T>(query: &str, variables: Value, take: impl FnOnce(&Cost, &Variables) -> T) -> T {
    let document = parse_query(query).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    let (variables, limits) = (Variables::from_value(variables), Limits::default());
    let (operation, fragments) = (&operation.node, &document.fragments);
    let (variables, limits) = (&variables, &limits);
    let assumptions = Default::default();
    let scope = Scope { operation, fragments, variables, assumptions, limits };
    take(&Cost::of(&scope, &Roots::of::<People>()), variables)
}

/// The cost of a query, with variables.
fn cost_with(query: &str, variables: Value) -> u64 {
    with_cost(query, variables, |cost, variables| cost.data.total(variables, 1_000))
}

fn cost(query: &str) -> u64 {
    cost_with(query, Value::Null)
}

fn check(query: &str) -> Result<(), Error> {
    with_cost(query, Value::Null, |cost, variables| cost.check(variables, &Limits::default()))
}

#[test]
fn rows_multiply_what_is_below() {
    assert_eq!(cost("{ __typename }"), 0);
    assert_eq!(cost("{ person(id: 1) { id name } }"), 3);
    assert_eq!(cost("{ person(id: 1) { boss { boss { id } } } }"), 4);
    assert_eq!(cost("{ people { id name } }"), 201);
    assert_eq!(
        cost("{ people(limit: 5) { id friends(limit: 3) { id name } } }"),
        1 + 5 * (1 + 1 + 6)
    );
    assert_eq!(cost("{ people(limit: 5) { friends { id } } }"), 1 + 5 * 11);
    assert_eq!(cost("{ people(limit: null) { id } }"), 101);
    assert_eq!(cost("{ people(limit: 0) { friends { id } } }"), 1);
    assert_eq!(cost("{ people(limit: -1) { id } }"), 1);
    assert_eq!(cost("{ people(limit: 100000) { id } }"), 1_001);
}

#[test]
fn pages_of_connections_multiply() {
    let page = "{ peopleConnection(last: 7) { totalCount pageInfo { endCursor hasNextPage }
        nodes { id } edges { cursor node { id name } } } }";
    assert_eq!(cost(page), 1 + 1 + (1 + 2) + (1 + 7) + (1 + 7 * (1 + 1 + 2)));
    assert_eq!(cost("{ peopleConnection { nodes { id } } }"), 1 + 101);
}

#[test]
fn fields_of_one_name_are_one() {
    let merged = "{ person(id: 1) { id id boss { id } ...F ... { boss { name } } } }
        fragment F on Person { id boss { id } }";
    assert_eq!(cost(merged), 1 + 1 + (1 + 2));
    assert_eq!(cost("{ person(id: 1) { x: id y: id } }"), 3);
}

#[test]
fn variables_decide() {
    let query = "query ($n: Int = 4, $b: Boolean!) {
        people(limit: $n) { id name @include(if: $b) ... @skip(if: $b) { friends(limit: 2) { id } } } }";
    assert_eq!(cost_with(query, value!({"b": true})), 1 + 4 * 2);
    assert_eq!(cost_with(query, value!({"b": false})), 1 + 4 * (1 + 3));
    assert_eq!(cost_with(query, value!({"b": true, "n": 10})), 1 + 10 * 2);
    assert_eq!(cost_with(query, value!({"b": true, "n": null})), 1 + 100 * 2);
    let either =
        "query ($n: Int, $m: Int) { peopleConnection(first: $n, last: $m) { nodes { id } } }";
    assert_eq!(cost_with(either, value!({"m": 3})), 1 + 1 + 3);
    assert_eq!(
        cost("{ person(id: 1) @skip(if: true) { id } people @include(if: false) { id } }"),
        0
    );
    // Skipped in one place, and asked for in another.
    let twice = "query ($b: Boolean!) { person(id: 1) { id @skip(if: $b) id } }";
    assert_eq!(cost_with(twice, value!({"b": true})), 2);
}

#[test]
fn pages_within_pages_pass_and_explosions_do_not() {
    let nested = |a: u32, b: u32, c: u32| {
        let fields = "id name boss { id name }";
        format!(
            "{{ people(limit: {a}) {{ {fields} friends(limit: {b}) {{ {fields}
               friends(limit: {c}) {{ {fields} }} }} }} }}"
        )
    };
    check(&nested(100, 10, 5)).unwrap();
    let error = check(&nested(1000, 1000, 1000)).unwrap_err();
    assert_eq!(error.code(), &Code::Limit(Limit::Complexity));
    let message = error.to_string();
    assert!(message.contains("5006006001 values, more than 250000"), "{message}");
    assert!(message.ends_with("the server's setting MAX_COMPLEXITY allows more"), "{message}");
    // No overflow.
    let deep =
        format!("{{ people {}id{} }}", "{ friends(limit: 1000) ".repeat(14) + "{ ", "}".repeat(15));
    check(&deep).unwrap_err();
}

#[test]
fn what_tools_ask_of_the_schema_passes() {
    let of_type = format!("{}kind name{}", "kind name ofType { ".repeat(9), " }".repeat(9));
    let input = format!(
        "name description type {{ {of_type} }} defaultValue isDeprecated deprecationReason"
    );
    let query = format!(
        "{{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }}
          subscriptionType {{ name kind }}
          types {{ kind name description specifiedByURL isOneOf
            fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ {input} }}
              type {{ {of_type} }} isDeprecated deprecationReason }}
            inputFields(includeDeprecated: true) {{ {input} }} interfaces {{ {of_type} }}
            enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
            possibleTypes {{ {of_type} }} }}
          directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ {input} }} }} }} }}"
    );
    let cost = with_cost(&query, Value::Null, |cost, none| cost.introspection.total(none, 1));
    assert!(cost * 3 / 2 < MAX_INTROSPECTION && cost * 2 > MAX_INTROSPECTION, "{cost}");
    check(&query).unwrap();
    check("{ __type(name: \"Person\") { fields { type { fields { name } } } } }").unwrap();
    let bomb = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    let error = check(bomb).unwrap_err();
    assert!(error.to_string().starts_with("introspection may bring"), "{error}");
}
