//! Which rows of a view, in which order, how many.

use async_graphql::Value;

use crate::model::{Column, ObjectType, View};
use crate::predicate::{Predicate, write_where};
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

    /// Whether large values come first.
    pub(crate) fn is_desc(self) -> bool {
        matches!(self, Self::Desc | Self::DescNullsFirst | Self::DescNullsLast)
    }

    /// Whether nulls come first.
    pub(crate) fn nulls_first(self) -> bool {
        matches!(self, Self::Desc | Self::AscNullsFirst | Self::DescNullsFirst)
    }

    /// The opposite order.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
            Self::AscNullsFirst => Self::DescNullsLast,
            Self::AscNullsLast => Self::DescNullsFirst,
            Self::DescNullsFirst => Self::AscNullsLast,
            Self::DescNullsLast => Self::AscNullsFirst,
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
    /// Reads an `orderBy` argument.
    pub(crate) fn parse_list(object: &'static ObjectType, value: &Value) -> Result<Vec<Self>> {
        match value {
            Value::List(items) => items.iter().map(|item| Self::parse(object, item)).collect(),
            single => Ok(vec![Self::parse(object, single)?]),
        }
    }

    /// Reads `{ createdAt: DESC }`: one column per element, so that the order of criteria is
    /// the order of the list.
    fn parse(object: &'static ObjectType, value: &Value) -> Result<Self> {
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
                ("orderBy", value) => list.order = Order::parse_list(view.object, &value)?,
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

    /// Appends ` order by …`.
    pub(crate) fn write_order(&self, view: &View, sql: &mut Sql) -> Result<()> {
        write_order(&complete(&self.order, view)?, sql);
        Ok(())
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
        Ok(limit) if limit > max_page_size => Err(Error::new(
            crate::Code::LimitExceeded,
            format!("`{argument}` is {limit}, but a page has at most {max_page_size} rows"),
        )),
        Ok(_) => Ok(()),
    }
}

/// What the client asked for, then the key of the view, so that equal rows have an order too and
/// pages do not overlap. A column that is named again changes nothing and is left out.
pub(crate) fn complete(wanted: &[Order], view: &View) -> Result<Vec<Order>> {
    let mut complete: Vec<Order> = Vec::with_capacity(wanted.len() + view.key.len());
    let mut add = |order: Order| {
        if !complete.iter().any(|other| other.column.column == order.column.column) {
            complete.push(order);
        }
    };
    wanted.iter().cloned().for_each(&mut add);
    for name in view.key {
        add(Order { column: view.object.column(name)?, direction: Direction::Asc });
    }
    Ok(complete)
}

/// Appends ` order by …`.
pub(crate) fn write_order(order: &[Order], sql: &mut Sql) {
    for (index, order) in order.iter().enumerate() {
        sql.push(if index > 0 { ", t." } else { " order by t." });
        sql.name(order.column.column).push(order.direction.sql());
    }
}

pub(crate) fn int(value: &Value, name: &str) -> Result<i32> {
    match value {
        Value::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        _ => None,
    }
    .ok_or_else(|| Error::bad_input(format!("`{name}`: expected an Int")))
}
