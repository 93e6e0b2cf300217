//! `cargo xtask dev`: from a fresh checkout to a running API, and following changes in `sql/`.
//!
//! The start is the first change, and every change goes through the same steps. If one of them
//! fails, its message is shown and everything stays as it was: the schema changes in one
//! transaction, generated files are written only when they are complete, and the server is
//! replaced only by one that was built.

mod serve;
mod watch;

use std::{
    env,
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result, bail};
use local_postgres::DevCluster;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cargo::cargo,
    codegen, connection, db,
    flags::Dev,
    graphiql,
    project::Project,
    report::{Report, count, took},
    schema,
    target::Target,
};
use serve::Serving;
use watch::Watcher;

/// Runs the command until Ctrl-C.
pub(crate) async fn run(command: &Dev, project: &Project, report: &Report) -> Result<ExitCode> {
    let address = SocketAddr::new(command.listen, command.port);
    check_free(address)?;
    let target = Target::ready(project, report)?;
    let result = tokio::select! {
        result = work(address, &target, project, report) => result,
        name = stop_signal() => name.map(|name| report.status("Stopping", format!("on {name}"))),
    };
    if target.started && DevCluster::of(project.root())?.stop()? {
        report.status("Stopped", "the development database");
    }
    result.map(|()| ExitCode::SUCCESS)
}

/// A port that is taken would only be noticed after the build.
fn check_free(address: SocketAddr) -> Result<()> {
    if let Err(error) = TcpListener::bind(address) {
        bail!("cannot listen on {address}: {error}\n  help: choose another port with --port");
    }
    Ok(())
}

async fn stop_signal() -> Result<&'static str> {
    let listen = |kind| signal(kind).context("cannot wait for signals");
    let (mut interrupt, mut terminate, mut hangup) = (
        listen(SignalKind::interrupt())?,
        listen(SignalKind::terminate())?,
        listen(SignalKind::hangup())?,
    );
    Ok(tokio::select! {
        _ = interrupt.recv() => "Ctrl-C",
        _ = terminate.recv() => "SIGTERM",
        _ = hangup.recv() => "SIGHUP",
    })
}

/// What a server is started with.
struct Settings<'a> {
    address: SocketAddr,
    url: &'a str,
    graphiql: Option<PathBuf>,
}

async fn work(
    address: SocketAddr,
    target: &Target,
    project: &Project,
    report: &Report,
) -> Result<()> {
    // From here on, so that a change during the first build is not missed.
    let mut watcher = Watcher::start(&project.sql())?;
    // A database that is not there does not come back with the change of a file.
    target.connect().await?.close().await;
    let steps = Steps { target, project, report };
    let settings = Settings { address, url: &target.url, graphiql: graphiql::fetch(report) };
    let mut serving = None;
    // A build that failed has to be tried again even if no generated file changes this time.
    let mut unbuilt = true;
    let mut announced = false;
    loop {
        let begin = Instant::now();
        match (steps.update(&mut unbuilt).await, &serving) {
            (Err(error), running) => waiting(&error, running.is_some(), report),
            (Ok(false), Some(_)) => report.status("Ready", "the server is up to date"),
            (Ok(_), _) => {
                // The old one first: there is only one port.
                drop(serving.take());
                match Serving::start(&settings, report).await {
                    Ok(started) => {
                        serving = Some(started);
                        let (time, page) = (took(begin.elapsed()), page(address));
                        report.status("Ready", format!("after {time}: GraphiQL on {page}"));
                    }
                    Err(error) => waiting(&error, false, report),
                }
            }
        }
        if !std::mem::replace(&mut announced, true) {
            report.status("Watching", "sql/ for changes; Ctrl-C stops");
        }
        let changed = loop {
            tokio::select! {
                status = ended(&mut serving) => {
                    report.failure("Exited", format!("the server ({status}); waiting for a change"));
                    serving = None;
                }
                changed = watcher.changed() => break changed?,
            }
        };
        for path in changed.iter().take(3) {
            report.status("Changed", project.show(path));
        }
        if changed.len() > 3 {
            report.status("Changed", format!("{} more", count(changed.len() - 3, "file")));
        }
    }
}

/// A mistake is no reason to end: the next change may correct it.
fn waiting(error: &anyhow::Error, running: bool, report: &Report) {
    report.error(error);
    let server = if running { "what ran before still runs" } else { "no server is running" };
    report.failure("Waiting", format!("for the next change; {server}"));
}

async fn ended(serving: &mut Option<Serving>) -> String {
    match serving {
        Some(serving) => serving.ended().await,
        None => std::future::pending().await,
    }
}

/// The address to open in a browser; an address that means "all" is not one.
fn page(address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V6(ip) => format!("[{ip}]"),
        IpAddr::V4(ip) => ip.to_string(),
    };
    format!("http://{host}:{}/graphql", address.port())
}

/// The steps from SQL files to a server program.
struct Steps<'a> {
    target: &'a Target,
    project: &'a Project,
    report: &'a Report,
}

impl Steps<'_> {
    async fn schema(&self) -> Result<()> {
        db::migrate(self.target, self.project, self.report).await
    }

    /// Only into a database of ours, and only once.
    async fn sample_data(&self) -> Result<()> {
        if !self.target.owned || !self.project.sql().join("sample_data.sql").is_file() {
            return Ok(());
        }
        let mut session = connection::open(&self.target.url).await?;
        let begin = Instant::now();
        if schema::seed(&mut session.client, &self.project.sql()).await? {
            self.report.status("Seeded", format!("sample data in {}", took(begin.elapsed())));
        }
        session.close().await;
        Ok(())
    }

    /// Answers whether any generated file changed.
    async fn generate(&self) -> Result<bool> {
        let out = self.project.root().join("generated/src");
        codegen::write(&self.target.url, &out, self.project, self.report).await
    }

    async fn build(&self) -> Result<()> {
        let begin = Instant::now();
        self.report.status("Building", "the server");
        let mut cargo = tokio::process::Command::from(cargo(self.project.root()));
        cargo.args(["build", "--quiet", "--package", "server"]).kill_on_drop(true);
        let status = cargo.status().await.context("cannot run cargo")?;
        if !status.success() {
            bail!("the server does not build");
        }
        self.report.status("Built", format!("the server in {}", took(begin.elapsed())));
        Ok(())
    }

    /// All of them, as far as needed: answers whether there is a new server program.
    async fn update(&self, unbuilt: &mut bool) -> Result<bool> {
        self.schema().await?;
        self.sample_data().await?;
        *unbuilt |= self.generate().await?;
        if !*unbuilt {
            return Ok(false);
        }
        self.build().await?;
        *unbuilt = false;
        Ok(true)
    }
}

/// The server program lies beside this one, whatever the target folder is.
fn server_program() -> Result<PathBuf> {
    let this = env::current_exe().context("cannot find this program")?;
    Ok(this.with_file_name("server"))
}
