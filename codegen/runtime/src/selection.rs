//! What a client asked for, bound to the tables of generated code.
//!
//! A selection is planned once per request: fragments are inlined, fields with the same response
//! name are merged, columns get the position in which they are fetched. Writing a row then looks
//! nothing up.

mod plan;

use async_graphql::Positioned;
use async_graphql::parser::types::{Field as AstField, SelectionSet};

use plan::{Source, plan_into, plan_value};

use crate::aggregate::RelatedAggregate;
use crate::arguments::Call;
use crate::decode::{self, DecodeError};
use crate::level::Statements;
use crate::list::ListArguments;
use crate::model::{Cardinality, Column, ObjectType, Relation, Type};
use crate::resolver::{Function, Returns};
use crate::scope::{Occurrences, Scope};
use crate::sql::Sql;
use crate::{Error, Result};

/// The selected fields of an object.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) object: &'static ObjectType,
    pub(crate) fields: Vec<Field>,
    /// What to fetch, in order; a column once, however often it is selected.
    pub(crate) outputs: Vec<Output>,
    /// How long an answer may be.
    max_bytes: usize,
}

/// What a statement fetches of a row.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    /// A column.
    Column(&'static Column),
    /// The value of a function of the row, or its set of values as an array.
    Call(Call, ListArguments),
    /// The row as a whole, as a value of this SQL type.
    Row(&'static str),
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
    /// A value that a function of the row computes.
    Computed {
        member: Box<str>,
        function: &'static Function,
        /// Position among what is fetched.
        slot: usize,
        /// Of a composite or an array of composites.
        selection: Option<Selection>,
    },
    /// Rows of another view, or of a function of the row.
    Rows(RowsField),
    /// An aggregate of rows of another view.
    Aggregate(RelatedAggregate),
}

/// A selected field that leads to rows.
#[derive(Debug)]
pub(crate) struct RowsField {
    pub(crate) member: Box<str>,
    /// GraphQL name.
    pub(crate) name: &'static str,
    pub(crate) target: Target,
    pub(crate) cardinality: Cardinality,
    pub(crate) arguments: ListArguments,
    pub(crate) selection: Selection,
    pub(crate) statements: Statements,
    /// Positions of what leads there among what is fetched: this side of a relation's key, or the
    /// row that a function takes.
    pub(crate) slots: Vec<usize>,
}

/// Where rows come from.
#[derive(Debug)]
pub(crate) enum Target {
    /// A view, by a relation of this object.
    View(&'static ObjectType, &'static Relation),
    /// A function of a row, which is a value of this SQL type.
    Function(Call, &'static str),
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
    /// outputs.
    pub(crate) fn of_rows_with(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        object: &'static ObjectType,
        outputs: Vec<Output>,
    ) -> Result<Self> {
        let selection = Self::empty(scope, object, outputs);
        plan_into(scope, selection, &selection_sets(field), Source::Columns)
    }

    fn empty(scope: &Scope<'_>, object: &'static ObjectType, outputs: Vec<Output>) -> Self {
        let max_bytes = scope.limits.max_response_bytes;
        Self { object, fields: Vec::new(), outputs, max_bytes }
    }

    /// Refuses an answer that has become too long. Asked before each field: aliases repeat a large
    /// value that was read once.
    pub(crate) fn check_size(&self, out: &[u8]) -> decode::Result {
        if out.len() > self.max_bytes { Err(DecodeError::TooLong(self.max_bytes)) } else { Ok(()) }
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

    /// Position of an output among the fetched ones, fetching it if it is not yet. Two calls are two
    /// outputs, because their arguments may differ.
    fn fetch(&mut self, output: Output) -> usize {
        let known = self.outputs.iter().position(|other| match (other, &output) {
            (Output::Column(one), Output::Column(other)) => one.column == other.column,
            (Output::Row(_), Output::Row(_)) => true,
            _ => false,
        });
        known.unwrap_or_else(|| {
            self.outputs.push(output);
            self.outputs.len() - 1
        })
    }

    /// Whether no field leads to rows or aggregates.
    pub(crate) fn is_flat(&self) -> bool {
        !self.fields.iter().any(|field| matches!(field, Field::Rows(_) | Field::Aggregate(_)))
    }

    /// The selected fields that lead to aggregates, in order.
    pub(crate) fn aggregate_fields(&self) -> impl Iterator<Item = &RelatedAggregate> {
        self.fields.iter().filter_map(|field| match field {
            Field::Aggregate(field) => Some(field),
            _ => None,
        })
    }

    /// The selected fields that lead to rows, in order.
    pub(crate) fn rows_fields(&self) -> impl Iterator<Item = &RowsField> {
        self.fields.iter().filter_map(|field| match field {
            Field::Rows(field) => Some(field),
            _ => None,
        })
    }

    /// Positions of this side of a relation's key among the fetched outputs.
    fn fetch_key(&mut self, relation: &Relation) -> Result<Vec<usize>> {
        let own = relation.columns.iter().map(|(own, _)| self.object.column(own));
        let own: Vec<_> = own.collect::<Result<_>>()?;
        Ok(own.into_iter().map(|column| self.fetch(Output::Column(column))).collect())
    }

    /// The SQL type of the row, if functions of it are called where it is fetched.
    pub(crate) fn called_row(&self) -> Option<&'static str> {
        let is_called = self.outputs.iter().any(|output| matches!(output, Output::Call(..)));
        self.object.computed.first().filter(|_| is_called).map(|computed| computed.row)
    }

    /// Appends what to fetch of rows of the table alias `t`, after what is before the first.
    pub(crate) fn write_outputs(&self, before: &str, max_page_size: u32, sql: &mut Sql) {
        write_outputs(&self.outputs, before, max_page_size, sql);
    }

    /// Appends a composite value as an object.
    pub(crate) fn write_record(
        &self,
        attributes: &[Option<&[u8]>],
        out: &mut Vec<u8>,
    ) -> decode::Result {
        let mut separator = b'{';
        for field in &self.fields {
            self.check_size(out)?;
            out.push(separator);
            separator = b',';
            match field {
                Field::Typename(member) => out.extend_from_slice(member.as_bytes()),
                Field::Column { member, column, slot, selection } => {
                    out.extend_from_slice(member.as_bytes());
                    let raw = attributes.get(*slot).copied().flatten();
                    self.write_cell(column, raw, selection.as_ref(), out)?;
                }
                // Planning has refused fields that are no attributes.
                Field::Computed { .. } | Field::Rows(_) | Field::Aggregate(_) => {
                    return Err(DecodeError::Malformed(self.object.name));
                }
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
        write_cell(self.object, column, raw, selection, out)
    }
}

/// Appends a value of a column of an object, or `null` where that is allowed.
pub(crate) fn write_cell(
    object: &ObjectType,
    column: &Column,
    raw: Option<&[u8]>,
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> decode::Result {
    match raw {
        Some(raw) => decode::write(&column.ty, raw, selection, out)
            .map_err(|error| error.of_column(object, column)),
        None if column.nullable => {
            out.extend_from_slice(b"null");
            Ok(())
        }
        None => Err(DecodeError::UnexpectedNull { origin: object.origin, column: column.column }),
    }
}

/// Appends what to fetch of rows of the table alias `t`, after what is before the first.
pub(crate) fn write_outputs(outputs: &[Output], before: &str, max_page_size: u32, sql: &mut Sql) {
    for (index, output) in outputs.iter().enumerate() {
        sql.push(if index == 0 { before } else { ", " });
        output.write(max_page_size, sql);
    }
}

impl Output {
    fn write(&self, max_page_size: u32, sql: &mut Sql) {
        match self {
            Self::Column(column) => {
                sql.push("t.").name(column.column);
            }
            // `t` could be a column; `t.*` is the row.
            Self::Row(ty) => {
                sql.push("t.*::").push(ty);
            }
            Self::Call(call, list) if matches!(call.function.returns, Returns::Values(_)) => {
                sql.push("array(select f.v from ");
                call.write(Some("t.*"), sql);
                sql.push(" as f (v)");
                list.write_bounded_page(max_page_size, sql);
                sql.push(")");
            }
            Self::Call(call, _) => call.write(Some("t.*"), sql),
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
