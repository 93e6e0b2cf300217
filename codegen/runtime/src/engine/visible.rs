//! Documents as async-graphql's validation sees all of them.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, InlineFragment, Selection, SelectionSet,
};

/// A copy of a document for validation, which passes over `__typename` together with its directives:
/// what is wrong with these would go unnoticed, and a variable that only they use would be refused as
/// unused. They are moved to a fragment around it.
pub(super) fn visible(document: &ExecutableDocument) -> ExecutableDocument {
    let mut document = document.clone();
    match &mut document.operations {
        DocumentOperations::Single(operation) => expose(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(operations) => {
            let operations = operations.values_mut();
            operations.for_each(|operation| expose(&mut operation.node.selection_set.node));
        }
    }
    let fragments = document.fragments.values_mut();
    fragments.for_each(|fragment| expose(&mut fragment.node.selection_set.node));
    document
}

fn expose(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {
                if field.node.directives.is_empty() {
                    continue;
                }
                let directives = std::mem::take(&mut field.node.directives);
                let items = vec![item.clone()];
                let selection_set = Positioned::new(SelectionSet { items }, item.pos);
                let around = InlineFragment { type_condition: None, directives, selection_set };
                item.node = Selection::InlineFragment(Positioned::new(around, item.pos));
            }
            Selection::Field(field) => expose(&mut field.node.selection_set.node),
            Selection::InlineFragment(fragment) => expose(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}
