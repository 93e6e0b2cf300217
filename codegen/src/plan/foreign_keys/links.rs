//! The foreign keys between views: whose columns a view has, and where they lead.

use std::collections::BTreeMap;

use super::stands::{Stand, Stands};
use super::{Link, Source, constraint_label, relation_tag};
use crate::catalog::{ForeignKey, PgName};
use crate::comment::{Comment, RelationTag};
use crate::plan::Planner;
use crate::plan::identity;
use crate::plan::model::{Column, View};
use crate::sql_name;

/// Why no relation follows from a foreign key.
pub(super) enum NoLink {
    /// No view stands for the table, or columns differ: a note for `--explain`.
    Note(String),
    /// Several views could stand for the table.
    Ambiguous {
        /// The foreign key.
        constraint: String,
        /// The table.
        table: PgName,
        /// The views, each with the tag that chooses it.
        candidates: Vec<(PgName, String)>,
    },
}

/// A foreign key with its comment, as one view has it.
struct Owned<'a> {
    view: &'a PgName,
    table: &'a PgName,
    key: &'a ForeignKey,
    comment: &'a Comment,
    columns: Vec<&'a Column>,
}

/// The comments of foreign keys, by table and name.
pub(super) type Comments = BTreeMap<(PgName, String), Comment>;

impl Planner<'_> {
    /// The foreign keys that a view has, or why they lead nowhere.
    pub(super) fn links(
        &self,
        name: &PgName,
        views: &BTreeMap<PgName, View>,
        stands: &Stands,
        comments: &Comments,
    ) -> Vec<Result<Link, NoLink>> {
        let Some(view) = views.get(name) else { return Vec::new() };
        let sources = self.sources(name, view);
        let mut links = Vec::new();
        // Each column that starts a foreign key, with the columns of the same row.
        for first in &sources {
            let table = &first.base.table;
            let Some(keys) = self.catalog.tables.get(table).map(|table| &table.foreign_keys) else {
                continue;
            };
            for key in keys.iter().filter(|key| key.columns.first() == Some(&first.base.column)) {
                let Some(columns) = same_row(&sources, first, key) else { continue };
                let comment = comments.get(&(table.clone(), key.name.clone()));
                let Some(comment) = comment.filter(|comment| !comment.omit) else { continue };
                let owned = Owned { view: name, table, key, comment, columns };
                links.extend(self.link(&owned, views, stands));
            }
        }
        links
    }

    fn link(
        &self,
        owned: &Owned<'_>,
        views: &BTreeMap<PgName, View>,
        stands: &Stands,
    ) -> Option<Result<Link, NoLink>> {
        let Owned { view, key, .. } = owned;
        let declared = self.declared(owned);
        let is_declared = |stand: &&Stand| {
            declared.is_some_and(|tag| tag.target.resolve(&view.schema) == stand.view)
        };
        let candidates = stands.candidates(key);
        let found = || stands.find(key, &view.schema);
        let Some(stand) = candidates.iter().find(is_declared).or_else(found) else {
            // Whatever the tag says is what is wanted.
            return declared.is_none().then(|| Err(not_found(owned, candidates)));
        };
        let columns = stand.in_order(key);
        let object = &views.get(&stand.view)?.object;
        for (mine, theirs) in owned.columns.iter().zip(&columns) {
            let theirs = object.columns.iter().find(|column| column.sql == *theirs)?;
            if !mine.ty.is_comparable_with(&theirs.ty) {
                let why = format!("it differs in type from {}.{}", stand.view, theirs.sql);
                return declared.is_none().then(|| Err(NoLink::Note(note(owned, &why))));
            }
        }
        let own = owned.columns.iter().map(|column| column.sql.clone());
        Some(Ok(Link {
            from: (*view).clone(),
            to: stand.view.clone(),
            columns: own.zip(columns).collect(),
            table: owned.table.clone(),
            constraint: constraint_label(owned.table, key),
            always: self.always(owned, stand),
            name: owned.comment.name.clone(),
            inverse: owned.comment.inverse.clone(),
            description: owned.comment.description.clone(),
            referenced: key.target_columns.clone(),
        }))
    }

    /// The tag that declares a relation along a foreign key.
    fn declared(&self, owned: &Owned<'_>) -> Option<&RelationTag> {
        let tags = self.exposed.get(owned.view).map(|comment| comment.relations.as_slice());
        tags.unwrap_or_default().iter().find(|tag| {
            tag.columns.len() == owned.columns.len()
                && owned.columns.iter().all(|column| tag.columns.contains(&column.sql))
        })
    }

    /// Whether each row of a view has its partner in another, or why not.
    fn always(&self, owned: &Owned<'_>, stand: &Stand) -> Result<String, String> {
        let Owned { view, key, columns, .. } = owned;
        if let Some(column) = columns.iter().find(|column| column.nullability.nullable) {
            return Err(format!("there may be none, as {} may be null", column.sql));
        }
        if !key.always() {
            return Err(
                "there may be none, as the foreign key is not validated, is deferrable, or \
                        does not hold for tables that inherit"
                    .to_owned(),
            );
        }
        if !self.identities.get(view).is_some_and(|identity| identity.live) {
            return Err("there may be none, as a materialized view may be out of date".to_owned());
        }
        match identity::incomplete(self.catalog, &stand.view, &stand.instance) {
            Some(why) => Err(format!("there may be none, as {why}")),
            None => Ok("there always is one, as the foreign key is never null and the view has \
                        every row of its table"
                .to_owned()),
        }
    }
}

/// The columns of a view that are those of a foreign key, of the row that one of them is from.
fn same_row<'a>(
    sources: &[Source<'a>],
    first: &Source<'a>,
    key: &ForeignKey,
) -> Option<Vec<&'a Column>> {
    let is_same_row = |other: &&Source<'a>| {
        other.base.table == first.base.table
            && (key.columns.len() == 1 || other.instance.is_some())
            && other.instance == first.instance
    };
    let column = |name: &String| {
        let is = |other: &&Source<'a>| other.base.column == *name;
        Some(sources.iter().filter(is_same_row).find(is)?.column)
    };
    let own: Vec<&Column> = key.columns.iter().map(column).collect::<Option<_>>()?;
    // Of a column that is there twice, the first counts.
    let is_first = own.first().is_some_and(|column| column.sql == first.column.sql);
    match first.instance {
        Some(_) => is_first.then_some(own),
        None => Some(vec![first.column]),
    }
}

fn not_found(owned: &Owned<'_>, candidates: &[Stand]) -> NoLink {
    let Owned { key, table, .. } = owned;
    let own: Vec<&String> = owned.columns.iter().map(|column| &column.sql).collect();
    if candidates.is_empty() {
        let columns = key.target_columns.join(", ");
        return NoLink::Note(note(
            owned,
            &format!("no view has {} ({columns}) for its key", key.target),
        ));
    }
    let field = super::fields::short_name(&own, &key.target_columns);
    let field = field.map_or_else(|| "other".to_owned(), |field| field.to_string());
    let candidates = candidates.iter().map(|stand| {
        let theirs = stand.in_order(key);
        let tag = relation_tag(&field, &own, &stand.view, &theirs.iter().collect::<Vec<_>>());
        (stand.view.clone(), tag)
    });
    NoLink::Ambiguous {
        constraint: constraint_label(table, key),
        table: key.target.clone(),
        candidates: candidates.collect(),
    }
}

fn note(owned: &Owned<'_>, why: &str) -> String {
    let columns: Vec<String> =
        owned.columns.iter().map(|column| sql_name::identifier(&column.sql)).collect();
    format!("no relation follows from the foreign key of {}: {why}", columns.join(", "))
}
