//! Connections.

use super::list_arguments;
use super::write::{Definition, Member};
use crate::plan::Plan;
use crate::plan::model::View;
use crate::plan::names::GraphqlName;

/// The root field of a connection.
pub(super) fn field(plan: &Plan, view: &View, name: &GraphqlName) -> Member {
    let mut arguments = vec![
        Member::new("first", "Int"),
        Member::new("after", "String"),
        Member::new("last", "Int"),
        Member::new("before", "String"),
    ];
    arguments.extend(list_arguments(plan, &view.object));
    Member::new(name, format!("{}Connection!", view.object.name))
        .doc(&view.object.description)
        .deprecated(view.deprecated.as_deref())
        .arguments(arguments)
}

/// The types of all connections, and `PageInfo`.
pub(super) fn definitions(plan: &Plan) -> Vec<Definition> {
    let views: Vec<&View> = plan.views.values().filter(|view| view.connection.is_some()).collect();
    let page_info = (!views.is_empty()).then(|| {
        let members = vec![
            Member::new("hasNextPage", "Boolean!").doc("Whether there are rows after the page."),
            Member::new("hasPreviousPage", "Boolean!")
                .doc("Whether there are rows before the page."),
            Member::new("startCursor", "String").doc("The cursor of the first row."),
            Member::new("endCursor", "String").doc("The cursor of the last row."),
        ];
        Definition::new("type", "PageInfo", "Where a page stands in its connection.", members)
    });
    views.into_iter().flat_map(|view| [connection(view), edge(view)]).chain(page_info).collect()
}

fn connection(view: &View) -> Definition {
    let name = &view.object.name;
    let members = vec![
        Member::new("edges", format!("[{name}Edge!]!")).doc("The rows with their cursors."),
        Member::new("nodes", format!("[{name}!]!")).doc("The rows."),
        Member::new("pageInfo", "PageInfo!").doc("Where the page stands."),
        Member::new("totalCount", "Int!").doc("How many rows there are on all pages."),
    ];
    let doc = format!("A page of rows of {name}.");
    Definition::new("type", name.with_suffix("Connection"), &doc, members)
}

fn edge(view: &View) -> Definition {
    let name = &view.object.name;
    let members = vec![
        Member::new("cursor", "String!")
            .doc("To be given as `after` or `before`, with the same `orderBy`."),
        Member::new("node", format!("{name}!")).doc("The row."),
    ];
    let doc = format!("A row of {name} and where it stands.");
    Definition::new("type", name.with_suffix("Edge"), &doc, members)
}
