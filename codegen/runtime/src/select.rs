//! Root fields that read a view.

use futures_util::future::{join, try_join_all};
use tokio_postgres::Row;

use crate::database::Read;
use crate::explain::{Explanation, Parents};
use crate::level::{Level, Run};
use crate::list::ListArguments;
use crate::model::View;
use crate::order::{self, write_joins, write_order};
use crate::predicate::Predicate;
use crate::scope::{Occurrences, Scope};
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// A list of a view's rows.
pub(crate) struct List {
    sql: Sql,
    selection: Selection,
}

/// A row of a view, found by a key.
pub(crate) struct Lookup {
    view: &'static View,
    sql: Sql,
    selection: Selection,
    /// For each field of the selection that leads to rows, the statement that reads them, if the
    /// key that was given is all it needs: it is sent together with the one for the row.
    early: Vec<Option<Sql>>,
}

impl List {
    /// Plans a list; the columns of `equal` are arguments too.
    pub(crate) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        view: &'static View,
        equal: &[&str],
    ) -> Result<Self> {
        let max_page_size = scope.limits.max_page_size;
        let given = scope.arguments(&field[0].node);
        let limit = Some(ListArguments::DEFAULT_LIMIT);
        let arguments =
            ListArguments::parse(Some(view.object), equal, given, limit, max_page_size)?;
        let selection = Selection::of_rows(scope, field, view.object)?;
        let sql = statement(view, &selection, &arguments, max_page_size)?;
        Ok(Self { sql, selection })
    }

    /// Tells its statements.
    pub(crate) fn explain(&self, to: &mut Explanation) {
        to.add("the list", &self.sql);
        to.below(&self.selection, Parents::Many);
    }
}

impl Read for List {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        let rows = run.rows(&self.sql, &[]).await?;
        let level = Level::load(run, &self.selection, rows, 0, Vec::new()).await?;
        level.write_list(&self.selection, out)?;
        Ok(true)
    }
}

impl Lookup {
    /// Plans a lookup by the columns of a key.
    pub(crate) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        view: &'static View,
        key: &[&str],
    ) -> Result<Self> {
        let given = scope.arguments(&field[0].node);
        let mut arguments = ListArguments { limit: Some(2), ..Default::default() };
        for name in key {
            let column = view.object.column(name)?;
            let input = given.iter().find(|(name, _)| *name == column.field).map(|(_, it)| it);
            let input = input.filter(|input| !input.is_null());
            let input = input.ok_or_else(|| {
                Error::bad_input(format!("argument `{}` is required", column.field))
            })?;
            arguments.predicates.push(Predicate::equal(column, input)?);
        }
        let selection = Selection::of_rows(scope, field, view.object)?;
        let sql = statement(view, &selection, &arguments, scope.limits.max_page_size)?;
        let given: Vec<_> = arguments.predicates.iter().map(Predicate::compared).collect();
        let early = selection.rows_fields().map(|field| field.early(key, &given)).collect();
        Ok(Self { view, sql, selection, early })
    }

    /// Tells its statements; those that are sent early have the text of those for one parent.
    pub(crate) fn explain(&self, to: &mut Explanation) {
        to.add("the row with this key", &self.sql);
        to.below(&self.selection, Parents::One);
    }
}

impl Lookup {
    /// The row, and the rows of its fields that are sent for together with it.
    async fn rows(&self, run: Run<'_>) -> (Result<Vec<Row>>, Result<Vec<Option<Vec<Row>>>>) {
        let row = run.rows(&self.sql, &[]);
        match &*self.early {
            [] | [None] => (row.await, Ok(Vec::new())),
            [Some(sql)] => {
                let (row, early) = join(row, run.rows(sql, &[])).await;
                (row, early.map(|rows| vec![Some(rows)]))
            }
            several => {
                let early = several.iter().map(async |sql| -> Result<Option<Vec<Row>>> {
                    match sql {
                        Some(sql) => run.rows(sql, &[]).await.map(Some),
                        None => Ok(None),
                    }
                });
                join(row, try_join_all(early)).await
            }
        }
    }
}

impl Read for Lookup {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        let (rows, early) = Box::pin(self.rows(run)).await;
        let rows = rows?;
        if rows.len() > 1 {
            return Err(Error::internal(format!("the key of {} is not unique", self.view.name)));
        }
        if rows.is_empty() {
            return Ok(false);
        }
        let level = Level::load(run, &self.selection, rows, 0, early?).await?;
        level.write_row(&self.selection, 0, out)?;
        Ok(true)
    }
}

fn statement(
    view: &'static View,
    selection: &Selection,
    arguments: &ListArguments,
    max_page_size: u32,
) -> Result<Sql> {
    let mut sql = Sql::default();
    sql.push("select");
    selection.write_outputs(" ", max_page_size, &mut sql);
    sql.push(" from ").qualified(view.schema, view.name).push(" as t");
    let order = order::complete(&arguments.order, view)?;
    write_joins(&order, &mut sql);
    arguments.write_where(&mut sql);
    write_order(&order, &mut sql);
    arguments.write_page(&mut sql);
    Ok(sql)
}
