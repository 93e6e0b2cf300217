//! Configuration: every setting is a flag and an environment variable.
//!
//! Connection strings are [`Secret`]: neither `--help` nor a log line shows them.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory, Parser, ValueEnum};
use runtime::DatabaseConfig;

use crate::limits::RequestLimits;
use crate::log::parse_filter;
use crate::units::{Secret, Secrets, parse_duration};

/// How many connections to the database a thread has at least, if there are several threads: a slow
/// statement must not stop it.
const MIN_CONNECTIONS: usize = 4;

/// What a missing `DATABASE_URL` is answered with.
const NO_DATABASE: &str = "DATABASE_URL is not set: which database shall be served?\n\n  \
    Set it to a PostgreSQL address, for example\n  \
    DATABASE_URL=postgres://user:password@localhost:5432/database\n";

/// Serves the GraphQL API of the database over HTTP.
#[derive(Clone, Debug, Parser)]
#[command(name = "server", version)]
pub struct Config {
    /// Database for commands: a postgres:// address or key=value pairs.
    ///
    /// Prefer the environment variable: other users of the machine can read arguments.
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "URL",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true
    )]
    pub database_url: Secret,

    /// Databases for queries, in turn; separated by commas or spaces [default: the one for commands]
    #[arg(
        long,
        env = "QUERY_DATABASE_URLS",
        value_name = "URLS",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true
    )]
    pub query_database_urls: Secrets,

    /// Address to listen on
    #[arg(long, env = "LISTEN_ADDR", value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    pub listen: String,

    /// Connections to each database at the most, over all threads
    #[arg(long, env = "POOL_SIZE", value_name = "N", default_value_t = 16,
          value_parser = clap::value_parser!(u16).range(1..))]
    pub pool_size: u16,

    /// How long a request waits for a free connection
    #[arg(long, env = "ACQUIRE_TIMEOUT", value_name = "TIME", default_value = "5s",
          value_parser = parse_duration)]
    pub acquire_timeout: Duration,

    /// How long one SQL statement may run
    #[arg(long, env = "STATEMENT_TIMEOUT", value_name = "TIME", default_value = "30s",
          value_parser = parse_duration)]
    pub statement_timeout: Duration,

    /// How long a client waits for an answer, from the last byte of its headers
    #[arg(long, env = "REQUEST_TIMEOUT", value_name = "TIME", default_value = "60s",
          value_parser = parse_duration)]
    pub request_timeout: Duration,

    /// How long requests in flight may go on after the signal to stop
    #[arg(long, env = "SHUTDOWN_GRACE", value_name = "TIME", default_value = "30s",
          value_parser = parse_duration)]
    pub shutdown_grace: Duration,

    /// Whether a browser that opens /graphql gets GraphiQL
    #[arg(long, env = "GRAPHIQL", value_name = "BOOL", default_value = "on",
          action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub graphiql: bool,

    /// Folder with the files of GraphiQL [default: a browser fetches them from a CDN]
    ///
    /// Empty is the same as not set.
    #[arg(long, env = "GRAPHIQL_DIR", value_name = "DIR", value_parser = parse_folder)]
    pub graphiql_dir: Option<PathBuf>,

    /// What to log, for example `info` or `info,runtime::sql=debug`
    #[arg(long, env = "LOG", value_name = "FILTER", default_value = "info",
          value_parser = parse_filter)]
    pub log: String,

    /// How to log
    #[arg(long, env = "LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// What one request may cost.
    #[command(flatten)]
    pub limits: RequestLimits,
}

/// The shape of log lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl Config {
    /// Reads the command line and the environment; ends the process with a message and status 2
    /// where they cannot be used.
    pub fn load() -> Self {
        Self::try_parse().and_then(Self::checked).unwrap_or_else(|error| error.exit())
    }

    /// The defaults for a database, whatever the environment says.
    pub fn new(database_url: &str) -> Self {
        Self {
            database_url: Secret::from(database_url),
            query_database_urls: Secrets::default(),
            listen: "127.0.0.1:8000".to_owned(),
            pool_size: 16,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(60),
            shutdown_grace: Duration::from_secs(30),
            graphiql: true,
            graphiql_dir: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            limits: RequestLimits::default(),
        }
    }

    /// How many threads serve connections: as many as there are processors, as long as each has
    /// some connections to the database.
    pub fn workers(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        processors.min(usize::from(self.pool_size) / MIN_CONNECTIONS).max(1)
    }

    /// The part that the runtime needs, for each of the threads.
    pub fn database(&self) -> DatabaseConfig {
        DatabaseConfig {
            commands: self.database_url.expose().to_owned(),
            queries: self.query_database_urls.expose().map(str::to_owned).collect(),
            pool_size: (usize::from(self.pool_size) / self.workers()).max(1),
            acquire_timeout: self.acquire_timeout,
            statement_timeout: self.statement_timeout,
            limits: self.limits.runtime(),
        }
    }

    /// Refuses what single values cannot tell.
    fn checked(mut self) -> Result<Self, clap::Error> {
        self.graphiql_dir = self.graphiql_dir.filter(|folder| !folder.as_os_str().is_empty());
        if self.database_url.expose().trim().is_empty() {
            return Err(Self::command().error(ErrorKind::MissingRequiredArgument, NO_DATABASE));
        }
        Ok(self)
    }
}

/// Takes an empty path too, which clap's own parser refuses.
fn parse_folder(text: &str) -> Result<PathBuf, Infallible> {
    Ok(PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "postgres://ann:hunter2@db.example/shop";

    fn parse(arguments: &[&str]) -> Result<Config, clap::Error> {
        // An explicit empty value keeps the environment of the test run out.
        let defaults = ["server", "--database-url", "", "--query-database-urls", ""];
        let command = Config::command().args_override_self(true);
        let matches = command.try_get_matches_from(defaults.iter().chain(arguments))?;
        <Config as clap::FromArgMatches>::from_arg_matches(&matches)?.checked()
    }

    #[test]
    fn the_command_line_is_sound() {
        Config::command().debug_assert();
    }

    #[test]
    fn flags_and_code_have_the_same_defaults() {
        let parsed = parse(&["--database-url", URL]).unwrap();
        let mut fixed = Config::new(URL);
        // May be set where the tests run.
        fixed.listen.clone_from(&parsed.listen);
        fixed.graphiql_dir.clone_from(&parsed.graphiql_dir);
        fixed.log.clone_from(&parsed.log);
        assert_eq!(format!("{parsed:?}"), format!("{fixed:?}"));
    }

    #[test]
    fn a_missing_database_is_explained() {
        let error = parse(&[]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("DATABASE_URL is not set"), "{error}");
    }

    #[test]
    fn an_empty_folder_is_none() {
        let config = parse(&["--database-url", URL, "--graphiql-dir", ""]).unwrap();
        assert_eq!(config.graphiql_dir, None);
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = parse(&["--database-url", URL, "--query-database-urls", URL]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let help = Config::command().render_long_help().to_string();
        assert!(help.contains("DATABASE_URL") && !help.contains("hunter2"), "{help}");
    }

    #[test]
    fn values_are_checked() {
        for wrong in [
            ["--pool-size", "0"],
            ["--request-timeout", "soon"],
            ["--graphiql", "maybe"],
            ["--log-format", "xml"],
            ["--max-page-size", "0"],
            ["--max-depth", "61"],
            ["--max-rows", "many"],
            ["--log", "info,=,"],
        ] {
            let error = parse(&[&["--database-url", URL], &wrong[..]].concat()).unwrap_err();
            assert!(error.to_string().contains(wrong[0]), "{error}");
        }
    }
}
