//! What a hostile client may think of.

use serde_json::{Value, json};

/// A body and how it has to be answered.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) status: u16,
    pub(super) code: Option<&'static str>,
    /// A setting that the message names.
    pub(super) setting: Option<&'static str>,
}

/// Refused before anything runs.
fn refused(name: &'static str, query: &str, code: &'static str, setting: &'static str) -> Attack {
    body(name, json!({ "query": query }).to_string(), 400, code, setting)
}

/// Answered: it looks worse than it is.
fn passed(name: &'static str, query: &str, variables: Value) -> Attack {
    let body = json!({"query": query, "variables": variables}).to_string().into();
    Attack { name, body, status: 200, code: None, setting: None }
}

/// Refused by a root field.
fn partly(
    name: &'static str,
    query: &str,
    variables: Value,
    code: &'static str,
    setting: &'static str,
) -> Attack {
    body(name, json!({"query": query, "variables": variables}).to_string(), 294, code, setting)
}

fn body(
    name: &'static str,
    body: impl Into<Vec<u8>>,
    status: u16,
    code: &'static str,
    setting: &'static str,
) -> Attack {
    let setting = Some(setting).filter(|setting| !setting.is_empty());
    Attack { name, body: body.into(), status, code: Some(code), setting }
}

/// All of them.
pub(super) fn attacks() -> Vec<Attack> {
    [documents(), fragments(), bodies(), explosions(), statements(), answers()]
        .into_iter()
        .flatten()
        .collect()
}

/// Documents that are costly to read.
fn documents() -> Vec<Attack> {
    let repeat = |text: &str, count| format!("{{ {} }}", text.repeat(count));
    let aliases = |count: usize, field: &str| -> String {
        (0..count).map(|n| format!("a{n}: {field} ")).collect()
    };
    let nested = |levels: usize| {
        format!("{}__typename{}", "{ a ".repeat(levels) + "{ ", "}".repeat(levels + 1))
    };
    let within = format!("{{ ordersSummary {{ {} }} }}", aliases(1_000, "id"));
    let unknown =
        format!("{{ {} }}", (0..3_500).map(|n| format!("ordersSumary{n} ")).collect::<String>());
    vec![
        refused("deep", &nested(20), "DEPTH_LIMIT_EXCEEDED", "MAX_DEPTH"),
        refused("very deep", &"{a".repeat(20_000), "DEPTH_LIMIT_EXCEEDED", ""),
        refused(
            "deep values",
            &format!("{{ a(b: {}", "[".repeat(50_000)),
            "DEPTH_LIMIT_EXCEEDED",
            "",
        ),
        passed("wide", &repeat("__typename ", 5_500), Value::Null),
        refused("very wide", &repeat("ab ", 20_000), "TOKEN_LIMIT_EXCEEDED", "MAX_TOKENS"),
        refused("aliases", &within, "ALIAS_LIMIT_EXCEEDED", "MAX_ALIASES"),
        refused(
            "root aliases",
            &format!("{{ {} }}", aliases(60, "customers { id }")),
            "ALIAS_LIMIT_EXCEEDED",
            "MAX_ROOT_ALIASES",
        ),
        refused(
            "commands",
            &format!(
                "mutation {{ {} }}",
                aliases(60, "cancelOrder(orderId: 1, reason: \"x\") { id }")
            ),
            "ALIAS_LIMIT_EXCEEDED",
            "MAX_ROOT_ALIASES",
        ),
        refused(
            "directives",
            &repeat("__typename @include(if: true) ", 101),
            "DIRECTIVE_LIMIT_EXCEEDED",
            "MAX_DIRECTIVES",
        ),
        refused(
            "10,000 directives",
            &format!("{{ a {} }}", "@a ".repeat(10_000)),
            "TOKEN_LIMIT_EXCEEDED",
            "MAX_TOKENS",
        ),
        refused(
            "long string",
            &format!(
                "{{ customers(where: {{ name: {{ eq: \"{}\" }} }}) {{ id }} }}",
                "x".repeat(100_000)
            ),
            "QUERY_TOO_LONG",
            "MAX_QUERY_BYTES",
        ),
        refused(
            "long comment",
            &format!("# {}\n{{ a }}", "x".repeat(100_000)),
            "QUERY_TOO_LONG",
            "MAX_QUERY_BYTES",
        ),
        refused("unknown fields", &unknown, "GRAPHQL_VALIDATION_FAILED", ""),
        refused(
            "huge number",
            "{ customers(limit: 99999999999999999999999) { id } }",
            "GRAPHQL_VALIDATION_FAILED",
            "",
        ),
        refused(
            "huge exponent",
            "{ customers(limit: 1e999999999) { id } }",
            "GRAPHQL_PARSE_FAILED",
            "",
        ),
    ]
}

fn fragments() -> Vec<Attack> {
    let doubling = |levels: usize, last: &str| {
        let one = |n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1);
        let all: String = (0..levels).map(one).collect();
        format!("{{ ...F0 }} {all} fragment F{levels} on Query {{ {last} }}")
    };
    let chain: String =
        (0..2_000).map(|n| format!("fragment F{n} on Query {{ ...F{} }} ", n + 1)).collect();
    vec![
        refused(
            "doubling fragments",
            &doubling(30, "__typename"),
            "TOKEN_LIMIT_EXCEEDED",
            "MAX_TOKENS",
        ),
        refused(
            "doubling aliases",
            &doubling(8, "a: __typename"),
            "ALIAS_LIMIT_EXCEEDED",
            "ALIASES",
        ),
        refused(
            "fragments in a circle",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
            "DEPTH_LIMIT_EXCEEDED",
            "",
        ),
        refused(
            "chain of fragments",
            &format!("{{ ...F0 }} {}", &chain[..60_000]),
            "TOKEN_LIMIT_EXCEEDED",
            "",
        ),
    ]
}

/// Bodies that are costly to read.
fn bodies() -> Vec<Attack> {
    let batch =
        |query: &str, count: usize| json!(vec![json!({ "query": query }); count]).to_string();
    let deep =
        format!(r#"{{"query": "{{ __typename }}", "variables": {{"a": {}"#, "[".repeat(500_000));
    let number = format!(
        r#"{{"query": "query ($n: Int!) {{ customers(limit: $n) {{ id }} }}", "variables": {{"n": {}}}}}"#,
        "9".repeat(500_000)
    );
    vec![
        body("10 MB", vec![b' '; 10_000_000], 413, "PAYLOAD_TOO_LARGE", "MAX_BODY_BYTES"),
        body("deep variables", deep, 400, "BAD_REQUEST", ""),
        body("long number", number, 400, "BAD_REQUEST", ""),
        body("batch", batch("{ __typename }", 100), 400, "BATCH_LIMIT_EXCEEDED", "BATCH_LIMIT"),
        body(
            "batch of nothing",
            format!("[{}{{}}]", "{},".repeat(300_000)),
            400,
            "BATCH_LIMIT_EXCEEDED",
            "BATCH_LIMIT",
        ),
        body(
            "batch of large answers",
            batch(
                "{ customers(limit: 150, where: { name: { startsWith: \"long\" } }) { name } }",
                10,
            ),
            200,
            "RESPONSE_TOO_LARGE",
            "MAX_RESPONSE_BYTES",
        ),
    ]
}

/// Queries that would bring more than anybody can want.
fn explosions() -> Vec<Attack> {
    let introspection = |lists: &str| {
        let levels = lists.split(' ').count();
        format!("{{ __schema {{ {} {{ name }} {} }}", lists.replace(' ', " { "), "}".repeat(levels))
    };
    vec![
        refused(
            "1000 x 1000 x 1000",
            "{ customers(limit: 1000) { ordersSummary(limit: 1000) { items(limit: 1000) { id } } } }",
            "COMPLEXITY_LIMIT_EXCEEDED",
            "MAX_COMPLEXITY",
        ),
        refused(
            "there and back",
            "{ customers { ordersSummary { customer { ordersSummary { customer { ordersSummary { customer { ordersSummary { id } } } } } } } } }",
            "COMPLEXITY_LIMIT_EXCEEDED",
            "MAX_COMPLEXITY",
        ),
        refused(
            "pages of pages",
            "{ customersConnection(first: 1000) { edges { node { ordersSummary(limit: 500) { id } } } } }",
            "COMPLEXITY_LIMIT_EXCEEDED",
            "MAX_COMPLEXITY",
        ),
        refused(
            "introspection within itself",
            &introspection("types fields type fields type fields"),
            "COMPLEXITY_LIMIT_EXCEEDED",
            "",
        ),
        refused(
            "deep introspection",
            &introspection(
                &["types", "fields", "type"]
                    .into_iter()
                    .chain(["ofType"; 20])
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            "DEPTH_LIMIT_EXCEEDED",
            "",
        ),
        partly(
            "100,000 rows",
            "{ customers(limit: 100000) { id name } }",
            Value::Null,
            "PAGE_SIZE_EXCEEDED",
            "MAX_PAGE_SIZE",
        ),
        partly(
            "100,000 rows for each",
            "{ customers { ordersSummary(limit: 100000) { id } } }",
            Value::Null,
            "PAGE_SIZE_EXCEEDED",
            "MAX_PAGE_SIZE",
        ),
    ]
}

/// Statements that would keep PostgreSQL busy.
fn statements() -> Vec<Attack> {
    let filter = "query ($where: CustomersFilter) { customers(where: $where) { id } }";
    let or: Vec<Value> = (0..20_000).map(|id| json!({"id": {"eq": id}})).collect();
    let nulls = vec![json!({"id": {"isNull": true}}); 20_000];
    let order = vec![json!({"id": "ASC"}); 20_000];
    let pattern = format!("%{}b%", "a".repeat(50_000));
    let pattern = |operator: &str| json!({"where": {"name": {operator: pattern}}});
    let wildcards = format!("{}b", "%a".repeat(499));
    let wildcards = |operator: &str| json!({"where": {"name": {operator: wildcards}}});
    let too_long = ("STATEMENT_TOO_LONG", "MAX_STATEMENT_BYTES");
    let pattern_too_long = ("PATTERN_TOO_LONG", "MAX_PATTERN_BYTES");
    let nested = (0..50).fold(json!({}), |inner, _| json!({ "not": inner }));
    vec![
        partly("conditions", filter, json!({"where": {"or": or}}), too_long.0, too_long.1),
        partly(
            "conditions without values",
            filter,
            json!({"where": {"and": nulls}}),
            too_long.0,
            too_long.1,
        ),
        passed(
            "sort criteria",
            "query ($o: [CustomersOrderBy!]) { customers(orderBy: $o) { id } }",
            json!({"o": order}),
        ),
        passed("nested conditions", filter, json!({"where": nested})),
        partly("like", filter, pattern("like"), pattern_too_long.0, pattern_too_long.1),
        partly("contains", filter, pattern("icontains"), pattern_too_long.0, pattern_too_long.1),
        partly("regex", filter, pattern("iregex"), pattern_too_long.0, pattern_too_long.1),
        passed("like with many wildcards", filter, wildcards("like")),
        passed("ilike with many wildcards", filter, wildcards("ilike")),
    ]
}

/// Answers that do not fit into memory.
fn answers() -> Vec<Attack> {
    let too_large = |name, query: &str| {
        partly(name, query, Value::Null, "RESPONSE_TOO_LARGE", "MAX_RESPONSE_BYTES")
    };
    let long = "where: { name: { startsWith: \"long\" } }";
    let aliases: String = (0..90).map(|n| format!("a{n}: name ")).collect();
    let rows: String = (0..6).map(|n| format!("a{n}: lifetime {{ customerId }} ")).collect();
    vec![
        too_large("wide rows", &format!("{{ customers(limit: 1000, {long}) {{ name }} }}")),
        too_large(
            "a value many times",
            &format!("{{ customers(limit: 50, {long}) {{ {aliases} }} }}"),
        ),
        too_large(
            "a row many times",
            "{ ordersSummary(limit: 1000, orderBy: [{ id: DESC }]) { customer { name } } }",
        ),
        too_large(
            "long names of members",
            &format!("{{ customers(limit: 1000) {{ {}: id }} }}", "x".repeat(60_000)),
        ),
        partly(
            "rows of many lists",
            &format!("{{ customers(limit: 1000) {{ {rows} }} }}"),
            Value::Null,
            "ROW_LIMIT_EXCEEDED",
            "MAX_ROWS",
        ),
    ]
}
