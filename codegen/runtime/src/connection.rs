//! Connections: pages of a view by cursor, as Relay specifies them
//! (<https://relay.dev/graphql/connections.htm>).

mod arguments;
mod cursor;
mod fields;
mod page;
mod seek;

use crate::Result;
use crate::database::Read;
use crate::level::Run;
use crate::model::View;
use crate::scope::{Occurrences, Scope};
use arguments::Arguments;
use fields::Fields;
use page::Page;

/// A page of a view.
pub(crate) struct Connection {
    view: &'static View,
    arguments: Arguments,
    fields: Fields,
}

impl Connection {
    /// Plans a page. Its statement depends on the values of the cursors, and is made for each
    /// request.
    pub(crate) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        view: &'static View,
    ) -> Result<Self> {
        let given = scope.arguments(&field[0].node);
        let arguments = Arguments::parse(view, given, scope.limits.max_page_size)?;
        let fields = Fields::of(scope, field, view)?;
        Ok(Self { view, arguments, fields })
    }
}

impl Read for Connection {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        Page::load(run, self).await?.write(&self.fields, out)?;
        Ok(true)
    }
}
