//! Conditions on where in an ordering a row stands (keyset pagination).

use async_graphql::Value;

use super::cursor::Values;
use crate::operator::Argument;
use crate::order::Order;
use crate::param::{Given, Param};
use crate::sql::Sql;

/// Which rows of an ordering.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Seek {
    /// Those that come after the one with the given values.
    After,
    /// Those, and that one itself.
    From,
}

/// Appends the condition that a row comes after the one with these values.
///
/// Where all criteria go in one direction and none can be null this is one comparison of rows, for
/// which PostgreSQL can use an index on all of them. Otherwise it is spelled out: equal in the first
/// criteria and beyond in the next one; a bound on the first criterion alone is put before it, again
/// for an index.
pub(super) fn write(order: &[Order], values: &Values, seek: Seek, sql: &mut Sql) {
    let is_desc = order.first().is_some_and(|order| order.direction.is_desc());
    let is_plain = |order: &Order| !order.is_nullable() && order.direction.is_desc() == is_desc;
    if order.iter().all(is_plain) {
        return write_rows(order, values, is_desc, seek, sql);
    }
    let mut parts = pair(order, values);
    if let Some(first) = parts.first().filter(|part| !part.order.is_nullable()) {
        first.write_bound(sql);
        sql.push(" and ");
    }
    sql.push("(");
    let mut is_first = true;
    while let Some(last) = parts.pop() {
        if last.has_beyond() {
            sql.push(if is_first { "(" } else { " or (" });
            is_first = false;
            for part in &parts {
                part.write_equal(sql);
                sql.push(" and ");
            }
            last.write_beyond(sql);
            sql.push(")");
        }
    }
    if seek == Seek::From {
        sql.push(if is_first { "(" } else { " or (" });
        is_first = false;
        for (index, part) in pair(order, values).iter().enumerate() {
            sql.push(if index > 0 { " and " } else { "" });
            part.write_equal(sql);
        }
        sql.push(")");
    }
    sql.push(if is_first { "false)" } else { ")" });
}

/// `(t.a, t.b) > ($1, $2)`
fn write_rows(order: &[Order], values: &Values, is_desc: bool, seek: Seek, sql: &mut Sql) {
    sql.push("(");
    for (index, part) in pair(order, values).iter().enumerate() {
        sql.push(if index > 0 { ", " } else { "" });
        part.write_column(sql);
    }
    sql.push(match (is_desc, seek) {
        (false, Seek::After) => ") > (",
        (false, Seek::From) => ") >= (",
        (true, Seek::After) => ") < (",
        (true, Seek::From) => ") <= (",
    });
    for (index, part) in pair(order, values).iter().enumerate() {
        sql.push(if index > 0 { ", " } else { "" });
        part.write_value(sql);
    }
    sql.push(")");
}

/// A criterion and the value of the row to compare with.
struct Part<'a> {
    position: usize,
    order: &'a Order,
    value: &'a Option<String>,
}

/// Criteria with the values to compare with.
fn pair<'a>(order: &'a [Order], values: &'a Values) -> Vec<Part<'a>> {
    let parts = order.iter().zip(values).enumerate();
    parts.map(|(position, (order, value))| Part { position, order, value }).collect()
}

impl Part<'_> {
    fn write_column<'s>(&self, sql: &'s mut Sql) -> &'s mut Sql {
        self.order.write_column(self.position, sql)
    }

    fn write_value(&self, sql: &mut Sql) {
        // A cursor that was not made here may hold anything.
        let given =
            Given { argument: Argument::Nullable, path: "cursor".into(), value: Value::Null };
        let param = Param::Text { text: self.value.clone(), given };
        sql.param(param, &self.order.operand.sql_type());
    }

    fn write_equal(&self, sql: &mut Sql) {
        self.write_column(sql);
        if self.value.is_none() {
            sql.push(" is null");
            return;
        }
        sql.push(" = ");
        self.write_value(sql);
    }

    /// Whether anything can come after the value in this criterion: nothing does after nulls that
    /// are last.
    fn has_beyond(&self) -> bool {
        self.value.is_some() || self.order.direction.nulls_first()
    }

    fn write_beyond(&self, sql: &mut Sql) {
        if self.value.is_none() {
            self.write_column(sql).push(" is not null");
            return;
        }
        let nulls_follow = self.order.is_nullable() && !self.order.direction.nulls_first();
        sql.push(if nulls_follow { "(" } else { "" });
        self.write_column(sql).push(if self.order.direction.is_desc() { " < " } else { " > " });
        self.write_value(sql);
        if nulls_follow {
            sql.push(" or ");
            self.write_column(sql).push(" is null)");
        }
    }

    /// A bound that holds for all rows from this one on.
    fn write_bound(&self, sql: &mut Sql) {
        self.write_column(sql).push(if self.order.direction.is_desc() { " <= " } else { " >= " });
        self.write_value(sql);
    }
}
