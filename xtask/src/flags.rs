//! The whole command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::report::Color;

/// Build, generate, run and test this repository.
///
/// Commands use the database of DATABASE_URL if that is set, otherwise a PostgreSQL of their own,
/// which they find on this machine and start themselves.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say more; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

impl Flags {
    /// -1 quiet, 0 normal, 1 and 2 verbose.
    pub(crate) fn verbosity(&self) -> i8 {
        if self.quiet { -1 } else { i8::try_from(self.verbose).unwrap_or(i8::MAX) }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up everything, serve with GraphiQL, and follow changes in sql/
    Dev(Dev),
    /// Write the generated crate from the database schema
    Codegen(Codegen),
    /// Manage the development database
    #[command(subcommand)]
    Db(Db),
    /// Show the SQL of root fields or documents with its plans, or look for missing indexes
    Explain(Explain),
    /// Run all tests on a throw-away PostgreSQL
    Test(Test),
    /// Look for rows that contradict what the API says about them
    Verify,
    /// Measure the server; `cargo xtask bench --help` lists how
    #[command(disable_help_flag = true)]
    Bench(Bench),
    /// Run exactly what continuous integration runs
    Ci(Ci),
}

/// `cargo xtask dev`
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Port of the server
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub(crate) listen: IpAddr,
}

/// `cargo xtask codegen`
#[derive(Debug, Args)]
pub(crate) struct Codegen {
    /// Write nothing; exit with 4 and show the differences if anything would change
    #[arg(long)]
    pub(crate) check: bool,
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print how a view or function was planned, with the reasons, and write nothing
    #[arg(long, value_name = "NAME", conflicts_with = "check")]
    pub(crate) explain: Option<String>,
    /// Database to read
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = "generated/src")]
    pub(crate) out: PathBuf,
}

/// `cargo xtask explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Root field to explain, with all columns and those of each relation [default: all that read]
    #[arg(conflicts_with = "document")]
    pub(crate) field: Option<String>,
    /// File with a GraphQL document to explain instead; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) document: Option<PathBuf>,
    /// Operation of the document
    #[arg(long, value_name = "NAME", requires = "document")]
    pub(crate) operation: Option<String>,
    /// Variables of the document, a JSON object
    #[arg(long, value_name = "JSON", requires = "document")]
    pub(crate) variables: Option<String>,
    /// Print only the indexes that lookups by keys and foreign keys lack; exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
}

/// `cargo xtask db`
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Start the development database; it keeps running
    Start,
    /// Stop the development database
    Stop,
    /// Tell what is running and what is not applied
    Status,
    /// Bring the schema up to date with sql/
    Migrate,
    /// Add the sample data
    Seed,
    /// Empty the database, migrate and add the sample data
    Reset {
        /// Empty it even though it is the one of DATABASE_URL
        #[arg(long)]
        yes: bool,
    },
    /// Open psql on the database
    Psql {
        /// Arguments for psql
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print the address of the database
    Url,
}

/// `cargo xtask test`
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Major version of PostgreSQL; it is downloaded if it is not installed
    #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u32).range(14..=18))]
    pub(crate) pg: Option<u32>,
    /// Arguments for `cargo test`, instead of `--workspace`
    #[arg(last = true)]
    pub(crate) arguments: Vec<String>,
}

/// `cargo xtask bench`
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Arguments of the benchmark
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

/// `cargo xtask ci`
#[derive(Debug, Args)]
pub(crate) struct Ci {
    /// Only this step
    #[arg(value_enum)]
    pub(crate) step: Option<crate::ci::Step>,
}
