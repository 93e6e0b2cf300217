//! Connections: pages of a view by cursor, as Relay specifies them
//! (<https://relay.dev/graphql/connections.htm>).

mod arguments;
mod cursor;
mod fields;
mod page;
mod seek;

use crate::Result;
use crate::database::Database;
use crate::model::View;
use crate::scope::{Occurrences, Scope};
use arguments::Arguments;
use fields::Fields;
use page::Page;

/// Reads a page of a view.
pub(crate) async fn connection(
    database: &Database,
    scope: &Scope<'_>,
    field: &Occurrences<'_>,
    view: &'static View,
) -> Result<Vec<u8>> {
    let arguments = Arguments::parse(view, scope.arguments(&field[0].node)?)?;
    arguments.check(database.max_page_size())?;
    let fields = Fields::of(scope, field, view)?;
    let page = Page::load(database, view, &arguments, &fields).await?;
    page.write(&fields)
}
