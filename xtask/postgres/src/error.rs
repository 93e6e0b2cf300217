//! What can go wrong, in words a user can act on.

use std::{io, path::PathBuf, process::ExitStatus};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why PostgreSQL could not be found, started or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable binaries anywhere; the text lists where we looked and what to do.
    #[error("no PostgreSQL server found\n{0}")]
    NotFound(String),
    /// A place that the user named, `PG_BINDIR`, does not hold a usable server.
    #[error("{place} cannot be used: {reason}")]
    Unusable {
        /// The place as the user named it.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// We are root, which PostgreSQL refuses, and there is nobody else to run as.
    #[error(
        "running as root, but there is no `postgres` or `nobody` user to run PostgreSQL as\n  \
         create one (useradd -r postgres), run as a normal user, or set DATABASE_URL"
    )]
    NoAccount,
    /// The user id has no name, which `initdb` needs.
    #[error(
        "uid {0} has no /etc/passwd entry; initdb needs one   (add an entry, or set DATABASE_URL)"
    )]
    NoPasswdEntry(u32),
    /// The account PostgreSQL must run as cannot reach a folder.
    #[error("user `{user}` (uid {uid}) cannot enter {} (blocked at {blocked})", .path.display())]
    CannotEnter {
        /// Name of the account.
        user: String,
        /// Its number.
        uid: u32,
        /// The folder it needs.
        path: PathBuf,
        /// The first folder on the way that it may not enter, with its mode.
        blocked: String,
    },
    /// The server process ended, or never became ready.
    #[error("PostgreSQL did not start ({status}); last lines of {}:\n{tail}", .log.display())]
    DidNotStart {
        /// How it ended.
        status: String,
        /// Its log file, which may be gone with a throw-away cluster.
        log: PathBuf,
        /// The end of that log.
        tail: String,
    },
    /// The server is running but does not stop.
    #[error("PostgreSQL (process {pid}) did not stop within {seconds} seconds")]
    DidNotStop {
        /// The postmaster.
        pid: u32,
        /// How long we waited.
        seconds: u64,
    },
    /// A pinned download did not arrive as pinned, or not at all.
    #[error("cannot fetch PostgreSQL: {0}")]
    Fetch(String),
    /// A helper program failed.
    #[error("{action} failed ({status})\n{output}")]
    Command {
        /// What we were doing.
        action: String,
        /// How the program ended.
        status: ExitStatus,
        /// What it said.
        output: String,
    },
    /// The server of `DATABASE_URL` does not answer.
    #[error(
        "{variable} points to a server that cannot be reached ({place}: {reason})\n  \
         start that server, or unset {variable} to let xtask start a private one"
    )]
    Unreachable {
        /// The environment variable that holds the address.
        variable: String,
        /// Host and port, never user or password.
        place: String,
        /// What the attempt ended with.
        reason: String,
    },
    /// The address is not one.
    #[error("{variable} is not a PostgreSQL URL: {reason}")]
    BadUrl {
        /// Where it came from.
        variable: String,
        /// What is wrong with it; never the text itself, which may hold a password.
        reason: String,
    },
    /// The file system refused.
    #[error("{action}: {source}")]
    Io {
        /// What we were doing, with the path.
        action: String,
        /// What the system said.
        source: io::Error,
    },
    /// The database refused.
    #[error("{action}: {}", describe(.source))]
    Sql {
        /// What we were doing.
        action: String,
        /// What the server said.
        source: tokio_postgres::Error,
    },
    /// A template's own set-up failed.
    #[error("cannot prepare the template database `{name}`: {reason}")]
    Template {
        /// The template.
        name: String,
        /// What the set-up said.
        reason: String,
    },
}

/// The server's own words, which `tokio_postgres::Error` hides behind "db error".
fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => db.message().to_owned(),
        None => chain(error),
    }
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

/// Says what was being done when the file system refused.
pub(crate) trait IoContext<T> {
    /// Wraps an `io::Error`; `action` reads like "cannot create /x".
    fn doing(self, action: impl FnOnce() -> String) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn doing(self, action: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Io { action: action(), source })
    }
}
