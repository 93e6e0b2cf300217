//! Relations that nobody has to declare: those along foreign keys.
//!
//! A foreign key counts for a view that has all of its columns, unchanged and of one row of the
//! table. It leads to the view that *stands for* the referenced table: its key is what the foreign
//! key refers to. Of several such views it is the one with the name of the table, as in
//! `v_customers` for `customers` or, without what is before the first `_`, `tb_customers`. If that
//! does not decide, there is no relation, and `--explain` says so.
//!
//! The field that leads there is called like the column without `_id`, or else like the target's
//! list; the one that leads back like this view's list, with `By` and the columns if there are
//! several ways. A declared relation between the same columns replaces an inferred one, whatever
//! its name, and a name that is taken for something else stays what it is.

use std::collections::BTreeMap;

use super::Planner;
use super::columns::BaseColumn;
use super::model::{Cardinality, Column, Origin, Relation, Rename, View};
use super::names::{self, GraphqlName};
use super::tags::view_label;
use crate::catalog::{ForeignKey, PgName};
use crate::sql_name;

/// A column of a view that is one of a base table.
struct Source<'a> {
    column: &'a Column,
    base: &'a BaseColumn,
    /// Which reading of the table it is from.
    instance: Option<&'a [usize]>,
}

/// A foreign key between two views.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Link {
    from: PgName,
    to: PgName,
    /// Pairs of columns of the two.
    columns: Vec<(String, String)>,
    /// The foreign key, in words.
    how: String,
}

impl Planner<'_> {
    /// Adds the relations that foreign keys give, in both directions.
    pub(super) fn foreign_keys(&self, views: &mut BTreeMap<PgName, View>) {
        let mut links: Vec<Link> = Vec::new();
        let mut notes: Vec<(PgName, String)> = Vec::new();
        let stands = Stands::new(self, views);
        for (name, view) in views.iter() {
            for link in self.links(name, view, views, &stands) {
                match link {
                    Ok(link) => {
                        let same = |other: &Link| {
                            (&other.from, &other.to, &other.columns)
                                == (&link.from, &link.to, &link.columns)
                        };
                        if !links.iter().any(same) {
                            links.push(link);
                        }
                    }
                    Err(note) => notes.push((name.clone(), note)),
                }
            }
        }
        for link in &links {
            self.forward(views, link);
        }
        for link in &links {
            let siblings =
                links.iter().filter(|other| (&other.from, &other.to) == (&link.from, &link.to));
            self.backward(views, link, siblings.count() > 1);
        }
        for (name, note) in notes {
            if let Some(view) = views.get_mut(&name) {
                view.notes.push(note);
            }
        }
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

    /// The foreign keys that a view has, or why they lead nowhere.
    fn links(
        &self,
        name: &PgName,
        view: &View,
        views: &BTreeMap<PgName, View>,
        stands: &Stands,
    ) -> Vec<Result<Link, String>> {
        let sources = self.sources(name, view);
        let mut links = Vec::new();
        // Each column that starts a foreign key, with the columns of the same row.
        for first in &sources {
            let Some(table) = self.catalog.tables.get(&first.base.table) else { continue };
            for key in &table.foreign_keys {
                if key.columns.first() != Some(&first.base.column) {
                    continue;
                }
                let same_row = |other: &&Source<'_>| {
                    other.base.table == first.base.table
                        && (key.columns.len() == 1 || other.instance.is_some())
                        && other.instance == first.instance
                };
                let own: Option<Vec<&Column>> = key
                    .columns
                    .iter()
                    .map(|column| {
                        let is = |other: &&Source<'_>| other.base.column == *column;
                        Some(sources.iter().filter(same_row).find(is)?.column)
                    })
                    .collect();
                let Some(own) = own else { continue };
                // Of a column that is there twice, the first counts.
                if first.instance.is_some()
                    && own.first().is_some_and(|c| c.sql != first.column.sql)
                {
                    continue;
                }
                let own = if key.columns.len() == 1 { vec![first.column] } else { own };
                links.extend(self.link(name, &first.base.table, key, &own, views, stands));
            }
        }
        links
    }

    fn link(
        &self,
        name: &PgName,
        table: &PgName,
        key: &ForeignKey,
        own: &[&Column],
        views: &BTreeMap<PgName, View>,
        stands: &Stands,
    ) -> Option<Result<Link, String>> {
        let listed = own.iter().map(|column| sql_name::identifier(&column.sql));
        let listed = listed.collect::<Vec<_>>().join(", ");
        let declared = self.exposed.get(name).is_some_and(|comment| {
            comment.relations.iter().any(|tag| {
                tag.columns.len() == own.len()
                    && own.iter().all(|column| tag.columns.contains(&column.sql))
            })
        });
        let note = |why: String| {
            let note = format!("no relation follows from the foreign key of {listed}: {why}");
            (!declared).then_some(Err(note))
        };
        let (target, columns) = match stands.find(key) {
            Ok(found) => found,
            Err(why) => return note(why),
        };
        let object = &views.get(target)?.object;
        for (mine, theirs) in own.iter().zip(&columns) {
            let theirs = object.columns.iter().find(|column| column.sql == **theirs)?;
            if mine.ty != theirs.ty || !mine.ty.is_filterable() {
                return note(format!("it differs in type from {}.{}", target, theirs.sql));
            }
        }
        let pairs = own.iter().zip(columns).map(|(own, other)| (own.sql.clone(), other.clone()));
        let how = format!("a foreign key of {table} ({})", key.columns.join(", "));
        Some(Ok(Link { from: name.clone(), to: target.clone(), columns: pairs.collect(), how }))
    }

    /// Adds the field that leads from the referencing row to the referenced one.
    fn forward(&self, views: &mut BTreeMap<PgName, View>, link: &Link) {
        let Some(target) = views.get(&link.to) else { return };
        let list = target.list.field.clone();
        let description = target.object.description.clone();
        let short = match link.columns.as_slice() {
            [(column, _)] => column.strip_suffix("_id").filter(|rest| !rest.is_empty()),
            _ => None,
        };
        let field = short.and_then(|short| names::field_name(short).ok()).unwrap_or(list);
        let (columns, cardinality) = (link.columns.clone(), Cardinality::Optional);
        self.add(
            views,
            &link.from,
            link,
            Inferred { field, target: &link.to, columns, cardinality, description },
        );
    }

    /// Adds the field that leads from the referenced row to those that refer to it.
    fn backward(&self, views: &mut BTreeMap<PgName, View>, link: &Link, one_of_several: bool) {
        let Some(source) = views.get(&link.from) else { return };
        let mut field = source.list.field.clone();
        let description = source.object.description.clone();
        if one_of_several {
            let columns = link.columns.iter().filter_map(|(name, _)| {
                source.object.columns.iter().find(|column| column.sql == *name)
            });
            let suffix: String = columns.map(|c| c.field.as_type().as_str().to_owned()).collect();
            field = field.with_suffix(&format!("By{suffix}"));
        }
        let columns = link.columns.iter().map(|(own, other)| (other.clone(), own.clone()));
        let (columns, cardinality) = (columns.collect(), Cardinality::Many);
        self.add(
            views,
            &link.to,
            link,
            Inferred { field, target: &link.from, columns, cardinality, description },
        );
    }

    /// Adds a relation to a view, unless it is declared or its name is taken.
    fn add(
        &self,
        views: &mut BTreeMap<PgName, View>,
        name: &PgName,
        link: &Link,
        inferred: Inferred<'_>,
    ) {
        let (Some(view), Some(source)) = (views.get_mut(name), self.catalog.views.get(name)) else {
            return;
        };
        let Inferred { field, target, columns, cardinality, description } = inferred;
        let same = |relation: &Relation| {
            relation.target == *target
                && relation.columns.len() == columns.len()
                && columns.iter().all(|pair| relation.columns.contains(pair))
        };
        if view.object.relations.iter().any(same) {
            return;
        }
        let is_taken = |other: &GraphqlName| other.as_str().eq_ignore_ascii_case(field.as_str());
        let object = &view.object;
        let tag = |field: &str| {
            let list = |names: Vec<&String>| {
                let names: Vec<String> =
                    names.into_iter().map(|n| sql_name::identifier(n)).collect();
                names.join(", ")
            };
            format!(
                "@relation {field} ({}) references {} ({})",
                list(columns.iter().map(|(own, _)| own).collect()),
                sql_name::qualified(target),
                list(columns.iter().map(|(_, other)| other).collect()),
            )
        };
        let mut taken = (object.columns.iter().map(|column| &column.field))
            .chain(object.relations.iter().map(|relation| &relation.field));
        if taken.any(is_taken) {
            let note = format!("`{field}` is taken; another name needs a tag: {}", tag("other"));
            view.notes.push(note);
            return;
        }
        let object = view_label(name, source);
        let rename = Rename::Sql(format!(
            "give the relation another name in the comment of {object}:\n{}",
            tag("other")
        ));
        let origin = Origin { object, how: link.how.clone(), rename };
        let target = target.clone();
        let relation = Relation { field, origin, target, columns, cardinality, description };
        view.object.relations.push(relation);
    }
}

/// A relation that is about to be added.
struct Inferred<'a> {
    field: GraphqlName,
    target: &'a PgName,
    columns: Vec<(String, String)>,
    cardinality: Cardinality,
    description: String,
}

/// A table or view and some of its columns.
type Columns = (PgName, Vec<String>);

/// Which views stand for which tables.
struct Stands {
    /// By table and the columns of a key: the views with that key, and what it is called there.
    views: BTreeMap<Columns, Vec<Columns>>,
    prefix: String,
}

impl Stands {
    fn new(planner: &Planner<'_>, views: &BTreeMap<PgName, View>) -> Self {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, view) in views {
            let Some(key) = &view.key else { continue };
            let sources = planner.sources(name, view);
            let columns = key.columns.iter().filter_map(|place| view.object.columns.get(*place));
            let sources: Option<Vec<&Source<'_>>> = columns
                .map(|column| sources.iter().find(|source| source.column.sql == column.sql))
                .collect();
            let Some(mut sources) = sources else { continue };
            let Some(first) = sources.first().copied() else { continue };
            let one_row = sources.iter().all(|source| {
                source.base.table == first.base.table
                    && source.instance == first.instance
                    && (sources.len() == 1 || source.instance.is_some())
            });
            if one_row {
                sources.sort_by_key(|source| &source.base.column);
                let base = sources.iter().map(|source| source.base.column.clone()).collect();
                let own = sources.iter().map(|source| source.column.sql.clone()).collect();
                found
                    .entry((first.base.table.clone(), base))
                    .or_default()
                    .push((name.clone(), own));
            }
        }
        Self { views: found, prefix: planner.config.view_prefix.clone() }
    }

    /// The view that stands for what a foreign key refers to, and its columns in the order of the
    /// foreign key; or why there is none.
    fn find(&self, key: &ForeignKey) -> Result<(&PgName, Vec<&String>), String> {
        let mut columns = key.target_columns.clone();
        columns.sort();
        let listed = key.target_columns.join(", ");
        let candidates = self.views.get(&(key.target.clone(), columns.clone()));
        let candidates = candidates.map(Vec::as_slice).unwrap_or_default();
        let short = |view: &PgName| names::without_prefix(&view.name, &self.prefix).to_owned();
        let table = key.target.name.as_str();
        let without = table.split_once('_').map_or(table, |(_, rest)| rest);
        let called = |name: &str| {
            let mut views = candidates.iter().filter(|(view, _)| short(view) == name);
            views.next().filter(|_| views.next().is_none())
        };
        let only = match candidates {
            [only] => Some(only),
            _ => called(table).or_else(|| called(without)),
        };
        let Some((view, own)) = only else {
            let names: Vec<String> = candidates.iter().map(|(view, _)| view.to_string()).collect();
            return Err(if names.is_empty() {
                format!("no view has {} ({listed}) for its key", key.target)
            } else {
                format!("{} all have {} ({listed}) for their key", names.join(", "), key.target)
            });
        };
        let place = |column: &String| columns.iter().position(|other| other == column);
        let ordered = key.target_columns.iter().filter_map(|column| own.get(place(column)?));
        Ok((view, ordered.collect()))
    }
}
