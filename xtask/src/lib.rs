//! The command line of this repository, `cargo xtask`.
//!
//! [`main`] reads the command line and runs one command; each has its own file. Commands say what
//! they do on standard error and write data to standard output. They end with 0 if all is well,
//! 1 if something failed, 2 for a wrong command line and 4 if generated files are out of date.
//!
//! It is a library so that tests can bring a database to the state that `sql/` describes, in the
//! same way as the commands do ([`schema`]), hold claims against its rows ([`verify`]), look for
//! missing indexes ([`explain`]), and serve GraphiQL's files ([`graphiql`]).

mod bench;
mod cargo;
mod ci;
mod codegen;
mod connection;
mod db;
mod dev;
pub mod explain;
mod flags;
pub mod graphiql;
mod project;
mod report;
pub mod schema;
mod source;
mod target;
mod test;
pub mod verify;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

pub use cargo::cargo;

use crate::{
    flags::{Command, Flags},
    project::Project,
    report::Report,
};

/// Generated files do not match the schema.
const OUT_OF_DATE: u8 = 4;

/// Runs the command of the command line.
pub fn main() -> ExitCode {
    let flags = Flags::parse();
    let report = Report::new(flags.color, flags.verbosity());
    match run(&flags, &report) {
        Ok(code) => code,
        Err(error) => {
            report.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags, report: &Report) -> Result<ExitCode> {
    let project = Project::find()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        match &flags.command {
            Command::Bench(command) => bench::run(command, &project),
            Command::Ci(command) => ci::run(command, &project, report),
            Command::Codegen(command) => codegen::run(command, &project, report).await,
            Command::Db(command) => db::run(command, &project, report).await,
            Command::Dev(command) => dev::run(command, &project, report).await,
            Command::Explain(command) => explain::run(command, &project, report).await,
            Command::Test(command) => test::run(command, &project, report).await,
            Command::Verify => verify::run(&project, report).await,
        }
    })
}
