//! Functions: each of the fixtures' is called, and one that is gone is reported as such.

use serde_json::{Value, json};
use tests::fixture::Fixture;
use tests::request::{connect, execute};

#[tokio::test]
async fn every_function_of_the_fixtures_is_called() {
    for folder in ["calls", "computed", "functions"] {
        let fixture = Fixture::named(folder);
        let snapshots = std::fs::read_dir(fixture.dir.join("snapshots")).expect("snapshots");
        let transcripts: String = snapshots
            .map(|entry| entry.expect("a readable folder").path())
            .filter(|path| !path.ends_with("catalog.snap") && !path.ends_with("plan.snap"))
            .map(|path| std::fs::read_to_string(path).expect("a readable snapshot"))
            .collect();
        let plan: Value = serde_json::from_str(&fixture.compile().await.plan).expect("a plan");
        let functions = plan["functions"].as_array().expect("functions");
        assert!(!functions.is_empty(), "{folder}");
        for function in functions {
            let name = function["sql"].as_str().and_then(|name| name.strip_prefix("public."));
            let call = format!("\"{}\"(", name.expect("a function of the schema public"));
            assert!(transcripts.contains(&call), "{folder}: nothing calls {call}");
        }
    }
}

#[tokio::test]
async fn a_function_that_is_gone_is_an_error_of_its_field_alone() {
    let database = Fixture::named("functions").database().await;
    let schema = fixture_functions::schema(connect(database.url()));
    let client = database.connect().await.expect("a connection");
    client.batch_execute("drop function fn_mood(boolean)").await.expect("it exists");
    let response = execute(&schema, "{ mood(sad: true) json }", Value::Null).await;
    assert_eq!(response["data"], json!({ "mood": null, "json": { "a": [1, null] } }));
    let error = &response["errors"][0];
    assert_eq!(error["path"], json!(["mood"]));
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    assert_eq!(error["extensions"]["sqlState"], "42883");
}
