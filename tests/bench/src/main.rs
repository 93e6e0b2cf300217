//! `cargo xtask bench`: the server against the limit and against an ORM, on the demo's schema.
//!
//! Three contestants give the same answers from the same database:
//!
//! - **the limit** (`limit`), written by hand for exactly these answers: what the protocol, the
//!   pool and PostgreSQL leave to be had;
//! - **the server**, as it is shipped;
//! - **an ORM** (`orm/`), as such an API is traditionally written, with lazy relations (N+1) and
//!   with eager ones.
//!
//! They are processes of their own with pools of the same size. Before a workload is measured, their
//! answers are compared value by value; a request that fails ends the run. Then they take turns,
//! round by round, under a closed loop of a few connections, and each round gives one ratio. What is
//! reported is the median of the ratios, because the speed of a machine drifts and both sides of a
//! ratio drift alike. A command works on rows made for it, so that none is refused.
//!
//! The database is a private cluster in memory, without syncing to disk: what a disk costs is the
//! same for everybody. The client is a single thread that sends prepared bytes; its own processor
//! time is in the tables.
//!
//! That nothing is between servers and database is unusual, and hides what the number of statements
//! costs. `distant` measures single requests of one client with a relay in between that holds up
//! what is sent.
//!
//! `codegen` and `views` show how codegen and the server grow with generated tables, views and
//! functions.
//!
//! # Comparing another product
//!
//! `--prepare` starts a database with the data set and prints its address. Let the product serve it,
//! write one document per workload, with the same variables, into a folder, and run
//! `cargo xtask bench --database-url … --url http://127.0.0.1:PORT/PATH --documents DIR`.
//! A workload without a document is left out; an answer must have as many values as the limit's.

mod contestant;
mod database;
mod distant;
mod equal;
mod flags;
mod footprint;
mod growth;
mod http;
mod load;
mod measure;
mod process;
mod programs;
mod readme;
mod report;
mod schema;
mod summary;
mod table;
mod workload;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;

use crate::contestant::Contestants;
use crate::database::Prepared;
use crate::flags::Flags;
use crate::programs::Programs;
use crate::workload::{WORKLOADS, Workload};

/// Tables that are no workloads.
const TABLES: [&str; 4] = ["distant", "memory", "start", "rows"];

/// Tables about schemas of other sizes, which need neither the data set nor the programs.
const SCHEMAS: [&str; 2] = ["codegen", "views"];

fn main() -> ExitCode {
    let flags = Flags::parse();
    // One thread: the client must leave the processors to what it measures.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done =
        runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(&flags)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            status("error", &format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// A line on standard error, as cargo writes them.
pub(crate) fn status(verb: &str, text: &str) {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{verb:>12} {text}");
}

async fn run(flags: &Flags) -> Result<()> {
    check_names(flags)?;
    if flags.prepare {
        let database = prepared(flags).await?;
        writeln!(std::io::stdout(), "{}", database.url)?;
        status("Waiting", "for Ctrl-C");
        return Ok(tokio::signal::ctrl_c().await?);
    }
    let is_schema = |only: &String| SCHEMAS.contains(&only.as_str());
    let mut text = String::new();
    if flags.only.is_empty() || !flags.only.iter().all(is_schema) {
        text += &(measure_demo(flags).await? + "\n");
    }
    text += &measure_schemas(flags).await?;
    writeln!(std::io::stdout(), "{text}")?;
    if flags.write_readme {
        readme::write(&text)?;
    }
    Ok(())
}

async fn prepared(flags: &Flags) -> Result<Prepared> {
    match &flags.database_url {
        Some(url) => Prepared::existing(url).await,
        None => Prepared::private().await,
    }
}

async fn measure_demo(flags: &Flags) -> Result<String> {
    let database = prepared(flags).await?;
    status("Building", "what is measured, in release mode");
    let workloads: Vec<&Workload> =
        WORKLOADS.iter().filter(|workload| flags.wants(workload.name)).collect();
    let with_orm = !flags.no_orm && (!workloads.is_empty() || flags.wants("distant"));
    let programs = Programs::build(flags.server.as_deref(), with_orm)?;
    let version = database.client.query_one("show server_version", &[]).await?;
    let version: String = version.get(0);
    let version = version.split(' ').next().unwrap_or_default();
    let mut text = format!("{}.\n\n", report::machine(version));
    text += &measure_workloads(flags, &workloads, &programs, &database).await?;
    text += &measure_tables(flags, &programs, &database.url).await?;
    Ok(text)
}

fn check_names(flags: &Flags) -> Result<()> {
    let known: Vec<&str> =
        WORKLOADS.iter().map(|workload| workload.name).chain(TABLES).chain(SCHEMAS).collect();
    match flags.only.iter().find(|only| !known.contains(&only.as_str())) {
        Some(name) => {
            bail!("there is no workload or table `{name}`; there are {}", known.join(", "))
        }
        None => Ok(()),
    }
}

async fn measure_workloads(
    flags: &Flags,
    workloads: &[&Workload],
    programs: &Programs,
    database: &Prepared,
) -> Result<String> {
    if workloads.is_empty() {
        return Ok(String::new());
    }
    let contestants = Contestants::start(flags, programs, &database.url).await?;
    let mut samples = Vec::new();
    for workload in workloads {
        status("Measuring", workload.title);
        samples.extend(measure::workload(flags, workload, &contestants, database).await?);
    }
    if let Some(file) = &flags.json {
        let all: Vec<_> = samples.iter().map(summary::to_json).collect();
        let written = std::fs::write(file, serde_json::to_string_pretty(&all)?);
        written.with_context(|| format!("cannot write {}", file.display()))?;
    }
    let tables = [
        report::throughput(&samples, workloads),
        report::latency(&samples, workloads),
        report::processor(&samples, workloads),
    ];
    Ok(tables.join("\n") + "\n")
}

async fn measure_tables(flags: &Flags, programs: &Programs, url: &str) -> Result<String> {
    let mut tables = Vec::new();
    if flags.wants("distant") {
        status("Measuring", "with a distant database");
        tables.push(distant::table(flags, programs).await?);
    }
    if flags.wants("memory") {
        status("Measuring", "memory");
        tables.push(footprint::memory(programs, url).await?);
    }
    if flags.wants("start") {
        status("Measuring", "the start");
        tables.push(footprint::start(programs, url).await?);
    }
    if flags.wants("rows") {
        status("Measuring", "growth with rows");
        tables.push(growth::rows(flags, programs, url).await?);
    }
    Ok(tables.join("\n"))
}

async fn measure_schemas(flags: &Flags) -> Result<String> {
    let mut tables = Vec::new();
    if flags.wants("codegen") {
        status("Measuring", "growth of codegen with the schema");
        tables.push(schema::codegen(flags).await?);
    }
    if flags.wants("views") {
        status("Measuring", "growth of requests with the schema");
        tables.push(schema::servers(flags).await?);
    }
    Ok(tables.join("\n"))
}
