//! Which database a command works on.

use anyhow::{Context, Result};
use local_postgres::{DevCluster, Resolved, resolve};

use crate::{
    connection::{self, Session},
    project::Project,
    report::Report,
};

/// A database, and whether it is ours to empty.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its address; may hold a password, so it is only shown by `db url`.
    pub(crate) url: String,
    /// Whether this tool made it. What the user named in DATABASE_URL is not ours.
    pub(crate) owned: bool,
    /// Whether we had to start its server just now.
    pub(crate) started: bool,
}

impl Target {
    /// The database that is there: DATABASE_URL, else the running development database.
    pub(crate) fn existing(project: &Project) -> Result<Option<Self>> {
        let (url, owned) = match resolve(project.root())? {
            Resolved::Given { url } => (url, false),
            Resolved::Development(running) => (running.url, true),
            Resolved::Nothing => return Ok(None),
        };
        Ok(Some(Self { url, owned, started: false }))
    }

    /// The same, starting the development database if there is none.
    pub(crate) fn ready(project: &Project, report: &Report) -> Result<Self> {
        match Self::existing(project)? {
            Some(target) => Ok(target),
            None => Self::start_development(project, report),
        }
    }

    /// The development database, started if it is not running.
    pub(crate) fn start_development(project: &Project, report: &Report) -> Result<Self> {
        let cluster = DevCluster::of(project.root())?;
        if let Some(reason) = cluster.moved() {
            report.detail("Note", reason);
        }
        let running = cluster.start().context("cannot start the development database")?;
        let verb = if running.started { "Started" } else { "Running" };
        let config = local_postgres::parse_url(&running.url, "its address")?;
        report.status(
            verb,
            format!(
                "PostgreSQL {} on {} (files in {})",
                running.major,
                local_postgres::place_of(&config),
                project.show(&running.dir)
            ),
        );
        Ok(Self { url: running.url, owned: true, started: running.started })
    }

    /// Connects, saying what to do if it does not work.
    pub(crate) async fn connect(&self) -> Result<Session> {
        let session = connection::open(&self.url).await;
        if self.owned {
            return session;
        }
        session.context(
            "DATABASE_URL points to a database that cannot be used\n  \
             help: start that server, or unset DATABASE_URL to let xtask start a private one",
        )
    }
}
