//! Root fields that call a function.

use std::sync::Arc;

use tokio_postgres::Row;

use crate::arguments::Call;
use crate::database::{Database, Operation, Read};
use crate::explain::{Explanation, Parents};
use crate::level::{Level, Run, raw, write_value, write_values};
use crate::list::ListArguments;
use crate::model::Type;
use crate::param::Param;
use crate::resolver::{Function, Returns, Volatility};
use crate::scope::{Occurrences, Scope};
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// A call of a function with the arguments of a field.
pub(crate) struct RootCall {
    function: &'static Function,
    sql: Sql,
    outcome: Outcome,
    /// Present where the number of rows is limited.
    longest: Option<LongList>,
}

/// A list that may turn out to be longer than a page.
struct LongList {
    /// GraphQL name.
    field: String,
    list: ListArguments,
}

/// What becomes of the rows that the call brings.
enum Outcome {
    /// There are none; the field is `true`.
    Nothing,
    /// The only column of the first one.
    Value(&'static Type, Option<Selection>),
    /// The only columns of all of them.
    Values(&'static Type, Option<Selection>),
    /// The first one, unless its first column says that it is NULL as a whole.
    Row(Rows),
    /// All of them.
    Rows(Rows),
}

/// Rows with what lies below them.
struct Rows {
    selection: Selection,
    /// Columns before the selected ones.
    skip: usize,
    completion: Option<Completion>,
}

/// Functions of a row that a command returns are called by a second statement: in the same one they
/// would see the database as it was before. The first one brings the rows as they are.
struct Completion {
    /// The SQL type of the rows.
    row: &'static str,
    sql: Sql,
}

/// The rows that a command has brought.
struct Called<'a> {
    call: &'a RootCall,
    rows: Arc<Vec<Row>>,
}

impl RootCall {
    /// Plans a call.
    pub(crate) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        function: &'static Function,
    ) -> Result<Self> {
        let given = scope.arguments(&field[0].node);
        let (call, list) = Call::parse(function, given, scope.limits.max_page_size)?;
        let value = |ty| Selection::of_value(scope, field, ty);
        let rows = |object| Selection::of_rows(scope, field, object);
        let mut sql = Sql::default();
        let outcome = match &function.returns {
            Returns::Void => {
                sql.push("select from ");
                call.write(None, &mut sql);
                Outcome::Nothing
            }
            Returns::Value(ty) | Returns::RequiredValue(ty) => {
                write_values_of(&call, &mut sql);
                Outcome::Value(ty, value(ty)?)
            }
            Returns::Values(ty) => {
                write_values_of(&call, &mut sql);
                Outcome::Values(ty, value(ty)?)
            }
            Returns::Row(object) | Returns::RequiredRow(object) => {
                // Whether it is NULL as a whole comes first. `t` could be a column; `t.*` is the row.
                let rows = Rows::of(rows(object)?, 1, function, scope.limits.max_page_size);
                rows.write_call(&call, &list, scope.limits.max_page_size, &mut sql);
                Outcome::Row(rows)
            }
            Returns::Rows(object) => {
                let rows = Rows::of(rows(object)?, 0, function, scope.limits.max_page_size);
                rows.write_call(&call, &list, scope.limits.max_page_size, &mut sql);
                Outcome::Rows(rows)
            }
        };
        // A command is carried out as a whole, and all that it returns is passed on.
        let longest = function
            .is_bounded()
            .then_some(LongList { field: field[0].node.name.node.to_string(), list });
        if let Some(LongList { list, .. }) = &longest {
            list.write_bounded_page(scope.limits.max_page_size, &mut sql);
        }
        Ok(Self { function, sql, outcome, longest })
    }

    /// Tells its statements.
    pub(crate) fn explain(&self, to: &mut Explanation) {
        to.add_other("the call", &self.sql);
        let (found, parents) = match &self.outcome {
            Outcome::Row(found) => (found, Parents::One),
            Outcome::Rows(found) => (found, Parents::Many),
            Outcome::Nothing | Outcome::Value(..) | Outcome::Values(..) => return,
        };
        if let Some(Completion { sql, .. }) = &found.completion {
            to.add_other("what functions compute of the rows", sql);
        }
        to.below(&found.selection, parents);
    }

    /// Calls the function and appends its result; `false` is null.
    pub(crate) async fn call(
        &self,
        database: &Database,
        operation: Operation<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        let found = match self.function.volatility {
            Volatility::Stable => database.read(self, operation, out).await?,
            Volatility::Volatile => {
                let params = self.sql.bind(operation.variables, &[])?;
                let (mut connection, rows) =
                    database.command(&self.sql.text, &params, operation).await?;
                let called = Called { call: self, rows: rows.into() };
                database.run(&called, &mut connection, operation, out).await?
            }
        };
        if !found && self.function.is_non_null() {
            return Err(self.function.unexpected_null());
        }
        Ok(found)
    }

    /// Appends the result of a call that has brought these rows, with what lies below them, read on
    /// the connection that has seen the change.
    async fn finish(&self, run: Run<'_>, rows: &Arc<Vec<Row>>, out: &mut Vec<u8>) -> Result<bool> {
        if let Some(LongList { field, list }) = &self.longest {
            list.check_length(field, rows.len(), run.limits.max_page_size)?;
        }
        match &self.outcome {
            Outcome::Nothing => out.extend_from_slice(b"true"),
            Outcome::Value(ty, selection) => {
                let value = rows.first().map(|row| raw(row, 0)).transpose()?.flatten();
                let Some(value) = value else { return Ok(false) };
                write_value(self.function, ty, Some(value), selection.as_ref(), out)?;
            }
            Outcome::Values(ty, selection) => {
                let values = rows.iter().map(|row| raw(row, 0));
                write_values(self.function, ty, values, selection.as_ref(), out)?;
            }
            Outcome::Row(found) => {
                let level = found.load(run, rows).await?;
                if level.len() == 0 || level.is_null(0)? {
                    return Ok(false);
                }
                level.write_row(&found.selection, 0, out)?;
            }
            Outcome::Rows(found) => {
                found.load(run, rows).await?.write_list(&found.selection, out)?;
            }
        }
        Ok(true)
    }
}

impl Read for RootCall {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        let rows = run.rows(&self.sql, &[]).await?.into();
        self.finish(run, &rows, out).await
    }
}

impl Read for Called<'_> {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        self.call.finish(run, &self.rows, out).await
    }
}

impl Rows {
    fn of(selection: Selection, skip: usize, function: &Function, max_page_size: u32) -> Self {
        let row = selection.called_row();
        let row = row.filter(|_| function.volatility == Volatility::Volatile);
        let completion = row.map(|row| {
            let mut sql = Sql::default();
            sql.push(Self::head(skip));
            selection.write_outputs(Self::separator(skip), max_page_size, &mut sql);
            sql.push(" from unnest(").param(Param::Keys(0), &format!("{row}[]")).push(") as t");
            Completion { row, sql }
        });
        Self { selection, skip, completion }
    }

    fn head(skip: usize) -> &'static str {
        if skip == 0 { "select" } else { "select t.* is null" }
    }

    fn separator(skip: usize) -> &'static str {
        if skip == 0 { " " } else { ", " }
    }

    fn write_call(&self, call: &Call, list: &ListArguments, max_page_size: u32, sql: &mut Sql) {
        sql.push(Self::head(self.skip));
        let separator = Self::separator(self.skip);
        match &self.completion {
            Some(Completion { row, .. }) => {
                sql.push(separator).push("t.*::").push(row);
            }
            None => self.selection.write_outputs(separator, max_page_size, sql),
        }
        sql.push(" from ");
        call.write(None, sql);
        sql.push(" as t");
        list.write_where_of_function(sql);
        list.write_order_of_function(sql);
    }

    /// Completes rows with what is computed of them and what lies below.
    async fn load(&self, run: Run<'_>, rows: &Arc<Vec<Row>>) -> Result<Level> {
        let completed = match &self.completion {
            None => rows.clone(),
            Some(Completion { sql, .. }) => {
                let values = rows.iter().map(|row| raw(row, self.skip));
                let values = values.filter_map(Result::transpose).collect::<Result<_>>()?;
                run.rows(sql, &[values]).await?.into()
            }
        };
        Level::load(run, &self.selection, completed, self.skip, Vec::new()).await
    }
}

/// Appends a statement that reads what the function returns as values.
fn write_values_of(call: &Call, sql: &mut Sql) {
    sql.push("select f.v from ");
    call.write(None, sql);
    sql.push(" as f (v)");
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
