//! The development cluster of a workspace: persistent, one per workspace, stopped on request.
//!
//! It lives in `target/devpg/<major>` (see [`DevCluster::of`] for the exception): `data`, `log`,
//! `lock` and `url`. Its address with a random password is in `url`, readable by the developer
//! only; the port in it is kept, so that the address stays the same from one start to the next.

use std::{
    fs,
    io::Read,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::{
    account::Account,
    binaries::{Binaries, Options},
    error::{Error, IoContext, Result},
    init::{self, Access},
    lock::Lock,
    place,
    server::{self, Launch},
    url,
};

/// The database inside a development cluster.
const DATABASE: &str = "dev";

/// How long a stop may take; it writes everything to disk.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// The development cluster of one workspace, running or not.
#[derive(Debug)]
pub struct DevCluster {
    base: PathBuf,
    account: Account,
    moved: Option<String>,
}

/// A development cluster that is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Address of its database, with the password.
    pub url: String,
    /// Major version.
    pub major: u32,
    /// Process id of the postmaster.
    pub pid: u32,
    /// Folder with data, log and address.
    pub dir: PathBuf,
    /// Whether this call started it.
    pub started: bool,
}

impl DevCluster {
    /// The cluster that belongs to a workspace.
    ///
    /// If PostgreSQL's account cannot enter the workspace (below `/root`, which is closed), the
    /// cluster is in `/var/tmp`, and [`DevCluster::moved`] says why.
    pub fn of(workspace: &Path) -> Result<Self> {
        let account = Account::detect()?;
        let (base, blocked) = place::dev_dir(workspace, &account)?;
        Ok(Self { base, account, moved: blocked.map(|error| error.to_string()) })
    }

    /// Where the clusters of this workspace are, one folder per major version.
    pub fn dir(&self) -> &Path {
        &self.base
    }

    /// Why the cluster is not below `target`, if so.
    pub fn moved(&self) -> Option<&str> {
        self.moved.as_deref()
    }

    /// The running cluster, if it is running.
    pub fn running(&self) -> Option<Running> {
        self.majors().into_iter().find_map(|major| self.running_major(major))
    }

    /// The address of the running cluster's database.
    pub fn url(&self) -> Option<String> {
        self.running().map(|running| running.url)
    }

    /// Starts the cluster, making it first if it does not exist; does nothing if it is running.
    ///
    /// The server outlives this process; stop it with [`DevCluster::stop`]. An existing data
    /// folder decides the version. If that version is not installed any more, a new folder is
    /// used and the old one is left alone.
    pub fn start(&self) -> Result<Running> {
        if let Some(running) = self.running() {
            return Ok(running);
        }
        let options = Options { prefer: self.majors().first().copied(), ..Options::default() };
        let binaries = Binaries::find_for(&self.account, &options)?;
        let dir = self.base.join(binaries.major().to_string());
        place::create_dev_dir(&self.base)?;
        fs::create_dir_all(&dir).doing(|| format!("cannot create {}", dir.display()))?;
        let lock = match self.lock_or_running(&dir, binaries.major())? {
            Ok(lock) => lock,
            Err(running) => return Ok(running),
        };
        let cluster = Folder { dir: &dir, binaries: &binaries, account: &self.account };
        let password = cluster.initialise()?;
        server::remove_stale(&cluster.data());
        let (url, pid) = cluster.launch(&lock, &password)?;
        Ok(Running { url, major: binaries.major(), pid, dir, started: true })
    }

    /// Stops the cluster and waits until it is gone; answers whether it was running.
    pub fn stop(&self) -> Result<bool> {
        let Some(running) = self.running() else { return Ok(false) };
        server::interrupt(running.pid);
        let lock = running.dir.join("lock");
        let deadline = Instant::now() + STOP_TIMEOUT;
        while Lock::is_held(&lock) {
            if Instant::now() > deadline {
                let seconds = STOP_TIMEOUT.as_secs();
                return Err(Error::DidNotStop { pid: running.pid, seconds });
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(true)
    }

    /// Major versions that have a data folder, newest first.
    fn majors(&self) -> Vec<u32> {
        let entries = fs::read_dir(&self.base).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let has_data = |major: &u32| self.version_of(*major) == Some(*major);
        let mut majors: Vec<u32> = names.filter(has_data).collect();
        majors.sort_unstable_by(|a, b| b.cmp(a));
        majors
    }

    fn version_of(&self, major: u32) -> Option<u32> {
        let file = self.base.join(major.to_string()).join("data/PG_VERSION");
        fs::read_to_string(file).ok()?.trim().parse().ok()
    }

    fn running_major(&self, major: u32) -> Option<Running> {
        let dir = self.base.join(major.to_string());
        if !Lock::is_held(&dir.join("lock")) {
            return None;
        }
        let url = fs::read_to_string(dir.join("url")).ok()?.trim().to_owned();
        let pid = server::ready_pid(&dir.join("data"))?;
        Some(Running { url, major, pid, dir, started: false })
    }

    /// The lock of a cluster folder, or the server that another process starts meanwhile.
    fn lock_or_running(&self, dir: &Path, major: u32) -> Result<Result<Lock, Running>> {
        let deadline = Instant::now() + server::START_TIMEOUT;
        while Instant::now() < deadline {
            if let Some(lock) = Lock::acquire(&dir.join("lock"))? {
                return Ok(Ok(lock));
            }
            if let Some(running) = self.running_major(major) {
                return Ok(Err(running));
            }
            thread::sleep(Duration::from_millis(20));
        }
        let status = "another process holds its lock".to_owned();
        Err(Error::DidNotStart { status, log: dir.join("log"), tail: String::new() })
    }
}

/// A cluster's folder while it is being started; the caller holds its lock.
struct Folder<'a> {
    dir: &'a Path,
    binaries: &'a Binaries,
    account: &'a Account,
}

impl Folder<'_> {
    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Makes the data folder unless it is complete, and answers with the password.
    ///
    /// The address is written last, so a folder without it is the rest of an attempt that was
    /// interrupted; it never held anything.
    fn initialise(&self) -> Result<String> {
        let data = self.data();
        if let Some(password) = self.stored().and_then(|(_, password)| password)
            && data.join("PG_VERSION").is_file()
        {
            return Ok(password);
        }
        if data.exists() {
            let kept = self.dir.join(format!("data.incomplete.{}", std::process::id()));
            fs::rename(&data, &kept).doing(|| format!("cannot rename {}", data.display()))?;
        }
        place::create_private(&data, self.account)?;
        let password = random_password()?;
        let started =
            init::initdb(self.binaries, self.account, &data, &Access::Password(&password));
        started.and_then(|()| self.create_database())?;
        self.store(free_port()?, &password)?;
        Ok(password)
    }

    /// Creates the database without a running server, so that no connection is needed.
    fn create_database(&self) -> Result<()> {
        let data = self.data();
        let mut command = self.account.command(self.binaries.dir().join("postgres"));
        command.args(["--single", "-D"]).arg(&data).arg("template1").current_dir(&data);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let doing = || "cannot run postgres".to_owned();
        let mut child = command.process_group(0).spawn().doing(doing)?;
        if let Some(mut stdin) = child.stdin.take() {
            use std::io::Write;
            stdin.write_all(format!("CREATE DATABASE {DATABASE}\n").as_bytes()).doing(doing)?;
        }
        let output = child.wait_with_output().doing(doing)?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if output.status.success() && !said.contains("ERROR:") {
            return Ok(());
        }
        let action = format!("creating the database `{DATABASE}`");
        Err(Error::Command { action, status: output.status, output: said })
    }

    /// Starts the server on its port, or on another one if that is taken by now.
    fn launch(&self, lock: &Lock, password: &str) -> Result<(String, u32)> {
        let (data, log) = (self.data(), self.dir.join("log"));
        // Each start has its own log; the one before is kept for a look at a crash.
        let _ = fs::rename(&log, self.dir.join("log.before"));
        let mut port = self.stored().map_or_else(free_port, |(port, _)| Ok(port))?;
        for attempt in 1.. {
            let settings = settings(port);
            let launch = Launch {
                binaries: self.binaries,
                account: self.account,
                data: &data,
                log: &log,
                lock,
                settings: &settings,
            };
            match launch.detached() {
                Ok(pid) => return Ok((self.store(port, password)?, pid)),
                Err(Error::DidNotStart { tail, .. })
                    if attempt < 5 && tail.contains("Address already in use") =>
                {
                    port = free_port()?;
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the loop returns")
    }

    /// Port and password of the stored address.
    fn stored(&self) -> Option<(u16, Option<String>)> {
        let text = fs::read_to_string(self.dir.join("url")).ok()?;
        let config = url::parse(text.trim(), "url").ok()?;
        let password = config.get_password().map(|bytes| String::from_utf8_lossy(bytes).into());
        Some((*config.get_ports().first()?, password))
    }

    fn store(&self, port: u16, password: &str) -> Result<String> {
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/{DATABASE}");
        init::write_private(&self.dir.join("url"), &format!("{url}\n"))?;
        Ok(url)
    }
}

fn settings(port: u16) -> Vec<(&'static str, String)> {
    let fixed = [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        // Losing the last moment in a crash is fine here, losing the database is not.
        ("fsync", "on"),
        ("synchronous_commit", "off"),
        ("max_connections", "200"),
        // Containers may promise huge pages and not have them.
        ("huge_pages", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("log_line_prefix", "%m [%p] %d "),
    ];
    let mut settings: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    settings.push(("port", port.to_string()));
    settings
}

/// A port that is free now; PostgreSQL cannot be told to choose one itself.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.doing(|| "cannot find a free port".to_owned())?.port())
}

fn random_password() -> Result<String> {
    let mut bytes = [0_u8; 18];
    let random = fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    random.doing(|| "cannot read /dev/urandom".to_owned())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
