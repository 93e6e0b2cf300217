//! Root fields that call a function.

use async_graphql::Value;
use async_graphql::indexmap::IndexMap;
use tokio_postgres::Row;

use crate::database::{Connection, Database};
use crate::decode;
use crate::encode::encode;
use crate::level::{Level, raw};
use crate::model::{ObjectType, Type};
use crate::param::{Given, Param};
use crate::resolver::{Argument, Function, Presence, Returns, Volatility};
use crate::scope::{Occurrences, Scope};
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// Calls a function with the arguments of a field; `None` when it returns null.
pub(crate) async fn call(
    database: &Database,
    scope: &Scope<'_>,
    field: &Occurrences<'_>,
    function: &'static Function,
) -> Result<Option<Vec<u8>>> {
    let call = Call {
        database,
        scope,
        field,
        function,
        arguments: arguments(function, scope.arguments(&field[0].node)?)?,
    };
    let result = match function.returns {
        Returns::Void => call.nothing().await.map(Some),
        Returns::Value(ty) | Returns::RequiredValue(ty) => call.value(&ty).await,
        Returns::Values(ty) => call.values(&ty).await.map(Some),
        Returns::Row(object) | Returns::RequiredRow(object) => call.row(object).await,
        Returns::Rows(object) => call.rows(object).await.map(Some),
    }?;
    if result.is_none()
        && matches!(function.returns, Returns::RequiredValue(_) | Returns::RequiredRow(_))
    {
        return Err(Error::internal(format!(
            "function {}.{} is marked `@notnull`, but returned null",
            function.schema, function.name
        )));
    }
    Ok(result)
}

/// The arguments to pass. They go by name, so that those left out take their SQL defaults.
fn arguments(
    function: &'static Function,
    given: Vec<(String, Value)>,
) -> Result<Vec<(&'static Argument, Param)>> {
    let mut given: IndexMap<String, Value> = given.into_iter().collect();
    let mut prefix = "";
    if function.input.is_some() {
        let Some(Value::Object(members)) = given.swap_remove("input") else {
            return Err(Error::bad_input("argument `input` is required"));
        };
        given = members.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        prefix = "input.";
    }
    let mut arguments = Vec::with_capacity(function.arguments.len());
    for argument in function.arguments {
        let value = match (given.swap_remove(argument.field), argument.presence) {
            (None, Presence::Defaulted) => continue,
            (None, Presence::Nullable) => Value::Null,
            (None | Some(Value::Null), Presence::Required) => {
                return Err(Error::bad_input(format!(
                    "argument `{prefix}{}` is required",
                    argument.field
                )));
            }
            (Some(value), _) => value,
        };
        let path = format!("{prefix}{}", argument.field);
        let text = encode(&argument.ty, &value, &path)?;
        let given = Given { path: path.into(), value };
        arguments.push((argument, Param::Text { text, given }));
    }
    match given.keys().next() {
        Some(name) => Err(Error::bad_input(format!("unknown argument `{prefix}{name}`"))),
        None => Ok(arguments),
    }
}

/// A call on its way.
struct Call<'a> {
    database: &'a Database,
    scope: &'a Scope<'a>,
    field: &'a Occurrences<'a>,
    function: &'static Function,
    arguments: Vec<(&'static Argument, Param)>,
}

impl Call<'_> {
    async fn nothing(self) -> Result<Vec<u8>> {
        let mut sql = Sql::default();
        sql.push("select from ");
        self.run(sql, "").await?;
        Ok(b"true".to_vec())
    }

    async fn row(self, object: &'static ObjectType) -> Result<Option<Vec<u8>>> {
        let (selection, level) = self.load(object, true).await?;
        if level.len() == 0 || level.is_null(0)? {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(256);
        level.write_row(&selection, 0, &mut out)?;
        Ok(Some(out))
    }

    async fn rows(self, object: &'static ObjectType) -> Result<Vec<u8>> {
        let (selection, level) = self.load(object, false).await?;
        let mut out = Vec::with_capacity(64 * level.len() * selection.fields.len().max(1));
        level.write_list(&selection, &mut out)?;
        Ok(out)
    }

    async fn value(self, ty: &Type) -> Result<Option<Vec<u8>>> {
        let function = self.function;
        let (selection, rows) = self.cells(ty).await?;
        let value = rows.first().map(|row| raw(row, 0)).transpose()?.flatten();
        let Some(value) = value else { return Ok(None) };
        let mut out = Vec::new();
        write_result(function, ty, value, selection.as_ref(), &mut out)?;
        Ok(Some(out))
    }

    async fn values(self, ty: &Type) -> Result<Vec<u8>> {
        let function = self.function;
        let (selection, rows) = self.cells(ty).await?;
        let mut out = vec![b'['];
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match raw(row, 0)? {
                Some(value) => write_result(function, ty, value, selection.as_ref(), &mut out)?,
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b']');
        Ok(out)
    }

    async fn cells(self, ty: &Type) -> Result<(Option<Selection>, Vec<Row>)> {
        let selection = Selection::of_value(self.scope, self.field, ty)?;
        let mut sql = Sql::default();
        sql.push("select f.v from ");
        let (_, rows) = self.run(sql, " as f (v)").await?;
        Ok((selection, rows))
    }

    /// Calls a function that returns rows, and loads what lies below them on the connection that
    /// has seen the change.
    async fn load(self, object: &'static ObjectType, single: bool) -> Result<(Selection, Level)> {
        let selection = Selection::of_rows(self.scope, self.field, object)?;
        let mut sql = Sql::default();
        // For a single row, whether it is NULL comes first.
        sql.push(if single { "select t is null" } else { "select" });
        for (index, column) in selection.columns.iter().enumerate() {
            sql.push(if single || index > 0 { ", t." } else { " t." }).name(column.column);
        }
        sql.push(" from ");
        let max_page_size = self.database.max_page_size();
        let (connection, rows) = self.run(sql, " as t").await?;
        let level =
            Level::load(&connection, &selection, rows.into(), single.into(), max_page_size).await?;
        Ok((selection, level))
    }

    async fn run(self, mut sql: Sql, alias: &str) -> Result<(Connection, Vec<Row>)> {
        let Function { schema, name, volatility, .. } = self.function;
        sql.name(schema).push(".").name(name).push("(");
        for (index, (argument, value)) in self.arguments.into_iter().enumerate() {
            sql.push(if index > 0 { ", " } else { "" }).name(argument.name).push(" => ");
            sql.param(value, argument.sql_type);
        }
        sql.push(")").push(alias);
        if *volatility == Volatility::Volatile {
            return self.database.command(&sql.text, &sql.params).await;
        }
        self.database.query(&sql.text, &sql.params).await.map_err(|error| {
            if error.sql_state() == Some("25006") {
                return Error::internal(format!(
                    "function {schema}.{name} writes, but is declared STABLE or IMMUTABLE; declare it VOLATILE",
                ));
            }
            error
        })
    }
}

/// Appends a value that a function returned.
fn write_result(
    function: &Function,
    ty: &Type,
    value: &[u8],
    selection: Option<&Selection>,
    out: &mut Vec<u8>,
) -> decode::Result {
    decode::write(ty, value, selection, out).map_err(|error| {
        error.within(format!("the result of function {}.{}", function.schema, function.name))
    })
}
