//! What a client reads and sends back is what was there, for random values of every type.
//!
//! Values are written by SQL, read through a query field, sent back as the argument of a function,
//! and compared by SQL. There are as many cases of each type as there are rows.

mod values;

use local_postgres::Database;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use runtime::Engine;
use serde_json::{Value, json};
use tests::fixture::Fixture;
use tests::request::{connect, execute};

const ROWS: usize = 1_000;
/// Rows of one request.
const PAGE: usize = 250;

const RANGE: &str = "{ lower upper lowerInclusive upperInclusive isEmpty }";
const NESTED: &str = "{ one { a b } many { a b } moods mails span RANGE at amount }";

/// The field of a column, with what is selected of an object.
fn field(column: &str) -> String {
    let selection = match column {
        "pairs" | "pair_arrays" => "{ a b }",
        "nests" | "wholes" | "nest_arrays" => NESTED,
        "pair_ranges" => "{ lower { a b } upper { a b } lowerInclusive upperInclusive isEmpty }",
        _ if column.contains("range") || column == "spans" => RANGE,
        _ => "",
    };
    let mut words = column.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        name += &word[..1].to_uppercase();
        name += &word[1..];
    }
    format!("{name} {}", selection.replace("RANGE", RANGE))
}

/// Fills the table with random rows.
async fn fill(database: &Database) -> Vec<&'static str> {
    let mut runner = TestRunner::default();
    let (mut names, mut arrays) = (Vec::new(), Vec::new());
    for (name, strategy) in values::columns() {
        let value = |_| strategy.new_tree(&mut runner).expect("a value").current();
        arrays.push((0..ROWS).map(value).collect::<Vec<Option<String>>>());
        names.push(name);
    }
    let client = database.connect().await.expect("a connection");
    let ids: Vec<i32> = (1..).take(ROWS).collect();
    client.execute("insert into cases select unnest($1::integer[])", &[&ids]).await.expect("rows");
    for (name, values) in names.iter().zip(&arrays) {
        let sql = format!(
            "update cases set {name} = v.value::{} from unnest($1::integer[], $2::text[]) as v (id, value)
             where cases.id = v.id",
            ty(&client, name).await
        );
        let done = client.execute(&sql, &[&ids, values]).await;
        done.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    names
}

async fn ty(client: &tokio_postgres::Client, column: &str) -> String {
    let sql = "select format_type(atttypid, atttypmod) from pg_attribute
               where attrelid = 'cases'::regclass and attname = $1";
    client.query_one(sql, &[&column]).await.expect("a column").get(0)
}

/// Reads all rows and sends them back.
async fn there_and_back(schema: &Engine<fixture_round_trips::Api>, names: &[&str]) {
    let fields: String = names.iter().map(|name| field(name) + "\n").collect();
    for offset in (0..ROWS).step_by(PAGE) {
        let query = format!("{{ cases(limit: {PAGE}, offset: {offset}) {{ id {fields} }} }}");
        let response = execute(schema, &query, Value::Null).await;
        assert_eq!(response.get("errors"), None, "{query}");
        let rows = &response["data"]["cases"];
        assert_eq!(rows.as_array().map(Vec::len), Some(PAGE));
        let mutation = "mutation ($cases: [CasesInput]!) { return(cases: $cases) }";
        let response = execute(schema, mutation, json!({ "cases": rows })).await;
        assert_eq!(response.get("errors"), None);
    }
}

#[tokio::test]
async fn what_is_read_can_be_sent_back_unchanged() {
    let database = Fixture::named("round_trips").database().await;
    let names = fill(&database).await;
    there_and_back(&fixture_round_trips::schema(connect(database.url())), &names).await;
    let client = database.connect().await.expect("a connection");
    for name in names {
        // `json` has no equality, and its text keeps blanks that are not part of the value.
        let differs = if name.starts_with("json") {
            format!("c.{name}::jsonb is distinct from r.{name}::jsonb")
        } else {
            format!(
                "(c.{name} is distinct from r.{name} or c.{name}::text is distinct from r.{name}::text)"
            )
        };
        let differs = if name == "jsonb_arrays" {
            format!("c.{name} is distinct from r.{name}")
        } else {
            differs
        };
        let sql = format!(
            "select c.{name}::text, r.{name}::text from cases as c left join returned as r on r.id = c.id
             where r.id is null or {differs} limit 3"
        );
        let rows =
            client.query(&sql, &[]).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let changed: Vec<(Option<String>, Option<String>)> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(changed, [], "{name}");
    }
}
