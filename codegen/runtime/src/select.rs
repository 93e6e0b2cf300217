//! Root fields that read a view.

use crate::database::Database;
use crate::level::Level;
use crate::list::ListArguments;
use crate::model::View;
use crate::order::{self, write_joins, write_order};
use crate::predicate::Predicate;
use crate::scope::{Occurrences, Scope};
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// Lists the rows of a view; the columns of `equal` are arguments too.
pub(crate) async fn list(
    database: &Database,
    scope: &Scope<'_>,
    field: &Occurrences<'_>,
    view: &'static View,
    equal: &[&str],
) -> Result<Vec<u8>> {
    let given = scope.arguments(&field[0].node)?;
    let mut arguments = ListArguments::parse(Some(view.object), equal, given)?;
    arguments.limit.get_or_insert(ListArguments::DEFAULT_LIMIT);
    let selection = Selection::of_rows(scope, field, view.object)?;
    load(database, view, &selection, &arguments).await?.to_list(&selection)
}

/// Finds the row of a view by its key; `None` when there is none.
pub(crate) async fn lookup(
    database: &Database,
    scope: &Scope<'_>,
    field: &Occurrences<'_>,
    view: &'static View,
    key: &[&str],
) -> Result<Option<Vec<u8>>> {
    let given = scope.arguments(&field[0].node)?;
    let mut arguments = ListArguments { limit: Some(2), ..Default::default() };
    for name in key {
        let column = view.object.column(name)?;
        let value = given.iter().find(|(name, _)| name == column.field).map(|(_, value)| value);
        let value = value.filter(|value| **value != async_graphql::Value::Null);
        let value = value
            .ok_or_else(|| Error::bad_input(format!("argument `{}` is required", column.field)))?;
        arguments.predicates.push(Predicate::equal(column, value)?);
    }
    let selection = Selection::of_rows(scope, field, view.object)?;
    let level = load(database, view, &selection, &arguments).await?;
    if level.len() > 1 {
        return Err(Error::internal(format!("the key of {} is not unique", view.name)));
    }
    let mut out = Vec::with_capacity(256);
    let found = level.len() == 1;
    if found {
        level.write_row(&selection, 0, &mut out)?;
    }
    Ok(found.then_some(out))
}

async fn load(
    database: &Database,
    view: &'static View,
    selection: &Selection,
    arguments: &ListArguments,
) -> Result<Level> {
    let max_page_size = database.max_page_size();
    arguments.check(max_page_size)?;
    let mut sql = Sql::default();
    sql.push("select");
    selection.write_outputs(" ", max_page_size, &mut sql)?;
    sql.push(" from ").qualified(view.schema, view.name).push(" as t");
    let order = order::complete(&arguments.order, view)?;
    write_joins(&order, &mut sql);
    arguments.write_where(&mut sql);
    write_order(&order, &mut sql);
    arguments.write_page(&mut sql);
    let (connection, rows) = database.query(&sql.text, &sql.params).await?;
    Level::load(&connection, selection, rows.into(), 0, max_page_size).await
}
