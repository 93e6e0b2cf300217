//! The statements of aggregates.
//!
//! `from` appends ` from …` with all conditions on rows `t`. Where the rows of many parents are
//! aggregated at once, `parent` appends what tells them apart, which is the first column.

use super::arguments::Criterion;
use super::fields::{Fields, Groups, Term};
use crate::Result;
use crate::sql::Sql;

/// Appends a part of a statement.
pub(crate) type Write<'a> = &'a dyn Fn(&mut Sql);

/// Appends ` from …`.
pub(crate) type WriteFrom<'a> = &'a dyn Fn(&mut Sql) -> Result<()>;

/// The statement that computes the terms of an aggregate.
pub(crate) fn totals(
    fields: &Fields,
    parent: Option<Write<'_>>,
    from: WriteFrom<'_>,
) -> Result<Sql> {
    let mut sql = Sql::default();
    let mut separator = "select ";
    if let Some(parent) = parent {
        sql.push(separator);
        parent(&mut sql);
        separator = ", ";
    }
    for term in &fields.terms {
        sql.push(separator);
        term.write(&mut sql);
        separator = ", ";
    }
    from(&mut sql)?;
    sql.push(if parent.is_some() { " group by 1" } else { "" });
    Ok(sql)
}

/// The statement that reads groups: their keys, then the terms.
pub(super) fn groups(groups: &Groups, from: WriteFrom<'_>) -> Result<Sql> {
    let mut sql = Sql::default();
    let terms = write_groups(groups, None, from, &mut sql)?;
    write_order(groups, &terms, &mut sql);
    groups.arguments.page.write_page(&mut sql);
    Ok(sql)
}

/// The statement that reads the groups of many parents, each with its own page.
pub(crate) fn groups_of_parents(
    groups: &Groups,
    parent: Write<'_>,
    from: WriteFrom<'_>,
    max_rows: usize,
) -> Result<Sql> {
    let arguments = &groups.arguments;
    let mut sql = Sql::default();
    sql.push("select k");
    for index in 0..arguments.keys.len() + groups.fields.terms.len() {
        sql.push(", c").number(index as u64);
    }
    let mut inner = Sql::default();
    let terms = write_groups(groups, Some(parent), from, &mut inner)?;
    sql.push(" from (select *, row_number() over (partition by k");
    write_order(groups, &terms, &mut sql);
    sql.push(") as n from (").push(&inner.text).push(") as g) as g where n > ");
    sql.params = inner.params;
    let offset = u64::from(arguments.page.offset.unsigned_abs());
    let limit = u64::from(arguments.page.limit.unwrap_or_default().unsigned_abs());
    sql.number(offset).push(" and n <= ").number(offset + limit);
    sql.push(" order by n limit ").number(max_rows as u64 + 1);
    Ok(sql)
}

/// Appends a statement with a row for each group, whose columns are called `c0` and so on; returns
/// the terms, which are those that are selected and then those that only sort.
fn write_groups(
    groups: &Groups,
    parent: Option<Write<'_>>,
    from: WriteFrom<'_>,
    sql: &mut Sql,
) -> Result<Vec<Term>> {
    let (arguments, mut separator) = (&groups.arguments, "select ");
    if let Some(parent) = parent {
        sql.push(separator);
        parent(sql);
        sql.push(" as k");
        separator = ", ";
    }
    for (index, key) in arguments.keys.iter().enumerate() {
        sql.push(separator);
        arguments.write_key(key, sql);
        sql.push(" as c").number(index as u64);
        separator = ", ";
    }
    let mut terms = groups.fields.terms.clone();
    for order in &arguments.order {
        if let Criterion::Term(term) = order.by
            && !terms.iter().any(|other| other.is_same(term))
        {
            terms.push(term);
        }
    }
    for (index, term) in terms.iter().enumerate() {
        sql.push(", ");
        term.write(sql);
        sql.push(" as c").number((arguments.keys.len() + index) as u64);
    }
    from(sql)?;
    // By position: a name would be that of a column of the view, if it has one.
    for position in 1..=arguments.keys.len() + usize::from(parent.is_some()) {
        sql.push(if position == 1 { " group by " } else { ", " }).number(position as u64);
    }
    Ok(terms)
}

/// Appends ` order by …`: what the client asked for, then the key, so that pages do not overlap.
fn write_order(groups: &Groups, terms: &[Term], sql: &mut Sql) {
    let (arguments, mut separator) = (&groups.arguments, " order by ");
    let mut is_sorted = vec![false; arguments.keys.len()];
    for order in &arguments.order {
        let index = match &order.by {
            Criterion::Key(column) => arguments.position(column),
            Criterion::Term(term) => {
                let index = terms.iter().position(|other| other.is_same(*term));
                index.map(|index| arguments.keys.len() + index)
            }
        };
        let Some(index) = index else { continue };
        if let Some(is_sorted) = is_sorted.get_mut(index) {
            *is_sorted = true;
        }
        sql.push(separator).push("c").number(index as u64).push(order.direction.sql());
        separator = ", ";
    }
    for (index, _) in is_sorted.iter().enumerate().filter(|(_, is_sorted)| !**is_sorted) {
        sql.push(separator).push("c").number(index as u64);
        separator = ", ";
    }
}
