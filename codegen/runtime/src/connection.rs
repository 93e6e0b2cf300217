//! Connections: pages of a view by cursor, as Relay specifies them
//! (<https://relay.dev/graphql/connections.htm>).

mod arguments;
mod cursor;
mod fields;
mod page;
mod seek;

use async_graphql::Variables;

use crate::Result;
use crate::database::Read;
use crate::explain::{Explanation, Parents};
use crate::level::Run;
use crate::model::View;
use crate::scope::{Occurrences, Scope};
use arguments::{Arguments, reversed};
use fields::{Fields, PageField};
use page::{Page, count, existence, page};
use seek::Seek;

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

    /// Tells its statements for the cursors of a request; what lies around the page is asked for as
    /// if the page were empty, with the cursor in place of its first or last row.
    pub(crate) fn explain(
        &self,
        variables: &Variables,
        max_page_size: u32,
        to: &mut Explanation,
    ) -> Result<()> {
        let Self { view, arguments, fields } = self;
        let bounds = arguments.bounds(view, variables)?;
        if fields.need_rows() {
            to.add_other("the page", &page(self, &bounds, max_page_size));
        }
        if fields.need_count() {
            to.add_other("the number of all rows", &count(view, &arguments.predicates));
        }
        if let Some(after) = bounds.after.filter(|_| fields.need(PageField::HasPrevious)) {
            let sql = existence(self, &reversed(&arguments.order), &after, Seek::From);
            to.add_other("whether there is a page before", &sql);
        }
        if let Some(before) = bounds.before.filter(|_| fields.need(PageField::HasNext)) {
            let sql = existence(self, &arguments.order, &before, Seek::From);
            to.add_other("whether there is a page after", &sql);
        }
        fields.nodes.iter().for_each(|node| to.below(node, Parents::Many));
        Ok(())
    }
}

impl Read for Connection {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        Page::load(run, self).await?.write(&self.fields, out)?;
        Ok(true)
    }
}
