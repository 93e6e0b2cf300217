//! Connections: walking the pages of random data in random orders gives the sorted list, both ways,
//! and whatever happens between two pages.

use fixture_connections::Schema;
use local_postgres::Database;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tests::fixture::Fixture;
use tests::request::{connect, execute};

const COLUMNS: [&str; 8] = ["id", "small", "label", "price", "weight", "seen", "mood", "done"];
const DIRECTIONS: [&str; 6] =
    ["ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST"];

/// Values of a row other than its key, as SQL; few, so that many are equal.
fn row() -> impl Strategy<Value = String> {
    let any = |values: &'static [&'static str]| select(values);
    (
        any(&["null", "0", "1", "2"]),
        any(&["null", "''", "'a'", "'A'", "'b'", "'ä'", "'\"\\,'"]),
        any(&["0", "1", "1.00", "-1", "'NaN'", "1e30", "0.1"]),
        any(&["null", "0", "'-0'", "'NaN'", "'Infinity'", "1e-300", "0.1"]),
        any(&[
            "null",
            "'infinity'",
            "'-infinity'",
            "'2024-01-01'",
            "'2024-01-01 0:0:0.000001'",
            "'0001-01-01 BC'",
        ]),
        any(&["null", "'sad'", "'not bad'", "'happy'"]),
        any(&["true", "false"]),
    )
        .prop_map(|(small, label, price, weight, seen, mood, done)| {
            format!("{small}, {label}, {price}, {weight}, {seen}, {mood}, {done}")
        })
}

fn order() -> impl Strategy<Value = Value> {
    let criterion = (select(&COLUMNS), select(&DIRECTIONS));
    vec(criterion, 0..4).prop_map(|criteria| {
        criteria.into_iter().map(|(column, direction)| json!({ column: direction })).collect()
    })
}

/// A table, an ordering, a page size, a filter, and what changes the table during a walk.
#[derive(Clone, Debug)]
struct Case {
    rows: Vec<String>,
    order: Value,
    size: usize,
    only_done: Option<bool>,
    disturbances: Vec<String>,
}

fn case() -> impl Strategy<Value = Case> {
    let disturbance = prop_oneof![
        (0..30usize).prop_map(|id| format!("delete from tb_entries where id = {id}")),
        (100..1000usize, row()).prop_map(|(id, row)| format!(
            "insert into tb_entries values ({id}, {row}) on conflict do nothing"
        )),
    ];
    (vec(row(), 0..24), order(), 1..8usize, option::of(any::<bool>()), vec(disturbance, 6))
        .prop_map(|(rows, order, size, only_done, disturbances)| Case {
            rows,
            order,
            size,
            only_done,
            disturbances,
        })
}

/// A schema over one table whose rows are those of a case.
struct Table {
    _database: Database,
    client: tokio_postgres::Client,
    schema: Schema,
}

impl Table {
    async fn new() -> Self {
        let database = Fixture::named("connections").database().await;
        let client = database.connect().await.expect("a connection");
        let schema = fixture_connections::schema(connect(database.url()));
        Self { _database: database, client, schema }
    }

    async fn fill(&self, case: &Case) {
        let mut script = "truncate tb_entries;".to_owned();
        for (id, row) in case.rows.iter().enumerate() {
            script += &format!("insert into tb_entries values ({id}, {row});");
        }
        self.client.batch_execute(&script).await.expect("rows");
    }

    /// All rows in order.
    async fn list(&self, case: &Case) -> Vec<i64> {
        let document = "query ($order: [EntriesOrderBy!], $where: EntriesFilter) {
            entries(limit: 1000, orderBy: $order, where: $where) { id }
        }";
        let response = execute(&self.schema, document, variables(case, json!({}))).await;
        ids(&response["data"]["entries"])
    }

    async fn page(&self, case: &Case, more: Value) -> Page {
        let document = "query (
            $order: [EntriesOrderBy!], $where: EntriesFilter
            $first: Int, $after: String, $last: Int, $before: String
        ) {
            entriesConnection(
                orderBy: $order, where: $where
                first: $first, after: $after, last: $last, before: $before
            ) {
                edges { cursor node { id } }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
                totalCount
            }
        }";
        let response = execute(&self.schema, document, variables(case, more)).await;
        assert_eq!(response["errors"], Value::Null, "{response}");
        Page(response["data"]["entriesConnection"].clone())
    }
}

fn variables(case: &Case, more: Value) -> Value {
    let mut variables = json!({ "order": case.order });
    if let Some(done) = case.only_done {
        variables["where"] = json!({ "done": { "eq": done } });
    }
    let Value::Object(more) = more else { panic!("an object") };
    variables.as_object_mut().expect("an object").extend(more);
    variables
}

fn ids(rows: &Value) -> Vec<i64> {
    let rows = rows.as_array().unwrap_or_else(|| panic!("{rows}"));
    rows.iter().map(|row| row["id"].as_i64().expect("an id")).collect()
}

struct Page(Value);

impl Page {
    fn ids(&self) -> Vec<i64> {
        ids(&self.0["edges"].as_array().expect("edges").iter().map(|e| e["node"].clone()).collect())
    }

    fn info(&self, field: &str) -> &Value {
        &self.0["pageInfo"][field]
    }
}

/// Walks from one end to the other and compares every page with its part of the list.
async fn walk(table: &Table, case: &Case, is_backward: bool) {
    let mut left = table.list(case).await;
    let total = left.len();
    let (count, bound, edge, has_more, has_less) = if is_backward {
        ("last", "before", "startCursor", "hasPreviousPage", "hasNextPage")
    } else {
        ("first", "after", "endCursor", "hasNextPage", "hasPreviousPage")
    };
    let mut cursor = Value::Null;
    let mut is_first = true;
    loop {
        let page = table.page(case, json!({ count: case.size, bound: cursor })).await;
        let size = case.size.min(left.len());
        let expected: Vec<i64> = if is_backward {
            left.split_off(left.len() - size)
        } else {
            left.drain(..size).collect()
        };
        assert_eq!(page.ids(), expected, "{case:?}");
        assert_eq!(page.0["totalCount"], total, "{case:?}");
        assert_eq!(page.info(has_more), !left.is_empty(), "{case:?}");
        assert_eq!(page.info(has_less), !is_first, "{case:?}");
        if left.is_empty() {
            break;
        }
        cursor = page.info(edge).clone();
        assert!(cursor.is_string(), "{case:?}");
        is_first = false;
    }
}

/// Rows between two cursors, and what lies beyond them.
async fn between(table: &Table, case: &Case) {
    let all = table.page(case, json!({ "first": 1000 })).await;
    let edges = all.0["edges"].as_array().expect("edges").clone();
    let (from, to) = (edges.len() / 3, edges.len() * 2 / 3);
    let (Some(after), Some(before)) = (edges.get(from), edges.get(to)) else { return };
    let bounds = json!({ "after": after["cursor"], "before": before["cursor"], "first": 1000 });
    let page = table.page(case, bounds).await;
    let expected = all.ids().get(from + 1..to).unwrap_or_default().to_vec();
    assert_eq!(page.ids(), expected, "{case:?}");
    assert_eq!(page.info("hasNextPage"), true, "{case:?}");
    assert_eq!(page.info("hasPreviousPage"), true, "{case:?}");
}

/// Rows that are there all the time come once each, in order, whatever comes and goes meanwhile.
async fn walk_disturbed(table: &Table, case: &Case) {
    let before = table.list(case).await;
    let mut seen = Vec::new();
    let mut disturbances = case.disturbances.iter();
    let mut cursor = Value::Null;
    loop {
        let page = table.page(case, json!({ "first": case.size, "after": cursor })).await;
        seen.extend(page.ids());
        if page.info("hasNextPage") == false {
            break;
        }
        cursor = page.info("endCursor").clone();
        if let Some(disturbance) = disturbances.next() {
            table.client.batch_execute(disturbance).await.expect("a change");
        }
    }
    let after = table.list(case).await;
    let stayed: Vec<i64> = before.into_iter().filter(|id| after.contains(id)).collect();
    let seen: Vec<i64> = seen.into_iter().filter(|id| stayed.contains(id)).collect();
    assert_eq!(seen, stayed, "{case:?}");
}

/// More cases with `PROPTEST_CASES`.
#[test]
fn pages_are_the_sorted_list() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let table = runtime.block_on(Table::new());
    let config = Config { failure_persistence: None, ..Config::default() };
    let cases = std::env::var_os("PROPTEST_CASES").map_or(48, |_| config.cases);
    let mut runner = TestRunner::new(Config { cases, ..config });
    let result = runner.run(&case(), |case| {
        runtime.block_on(async {
            table.fill(&case).await;
            walk(&table, &case, false).await;
            walk(&table, &case, true).await;
            between(&table, &case).await;
            walk_disturbed(&table, &case).await;
        });
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn a_cursor_of_another_ordering_is_refused() {
    let table = Table::new().await;
    let document = "query ($order: [EntriesOrderBy!], $after: String) {
        entriesConnection(first: 1, orderBy: $order, after: $after) {
            pageInfo { endCursor }
        }
    }";
    let page = execute(&table.schema, document, json!({ "order": [{ "small": "ASC" }] })).await;
    let cursor = page["data"]["entriesConnection"]["pageInfo"]["endCursor"].clone();
    let others = [json!([{ "small": "DESC" }]), json!([{ "label": "ASC" }]), json!([])];
    for order in others {
        let other =
            execute(&table.schema, document, json!({ "order": order, "after": cursor })).await;
        let error = &other["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{other}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains("same `orderBy`"), "{message}");
    }
}
