//! Fields and values of a document: fragments inlined, conditions decided, variables filled in.

use std::collections::HashMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};
use async_graphql_value::Value as AstValue;

use crate::{Limits, Result};

/// Selected fields by response name.
pub(crate) type Fields<'a> = IndexMap<&'a str, Occurrences<'a>>;

/// A field wherever it is selected under the same response name: never empty, one field with all
/// their selection sets.
pub(crate) type Occurrences<'a> = Vec<&'a Positioned<Field>>;

/// An operation with what it refers to.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) operation: &'a OperationDefinition,
    pub(crate) fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    pub(crate) variables: &'a Variables,
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
            let condition = directive.node.get_argument("if").map(|value| &value.node);
            match directive.node.name.node.as_str() {
                "skip" => self.boolean(condition) == Some(true),
                "include" => self.boolean(condition) == Some(false),
                _ => false,
            }
        })
    }

    fn boolean(&self, value: Option<&AstValue>) -> Option<bool> {
        match value? {
            AstValue::Boolean(value) => Some(*value),
            AstValue::Variable(name) => match self.variable(name)? {
                Value::Boolean(value) => Some(*value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a variable, or its default.
    fn variable(&self, name: &Name) -> Option<&'a Value> {
        self.variables.get(name).or_else(|| {
            let definitions = self.operation.variable_definitions.iter();
            let definition =
                definitions.map(|item| &item.node).find(|item| item.name.node == *name)?;
            definition.default_value.as_ref().map(|value| &value.node)
        })
    }

    /// The arguments of a field. One whose variable has no value is left out.
    pub(crate) fn arguments(&self, field: &Field) -> Result<Vec<(String, Value)>> {
        field
            .arguments
            .iter()
            .filter(|(_, value)| match &value.node {
                AstValue::Variable(name) => self.variable(name).is_some(),
                _ => true,
            })
            .map(|(name, value)| {
                let fill = |name: Name| -> Result<Value> {
                    Ok(self.variable(&name).cloned().unwrap_or_default())
                };
                Ok((name.node.to_string(), value.node.clone().into_const_with(fill)?))
            })
            .collect()
    }
}
