//! Every fixture: each stage of the compiler, and requests against its generated code.

use async_graphql::Executor;
use runtime::Database;
use tests::fixture::Fixture;
use tests::request::{connect, transcript};

/// Declares the tests of a fixture: the name of its folder and of its crate.
macro_rules! fixtures {
    ($($test:ident: $folder:literal, $krate:ident;)*) => {$(
        mod $test {
            #[tokio::test]
            async fn compiles_to_its_snapshots() {
                super::check_stages($folder).await;
            }

            #[tokio::test]
            async fn answers_its_requests() {
                super::check_requests($folder, $krate::schema).await;
            }
        }
    )*};
}

fixtures! {
    aggregates: "aggregates", fixture_aggregates;
    connections: "connections", fixture_connections;
    documents: "documents", fixture_documents;
    calls: "calls", fixture_calls;
    computed: "computed", fixture_computed;
    arrays: "arrays", fixture_arrays;
    functions: "functions", fixture_functions;
    hostile: "hostile", fixture_hostile;
    indexes: "indexes", fixture_indexes;
    keys: "keys", fixture_keys;
    references: "references", fixture_references;
    operators: "operators", fixture_operators;
    ranges: "ranges", fixture_ranges;
    nullability: "nullability", fixture_nullability;
    relations: "relations", fixture_relations;
    round_trips: "round_trips", fixture_round_trips;
    shapes: "shapes", fixture_shapes;
    types: "types", fixture_types;
}

fn snapshot(fixture: &Fixture, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(fixture.dir.join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // The only word of a catalog that depends on the server.
    settings.add_filter(r#""server_version": \d+"#, r#""server_version": "[major]""#);
    settings.add_filter(r#""correlationId": "[0-9a-f]{16}""#, r#""correlationId": "[id]""#);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

async fn check_stages(folder: &str) {
    let fixture = Fixture::named(folder);
    let stages = fixture.compile().await;
    snapshot(&fixture, "catalog", &stages.catalog);
    snapshot(&fixture, "plan", &stages.plan);
    snapshot(&fixture, "diagnostics", &stages.diagnostics);
    fixture.check_files(&stages.files);
}

async fn check_requests<E: Executor>(folder: &str, schema: impl Fn(Database) -> E) {
    let fixture = Fixture::named(folder);
    let database = fixture.database().await;
    let schema = schema(connect(database.url()));
    for (name, document, variables) in fixture.requests() {
        let transcript = transcript(&schema, &document, variables).await;
        snapshot(&fixture, &name, &transcript);
    }
}
