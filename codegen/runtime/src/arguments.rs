//! The arguments of a function: from what a client gave to SQL.

use async_graphql::Value;
use async_graphql::indexmap::IndexMap;

use crate::encode::encode;
use crate::list::ListArguments;
use crate::param::{Given, Param};
use crate::resolver::{Function, Notation, Presence};
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
        given: Vec<(String, Value)>,
    ) -> Result<(Self, ListArguments)> {
        let mut given: IndexMap<String, Value> = given.into_iter().collect();
        let values = match function.input {
            None => values(function, &mut given, "")?,
            Some(_) => {
                let Some(Value::Object(members)) = given.swap_remove("input") else {
                    return Err(Error::bad_input("argument `input` is required"));
                };
                let members = members.into_iter().map(|(name, value)| (name.to_string(), value));
                let mut members = members.collect();
                let values = values(function, &mut members, "input.")?;
                unknown(members.keys().next(), "input.")?;
                values
            }
        };
        let list = if function.list {
            ListArguments::parse(function.object(), &[], given.into_iter().collect())?
        } else {
            unknown(given.keys().next(), "")?;
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

/// The values of a function's arguments, taken out of what was given.
fn values(
    function: &'static Function,
    given: &mut IndexMap<String, Value>,
    prefix: &str,
) -> Result<Vec<Option<Param>>> {
    let value = |argument: &crate::resolver::Argument| {
        let path = format!("{prefix}{}", argument.field);
        let value = match (given.swap_remove(argument.field), argument.presence) {
            (None, Presence::Defaulted | Presence::DefaultedNotNull) => return Ok(None),
            (None, Presence::Nullable) => Value::Null,
            (None | Some(Value::Null), Presence::Required) => {
                return Err(Error::bad_input(format!("argument `{path}` is required")));
            }
            (Some(Value::Null), Presence::DefaultedNotNull) => {
                return Err(Error::bad_input(format!(
                    "argument `{path}` must not be null; leave it out for its default"
                )));
            }
            (Some(value), _) => value,
        };
        let text = encode(&argument.ty, &value, &path)?;
        Ok(Some(Param::Text { text, given: Given { path: path.into(), value } }))
    };
    function.arguments.iter().map(value).collect()
}

fn unknown(name: Option<&String>, prefix: &str) -> Result<()> {
    match name {
        Some(name) => Err(Error::bad_input(format!("unknown argument `{prefix}{name}`"))),
        None => Ok(()),
    }
}
