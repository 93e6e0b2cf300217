//! Making and dropping databases by copying templates.

use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use tokio_postgres::{Client, Config, NoTls, error::SqlState};

use crate::{
    PROJECT,
    error::{Error, Result, chain},
    url,
};

/// What names of our databases start with; we never drop any other.
fn prefix() -> String {
    format!("{PROJECT}_test_")
}

/// A database of a test. Dropping the value drops the database.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
    config: Config,
    reaper: Arc<Reaper>,
}

impl Database {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address, parsed.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens a connection whose background task ends with the client.
    pub async fn connect(&self) -> Result<Client> {
        connect(&self.config).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.reaper.drop_database(&self.name);
    }
}

/// The connection data of a server and what happens to databases on it.
#[derive(Debug)]
pub(crate) struct Maintenance {
    url: String,
    config: Config,
    disposable: bool,
    reaper: Arc<Reaper>,
}

impl Maintenance {
    /// `disposable`: the server ends soon, so nobody needs to wait until a database is dropped.
    pub(crate) fn new(url: String, config: Config, disposable: bool) -> Self {
        let reaper = Arc::new(Reaper::start(config.clone(), disposable));
        Self { url, config, disposable, reaper }
    }

    async fn admin(&self) -> Result<Client> {
        connect(&self.config).await
    }

    /// Copies a template.
    pub(crate) async fn create(&self, template: Option<&str>) -> Result<Database> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let admin = self.admin().await?;
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}{}_{number}", prefix(), std::process::id());
            match self.copy(&admin, &name, template).await {
                Ok(()) => {
                    let url = url::with_database(&self.url, &name);
                    let mut config = self.config.clone();
                    config.dbname(&name);
                    return Ok(Database { name, url, config, reaper: Arc::clone(&self.reaper) });
                }
                // Left by a process that had our number.
                Err(error) if error.code() == Some(&SqlState::DUPLICATE_DATABASE) => {}
                Err(source) => {
                    return Err(Error::Sql { action: format!("cannot create {name}"), source });
                }
            }
        }
    }

    async fn copy(
        &self,
        admin: &Client,
        name: &str,
        template: Option<&str>,
    ) -> Result<(), tokio_postgres::Error> {
        // Copying files costs a checkpoint, which is free without fsync and dear with it. Before
        // version 15 it was the only way.
        let version = "SELECT current_setting('server_version_num')::int";
        let version: i32 = admin.query_one(version, &[]).await?.get(0);
        let fast = self.disposable && version >= 150_000;
        let strategy = if fast { " STRATEGY FILE_COPY" } else { "" };
        let template = quote(template.unwrap_or("template1"));
        let sql = format!("CREATE DATABASE {} TEMPLATE {template}{strategy}", quote(name));
        for pause in [5, 20, 50, 100, 200, 400] {
            match admin.batch_execute(&sql).await {
                // A session of the one who filled it has not quite gone yet.
                Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                other => return other,
            }
        }
        admin.batch_execute(&sql).await
    }

    /// Makes a template unless it exists; a lock in the database keeps others out meanwhile.
    pub(crate) async fn create_template<E: Display>(
        &self,
        name: &str,
        fill: impl AsyncFnOnce(String) -> Result<(), E>,
    ) -> Result<()> {
        let admin = self.admin().await?;
        let failed =
            |source| Error::Sql { action: format!("cannot create template {name}"), source };
        let lock = "SELECT pg_advisory_lock(hashtextextended($1, 0))";
        admin.execute(lock, &[&name]).await.map_err(failed)?;
        let known = "SELECT 1 FROM pg_database WHERE datname = $1";
        if admin.query_opt(known, &[&name]).await.map_err(failed)?.is_some() {
            return Ok(());
        }
        // A name of its own until it is complete, so that a failed attempt is never used.
        let partial = format!("{name}_partial_{}", std::process::id());
        let remove = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(&partial));
        admin.batch_execute(&remove).await.map_err(failed)?;
        self.copy(&admin, &partial, None).await.map_err(failed)?;
        if let Err(error) = fill(url::with_database(&self.url, &partial)).await {
            // The reason matters more than a failed clean-up.
            let _ = admin.batch_execute(&remove).await;
            return Err(Error::Template { name: name.to_owned(), reason: error.to_string() });
        }
        let close = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        for pause in [0, 5, 10, 20, 50, 100, 200, 400] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let rename = format!("ALTER DATABASE {} RENAME TO {}", quote(&partial), quote(name));
            match admin.batch_execute(&rename).await {
                Ok(()) => return Ok(()),
                Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => {}
                Err(error) => return Err(failed(error)),
            }
            admin.execute(close, &[&partial]).await.map_err(failed)?;
        }
        let reason = "a connection to it was left open".to_owned();
        Err(Error::Template { name: name.to_owned(), reason })
    }
}

/// Opens a connection; its background task ends with the client.
pub(crate) async fn connect(config: &Config) -> Result<Client> {
    let (client, connection) = config.connect(NoTls).await.map_err(|error| Error::Unreachable {
        variable: "the address of the test server".to_owned(),
        place: url::place(config),
        reason: chain(&error),
    })?;
    // The client reports what went wrong; the task has nothing to add.
    tokio::spawn(async move { connection.await.ok() });
    Ok(client)
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A thread that drops databases, since `Drop` cannot await.
#[derive(Debug)]
struct Reaper {
    orders: mpsc::Sender<(String, mpsc::Sender<()>)>,
    disposable: bool,
}

impl Reaper {
    fn start(config: Config, disposable: bool) -> Self {
        let (orders, receiver) = mpsc::channel::<(String, mpsc::Sender<()>)>();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            let mut admin = None;
            while let Ok((name, done)) = receiver.recv() {
                runtime.block_on(drop_one(&config, &mut admin, &name));
                // Whoever does not wait has dropped the other end.
                let _ = done.send(());
            }
        });
        Self { orders, disposable }
    }

    fn drop_database(&self, name: &str) {
        let (done, wait) = mpsc::channel();
        let sent = self.orders.send((name.to_owned(), done)).is_ok();
        if sent && !self.disposable {
            let _ = wait.recv_timeout(Duration::from_secs(5));
        }
    }
}

async fn drop_one(config: &Config, admin: &mut Option<Client>, name: &str) {
    // While a session is still ending, the server itself waits 100 ms.
    tokio::time::sleep(Duration::from_millis(20)).await;
    if admin.as_ref().is_none_or(Client::is_closed) {
        *admin = connect(config).await.ok();
    }
    if let Some(client) = admin {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(name));
        // Best effort: the server may be gone already, and its data with it.
        let _ = client.batch_execute(&sql).await;
    }
}
