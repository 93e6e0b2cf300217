//! Which groups a client asks for.

use async_graphql::Value;

use super::fields::Term;
use super::function::AggregateFunction;
use crate::encode::Form;
use crate::input::Input;
use crate::list::{ListArguments, int};
use crate::model::{Column, ObjectType, Type};
use crate::operator;
use crate::order::{Direction, only_member};
use crate::param::{Given, Param};
use crate::sql::Sql;
use crate::{Error, Result};

/// The arguments of `groupBy`.
#[derive(Debug)]
pub(crate) struct GroupArguments {
    /// What the rows of a group have in common: at least one, each column once.
    pub(super) keys: Vec<GroupKey>,
    /// Where days and hours begin, for points in time.
    time_zone: Param,
    pub(super) order: Vec<GroupOrder>,
    /// How many groups, and which: only limit and offset.
    pub(super) page: ListArguments,
}

/// A column by which rows are grouped.
#[derive(Debug)]
pub(super) struct GroupKey {
    pub(super) column: &'static Column,
    /// What values are truncated to.
    unit: Option<Unit>,
}

/// A sort criterion of groups.
#[derive(Debug)]
pub(super) struct GroupOrder {
    pub(super) by: Criterion,
    pub(super) direction: Direction,
}

/// What groups are sorted by.
#[derive(Debug)]
pub(super) enum Criterion {
    /// A column of the key.
    Key(&'static Column),
    /// What is computed of their rows.
    Term(Term),
}

/// What dates and times are truncated to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    const DATE: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];
    const TIME: [Self; 8] = [
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// What values of a type can be truncated to.
    pub(crate) fn of(ty: &Type) -> &'static [Self] {
        match ty {
            Type::Date => &Self::DATE,
            Type::Timestamp | Type::Timestamptz => &Self::TIME,
            _ => &[],
        }
    }

    /// GraphQL name and description.
    pub(crate) fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Second => ("SECOND", "By second."),
            Self::Minute => ("MINUTE", "By minute."),
            Self::Hour => ("HOUR", "By hour."),
            Self::Day => ("DAY", "By day."),
            Self::Week => ("WEEK", "By week, which begins on Monday."),
            Self::Month => ("MONTH", "By month."),
            Self::Quarter => ("QUARTER", "By quarter."),
            Self::Year => ("YEAR", "By year."),
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Second => "'second'",
            Self::Minute => "'minute'",
            Self::Hour => "'hour'",
            Self::Day => "'day'",
            Self::Week => "'week'",
            Self::Month => "'month'",
            Self::Quarter => "'quarter'",
            Self::Year => "'year'",
        }
    }
}

impl GroupArguments {
    /// GraphQL name of the value that groups by values as they are.
    pub(crate) const VALUE: &'static str = "VALUE";
    /// The time zone, unless the client says.
    pub(crate) const TIME_ZONE: &'static str = "UTC";

    pub(super) fn parse(
        object: &'static ObjectType,
        given: Vec<(&str, Input<'_>)>,
        max_page_size: u32,
    ) -> Result<Self> {
        let utc = Value::String(Self::TIME_ZONE.to_owned());
        let mut arguments = Self {
            keys: Vec::new(),
            time_zone: Param::Text {
                text: Some(Self::TIME_ZONE.to_owned()),
                given: Given {
                    argument: operator::Argument::Value,
                    path: Param::TIME_ZONE.into(),
                    value: utc,
                },
            },
            order: Vec::new(),
            page: ListArguments {
                limit: Some(ListArguments::DEFAULT_LIMIT),
                ..ListArguments::default()
            },
        };
        for (name, input) in given {
            match name {
                "columns" => arguments.keys = keys(object, &input.items())?,
                "timeZone" => {
                    let form = Form::value(&Type::Text);
                    arguments.time_zone = Param::of(&input, form, Param::TIME_ZONE)?;
                }
                "orderBy" if !input.is_null() => {
                    let order = input.items().into_iter();
                    let order = order.map(|item| GroupOrder::parse(object, &item));
                    arguments.order = order.collect::<Result<_>>()?;
                }
                "orderBy" => {}
                "limit" => arguments.page.limit = Some(int(&input, "limit")?),
                "offset" => arguments.page.offset = int(&input, "offset")?,
                name => return Err(Error::bad_input(format!("unknown argument `{name}`"))),
            }
        }
        if arguments.keys.is_empty() {
            return Err(Error::bad_input("`columns`: name at least one column to group by"));
        }
        arguments.page.check(max_page_size)?;
        arguments.check_order()?;
        Ok(arguments)
    }

    /// Position of a column among those by which rows are grouped.
    pub(super) fn position(&self, column: &Column) -> Option<usize> {
        self.keys.iter().position(|key| key.column.column == column.column)
    }

    fn check_order(&self) -> Result<()> {
        for order in &self.order {
            if let Criterion::Key(column) = order.by {
                self.check_key("orderBy.key", column)?;
            }
        }
        Ok(())
    }

    /// Refuses a column by which rows are not grouped.
    pub(super) fn check_key(&self, path: &str, column: &Column) -> Result<()> {
        match self.position(column) {
            Some(_) => Ok(()),
            None => Err(Error::bad_input(format!(
                "`{path}.{}`: the rows are not grouped by it; add it to `columns`",
                column.field
            ))),
        }
    }

    /// Appends what the rows of a group have in common.
    pub(super) fn write_key(&self, key: &GroupKey, sql: &mut Sql) {
        let write_column = |sql: &mut Sql| {
            sql.push("t.").name(key.column.column);
        };
        let Some(unit) = key.unit else { return write_column(sql) };
        sql.push("date_trunc(").push(unit.sql()).push(", ");
        write_column(sql);
        match key.column.ty {
            Type::Timestamptz => {
                sql.push(", ").param(self.time_zone.clone(), "pg_catalog.text").push(")");
            }
            // As a date it would be taken for a point in time.
            Type::Date => {
                sql.push("::pg_catalog.timestamp)::pg_catalog.date");
            }
            _ => {
                sql.push(")");
            }
        }
    }
}

impl GroupOrder {
    /// Reads `{ key: { status: ASC } }`, `{ count: DESC }` or `{ sum: { totalAmount: DESC } }`.
    fn parse(object: &'static ObjectType, input: &Input<'_>) -> Result<Self> {
        let (name, inner) = only_member(input, "orderBy", "{ count: DESC }")?;
        if name == "count" {
            return Ok(Self {
                by: Criterion::Term(Term::Count),
                direction: direction(&inner, name)?,
            });
        }
        let path = format!("orderBy.{name}");
        let (column, inner) = only_member(&inner, &path, "{ id: DESC }")?;
        let unknown = || Error::bad_input(format!("`{path}`: unknown column `{column}`"));
        let by = if name == "key" {
            let found = object.groupable().find(|item| item.field == column);
            Criterion::Key(found.ok_or_else(unknown)?)
        } else {
            let mut functions = AggregateFunction::ALL.into_iter();
            let function = functions.find(|function| function.field() == name);
            let function =
                function.ok_or_else(|| Error::bad_input(format!("`{path}`: unknown field")))?;
            Criterion::Term(Term::of(object, function, column).ok_or_else(unknown)?)
        };
        Ok(Self { by, direction: direction(&inner, &format!("{name}.{column}"))? })
    }
}

fn direction(input: &Input<'_>, path: &str) -> Result<Direction> {
    Direction::parse(input)
        .ok_or_else(|| Error::bad_input(format!("`orderBy.{path}`: expected a Direction")))
}

/// Reads `[{ status: VALUE }, { createdAt: MONTH }]`.
fn keys(object: &'static ObjectType, items: &[Input<'_>]) -> Result<Vec<GroupKey>> {
    let mut keys: Vec<GroupKey> = Vec::with_capacity(items.len());
    for item in items {
        let (name, value) = only_member(item, "columns", "{ id: VALUE }")?;
        let column = object.groupable().find(|column| column.field == name);
        let column = column
            .ok_or_else(|| Error::bad_input(format!("`columns`: unknown column `{name}`")))?;
        if keys.iter().any(|key| key.column.column == column.column) {
            return Err(Error::bad_input(format!("`columns`: `{name}` is there twice")));
        }
        keys.push(GroupKey { column, unit: unit(column, &value)? });
    }
    Ok(keys)
}

fn unit(column: &Column, input: &Input<'_>) -> Result<Option<Unit>> {
    let given = input.name().unwrap_or_default();
    if given == GroupArguments::VALUE {
        return Ok(None);
    }
    let mut units = Unit::of(&column.ty).iter();
    let unit = units.find(|unit| unit.describe().0 == given).ok_or_else(|| {
        Error::bad_input(format!("`columns.{}`: expected how to group by it", column.field))
    })?;
    Ok(Some(*unit))
}
