//! The running server process: starting, watching, stopping gracefully.

use std::{
    env,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::{ExitStatus, Stdio},
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

/// A server process.
pub(super) struct Serving {
    child: Child,
}

impl Serving {
    /// Starts the server and waits until it listens.
    ///
    /// It is in a process group of its own, so that Ctrl-C reaches only us and requests in flight
    /// are finished.
    pub(super) async fn start(settings: &Settings<'_>, report: &Report) -> Result<Self> {
        let begin = Instant::now();
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
        let mut child = command.spawn().context("cannot run the server")?;
        let deadline = begin + START;
        let address = connectable(settings.address);
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = child.try_wait().context("cannot watch the server")? {
                bail!("the server ended while starting ({status}); its messages are above");
            }
            if Instant::now() > deadline {
                bail!("the server does not listen on {} after {}", settings.address, took(START));
            }
            sleep(Duration::from_millis(20)).await;
        }
        report
            .detail("Serving", format!("on {} after {}", settings.address, took(begin.elapsed())));
        Ok(Self { child })
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
        // There is no number any more once the process has ended and we know it.
        let Some(pid) = self.child.id() else { return };
        let asked = std::process::Command::new("kill").args(["-TERM", &pid.to_string()]).status();
        let deadline = Instant::now() + DRAIN;
        while asked.is_ok() && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // It did not end in time; either it is gone now, or there is nothing more we could do.
        let _ = self.child.start_kill();
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
