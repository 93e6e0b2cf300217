//! `cargo xtask test`: one throw-away PostgreSQL for all test programs.

use std::{
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result};
use local_postgres::{TEST_DATABASE_URL, TEST_TEMPLATE, TestCluster, with_database};

use crate::{
    cargo::cargo,
    flags::Test,
    project::Project,
    report::{Report, took},
    schema,
};

/// The template that test programs copy: `sql/` applied, without sample data.
const TEMPLATE: &str = "xtask_template";

/// Runs the command.
pub(crate) async fn run(command: &Test, project: &Project, report: &Report) -> Result<ExitCode> {
    let begin = Instant::now();
    let server = prepare(command.pg, project, report).await?;
    let mut cargo = cargo(project.root());
    cargo.arg("test");
    if command.arguments.is_empty() {
        cargo.arg("--workspace");
    }
    cargo.args(&command.arguments);
    server.announce(&mut cargo);
    let status = cargo.status().context("cannot run cargo")?;
    drop(server);
    let time = took(begin.elapsed());
    if status.success() {
        report.status("Finished", format!("tests in {time}"));
        return Ok(ExitCode::SUCCESS);
    }
    report.failure("Failed", format!("tests after {time}"));
    Ok(ExitCode::FAILURE)
}

/// A server with a template that holds the schema of `sql/`.
pub(crate) struct Prepared {
    cluster: TestCluster,
}

impl Prepared {
    /// Tells test programs where the server is.
    ///
    /// DATABASE_URL is taken away from them: what it names is for work, not for tests.
    pub(crate) fn announce(&self, command: &mut Command) {
        command.env(TEST_DATABASE_URL, self.cluster.url());
        command.env(TEST_TEMPLATE, TEMPLATE);
        command.env_remove("DATABASE_URL");
    }

    /// Address of the database with the schema, which nobody else may be connected to.
    pub(crate) fn url(&self) -> String {
        with_database(self.cluster.url(), TEMPLATE)
    }
}

/// Starts a throw-away server and applies `sql/` to a template on it.
pub(crate) async fn prepare(
    major: Option<u32>,
    project: &Project,
    report: &Report,
) -> Result<Prepared> {
    let begin = Instant::now();
    let cluster = TestCluster::private(major).context("cannot start a throw-away PostgreSQL")?;
    let mut sql_error = None;
    let fill = async |url: String| {
        schema::apply(&url, &project.sql()).await.map_err(|error| {
            let text = error.to_string();
            sql_error = Some(error);
            text
        })
    };
    let made = cluster.create_template(TEMPLATE, fill).await;
    // Our own error has the whole chain of causes.
    if let Some(error) = sql_error {
        return Err(error.context("cannot apply sql/ to a throw-away database"));
    }
    made?;
    let time = took(begin.elapsed());
    report.status("Prepared", format!("a throw-away PostgreSQL with sql/ in {time}"));
    Ok(Prepared { cluster })
}
