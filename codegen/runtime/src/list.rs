//! Which rows of a view, in which order, how many.

use async_graphql::Value;

use crate::model::{Column, ObjectType, View};
use crate::predicate::Predicate;
use crate::sql::Sql;
use crate::{Error, Result};

/// The arguments of a list.
#[derive(Debug, Default)]
pub(crate) struct ListArguments {
    pub(crate) predicates: Vec<Predicate>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<i32>,
    pub(crate) offset: i32,
}

/// One sort criterion.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) column: &'static Column,
    pub(crate) direction: Direction,
}

/// A direction and the place of nulls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    Asc,
    Desc,
    AscNullsFirst,
    AscNullsLast,
    DescNullsFirst,
    DescNullsLast,
}

impl Direction {
    /// All of them, in the order of the GraphQL enum.
    pub(crate) const ALL: [Self; 6] = [
        Self::Asc,
        Self::Desc,
        Self::AscNullsFirst,
        Self::AscNullsLast,
        Self::DescNullsFirst,
        Self::DescNullsLast,
    ];

    /// GraphQL name and description.
    pub(crate) fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Asc => ("ASC", "Ascending, nulls last."),
            Self::Desc => ("DESC", "Descending, nulls first."),
            Self::AscNullsFirst => ("ASC_NULLS_FIRST", "Ascending, nulls first."),
            Self::AscNullsLast => ("ASC_NULLS_LAST", "Ascending, nulls last."),
            Self::DescNullsFirst => ("DESC_NULLS_FIRST", "Descending, nulls first."),
            Self::DescNullsLast => ("DESC_NULLS_LAST", "Descending, nulls last."),
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Asc | Self::AscNullsLast => "",
            Self::Desc | Self::DescNullsFirst => " desc",
            Self::AscNullsFirst => " nulls first",
            Self::DescNullsLast => " desc nulls last",
        }
    }
}

impl Order {
    /// Reads `{ createdAt: DESC }`: one column per element, so that the order of criteria is
    /// the order of the list.
    pub(crate) fn parse(object: &'static ObjectType, value: &Value) -> Result<Self> {
        let one = || {
            Error::bad_input(
                "`orderBy`: expected objects of one column each, such as `{ id: ASC }`",
            )
        };
        let Value::Object(members) = value else { return Err(one()) };
        let mut members = members.iter();
        let (Some((name, direction)), None) = (members.next(), members.next()) else {
            return Err(one());
        };
        let (_, column) = object
            .field(name)
            .filter(|(_, column)| column.ty.is_comparable())
            .ok_or_else(|| Error::bad_input(format!("`orderBy`: unknown column `{name}`")))?;
        let given = match direction {
            Value::Enum(name) => name.as_str(),
            Value::String(name) => name,
            _ => "",
        };
        let direction = Direction::ALL.into_iter().find(|known| known.describe().0 == given);
        let direction = direction
            .ok_or_else(|| Error::bad_input(format!("`orderBy.{name}`: expected a Direction")))?;
        Ok(Self { column, direction })
    }
}

impl ListArguments {
    /// How many rows a root list has, unless the client says.
    pub(crate) const DEFAULT_LIMIT: i32 = 100;

    /// Reads the arguments of a list; the columns of `equal` are arguments too.
    pub(crate) fn parse(
        view: &'static View,
        equal: &[&str],
        arguments: Vec<(String, Value)>,
    ) -> Result<Self> {
        let mut list = Self::default();
        for (name, value) in arguments {
            let column = view.object.field(&name).map(|(_, column)| column);
            let column = column.filter(|column| equal.contains(&column.column));
            if let Some(column) = column {
                list.predicates.push(Predicate::equal(column, &value)?);
                continue;
            }
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("where", value) => {
                    list.predicates.push(Predicate::parse(view.object, &value, "where")?);
                }
                ("orderBy", Value::List(items)) => {
                    for item in &items {
                        list.order.push(Order::parse(view.object, item)?);
                    }
                }
                ("orderBy", item) => list.order.push(Order::parse(view.object, &item)?),
                ("limit", value) => list.limit = Some(int(&value, "limit")?),
                ("offset", value) => list.offset = int(&value, "offset")?,
                (name, _) => return Err(Error::bad_input(format!("unknown argument `{name}`"))),
            }
        }
        Ok(list)
    }

    /// Refuses negative numbers and pages above the maximum; never cuts in silence.
    pub(crate) fn check(&self, max_page_size: u32) -> Result<()> {
        if let Some(limit) = self.limit {
            match u32::try_from(limit) {
                Err(_) => return Err(Error::bad_input("`limit` must not be negative")),
                Ok(limit) if limit > max_page_size => {
                    return Err(Error::new(
                        crate::Code::LimitExceeded,
                        format!("`limit` is {limit}, but a page has at most {max_page_size} rows"),
                    ));
                }
                Ok(_) => {}
            }
        }
        if self.offset < 0 {
            return Err(Error::bad_input("`offset` must not be negative"));
        }
        Ok(())
    }

    /// Appends ` where …` unless every row qualifies.
    pub(crate) fn write_where(&self, sql: &mut Sql) {
        let mut separator = " where ";
        for predicate in self.predicates.iter().filter(|predicate| !predicate.is_true()) {
            sql.push(separator);
            predicate.write(sql);
            separator = " and ";
        }
    }

    /// Appends ` order by …`: what the client asked for, then the key of the view, so that equal
    /// rows have an order too and pages do not overlap.
    pub(crate) fn write_order(&self, view: &View, sql: &mut Sql) {
        let mut separator = " order by ";
        for order in &self.order {
            sql.push(separator).push("t.").name(order.column.column).push(order.direction.sql());
            separator = ", ";
        }
        for key in view.key {
            if !self.order.iter().any(|order| order.column.column == *key) {
                sql.push(separator).push("t.").name(key);
                separator = ", ";
            }
        }
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

fn int(value: &Value, name: &str) -> Result<i32> {
    match value {
        Value::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        _ => None,
    }
    .ok_or_else(|| Error::bad_input(format!("`{name}`: expected an Int")))
}
