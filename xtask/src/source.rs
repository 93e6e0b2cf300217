//! The database that `codegen` and `explain` read.

use anyhow::{Context, Result};
use local_postgres::DevCluster;

use crate::{
    connection,
    project::Project,
    report::Report,
    schema,
    test::{self, Prepared},
};

/// A database with the schema of `sql/`.
pub(crate) enum Source {
    /// There before us: DATABASE_URL, or the development database.
    Existing(String),
    /// Made from `sql/` for this run.
    ThrowAway(Box<Prepared>),
}

impl Source {
    /// The database that the user named. Otherwise one that holds what `sql/` says: the running
    /// development database if it is up to date, else a throw-away one, made in a moment.
    pub(crate) async fn choose(
        url: Option<&str>,
        project: &Project,
        report: &Report,
    ) -> Result<Self> {
        if let Some(url) = url {
            report.detail("Using", "the database of DATABASE_URL or --database-url");
            return Ok(Self::Existing(url.to_owned()));
        }
        if let Some(running) = DevCluster::of(project.root())?.running() {
            if is_current(&running.url, project).await.unwrap_or(false) {
                report.detail("Using", "the development database");
                return Ok(Self::Existing(running.url));
            }
            report.detail("Skipping", "the development database, which differs from sql/");
        }
        let prepared = test::prepare(None, project, report).await;
        let prepared = prepared.context("cannot make a database from sql/ to read")?;
        Ok(Self::ThrowAway(Box::new(prepared)))
    }

    /// What messages call it, if that is not its name.
    pub(crate) fn label(&self) -> Option<&'static str> {
        match self {
            Self::Existing(_) => None,
            Self::ThrowAway(_) => Some("sql/ on a throw-away server"),
        }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Existing(url) => url.clone(),
            Self::ThrowAway(prepared) => prepared.url(),
        }
    }
}

/// Whether a database is what `sql/` says.
async fn is_current(url: &str, project: &Project) -> Result<bool> {
    let mut session = connection::open(url).await?;
    let pending = schema::pending(&mut session.client, &project.sql()).await;
    session.close().await;
    let pending = pending?;
    Ok(pending.migrations.is_empty() && !pending.declared)
}
