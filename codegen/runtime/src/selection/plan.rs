//! From the selection sets of a document to a [`Selection`].

use async_graphql::Positioned;
use async_graphql::parser::types::{Field as AstField, SelectionSet};

use super::{Field, Output, RowsField, Selection, Target, selection_sets};
use crate::aggregate::{self, RelatedAggregate};
use crate::arguments::Call;
use crate::json::member;
use crate::level::{AggregateStatements, Link, Statements};
use crate::list::ListArguments;
use crate::model::{Cardinality, CompositeType, Computed, ObjectType, RangeType, Relation, Type};
use crate::resolver::Returns;
use crate::scope::Scope;
use crate::{Error, Limits, Result};

/// Where the values of a record come from, and so what a slot means.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// A result set: only what is needed is fetched.
    Columns,
    /// A composite value: all attributes are there.
    Attributes,
}

impl RowsField {
    fn complete(mut self, limits: &Limits) -> Result<Field> {
        self.statements = Statements::of(&self, limits)?;
        Ok(Field::Rows(self))
    }
}

fn plan(
    scope: &Scope<'_>,
    object: &'static ObjectType,
    sets: &[&SelectionSet],
    source: Source,
) -> Result<Selection> {
    let selection = Selection::empty(scope, object, Vec::new());
    plan_into(scope, selection, sets, source)
}

pub(super) fn plan_into(
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
            Source::Columns => selection.fetch(Output::Column(column)),
            Source::Attributes => attribute,
        };
        let nested = plan_value(scope, &column.ty, &sets)?;
        return Ok(Field::Column { member: member(key), column, slot, selection: nested });
    }
    if source == Source::Attributes {
        return Err(Error::bad_input(format!(
            "`{}.{name}` can be asked for where rows are read, and this is a value within one",
            object.name
        )));
    }
    if let Some(computed) = object.computed.iter().find(|computed| computed.field == name) {
        return plan_computed(scope, selection, key, asts, computed);
    }
    if let Some(relation) = object.aggregated(name) {
        return plan_aggregate(scope, selection, key, asts, relation);
    }
    let relation = object
        .relations
        .iter()
        .find(|relation| relation.field == name)
        .ok_or_else(|| Error::internal(format!("`{}` has no field `{name}`", object.name)))?;
    let slots = selection.fetch_key(relation)?;
    let target = (relation.target)().object;
    let given = scope.arguments(&asts[0].node);
    let field = RowsField {
        member: member(key),
        name: relation.field,
        target: Target::View(object, relation),
        cardinality: relation.cardinality,
        arguments: ListArguments::parse(
            Some(target),
            &[],
            given,
            None,
            scope.limits.max_page_size,
        )?,
        selection: plan(scope, target, &sets, Source::Columns)?,
        statements: Statements::default(),
        slots,
    };
    field.complete(scope.limits)
}

fn plan_aggregate(
    scope: &Scope<'_>,
    selection: &mut Selection,
    key: &str,
    asts: &[&Positioned<AstField>],
    relation: &'static Relation,
) -> Result<Field> {
    let target = (relation.target)().object;
    let given = scope.arguments(&asts[0].node);
    let arguments =
        ListArguments::parse(Some(target), &[], given, None, scope.limits.max_page_size)?;
    let fields = aggregate::Fields::of(scope, &asts.to_vec(), target)?;
    let link = Link { object: selection.object, relation };
    Ok(Field::Aggregate(RelatedAggregate {
        member: member(key),
        statements: AggregateStatements::of(link, &arguments.predicates, &fields, scope.limits)?,
        fields,
        slots: selection.fetch_key(relation)?,
    }))
}

fn plan_computed(
    scope: &Scope<'_>,
    selection: &mut Selection,
    key: &str,
    asts: &[&Positioned<AstField>],
    computed: &'static Computed,
) -> Result<Field> {
    let function = (computed.function)();
    let given = scope.arguments(&asts[0].node);
    let (call, arguments) = Call::parse(function, given, scope.limits.max_page_size)?;
    let sets = selection_sets(asts);
    let cardinality = match &function.returns {
        Returns::Row(_) => Cardinality::Optional,
        Returns::RequiredRow(_) => Cardinality::One,
        Returns::Rows(_) => Cardinality::Many,
        Returns::Value(ty) | Returns::RequiredValue(ty) | Returns::Values(ty) => {
            return Ok(Field::Computed {
                member: member(key),
                function,
                slot: selection.fetch(Output::Call(call, arguments)),
                selection: plan_value(scope, ty, &sets)?,
            });
        }
        // The planner makes no field of it.
        Returns::Void => {
            return Err(Error::internal(format!("function {} returns nothing", function.name)));
        }
    };
    let object = function.object().unwrap_or(selection.object);
    let field = RowsField {
        member: member(key),
        name: computed.field,
        target: Target::Function(call, computed.row),
        cardinality,
        arguments,
        selection: plan(scope, object, &sets, Source::Columns)?,
        statements: Statements::default(),
        slots: vec![selection.fetch(Output::Row(computed.row))],
    };
    field.complete(scope.limits)
}

pub(super) fn plan_value(
    scope: &Scope<'_>,
    ty: &Type,
    sets: &[&SelectionSet],
) -> Result<Option<Selection>> {
    match ty {
        Type::Composite(CompositeType { object, .. })
        | Type::Range(RangeType { object, .. })
        | Type::Multirange(RangeType { object, .. }) => {
            plan(scope, object, sets, Source::Attributes).map(Some)
        }
        Type::Array(element) | Type::MultiArray(element, _) | Type::Shaped(element) => {
            plan_value(scope, element, sets)
        }
        _ => Ok(None),
    }
}
