//! Whether a query has a row for every row of a base table that it reads.
//!
//! Grouping and DISTINCT keep that, as do outer joins on their other side. A condition does not,
//! nor does a join, unless a foreign key says that each row has its partner.

use super::equalities::{Equality, equalities};
use super::rows::{Context, Rows};
use crate::catalog::{PgName, Table};
use crate::plan::nullability::level::shown;
use crate::query_tree::{Expr, JoinKind, JoinTree, Query, RangeSource};

/// `Err` with the reason if rows may be missing.
type Complete = Result<(), String>;

/// Whether a view has all rows of the table that an instance reads.
pub(super) fn of_view(context: &Context<'_>, name: &PgName, instance: &[usize]) -> Complete {
    let unknown = || format!("`{}` is not understood", shown(name));
    let view = context.catalog.views.get(name).ok_or_else(unknown)?;
    if view.materialized {
        return Err(format!("`{}` is materialized and may be out of date", shown(name)));
    }
    let context = &Context { nondeterministic: view.nondeterministic, ..*context };
    let rows = Rows::new(context, &view.query, None);
    of_query(&rows, instance).map_err(|why| format!("`{}` {why}", shown(name)))
}

fn of_query(rows: &Rows<'_>, instance: &[usize]) -> Complete {
    let Query { filter, having, limited, set_returning, set_operation, .. } = rows.query;
    let leaves_out = [
        (rows.query.unreadable.is_some(), "is not understood"),
        (filter.is_some(), "has a WHERE condition"),
        (having.is_some(), "has a HAVING condition"),
        (*limited, "has a LIMIT"),
        (*set_returning, "has a set-returning function, which may return nothing"),
        (set_operation.is_some(), "is a set operation"),
    ];
    if let Some((_, why)) = leaves_out.into_iter().find(|(holds, _)| *holds) {
        return Err(why.to_owned());
    }
    let [range, inner @ ..] = instance else { return Err("is not understood".to_owned()) };
    match rows.query.from.as_slice() {
        [tree] => preserved(rows, tree, *range)?,
        _ => return Err("joins tables without saying how".to_owned()),
    }
    of_entry(rows, *range, inner)
}

/// Whether what stands in `FROM` has all rows of the table.
fn of_entry(rows: &Rows<'_>, range: usize, inner: &[usize]) -> Complete {
    let unknown = || "is not understood".to_owned();
    let entry = rows.query.range_entry(range).ok_or_else(unknown)?;
    if entry.partial {
        return Err("reads a part of the table".to_owned());
    }
    match &entry.source {
        RangeSource::Relation { relation } => match rows.catalog().tables.get(relation) {
            Some(table) => visible(relation, table),
            None => of_view(rows.context, relation, inner)
                .map_err(|why| format!("reads a view without all rows: {why}")),
        },
        RangeSource::Subquery { query } => {
            of_query(&Rows::new(rows.context, query, Some(rows)), inner)
        }
        RangeSource::Cte { cte, levels_up } => {
            let outer = rows.up(*levels_up).ok_or_else(unknown)?;
            let cte = outer.query.ctes.iter().find(|item| item.name == *cte);
            let cte = cte.filter(|cte| !cte.recursive).ok_or_else(unknown)?;
            of_query(&Rows::new(rows.context, &cte.query, Some(outer)), inner)
        }
        _ => Err(unknown()),
    }
}

fn visible(name: &PgName, table: &Table) -> Complete {
    match table.row_security {
        true => Err(format!("reads `{}`, which has row security", shown(name))),
        false => Ok(()),
    }
}

/// Whether the joins keep all rows of an entry.
fn preserved(rows: &Rows<'_>, tree: &JoinTree, range: usize) -> Complete {
    match tree {
        JoinTree::Entry { .. } => Ok(()),
        JoinTree::Join { join, left, right, on, .. } => {
            let in_left = has(left, range);
            let (side, other) = if in_left { (left, right) } else { (right, left) };
            match (join, in_left) {
                (JoinKind::Full, _) | (JoinKind::Left, true) | (JoinKind::Right, false) => {}
                (JoinKind::Inner, _) => has_partner(rows, range, side, other, on.as_ref())?,
                _ => return Err("has them on the optional side of a join".to_owned()),
            }
            preserved(rows, side, range)
        }
        JoinTree::Other => Err("is not understood".to_owned()),
    }
}

fn has(tree: &JoinTree, range: usize) -> bool {
    match tree {
        JoinTree::Entry { range: own } => *own == range,
        JoinTree::Join { left, right, .. } => has(left, range) || has(right, range),
        JoinTree::Other => false,
    }
}

/// Whether an inner join finds a row of a table for each row of an entry, because a foreign key
/// demands one and the join asks for nothing else.
fn has_partner(
    rows: &Rows<'_>,
    range: usize,
    side: &JoinTree,
    other: &JoinTree,
    on: Option<&Expr>,
) -> Complete {
    let other_range = match other {
        JoinTree::Entry { range } => *range,
        _ => return Err("has an inner join".to_owned()),
    };
    let lost =
        || format!("is joined to `{}`, which need not have a partner", name(rows, other_range));
    let table = |range| match rows.query.range_entry(range).filter(|entry| !entry.partial)?.source {
        RangeSource::Relation { ref relation } => {
            Some((relation, rows.catalog().tables.get(relation)?))
        }
        _ => None,
    };
    let (Some((_, own)), Some((target, partner))) = (table(range), table(other_range)) else {
        return Err(lost());
    };
    // Another join could have made the columns null.
    let parts = on.map(conjuncts).filter(|_| is_kept_as_is(side, range)).ok_or_else(lost)?;
    let mut pairs = Vec::new();
    for part in parts {
        let mut found = Vec::new();
        equalities(rows, part, &|_| false, &mut found);
        let [Equality::Columns(one, two)] = found.as_slice() else { return Err(lost()) };
        let (one, two) = if one.range == range { (one, two) } else { (two, one) };
        if one.range != range || two.range != other_range {
            return Err(lost());
        }
        pairs.push((one.column, two.column));
    }
    let number = |table: &Table, name: &String, not_null: bool| {
        let column = table.columns.iter().find(|column| column.name == *name)?;
        (column.not_null || !not_null).then_some(column.number)
    };
    let demands = |key: &&crate::catalog::ForeignKey| {
        let mut columns = key.columns.iter().zip(&key.target_columns);
        key.always()
            && key.target == *target
            && key.columns.len() == pairs.len()
            && columns.all(|(from, to)| {
                let pair = number(own, from, true).zip(number(partner, to, false));
                pair.is_some_and(|pair| pairs.contains(&pair))
            })
    };
    own.foreign_keys.iter().find(demands).ok_or_else(lost)?;
    visible(target, partner)
}

/// Whether an entry is on no optional side.
fn is_kept_as_is(tree: &JoinTree, range: usize) -> bool {
    match tree {
        JoinTree::Entry { .. } => true,
        JoinTree::Join { join, left, right, .. } => {
            let in_left = has(left, range);
            let kept = matches!(
                (join, in_left),
                (JoinKind::Inner, _) | (JoinKind::Left, true) | (JoinKind::Right, false)
            );
            kept && is_kept_as_is(if in_left { left } else { right }, range)
        }
        JoinTree::Other => false,
    }
}

fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match condition {
        Expr::And { arguments } => arguments.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

fn name(rows: &Rows<'_>, range: usize) -> String {
    match rows.query.range_entry(range) {
        Some(entry) => match &entry.source {
            RangeSource::Relation { relation } => shown(relation),
            _ => entry.name.clone(),
        },
        None => String::new(),
    }
}
