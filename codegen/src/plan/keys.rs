//! What identifies a row of a view, the fields that find one, and which columns are direct
//! arguments of its list field.
//!
//! Keys are proven from the query (`identity`), or declared by `@key`, and then only those count.
//! Each gives a field, `ordersById`. One of them is the key that decides the order of rows: the
//! first that is declared; of proven ones the best of those that are never null, which a key that
//! only finds rows need not be.

use std::cmp::Reverse;

use super::Planner;
use super::columns::{BaseColumn, ColumnFacts};
use super::identity::Rank;
use super::model::{DirectArgument, Key, Lookup, Object, Origin, Rename};
use super::names::{self, GraphqlName};
use super::registry::LIST_ARGUMENTS;
use super::tags::view_label;
use crate::catalog::{self, Catalog, PgName};
use crate::comment::{Comment, KeyTag};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// The keys of a view.
#[derive(Default)]
pub(super) struct Keys {
    /// The one that decides the order of rows.
    pub(super) primary: Option<Key>,
    /// The fields that find a row.
    pub(super) lookups: Vec<Lookup>,
    /// What was left out, for `--explain`.
    pub(super) notes: Vec<String>,
}

/// How many columns a key may have to give a field that nobody asked for.
const MOST_COLUMNS: usize = 4;

/// How many such fields a view has. A new key of a table must not push out an old one, so this is
/// more than a view should ever need.
const MOST_LOOKUPS: usize = 8;

impl Planner<'_> {
    /// The keys of a view, as far as they are known.
    pub(super) fn keys(
        &mut self,
        name: &PgName,
        source: &catalog::View,
        comment: &Comment,
        object: &Object,
        list: &GraphqlName,
    ) -> Keys {
        let proven = self.proven_keys(name, source, object);
        let mut keys = Keys::default();
        if comment.keys.is_empty() {
            keys.primary = proven.iter().find(|key| !is_nullable(object, key)).cloned();
            for key in proven {
                match too_much(&key, keys.lookups.len()) {
                    Some(why) => keys.notes.push(unused(object, &key, &why)),
                    None => keys.lookups.push(lookup(object, list, key, None)),
                }
            }
        } else {
            let declared = self.declared_keys(&view_label(name, source), object, &comment.keys);
            keys.primary = declared.first().map(|(key, _)| key.clone());
            for &column in keys.primary.iter().flat_map(|key| &key.columns) {
                self.warn_of_nullable_key(name, source, object, column);
            }
            let is_declared =
                |key: &Key| declared.iter().any(|(other, _)| same_columns(other, key));
            let why = "the view has `@key`, and so only those that it names";
            let others = proven.iter().filter(|key| !is_declared(key));
            keys.notes.extend(others.map(|key| unused(object, key, why)));
            let lookups = declared.into_iter();
            keys.lookups = lookups.map(|(key, field)| lookup(object, list, key, field)).collect();
        }
        name_origins(&view_label(name, source), source.comment.as_deref(), object, &mut keys);
        keys
    }

    /// The keys that the query proves and whose columns are in the API, the best first: what is
    /// never null before what may be, primary keys before unique ones before others, short before
    /// long, then by the order of the columns.
    fn proven_keys(&self, name: &PgName, source: &catalog::View, object: &Object) -> Vec<Key> {
        let place = |column: &usize| {
            let place = position(object, &source.columns.get(*column)?.name)?;
            object.columns.get(place)?.ty.is_sortable().then_some(place)
        };
        let known = self.identities.get(name).map(|identity| identity.keys.as_slice());
        let keys = known.unwrap_or_default().iter().filter_map(|key| {
            let columns: Vec<usize> = key.columns.iter().map(place).collect::<Option<_>>()?;
            let found = Key { columns, reason: key.reason.clone() };
            // Of what an outer join leaves out, or a group of nulls, nobody expects a key.
            let odd = key.rank == Rank::Derived && is_nullable(object, &found);
            (!found.columns.is_empty() && !odd).then_some((key.rank, found))
        });
        let mut keys: Vec<_> = keys.collect();
        keys.sort_by_cached_key(|(rank, key)| {
            let never_null = !is_nullable(object, key);
            (Reverse(never_null), *rank, key.columns.len(), key.columns.clone())
        });
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// The keys of `@key`, with the names of their fields; what does not fit is reported.
    fn declared_keys(
        &mut self,
        label: &str,
        object: &Object,
        tags: &[KeyTag],
    ) -> Vec<(Key, Option<GraphqlName>)> {
        let mut keys: Vec<(Key, Option<GraphqlName>)> = Vec::new();
        for tag in tags {
            let Some(columns) = self.declared_key(label, object, &tag.columns) else { continue };
            let key = Key { columns, reason: "its comment says `@key`".to_owned() };
            if keys.iter().any(|(other, _)| same_columns(other, &key)) {
                let message = format!("`@key {}` stands twice", tag.columns.join(", "));
                self.invalid_reference(label, message, "keep one of them".to_owned());
                continue;
            }
            let field = tag.field.as_ref().and_then(|field| GraphqlName::new(field).ok());
            keys.push((key, field));
        }
        keys
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
                let fits =
                    |place: &usize| object.columns.get(*place).is_some_and(|c| c.ty.is_sortable());
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
        let sql = sql_name::comment_with(&column.origin.object, "@notnull", text);
        let mut diagnostic = Diagnostic::new(Code::NullableKey, message)
            .at(&column.origin.object, "")
            .at(view_label(name, source), "has it in its key");
        for reason in &column.nullability.reasons {
            diagnostic = diagnostic.note(reason);
        }
        self.diagnostics.push(diagnostic.help(format!("if it never is, say so:\n{sql}")));
    }
}

fn is_nullable(object: &Object, key: &Key) -> bool {
    key.columns(object).any(|column| column.nullability.nullable)
}

fn same_columns(one: &Key, other: &Key) -> bool {
    one.columns.len() == other.columns.len()
        && one.columns.iter().all(|column| other.columns.contains(column))
}

/// Why a proven key gives no field.
fn too_much(key: &Key, lookups: usize) -> Option<String> {
    if key.columns.len() > MOST_COLUMNS {
        Some(format!("it has more than {MOST_COLUMNS} columns"))
    } else if lookups >= MOST_LOOKUPS {
        Some(format!("there are {MOST_LOOKUPS} such fields already"))
    } else {
        None
    }
}

/// Says that a key gives no field, with the tag that changes that.
fn unused(object: &Object, key: &Key, why: &str) -> String {
    let columns = listed(object, key);
    format!("no field finds a row by ({columns}), because {why}; a tag for one: @key {columns}")
}

/// The columns of a key as a tag names them.
fn listed(object: &Object, key: &Key) -> String {
    let columns = key.columns(object).map(|column| sql_name::identifier(&column.sql));
    columns.collect::<Vec<_>>().join(", ")
}

fn lookup(object: &Object, list: &GraphqlName, key: Key, field: Option<GraphqlName>) -> Lookup {
    let named = if field.is_some() { "named by `@key`" } else { "by its name and columns" };
    let columns = key.columns(object).map(|column| &column.field);
    let field = field.unwrap_or_else(|| names::by_columns(list, columns));
    let how = format!("finds a row by ({}), {named}", listed(object, &key));
    let origin = Origin { object: String::new(), how, rename: Rename::Never };
    Lookup { key, field, origin }
}

/// Completes the origins of all lookups, which takes all of them: to rename one by `@key`, the
/// others must be named too.
fn name_origins(label: &str, comment: Option<&str>, object: &Object, keys: &mut Keys) {
    let rest: Vec<&str> = comment
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("@key"))
        .collect();
    let rest = rest.join("\n");
    let tags = |renamed: &Lookup| {
        let tags = keys.lookups.iter().map(|lookup| {
            let columns = listed(object, &lookup.key);
            match lookup.field == renamed.field {
                true => format!("@key {columns} as other{}", lookup.field.as_type()),
                false => format!("@key {columns}"),
            }
        });
        tags.collect::<Vec<_>>().join("\n")
    };
    let help = keys.lookups.iter().map(|lookup| {
        let sql = sql_name::comment_with(label, &tags(lookup), Some(&rest));
        format!("give the field another name, or name only the keys that it is to have:\n{sql}")
    });
    let help: Vec<String> = help.collect();
    for (lookup, help) in keys.lookups.iter_mut().zip(help) {
        lookup.origin.object = label.to_owned();
        lookup.origin.rename = Rename::Sql(help);
    }
}

/// The place of a column, by its SQL name.
pub(super) fn position(object: &Object, name: &str) -> Option<usize> {
    object.columns.iter().position(|column| column.sql == name)
}

/// Help that lists the columns of a view.
pub(super) fn available(object: &Object) -> String {
    let names: Vec<String> = object.columns.iter().map(|c| sql_name::identifier(&c.sql)).collect();
    format!("its columns: {}", names.join(", "))
}

/// Columns that are also arguments of the list field: keys and references.
pub(super) fn direct_arguments(
    catalog: &Catalog,
    source: &catalog::View,
    facts: &[ColumnFacts],
    object: &Object,
    keys: &Keys,
) -> Vec<DirectArgument> {
    let arguments = object.columns.iter().enumerate().filter_map(|(place, column)| {
        // `where` can still filter by a column whose name is taken among the arguments.
        let is_taken = LIST_ARGUMENTS.contains(&column.field.as_str());
        if is_taken || !column.ty.is_sortable() {
            return None;
        }
        let all = keys.primary.iter().chain(keys.lookups.iter().map(|lookup| &lookup.key));
        let in_key = all.into_iter().any(|key| key.columns.contains(&place));
        let fact =
            source.columns.iter().position(|c| c.name == column.sql).and_then(|at| facts.get(at));
        let base = fact.and_then(|fact| fact.source.as_ref());
        let reason = match base.and_then(|base| reference(catalog, base)) {
            _ if in_key => "it is in a key".to_owned(),
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
