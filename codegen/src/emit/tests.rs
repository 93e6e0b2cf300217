//! Tests of whole trees of files.

use crate::catalog::{Catalog, Volatility};
use crate::config::Config;
use crate::output::FileTree;
use crate::sample::function;
use crate::{emit, plan};

fn tree(catalog: &Catalog) -> FileTree {
    let (plan, diagnostics) = plan(catalog, &Config::default());
    assert!(!diagnostics.has_errors(), "{diagnostics}");
    emit(&plan)
}

fn shop() -> Catalog {
    let mut stable = function("fn_total", &[("p_id", "int4")], "numeric");
    stable.volatility = Volatility::Stable;
    Catalog::default()
        .with_enum("public.order_status|Where it is.", &["pending", "in-progress"])
        .with_composite(
            "public.line",
            &[("product_id", "int4"), ("secret|@omit", "text"), ("price", "numeric")],
        )
        .with_view(
            "v_orders|@key id\n@relation items (id) references v_items (order_id)\nAn order.",
            &[
                ("id|@notnull", "int4"),
                ("status", "public.order_status"),
                ("lines", "public.line[]"),
                ("type|What?", "text"),
            ],
        )
        .with_view("v_items|@deprecated use lines", &[("order_id", "int4"), ("url_2x", "text")])
        .with_function(stable)
        .with_function(function(
            "fn_create_order|Creates it.",
            &[
                ("p_status", "public.order_status"),
                ("p_lines", "public.line[]"),
                ("p_note = null", "text"),
            ],
            "public.v_orders",
        ))
}

#[test]
fn tree_has_a_file_per_object_and_the_files_that_mount_them() {
    let tree = tree(&shop());
    let paths: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "claims.sql",
            "composites.rs",
            "enums.rs",
            "functions.rs",
            "functions/create_order.rs",
            "functions/total.rs",
            "lib.rs",
            "schema.graphql",
            "views.rs",
            "views/items.rs",
            "views/orders.rs",
        ]
    );
}

#[test]
fn another_view_is_one_new_file_and_the_lines_that_mount_it() {
    let (before, after) = (tree(&shop()), tree(&shop().with_view("v_top", &[("n", "int8")])));
    let changed: Vec<&str> = after
        .iter()
        .filter(|(path, text)| before.get(path) != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(changed, ["lib.rs", "schema.graphql", "views.rs", "views/top.rs"]);
    let lines = |tree: &FileTree, path: &str| tree.get(path).unwrap().lines().count();
    assert_eq!(lines(&after, "views.rs"), lines(&before, "views.rs") + 1);
    assert_eq!(lines(&after, "lib.rs"), lines(&before, "lib.rs") + 1);
}

#[test]
fn resolver_is_one_table() {
    let tree = tree(&shop());
    let text = tree.get("functions/create_order.rs").unwrap();
    assert_eq!(
        text.split_once("\n\n").unwrap().1,
        r#"//! `fn_create_order` as the mutation `createOrder`.

use runtime::{
    Argument, Composite, EnumLabel, Function, Notation, Record, Resolver, Returns, Type,
    Volatility,
};

/// How `fn_create_order` is called.
pub const FUNCTION: Function = Function {
    schema: "public",
    name: "fn_create_order",
    volatility: Volatility::Volatile,
    notation: Notation::Named,
    arguments: &[
        Argument::new(
            "status",
            "p_status",
            Type::Enum(crate::enums::OrderStatus::ENUM),
            "public.order_status",
        ),
        Argument::new(
            "lines",
            "p_lines",
            Type::Array(&Type::Composite(crate::composites::Line::COMPOSITE)),
            "public.line[]",
        ),
        Argument::new("note", "p_note", Type::Text, "pg_catalog.text").defaulted(),
    ],
    input: None,
    returns: Returns::Row(crate::views::orders::Orders::OBJECT),
    list: false,
};

/// The root field that calls it.
pub const RESOLVERS: &[Resolver] = &[
    Resolver::call("createOrder", &FUNCTION).doc("Creates it."),
];
"#
    );
}

/// Names and texts that break out of everything that is not careful.
const HOSTILE: &[&str] = &[
    "\"; drop table x; --",
    "*/ evil() /*",
    "\"#; evil()",
    "{}",
    "{0}",
    "\\",
    "\u{202e}txt",
    "]]>",
    "`code`",
    "'",
    "\n// evil",
    "```rust\npanic!()\n```",
    "    panic!();",
    "https://x.y/[z]",
    "<script>",
    "[broken]",
    "\"\"\"",
];

#[test]
fn hostile_texts_stay_texts() {
    for text in HOSTILE {
        let comment = format!("Begins. {text}");
        let catalog = Catalog::default()
            .with_enum(&format!("public.mood|{comment}"), &["a", "b"])
            .with_composite(&format!("public.line|{comment}"), &[("x", "int4")])
            .with_view(
                &format!("v_x|@deprecated {}\n{comment}", text.replace('\n', " ")),
                &[(&format!("a|{comment}"), "public.mood"), ("b", "public.line")],
            )
            .with_function(function(
                &format!("fn_x|{comment}"),
                &[(&format!("p = {text}"), "int4")],
                "int4",
            ));
        for (path, text) in tree(&catalog).iter().filter(|(path, _)| path.ends_with(".rs")) {
            let file =
                syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
            let functions =
                file.items.iter().filter(|item| matches!(item, syn::Item::Fn(_))).count();
            assert_eq!(functions, usize::from(path == "lib.rs"), "{path}");
            assert!(!text.contains('\u{202e}'), "{path}");
        }
    }
}

#[test]
fn hostile_names_are_quoted_or_named() {
    for name in HOSTILE {
        let view = format!("v_{}", name.replace('|', ""));
        let mut catalog = Catalog::default().with_view("v_x", &[("id", "int4")]);
        let mut hostile = catalog.views.values().next().cloned().unwrap();
        hostile.comment = Some("@name Tame".to_owned());
        hostile.columns[0].name = (*name).to_owned();
        hostile.columns[0].comment = Some("@name tame".to_owned());
        catalog.views.insert(crate::catalog::PgName::new("public", view), hostile);
        let tree = tree(&catalog);
        let text = tree.get("views/tame.rs").unwrap();
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(file.items.len(), 5, "{text}");
    }
}

#[test]
fn keywords_and_shadowing_names_compile_as_syntax() {
    let keywords = ["type", "self", "crate", "super", "gen", "match", "async", "ctx", "where_"];
    let columns: Vec<(&str, &str)> = keywords.iter().map(|name| (*name, "int4")).collect();
    let mut catalog = Catalog::default().with_view("v_column|@key type", &columns);
    for name in keywords.iter().chain(&["option", "row", "views", "mod"]) {
        catalog = catalog.with_view(&format!("v_{name}"), &columns);
        catalog = catalog.with_function(function(&format!("fn_{name}"), &columns, "void"));
    }
    let tree = tree(&catalog);
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with(".rs")) {
        syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
    }
    assert!(tree.get("views/mod_.rs").is_some() && tree.get("views/mod.rs").is_none());
    assert!(tree.get("views/column.rs").unwrap().contains("pub struct Column_ {"));
}

#[test]
fn order_of_discovery_does_not_show() {
    let mut shuffled = shop();
    shuffled.functions.reverse();
    assert_eq!(tree(&shop()), tree(&shuffled));
}
