//! Root fields that call a function.

use async_graphql::{Context, InputType as GraphqlInput, MaybeUndefined, Value};
use tokio_postgres::Row as PgRow;

use crate::database::{Connection, Database, Side};
use crate::decode;
use crate::encode::{encode, fields};
use crate::input::{Input, InputObject};
use crate::level::{Level, raw};
use crate::model::{ObjectType, Type};
use crate::output::{Cell, Row, Rows};
use crate::param::Param;
use crate::record::Record;
use crate::select::Pending;
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// A call of a function, built from the arguments of a resolver.
///
/// Arguments go by name, so that those left out take their SQL defaults.
#[derive(Debug)]
pub struct Call {
    side: Side,
    schema: &'static str,
    name: &'static str,
    arguments: Vec<Result<Argument>>,
}

#[derive(Debug)]
struct Argument {
    name: &'static str,
    sql_type: std::borrow::Cow<'static, str>,
    value: Param,
}

impl Call {
    /// A VOLATILE function: runs on the primary, and again if it loses against another transaction.
    pub fn command(schema: &'static str, name: &'static str) -> Self {
        Self { side: Side::Command, schema, name, arguments: Vec::new() }
    }

    /// A STABLE or IMMUTABLE function: runs read-only, on any replica.
    pub fn query(schema: &'static str, name: &'static str) -> Self {
        Self { side: Side::Query, ..Self::command(schema, name) }
    }

    /// Passes an argument.
    #[must_use]
    pub fn argument<T: GraphqlInput>(
        self,
        name: &'static str,
        sql_type: &'static str,
        ty: Type,
        value: T,
    ) -> Self {
        self.push(name, sql_type.into(), &ty, &value.to_value(), name)
    }

    /// Passes an argument, unless the client left it out.
    #[must_use]
    pub fn optional<T: GraphqlInput>(
        self,
        name: &'static str,
        sql_type: &'static str,
        ty: Type,
        value: MaybeUndefined<T>,
    ) -> Self {
        match value {
            MaybeUndefined::Undefined => self,
            MaybeUndefined::Null => self.push(name, sql_type.into(), &ty, &Value::Null, name),
            MaybeUndefined::Value(value) => self.argument(name, sql_type, ty, value),
        }
    }

    /// Passes the arguments that an input object holds.
    #[must_use]
    pub fn input<I: InputObject>(mut self, input: Input<I>) -> Self {
        match fields(I::INPUT.fields, input.value(), "input") {
            Err(error) => self.arguments.push(Err(error)),
            Ok(fields) => {
                for (column, value) in fields {
                    let path = format!("input.{}", column.field);
                    self = self.push(column.column, column.sql_type(), &column.ty, value, &path);
                }
            }
        }
        self
    }

    fn push(
        mut self,
        name: &'static str,
        sql_type: std::borrow::Cow<'static, str>,
        ty: &Type,
        value: &Value,
        path: &str,
    ) -> Self {
        let value = encode(ty, value, path).map(Param::Text);
        self.arguments.push(value.map(|value| Argument { name, sql_type, value }));
        self
    }

    /// Calls a function that returns nothing; `true` once it is done.
    ///
    /// # Errors
    ///
    /// Fails if the database refuses; the same holds for the other ways to call.
    pub async fn void(self, ctx: &Context<'_>) -> Result<bool> {
        self.nothing(ctx).await
    }

    /// Calls a function that returns one row; `None` when it returns NULL, or a row of nothing but
    /// NULLs, which is how a `SELECT … INTO` that found nothing looks.
    pub async fn row<T: Record>(self, ctx: &Context<'_>) -> Result<Option<Row<T>>> {
        Ok(self.one(ctx, T::OBJECT).await?.map(Row::new))
    }

    /// Calls a function that always returns a row.
    pub async fn required_row<T: Record>(self, ctx: &Context<'_>) -> Result<Row<T>> {
        let name = self.name;
        self.row(ctx).await?.ok_or_else(|| returned_null(name))
    }

    /// Calls a function that returns rows.
    pub async fn rows<T: Record>(self, ctx: &Context<'_>) -> Result<Rows<T>> {
        self.list(ctx, T::OBJECT).await.map(Rows::new)
    }

    /// Calls a function that returns one value.
    pub async fn cell<T>(self, ctx: &Context<'_>, ty: Type) -> Result<Option<Cell<T>>> {
        Ok(self.values(ctx, ty, false).await?.map(Cell::new))
    }

    /// Calls a function that always returns a value.
    pub async fn required_cell<T>(self, ctx: &Context<'_>, ty: Type) -> Result<Cell<T>> {
        let name = self.name;
        self.cell(ctx, ty).await?.ok_or_else(|| returned_null(name))
    }

    /// Calls a function that returns a set of values, of the given type.
    pub async fn cells<T>(self, ctx: &Context<'_>, ty: Type) -> Result<Cell<T>> {
        Ok(Cell::new(self.values(ctx, ty, true).await?.unwrap_or_default()))
    }

    fn nothing<'a>(self, ctx: &'a Context<'_>) -> Pending<'a, bool> {
        Box::pin(async move {
            let mut sql = Sql::default();
            sql.push("select from ");
            self.run(ctx, sql, "").await?;
            Ok(true)
        })
    }

    fn one<'a>(
        self,
        ctx: &'a Context<'_>,
        object: &'static ObjectType,
    ) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let (selection, level) = self.load(ctx, object, true).await?;
            if level.len() == 0 || level.is_null(0)? {
                return Ok(None);
            }
            let mut out = Vec::with_capacity(256);
            level.write_row(&selection, 0, &mut out)?;
            Ok(Some(out))
        })
    }

    fn list<'a>(self, ctx: &'a Context<'_>, object: &'static ObjectType) -> Pending<'a, Vec<u8>> {
        Box::pin(async move {
            let (selection, level) = self.load(ctx, object, false).await?;
            let mut out = Vec::with_capacity(256);
            level.write_list(&selection, &mut out)?;
            Ok(out)
        })
    }

    /// The only value, or all of them as a list; `None` for a single NULL.
    fn values<'a>(self, ctx: &'a Context<'_>, ty: Type, set: bool) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let selection = Selection::of_value(ctx, &ty)?;
            let mut sql = Sql::default();
            sql.push("select f.v from ");
            let (_, rows) = self.run(ctx, sql, " as f (v)").await?;
            let mut out = Vec::new();
            if !set {
                let value = rows.first().map(|row| raw(row, 0)).transpose()?.flatten();
                let Some(value) = value else { return Ok(None) };
                decode::write(&ty, value, selection.as_ref(), &mut out)?;
                return Ok(Some(out));
            }
            out.push(b'[');
            for (index, row) in rows.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                match raw(row, 0)? {
                    Some(value) => decode::write(&ty, value, selection.as_ref(), &mut out)?,
                    None => out.extend_from_slice(b"null"),
                }
            }
            out.push(b']');
            Ok(Some(out))
        })
    }

    /// Calls a function that returns rows, and loads what lies below them on the connection that
    /// has seen the change.
    async fn load(
        self,
        ctx: &Context<'_>,
        object: &'static ObjectType,
        single: bool,
    ) -> Result<(Selection, Level)> {
        let selection = Selection::of_rows(ctx, object)?;
        let mut sql = Sql::default();
        // For a single row, whether it is NULL comes first.
        sql.push(if single { "select t is null" } else { "select" });
        for (index, column) in selection.columns.iter().enumerate() {
            sql.push(if single || index > 0 { ", t." } else { " t." }).name(column.column);
        }
        sql.push(" from ");
        let max_page_size = Database::of(ctx)?.max_page_size();
        let (connection, rows) = self.run(ctx, sql, " as t").await?;
        let level =
            Level::load(&connection, &selection, rows, single.into(), max_page_size).await?;
        Ok((selection, level))
    }

    async fn run(
        self,
        ctx: &Context<'_>,
        mut sql: Sql,
        alias: &str,
    ) -> Result<(Connection, Vec<PgRow>)> {
        sql.name(self.schema).push(".").name(self.name).push("(");
        for (index, argument) in self.arguments.into_iter().enumerate() {
            let argument = argument?;
            sql.push(if index > 0 { ", " } else { "" }).name(argument.name).push(" => ");
            sql.param(argument.value, &argument.sql_type);
        }
        sql.push(")").push(alias);
        let database = Database::of(ctx)?;
        if self.side == Side::Command {
            return database.command(&sql.text, &sql.params).await;
        }
        database.query(&sql.text, &sql.params).await.map_err(|error| {
            if error.sql_state() == Some("25006") {
                return Error::internal(format!(
                    "function {}.{} writes, but is declared STABLE or IMMUTABLE; declare it VOLATILE",
                    self.schema, self.name
                ));
            }
            error
        })
    }
}

fn returned_null(name: &str) -> Error {
    Error::internal(format!("function `{name}` is marked `@notnull`, but returned null"))
}
