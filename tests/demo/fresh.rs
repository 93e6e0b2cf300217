//! `generated/` is what the compiler makes of `sql/`.

use tests::database;

#[tokio::test]
async fn generated_code_is_up_to_date() {
    let database = database::demo().await;
    let mut client = database.connect().await.expect("a connection");
    let sql = database::repository().join("sql");
    let config = codegen::Config::load(&sql).expect("sql/codegen.toml");
    let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
    let (plan, diagnostics) = codegen::plan(&catalog, &config);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    let changes = codegen::emit(&plan)
        .compare(&database::repository().join("generated/src"))
        .expect("generated/src can be read");
    assert!(changes.is_empty(), "run `cargo xtask codegen`: {changes:#?}");
}
