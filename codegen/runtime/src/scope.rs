//! Fields of a document: fragments inlined, conditions decided.

use std::collections::HashMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};

use crate::Limits;
use crate::input::{Assumptions, Input};

/// Selected fields by response name.
pub(crate) type Fields<'a> = IndexMap<&'a str, Occurrences<'a>>;

/// A field wherever it is selected under the same response name: never empty, one field with all
/// their selection sets.
pub(crate) type Occurrences<'a> = Vec<&'a Positioned<Field>>;

/// An operation that is being planned, with what it refers to.
pub(crate) struct Scope<'a> {
    pub(crate) operation: &'a OperationDefinition,
    pub(crate) fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    pub(crate) variables: &'a Variables,
    /// What the plan takes for granted about the variables.
    pub(crate) assumptions: Assumptions,
    pub(crate) limits: &'a Limits,
}

impl<'a> Scope<'a> {
    /// The fields of the operation.
    pub(crate) fn root(&self) -> Fields<'a> {
        self.fields(&[&self.operation.selection_set.node])
    }

    /// The fields of selection sets of the same object.
    ///
    /// Type conditions always hold: there are no interfaces or unions, and validation has refused a
    /// fragment on another object, an unknown one and a circle.
    pub(crate) fn fields(&self, sets: &[&'a SelectionSet]) -> Fields<'a> {
        let mut fields = Fields::new();
        for set in sets {
            self.collect(set, &mut fields);
        }
        fields
    }

    fn collect(&self, set: &'a SelectionSet, fields: &mut Fields<'a>) {
        for item in &set.items {
            if self.is_skipped(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    fields.entry(key).or_default().push(field);
                }
                Selection::InlineFragment(fragment) => {
                    self.collect(&fragment.node.selection_set.node, fields);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(&fragment.node.selection_set.node, fields);
                    }
                }
            }
        }
    }

    fn is_skipped(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let condition = || {
                let value = directive.node.get_argument("if")?;
                Input::written(self, &value.node)?.boolean()
            };
            match directive.node.name.node.as_str() {
                "skip" => condition() == Some(true),
                "include" => condition() == Some(false),
                _ => false,
            }
        })
    }

    /// The arguments of a field. One whose variable has no value is left out.
    pub(crate) fn arguments<'s>(&'s self, field: &'a Field) -> Vec<(&'a str, Input<'s>)> {
        let given = |(name, value): &'a (Positioned<Name>, Positioned<_>)| {
            Some((name.node.as_str(), Input::written(self, &value.node)?))
        };
        field.arguments.iter().filter_map(given).collect()
    }
}
