//! What identifies a row of a view, and which columns are direct arguments of its list field.
//!
//! A key is declared by `@key`, proven from the query (`identity`), or a unique index of a
//! materialized view.

use super::Planner;
use super::columns::{BaseColumn, ColumnFacts};
use super::model::{DirectArgument, Key, Object, Operation, Plan};
use super::names::{self, GraphqlName};
use super::registry::LIST_ARGUMENTS;
use super::tags::view_label;
use crate::catalog::{self, Catalog, PgName, TableKey};
use crate::comment::Comment;
use crate::diagnostic::{Code, Diagnostic};

impl Planner<'_> {
    /// The key of a view, if one is known.
    pub(super) fn key(
        &mut self,
        name: &PgName,
        source: &catalog::View,
        comment: &Comment,
        object: &Object,
        list: &GraphqlName,
    ) -> Option<Key> {
        let (columns, reason) = match &comment.key {
            Some(columns) => {
                let columns = self.declared_key(&view_label(name, source), object, columns)?;
                (columns, "its comment says `@key`".to_owned())
            }
            None => self.proven_key(name, source, object).or_else(|| {
                let columns = indexed_key(object, &source.keys)?;
                Some((columns, "it has a unique index".to_owned()))
            })?,
        };
        for &column in &columns {
            self.warn_of_nullable_key(name, source, object, column);
        }
        let fields: Vec<&GraphqlName> = columns
            .iter()
            .filter_map(|&column| object.columns.get(column))
            .map(|c| &c.field)
            .collect();
        let field = names::key_field_name(list, &fields);
        Some(Key { columns, reason, field })
    }

    /// The best key that the query proves: of those whose columns are all in the API and never
    /// null, primary keys before unique ones before others, short before long, then by the order
    /// of the columns.
    fn proven_key(
        &self,
        name: &PgName,
        source: &catalog::View,
        object: &Object,
    ) -> Option<(Vec<usize>, String)> {
        let place = |column: &usize| {
            let place = position(object, &source.columns.get(*column)?.name)?;
            let column = object.columns.get(place)?;
            (column.ty.is_filterable() && !column.nullability.nullable).then_some(place)
        };
        let keys = self.identities.get(name)?.keys.iter().filter_map(|key| {
            let places: Vec<usize> = key.columns.iter().map(place).collect::<Option<_>>()?;
            (!places.is_empty()).then_some((key.rank, places.len(), places, &key.reason))
        });
        let (.., places, reason) = keys.min()?;
        Some((places, reason.clone()))
    }

    /// Gives up inferred keys whose field has a name that something else has: a new view or
    /// function must not be in the way of an old one, nor the other way round.
    pub(super) fn give_way(&self, plan: &mut Plan) {
        let mut taken: Vec<String> =
            plan.views.values().map(|view| view.list.field.as_str().to_owned()).collect();
        let queries = plan.functions.iter().filter(|f| f.operation == Operation::Query);
        taken.extend(queries.map(|function| function.field.as_str().to_owned()));
        for (name, view) in &mut plan.views {
            let declared = self.exposed.get(name).is_some_and(|comment| comment.key.is_some());
            let is_taken = |key: &mut Key| {
                !declared && taken.iter().any(|name| name.eq_ignore_ascii_case(key.field.as_str()))
            };
            if let Some(key) = view.key.take_if(is_taken) {
                let note = format!("no field finds a row by its key: `{}` is taken", key.field);
                view.notes.push(note);
            }
        }
    }

    /// The places of the columns of `@key`; what does not fit is reported.
    fn declared_key(
        &mut self,
        label: &str,
        object: &Object,
        names: &[String],
    ) -> Option<Vec<usize>> {
        let columns: Option<Vec<usize>> = names
            .iter()
            .map(|name| {
                let found = position(object, name);
                let fits = |place: &usize| {
                    object.columns.get(*place).is_some_and(|c| c.ty.is_filterable())
                };
                let message = match found {
                    None => format!(
                        "`@key` names `{name}`, which is no column of the type `{}`",
                        object.name
                    ),
                    Some(place) if !fits(&place) => {
                        format!("`@key` names `{name}`, whose type cannot be compared")
                    }
                    Some(place) => return Some(place),
                };
                self.invalid_reference(label, message, available(object));
                None
            })
            .collect();
        columns
    }

    fn warn_of_nullable_key(
        &mut self,
        name: &PgName,
        source: &catalog::View,
        object: &Object,
        column: usize,
    ) {
        let Some(column) = object.columns.get(column).filter(|c| c.nullability.nullable) else {
            return;
        };
        let message = format!("the key column `{}` may be null", column.sql);
        let text =
            source.columns.iter().find(|c| c.name == column.sql).and_then(|c| c.comment.as_deref());
        let sql = crate::sql_name::comment_with(&column.origin.object, "@notnull", text);
        let mut diagnostic = Diagnostic::new(Code::NullableKey, message)
            .at(&column.origin.object, "")
            .at(view_label(name, source), "has it in its key");
        for reason in &column.nullability.reasons {
            diagnostic = diagnostic.note(reason);
        }
        self.diagnostics.push(diagnostic.help(format!("if it never is, say so:\n{sql}")));
    }
}

/// The first unique index whose columns are all in the API.
fn indexed_key(object: &Object, keys: &[TableKey]) -> Option<Vec<usize>> {
    keys.iter().find_map(|key| {
        let places = key.columns.iter().map(|name| {
            position(object, name)
                .filter(|&place| object.columns.get(place).is_some_and(|c| c.ty.is_filterable()))
        });
        places.collect::<Option<Vec<_>>>().filter(|places| !places.is_empty())
    })
}

/// The place of a column, by its SQL name.
pub(super) fn position(object: &Object, name: &str) -> Option<usize> {
    object.columns.iter().position(|column| column.sql == name)
}

/// Help that lists the columns of a view.
pub(super) fn available(object: &Object) -> String {
    let names: Vec<String> =
        object.columns.iter().map(|c| crate::sql_name::identifier(&c.sql)).collect();
    format!("its columns: {}", names.join(", "))
}

/// Columns that are also arguments of the list field: keys and references.
pub(super) fn direct_arguments(
    catalog: &Catalog,
    source: &catalog::View,
    facts: &[ColumnFacts],
    object: &Object,
    key: Option<&Key>,
) -> Vec<DirectArgument> {
    let arguments = object.columns.iter().enumerate().filter_map(|(place, column)| {
        // `where` can still filter by a column whose name is taken among the arguments.
        let is_taken = LIST_ARGUMENTS.contains(&column.field.as_str());
        if is_taken || !column.ty.is_filterable() {
            return None;
        }
        let in_key = key.is_some_and(|key| key.columns.contains(&place));
        let fact =
            source.columns.iter().position(|c| c.name == column.sql).and_then(|at| facts.get(at));
        let base = fact.and_then(|fact| fact.source.as_ref());
        let reason = match base.and_then(|base| reference(catalog, base)) {
            _ if in_key => "it is in the key".to_owned(),
            Some(reason) => reason,
            None => return None,
        };
        Some(DirectArgument { column: place, reason })
    });
    arguments.collect()
}

/// Why people look rows up by this base column.
fn reference(catalog: &Catalog, base: &BaseColumn) -> Option<String> {
    let table = catalog.tables.get(&base.table)?;
    let key = table.keys.iter().find(|key| key.columns == [base.column.clone()]);
    if let Some(key) = key {
        let kind = if key.primary { "the primary key" } else { "unique" };
        return Some(format!("{}.{} is {kind}", base.table, base.column));
    }
    let foreign = table.foreign_keys.iter().find(|key| key.columns.contains(&base.column))?;
    Some(format!("{}.{} refers to {}", base.table, base.column, foreign.target))
}
