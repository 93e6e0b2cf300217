//! Aggregates of related rows: one statement for all parents of a level, and one for each `groupBy`.

use futures_util::future::{try_join, try_join_all};
use tokio_postgres::Row;

use super::MAX_NESTED_ROWS;
use super::keys::{Keys, Shape};
use super::statement::write_keys;
use crate::aggregate::{Groups, Loaded, LoadedGroups, RelatedAggregate, groups_of_parents, totals};
use crate::database::Connection;
use crate::predicate::write_where;
use crate::sql::Sql;
use crate::{Code, Error, Result};

/// What the statements need to know.
struct Reader<'a> {
    connection: &'a Connection,
    field: &'a RelatedAggregate,
    keys: Keys,
    shape: Shape,
}

/// Aggregates the rows that a field leads to from each of the parents.
pub(super) async fn load_aggregate(
    connection: &Connection,
    field: &RelatedAggregate,
    parents: &[Row],
    skip: usize,
    max_page_size: u32,
) -> Result<Loaded> {
    for groups in &field.fields.groups {
        groups.arguments.check(max_page_size)?;
    }
    let keys = Keys::of(&field.slots, parents, skip)?;
    let shape = Shape::of_relation(field.object, field.relation)?;
    let reader = Reader { connection, field, keys, shape };
    let groups = field.fields.groups.iter().map(|groups| reader.groups(groups));
    let (rows, groups) = try_join(reader.totals(), try_join_all(groups)).await?;
    let mut of_key = vec![None; reader.keys.distinct.len()];
    for (index, row) in rows.iter().enumerate() {
        of_key[reader.keys.position(row, shape)?] = Some(index);
    }
    let of_parent = reader.keys.of_parent.iter().map(|key| key.and_then(|key| of_key[key]));
    let of_parent = of_parent.collect();
    Ok(Loaded { rows, skip: shape.skip(), of_parent, groups })
}

impl Reader<'_> {
    async fn totals(&self) -> Result<Vec<Row>> {
        if self.keys.distinct.is_empty() || self.field.fields.terms.is_empty() {
            return Ok(Vec::new());
        }
        let parent = |sql: &mut Sql| self.write_parent(sql);
        let sql = totals(&self.field.fields, Some(&parent), &|sql| self.write_from(sql))?;
        self.connection.query(&sql.text, &sql.params).await
    }

    async fn groups(&self, groups: &Groups) -> Result<LoadedGroups> {
        let rows = if self.keys.distinct.is_empty() {
            Vec::new()
        } else {
            let parent = |sql: &mut Sql| self.write_parent(sql);
            let from = |sql: &mut Sql| self.write_from(sql);
            let sql = groups_of_parents(groups, &parent, &from, MAX_NESTED_ROWS)?;
            self.connection.query(&sql.text, &sql.params).await?
        };
        if rows.len() > MAX_NESTED_ROWS {
            return Err(Error::new(
                Code::LimitExceeded,
                format!(
                    "`groupBy` below `{}` has more than {MAX_NESTED_ROWS} groups in all; ask for \
                     less with `limit`",
                    self.field.relation.field
                ),
            ));
        }
        let mut of_key = vec![Vec::new(); self.keys.distinct.len()];
        for (index, row) in rows.iter().enumerate() {
            of_key[self.keys.position(row, self.shape)?].push(index);
        }
        let of_parent = self.keys.of_parent.iter();
        let of_parent = of_parent.map(|key| key.map_or_else(Vec::new, |key| of_key[key].clone()));
        let of_parent = of_parent.collect();
        Ok(LoadedGroups { rows, skip: self.shape.skip(), of_parent })
    }

    /// Appends what tells parents apart: the key, or its position.
    fn write_parent(&self, sql: &mut Sql) {
        match (self.shape, self.field.relation.columns) {
            (Shape::Any { .. }, [(_, target)]) => sql.push("t.").name(target),
            _ => sql.push("p.n"),
        };
    }

    fn write_from(&self, sql: &mut Sql) -> Result<()> {
        let RelatedAggregate { object, relation, predicates, .. } = self.field;
        let view = (relation.target)();
        if let (Shape::Any { .. }, [(_, target)]) = (self.shape, relation.columns) {
            sql.push(" from ").qualified(view.schema, view.name).push(" as t where t.");
            sql.name(target).push(" = any (");
            write_keys(object, relation, &self.keys, sql)?;
            sql.push(")");
            for predicate in predicates.iter().filter(|predicate| !predicate.is_true()) {
                sql.push(" and ");
                predicate.write(sql);
            }
            return Ok(());
        }
        sql.push(" from unnest(");
        write_keys(object, relation, &self.keys, sql)?;
        sql.push(") with ordinality as p (");
        for index in 0..relation.columns.len() {
            sql.push("k").number(index as u64).push(", ");
        }
        sql.push("n) join ").qualified(view.schema, view.name).push(" as t");
        for (index, (_, target)) in relation.columns.iter().enumerate() {
            sql.push(if index == 0 { " on t." } else { " and t." }).name(target);
            sql.push(" = p.k").number(index as u64);
        }
        write_where(predicates, sql);
        Ok(())
    }
}
