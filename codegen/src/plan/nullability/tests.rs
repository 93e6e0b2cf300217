//! What no server would send us; everything else is tested on a live one, in `tests/views.rs`.

use super::*;
use crate::catalog::{Catalog, PgName, TypeRef, View, ViewColumn};
use crate::plan::columns::{analyse, analyse_all};
use crate::query_tree::expression::{Column, Constant};
use crate::query_tree::{Cte, Expr, JoinTree, Query, RangeEntry, RangeSource, Target};

fn int4() -> TypeRef {
    TypeRef { name: PgName::new("pg_catalog", "int4"), array: false }
}

fn column(range: usize, column: i16) -> Expr {
    Expr::Column(Column { range, column, levels_up: 0 })
}

fn one() -> Expr {
    Expr::Constant(Constant { ty: int4(), value: Some("01".to_owned()) })
}

/// A view with one column.
fn view(value: Expr, query: Query) -> View {
    let targets =
        vec![Target { name: Some("x".to_owned()), number: 1, junk: false, reference: 0, value }];
    View {
        materialized: false,
        security_invoker: false,
        nondeterministic: false,
        columns: vec![ViewColumn {
            name: "x".to_owned(),
            number: 1,
            ty: int4(),
            nondeterministic: false,
            comment: None,
        }],
        keys: Vec::new(),
        comment: None,
        query: Query { targets, ..query },
    }
}

fn from(source: RangeSource) -> Query {
    Query {
        range: vec![RangeEntry { name: "r".to_owned(), source, partial: false }],
        from: vec![JoinTree::Entry { range: 1 }],
        ..Query::default()
    }
}

fn relation(name: &str) -> RangeSource {
    RangeSource::Relation { relation: PgName::new("public", name) }
}

fn catalog(views: impl IntoIterator<Item = (String, View)>) -> Catalog {
    let views = views.into_iter().map(|(name, view)| (PgName::new("public", name), view));
    Catalog { views: views.collect(), ..Catalog::default() }
}

fn is_not_null(view: View) -> bool {
    let catalog = catalog([("v".to_owned(), view)]);
    analyse(&catalog, &PgName::new("public", "v"))[0].nullability.is_not_null()
}

#[test]
fn references_into_nowhere_are_nullable() {
    assert!(is_not_null(view(one(), Query::default())));
    for value in [column(0, 1), column(7, 1), column(1, 7), column(1, -6), column(1, 0)] {
        assert!(!is_not_null(view(value.clone(), Query::default())), "{value:?}");
        assert!(!is_not_null(view(value.clone(), from(relation("t")))), "{value:?}");
    }
    let outer = Expr::Column(Column { range: 1, column: 1, levels_up: 3 });
    assert!(!is_not_null(view(outer, from(relation("t")))));
}

#[test]
fn circles_end() {
    // A view of itself, a join column that is itself, a WITH item that is only itself.
    assert!(!is_not_null(view(column(1, 1), from(relation("v")))));
    let join = RangeSource::Join { columns: vec![column(1, 1)] };
    assert!(!is_not_null(view(column(1, 1), from(join))));
    let join =
        RangeSource::Join { columns: vec![Expr::Coalesce { arguments: vec![column(1, 1)] }] };
    assert!(!is_not_null(view(column(1, 1), from(join))));
    let item = |levels_up| RangeSource::Cte { cte: "c".to_owned(), levels_up };
    let inner = view(column(1, 1), from(item(1))).query;
    let cte = Cte { name: "c".to_owned(), query: inner, recursive: false, extended: false };
    assert!(!is_not_null(view(column(1, 1), Query { ctes: vec![cte], ..from(item(0)) })));
}

#[test]
fn entry_outside_of_from_is_nullable() {
    let rows = RangeSource::Values { rows: vec![vec![one()]] };
    assert!(is_not_null(view(column(1, 1), from(rows.clone()))));
    let unknown = Query { from: vec![JoinTree::Other], ..from(rows) };
    assert!(!is_not_null(view(column(1, 1), unknown)));
}

#[test]
fn view_whose_query_is_not_understood_says_so() {
    let catalog = catalog([(
        "v".to_owned(),
        View { query: Query::unreadable("odd"), ..view(one(), Query::default()) },
    )]);
    let facts = analyse(&catalog, &PgName::new("public", "v"));
    assert_eq!(facts[0].nullability.reasons()[0].to_string(), "the query is not understood: odd");
}

#[test]
fn long_chain_of_views_needs_no_deep_stack() {
    let name = |number: usize| format!("v{number:05}");
    let bottom = (name(0), view(one(), Query::default()));
    let above = (1..5_000)
        .map(|number| (name(number), view(column(1, 1), from(relation(&name(number - 1))))));
    let catalog = catalog(std::iter::once(bottom).chain(above));
    let facts = analyse_all(&catalog);
    assert!(facts.values().all(|columns| columns[0].nullability.is_not_null()));
    let top = &facts[&PgName::new("public", name(4_999))][0];
    assert_eq!(top.nullability.reasons().len(), LONGEST_CHAIN);
}
