//! Tests of planning, from hand-built catalogs.

use super::model::{Column, Notation, Operation, Presence};
use super::*;
use crate::catalog::{FunctionKind, TypeKind, Volatility};
use crate::diagnostic::Code;
use crate::sample::{function, ty};

fn planned(catalog: &Catalog) -> (Plan, Diagnostics) {
    plan(catalog, &Config::default())
}

fn fine(catalog: &Catalog) -> Plan {
    let (plan, diagnostics) = planned(catalog);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    plan
}

fn codes(catalog: &Catalog) -> Vec<Code> {
    planned(catalog).1.iter().map(|diagnostic| diagnostic.code).collect()
}

/// The only diagnostic.
fn complaint(catalog: &Catalog) -> String {
    let (_, diagnostics) = planned(catalog);
    assert_eq!(diagnostics.iter().len(), 1, "{diagnostics}");
    diagnostics.to_string()
}

/// A catalog with something to query, so that nothing complains about an empty API.
fn base() -> Catalog {
    Catalog::default().with_view("v_base", &[("id", "int4")])
}

fn column_types(plan: &Plan, view: &str) -> Vec<String> {
    let view = &plan.views[&PgName::new("public", view)];
    view.object.columns.iter().map(|c| format!("{}: {}", c.field, plan.column_type(c))).collect()
}

#[test]
fn view_becomes_type_list_and_lookup() {
    let plan = fine(&Catalog::default().with_view(
        "v_orders_summary|@key id\nAn order.",
        &[("id|@notnull", "int4"), ("order_number", "text"), ("paid_at|When.", "timestamptz")],
    ));
    let view = &plan.views[&PgName::new("public", "v_orders_summary")];
    assert_eq!(view.object.name.as_str(), "OrdersSummary");
    assert_eq!(view.object.description, "An order.");
    assert_eq!(view.list.field.as_str(), "ordersSummary");
    assert_eq!(view.lookups[0].field.as_str(), "ordersSummaryById");
    assert_eq!(view.list.direct.len(), 1);
    assert_eq!(
        column_types(&plan, "v_orders_summary"),
        ["id: Int!", "orderNumber: String", "paidAt: DateTime"]
    );
}

#[test]
fn views_outside_the_api_are_left_alone() {
    let catalog = base()
        .with_view("helper", &[("x", "polygon")])
        .with_view_in("other", "v_other", &[("x", "polygon")])
        .with_view("v_hidden|@omit", &[("x", "polygon")]);
    assert_eq!(fine(&catalog).views.len(), 1);
}

#[test]
fn every_type_has_its_place() {
    let catalog = Catalog::default()
        .with_enum("public.mood", &["happy", "sad"])
        .with_composite("public.line", &[("product_id", "int4"), ("price|@notnull", "numeric")])
        .with_type("public.email", TypeKind::Domain { base: ty("ext.citext"), not_null: true })
        .with_type("ext.citext", TypeKind::Other)
        .with_view(
            "v_all",
            &[
                ("a", "bool"),
                ("b", "int2"),
                ("c", "int8"),
                ("d", "float4"),
                ("e", "numeric"),
                ("f", "varchar"),
                ("g", "bpchar"),
                ("h", "char"),
                ("i", "uuid"),
                ("j", "timestamp"),
                ("k", "date"),
                ("l", "time"),
                ("m", "interval"),
                ("n", "json"),
                ("o", "bytea"),
                ("p", "inet"),
                ("q", "cidr"),
                ("r", "macaddr"),
                ("s", "public.mood"),
                ("t", "public.line"),
                ("u", "public.line[]"),
                ("v", "public.email"),
                ("w", "public.email[]"),
                ("x|@type line[]", "jsonb"),
                ("y|@type public.line", "jsonb"),
                ("z", "jsonb"),
                ("za", "name"),
                ("zb", "public.mood[]"),
            ],
        );
    let plan = fine(&catalog);
    assert_eq!(
        column_types(&plan, "v_all"),
        [
            "a: Boolean",
            "b: Int",
            "c: BigInt",
            "d: Float",
            "e: Decimal",
            "f: String",
            "g: String",
            "h: String",
            "i: UUID",
            "j: LocalDateTime",
            "k: Date",
            "l: LocalTime",
            "m: Duration",
            "n: JSON",
            "o: Base64",
            "p: Inet",
            "q: Cidr",
            "r: MacAddr",
            "s: Mood",
            "t: Line",
            "u: [Line]",
            "v: String",
            "w: [String]",
            "x: [Line!]",
            "y: Line",
            "z: JSON",
            "za: String",
            "zb: [Mood]",
        ]
    );
    let object = &plan.views[&PgName::new("public", "v_all")].object;
    let cast = |field: &str| object.columns.iter().find(|c| c.sql == field).unwrap().cast.clone();
    assert_eq!(cast("g").as_deref(), Some("pg_catalog.bpchar"));
    assert_eq!(cast("v").as_deref(), Some("ext.citext"));
    assert_eq!(cast("w").as_deref(), Some("public.email[]"));
    assert_eq!(cast("f"), None);
    let line = &plan.composites[&PgName::new("public", "line")];
    assert!(line.usage.output && line.usage.input.is_none());
    assert!(!line.object.columns[1].nullability.nullable);
}

#[test]
fn unsupported_column_is_left_out_with_sql_to_run() {
    let shown = complaint(
        &Catalog::default().with_view("v_site", &[("id", "int4"), ("area|Where it's.", "polygon")]),
    );
    assert_eq!(
        shown,
        "warning[unsupported-type]: column public.v_site.area is left out: geometric types are not supported
  --> column public.v_site.area    type polygon
  help: select area::text in its place, or hide it on purpose:
        comment on column public.v_site.area is '@omit
        Where it''s.';
"
    );
    let multirange = PgName::new("public", "periods");
    let range = TypeKind::Range { subtype: ty("timetz"), multirange };
    let catalog = base().with_type("public.period", range).with_view(
        "v_x",
        &[("a", "public.period"), ("b", "money"), ("c", "public.unknown"), ("d", "int4")],
    );
    assert_eq!(codes(&catalog), [Code::UnsupportedType; 3]);
    assert_eq!(
        codes(&base().with_view("v_x", &[("a", "xml")])),
        [Code::UnsupportedType, Code::EmptyView]
    );
    assert_eq!(codes(&Catalog::default()), [Code::EmptyApi]);
}

#[test]
fn hidden_attributes_keep_their_place() {
    let catalog = Catalog::default()
        .with_composite("public.line", &[("a|@omit", "int4"), ("b", "int4"), ("c", "box")])
        .with_view("v_x", &[("line", "public.line")]);
    let (plan, _) = planned(&catalog);
    let hidden = &plan.composites[&PgName::new("public", "line")].object.hidden;
    assert_eq!(
        hidden.iter().map(|h| (h.position, h.sql.as_str())).collect::<Vec<_>>(),
        [(0, "a"), (2, "c")]
    );
    let empty = Catalog::default()
        .with_composite("public.line", &[("a|@omit", "int4")])
        .with_view("v_x", &[("line", "public.line")]);
    assert_eq!(codes(&empty), [Code::EmptyType]);
}

#[test]
fn relations_are_checked_against_both_views() {
    let catalog = |relation: &str| {
        Catalog::default()
            .with_view(
                &format!("v_orders|@key id\n{relation}"),
                &[("id|@notnull", "int4"), ("note", "text")],
            )
            .with_view(
                "v_items|@key order_id, line\n@relation order (order_id) references v_orders (id)",
                &[("order_id|@notnull", "int4"), ("line|@notnull", "int4")],
            )
    };
    let plan = fine(&catalog("@relation items (id) references v_items (order_id)"));
    let orders = &plan.views[&PgName::new("public", "v_orders")].object;
    let items = &plan.views[&PgName::new("public", "v_items")].object;
    assert_eq!(plan.relation_type(&orders.relations[0]), "[Items!]!");
    assert_eq!(plan.relation_type(&items.relations[0]), "Orders");
    for bad in [
        "@relation items (id) references v_missing (order_id)",
        "@relation items (idd) references v_items (order_id)",
        "@relation items (id) references v_items (order)",
        "@relation items (note) references v_items (order_id)",
    ] {
        assert_eq!(codes(&catalog(bad)), [Code::InvalidReference], "{bad}");
    }
    let clash = catalog("@relation note (id) references v_items (order_id)");
    assert_eq!(codes(&clash), [Code::NameCollision]);
}

#[test]
fn keys_are_checked() {
    let catalog = |key: &str| {
        Catalog::default().with_view(
            &format!("v_x|@key {key}"),
            &[("id|@notnull", "int4"), ("tags", "text[]"), ("n", "int4")],
        )
    };
    assert_eq!(codes(&catalog("missing")), [Code::InvalidReference]);
    assert_eq!(codes(&catalog("tags")), [Code::InvalidReference]);
    assert_eq!(codes(&catalog("n")), [Code::NullableKey]);
    let plan = fine(&catalog("id"));
    assert_eq!(plan.views[&PgName::new("public", "v_x")].key.as_ref().unwrap().columns, [0]);
}

#[test]
fn functions_become_queries_and_mutations() {
    let mut stable = function("fn_total", &[("p_id", "int4")], "numeric");
    stable.volatility = Volatility::Stable;
    let catalog = base()
        .with_function(stable)
        .with_composite("public.order_item_input", &[("product_id|@notnull", "int4")])
        .with_function(function(
            "fn_create|@type p_items order_item_input[]\n@nullable p_note\n@notnull",
            &[
                ("p_items", "jsonb"),
                ("p_note", "text"),
                ("p_tags = '{}'", "text[]"),
                ("p_v = 1", "int4"),
            ],
            "public.v_base",
        ))
        .with_function(function(
            "fn_list",
            &[("table id", "int4"), ("table p_name", "text")],
            "setof record",
        ))
        .with_function(function("fn_all", &[], "setof public.v_base"))
        .with_function(function("fn_ids", &[], "setof int4"))
        .with_function(function("fn_done", &[], "void"))
        .with_function(function(
            "fn_pair|@input",
            &[("inout a", "int4"), ("out b", "text")],
            "record",
        ));
    let plan = fine(&catalog);
    let shown: Vec<String> = plan
        .functions
        .iter()
        .map(|f| {
            let arguments: Vec<String> = f
                .arguments
                .iter()
                .map(|a| format!("{}: {}", a.name, plan.argument_type(a)))
                .collect();
            format!(
                "{:?} {}({}): {}",
                f.operation,
                f.field,
                arguments.join(", "),
                plan.return_type(&f.returns)
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Mutation all(): [Base!]!",
            "Mutation create(items: [OrderItemInput!]!, note: String, tags: [String], v: Int): Base!",
            "Mutation done(): Boolean!",
            "Mutation ids(): [Int]!",
            "Mutation list(): [ListResult!]!",
            "Mutation pair(a: Int!): PairResult",
            "Query total(id: Int!): Decimal",
        ]
    );
    assert_eq!(plan.functions[5].input.as_ref().unwrap().as_str(), "PairInput");
    let explained = plan.explain("fn_create").unwrap();
    assert!(
        explained.contains("p_tags is tags: [String]\n    left out, it is '{}'"),
        "{explained}"
    );
}

#[test]
fn argument_prefix_stays_where_names_would_clash() {
    let plan = fine(&base().with_function(function(
        "fn_x",
        &[("p_id", "int4"), ("id", "int4"), ("p_other", "int4")],
        "void",
    )));
    let names: Vec<&str> = plan.functions[0].arguments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["pId", "id", "other"]);
}

#[test]
fn arguments_are_named_by_tags_and_unnamed_ones_by_position() {
    let plan = fine(&base().with_function(function(
        "fn_x|@name p_größe size\n@name $3 third\n@notnull total",
        &[
            ("p_größe", "int4"),
            ("", "int4"),
            ("", "int4"),
            ("out total", "int4"),
            ("out b", "int4"),
        ],
        "record",
    )));
    let function = &plan.functions[0];
    let names: Vec<&str> = function.arguments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["size", "arg2", "third"]);
    assert_eq!(function.notation, Notation::Positional);
    let nullable = |column: &Column| column.nullability.nullable;
    let columns = &function.own_object().unwrap().columns;
    assert_eq!(columns.iter().map(nullable).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn strict_functions_take_no_null_for_a_default() {
    let mut strict = function("fn_x|@nullable b", &[("a = 1", "int4"), ("b = 2", "int4")], "int4");
    strict.strict = true;
    let plan = fine(&base().with_function(strict));
    let presences = plan.functions[0].arguments.iter().map(|a| a.presence.clone());
    assert_eq!(
        presences.collect::<Vec<_>>(),
        [Presence::DefaultedNotNull("1".into()), Presence::Defaulted("2".into())]
    );
}

#[test]
fn functions_of_a_row_are_fields_of_its_type() {
    let stable = |name: &str, arguments: &[(&str, &str)], returns: &str| {
        let mut function = function(name, arguments, returns);
        function.volatility = Volatility::Stable;
        function
    };
    let row = ("x", "public.v_base");
    let plan = fine(
        &base()
            .with_function(stable("v_base_one", &[row], "text"))
            .with_function(stable("fn_base_two", &[row, ("p_n", "int4")], "setof public.v_base"))
            .with_function(stable("three", &[row, ("p_limit", "int4")], "setof int4")),
    );
    let fields: Vec<String> = plan
        .functions
        .iter()
        .map(|f| format!("{:?} {} {} {}", f.operation, f.field, f.module.as_str(), f.list))
        .collect();
    let owner = format!("{:?}", Operation::Field(PgName::new("public", "v_base")));
    assert_eq!(
        fields,
        [
            format!("{owner} two base_two true"),
            format!("{owner} three base_three false"),
            format!("{owner} one base_one false"),
        ]
    );
}

#[test]
fn functions_that_cannot_be_called_are_reported() {
    let kind = |kind| {
        let mut function = function("fn_x", &[], "void");
        function.kind = kind;
        function
    };
    for (function, code) in [
        (kind(FunctionKind::Procedure), Code::UnsupportedFunction),
        (kind(FunctionKind::Aggregate), Code::UnsupportedFunction),
        (kind(FunctionKind::Window), Code::UnsupportedFunction),
        (function("fn_x", &[], "trigger"), Code::UnsupportedFunction),
        (function("fn_x", &[("x", "public.v_base")], "int4"), Code::UnsupportedFunction),
        (function("fn_x", &[("x", "anyelement")], "int4"), Code::UnsupportedType),
        (function("fn_x", &[], "record"), Code::UnsupportedType),
        (function("fn_x", &[], "refcursor"), Code::UnsupportedType),
        (function("fn_x|@type y base[]", &[("x", "jsonb")], "int4"), Code::InvalidReference),
        (function("fn_x|@nullable y", &[("x", "jsonb")], "int4"), Code::InvalidReference),
        (function("fn_x|@notnull x", &[("x", "int4")], "int4"), Code::InvalidReference),
        (function("fn_x|@name $2 y", &[("", "int4")], "int4"), Code::InvalidReference),
        (function("fn_x|@input", &[], "int4"), Code::InvalidReference),
        (function("fn_x|@notnull", &[], "setof int4"), Code::MisplacedTag),
        (function("fn_x", &[("größe", "int4")], "int4"), Code::InvalidName),
    ] {
        let shown = format!("{function:?}");
        assert_eq!(codes(&base().with_function(function.clone())), [code], "{shown}");
        // `@omit` silences what is not about the comment itself.
        let hidden = crate::catalog::Function { comment: Some("@omit".into()), ..function };
        assert_eq!(codes(&base().with_function(hidden)), [], "{shown}");
    }
}

#[test]
fn overloaded_functions_need_names_of_their_own() {
    let twins = |one: &str, two: &str| {
        base()
            .with_function(function(&format!("fn_x{one}"), &[("a", "int4")], "void"))
            .with_function(function(&format!("fn_x{two}"), &[("a", "text")], "void"))
    };
    assert_eq!(codes(&twins("", "")), [Code::OverloadedFunction]);
    assert_eq!(fine(&twins("", "|@omit")).functions.len(), 1);
    assert_eq!(fine(&twins("", "|@name y")).functions.len(), 2);
}

#[test]
fn collisions_are_errors_wherever_names_meet() {
    let with = |name: &str| Catalog::default().with_view(name, &[("id", "int4")]);
    for catalog in
        [
            // Two schemas are one API.
            with("v_a").with_view("v_A|@name a", &[("id", "int4")]),
            // Derived and reserved names.
            with("v_a").with_view("v_a_filter", &[("id", "int4")]),
            with("v_a").with_view("v_a_order_by", &[("id", "int4")]),
            with("v_a").with_view("v_a_aggregate", &[("id", "int4")]),
            with("v_a").with_view("v_a_aggregate_sum", &[("id", "int4")]),
            with("v_a").with_view("v_a_aggregate_group_key_order_by", &[("id", "int4")]),
            with("v_group_by_value"),
            with("v_date"),
            with("v_query"),
            with("v_string_filter"),
            with("v_string_list_list_filter"),
            with("v_is_null_filter"),
            with("v_pair_value_filter")
                .with_composite("public.pair", &[("x", "int4")])
                .with_view("v_b", &[("x", "public.pair")]),
            with("v_a")
                .with_composite("public.pair", &[("is_null", "int4")])
                .with_view("v_b", &[("x", "public.pair")]),
            with("v_page_info"),
            with("v_direction"),
            // Columns.
            Catalog::default().with_view("v_a", &[("order_id", "int4"), ("orderid", "int4")]),
            Catalog::default().with_view("v_a", &[("order_id", "int4"), ("orderId", "int4")]),
            Catalog::default().with_view("v_a", &[("and", "int4")]),
            // Enums.
            with("v_a")
                .with_enum("public.mood", &["a-b", "a_b"])
                .with_view("v_b", &[("x", "public.mood")]),
            with("v_a")
                .with_enum("public.mood", &["a_1", "a1"])
                .with_view("v_b", &[("x", "public.mood")]),
            with("v_mood")
                .with_enum("public.mood", &["a"])
                .with_view("v_b", &[("x", "public.mood")]),
            // Input and output of one composite, whose names are the same.
            with("v_a").with_composite("public.line_input", &[("x", "int4")]).with_function(
                function("fn_x", &[("x", "public.line_input")], "public.line_input"),
            ),
            // Functions.
            with("v_a")
                .with_function(function("fn_a_result", &[], "void"))
                .with_function(function("fn_A_result", &[], "void")),
            with("v_a").with_function({
                let mut function = function("fn_a", &[], "int4");
                function.volatility = Volatility::Immutable;
                function
            }),
        ]
    {
        assert_eq!(codes(&catalog), [Code::NameCollision], "{:?}", planned(&catalog).1);
    }
}

#[test]
fn invalid_names_are_errors_with_the_tag_that_fixes_them() {
    let shown = complaint(&base().with_view("v_order totals", &[("id", "int4")]));
    assert!(
        shown.contains("comment on view public.\"v_order totals\" is '@name someName';"),
        "{shown}"
    );
    for name in ["1st", "größe", "__x", "a\"b", "a'b", "x\u{202e}y", "\n"] {
        assert_eq!(
            codes(&Catalog::default().with_view("v_x", &[(name, "int4"), ("ok", "int4")])),
            [Code::InvalidName]
        );
    }
    let renamed = Catalog::default().with_view("v_x", &[("größe|@name size", "int4")]);
    assert_eq!(column_types(&fine(&renamed), "v_x"), ["size: Int"]);
    let label = base().with_enum("public.mood", &["½"]).with_view("v_x", &[("x", "public.mood")]);
    assert!(complaint(&label).contains("comment on type public.mood is '@value VALUE_1 ½';"));
}

#[test]
fn recursive_shapes_are_refused() {
    let catalog = Catalog::default()
        .with_view("v_node", &[("id", "int4"), ("children|@type v_node[]", "jsonb")]);
    assert_eq!(codes(&catalog), [Code::RecursiveShape]);
    let wrong = Catalog::default()
        .with_view("v_x", &[("a|@type v_x", "text"), ("b|@type missing", "jsonb")]);
    assert_eq!(codes(&wrong), [Code::InvalidReference; 2]);
}

#[test]
fn everything_wrong_is_shown_at_once_and_in_order() {
    let catalog = Catalog::default()
        .with_view("v_b|@nme x", &[("a", "polygon"), ("b", "int4")])
        .with_view("v_a|@key", &[("x", "xml"), ("id", "int4")]);
    assert_eq!(
        codes(&catalog),
        [Code::UnsupportedType, Code::UnsupportedType, Code::MalformedTag, Code::UnknownTag]
    );
}

#[test]
fn explain_gives_types_and_reasons() {
    let plan = fine(
        &Catalog::default().with_view("v_x|@key id", &[("id|@notnull", "int4"), ("n", "text")]),
    );
    let expected = "  id is id: Int!\n    its comment says `@notnull`\n";
    for name in ["v_x", "public.v_x", "X", "x"] {
        let shown = plan.explain(name).unwrap();
        assert!(shown.contains(expected), "{shown}");
    }
    assert_eq!(plan.explain("nothing"), None);
}
