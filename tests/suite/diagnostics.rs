//! Every diagnostic: what a schema has to look like to earn it, and what its author then reads.
//!
//! `tests/diagnostics/<code>/schema.sql` is the schema, `expected.snap` the output.

use codegen::Code;
use tests::database;

#[tokio::test]
async fn every_code_has_a_schema_that_earns_it() {
    for code in Code::ALL {
        let slug = code.slug();
        let dir = database::repository().join("tests/diagnostics").join(slug);
        let schema = std::fs::read_to_string(dir.join("schema.sql"))
            .unwrap_or_else(|error| panic!("{slug} lacks a schema: {error}"));
        let database = database::with_script(&schema).await;
        let mut client = database.connect().await.expect("a connection");
        let config = codegen::Config::default();
        let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
        let (_, diagnostics) = codegen::plan(&catalog, &config);
        let text = diagnostics.to_string();
        assert!(text.contains(&format!("[{slug}]")), "{slug} is not among:\n{text}");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&dir);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("expected", text));
    }
}
