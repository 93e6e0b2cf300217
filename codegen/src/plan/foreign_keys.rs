//! Relations that nobody has to declare: those along foreign keys.
//!
//! A foreign key counts for a view that has all of its columns, unchanged and of one row of the
//! table. It leads to the view that *stands for* the referenced table: its key is what the foreign
//! key refers to. Of several such views it is the one with the name of the table, as in
//! `v_customers` for `customers` or, without what is before the first `_`, `tb_customers`; where
//! schemas share that name, the one beside the referring view. If that does not decide, there is no relation, and that is reported.
//!
//! The field that leads there is called like the column without `_id` or the name of the column
//! that it refers to; a column that ends in neither is followed by the name of the target's list,
//! and where columns say nothing that is the name. Of several columns those that have the same name
//! in both tables say nothing. The one that leads back is called like this
//! view's list, with `By` and the column or that field if there are several ways. The comment of the constraint may say
//! otherwise: `@name`, `@inverse`, `@omit`. A declared relation between the same columns replaces
//! an inferred one, whatever its name, and a name that is taken for something else stays what it
//! is.
//!
//! - `stands`: which view stands for which table;
//! - `links`: which foreign keys a view has, and where they lead;
//! - `fields`: names and descriptions.

mod fields;
mod links;
mod stands;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use fields::description;
use fields::is_between;
use links::{Comments, NoLink};
use stands::Stands;

use super::Planner;
use super::columns::BaseColumn;
use super::model::{Cardinality, Column, Object, Origin, Relation, Rename, View};
use super::names::GraphqlName;
use super::relations::cardinality;
use super::tags::{Subject, view_label};
use crate::catalog::{ForeignKey, PgName};
use crate::comment::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// A column of a view that is one of a base table.
struct Source<'a> {
    column: &'a Column,
    base: &'a BaseColumn,
    /// Which reading of the table it is from.
    instance: Option<&'a [usize]>,
}

/// A foreign key between two views.
#[derive(Clone, Debug)]
struct Link {
    from: PgName,
    to: PgName,
    /// Pairs of columns of the two.
    columns: Vec<(String, String)>,
    /// The table that has the foreign key.
    table: PgName,
    /// The foreign key as `comment on` names it.
    constraint: String,
    /// Whether there always is a referenced row, and why (not).
    always: Result<String, String>,
    /// `@name` of the constraint.
    name: Option<String>,
    /// `@inverse` of the constraint.
    inverse: Option<String>,
    /// The text of the constraint's comment.
    description: String,
    /// The columns that it refers to, as the table calls them.
    referenced: Vec<String>,
}

impl Link {
    /// What tells it from others: the views and their columns.
    fn ends(&self) -> (PgName, PgName, Vec<(String, String)>) {
        (self.from.clone(), self.to.clone(), self.columns.clone())
    }
}

impl Planner<'_> {
    /// Adds the relations that foreign keys give, in both directions.
    pub(super) fn foreign_keys(&mut self, views: &mut BTreeMap<PgName, View>) {
        let comments = self.constraint_comments();
        let mut links: Vec<Link> = Vec::new();
        let mut missing: Vec<(PgName, NoLink)> = Vec::new();
        let mut ends = BTreeSet::new();
        let stands = Stands::new(self, views);
        for name in views.keys() {
            for link in self.links(name, views, &stands, &comments) {
                match link {
                    Ok(link) if ends.insert(link.ends()) => links.push(link),
                    Ok(_) => {}
                    Err(why) => missing.push((name.clone(), why)),
                }
            }
        }
        choose_names(&mut links, &stands);
        let mut ways: BTreeMap<(&PgName, &PgName), usize> = BTreeMap::new();
        for link in &links {
            *ways.entry((&link.from, &link.to)).or_default() += 1;
        }
        let is_one_of_several =
            |link: &Link| ways.get(&(&link.from, &link.to)).is_some_and(|ways| *ways > 1);
        for link in &links {
            self.forward(views, link, is_one_of_several(link));
        }
        for link in &links {
            self.backward(views, link, is_one_of_several(link));
        }
        self.report_missing(views, missing);
    }

    /// The comments of the foreign keys of all tables.
    fn constraint_comments(&mut self) -> Comments {
        let tables = &self.catalog.tables;
        let keys = tables
            .iter()
            .flat_map(|(name, table)| table.foreign_keys.iter().map(move |key| (name, key)));
        let comments = keys.map(|(table, key)| {
            let object = constraint_label(table, key);
            let subject = Subject { object, text: key.comment.as_deref() };
            let comment = self.comment(&subject, Place::ForeignKey);
            ((table.clone(), key.name.clone()), comment)
        });
        comments.collect()
    }

    /// The columns of a view that are base columns.
    fn sources<'v>(&'v self, name: &PgName, view: &'v View) -> Vec<Source<'v>> {
        let (Some(source), Some(facts)) = (self.catalog.views.get(name), self.facts.get(name))
        else {
            return Vec::new();
        };
        let instances = self.identities.get(name).map(|identity| identity.instances.as_slice());
        let sources = view.object.columns.iter().filter_map(|column| {
            let place = source.columns.iter().position(|c| c.name == column.sql)?;
            let base = facts.get(place)?.source.as_ref()?;
            let instance = instances.and_then(|all| all.get(place)?.as_deref());
            Some(Source { column, base, instance })
        });
        sources.collect()
    }

    /// Adds the field that leads from the referencing row to the referenced one.
    fn forward(&self, views: &mut BTreeMap<PgName, View>, link: &Link, one_of_several: bool) {
        let (Some(from), Some(to)) = (views.get(&link.from), views.get(&link.to)) else { return };
        let (cardinality, reason) = match &link.always {
            Ok(why) => (Cardinality::One, why.clone()),
            Err(why) => (Cardinality::Optional, why.clone()),
        };
        let description = match link.description.as_str() {
            "" => description(&from.object, &to.object, &link.columns, cardinality),
            own => own.to_owned(),
        };
        let new = Inferred {
            fields: link.forward(from, to, one_of_several),
            named: link.name.is_some(),
            target: &link.to,
            columns: link.columns.clone(),
            cardinality,
            reason,
            description,
        };
        self.add(views, &link.from, link, new);
    }

    /// Adds the field that leads from the referenced row to those that refer to it.
    fn backward(&self, views: &mut BTreeMap<PgName, View>, link: &Link, one_of_several: bool) {
        let (Some(from), Some(to)) = (views.get(&link.from), views.get(&link.to)) else { return };
        let columns: Vec<(String, String)> =
            link.columns.iter().map(|(own, other)| (other.clone(), own.clone())).collect();
        let compared: Vec<&str> = columns.iter().map(|(_, theirs)| theirs.as_str()).collect();
        let (cardinality, reason) = cardinality(self, &link.from, from, &compared);
        let new = Inferred {
            fields: link.backward(from, one_of_several),
            named: link.inverse.is_some(),
            target: &link.from,
            description: description(&to.object, &from.object, &columns, cardinality),
            columns,
            cardinality,
            reason,
        };
        self.add(views, &link.to, link, new);
    }

    /// Adds a relation to a view, unless it is declared or its name is taken.
    fn add(
        &self,
        views: &mut BTreeMap<PgName, View>,
        name: &PgName,
        link: &Link,
        new: Inferred<'_>,
    ) {
        let (Some(view), Some(source)) = (views.get_mut(name), self.catalog.views.get(name)) else {
            return;
        };
        let same = |relation: &&mut Relation| {
            relation.target == *new.target && is_between(relation, &new.columns)
        };
        if let Some(declared) = view.object.relations.iter_mut().find(same) {
            declared.promise(&new);
            return;
        }
        let tag = |field: &str| {
            let (own, theirs): (Vec<_>, Vec<_>) = new.columns.iter().map(|(a, b)| (a, b)).unzip();
            relation_tag(field, &own, new.target, &theirs)
        };
        // A name that somebody chose is not given up in silence.
        let is_free = |field: &&GraphqlName| new.named || !is_taken(&view.object, field);
        let Some(field) = new.fields.iter().find(is_free).cloned() else {
            let names: Vec<String> = new.fields.iter().map(|field| format!("`{field}`")).collect();
            let names = names.join(" and ");
            let note = format!(
                "no relation to {}, because of taken names: {names}; a tag for it: {}",
                new.target,
                tag("other")
            );
            view.notes.push(note);
            return;
        };
        let object = view_label(name, source);
        let rename = Rename::Sql(format!(
            "give the relation another name in the comment of {object}:\n{}",
            tag("other")
        ));
        view.object.relations.push(Relation {
            field,
            origin: Origin { object, how: format!("foreign key {}", link.constraint), rename },
            target: new.target.clone(),
            columns: new.columns,
            cardinality: new.cardinality,
            reason: new.reason,
            description: new.description,
        });
    }

    /// Says which foreign keys lead nowhere: in the notes of views, and where somebody has to
    /// choose, once for each constraint.
    fn report_missing(
        &mut self,
        views: &mut BTreeMap<PgName, View>,
        missing: Vec<(PgName, NoLink)>,
    ) {
        let mut unclear: BTreeMap<String, Diagnostic> = BTreeMap::new();
        for (name, why) in missing {
            let (Some(view), Some(source)) = (views.get_mut(&name), self.catalog.views.get(&name))
            else {
                continue;
            };
            let (constraint, table, candidates) = match why {
                NoLink::Note(note) => {
                    view.notes.push(note);
                    continue;
                }
                NoLink::Ambiguous { constraint, table, candidates } => {
                    (constraint, table, candidates)
                }
            };
            let names: Vec<String> =
                candidates.iter().map(|(view, _)| sql_name::qualified(view)).collect();
            let tags: Vec<&str> = candidates.iter().map(|(_, tag)| tag.as_str()).collect();
            view.notes.push(format!(
                "no relation follows from {constraint}: {} all have the key of {table}; a tag \
                 chooses one: {}",
                names.join(", "),
                tags.join(", or ")
            ));
            let label = view_label(&name, source);
            let diagnostic = unclear.entry(constraint.clone()).or_insert_with(|| {
                let message = format!(
                    "no relation follows from a foreign key: `{}` could stand for table `{}`",
                    names.join("` or `"),
                    sql_name::qualified(&table)
                );
                let tag = tags.first().copied().unwrap_or_default();
                let choose = sql_name::comment_with(&label, tag, source.comment.as_deref());
                let none = sql_name::comment_with(&constraint, "@omit", None);
                Diagnostic::new(Code::AmbiguousRelation, message)
                    .at(constraint.clone(), "")
                    .note(format!("to have none: {none}"))
                    .help(format!("choose one, for example:\n{choose}"))
            });
            *diagnostic = diagnostic.clone().at(label, "has its columns");
        }
        unclear.into_values().for_each(|diagnostic| self.diagnostics.push(diagnostic));
    }
}

/// Keeps the names of a constraint's comment where they are unambiguous: a view that reads the
/// table twice has two such fields, and only the view that stands for the table is what `@inverse`
/// leads back to.
fn choose_names(links: &mut [Link], stands: &Stands) {
    let mut readings: BTreeMap<(PgName, String), usize> = BTreeMap::new();
    let of = |link: &Link| (link.from.clone(), link.constraint.clone());
    for link in links.iter() {
        *readings.entry(of(link)).or_default() += 1;
    }
    for link in links {
        let once = readings.get(&of(link)) == Some(&1);
        link.name.take_if(|_| !once);
        link.inverse.take_if(|_| !once || stands.of_table(&link.table) != Some(&link.from));
    }
}

/// A relation that is about to be added.
struct Inferred<'a> {
    /// What it may be called, the best first.
    fields: Vec<GraphqlName>,
    /// Whether a comment says so.
    named: bool,
    target: &'a PgName,
    columns: Vec<(String, String)>,
    cardinality: Cardinality,
    reason: String,
    description: String,
}

impl Relation {
    /// A declared relation that is known to follow from a foreign key keeps its name and gets the
    /// rest.
    fn promise(&mut self, inferred: &Inferred<'_>) {
        self.cardinality = inferred.cardinality;
        self.reason.clone_from(&inferred.reason);
        self.description.clone_from(&inferred.description);
    }
}

fn is_taken(object: &Object, field: &GraphqlName) -> bool {
    let columns = object.columns.iter().map(|column| &column.field);
    let mut taken = columns.chain(object.relations.iter().map(|relation| &relation.field));
    taken.any(|other| other.as_str().eq_ignore_ascii_case(field.as_str()))
}

/// A foreign key as `comment on` names it.
fn constraint_label(table: &PgName, key: &ForeignKey) -> String {
    format!("constraint {} on {}", sql_name::identifier(&key.name), sql_name::qualified(table))
}

/// `@relation shop (shop_id) references public.v_shops (id)`
fn relation_tag(field: &str, own: &[&String], target: &PgName, theirs: &[&String]) -> String {
    let list = |names: &[&String]| {
        let names: Vec<String> = names.iter().map(|name| sql_name::identifier(name)).collect();
        names.join(", ")
    };
    format!(
        "@relation {field} ({}) references {} ({})",
        list(own),
        sql_name::qualified(target),
        list(theirs)
    )
}
