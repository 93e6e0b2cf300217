//! The database that everybody is measured on.

use std::time::Instant;

use anyhow::{Context, Result};
use local_postgres::{Database, TestCluster};
use tokio_postgres::{Client, NoTls};

use crate::programs::{folder, repository};

/// What differs from a cluster for tests: the data set fits into memory, and nothing happens in the
/// background while something is measured.
pub(crate) const SETTINGS: &[(&str, &str)] =
    &[("shared_buffers", "512MB"), ("max_wal_size", "2GB"), ("checkpoint_timeout", "1h")];

/// A database with the data set.
pub(crate) struct Prepared {
    /// Its address.
    pub(crate) url: String,
    /// For preparing rows: no trigger fires for its changes.
    pub(crate) client: Client,
    /// The process whose children are the sessions; unknown for a database that was there before.
    pub(crate) postmaster: Option<u32>,
    // The order matters: the database goes before its cluster.
    _database: Option<Database>,
    _cluster: Option<TestCluster>,
}

impl Prepared {
    /// Starts a private cluster and fills a database.
    pub(crate) async fn private() -> Result<Self> {
        let begin = Instant::now();
        let cluster = TestCluster::private_with(None, SETTINGS)?;
        let database = cluster.create_database(None).await?;
        let url = database.url().to_owned();
        fill(&url).await?;
        let postmaster = cluster.server().map(local_postgres::Server::pid);
        crate::status(
            "Prepared",
            &format!("the data set in {:.1} s", begin.elapsed().as_secs_f64()),
        );
        let client = connect(&url).await?;
        Ok(Self { url, client, postmaster, _database: Some(database), _cluster: Some(cluster) })
    }

    /// Uses a database that [`Prepared::private`] has filled in another process.
    pub(crate) async fn existing(url: &str) -> Result<Self> {
        let client = connect(url).await?;
        let known = "select 1 from pg_proc where proname = 'bench_orders'";
        client.query_opt(known, &[]).await?.context(
            "the database has no data set for measuring; fill one with `cargo xtask bench --prepare`",
        )?;
        Ok(Self { url: url.to_owned(), client, postmaster: None, _database: None, _cluster: None })
    }

    /// Removes what commands have left, so that no turn pays for the one before.
    pub(crate) async fn tidy(&self) -> Result<()> {
        let sql = "vacuum tb_products, tb_orders, tb_order_items, tb_payments, tb_audit_log";
        Ok(self.client.batch_execute(sql).await?)
    }
}

/// Brings an empty database to the schema of the demo, with the data set.
pub(crate) async fn fill(url: &str) -> Result<()> {
    xtask::schema::apply(url, &repository().join("sql")).await?;
    let client = connect(url).await?;
    let file = folder().join("data.sql");
    let script = std::fs::read_to_string(&file)?;
    client.batch_execute(&script).await.context("data.sql cannot be applied")?;
    client.batch_execute("vacuum (freeze, analyze)").await?;
    client.batch_execute("checkpoint").await?;
    Ok(())
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("cannot connect to the database")?;
    // The client reports what went wrong; the task has nothing to add.
    tokio::spawn(async move { connection.await.ok() });
    client.batch_execute("set session_replication_role = replica").await?;
    Ok(client)
}
