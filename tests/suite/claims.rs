//! What is claimed about rows, held against the rows of every fixture and of the demo; and what a
//! client and the log see of a claim that does not hold.

use codegen::Config;
use serde_json::json;
use tests::database;
use tests::fixture::Fixture;
use tests::request::{connect, execute};
use tests::sql_log::SqlLog;
use xtask::verify;

async fn contradictions(database: &local_postgres::Database, config: &Config) -> Vec<String> {
    let mut client = database.connect().await.expect("a connection");
    let found = verify::check(&mut client, config).await.expect("the claims can be looked at");
    assert!(found.claims > 0);
    found.contradictions.iter().map(|error| format!("{error:#}")).collect()
}

#[tokio::test]
async fn claims_about_the_demo_hold() {
    let sql = database::repository().join("sql");
    let config = Config::load(&sql).expect("sql/codegen.toml");
    for database in [database::demo().await, database::demo_without_data().await] {
        assert_eq!(contradictions(&database, &config).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn claims_about_fixtures_hold_but_for_broken_promises() {
    let folder = database::repository().join("tests/fixtures");
    let entries = std::fs::read_dir(folder).expect("the fixtures");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder").file_name().into_string().expect("a name"))
        .collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    let mut found = String::new();
    for name in names {
        let fixture = Fixture::named(&name);
        let config = Config::load(&fixture.dir).expect("a valid codegen.toml, or none");
        for contradiction in contradictions(&fixture.database().await, &config).await {
            found += &format!("{name}: {contradiction}\n");
        }
    }
    insta::assert_snapshot!(found);
}

#[tokio::test]
async fn broken_promise_is_masked_and_the_log_names_the_column() {
    let database = Fixture::named("nullability").database().await;
    let schema = fixture_nullability::schema(connect(database.url()));
    let log = SqlLog::start();
    for (document, expected) in [
        ("{ lies { id nick } }", "column `nick` of view public.v_lies is null"),
        ("{ twice { lies { nick } } }", "column `nick` of view public.v_lies is null"),
        ("{ lies { part { price } } }", "column `price` of type public.part is null"),
        ("{ noRow(id: 1) { nick } }", "column `nick` of view public.v_lies is null"),
        ("{ noName(id: 1) }", "function public.fn_no_name is marked `@notnull`, but returned null"),
    ] {
        log.take_errors();
        let response = execute(&schema, document, json!({})).await;
        let error = &response["errors"][0];
        assert_eq!(error["extensions"]["code"], "INTERNAL", "{document}: {response}");
        assert!(error["extensions"]["correlationId"].is_string(), "{document}: {response}");
        let causes = log.take_errors();
        assert!(causes.iter().any(|cause| cause.contains(expected)), "{document}: {causes:?}");
    }
}
