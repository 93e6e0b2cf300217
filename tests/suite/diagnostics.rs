//! Every diagnostic: what a schema has to look like to earn it, and what its author then reads.
//!
//! `tests/diagnostics/<code>/schema.sql` is the schema, `expected.snap` the output.

use codegen::{Code, Config, Diagnostic, Diagnostics};
use local_postgres::Database;
use tests::database;

#[tokio::test]
async fn every_code_has_a_schema_that_earns_it() {
    for code in Code::ALL {
        let slug = code.slug();
        let dir = database::repository().join("tests/diagnostics").join(slug);
        let schema = std::fs::read_to_string(dir.join("schema.sql"))
            .unwrap_or_else(|error| panic!("{slug} lacks a schema: {error}"));
        let database = database::with_script(&schema).await;
        let text = diagnose(&database).await.to_string();
        assert!(text.contains(&format!("[{slug}]")), "{slug} is not among:\n{text}");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&dir);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("expected", text));
    }
}

async fn diagnose(database: &Database) -> Diagnostics {
    let mut client = database.connect().await.expect("a connection");
    let catalog = codegen::introspect(&mut client, &Config::default()).await.expect("a catalog");
    codegen::plan(&catalog, &Config::default()).1
}

/// Whoever runs what a message tells them does not read it a second time.
#[tokio::test]
async fn the_sql_in_the_help_helps() {
    for code in Code::ALL {
        let dir = database::repository().join("tests/diagnostics").join(code.slug());
        let schema = std::fs::read_to_string(dir.join("schema.sql")).expect("a schema");
        let database = database::with_script(&schema).await;
        let client = database.connect().await.expect("a connection");
        let mut seen = Vec::new();
        while let Some((message, sql)) = first_fix(&diagnose(&database).await) {
            assert!(!seen.contains(&message), "{}: its help is no help:\n{sql}", message);
            client.batch_execute(&sql).await.unwrap_or_else(|error| panic!("{sql}\n{error:?}"));
            seen.push(message);
        }
    }
}

/// The first diagnostic whose help is a statement to run, and that statement.
fn first_fix(diagnostics: &Diagnostics) -> Option<(String, String)> {
    diagnostics
        .iter()
        .find_map(|diagnostic| Some((diagnostic.to_string(), fix(diagnostic)?.to_owned())))
}

/// The statement that a diagnostic tells to run.
pub(crate) fn fix(diagnostic: &Diagnostic) -> Option<&str> {
    let (_, sql) = diagnostic.help.as_deref()?.split_once('\n')?;
    let is_statement =
        ["comment on ", "create ", "alter "].iter().any(|verb| sql.starts_with(verb));
    is_statement.then_some(sql)
}
