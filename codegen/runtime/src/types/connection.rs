//! The GraphQL types of connections.

use async_graphql::OutputType;
use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaField, Registry};

use super::{add_argument, add_filter_arguments, field, input, object_type};
use crate::model::ObjectType;

/// Adds the arguments of a connection.
pub(super) fn add_arguments(
    registry: &mut Registry,
    object: &'static ObjectType,
    field: &mut MetaField,
) {
    add_argument(field, input("first", "", "Int".to_owned()));
    add_argument(field, input("after", "", "String".to_owned()));
    add_argument(field, input("last", "", "Int".to_owned()));
    add_argument(field, input("before", "", "String".to_owned()));
    add_filter_arguments(registry, object, field);
}

/// Registers a connection, its edges and `PageInfo`, and returns its name.
pub(super) fn register(registry: &mut Registry, object: &ObjectType) -> String {
    <i32 as OutputType>::create_type_info(registry);
    <bool as OutputType>::create_type_info(registry);
    <String as OutputType>::create_type_info(registry);
    let node = object.name;
    let (connection, edge) = (format!("{node}Connection"), format!("{node}Edge"));
    register_object(
        registry,
        "PageInfo",
        "Where a page stands in its connection.",
        &[
            ("hasNextPage", "Whether there are rows after the page.", "Boolean!"),
            ("hasPreviousPage", "Whether there are rows before the page.", "Boolean!"),
            ("startCursor", "The cursor of the first row.", "String"),
            ("endCursor", "The cursor of the last row.", "String"),
        ],
    );
    register_object(
        registry,
        &edge,
        &format!("A row of {node} and where it stands."),
        &[
            ("cursor", "To be given as `after` or `before`, with the same `orderBy`.", "String!"),
            ("node", "The row.", &format!("{node}!")),
        ],
    );
    register_object(
        registry,
        &connection,
        &format!("A page of rows of {node}."),
        &[
            ("edges", "The rows with their cursors.", &format!("[{edge}!]!")),
            ("nodes", "The rows.", &format!("[{node}!]!")),
            ("pageInfo", "Where the page stands.", "PageInfo!"),
            ("totalCount", "How many rows there are on all pages.", "Int!"),
        ],
    );
    connection
}

fn register_object(registry: &mut Registry, name: &str, doc: &str, fields: &[(&str, &str, &str)]) {
    let fields: IndexMap<String, MetaField> = fields
        .iter()
        .map(|(name, doc, ty)| ((*name).to_owned(), field(name, doc, (*ty).to_owned())))
        .collect();
    registry.types.entry(name.to_owned()).or_insert_with(|| object_type(name, doc, fields));
}
