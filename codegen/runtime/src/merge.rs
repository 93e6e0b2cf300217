//! Root fields with the same response name become one.
//!
//! `{ ...Header ...List }` may select `orders` in both fragments. The executor would run the field
//! twice, which is wasteful for a query and wrong for a mutation, and could not merge two results
//! that are text already.

use async_graphql::Variables;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value};
use async_graphql_value::Value as AstValue;

type Fragments =
    std::collections::HashMap<Name, Positioned<async_graphql::parser::types::FragmentDefinition>>;

/// Inlines fragments at the root of each operation and merges equal fields, where there is
/// something to merge. Fields that differ in name or arguments stay apart: validation refuses them.
pub(crate) fn root_fields(document: &mut ExecutableDocument, variables: &Variables) {
    let fragments = &document.fragments;
    match &mut document.operations {
        DocumentOperations::Single(operation) => merge(&mut operation.node, fragments, variables),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                merge(&mut operation.node, fragments, variables);
            }
        }
    }
}

fn merge(operation: &mut OperationDefinition, fragments: &Fragments, variables: &Variables) {
    let items = &operation.selection_set.node.items;
    if let [_] = items.as_slice()
        && matches!(items[0].node, Selection::Field(_))
    {
        return;
    }
    let mut fields = Vec::new();
    let skip = Skip { operation, fragments, variables };
    if skip.collect(&operation.selection_set.node, &mut Vec::new(), &mut fields).is_none() {
        return;
    }
    let mut merged: Vec<Positioned<Field>> = Vec::new();
    for field in fields {
        let twin = merged.iter_mut().find(|other| is_twin(&other.node, &field.node));
        match twin {
            Some(twin) => {
                let items = field.node.selection_set.node.items;
                twin.node.selection_set.node.items.extend(items);
            }
            None => merged.push(field),
        }
    }
    let items =
        merged.into_iter().map(|field| Positioned::new(Selection::Field(field.clone()), field.pos));
    operation.selection_set.node.items = items.collect();
}

fn is_twin(one: &Field, other: &Field) -> bool {
    one.response_key().node == other.response_key().node
        && one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().zip(&other.arguments).all(|(one, other)| {
            one.0.node == other.0.node && one.1.node.to_string() == other.1.node.to_string()
        })
}

/// Decides which selections of an operation are left out.
struct Skip<'a> {
    operation: &'a OperationDefinition,
    fragments: &'a Fragments,
    variables: &'a Variables,
}

impl<'a> Skip<'a> {
    /// Appends the fields of a root selection set; `None` if fragments are in a circle or unknown,
    /// which validation reports.
    fn collect(
        &self,
        set: &'a SelectionSet,
        path: &mut Vec<&'a Name>,
        fields: &mut Vec<Positioned<Field>>,
    ) -> Option<()> {
        for item in &set.items {
            if self.is_skipped(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => {
                    let mut field = field.clone();
                    field.node.directives.retain(|directive| !is_conditional(&directive.node));
                    fields.push(field);
                }
                Selection::InlineFragment(fragment) => {
                    self.collect(&fragment.node.selection_set.node, path, fields)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if path.contains(&name) {
                        return None;
                    }
                    path.push(name);
                    let fragment = self.fragments.get(name)?;
                    self.collect(&fragment.node.selection_set.node, path, fields)?;
                    path.pop();
                }
            }
        }
        Some(())
    }

    fn is_skipped(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let condition =
                directive.node.get_argument("if").and_then(|value| self.boolean(&value.node));
            match directive.node.name.node.as_str() {
                "skip" => condition == Some(true),
                "include" => condition == Some(false),
                _ => false,
            }
        })
    }

    fn boolean(&self, value: &AstValue) -> Option<bool> {
        match value {
            AstValue::Boolean(value) => Some(*value),
            AstValue::Variable(name) => match self.variables.get(name) {
                Some(Value::Boolean(value)) => Some(*value),
                Some(_) => None,
                None => {
                    let definitions = self.operation.variable_definitions.iter();
                    let definition =
                        definitions.map(|item| &item.node).find(|item| item.name.node == *name)?;
                    match definition.default_value.as_ref()?.node {
                        Value::Boolean(value) => Some(value),
                        _ => None,
                    }
                }
            },
            _ => None,
        }
    }
}

fn is_conditional(directive: &Directive) -> bool {
    matches!(directive.name.node.as_str(), "skip" | "include")
}
