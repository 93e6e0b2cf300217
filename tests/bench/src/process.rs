//! Server processes, and what they cost.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::http::{self, Connection};

/// How long a server may take to come up; the database of the ORM is connected to first.
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// How often a starting server is asked.
const POLL: Duration = Duration::from_millis(1);

/// A server process on a port of this machine. Dropping it ends it.
pub(crate) struct Process {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// When it was started.
    pub(crate) started: Instant,
}

impl Process {
    /// Starts a program; returns before it listens.
    pub(crate) fn start(program: &Path, settings: &[(&str, String)]) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(program);
        command.env_clear().env("LISTEN_ADDR", address.to_string());
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let started = Instant::now();
        let child = command.spawn();
        let child = child.with_context(|| format!("cannot run {}", program.display()))?;
        Ok(Self { child, address, started })
    }

    /// Waits until it answers a path with 200, and tells how long that took from its start.
    pub(crate) async fn answers(&mut self, path: &str) -> Result<Duration> {
        let request = http::get(path);
        loop {
            if let Ok(mut connection) = Connection::open(self.address).await
                && let Ok((200, _)) = connection.exchange(&request).await
            {
                return Ok(self.started.elapsed());
            }
            self.check().await?;
        }
    }

    /// Waits until it accepts connections.
    pub(crate) async fn listens(&mut self) -> Result<()> {
        while Connection::open(self.address).await.is_err() {
            self.check().await?;
        }
        Ok(())
    }

    async fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("a server ended at its start: {status}; its reason is above");
        }
        if self.started.elapsed() > START_TIMEOUT {
            bail!("a server did not come up within {} s", START_TIMEOUT.as_secs());
        }
        tokio::time::sleep(POLL).await;
        Ok(())
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("there is no free port")?;
    Ok(listener.local_addr()?)
}

/// Processor time of a process so far; zero where there is no /proc.
pub(crate) fn cpu(id: u32) -> Duration {
    stat(&format!("/proc/{id}/stat")).map_or(Duration::ZERO, |(_, time)| time)
}

/// Processor time of the children of a process so far: of PostgreSQL, its sessions.
pub(crate) fn cpu_of_children(id: u32) -> Duration {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| entry.path().join("stat").to_str().map(str::to_owned));
    files.filter_map(|file| stat(&file)).filter(|(parent, _)| *parent == id).map(|(_, t)| t).sum()
}

/// Parent and processor time, from a file that proc(5) describes.
fn stat(file: &str) -> Option<(u32, Duration)> {
    let text = fs::read_to_string(file).ok()?;
    // The name of the program may contain anything, and ends with the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // A tick is 10 ms on every Linux that Rust runs on: USER_HZ is part of the kernel's interface.
    Some((fields.get(1)?.parse().ok()?, Duration::from_millis(ticks * 10)))
}

/// A line of /proc/…/status in MiB, such as `VmRSS` (now) or `VmHWM` (the most so far).
pub(crate) fn memory(id: u32, line: &str) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let value = text.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    Some(value.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}
