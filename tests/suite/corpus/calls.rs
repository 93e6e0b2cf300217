//! Calls of functions: `calls.graphql` of a schema, operation after operation.

use std::collections::BTreeSet;

use async_graphql::parser::types::{DocumentOperations, OperationDefinition, Selection};
use async_graphql::parser::{parse_query, types::ExecutableDocument};
use serde_json::json;

use super::client::Client;
use super::introspection::Schema;
use super::subject::{Subject, snapshot};

/// Runs the calls, compares their answers with the snapshot, and demands one of every function.
pub(crate) fn check(subject: &Subject, address: &str) {
    let mut client = Client::connect(address);
    let schema = Schema::ask(&mut client, subject.relations());
    let text = subject.read("calls.graphql");
    let document = parse_query(&text).unwrap_or_else(|error| panic!("{}: {error}", subject.name));
    let operations = in_order(&document);
    let mut called: BTreeSet<String> = BTreeSet::new();
    let mut transcript = String::new();
    for (name, operation) in &operations {
        called.extend(fields(operation));
        let answer = client.send(&text, Some(name), &json!({}));
        assert_eq!(
            answer.get("errors").is_some(),
            name.starts_with("refused"),
            "{} {name}: {answer}",
            subject.name
        );
        let shown = serde_json::to_string_pretty(&answer).expect("JSON can be printed");
        transcript += &format!("# {name}\n{shown}\n\n");
    }
    for function in &subject.plan.functions {
        let field = function.field.as_str();
        assert!(called.contains(field), "{}: calls.graphql lacks {field}", subject.name);
    }
    let planned = subject.root_fields();
    for field in schema.queries().iter().chain(schema.mutations()) {
        let is_planned = planned.contains(&field.name);
        assert!(is_planned, "{}: nothing was planned as {}", subject.name, field.name);
    }
    snapshot(&subject.dir, "calls", &transcript);
}

/// The operations of a document as they stand in it.
fn in_order(document: &ExecutableDocument) -> Vec<(String, &OperationDefinition)> {
    let DocumentOperations::Multiple(operations) = &document.operations else {
        panic!("every operation needs a name");
    };
    let mut operations: Vec<_> = operations.iter().collect();
    operations.sort_by_key(|(_, operation)| (operation.pos.line, operation.pos.column));
    operations.into_iter().map(|(name, operation)| (name.to_string(), &operation.node)).collect()
}

fn fields(operation: &OperationDefinition) -> impl Iterator<Item = String> {
    operation.selection_set.node.items.iter().filter_map(|item| match &item.node {
        Selection::Field(field) => Some(field.node.name.node.to_string()),
        _ => None,
    })
}
