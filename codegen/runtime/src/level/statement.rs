//! The statement that reads the rows of a relation for all parents.

use super::MAX_NESTED_ROWS;
use super::keys::{Keys, Shape};
use crate::Result;
use crate::list::ListArguments;
use crate::model::View;
use crate::order::{self, write_joins, write_order};
use crate::selection::RelationField;
use crate::sql::Sql;

/// The statement of a level: the parent's key or its position, then the selected columns.
pub(super) fn statement(
    view: &View,
    field: &RelationField,
    keys: &Keys,
    shape: Shape,
) -> Result<Sql> {
    let arguments = &field.arguments;
    let order = order::complete(&arguments.order, view)?;
    let mut sql = Sql::default();
    match shape {
        Shape::Any { key } => {
            let (_, target) = field.relation.columns[0];
            sql.push("select ");
            if key.is_none() {
                sql.push("t.").name(target);
            }
            write_columns(field, "t.", key.is_none(), &mut sql);
            sql.push(" from ").name(view.schema).push(".").name(view.name).push(" as t");
            write_joins(&order, &mut sql);
            sql.push(" where t.").name(target).push(" = any (");
            write_keys(view, field, keys, &mut sql)?;
            sql.push(")");
            write_filter(arguments, &mut sql);
        }
        Shape::Join | Shape::Lateral => {
            let lateral = shape == Shape::Lateral;
            sql.push("select p.n");
            write_columns(field, if lateral { "c." } else { "t." }, true, &mut sql);
            sql.push(" from unnest(");
            write_keys(view, field, keys, &mut sql)?;
            sql.push(") with ordinality as p (");
            for index in 0..field.relation.columns.len() {
                sql.push("k").number(index as u64).push(", ");
            }
            if lateral {
                sql.push("n) cross join lateral (select ");
                for (index, column) in field.selection.columns.iter().enumerate() {
                    sql.push(if index > 0 { ", t." } else { "t." }).name(column.column);
                }
                sql.push(" from ");
            } else {
                sql.push("n) join ");
            }
            sql.name(view.schema).push(".").name(view.name).push(" as t");
            if lateral {
                write_joins(&order, &mut sql);
            }
            for (index, (_, target)) in field.relation.columns.iter().enumerate() {
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
    }
    write_order(&order, &mut sql);
    if shape == Shape::Lateral {
        arguments.write_page(&mut sql);
        sql.push(") as c");
    } else {
        sql.push(" limit ").number(MAX_NESTED_ROWS as u64 + 1);
    }
    Ok(sql)
}

fn write_columns(field: &RelationField, alias: &str, mut follows: bool, sql: &mut Sql) {
    for column in &field.selection.columns {
        sql.push(if follows { ", " } else { "" }).push(alias).name(column.column);
        follows = true;
    }
}

fn write_keys(view: &View, field: &RelationField, keys: &Keys, sql: &mut Sql) -> Result<()> {
    for (index, (own, target)) in field.relation.columns.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        let (own, target) = (field.object.column(own)?, view.object.column(target)?);
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
