//! The same view as three major versions store it: `trees/sample.sql` in `trees/*.txt`, where
//! the tables `author`, `book` and the view itself have the identifiers 90001 to 90003.

use super::expression::Column;
use super::*;

const TREES: [(u32, &str); 3] = [
    (14, include_str!("trees/14.txt")),
    (16, include_str!("trees/16.txt")),
    (18, include_str!("trees/18.txt")),
];

/// Names for whatever the sample refers to; built-in objects have the same identifiers everywhere.
fn names(references: &References) -> Names {
    let named = |oid: u32| match oid {
        90001 => "author".to_owned(),
        90002 => "book".to_owned(),
        90003 => "sample".to_owned(),
        _ => format!("object {oid}"),
    };
    Names {
        relations: (references.relations.iter())
            .map(|oid| (*oid, PgName::new("public", named(*oid))))
            .collect(),
        functions: references.functions.iter().map(|oid| (*oid, named(*oid))).collect(),
        operators: (references.operators.iter())
            .map(|oid| {
                let (symbol, function) = (format!("operator {oid}"), format!("its function {oid}"));
                (*oid, OperatorName { symbol, function })
            })
            .collect(),
        types: (references.types.iter())
            .map(|oid| (*oid, TypeRef { name: PgName::new("t", named(*oid)), array: false }))
            .collect(),
        ..Names::default()
    }
}

fn read(text: &str) -> Query {
    let tree = Tree::parse(text).unwrap();
    let mut references = References::default();
    tree.references(&mut references);
    tree.query(&names(&references))
}

#[test]
fn query_is_the_same_from_every_version() {
    let newest = read(TREES[2].1);
    assert_eq!(newest.unreadable, None);
    for (version, text) in TREES {
        assert_eq!(read(text), newest, "PostgreSQL {version}");
    }
}

#[test]
fn parts_of_the_sample_are_understood() {
    let query = read(TREES[0].1);
    let names: Vec<_> = query.columns().filter_map(|target| target.name.as_deref()).collect();
    assert_eq!(names[..3], ["id", "name", "price"]);
    assert_eq!(names[5], "odd \" name :x");
    assert_eq!(query.ctes.iter().map(|cte| cte.recursive).collect::<Vec<_>>(), [true, false]);
    let mut kinds = Vec::new();
    let mut tree = &query.from[0];
    while let JoinTree::Join { join, left, .. } = tree {
        kinds.push(*join);
        tree = left;
    }
    assert_eq!(kinds, [JoinKind::Inner, JoinKind::Left, JoinKind::Left, JoinKind::Full]);
    // The merged column of a FULL JOIN is its own; that of another join is one of a side.
    let Expr::Column(Column { range, column: 1, levels_up: 0 }) = &query.targets[0].value else {
        panic!("`id` is {:?}", query.targets[0].value)
    };
    let Some(RangeSource::Join { columns }) = query.range_entry(*range).map(|e| &e.source) else {
        panic!("`id` is not a column of a join")
    };
    assert!(matches!(columns[0], Expr::Coalesce { .. }));
    assert_eq!(query.ctes[1].query.group_by.len(), 1);
    assert_eq!(query.ctes[1].query.grouping_sets, [GroupingSet::WithEmpty]);
    let others = format!("{query:?}").matches("Other {").count();
    assert_eq!(others, 0, "{query:?}");
}

#[test]
fn query_survives_json() {
    let query = read(TREES[1].1);
    let json = serde_json::to_string(&query).unwrap();
    assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
}

#[test]
fn damaged_tree_is_no_panic() {
    for (_, text) in TREES {
        for start in (0..text.len()).step_by(997) {
            assert!(Tree::parse(&text[..start]).is_err());
            // A piece that is missing from the middle leaves a tree that may be well-formed.
            for length in [1, 7, 60] {
                let end = (start + length).min(text.len());
                let damaged = format!("{}{}", &text[..start], &text[end..]);
                if Tree::parse(&damaged).is_ok() {
                    read(&damaged);
                }
            }
        }
    }
}

#[test]
fn unknown_nodes_and_fields_are_tolerated() {
    let text = TREES[2].1.replace("{CASEEXPR ", "{NEWEXPR :new {THING :of (a b)} ");
    let query = read(&text.replace(":location -1", ":location -1 :unheard_of (o 1)"));
    assert_eq!(query.unreadable, None);
    assert_eq!(query.targets[5].value, Expr::other("new"));
    assert_eq!(query.targets[0].value, read(TREES[2].1).targets[0].value);
}

#[test]
fn deep_query_is_cut_off_and_survives_json() {
    let sum = |terms: usize| {
        let constant = "{CONST :consttype 23 :constisnull false :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}";
        let open = "{OPEXPR :opno 551 :opfuncid 177 :opresulttype 23 :args (".repeat(terms);
        let close = format!(" {constant})}}").repeat(terms);
        format!(
            "({{QUERY :commandType 1 :jointree {{FROMEXPR :fromlist <>}} :targetList \
             ({{TARGETENTRY :resno 1 :resname x :expr {open}{constant}{close}}})}})"
        )
    };
    let short = read(&sum(40));
    assert!(!format!("{short:?}").contains("Other {"));
    let long = read(&sum(50_000));
    assert!(format!("{long:?}").contains("an expression that nests too deeply"));
    let json = serde_json::to_string(&long).unwrap();
    assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), long);
}
