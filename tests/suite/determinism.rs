//! The same schema gives the same bytes, in whatever order the server lists its objects.

use codegen::{Config, FileTree};
use tests::{database, fixture::Fixture};

async fn files(url_of: &local_postgres::Database) -> FileTree {
    let mut client = url_of.connect().await.expect("a connection");
    let config = Config::default();
    let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
    let (plan, _) = codegen::plan(&catalog, &config);
    codegen::emit(&plan)
}

#[tokio::test]
async fn two_runs_give_the_same_bytes() {
    let database = database::demo().await;
    assert_eq!(files(&database).await, files(&database).await);
}

#[tokio::test]
async fn the_order_of_creation_does_not_matter() {
    let tables = "create table tb_a (id integer primary key, b_id integer);
                  create table tb_b (id integer primary key);
                  create type mood as enum ('x', 'y');";
    let views = [
        "create view v_a as select * from tb_a; comment on view v_a is '@key id';",
        "create view v_b as select id, 'x'::mood as mood from tb_b; comment on view v_b is E'@key id\\n@relation a (id) references v_a (b_id)';",
        "create function fn_a(p_mood mood) returns v_a language sql stable as 'select a from v_a as a';",
        "create function fn_b() returns setof v_b language sql stable as 'select b from v_b as b'; ",
    ];
    let forward = database::with_script(&format!("{tables} {}", views.concat())).await;
    let reversed = [views[1], views[0], views[3], views[2]].concat();
    let reversed = database::with_script(&format!("{tables} {reversed}")).await;
    assert_eq!(files(&forward).await, files(&reversed).await);
}

#[tokio::test]
async fn a_removed_view_orphans_its_file_and_nothing_else() {
    let fixture = Fixture::named("relations");
    let database = fixture.database().await;
    let script = "drop function fn_shop; drop view v_rates; comment on view v_sales is '@key id'";
    let client = database.connect().await.expect("a connection");
    client.batch_execute(script).await.expect("the view can be dropped");
    let changes = files(&database).await.compare(&fixture.dir.join("src")).expect("a folder");
    let orphaned =
        changes.iter().filter(|change| matches!(change.kind, codegen::ChangeKind::Orphaned { .. }));
    let orphaned: Vec<_> = orphaned.map(|change| change.path.as_str()).collect();
    assert!(orphaned.contains(&"views/rates.rs"), "{orphaned:?}");
    assert!(!changes.iter().any(|change| change.path == "views/regions.rs"));
}
