//! Root fields that call a function.

use tokio_postgres::Row;

use crate::arguments::Call;
use crate::database::{Connection, Database};
use crate::level::{Level, raw, write_value, write_values};
use crate::list::ListArguments;
use crate::model::{ObjectType, Type};
use crate::param::Param;
use crate::resolver::{Function, Returns, Volatility};
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
    let (call, list) = Call::parse(function, scope.arguments(&field[0].node)?)?;
    let root = RootCall { database, scope, field, call, list };
    let result = match function.returns {
        Returns::Void => root.nothing().await.map(Some),
        Returns::Value(ty) | Returns::RequiredValue(ty) => root.value(&ty).await,
        Returns::Values(ty) => root.values(&ty).await.map(Some),
        Returns::Row(object) | Returns::RequiredRow(object) => root.row(object).await,
        Returns::Rows(object) => root.rows(object).await.map(Some),
    }?;
    if result.is_none() && function.is_non_null() {
        return Err(function.unexpected_null());
    }
    Ok(result)
}

/// A call on its way.
struct RootCall<'a> {
    database: &'a Database,
    scope: &'a Scope<'a>,
    field: &'a Occurrences<'a>,
    call: Call,
    list: ListArguments,
}

impl RootCall<'_> {
    async fn nothing(self) -> Result<Vec<u8>> {
        let mut sql = Sql::default();
        sql.push("select from ");
        self.call.write(None, &mut sql);
        self.run(&sql).await?;
        Ok(b"true".to_vec())
    }

    async fn value(self, ty: &Type) -> Result<Option<Vec<u8>>> {
        let (selection, rows) = self.cells(ty).await?;
        let value = rows.first().map(|row| raw(row, 0)).transpose()?.flatten();
        let Some(value) = value else { return Ok(None) };
        let mut out = Vec::new();
        write_value(self.call.function, ty, Some(value), selection.as_ref(), &mut out)?;
        Ok(Some(out))
    }

    async fn values(self, ty: &Type) -> Result<Vec<u8>> {
        let (selection, rows) = self.cells(ty).await?;
        let mut out = Vec::with_capacity(16 * rows.len() + 2);
        let values = rows.iter().map(|row| raw(row, 0));
        write_values(self.call.function, ty, values, selection.as_ref(), &mut out)?;
        Ok(out)
    }

    async fn cells(&self, ty: &Type) -> Result<(Option<Selection>, Vec<Row>)> {
        let selection = Selection::of_value(self.scope, self.field, ty)?;
        let mut sql = Sql::default();
        sql.push("select f.v from ");
        self.call.write(None, &mut sql);
        sql.push(" as f (v)");
        self.write_page(&mut sql)?;
        let (_, rows) = self.run(&sql).await?;
        self.check_length(rows.len())?;
        Ok((selection, rows))
    }

    async fn row(self, object: &'static ObjectType) -> Result<Option<Vec<u8>>> {
        let selection = Selection::of_rows(self.scope, self.field, object)?;
        // Whether it is NULL as a whole comes first. `t` could be a column; `t.*` is the row.
        let level = self.load("select t.* is null", ", ", &selection, 1).await?;
        if level.len() == 0 || level.is_null(0)? {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(256);
        level.write_row(&selection, 0, &mut out)?;
        Ok(Some(out))
    }

    async fn rows(self, object: &'static ObjectType) -> Result<Vec<u8>> {
        let selection = Selection::of_rows(self.scope, self.field, object)?;
        let level = self.load("select", " ", &selection, 0).await?;
        self.check_length(level.len())?;
        level.to_list(&selection)
    }

    /// Runs the call, and loads what lies below on the connection that has seen the change.
    ///
    /// Functions of a row that a command returns are called by a second statement: in the same one
    /// they would see the database as it was before.
    async fn load(
        &self,
        select: &str,
        separator: &str,
        selection: &Selection,
        skip: usize,
    ) -> Result<Level> {
        let max_page_size = self.database.max_page_size();
        let row = selection.called_row();
        let row = row.filter(|_| self.call.function.volatility == Volatility::Volatile);
        let mut sql = Sql::default();
        sql.push(select);
        match row {
            Some(row) => {
                sql.push(separator).push("t.*::").push(row);
            }
            None => selection.write_outputs(separator, max_page_size, &mut sql)?,
        }
        sql.push(" from ");
        self.call.write(None, &mut sql);
        sql.push(" as t");
        self.list.write_where_of_function(&mut sql);
        self.list.write_order_of_function(&mut sql);
        self.write_page(&mut sql)?;
        let (connection, mut rows) = self.run(&sql).await?;
        if let Some(row) = row {
            let mut values = Vec::with_capacity(rows.len());
            for fetched in &rows {
                values.extend(raw(fetched, skip)?.map(<[u8]>::to_vec));
            }
            let mut sql = Sql::default();
            sql.push(select);
            selection.write_outputs(separator, max_page_size, &mut sql)?;
            sql.push(" from unnest(");
            sql.param(Param::Keys(values), &format!("{row}[]")).push(") as t");
            rows = connection.query(&sql.text, &sql.params).await?;
        }
        Level::load(&connection, selection, rows.into(), skip, max_page_size).await
    }

    /// A command is carried out as a whole, and all that it returns is passed on.
    fn write_page(&self, sql: &mut Sql) -> Result<()> {
        if self.call.function.is_bounded() {
            self.list.check(self.database.max_page_size())?;
            self.list.write_bounded_page(self.database.max_page_size(), sql);
        }
        Ok(())
    }

    fn check_length(&self, length: usize) -> Result<()> {
        if !self.call.function.is_bounded() {
            return Ok(());
        }
        self.list.check_length(&self.field[0].node.name.node, length, self.database.max_page_size())
    }

    async fn run(&self, sql: &Sql) -> Result<(Connection, Vec<Row>)> {
        match self.call.function.volatility {
            Volatility::Volatile => self.database.command(&sql.text, &sql.params).await,
            Volatility::Stable => self.database.query(&sql.text, &sql.params).await,
        }
    }
}

impl Function {
    /// Whether a page has to be asked for: a set that is only read.
    fn is_bounded(&self) -> bool {
        self.volatility == Volatility::Stable
            && matches!(self.returns, Returns::Values(_) | Returns::Rows(_))
    }

    /// The error for a null where there should be none.
    pub(crate) fn unexpected_null(&self) -> Error {
        Error::internal(format!(
            "function {}.{} is marked `@notnull`, but returned null",
            self.schema, self.name
        ))
    }
}
