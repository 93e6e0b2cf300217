//! The arguments of a function: from what a client gave to SQL.

use async_graphql::Value;

use crate::encode::Form;
use crate::input::Input;
use crate::list::ListArguments;
use crate::operator;
use crate::param::{Given, Param};
use crate::resolver::{Argument, Function, Notation, Presence};
use crate::sql::Sql;
use crate::{Error, Result};

/// A call of a function with the arguments of a field.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) function: &'static Function,
    /// One for each argument of the function; `None` is left out.
    values: Vec<Option<Param>>,
}

impl Call {
    /// Reads the arguments of a field: those of the function, and those that choose from the set
    /// that it returns.
    pub(crate) fn parse(
        function: &'static Function,
        mut given: Vec<(&str, Input<'_>)>,
        max_page_size: u32,
    ) -> Result<(Self, ListArguments)> {
        let values = match function.input {
            None => values(function, &mut given, "")?,
            Some(_) => {
                let Some(mut members) = take(&mut given, "input").and_then(|it| it.members())
                else {
                    return Err(Error::bad_input("argument `input` is required"));
                };
                let values = values(function, &mut members, "input.")?;
                unknown(&members, "input.")?;
                values
            }
        };
        let list = if function.list {
            ListArguments::parse(function.object(), &[], given, None, max_page_size)?
        } else {
            unknown(&given, "")?;
            ListArguments::default()
        };
        Ok((Self { function, values }, list))
    }

    /// Appends the call; `row` is what comes before all arguments.
    pub(crate) fn write(&self, row: Option<&str>, sql: &mut Sql) {
        let Function { schema, name, notation, arguments, .. } = self.function;
        sql.qualified(schema, name).push("(").push(row.unwrap_or_default());
        let mut separator = if row.is_some() { ", " } else { "" };
        for (argument, value) in arguments.iter().zip(&self.values) {
            if value.is_none() && *notation == Notation::Named {
                continue;
            }
            sql.push(separator).push(if argument.variadic { "variadic " } else { "" });
            separator = ", ";
            if *notation == Notation::Named {
                sql.name(argument.name).push(" => ");
            }
            match value {
                Some(value) => sql.param(value.clone(), argument.sql_type),
                None => sql.push(argument.default),
            };
        }
        sql.push(")");
    }
}

/// Takes an argument out of those that were given.
fn take<'s>(given: &mut Vec<(&str, Input<'s>)>, name: &str) -> Option<Input<'s>> {
    let position = given.iter().position(|(given, _)| *given == name)?;
    Some(given.swap_remove(position).1)
}

/// The values of a function's arguments, taken out of what was given.
fn values(
    function: &'static Function,
    given: &mut Vec<(&str, Input<'_>)>,
    prefix: &str,
) -> Result<Vec<Option<Param>>> {
    let value = |argument: &'static Argument| {
        let path = format!("{prefix}{}", argument.field);
        let required = || Error::bad_input(format!("argument `{path}` is required"));
        let Some(input) = take(given, argument.field) else {
            return match argument.presence {
                Presence::Defaulted | Presence::DefaultedNotNull => Ok(None),
                Presence::Nullable => {
                    let argument = operator::Argument::Nullable;
                    let given = Given { argument, path: path.into(), value: Value::Null };
                    Ok(Some(Param::Text { text: None, given }))
                }
                Presence::Required => Err(required()),
            };
        };
        match argument.presence {
            Presence::Required if input.is_null() => return Err(required()),
            Presence::DefaultedNotNull if input.is_null() => {
                return Err(Error::bad_input(format!(
                    "argument `{path}` must not be null; leave it out for its default"
                )));
            }
            _ => {}
        }
        Param::of(&input, Form::value(&argument.ty), &path).map(Some)
    };
    function.arguments.iter().map(value).collect()
}

fn unknown(given: &[(&str, Input<'_>)], prefix: &str) -> Result<()> {
    match given.first() {
        Some((name, _)) => Err(Error::bad_input(format!("unknown argument `{prefix}{name}`"))),
        None => Ok(()),
    }
}
