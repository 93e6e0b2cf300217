//! Introspection and the analysis of view columns on a live server, whatever its version.

mod database {
    mod built_in;
    mod grammar;
    mod introspect;
    mod random;
    mod views;
    mod whole;
}

use std::sync::OnceLock;

use codegen::{Catalog, Config, introspect};
use local_postgres::{Database, TestCluster};
use tokio_postgres::Client;

/// A new database, in which some scripts were run, and what introspection says about it.
struct Schema {
    client: Client,
    catalog: Catalog,
    _database: Database,
}

impl Schema {
    async fn new(scripts: &[&str]) -> Self {
        static CLUSTER: OnceLock<TestCluster> = OnceLock::new();
        let cluster = CLUSTER.get_or_init(|| TestCluster::start(None).expect("a server for tests"));
        let database = cluster.create_database(None).await.expect("a database");
        let mut client = database.connect().await.expect("a connection");
        for script in scripts {
            client.batch_execute(script).await.expect("the script runs");
        }
        let catalog = introspect(&mut client, &Config::default()).await.expect("the schema");
        Self { client, catalog, _database: database }
    }
}
