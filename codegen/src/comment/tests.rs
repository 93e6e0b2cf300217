//! Tests of the comment grammar.

use super::*;

fn ok(text: &str, place: Place) -> Comment {
    let (comment, problems) = parse(Some(text), place);
    assert_eq!(problems, [], "{text}");
    comment
}

fn problem(text: &str, place: Place) -> Problem {
    let (_, mut problems) = parse(Some(text), place);
    assert_eq!(problems.len(), 1, "{text}: {problems:?}");
    problems.remove(0)
}

#[test]
fn comment_without_tags_is_all_description() {
    assert_eq!(
        ok("An order.\n\n@not a tag here", Place::View).description,
        "An order.\n\n@not a tag here"
    );
    assert_eq!(parse(None, Place::View), (Comment::default(), vec![]));
}

#[test]
fn tags_of_a_view_are_read_in_any_order() {
    let comment = ok(
        "@key Id, \"Line No\"\n@key as as byMail\n  @name orders\n@deprecated use \"sales\"\n\nText.",
        Place::View,
    );
    let key = |columns: &[&str], field: Option<&str>| KeyTag {
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        field: field.map(str::to_owned),
    };
    assert_eq!(comment.keys, [key(&["id", "Line No"], None), key(&["as"], Some("byMail"))]);
    assert_eq!(comment.name.as_deref(), Some("orders"));
    assert_eq!(comment.deprecated.as_deref(), Some("use \"sales\""));
    assert_eq!(comment.description, "Text.");
}

#[test]
fn relation_with_qualified_target_is_read() {
    let comment = ok(
        "@relation items (id, \"a\"\"b\") references app.v_items (order_id, x)\n@relation b (a) REFERENCES v_b (a)",
        Place::View,
    );
    assert_eq!(
        comment.relations[0],
        RelationTag {
            field: "items".into(),
            columns: vec!["id".into(), "a\"b".into()],
            target: PartialName { schema: Some("app".into()), name: "v_items".into() },
            target_columns: vec!["order_id".into(), "x".into()],
        }
    );
    assert_eq!(comment.relations[1].target.resolve("public"), PgName::new("public", "v_b"));
}

#[test]
fn foreign_key_names_both_directions() {
    let comment = ok("@name payer\n@inverse paidOrders\nWho pays.", Place::ForeignKey);
    assert_eq!(comment.name.as_deref(), Some("payer"));
    assert_eq!(comment.inverse.as_deref(), Some("paidOrders"));
    assert_eq!(comment.description, "Who pays.");
}

#[test]
fn tags_of_a_function_name_their_argument() {
    let comment = ok(
        "@type p_items app.item[]\n@type p_one item\n@nullable p_note\n@nullable p_x\n@notnull\n@input",
        Place::Function,
    );
    assert_eq!(comment.shapes.len(), 2);
    assert_eq!((comment.shapes[0].1.dimensions, comment.shapes[1].1.dimensions), (1, 0));
    assert_eq!(comment.shape, None);
    assert_eq!(comment.nullable_arguments, ["p_note", "p_x"]);
    assert!(comment.not_null && comment.input && !comment.nullable);
}

#[test]
fn tags_of_a_function_name_and_qualify_its_parts() {
    let comment = ok(
        "@name search\n@name p_limit maximum\n@name $2 second\n@notnull\n@notnull total\n@notnull \"N\"",
        Place::Function,
    );
    assert_eq!(comment.name.as_deref(), Some("search"));
    assert_eq!(
        comment.part_names,
        [("p_limit".into(), "maximum".into()), ("$2".into(), "second".into())]
    );
    assert!(comment.not_null);
    assert_eq!(comment.not_null_columns, ["total", "N"]);
    for malformed in ["@name p_x two words", "@name $x y", "@name p_x 1st", "@notnull 1"] {
        assert!(matches!(problem(malformed, Place::Function), Problem::Malformed { .. }));
    }
    assert_eq!(
        problem("@name a\n@name b", Place::Function),
        Problem::Repeated { tag: "name", earlier: "name" }
    );
}

#[test]
fn type_of_one_word_is_about_the_result_of_a_function() {
    let comment = ok("@type app.cell[][]\n@type p_rows int4[][][]", Place::Function);
    let shape = comment.shape.unwrap();
    assert_eq!((shape.resolve("public"), shape.dimensions), (PgName::new("app", "cell"), 2));
    assert_eq!(comment.shapes[0].1.dimensions, 3);
    assert_eq!(ok("@type int4[][]", Place::Domain).shape.unwrap().dimensions, 2);
    assert!(matches!(
        problem("@type int4[][][][][][][]", Place::Column),
        Problem::Malformed { tag: "type", .. }
    ));
}

#[test]
fn values_name_the_labels_of_an_enum() {
    let comment = ok(
        "@value A_PLUS a+\n@value EMPTY \"\"\n@value Q \" \"\"x\"\" \"\n@value IN in  a",
        Place::Enum,
    );
    let values = [("a+", "A_PLUS"), ("", "EMPTY"), (" \"x\" ", "Q"), ("in  a", "IN")];
    assert_eq!(comment.values, values.map(|(label, name)| (label.to_owned(), name.to_owned())));
    for text in ["@value A", "@value 1st a", "@value true a", "@value A \"a\" b", "@value A \"a"] {
        assert!(
            matches!(problem(text, Place::Enum), Problem::Malformed { tag: "value", .. }),
            "{text}"
        );
    }
    assert!(matches!(problem("@value A a", Place::Type), Problem::Misplaced { .. }));
}

#[test]
fn unknown_tag_suggests_the_nearest() {
    for (tag, nearest) in [
        ("ommit", Some("omit")),
        ("nullabel", Some("nullable")),
        ("Name", Some("name")),
        ("frobnicate", None),
    ] {
        let expected = Problem::Unknown { tag: tag.into(), nearest };
        assert_eq!(problem(&format!("@{tag} x"), Place::View), expected);
    }
}

#[test]
fn malformed_values_are_reported_with_an_example() {
    for text in [
        "@name",
        "@name two words",
        "@name 1st",
        "@name __x",
        "@name größe",
        "@key",
        "@key a b",
        "@key a,",
        "@key \"open",
        "@key a as",
        "@key a as 1b",
        "@omit now",
        "@deprecated",
        "@relation items",
        "@relation i (a) references v_x (a, b)",
        "@relation i (a) refers v_x (a)",
        "@relation 1 (a) references v (a)",
    ] {
        assert!(matches!(problem(text, Place::View), Problem::Malformed { .. }), "{text}");
    }
    let Problem::Malformed { example, .. } =
        problem("@type p_items order_line[] twice", Place::Function)
    else {
        panic!("expected a malformed value");
    };
    assert_eq!(example, "@type p_items order_item_input[]");
}

#[test]
fn misplaced_tag_lists_what_is_allowed() {
    let Problem::Misplaced { tag: "key", allowed } = problem("@key id", Place::Type) else {
        panic!("expected a misplaced tag");
    };
    assert_eq!(allowed, ["name"]);
}

#[test]
fn repeated_and_contradicting_tags_are_reported() {
    assert_eq!(
        problem("@name a\n@name b", Place::View),
        Problem::Repeated { tag: "name", earlier: "name" }
    );
    assert_eq!(
        problem("@notnull\n@nullable", Place::Column),
        Problem::Repeated { tag: "nullable", earlier: "notnull" }
    );
}

#[test]
fn hostile_comments_do_not_panic() {
    for text in [
        "@",
        "@ ",
        "@\u{202e}",
        "@key \"",
        "@key \"\"",
        "@key \"\"\"",
        "@type a.",
        "@é é",
        "@key é\"ü\"",
        "\u{feff}@omit",
    ] {
        for place in [Place::View, Place::Column, Place::Attribute, Place::Function, Place::Type] {
            let _ = parse(Some(text), place);
        }
    }
}
