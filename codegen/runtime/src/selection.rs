//! What a client asked for, bound to the tables of generated code.
//!
//! A selection is planned once per request: fragments are inlined, fields with the same response
//! name are merged, columns get the position in which they are fetched. Writing a row then looks
//! nothing up.

use async_graphql::Positioned;
use async_graphql::parser::types::{Field as AstField, SelectionSet};

use crate::decode::{self, DecodeError};
use crate::json::member;
use crate::list::ListArguments;
use crate::model::{Column, ObjectType, Relation, Type};
use crate::scope::{Occurrences, Scope};
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

impl Selection {
    /// Plans the selection set of a field, for rows of a result set.
    pub(crate) fn of_rows(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        object: &'static ObjectType,
    ) -> Result<Self> {
        Self::of_rows_with(scope, field, object, Vec::new())
    }

    /// Plans the selection set of a field, for rows of a result set that begins with the given
    /// columns.
    pub(crate) fn of_rows_with(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        object: &'static ObjectType,
        columns: Vec<&'static Column>,
    ) -> Result<Self> {
        let selection = Self { object, fields: Vec::new(), columns };
        plan_into(scope, selection, &selection_sets(field), Source::Columns)
    }

    /// Plans the selection set of a field, for a value of a type; `None` where the type has no
    /// fields.
    pub(crate) fn of_value(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        ty: &Type,
    ) -> Result<Option<Self>> {
        plan_value(scope, ty, &selection_sets(field))
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
            Some(raw) => decode::write(&column.ty, raw, selection, out)
                .map_err(|error| error.of_column(self.object, column)),
            None if column.nullable => {
                out.extend_from_slice(b"null");
                Ok(())
            }
            None => Err(DecodeError::UnexpectedNull {
                origin: self.object.origin,
                column: column.column,
            }),
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

/// The selection sets of a field.
pub(crate) fn selection_sets<'a>(field: &[&'a Positioned<AstField>]) -> Vec<&'a SelectionSet> {
    field.iter().map(|ast| &ast.node.selection_set.node).collect()
}

fn plan(
    scope: &Scope<'_>,
    object: &'static ObjectType,
    sets: &[&SelectionSet],
    source: Source,
) -> Result<Selection> {
    let selection = Selection { object, fields: Vec::new(), columns: Vec::new() };
    plan_into(scope, selection, sets, source)
}

fn plan_into(
    scope: &Scope<'_>,
    mut selection: Selection,
    sets: &[&SelectionSet],
    source: Source,
) -> Result<Selection> {
    for (key, asts) in scope.fields(sets) {
        let field = plan_field(scope, &mut selection, key, &asts, source)?;
        selection.fields.push(field);
    }
    Ok(selection)
}

fn plan_field(
    scope: &Scope<'_>,
    selection: &mut Selection,
    key: &str,
    asts: &[&Positioned<AstField>],
    source: Source,
) -> Result<Field> {
    let object = selection.object;
    let name = asts[0].node.name.node.as_str();
    if name == "__typename" {
        return Ok(Field::Typename(format!("\"{key}\":\"{}\"", object.name).into()));
    }
    let sets = selection_sets(asts);
    if let Some((attribute, column)) = object.field(name) {
        let slot = match source {
            Source::Columns => selection.fetch(column),
            Source::Attributes => attribute,
        };
        let nested = plan_value(scope, &column.ty, &sets)?;
        return Ok(Field::Column { member: member(key), column, slot, selection: nested });
    }
    let relation = object
        .relations
        .iter()
        .find(|relation| relation.field == name)
        .ok_or_else(|| Error::internal(format!("`{}` has no field `{name}`", object.name)))?;
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
        arguments: ListArguments::parse(target, &[], scope.arguments(&asts[0].node)?)?,
        selection: plan(scope, target.object, &sets, Source::Columns)?,
        slots,
    }))
}

fn plan_value(scope: &Scope<'_>, ty: &Type, sets: &[&SelectionSet]) -> Result<Option<Selection>> {
    match ty {
        Type::Composite(ty) => plan(scope, ty.object, sets, Source::Attributes).map(Some),
        Type::Range(ty) | Type::Multirange(ty) => {
            plan(scope, ty.object, sets, Source::Attributes).map(Some)
        }
        Type::Array(element) | Type::MultiArray(element, _) | Type::Shaped(element) => {
            plan_value(scope, element, sets)
        }
        _ => Ok(None),
    }
}
