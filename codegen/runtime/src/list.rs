//! Which rows of a view, in which order, how many.

use async_graphql::Value;

use crate::input::Input;
use crate::model::ObjectType;
use crate::order::{Order, write_joins, write_order};
use crate::predicate::{Predicate, write_where};
use crate::sql::Sql;
use crate::{Error, Limit, Result};

/// The arguments of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListArguments {
    pub(crate) predicates: Vec<Predicate>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<i32>,
    pub(crate) offset: i32,
}

impl ListArguments {
    /// How many rows a root list has, unless the client says.
    pub(crate) const DEFAULT_LIMIT: i32 = 100;

    /// Reads the arguments of a list of rows, or of values that are no rows; the columns of `equal`
    /// are arguments too.
    pub(crate) fn parse(
        object: Option<&'static ObjectType>,
        equal: &[&str],
        arguments: Vec<(&str, Input<'_>)>,
        default_limit: Option<i32>,
        max_page_size: u32,
    ) -> Result<Self> {
        let mut list = Self { limit: default_limit, ..Self::default() };
        for (name, input) in arguments {
            let column = object.and_then(|object| object.field(name)).map(|(_, column)| column);
            let column = column.filter(|column| equal.contains(&column.column));
            if let Some(column) = column {
                list.predicates.push(Predicate::equal(column, &input)?);
                continue;
            }
            if input.is_null() {
                continue;
            }
            match (name, object) {
                ("where", Some(object)) => {
                    list.predicates.push(Predicate::parse(object, &input, "where")?);
                }
                ("orderBy", Some(object)) => list.order = Order::parse_list(object, &input)?,
                ("limit", _) => list.limit = Some(int(&input, "limit")?),
                ("offset", _) => list.offset = int(&input, "offset")?,
                (name, _) => return Err(Error::bad_input(format!("unknown argument `{name}`"))),
            }
        }
        list.check(max_page_size)?;
        Ok(list)
    }

    /// Refuses negative numbers and pages above the maximum; never cuts in silence.
    pub(crate) fn check(&self, max_page_size: u32) -> Result<()> {
        if let Some(limit) = self.limit {
            check_limit(limit, "limit", max_page_size)?;
        }
        if self.offset < 0 {
            return Err(Error::bad_input("`offset` must not be negative"));
        }
        Ok(())
    }

    /// Appends ` where …` unless every row qualifies.
    pub(crate) fn write_where(&self, sql: &mut Sql) {
        write_where(&self.predicates, sql);
    }

    /// Appends what orders the rows of a function: what the client asked for, and the order in which
    /// they came, also for equal rows.
    pub(crate) fn write_order_of_function(&self, sql: &mut Sql) {
        if !self.order.is_empty() {
            write_order(&self.order, sql);
            sql.push(", row_number() over ()");
        }
    }

    /// Appends the rows that sort criteria and conditions of the rows of a function lead to, and the
    /// conditions.
    pub(crate) fn write_where_of_function(&self, sql: &mut Sql) {
        write_joins(&self.order, sql);
        self.write_where(sql);
    }

    /// Appends ` limit … offset …`, and without a limit one above the maximum, so that
    /// [`Self::check_length`] can tell.
    pub(crate) fn write_bounded_page(&self, max_page_size: u32, sql: &mut Sql) {
        if self.limit.is_none() {
            sql.push(" limit ").number(u64::from(max_page_size) + 1);
        }
        self.write_page(sql);
    }

    /// Refuses a list that is longer than the maximum; never cuts in silence.
    pub(crate) fn check_length(
        &self,
        field: &str,
        length: usize,
        max_page_size: u32,
    ) -> Result<()> {
        if self.limit.is_some() || length <= max_page_size as usize {
            return Ok(());
        }
        Err(Limit::PageSize.exceeded(format!(
            "`{field}` has more than {max_page_size} rows; ask for less with `limit`"
        )))
    }

    /// Appends ` limit … offset …`. Numbers are text: behind a parameter, the planner would not
    /// know that ten rows are few.
    pub(crate) fn write_page(&self, sql: &mut Sql) {
        if let Some(limit) = self.limit {
            sql.push(" limit ").number(u64::from(limit.unsigned_abs()));
        }
        if self.offset > 0 {
            sql.push(" offset ").number(u64::from(self.offset.unsigned_abs()));
        }
    }
}

/// Refuses a negative number of rows, and one above the maximum.
pub(crate) fn check_limit(limit: i32, argument: &str, max_page_size: u32) -> Result<()> {
    match u32::try_from(limit) {
        Err(_) => Err(Error::bad_input(format!("`{argument}` must not be negative"))),
        Ok(limit) if limit > max_page_size => Err(Limit::PageSize.exceeded(format!(
            "`{argument}` is {limit}, but a page has at most {max_page_size} rows"
        ))),
        Ok(_) => Ok(()),
    }
}

pub(crate) fn int(input: &Input<'_>, name: &str) -> Result<i32> {
    match input.constant() {
        Value::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        _ => None,
    }
    .ok_or_else(|| Error::bad_input(format!("`{name}`: expected an Int")))
}
