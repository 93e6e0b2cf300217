//! What is in the catalog, and what is not: `sql/introspect.sql`.

use codegen::catalog::{
    ArgumentMode, Catalog, FunctionKind, PgName, TableKey, TypeKind, TypeRef, Volatility,
};
use codegen::{Config, introspect};

use super::super::Schema;

fn name(text: &str) -> PgName {
    PgName::try_from(text.to_owned()).expect("a name")
}

fn ty(text: &str) -> TypeRef {
    TypeRef::try_from(text.to_owned()).expect("a type")
}

fn names<'a>(names: impl Iterator<Item = &'a PgName>) -> Vec<String> {
    names.map(|name| String::from(name.clone())).collect()
}

fn key(columns: &[&str], primary: bool) -> TableKey {
    TableKey { columns: columns.iter().map(|&column| column.to_owned()).collect(), primary }
}

#[tokio::test]
async fn catalog_has_what_is_reached_and_nothing_else() {
    let Schema { catalog, .. } = Schema::new(&[include_str!("sql/introspect.sql")]).await;
    assert_eq!(
        names(catalog.tables.keys()),
        [
            "\"We.ird\".\"ta\"\"ble\"",
            "other.reached",
            "other.read",
            "public.above",
            "public.above_1",
            "public.child",
            "public.distant",
            "public.main",
            "public.parent",
            "public.parted",
            "public.parted_1",
            "public.refers"
        ]
    );
    assert_eq!(
        names(catalog.views.keys()),
        [
            "other.lower_view",
            "public.v_catalog",
            "public.v_citext",
            "public.v_main",
            "public.v_stored",
            "public.vxnot"
        ]
    );
    let functions: Vec<_> = catalog.functions.iter().map(|f| f.name.name.as_str()).collect();
    assert_eq!(functions, ["computed", "fn_aggregate", "fn_all", "fn_procedure", "fn_table"]);
    let user_types: Vec<_> =
        names(catalog.types.keys()).into_iter().filter(|n| !n.starts_with("pg_catalog")).collect();
    assert_eq!(
        user_types,
        [
            "public.citext",
            "public.code",
            "public.entry",
            "public.level",
            "public.money_multirange",
            "public.money_range",
            "public.short_code"
        ]
    );
}

#[tokio::test]
async fn tables_keep_only_what_a_reader_can_rely_on() {
    let Schema { catalog, .. } = Schema::new(&[include_str!("sql/introspect.sql")]).await;
    let main = &catalog.tables[&name("public.main")];
    let columns: Vec<_> = main.columns.iter().map(|c| (c.name.as_str(), c.number)).collect();
    assert_eq!(columns[..3], [("id", 1), ("other_id", 3), ("odd", 4)]);
    assert_eq!(main.columns[4].ty, ty("public.entry[]"));
    let keys = [key(&["id"], true), key(&["b", "a"], false), key(&["other_id"], false)];
    assert_eq!(main.keys, keys);
    assert!(main.row_security);
    assert_eq!(main.comment.as_deref(), Some("@omit\nMain."));
    let targets: Vec<_> = main.foreign_keys.iter().map(|key| key.target.clone()).collect();
    assert_eq!(targets, [name("\"We.ird\".\"ta\"\"ble\""), name("other.reached")]);
    // A key of the parent says nothing about the rows of its children.
    assert!(catalog.tables[&name("public.parent")].keys.is_empty());
    assert_eq!(catalog.tables[&name("public.parted")].keys, [key(&["id"], true)]);
    assert_eq!(catalog.tables[&name("public.refers")].foreign_keys.len(), 1);
    // Nothing is enforced where the rows of a foreign table come from.
    let not_null = |table| catalog.tables[&name(table)].columns.iter().any(|c| c.not_null);
    assert!(not_null("public.parted") && not_null("public.parted_1"));
    assert!(!not_null("public.distant") && !not_null("public.above"));
    let stored = &catalog.views[&name("public.v_stored")];
    assert!(stored.materialized);
    assert_eq!(stored.keys, [key(&["id"], false), key(&["label", "id"], false)]);
}

#[tokio::test]
async fn functions_keep_arguments_of_every_mode() {
    let Schema { catalog, .. } = Schema::new(&[include_str!("sql/introspect.sql")]).await;
    let function = |name: &str| {
        catalog.functions.iter().find(|function| function.name.name == name).expect("a function")
    };
    let all = function("fn_all");
    let modes: Vec<_> = all.arguments.iter().map(|argument| argument.mode).collect();
    use ArgumentMode::{In, InOut, Out, Variadic};
    assert_eq!(modes, [In, InOut, Out, Variadic]);
    let defaults: Vec<_> = all.arguments.iter().map(|a| a.default.as_deref()).collect();
    assert_eq!(defaults, [None, Some("'x,y'::text"), None, Some("'{1,2}'::numeric[]")]);
    assert_eq!(all.arguments[3].ty, ty("pg_catalog.numeric[]"));
    assert!(all.strict && !all.returns_set && all.volatility == Volatility::Stable);
    let table = function("fn_table");
    assert_eq!(table.arguments[0].name, None);
    assert_eq!(table.arguments[2].mode, ArgumentMode::Table);
    assert!(table.returns_set && table.comment.as_deref() == Some("Rows."));
    assert_eq!(function("fn_procedure").kind, FunctionKind::Procedure);
    assert_eq!(function("fn_aggregate").kind, FunctionKind::Aggregate);
    assert_eq!(function("computed").arguments[0].ty, ty("public.v_main"));
}

#[tokio::test]
async fn types_are_followed_to_what_they_are_made_of() {
    let Schema { catalog, .. } = Schema::new(&[include_str!("sql/introspect.sql")]).await;
    let kind = |text: &str| &catalog.types[&name(text)].kind;
    let labels = ["low", "middle", "high"].map(str::to_owned).to_vec();
    assert_eq!(*kind("public.level"), TypeKind::Enum { labels });
    assert_eq!(
        *kind("public.short_code"),
        TypeKind::Domain { base: ty("public.code"), not_null: true }
    );
    let subtype = ty("pg_catalog.numeric");
    assert_eq!(
        *kind("public.money_range"),
        TypeKind::Range { subtype, multirange: name("public.money_multirange") }
    );
    assert_eq!(
        *kind("public.money_multirange"),
        TypeKind::Multirange { range: name("public.money_range") }
    );
    assert_eq!(*kind("public.citext"), TypeKind::Other);
    let TypeKind::Composite { attributes } = kind("public.entry") else {
        panic!("not a composite")
    };
    assert_eq!(attributes[1].ty, ty("pg_catalog.numeric[]"));
}

#[tokio::test]
async fn catalog_is_the_same_again_and_after_json() {
    for scripts in [
        &[include_str!("sql/introspect.sql")][..],
        &[include_str!("sql/schema.sql"), include_str!("sql/views.sql")],
    ] {
        let Schema { mut client, catalog, _database } = Schema::new(scripts).await;
        let again = introspect(&mut client, &Config::default()).await.expect("the schema");
        assert!(catalog == again);
        let json = serde_json::to_string(&catalog).expect("a catalog as JSON");
        assert!(serde_json::from_str::<Catalog>(&json).expect("a catalog from JSON") == catalog);
    }
}
