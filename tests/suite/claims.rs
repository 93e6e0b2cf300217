//! What is claimed about rows, held against the rows of every fixture and of the demo; and what a
//! client and the log see of a claim that does not hold.

use codegen::Config;
use serde_json::json;
use tests::database;
use tests::fixture::Fixture;
use tests::request::{connect, execute};
use tests::sql_log::SqlLog;
use xtask::verify;

/// How many claims there are, and what contradicts them.
async fn contradictions(
    database: &local_postgres::Database,
    config: &Config,
) -> (usize, Vec<String>) {
    let mut client = database.connect().await.expect("a connection");
    let found = verify::check(&mut client, config).await.expect("the claims can be looked at");
    let contradictions = found.contradictions.iter().map(|error| format!("{error:#}"));
    (found.claims, contradictions.collect())
}

#[tokio::test]
async fn claims_about_the_demo_hold() {
    let sql = database::repository().join("sql");
    let config = Config::load(&sql).expect("sql/codegen.toml");
    for database in [database::demo().await, database::demo_without_data().await] {
        let (claims, contradictions) = contradictions(&database, &config).await;
        assert!(claims > 0);
        assert_eq!(contradictions, Vec::<String>::new());
    }
}

#[tokio::test]
async fn claims_about_fixtures_hold_but_for_broken_promises() {
    let folder = database::repository().join("tests/fixtures");
    let entries = std::fs::read_dir(folder).expect("the fixtures");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder").file_name().into_string().expect("a name"))
        .collect();
    names.retain(|name| !name.starts_with('.') && name != "corpus");
    names.sort();
    let (mut claims, mut found) = (0, String::new());
    for name in names {
        let fixture = Fixture::named(&name);
        let config = Config::load(&fixture.dir).expect("a valid codegen.toml, or none");
        let (count, contradictions) = contradictions(&fixture.database().await, &config).await;
        claims += count;
        for contradiction in contradictions {
            found += &format!("{name}: {contradiction}\n");
        }
    }
    assert!(claims > 100, "{claims}");
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
