//! The statement that reads the rows of a field for all parents.

use super::keys::{Keys, Shape};
use crate::arguments::Call;
use crate::list::ListArguments;
use crate::model::{Cardinality, ObjectType, Relation};
use crate::order::{self, write_joins, write_order};
use crate::selection::{RowsField, Target};
use crate::sql::Sql;
use crate::{Limits, Result};

/// The statement of a level: the parent's key or its position, then what is selected.
pub(super) fn statement(
    field: &RowsField,
    keys: &Keys,
    shape: Shape,
    limits: &Limits,
) -> Result<Sql> {
    match &field.target {
        Target::View(object, relation) => of_view(field, object, relation, keys, shape, limits),
        Target::Function(call, row) => of_function(field, call, row, keys, limits),
    }
}

fn of_view(
    field: &RowsField,
    object: &ObjectType,
    relation: &Relation,
    keys: &Keys,
    shape: Shape,
    limits: &Limits,
) -> Result<Sql> {
    let (arguments, view) = (&field.arguments, (relation.target)());
    let order = order::complete(&arguments.order, view)?;
    let mut sql = Sql::default();
    if let Shape::Any { key } = shape {
        let (_, target) = relation.columns[0];
        sql.push("select ");
        if key.is_none() {
            sql.push("t.").name(target);
        }
        let before = if key.is_none() { ", " } else { "" };
        field.selection.write_outputs(before, limits.max_page_size, &mut sql)?;
        sql.push(" from ").qualified(view.schema, view.name).push(" as t");
        write_joins(&order, &mut sql);
        sql.push(" where t.").name(target).push(" = any (");
        write_keys(object, relation, keys, &mut sql)?;
        sql.push(")");
        write_filter(arguments, &mut sql);
    } else {
        let lateral = shape == Shape::Lateral;
        sql.push("select p.n");
        if lateral {
            sql.push(", c.*");
        } else {
            field.selection.write_outputs(", ", limits.max_page_size, &mut sql)?;
        }
        sql.push(" from unnest(");
        write_keys(object, relation, keys, &mut sql)?;
        sql.push(") with ordinality as p (");
        for index in 0..relation.columns.len() {
            sql.push("k").number(index as u64).push(", ");
        }
        if lateral {
            sql.push("n) cross join lateral (select ");
            field.selection.write_outputs("", limits.max_page_size, &mut sql)?;
            sql.push(" from ");
        } else {
            sql.push("n) join ");
        }
        sql.qualified(view.schema, view.name).push(" as t");
        if lateral {
            write_joins(&order, &mut sql);
        }
        for (index, (_, target)) in relation.columns.iter().enumerate() {
            let keyword = if lateral { " where " } else { " on " };
            sql.push(if index == 0 { keyword } else { " and " });
            sql.push("t.").name(target).push(" = p.k").number(index as u64);
        }
        if lateral {
            write_filter(arguments, &mut sql);
        } else {
            write_joins(&order, &mut sql);
            arguments.write_where(&mut sql);
        }
    }
    write_order(&order, &mut sql);
    if shape == Shape::Lateral {
        arguments.write_page(&mut sql);
        sql.push(") as c");
    } else {
        sql.push(" limit ").number(limits.max_rows as u64 + 1);
    }
    Ok(sql)
}

/// Rows go back as they came, so that neither a key nor another look at the view is needed.
fn of_function(
    field: &RowsField,
    call: &Call,
    row: &str,
    keys: &Keys,
    limits: &Limits,
) -> Result<Sql> {
    let arguments = &field.arguments;
    let mut sql = Sql::default();
    // `r` could be a column; `r.*` is the row.
    sql.push("select p.n, c.* from (select row_number() over () as n, r.*::").push(row);
    sql.push(" as r from unnest(");
    sql.param(keys.column(0), &format!("{row}[]"));
    sql.push(") as r) as p cross join lateral (select ");
    field.selection.write_outputs("", limits.max_page_size, &mut sql)?;
    sql.push(" from ");
    call.write(Some("p.r"), &mut sql);
    sql.push(" as t");
    if field.cardinality == Cardinality::Many {
        arguments.write_where_of_function(&mut sql);
        arguments.write_order_of_function(&mut sql);
        arguments.write_bounded_page(limits.max_page_size, &mut sql);
    } else {
        // A row of nothing but NULLs is how one that was not found looks.
        sql.push(" where not t.* is null");
    }
    sql.push(") as c");
    Ok(sql)
}

fn write_keys(object: &ObjectType, relation: &Relation, keys: &Keys, sql: &mut Sql) -> Result<()> {
    let view = (relation.target)();
    for (index, (own, target)) in relation.columns.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        let (own, target) = (object.column(own)?, view.object.column(target)?);
        // Integers of different sizes keep theirs: `=` compares them, and indexes know how.
        let column = if own.ty.is_integer() { own } else { target };
        sql.param(keys.column(index), &format!("{}[]", column.sql_type()));
    }
    Ok(())
}

fn write_filter(arguments: &ListArguments, sql: &mut Sql) {
    for predicate in &arguments.predicates {
        sql.push(" and ");
        predicate.write(sql);
    }
}
