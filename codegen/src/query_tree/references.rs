//! The object identifiers in a node tree, and the names that replace them.
//!
//! This is the border at which identifiers stop: [`Tree::references`] lists what a tree mentions,
//! `introspect` looks that up, and [`Tree::query`] makes a [`Query`] with names.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{self, Node};
use super::{Expr, ParseError, Query, read};
use crate::catalog::{PgName, TypeRef};

/// A node tree as it comes from `pg_rewrite.ev_action`, or from `pg_constraint.conbin`.
#[derive(Clone, Debug)]
pub struct Tree<'a>(Node<'a>);

/// The object identifiers that trees mention, by what they identify.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct References {
    /// Tables and views.
    pub relations: BTreeSet<u32>,
    /// Functions of all kinds.
    pub functions: BTreeSet<u32>,
    /// Operators.
    pub operators: BTreeSet<u32>,
    /// Types.
    pub types: BTreeSet<u32>,
}

/// What object identifiers stand for.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Tables and views.
    pub relations: BTreeMap<u32, PgName>,
    /// Functions, by signature: `pg_catalog.lower(text)`.
    pub functions: BTreeMap<u32, String>,
    /// Operators.
    pub operators: BTreeMap<u32, OperatorName>,
    /// Types.
    pub types: BTreeMap<u32, TypeRef>,
    /// Labels of enums, by type and label.
    pub labels: BTreeMap<(u32, u32), String>,
}

/// What an operator is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OperatorName {
    /// Its symbol.
    pub symbol: String,
    /// The signature of its function.
    pub function: String,
}

impl<'a> Tree<'a> {
    /// Reads the text of a node tree.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        node::parse(text).map(Self)
    }

    /// Adds what the tree mentions.
    pub fn references(&self, found: &mut References) {
        collect(&self.0, found);
    }

    /// The query that the tree describes; see [`Query::unreadable`].
    pub fn query(&self, names: &Names) -> Query {
        read::rule(&self.0, names)
    }

    /// The expression that the tree is, over the columns of one table.
    pub fn expression(&self, names: &Names) -> Expr {
        read::table_expression(&self.0, names)
    }
}

/// Walks a tree; its depth is limited where it was parsed.
fn collect(node: &Node<'_>, found: &mut References) {
    match node {
        Node::List(items) => items.iter().for_each(|item| collect(item, found)),
        Node::Struct(node) => {
            for (name, value) in node.fields() {
                let set = match *name {
                    "relid" => &mut found.relations,
                    "funcid" | "opfuncid" | "aggfnoid" | "winfnoid" => &mut found.functions,
                    "opno" | "opnos" => &mut found.operators,
                    "consttype" | "funcresulttype" | "opresulttype" | "aggtype" | "wintype"
                    | "resulttype" | "colTypes" => &mut found.types,
                    _ => {
                        collect(value, found);
                        continue;
                    }
                };
                set.extend(value.number::<u32>());
                set.extend(value.numbers());
                set.remove(&0);
            }
        }
        Node::Null | Node::Token(_) | Node::Pruned => {}
    }
}
