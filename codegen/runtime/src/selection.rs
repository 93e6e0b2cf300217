//! What a client asked for, bound to the tables of generated code.
//!
//! A selection is planned once per request: fragments are inlined, fields with the same response
//! name are merged, columns get the position in which they are fetched. Writing a row then looks
//! nothing up.

use std::collections::HashMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field as AstField, FragmentDefinition, SelectionSet};
use async_graphql::parser::types::{Selection as AstSelection, VariableDefinition};
use async_graphql::{Context, Name, Positioned, Value, Variables};
use async_graphql_value::Value as AstValue;

use crate::decode::{self, DecodeError};
use crate::json::member;
use crate::list::ListArguments;
use crate::model::{Column, ObjectType, Relation, Type};
use crate::{Error, Result};

/// The selected fields of an object.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) object: &'static ObjectType,
    pub(crate) fields: Vec<Field>,
    /// The columns to fetch, each once, in order.
    pub(crate) columns: Vec<&'static Column>,
}

/// A selected field and how it is written.
#[derive(Debug)]
pub(crate) enum Field {
    /// `__typename`: the whole member is known.
    Typename(Box<str>),
    /// A value of the row.
    Column {
        member: Box<str>,
        column: &'static Column,
        /// Position among the fetched columns, or among the attributes of a composite.
        slot: usize,
        /// Of a composite or an array of composites.
        selection: Option<Selection>,
    },
    /// Rows of another view.
    Relation(RelationField),
}

/// A selected relation.
#[derive(Debug)]
pub(crate) struct RelationField {
    pub(crate) member: Box<str>,
    /// The object that has the relation.
    pub(crate) object: &'static ObjectType,
    pub(crate) relation: &'static Relation,
    pub(crate) arguments: ListArguments,
    pub(crate) selection: Selection,
    /// Positions of this side's key among the fetched columns.
    pub(crate) slots: Vec<usize>,
}

/// Where the values of a record come from, and so what a slot means.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    /// A result set: only what is needed is fetched.
    Columns,
    /// A composite value: all attributes are there.
    Attributes,
}

/// The parts of a request that a selection refers to.
struct Document<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    definitions: &'a [Positioned<VariableDefinition>],
}

impl Selection {
    /// Plans the selection set of the field that is being resolved, for rows of a result set.
    pub(crate) fn of_rows(ctx: &Context<'_>, object: &'static ObjectType) -> Result<Self> {
        Document::new(ctx).plan(object, &[&ctx.item.node.selection_set.node], Source::Columns)
    }

    /// Plans the selection set of the field that is being resolved, for a value of a type;
    /// `None` where the type has no fields.
    pub(crate) fn of_value(ctx: &Context<'_>, ty: &Type) -> Result<Option<Self>> {
        Document::new(ctx).plan_value(ty, &[&ctx.item.node.selection_set.node])
    }

    /// Position of a column among the fetched ones, fetching it if it is not yet.
    pub(crate) fn fetch(&mut self, column: &'static Column) -> usize {
        let known = self.columns.iter().position(|other| other.column == column.column);
        known.unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    /// Appends a composite value as an object.
    pub(crate) fn write_record(
        &self,
        attributes: &[Option<&[u8]>],
        out: &mut Vec<u8>,
    ) -> decode::Result {
        let mut separator = b'{';
        for field in &self.fields {
            out.push(separator);
            separator = b',';
            match field {
                Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
                Field::Column { member, column, slot, selection } => {
                    out.extend_from_slice(member.as_bytes());
                    let raw = attributes.get(*slot).copied().flatten();
                    self.write_cell(column, raw, selection.as_ref(), out)?;
                }
                // The planner gives relations to views only.
                Field::Relation(_) => return Err(DecodeError::Malformed(self.object.name)),
            }
        }
        out.push(b'}');
        Ok(())
    }

    /// Appends one value, or `null` where that is allowed.
    pub(crate) fn write_cell(
        &self,
        column: &'static Column,
        raw: Option<&[u8]>,
        selection: Option<&Self>,
        out: &mut Vec<u8>,
    ) -> decode::Result {
        match raw {
            Some(raw) => decode::write(&column.ty, raw, selection, out),
            None if column.nullable => {
                out.extend_from_slice(b"null");
                Ok(())
            }
            None => {
                Err(DecodeError::UnexpectedNull { object: self.object.name, column: column.column })
            }
        }
    }
}

impl ObjectType {
    /// The column behind a field.
    pub(crate) fn field(&self, field: &str) -> Option<(usize, &'static Column)> {
        let columns = self.columns.iter().enumerate();
        columns.into_iter().find(|(_, column)| column.field == field && !column.hidden)
    }

    /// The column of an SQL name that generated code refers to.
    pub(crate) fn column(&self, name: &str) -> Result<&'static Column> {
        self.columns
            .iter()
            .find(|column| column.column == name)
            .ok_or_else(|| Error::internal(format!("`{}` has no column `{name}`", self.name)))
    }
}

impl<'a> Document<'a> {
    fn new(ctx: &'a Context<'_>) -> Self {
        Self {
            fragments: &ctx.query_env.fragments,
            variables: &ctx.query_env.variables,
            definitions: &ctx.query_env.operation.node.variable_definitions,
        }
    }

    fn plan(
        &self,
        object: &'static ObjectType,
        sets: &[&SelectionSet],
        source: Source,
    ) -> Result<Selection> {
        let mut merged: IndexMap<&str, Vec<&AstField>> = IndexMap::new();
        for set in sets {
            self.collect(set, &mut merged);
        }
        let mut selection = Selection { object, fields: Vec::new(), columns: Vec::new() };
        for (key, asts) in merged {
            let field = self.plan_field(&mut selection, key, &asts, source)?;
            selection.fields.push(field);
        }
        Ok(selection)
    }

    /// Inlines fragments. Type conditions always hold: there are no interfaces or unions, and
    /// validation has refused a fragment on another object. `@skip` and `@include` are gone by now.
    fn collect<'b>(
        &'b self,
        set: &'b SelectionSet,
        merged: &mut IndexMap<&'b str, Vec<&'b AstField>>,
    ) {
        for item in &set.items {
            match &item.node {
                AstSelection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    merged.entry(key).or_default().push(&field.node);
                }
                AstSelection::InlineFragment(fragment) => {
                    self.collect(&fragment.node.selection_set.node, merged);
                }
                AstSelection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(&fragment.node.selection_set.node, merged);
                    }
                }
            }
        }
    }

    fn plan_field(
        &self,
        selection: &mut Selection,
        key: &str,
        asts: &[&AstField],
        source: Source,
    ) -> Result<Field> {
        let object = selection.object;
        let name = asts[0].name.node.as_str();
        if name == "__typename" {
            return Ok(Field::Typename(format!("\"{key}\":\"{}\"", object.name).into()));
        }
        let sets: Vec<&SelectionSet> = asts.iter().map(|ast| &ast.selection_set.node).collect();
        if let Some((attribute, column)) = object.field(name) {
            let slot = match source {
                Source::Columns => selection.fetch(column),
                Source::Attributes => attribute,
            };
            let nested = self.plan_value(&column.ty, &sets)?;
            return Ok(Field::Column { member: member(key), column, slot, selection: nested });
        }
        let relation =
            object.relations.iter().find(|relation| relation.field == name).ok_or_else(|| {
                Error::internal(format!("`{}` has no field `{name}`", object.name))
            })?;
        let slots = relation
            .columns
            .iter()
            .map(|(own, _)| Ok(selection.fetch(object.column(own)?)))
            .collect::<Result<_>>()?;
        let target = (relation.target)();
        Ok(Field::Relation(RelationField {
            member: member(key),
            object,
            relation,
            arguments: ListArguments::parse(target, self.arguments(asts[0])?)?,
            selection: self.plan(target.object, &sets, Source::Columns)?,
            slots,
        }))
    }

    fn plan_value(&self, ty: &Type, sets: &[&SelectionSet]) -> Result<Option<Selection>> {
        match ty {
            Type::Composite(ty) => self.plan(ty.object, sets, Source::Attributes).map(Some),
            Type::Array(element) | Type::Shaped(element) => self.plan_value(element, sets),
            _ => Ok(None),
        }
    }

    fn arguments(&self, field: &AstField) -> Result<Vec<(String, Value)>> {
        field
            .arguments
            .iter()
            .filter(|(_, value)| !self.is_undefined(&value.node))
            .map(|(name, value)| {
                let value = value.node.clone().into_const_with(|name| self.variable(&name))?;
                Ok((name.node.to_string(), value))
            })
            .collect()
    }

    /// A variable without value or default: as if the argument had not been given.
    fn is_undefined(&self, value: &AstValue) -> bool {
        matches!(value, AstValue::Variable(name) if !self.variables.contains_key(name)
            && self.default(name).is_none())
    }

    fn default(&self, name: &Name) -> Option<&Value> {
        let definition = self.definitions.iter().find(|item| item.node.name.node == *name)?;
        definition.node.default_value.as_ref().map(|value| &value.node)
    }

    fn variable(&self, name: &Name) -> Result<Value> {
        let value = self.variables.get(name).or_else(|| self.default(name));
        Ok(value.cloned().unwrap_or_default())
    }
}
