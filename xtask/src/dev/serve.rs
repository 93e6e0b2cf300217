//! The running server process: starting, watching, stopping gracefully.

use std::{
    env,
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    os::unix::process::CommandExt,
    process::{self, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};

use super::{Settings, server_program};
use crate::{
    graphiql,
    report::{Report, took},
};

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(30);

/// How long requests in flight may take when the server is replaced.
const DRAIN: Duration = Duration::from_secs(10);

/// Asks the server to stop when standard input ends, which it does when we say so and when we are
/// gone, killed included. The line "gone" says that the number belongs to somebody else by now.
const GUARD: &str = "read -r line; [ \"$line\" = gone ] || kill -TERM \"$1\"";

/// A server process; it stops when this value is dropped or our process ends in any way.
pub(super) struct Serving {
    child: Child,
    guard: process::Child,
}

impl Serving {
    /// Starts the server and waits until it listens.
    pub(super) async fn start(settings: &Settings<'_>, report: &Report) -> Result<Self> {
        let begin = Instant::now();
        let mut serving = Self::spawn(settings)?;
        let deadline = begin + START;
        let address = connectable(settings.address);
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = serving.child.try_wait().context("cannot watch the server")? {
                bail!("the server ended while starting ({status}); its messages are above");
            }
            if Instant::now() > deadline {
                bail!("the server does not listen on {} after {}", settings.address, took(START));
            }
            sleep(Duration::from_millis(20)).await;
        }
        let time = took(begin.elapsed());
        report.detail("Serving", format!("on {} after {time}", settings.address));
        Ok(serving)
    }

    /// The server and its guard are in process groups of their own, so that Ctrl-C reaches only us
    /// and requests in flight are finished.
    fn spawn(settings: &Settings<'_>) -> Result<Self> {
        let mut command = Command::new(server_program()?);
        command.env("DATABASE_URL", settings.url);
        command.env("LISTEN_ADDR", settings.address.to_string());
        if let Some(dir) = &settings.graphiql {
            command.env(graphiql::VARIABLE, dir);
        }
        if env::var_os("SHUTDOWN_GRACE").is_none() {
            // Nobody wants to wait longer for a restart.
            command.env("SHUTDOWN_GRACE", "3s");
        }
        command.stdin(Stdio::null()).process_group(0).kill_on_drop(true);
        let child = command.spawn().context("cannot run the server")?;
        let pid = child.id().map(|pid| pid.to_string()).unwrap_or_default();
        let mut guard = process::Command::new("/bin/sh");
        guard.args(["-c", GUARD, "server-guard", &pid]).process_group(0);
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let guard = guard.spawn().context("cannot run /bin/sh")?;
        Ok(Self { child, guard })
    }

    /// Waits until the process ends on its own.
    pub(super) async fn ended(&mut self) -> String {
        let status = self.child.wait().await;
        status.map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string())
    }

    /// Asks the process to finish its requests and end, and waits for that.
    ///
    /// Blocking, since it also has to happen when this value is dropped because of Ctrl-C.
    fn stop(&mut self) {
        let Some(mut pipe) = self.guard.stdin.take() else { return };
        let ended = !matches!(self.child.try_wait(), Ok(None));
        if ended {
            // A guard that is gone itself needs no message.
            let _ = pipe.write_all(b"gone\n");
        }
        drop(pipe);
        let _ = self.guard.wait();
        let deadline = Instant::now() + DRAIN;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                // Either it is gone by now, or there is nothing more that we could do.
                let _ = self.child.start_kill();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Where to reach a server that listens on all addresses.
fn connectable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop();
    }
}
