//! Starting, watching and stopping one server process.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    account::Account,
    binaries::Binaries,
    error::{Error, IoContext, Result},
    lock::Lock,
};

/// How long a server may take to become ready; crash recovery counts.
pub(crate) const START_TIMEOUT: Duration = Duration::from_secs(60);

const GUARD: &str = include_str!("guard.sh");

/// Everything needed to start a server.
pub(crate) struct Launch<'a> {
    pub(crate) binaries: &'a Binaries,
    pub(crate) account: &'a Account,
    pub(crate) data: &'a Path,
    pub(crate) log: &'a Path,
    pub(crate) lock: &'a Lock,
    pub(crate) settings: &'a [(&'a str, String)],
}

impl Launch<'_> {
    /// Starts the server process without waiting for it.
    ///
    /// It gets a process group of its own: otherwise Ctrl-C in a terminal would stop it before
    /// the programs that use it have finished.
    fn spawn(&self) -> Result<Child> {
        let log = open_log(self.log)?;
        let errors = log.try_clone().doing(|| "cannot copy a file handle".to_owned())?;
        let mut command = self.account.command(self.binaries.dir().join("postgres"));
        command.arg("-D").arg(self.data).current_dir(self.data).process_group(0);
        for (name, value) in self.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(self.lock.share()?).stdout(log).stderr(errors);
        command.spawn().doing(|| format!("cannot run {}", self.binaries.dir().display()))
    }

    /// Waits until the server accepts connections.
    ///
    /// Reading `postmaster.pid` answers within milliseconds and needs no connection; `pg_ctl`
    /// looks only every 100 ms.
    fn wait_ready(&self, child: &mut Child) -> Result<()> {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            if ready_pid(self.data) == Some(child.id()) {
                return Ok(());
            }
            let ended = child.try_wait().doing(|| "cannot watch postgres".to_owned())?;
            let status = match ended {
                Some(status) => status.to_string(),
                None if Instant::now() > deadline => {
                    format!("not ready after {} seconds", START_TIMEOUT.as_secs())
                }
                None => {
                    thread::sleep(Duration::from_millis(3));
                    continue;
                }
            };
            let tail = tail(self.log);
            return Err(Error::DidNotStart { status, log: self.log.to_owned(), tail });
        }
    }

    /// Starts a server that outlives us.
    pub(crate) fn detached(&self) -> Result<u32> {
        let mut child = self.spawn()?;
        match self.wait_ready(&mut child) {
            Ok(()) => Ok(child.id()),
            Err(error) => {
                interrupt(child.id());
                Err(error)
            }
        }
    }

    /// Starts a server that ends with us, after which `remove` is deleted.
    pub(crate) fn guarded(&self, remove: Option<&Path>) -> Result<Server> {
        let child = self.spawn()?;
        let guard = match start_guard(&child, self, remove) {
            Ok(guard) => guard,
            Err(error) => {
                interrupt(child.id());
                return Err(error);
            }
        };
        let mut server = Server { child, guard, data: self.data.to_owned() };
        self.wait_ready(&mut server.child)?;
        Ok(server)
    }
}

fn start_guard(server: &Child, launch: &Launch<'_>, remove: Option<&Path>) -> Result<Child> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GUARD, "local-postgres-guard", &server.id().to_string()]);
    command.arg(launch.data).arg(remove.unwrap_or(Path::new(""))).current_dir("/");
    command.stdin(Stdio::piped()).stdout(launch.lock.share()?).stderr(Stdio::null());
    command.process_group(0).spawn().doing(|| "cannot run /bin/sh".to_owned())
}

/// A running server that stops when this value is dropped or our process ends in any way.
#[derive(Debug)]
pub struct Server {
    child: Child,
    guard: Child,
    data: PathBuf,
}

impl Server {
    /// Process id of the postmaster.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    fn stop(&mut self) {
        let Some(mut pipe) = self.guard.stdin.take() else { return };
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            // Nothing can be done if the guard is gone too, and nothing needs to be.
            let _ = pipe.write_all(b"gone\n");
        }
        drop(pipe);
        let _ = self.guard.wait();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The postmaster's process id once it accepts connections.
///
/// Only meaningful while the cluster's lock is held, or for a process id that we know: the file
/// survives a killed server.
pub(crate) fn ready_pid(data: &Path) -> Option<u32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    (lines.get(7) == Some(&"ready")).then(|| lines[0].parse().ok())?
}

/// Asks a server to stop, ending its sessions ("fast shutdown").
pub(crate) fn interrupt(pid: u32) {
    let mut kill = Command::new("kill");
    kill.args(["-INT", &pid.to_string()]).stdin(Stdio::null()).stderr(Stdio::null());
    // A server that is already gone is what we want.
    let _ = kill.status();
}

/// Deletes what a killed server left, which would stop the next one from starting.
///
/// Only for the holder of the cluster's lock.
pub(crate) fn remove_stale(data: &Path) {
    let _ = fs::remove_file(data.join("postmaster.pid"));
}

fn open_log(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .doing(|| format!("cannot open {}", path.display()))
}

/// The last lines of a log, indented.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.len().saturating_sub(12);
    lines[first..].iter().map(|line| format!("    {line}\n")).collect::<String>().trim_end().into()
}
