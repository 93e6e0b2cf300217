//! Relations: fields that lead from a row of one view to rows of another.
//!
//! Here are those that `@relation` declares; `foreign_keys` has those that need no tag.

use std::collections::BTreeMap;

use super::Planner;
use super::foreign_keys::description;
use super::keys::{available, position};
use super::model::{Cardinality, Origin, Relation, Rename, View};
use super::names::GraphqlName;
use super::tags::view_label;
use crate::catalog::PgName;
use crate::comment::RelationTag;
use crate::sql_name;
use crate::suggestion::suggestion;

impl Planner<'_> {
    /// Adds the declared relations to all views.
    pub(super) fn relations(&mut self, views: &mut BTreeMap<PgName, View>) {
        let exposed = self.exposed.clone();
        for (name, comment) in &exposed {
            let relations: Vec<Relation> = comment
                .relations
                .iter()
                .filter_map(|tag| self.relation(views, name, tag))
                .collect();
            if let Some(view) = views.get_mut(name) {
                view.object.relations = relations;
            }
        }
    }

    fn relation(
        &mut self,
        views: &BTreeMap<PgName, View>,
        name: &PgName,
        tag: &RelationTag,
    ) -> Option<Relation> {
        let view = views.get(name)?;
        let label = view_label(name, self.catalog.views.get(name)?);
        let target_name = tag.target.resolve(&name.schema);
        let Some(target) = views.get(&target_name) else {
            let message = format!(
                "`@relation {}` refers to `{target_name}`, which is no view of the API",
                tag.field
            );
            // As the tag may write them; a schema in common would make all of them alike.
            let written = |view: &PgName| match view.schema == name.schema {
                true => sql_name::identifier(&view.name),
                false => sql_name::qualified(view),
            };
            let known: Vec<String> = views.keys().map(written).collect();
            let help = suggestion(&written(&target_name), &known);
            self.invalid_reference(&label, message, help);
            return None;
        };
        let pairs = tag.columns.iter().zip(&tag.target_columns);
        let fits: Vec<Option<(String, String)>> = pairs
            .map(|(own, other)| self.pair(&label, &tag.field, (view, own), (target, other)))
            .collect();
        let columns = fits.into_iter().collect::<Option<Vec<_>>>()?;
        let field = GraphqlName::new(tag.field.clone()).ok()?;
        let rename = Rename::Sql(format!(
            "give the relation another name in the comment of {label}:\n@relation other{} …",
            field.as_type()
        ));
        let how = format!("relation `{}` of its comment", tag.field);
        let compared: Vec<&str> = tag.target_columns.iter().map(String::as_str).collect();
        let (cardinality, reason) = cardinality(self, &target_name, target, &compared);
        Some(Relation {
            field,
            origin: Origin { object: label, how, rename },
            cardinality,
            reason,
            description: description(&view.object, &target.object, &columns, cardinality),
            target: target_name,
            columns,
        })
    }

    /// Checks that both columns exist and have the same type.
    fn pair(
        &mut self,
        label: &str,
        field: &str,
        (own, own_name): (&View, &str),
        (other, other_name): (&View, &str),
    ) -> Option<(String, String)> {
        let mut find = |View { object, .. }: &View, name: &str| {
            let found = position(object, name).and_then(|place| object.columns.get(place).cloned());
            if found.is_none() {
                let message = format!(
                    "`@relation {field}` names `{name}`, which is no column of the type `{}`",
                    object.name
                );
                self.invalid_reference(label, message, available(object));
            }
            found
        };
        let (mine, theirs) = (find(own, own_name), find(other, other_name));
        let (mine, theirs) = (mine?, theirs?);
        if !mine.ty.is_comparable_with(&theirs.ty) {
            let message = format!("`@relation {field}` compares columns that cannot be compared");
            let help = format!(
                "`{own_name}` is of type {}, `{other_name}` of type {}; cast one in its view",
                self.sql_type(own, own_name),
                self.sql_type(other, other_name)
            );
            self.invalid_reference(label, message, help);
            return None;
        }
        Some((own_name.to_owned(), other_name.to_owned()))
    }

    /// The type of a column of a view as SQL says it.
    fn sql_type(&self, view: &View, column: &str) -> String {
        let columns = self.catalog.views.get(&view.sql).map(|view| &view.columns);
        let found = columns.and_then(|columns| columns.iter().find(|c| c.name == column));
        found.map(|column| sql_name::short_type(&column.ty)).unwrap_or_default()
    }

    /// The keys of a view by the names of their columns: those that are proven, and those that are
    /// declared.
    pub(super) fn row_keys(&self, name: &PgName, view: &View) -> Vec<Vec<String>> {
        let columns = self.catalog.views.get(name).map(|source| source.columns.as_slice());
        let columns = columns.unwrap_or_default();
        let known = self.identities.get(name).map(|identity| identity.keys.as_slice());
        let proven = known.unwrap_or_default().iter().map(|key| {
            let names = key.columns.iter().filter_map(|place| columns.get(*place));
            names.map(|column| column.name.clone()).collect()
        });
        let declared = view.lookups.iter().map(|lookup| {
            lookup.key.columns(&view.object).map(|column| column.sql.clone()).collect()
        });
        proven.chain(declared).collect()
    }
}

/// How many rows of a view have given values in some columns: at most one if a key is among them.
pub(super) fn cardinality(
    planner: &Planner<'_>,
    name: &PgName,
    view: &View,
    columns: &[&str],
) -> (Cardinality, String) {
    let keys = planner.row_keys(name, view);
    let compared = |key: &&Vec<String>| key.iter().all(|name| columns.contains(&name.as_str()));
    match keys.iter().find(compared) {
        Some(key) if key.is_empty() => {
            (Cardinality::Optional, format!("{name} has at most one row"))
        }
        Some(key) => {
            (Cardinality::Optional, format!("({}) identifies a row of {name}", key.join(", ")))
        }
        None => (Cardinality::Many, String::new()),
    }
}
