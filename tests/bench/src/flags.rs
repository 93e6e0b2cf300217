//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measure the server against a hand-written one (the limit) and against an ORM.
///
/// Builds all of them in release mode, starts a private PostgreSQL with a generated data set, and
/// measures them in turn, round by round. The first build takes some minutes.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Flags {
    /// Only this workload or table; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// How often every contestant takes its turn
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,

    /// Seconds that a turn of a query takes
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = parse_seconds)]
    pub(crate) seconds: f64,

    /// Connections that send requests
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) connections: usize,

    /// Leave the ORM out, whose build takes longest
    #[arg(long)]
    pub(crate) no_orm: bool,

    /// Put the tables into README.md
    #[arg(long)]
    pub(crate) write_readme: bool,

    /// Write every sample to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Also measure a GraphQL server that is running already, on the database of --database-url
    #[arg(long, value_name = "URL", requires = "database_url")]
    pub(crate) url: Option<String>,

    /// Folder with the documents for --url: one WORKLOAD.graphql each, with the same variables
    #[arg(long, value_name = "DIR", requires = "url")]
    pub(crate) documents: Option<PathBuf>,

    /// Use this database, filled by --prepare, instead of a private one
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,

    /// Only start a database with the data set, print its address, and keep it until Ctrl-C
    #[arg(long)]
    pub(crate) prepare: bool,

    /// Measure this server program instead of building one, for example an earlier build
    #[arg(long, value_name = "FILE")]
    pub(crate) server: Option<PathBuf>,

    /// Also measure this other server program, for example a build with another setting
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
}

impl Flags {
    /// Whether a workload or table is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.05..=600.0).contains(&seconds) => Ok(seconds),
        _ => Err("must be a number from 0.05 to 600".to_owned()),
    }
}
