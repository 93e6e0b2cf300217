//! Every operator on every type: what it finds is what plain SQL finds, alone and in random
//! filters; what it cannot be given is refused by path.
//!
//! Types and operators are those that the running schema has.

mod column;
mod data;
mod leaf;
mod writer;

use fixture_operators::Schema;
use local_postgres::Database;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use runtime::{Database as Pools, DatabaseConfig};
use serde_json::{Value, json};
use tests::fixture::Fixture;
use tests::request::execute;
use tests::sql_log::SqlLog;
use tokio_postgres::Client;

use column::Column;
use leaf::Choices;
use writer::Writer;

/// How often an operator is tried on a type, each time with other values.
const TRIES: u8 = 12;

/// A list of rows, and what they can be filtered by.
struct List {
    view: &'static str,
    field: &'static str,
    filter: &'static str,
    selection: String,
    columns: Vec<Column>,
    rows: Vec<Value>,
}

/// A database, its API, and what is in it.
struct Tables {
    client: Client,
    schema: Schema,
    cells: List,
    owners: List,
    _database: Database,
}

impl List {
    async fn new(
        schema: &Schema,
        view: &'static str,
        [field, ty, filter]: [&'static str; 3],
    ) -> Self {
        let columns = Column::all(schema, view, filter).await;
        let selection = column::selection(schema, ty).await;
        Self { view, field, filter, selection, columns, rows: Vec::new() }
    }

    async fn read(&mut self, schema: &Schema) {
        let query = format!("{{ rows: {}(limit: 1000) {} }}", self.field, self.selection);
        let answer = execute(schema, &query, Value::Null).await;
        let rows = answer["data"]["rows"].as_array();
        self.rows = rows.unwrap_or_else(|| panic!("{answer}")).clone();
    }
}

impl Tables {
    async fn new() -> Self {
        let database = Fixture::named("operators").database().await;
        let client = database.connect().await.expect("a connection");
        let mut settings = DatabaseConfig::new(database.url());
        // All columns of all rows are more than clients may ask for.
        settings.limits.max_complexity = u64::MAX;
        let schema = fixture_operators::schema(Pools::new(&settings).expect("a valid address"));
        let cells = List::new(&schema, "v_cells", ["cells", "Cells", "CellsFilter"]).await;
        let owners = List::new(&schema, "v_owners", ["owners", "Owners", "OwnersFilter"]).await;
        Self { client, schema, cells, owners, _database: database }
    }

    /// Other rows.
    async fn fill(&mut self, seed: u32) {
        data::fill(&self.client, seed).await;
        self.cells.read(&self.schema).await;
        self.owners.read(&self.schema).await;
    }

    /// The keys of the rows that filters find, for each.
    async fn found(&self, list: &List, filters: &[Value]) -> Vec<Vec<i64>> {
        let List { field, filter, .. } = list;
        let names = || (0..filters.len()).map(|n| format!("f{n}"));
        let variables: Vec<String> = names().map(|name| format!("${name}: {filter}")).collect();
        let fields: Vec<String> = names()
            .map(|name| format!("{name}: {field}(where: ${name}, limit: 1000) {{ id }}"))
            .collect();
        let query = format!("query ({}) {{ {} }}", variables.join(", "), fields.join(" "));
        let values: Value =
            names().zip(filters.iter().cloned()).collect::<serde_json::Map<_, _>>().into();
        let answer = execute(&self.schema, &query, values.clone()).await;
        let ids = |name: String| {
            let rows = answer["data"][&name].as_array();
            let rows = rows.unwrap_or_else(|| panic!("{answer}\n{values}"));
            rows.iter().filter_map(|row| row["id"].as_i64()).collect()
        };
        names().map(ids).collect()
    }

    /// The keys of the rows that plain SQL finds.
    async fn expected(&self, list: &List, condition: &str) -> Vec<i64> {
        let sql =
            format!("select t.id::bigint from {} as t where {condition} order by id", list.view);
        let rows = self.client.query(&sql, &[]).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn every_operator_of_every_type_finds_what_sql_finds() {
    let mut tables = Tables::new().await;
    tables.fill(1).await;
    let list = &tables.cells;
    let mut faults = Vec::new();
    for column in &list.columns {
        for operator in &column.operators {
            let mut tried = Vec::new();
            for number in 0..200_u8 {
                let choices = [number, number / 3, number / 5, number / 2, number];
                let choices = choices.map(|choice| choice.wrapping_mul(7)).to_vec();
                let mut choices = Choices(choices.into_iter());
                let condition = leaf::condition(column, operator, &list.rows, "t", &mut choices);
                tried.extend(condition);
                if tried.len() == usize::from(TRIES) {
                    break;
                }
            }
            if tried.is_empty() {
                faults.push(format!("{:?} {operator}: no value to try", column.path));
                continue;
            }
            let filters: Vec<Value> = tried.iter().map(|(filter, _)| filter.clone()).collect();
            let found = tables.found(list, &filters).await;
            for ((filter, sql), found) in tried.iter().zip(found) {
                let expected = tables.expected(list, sql).await;
                if found != expected {
                    faults.push(format!("{filter}: {found:?}, not {expected:?}\n  {sql}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// More cases with `PROPTEST_CASES`.
#[test]
fn random_filters_find_what_sql_finds() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let tables = std::cell::RefCell::new(runtime.block_on(Tables::new()));
    let config = Config { failure_persistence: None, ..Config::default() };
    let cases = std::env::var_os("PROPTEST_CASES").map_or(200, |_| config.cases);
    let mut runner = TestRunner::new(Config { cases, ..config });
    let input = (0..1_000_000_u32, vec(any::<u8>(), 0..120));
    let count = std::cell::Cell::new(0_u32);
    let result = runner.run(&input, |(seed, choices)| {
        // Other rows from time to time; a failure is looked for among the same ones.
        if count.replace(count.get() + 1).is_multiple_of(50) {
            runtime.block_on(tables.borrow_mut().fill(seed));
        }
        let tables = tables.borrow();
        let mut writer = Writer::new(&tables, Choices(choices.into_iter()));
        let list = if writer.choices.below(4) == 1 { &tables.owners } else { &tables.cells };
        let (filter, sql) = writer.filter(list, "t", 3);
        let (found, expected) = runtime.block_on(async {
            let filters = [filter.clone()];
            (tables.found(list, &filters).await.remove(0), tables.expected(list, &sql).await)
        });
        prop_assert_eq!(found, expected, "{}\n{}", filter, sql);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// What an operator refuses, by the name of the type that it takes.
fn refused(ty: &str) -> Value {
    match ty {
        "Int" => json!(99_999_999_999_i64),
        "Boolean" => json!("maybe"),
        "Float" | "JSON" | "String" => json!("\u{0}"),
        _ if ty.ends_with("Input") => json!({ "lower": {} }),
        _ => json!("nothing like it"),
    }
}

#[tokio::test]
async fn every_operator_refuses_other_values_by_path() {
    let tables = Tables::new().await;
    let mut faults = Vec::new();
    for column in &tables.cells.columns {
        let document = "query ($name: String!) { __type(name: $name) { inputFields {
            name type { kind name ofType { name ofType { name ofType { name ofType { name ofType {
              name ofType { name } } } } } } } } } }";
        let answer = execute(&tables.schema, document, json!({ "name": column.filter })).await;
        let members = answer["data"]["__type"]["inputFields"].as_array().expect("an input object");
        for operator in &column.operators {
            let member = members.iter().find(|member| member["name"] == json!(operator));
            let mut ty = &member.expect("the operator")["type"];
            let is_list = ty["kind"] == "LIST";
            while !ty["ofType"].is_null() {
                ty = &ty["ofType"];
            }
            let value = refused(ty["name"].as_str().expect("a name"));
            let value = if is_list { json!([value]) } else { value };
            let filter = column.condition(operator, &value);
            let query = "query ($where: CellsFilter) { cells(where: $where) { id } }";
            let answer = execute(&tables.schema, query, json!({ "where": filter })).await;
            let (error, path) = (&answer["errors"][0], column.path.join("."));
            let message = error["message"].as_str().unwrap_or_default();
            // What its GraphQL type forbids, validation refuses.
            let is_refused = error["extensions"]["code"] == "BAD_USER_INPUT"
                || message.starts_with("Invalid value for argument");
            if !message.contains(&format!("where.{path}.{operator}")) || !is_refused {
                faults.push(format!("{filter}: {answer}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Conditions, values for their parameters, and the index that answers them.
const INDEXED: &[(&str, &[&str], &str)] = &[
    (r#"texts: { startsWith: "a_" }"#, &["'a\\_%'"], "(texts text_pattern_ops)"),
    (r#"texts: { like: "a%" }"#, &["'a%'"], "(texts text_pattern_ops)"),
    (r#"texts: { in: ["a"] }"#, &["'{a}'"], "(texts)"),
    (r#"dates: { gt: "2024-01-01" }"#, &["'2024-01-01'"], "(dates)"),
    ("dates: { isNull: true }", &[], "(dates)"),
    ("shades: { eq: OK }", &["'ok'"], "(shades)"),
    (r#"chars: { eq: "a" }"#, &["'a'"], "(chars)"),
    (r#"cis: { eq: "a" }"#, &["'a'"], "(cis)"),
    (r#"textArrays: { has: "a" }"#, &["'a'"], "using gin (text_arrays)"),
    (r#"varcharArrays: { overlaps: ["a"] }"#, &["'{a}'"], "using gin (varchar_arrays)"),
    ("int4Arrays: { contains: [1] }", &["'{1}'"], "using gin (int4_arrays)"),
    ("jsonbs: { contains: { a: 1 } }", &["'{\"a\": 1}'"], "using gin (jsonbs)"),
    (r#"jsonbs: { hasKey: "a" }"#, &["'a'"], "using gin (jsonbs)"),
    (r#"jsonbs: { pathExists: "$.a ? (@ == 1)" }"#, &["'$.a ? (@ == 1)'"], "using gin (jsonbs)"),
    ("int4Ranges: { contains: 1 }", &["1"], "using gist (int4_ranges)"),
    ("int4Ranges: { before: { lower: 1, upper: 2 } }", &["'[1,2)'"], "using gist (int4_ranges)"),
    (r#"inets: { containedBy: "10.0.0.0/8" }"#, &["'10.0.0.0/8'"], "using gist (inets inet_ops)"),
];

#[tokio::test]
async fn indexes_serve_operators() {
    let tables = Tables::new().await;
    let log = SqlLog::start();
    for (condition, values, index) in INDEXED {
        let query = format!("{{ cells(where: {{ {condition} }}) {{ id }} }}");
        let answer = execute(&tables.schema, &query, Value::Null).await;
        assert_eq!(answer.get("errors"), None, "{condition}");
        let statement = log.take().remove(0);
        let values = match values.is_empty() {
            true => String::new(),
            false => format!("({})", values.join(", ")),
        };
        let script = format!(
            "begin; set local enable_seqscan = off;
             alter table tb_cells drop constraint tb_cells_pkey; create index on tb_cells {index};
             prepare statement as {statement};"
        );
        let client = &tables.client;
        client.batch_execute(&script).await.unwrap_or_else(|error| panic!("{error:?}\n{script}"));
        let plan = client.simple_query(&format!("explain execute statement{values}")).await;
        let plan = format!("{:?}", plan.expect("a plan"));
        assert!(plan.contains("Index Cond"), "{condition}: {plan}");
        client.batch_execute("rollback; deallocate statement").await.expect("the table as before");
    }
}
