//! What a client selects of an aggregate or of a group.

use async_graphql::Positioned;
use async_graphql::parser::types::Field as AstField;

use super::arguments::GroupArguments;
use super::function::AggregateFunction;
use super::type_name;
use crate::json::member;
use crate::model::{Column, ObjectType, Type};
use crate::scope::{Occurrences, Scope};
use crate::selection::selection_sets;
use crate::sql::Sql;
use crate::{Error, Result};

/// The selected fields of an aggregate or of a group.
#[derive(Debug)]
pub(crate) struct Fields {
    /// The type of the rows.
    pub(crate) object: &'static ObjectType,
    pub(super) members: Members,
    /// What to compute, each once.
    pub(crate) terms: Vec<Term>,
    /// The selected `groupBy`.
    pub(crate) groups: Vec<Groups>,
}

/// Fields with the start of their members.
type Members = Vec<(Box<str>, Field)>;

/// A field of an aggregate, or of an object in it.
#[derive(Debug)]
pub(super) enum Field {
    /// `__typename`
    Typename(String),
    /// What is computed by the term at this position.
    Term(usize),
    /// What the rows of a group have in common.
    Key(&'static Column),
    /// `key`, `sum` and the like.
    Object(Members),
    /// The `groupBy` at this position.
    Groups(usize),
}

/// Whose fields they are.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Whole,
    Group,
}

impl Part {
    /// The part of its type's name.
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Group => "Group",
        }
    }
}

/// A selected `groupBy`.
#[derive(Debug)]
pub(crate) struct Groups {
    pub(crate) arguments: GroupArguments,
    pub(crate) fields: Fields,
}

/// What a statement computes of many rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Term {
    /// How many there are.
    Count,
    /// A function of a column, with the type of its result.
    Call(AggregateFunction, &'static Column, Type),
}

impl Term {
    /// The term of a function and the GraphQL name of a column.
    pub(super) fn of(
        object: &'static ObjectType,
        function: AggregateFunction,
        field: &str,
    ) -> Option<Self> {
        let mut columns = function.columns(object);
        let (column, result) = columns.find(|(column, _)| column.field == field)?;
        Some(Self::Call(function, column, result))
    }

    /// Whether both are the same.
    pub(super) fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Count, Self::Count) => true,
            (Self::Call(function, column, _), Self::Call(other, another, _)) => {
                function == other && column.column == another.column
            }
            _ => false,
        }
    }

    /// Whether it is a number of things, which is zero where there are none.
    pub(super) fn is_count(self) -> bool {
        matches!(self, Self::Count | Self::Call(AggregateFunction::CountDistinct, ..))
    }

    pub(super) fn write(self, sql: &mut Sql) {
        match self {
            Self::Count => {
                sql.push("count(*)");
            }
            Self::Call(function, column, _) => function.write(column, sql),
        }
    }
}

impl Fields {
    /// Plans the selection set of an aggregate of rows of an object.
    pub(crate) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        object: &'static ObjectType,
    ) -> Result<Self> {
        Self::plan(scope, field, object, Part::Whole)
    }

    /// Plans the selection set of an aggregate, or of its groups.
    fn plan(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        object: &'static ObjectType,
        part: Part,
    ) -> Result<Self> {
        let mut fields =
            Self { object, members: Vec::new(), terms: Vec::new(), groups: Vec::new() };
        for (key, asts) in scope.fields(&selection_sets(field)) {
            let planned = match name(&asts) {
                "__typename" => Field::Typename(type_name(object, part.name())),
                "count" => Field::Term(fields.term(Term::Count)),
                "key" if part == Part::Group => {
                    let find = |name: &str| {
                        let column = object.groupable().find(|column| column.field == name);
                        column.map(Field::Key).ok_or_else(|| unknown(name))
                    };
                    Field::Object(members(scope, &asts, &type_name(object, "GroupKey"), find)?)
                }
                "groupBy" if part == Part::Whole => {
                    let given = scope.arguments(&asts[0].node);
                    let arguments =
                        GroupArguments::parse(object, given, scope.limits.max_page_size)?;
                    let group = Self::plan(scope, &asts, object, Part::Group)?;
                    for column in group.keys() {
                        arguments.check_key("key", column)?;
                    }
                    fields.groups.push(Groups { arguments, fields: group });
                    Field::Groups(fields.groups.len() - 1)
                }
                name => {
                    let mut functions = AggregateFunction::ALL.into_iter();
                    let function = functions.find(|function| function.field() == name);
                    fields.values(scope, &asts, function.ok_or_else(|| unknown(name))?)?
                }
            };
            fields.members.push((member(key), planned));
        }
        Ok(fields)
    }

    fn values(
        &mut self,
        scope: &Scope<'_>,
        asts: &Occurrences<'_>,
        function: AggregateFunction,
    ) -> Result<Field> {
        let object = self.object;
        let find = |name: &str| {
            let term = Term::of(object, function, name).ok_or_else(|| unknown(name))?;
            Ok(Field::Term(self.term(term)))
        };
        let typename = type_name(object, function.suffix());
        members(scope, asts, &typename, find).map(Field::Object)
    }

    /// Position of a term among those that are computed, computing it if it is not yet.
    fn term(&mut self, term: Term) -> usize {
        let known = self.terms.iter().position(|other| other.is_same(term));
        known.unwrap_or_else(|| {
            self.terms.push(term);
            self.terms.len() - 1
        })
    }

    /// The selected columns of `key`.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static Column> {
        let objects = self.members.iter().filter_map(|(_, field)| match field {
            Field::Object(members) => Some(members),
            _ => None,
        });
        objects.flatten().filter_map(|(_, field)| match field {
            Field::Key(column) => Some(*column),
            _ => None,
        })
    }
}

/// The fields of an object without further objects in it.
fn members(
    scope: &Scope<'_>,
    asts: &Occurrences<'_>,
    typename: &str,
    mut find: impl FnMut(&str) -> Result<Field>,
) -> Result<Members> {
    let mut members = Vec::new();
    for (key, asts) in scope.fields(&selection_sets(asts)) {
        let field = match name(&asts) {
            "__typename" => Field::Typename(typename.to_owned()),
            name => find(name)?,
        };
        members.push((member(key), field));
    }
    Ok(members)
}

fn name<'a>(asts: &[&'a Positioned<AstField>]) -> &'a str {
    asts[0].node.name.node.as_str()
}

/// Validation has refused it.
fn unknown(name: &str) -> Error {
    Error::internal(format!("an aggregate has no field `{name}`"))
}
