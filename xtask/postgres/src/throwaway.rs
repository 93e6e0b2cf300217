//! Clusters for tests: in memory where possible, fast instead of safe, gone afterwards.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio_postgres::Config;

use crate::{
    TEST_DATABASE_URL,
    account::Account,
    binaries::{Binaries, Options},
    database::{Database, Maintenance},
    error::{Error, Result},
    init,
    lock::Lock,
    place,
    server::{Launch, Server},
    url,
};

/// A scratch folder younger than this may be one that is just being made.
const STALE_AFTER: Duration = Duration::from_secs(10);

/// A server for tests, and the means to make databases on it within milliseconds.
///
/// Dropping it, or the end of the process in any way, stops the server and removes its files.
#[derive(Debug)]
pub struct TestCluster {
    // The order matters: databases are dropped through a server that still runs.
    maintenance: Maintenance,
    server: Option<Server>,
    url: String,
}

impl TestCluster {
    /// A server for tests.
    ///
    /// - `TEST_DATABASE_URL` is set (`cargo xtask test` does that): that server is used.
    /// - Otherwise a private one is started, of the given major version or any from 14 on.
    /// - If there are no server programs, but `DATABASE_URL` is set and no version is asked for:
    ///   that server is used. Only databases named `quarry_test_…` are made and dropped there.
    pub fn start(major: Option<u32>) -> Result<Self> {
        if let (None, Some(url)) = (major, variable(TEST_DATABASE_URL)) {
            return Self::on(&url, TEST_DATABASE_URL, true);
        }
        match Self::private(major) {
            Err(Error::NotFound(text)) => match (major, variable("DATABASE_URL")) {
                (None, Some(url)) => Self::on(&url, "DATABASE_URL", false),
                _ => Err(Error::NotFound(text)),
            },
            other => other,
        }
    }

    /// A server of our own, whatever the environment says.
    pub fn private(major: Option<u32>) -> Result<Self> {
        Self::private_with(major, &[])
    }

    /// A server of our own with other settings than those that suit tests.
    pub fn private_with(major: Option<u32>, settings: &[(&str, &str)]) -> Result<Self> {
        let account = Account::detect()?;
        let binaries = Binaries::find_for(&account, &Options { major, ..Options::default() })?;
        let parent = place::scratch_dir(&account)?;
        sweep(&parent);
        let dir = place::create_scratch(&parent, &account)?;
        match launch(&binaries, &account, &dir, settings) {
            Ok(server) => {
                let url = url::socket_url(&dir, "postgres");
                let config = url::parse(&url, "socket")?;
                let maintenance = Maintenance::new(url.clone(), config, true);
                Ok(Self { maintenance, server: Some(server), url })
            }
            Err(error) => {
                // The guard removes it too, if it came so far.
                let _ = fs::remove_dir_all(&dir);
                Err(error)
            }
        }
    }

    fn on(url: &str, variable: &str, disposable: bool) -> Result<Self> {
        let config: Config = url::parse(url, variable)?;
        let maintenance = Maintenance::new(url.to_owned(), config, disposable);
        Ok(Self { maintenance, server: None, url: url.to_owned() })
    }

    /// Address of the maintenance database; its user may create databases.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server process, unless the server was there before us.
    pub fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// Makes a database: a copy of a template, or an empty one. It is dropped with the value.
    pub async fn create_database(&self, template: Option<&str>) -> Result<Database> {
        self.maintenance.create(template).await
    }

    /// Makes a template once, however many processes ask for it at the same time.
    ///
    /// `fill` gets the address of an empty database and must have closed its connections when it
    /// returns. The name should contain a hash of what `fill` does if the server outlives us.
    pub async fn create_template<E: std::fmt::Display>(
        &self,
        name: &str,
        fill: impl AsyncFnOnce(String) -> Result<(), E>,
    ) -> Result<()> {
        self.maintenance.create_template(name, fill).await
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn launch(
    binaries: &Binaries,
    account: &Account,
    dir: &Path,
    more: &[(&str, &str)],
) -> Result<Server> {
    let lock_path = dir.join("lock");
    let lock = Lock::wait(&lock_path)?;
    let data = dir.join("data");
    place::copy_tree(&init::seed(binaries, account)?, &data, account)?;
    let log = dir.join("log");
    let mut settings = settings(dir, binaries.major());
    // Of a setting that is given twice, the last counts.
    settings.extend(more.iter().map(|&(name, value)| (name, value.to_owned())));
    let launch =
        Launch { binaries, account, data: &data, log: &log, lock: &lock, settings: &settings };
    launch.guarded(Some(dir))
}

fn settings<'a>(socket_dir: &Path, major: u32) -> Vec<(&'a str, String)> {
    let fixed = [
        ("listen_addresses", ""),
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
        // A worker connected to a template would make copying it fail.
        ("autovacuum", "off"),
        ("shared_buffers", "32MB"),
        ("max_connections", "200"),
        ("max_wal_size", "1GB"),
        // In memory, a runaway query would take the machine with it.
        ("temp_file_limit", "1GB"),
        ("jit", "off"),
        // Containers may promise huge pages and not have them.
        ("huge_pages", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
    ];
    let mut settings: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    if major >= 18 {
        // Saves three processes per cluster.
        settings.push(("io_method", "sync".to_owned()));
    }
    settings.push(("unix_socket_directories", socket_dir.to_string_lossy().into_owned()));
    settings
}

/// Removes what is left of clusters whose processes, guard included, were all killed.
fn sweep(parent: &Path) {
    let old = |path: &PathBuf| {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        modified.and_then(|time| SystemTime::now().duration_since(time).ok()) > Some(STALE_AFTER)
    };
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for dir in entries.map(|entry| entry.path()) {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let lock = dir.join("lock");
        if name.starts_with(&place::scratch_prefix())
            && lock.is_file()
            && old(&dir)
            && let Ok(Some(_held)) = Lock::acquire(&lock)
        {
            // Not ours to remove, perhaps; then its owner's next run does it.
            let _ = fs::remove_dir_all(&dir);
        }
    }
}
