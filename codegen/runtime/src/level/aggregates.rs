//! Aggregates of related rows: one statement for all parents of a level, and one for each `groupBy`.

use futures_util::future::{try_join, try_join_all};
use tokio_postgres::Row;

use super::Run;
use super::keys::Keys;
use super::statement::{Link, Shape};
use crate::aggregate::{Fields, Loaded, LoadedGroups, RelatedAggregate, groups_of_parents, totals};
use crate::explain::Explanation;
use crate::predicate::{Predicate, write_where};
use crate::sql::Sql;
use crate::{Limits, Result};

/// How the rows of a relation are aggregated.
#[derive(Debug)]
pub(crate) struct AggregateStatements {
    shape: Shape,
    /// Absent where nothing is computed of all rows of a parent.
    totals: Option<Sql>,
    /// One for each `groupBy`.
    groups: Vec<Sql>,
}

impl AggregateStatements {
    pub(crate) fn of(
        link: Link,
        predicates: &[Predicate],
        fields: &Fields,
        limits: &Limits,
    ) -> Result<Self> {
        let shape = link.shape()?;
        // What tells parents apart: the key, or its position.
        let parent = |sql: &mut Sql| {
            match (shape, link.relation.columns) {
                (Shape::Any { .. }, [(_, target)]) => sql.push("t.").name(target),
                _ => sql.push("p.n"),
            };
        };
        let from = |sql: &mut Sql| write_from(link, shape, predicates, sql);
        let totals = (!fields.terms.is_empty()).then(|| totals(fields, Some(&parent), &from));
        let groups = fields.groups.iter();
        let groups =
            groups.map(|groups| groups_of_parents(groups, &parent, &from, limits.max_rows));
        Ok(Self { shape, totals: totals.transpose()?, groups: groups.collect::<Result<_>>()? })
    }

    /// Tells the statements.
    pub(crate) fn explain(&self, to: &mut Explanation) {
        self.totals.iter().for_each(|sql| to.add("the aggregates of all parents", sql));
        self.groups.iter().for_each(|sql| to.add("the groups of all parents", sql));
    }
}

fn write_from(link: Link, shape: Shape, predicates: &[Predicate], sql: &mut Sql) -> Result<()> {
    sql.push(" from ");
    if let Shape::Any { .. } = shape {
        link.write_view(sql);
        sql.push(" where ");
        link.write_any(sql)?;
        for predicate in predicates.iter().filter(|predicate| !predicate.is_true()) {
            sql.push(" and ");
            predicate.write(sql);
        }
        return Ok(());
    }
    link.write_parents(sql)?;
    sql.push(" join ");
    link.write_view(sql);
    link.write_condition(" on ", sql);
    write_where(predicates, sql);
    Ok(())
}

/// Aggregates the rows that a field leads to from each of the parents.
pub(super) async fn load_aggregate(
    run: Run<'_>,
    field: &RelatedAggregate,
    parents: &[Row],
    skip: usize,
) -> Result<Loaded> {
    let keys = Keys::of(&field.slots, parents, skip)?;
    let AggregateStatements { shape, totals, groups } = &field.statements;
    let rows = async |sql: Option<&Sql>| match sql {
        Some(sql) if keys.len() > 0 => run.rows(sql, &keys.parts).await,
        _ => Ok(Vec::new()),
    };
    let groups = groups.iter().map(async |sql| {
        let rows = rows(Some(sql)).await?;
        let of_parent = keys.group(&rows, *shape)?;
        Ok(LoadedGroups { rows, skip: shape.skip(), of_parent })
    });
    let (rows, groups) = try_join(rows(totals.as_ref()), try_join_all(groups)).await?;
    let of_parent = keys.group(&rows, *shape)?;
    Ok(Loaded { rows, skip: shape.skip(), of_parent, groups })
}
