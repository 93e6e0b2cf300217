//! Bringing databases up to date: what is replaced, what is refused, and what is left alone.

#![allow(clippy::unwrap_used, reason = "a failed step of a test has nothing better to do")]

use std::{
    fs,
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use local_postgres::{Database, TestCluster};
use tokio_postgres::Client;

/// A folder `sql` and a database for it.
struct Setup {
    sql: PathBuf,
    database: Database,
}

impl Setup {
    async fn new() -> Self {
        static CLUSTER: OnceLock<TestCluster> = OnceLock::new();
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("xtask-schema-{}-{number}", std::process::id());
        let sql = std::env::temp_dir().join(name);
        for folder in ["migrations", "views", "functions"] {
            fs::create_dir_all(sql.join(folder)).unwrap();
        }
        let cluster = CLUSTER.get_or_init(|| TestCluster::start(None).unwrap());
        Self { sql, database: cluster.create_database(None).await.unwrap() }
    }

    fn write(&self, file: &str, text: &str) -> &Self {
        fs::write(self.sql.join(file), text).unwrap();
        self
    }

    async fn apply(&self) -> Result<(), String> {
        let done = xtask::schema::apply(self.database.url(), &self.sql).await;
        done.map_err(|error| format!("{error:#}"))
    }

    async fn refused(&self) -> String {
        self.apply().await.unwrap_err()
    }

    async fn client(&self) -> Client {
        self.database.connect().await.unwrap()
    }

    /// The first column of the first row, as text.
    async fn value(&self, sql: &str) -> String {
        let rows = self.client().await.query(sql, &[]).await.unwrap();
        rows[0].get(0)
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.sql);
    }
}

const TABLE: &str = "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL);";
const VIEW: &str = "CREATE VIEW v_t AS SELECT id, a FROM t;";

#[tokio::test]
async fn changed_view_is_replaced_and_its_rights_come_from_the_file() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE).write("views/v_t.sql", VIEW);
    setup.apply().await.unwrap();
    // A column taken away from the middle: CREATE OR REPLACE could not do that.
    setup.write(
        "views/v_t.sql",
        "CREATE VIEW v_t AS SELECT a FROM t; GRANT SELECT ON v_t TO public;",
    );
    setup.apply().await.unwrap();
    let columns = "SELECT string_agg(attname, ',') FROM pg_attribute
                   WHERE attrelid = 'v_t'::regclass AND attnum > 0";
    assert_eq!(setup.value(columns).await, "a");
    let rights = "SELECT relacl::text FROM pg_class WHERE relname = 'v_t'";
    assert!(setup.value(rights).await.contains("=r/"));
}

#[tokio::test]
async fn nothing_is_touched_when_nothing_changed() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE).write("views/v_t.sql", VIEW);
    setup.apply().await.unwrap();
    let oid = "SELECT 'v_t'::regclass::oid::text";
    let before = setup.value(oid).await;
    setup.apply().await.unwrap();
    assert_eq!(setup.value(oid).await, before);
    // Dropped by hand: what is recorded and what exists differ, so the files run again.
    setup.client().await.batch_execute("DROP VIEW v_t").await.unwrap();
    setup.apply().await.unwrap();
    assert_ne!(setup.value(oid).await, before);
}

#[tokio::test]
async fn views_and_functions_that_need_each_other_are_dropped_in_order() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE);
    setup.write("views/v_1.sql", VIEW);
    setup.write("views/v_2.sql", "CREATE MATERIALIZED VIEW v_2 AS SELECT * FROM v_t;");
    setup.write(
        "functions/fn_1.sql",
        "CREATE TYPE pair AS (a int, b v_t);
         CREATE FUNCTION fn_rows() RETURNS SETOF v_t LANGUAGE sql STABLE AS 'SELECT * FROM v_t';
         CREATE FUNCTION fn_pair(p v_t[]) RETURNS pair LANGUAGE sql STABLE AS 'SELECT NULL::pair';",
    );
    setup.write("functions/fn_2.sql", "CREATE VIEW v_3 AS SELECT id FROM fn_rows();");
    setup.apply().await.unwrap();
    setup.write("views/v_1.sql", "CREATE VIEW v_t AS SELECT id, a, 1 AS b FROM t;");
    setup.apply().await.unwrap();
    fs::remove_file(setup.sql.join("functions/fn_1.sql")).unwrap();
    fs::remove_file(setup.sql.join("functions/fn_2.sql")).unwrap();
    setup.apply().await.unwrap();
    let left = "SELECT count(*)::text FROM pg_proc WHERE proname LIKE 'fn\\_%'";
    assert_eq!(setup.value(left).await, "0");
}

#[tokio::test]
async fn files_may_need_each_other_in_any_order() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE);
    setup.write("views/v_a.sql", "CREATE VIEW v_a AS SELECT fn_b(id) FROM v_t;");
    setup.write("views/v_t.sql", VIEW);
    let function =
        "CREATE FUNCTION fn_b(int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT fn_c()';";
    setup.write("functions/fn_b.sql", function);
    let function = "CREATE FUNCTION fn_c() RETURNS bigint LANGUAGE sql STABLE AS
                    'SELECT count(*) FROM v_t';";
    setup.write("functions/fn_c.sql", function);
    setup.apply().await.unwrap();
    assert_eq!(setup.value("SELECT count(*)::text FROM v_a").await, "0");
    // Of three failures, the one that causes the others is reported.
    setup.write("functions/fn_c.sql", &function.replace("v_t", "v_tt"));
    let error = setup.refused().await;
    assert!(error.starts_with("sql/functions/fn_c.sql:2:43: relation"), "{error}");
}

#[tokio::test]
async fn settings_of_a_file_end_with_it() {
    let setup = Setup::new().await;
    setup
        .write("migrations/V001__a.sql", "CREATE SCHEMA other; SET search_path = other;")
        .write("migrations/V002__b.sql", TABLE)
        .write(
            "views/v_a.sql",
            "SET search_path = other; CREATE VIEW public.v_a AS SELECT 1 AS one;",
        )
        .write("views/v_t.sql", VIEW);
    setup.apply().await.unwrap();
    let places =
        "SELECT string_agg(relnamespace::regnamespace || '.' || relname, ' ' ORDER BY relname)
                  FROM pg_class WHERE relname IN ('t', 'v_t', 'v_a')";
    assert_eq!(setup.value(places).await, "public.t public.v_a public.v_t");
}

#[tokio::test]
async fn migration_may_change_a_column_that_a_view_reads() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE).write("views/v_t.sql", VIEW);
    setup.apply().await.unwrap();
    setup.write("migrations/V002__longer.sql", "ALTER TABLE t ALTER a TYPE varchar(9);");
    setup.apply().await.unwrap();
    let ty = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute
              WHERE attrelid = 'v_t'::regclass AND attname = 'a'";
    assert_eq!(setup.value(ty).await, "character varying(9)");
}

#[tokio::test]
async fn new_label_of_an_enum_can_be_used_at_once() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__e.sql", "CREATE TYPE e AS ENUM ('a');");
    setup.write("views/v_e.sql", "CREATE VIEW v_e AS SELECT 'a'::e AS e;");
    setup.apply().await.unwrap();
    setup.write("migrations/V002__b.sql", "ALTER TYPE e ADD VALUE 'b';");
    setup.write("views/v_e.sql", "CREATE VIEW v_e AS SELECT 'b'::e AS e;");
    setup.apply().await.unwrap();
    assert_eq!(setup.value("SELECT e::text FROM v_e").await, "b");
}

#[tokio::test]
async fn mistake_is_shown_with_its_place_and_changes_nothing() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE).write("views/v_t.sql", VIEW);
    setup.apply().await.unwrap();
    setup.write("migrations/V002__more.sql", "ALTER TABLE t ADD b int;");
    setup.write("views/v_t.sql", "CREATE VIEW v_t AS\nSELECT id,\n  x.aa FROM t AS x;\n");
    let error = setup.refused().await;
    let expected = "sql/views/v_t.sql:3:3: column x.aa does not exist\n   |\n 3 |   x.aa FROM t AS x;\n   \
                    |   ^\n  hint: Perhaps you meant to reference the column \"x.a\".";
    assert_eq!(error, expected);
    // The view of before is there, and the migration was not applied.
    assert_eq!(setup.value("SELECT count(*)::text FROM v_t").await, "0");
    let columns = "SELECT count(*)::text FROM pg_attribute
                   WHERE attrelid = 't'::regclass AND attnum > 0";
    assert_eq!(setup.value(columns).await, "2");
}

#[tokio::test]
async fn mistake_in_a_migration_names_its_file() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE);
    setup.write("migrations/V002__broken.sql", "SELECT 1;\nCREAT TABLE u ();");
    let error = setup.refused().await;
    assert!(error.starts_with("sql/migrations/V002__broken.sql:2:1: syntax error"), "{error}");
    assert_eq!(setup.value("SELECT coalesce(to_regclass('t')::text, 'none')").await, "none");
}

#[tokio::test]
async fn statement_that_fails_as_a_whole_is_pointed_at() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", "-- one;\nSELECT ';';\n\n  ALTER TABLE u ADD b int;\n");
    let error = setup.refused().await;
    let expected = "sql/migrations/V001__t.sql:4:3: relation \"u\" does not exist\n   |\n \
                    4 |   ALTER TABLE u ADD b int;\n   |   ^";
    assert_eq!(error, expected);
    setup.write("migrations/V001__t.sql", TABLE);
    setup
        .write("sample_data.sql", "INSERT INTO t VALUES (1, 'a');\nINSERT INTO t VALUES (1, 'b');");
    let applied = xtask::schema::apply_with_sample_data(setup.database.url(), &setup.sql).await;
    let error = format!("{:#}", applied.unwrap_err());
    assert!(error.contains("sql/sample_data.sql:2:1: duplicate key value"), "{error}");
    assert!(error.contains("`cargo xtask db reset`"), "{error}");
}

#[tokio::test]
async fn changed_migration_is_refused_with_advice() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE);
    setup.apply().await.unwrap();
    setup.write("migrations/V001__t.sql", "CREATE TABLE t ();");
    let error = setup.refused().await;
    assert!(error.starts_with("sql/migrations/V001__t.sql was changed after it"), "{error}");
    assert!(error.contains("cargo xtask db reset"), "{error}");
}

#[tokio::test]
async fn migrations_that_do_not_continue_the_history_are_refused() {
    let setup = Setup::new().await;
    setup.write("migrations/V002__t.sql", TABLE);
    setup.apply().await.unwrap();
    setup.write("migrations/V001__early.sql", "SELECT 1;");
    let error = setup.refused().await;
    assert!(error.starts_with("sql/migrations/V001__early.sql comes before"), "{error}");
    fs::remove_file(setup.sql.join("migrations/V001__early.sql")).unwrap();
    setup.write("migrations/V2__twice.sql", "SELECT 1;");
    assert!(setup.refused().await.contains("have the same number"));
    fs::remove_file(setup.sql.join("migrations/V2__twice.sql")).unwrap();
    setup.write("migrations/3_wrong.sql", "SELECT 1;");
    assert!(setup.refused().await.contains("3_wrong.sql has no name of a migration"));
    fs::remove_file(setup.sql.join("migrations/3_wrong.sql")).unwrap();
    fs::remove_file(setup.sql.join("migrations/V002__t.sql")).unwrap();
    assert!(setup.refused().await.contains("(`t`) was applied, but its file is gone"));
}

#[tokio::test]
async fn function_that_a_table_uses_is_never_dropped() {
    let setup = Setup::new().await;
    setup.write("migrations/V001__t.sql", TABLE);
    let function = "CREATE FUNCTION fn_one() RETURNS int LANGUAGE sql AS 'SELECT 1';";
    setup.write("functions/fn_one.sql", function);
    setup.apply().await.unwrap();
    let client = setup.client().await;
    client.batch_execute("ALTER TABLE t ADD b int DEFAULT fn_one()").await.unwrap();
    setup.write("functions/fn_one.sql", &format!("{function} -- changed"));
    let error = setup.refused().await;
    assert!(error.starts_with("cannot replace routine public.fn_one()"), "{error}");
    assert!(error.contains("default value for column b of table t depends on"), "{error}");
}

#[tokio::test]
async fn tables_do_not_belong_beside_views() {
    let setup = Setup::new().await;
    setup.write("views/t.sql", TABLE);
    let error = setup.refused().await;
    assert!(error.contains("creates the table public.t"), "{error}");
    assert!(error.contains("belong in sql/migrations"), "{error}");
}

#[tokio::test]
async fn view_that_somebody_else_made_is_not_dropped() {
    let setup = Setup::new().await;
    let client = setup.client().await;
    client.batch_execute("CREATE VIEW v_t AS SELECT 'theirs' AS a").await.unwrap();
    setup.write("views/v_t.sql", "CREATE VIEW v_t AS SELECT 'ours' AS a;");
    let error = setup.refused().await;
    assert!(error.contains("`cargo xtask db migrate` did not create them"), "{error}");
    assert_eq!(setup.value("SELECT a FROM v_t").await, "theirs");
}
