//! Isolated databases on one cluster per process.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use local_postgres::{Database, TestCluster};

/// The cluster of this process. It ends with the process.
pub fn cluster() -> &'static TestCluster {
    static CLUSTER: OnceLock<TestCluster> = OnceLock::new();
    CLUSTER.get_or_init(|| TestCluster::start(None).expect("a PostgreSQL server for the tests"))
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the repository")
        .to_owned()
}

/// A new database with `sql/` applied and its sample data.
pub async fn demo() -> Database {
    let create = async |url: String| xtask::schema::apply_with_sample_data(&url, &sql()).await;
    let template = "quarry_test_demo";
    cluster().create_template(template, create).await.expect("sql/ can be applied");
    cluster().create_database(Some(template)).await.expect("a database for a test")
}

/// A new database with `sql/` applied.
pub async fn demo_without_data() -> Database {
    let create = async |url: String| xtask::schema::apply(&url, &sql()).await;
    let template = "quarry_test_empty_demo";
    cluster().create_template(template, create).await.expect("sql/ can be applied");
    cluster().create_database(Some(template)).await.expect("a database for a test")
}

fn sql() -> PathBuf {
    repository().join("sql")
}

/// A connection that may change other databases.
pub async fn admin() -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(cluster().url(), tokio_postgres::NoTls)
        .await
        .expect("a connection to the cluster");
    tokio::spawn(connection);
    client
}

/// A new database with a script applied.
pub async fn with_script(script: &str) -> Database {
    let database = cluster().create_database(None).await.expect("a database for a test");
    let client = database.connect().await.expect("a connection to the test's database");
    client
        .batch_execute(script)
        .await
        .unwrap_or_else(|error| panic!("the script fails: {error:?}"));
    database
}
