//! `cargo xtask bench`: builds and runs the benchmark, which has a command line of its own.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{cargo::cargo, flags::Bench, project::Project};

/// Runs the command.
pub(crate) fn run(command: &Bench, project: &Project) -> Result<ExitCode> {
    let mut cargo = cargo(project.root());
    cargo.args(["run", "--quiet", "--release", "--package", "bench", "--bin", "bench", "--"]);
    let status = cargo.args(&command.arguments).status().context("cannot run cargo")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
