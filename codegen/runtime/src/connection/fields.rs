//! What a client selects of a connection.

use async_graphql::Positioned;
use async_graphql::parser::types::Field as AstField;

use crate::json::member;
use crate::model::View;
use crate::scope::{Occurrences, Scope};
use crate::selection::{Output, Selection, selection_sets};
use crate::{Error, Result};

/// The selected fields of a connection.
pub(super) struct Fields {
    pub(super) fields: Vec<(Box<str>, Field)>,
    /// The selections of nodes that the fields refer to by position; one page serves all.
    pub(super) nodes: Vec<Selection>,
    /// What to fetch for all of them.
    pub(super) outputs: Vec<Output>,
    /// GraphQL name of the view's rows.
    object: &'static str,
}

/// A field of a connection.
pub(super) enum Field {
    /// `__typename`
    Typename(String),
    /// `edges`
    Edges(Vec<(Box<str>, EdgeField)>),
    /// `nodes`
    Nodes(usize),
    /// `pageInfo`
    PageInfo(Vec<(Box<str>, PageField)>),
    /// `totalCount`
    TotalCount,
}

/// A field of an edge.
pub(super) enum EdgeField {
    /// `__typename`
    Typename(String),
    /// `cursor`
    Cursor,
    /// `node`
    Node(usize),
}

/// A field of `PageInfo`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum PageField {
    /// `__typename`
    Typename,
    /// `hasNextPage`
    HasNext,
    /// `hasPreviousPage`
    HasPrevious,
    /// `startCursor`
    Start,
    /// `endCursor`
    End,
}

impl Fields {
    pub(super) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        view: &'static View,
    ) -> Result<Self> {
        let object = view.object.name;
        let mut fields =
            Self { fields: Vec::new(), nodes: Vec::new(), outputs: Vec::new(), object };
        for (key, asts) in scope.fields(&selection_sets(field)) {
            let planned = match name(&asts) {
                "__typename" => Field::Typename(format!("{object}Connection")),
                "totalCount" => Field::TotalCount,
                "nodes" => Field::Nodes(fields.node(scope, &asts, view)?),
                "edges" => Field::Edges(fields.edges(scope, &asts, view)?),
                "pageInfo" => Field::PageInfo(page_info(scope, &asts)?),
                name => return Err(unknown(name)),
            };
            fields.fields.push((member(key), planned));
        }
        Ok(fields)
    }

    fn edges(
        &mut self,
        scope: &Scope<'_>,
        asts: &Occurrences<'_>,
        view: &'static View,
    ) -> Result<Vec<(Box<str>, EdgeField)>> {
        let mut edges = Vec::new();
        for (key, asts) in scope.fields(&selection_sets(asts)) {
            let planned = match name(&asts) {
                "__typename" => EdgeField::Typename(format!("{}Edge", self.object)),
                "cursor" => EdgeField::Cursor,
                "node" => EdgeField::Node(self.node(scope, &asts, view)?),
                name => return Err(unknown(name)),
            };
            edges.push((member(key), planned));
        }
        Ok(edges)
    }

    /// Plans a selection of nodes on top of what others fetch already.
    fn node(
        &mut self,
        scope: &Scope<'_>,
        asts: &Occurrences<'_>,
        view: &'static View,
    ) -> Result<usize> {
        let outputs = std::mem::take(&mut self.outputs);
        let node = Selection::of_rows_with(scope, asts, view.object, outputs)?;
        self.outputs.clone_from(&node.outputs);
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    /// Whether the values of the sort criteria are needed.
    pub(super) fn need_cursors(&self) -> bool {
        self.fields.iter().any(|(_, field)| match field {
            Field::Edges(edges) => edges.iter().any(|(_, edge)| matches!(edge, EdgeField::Cursor)),
            Field::PageInfo(_) => true,
            _ => false,
        })
    }

    /// Whether rows are needed at all.
    pub(super) fn need_rows(&self) -> bool {
        let is_row =
            |field: &Field| matches!(field, Field::Edges(_) | Field::Nodes(_) | Field::PageInfo(_));
        self.fields.iter().any(|(_, field)| is_row(field))
    }

    /// Whether `totalCount` is selected.
    pub(super) fn need_count(&self) -> bool {
        self.fields.iter().any(|(_, field)| matches!(field, Field::TotalCount))
    }

    /// Whether a field of `pageInfo` is selected.
    pub(super) fn need(&self, wanted: PageField) -> bool {
        self.fields.iter().any(|(_, field)| match field {
            Field::PageInfo(fields) => fields.iter().any(|(_, field)| *field == wanted),
            _ => false,
        })
    }
}

fn page_info(scope: &Scope<'_>, asts: &Occurrences<'_>) -> Result<Vec<(Box<str>, PageField)>> {
    let fields = scope.fields(&selection_sets(asts)).into_iter().map(|(key, asts)| {
        let planned = match name(&asts) {
            "__typename" => PageField::Typename,
            "hasNextPage" => PageField::HasNext,
            "hasPreviousPage" => PageField::HasPrevious,
            "startCursor" => PageField::Start,
            "endCursor" => PageField::End,
            name => return Err(unknown(name)),
        };
        Ok((member(key), planned))
    });
    fields.collect()
}

fn name<'a>(asts: &[&'a Positioned<AstField>]) -> &'a str {
    asts[0].node.name.node.as_str()
}

fn unknown(name: &str) -> Error {
    Error::internal(format!("a connection has no field `{name}`"))
}
