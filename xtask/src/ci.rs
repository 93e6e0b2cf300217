//! `cargo xtask ci`: the steps of continuous integration, the same everywhere.

use std::{
    env,
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result};

use crate::{
    cargo::cargo,
    project::Project,
    report::{Report, took},
};

/// A step, or several that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Step {
    /// Formatting
    Fmt,
    /// Warnings of the compiler and clippy
    Clippy,
    /// All tests
    Test,
    /// Documentation without warnings
    Doc,
    /// Generated files match the schema
    Codegen,
    /// Lookups by keys and foreign keys have their indexes
    Explain,
    /// Everything but the tests
    Lint,
}

impl Step {
    const LINT: [Self; 5] = [Self::Fmt, Self::Clippy, Self::Doc, Self::Codegen, Self::Explain];

    /// The steps that a word on the command line stands for, fast ones first.
    fn chosen(step: Option<Self>) -> Vec<Self> {
        match step {
            None => [&Self::LINT[..], &[Self::Test]].concat(),
            Some(Self::Lint) => Self::LINT.to_vec(),
            Some(step) => vec![step],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Test => "test",
            Self::Doc => "doc",
            Self::Codegen => "codegen",
            Self::Explain => "explain",
            Self::Lint => "lint",
        }
    }

    fn command(self, project: &Project) -> Result<Command> {
        let mut cargo = cargo(project.root());
        match self {
            Self::Fmt => {
                // A workspace of its own, which nothing else here builds.
                let orm = "tests/bench/orm/src/main.rs";
                cargo.args(["fmt", "--all", "--check", "--", orm]);
            }
            Self::Clippy => {
                cargo.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
            }
            Self::Doc => {
                cargo.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
            }
            Self::Test => return myself(project, &["test"]),
            Self::Lint => return myself(project, &["ci", "lint"]),
            Self::Codegen => return myself(project, &["codegen", "--check", "--strict"]),
            Self::Explain => return myself(project, &["explain", "--check"]),
        }
        Ok(cargo)
    }
}

/// This program again: a step of CI is what a developer would type.
fn myself(project: &Project, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(env::current_exe().context("cannot find this program")?);
    command.args(arguments).current_dir(project.root());
    Ok(command)
}

/// Runs the command: all steps, stopping at the first that fails, or one.
pub(crate) fn run(
    command: &crate::flags::Ci,
    project: &Project,
    report: &Report,
) -> Result<ExitCode> {
    let steps = Step::chosen(command.step);
    let begin = Instant::now();
    for step in &steps {
        let name = step.name();
        report.status("Step", name);
        let begin = Instant::now();
        let status = step.command(project)?.status();
        let status = status.with_context(|| format!("cannot run step {name}"))?;
        let time = took(begin.elapsed());
        if !status.success() {
            report.failure(
                "Failed",
                format!("step {name} after {time}; again: cargo xtask ci {name}"),
            );
            let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
            return Ok(ExitCode::from(code));
        }
        report.status("Passed", format!("{name} in {time}"));
    }
    report.status("Finished", format!("{} in {}", count(steps.len()), took(begin.elapsed())));
    Ok(ExitCode::SUCCESS)
}

fn count(steps: usize) -> String {
    crate::report::count(steps, "step")
}
