//! Connecting, and saying what went wrong without showing secrets.

mod tls;

use anyhow::{Context, Result, anyhow};
use local_postgres::{parse_url, place_of};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
};
use tokio_postgres::{Client, Connection, NoTls, config::SslMode};

/// An open connection.
#[derive(Debug)]
pub(crate) struct Session {
    /// Sends statements.
    pub(crate) client: Client,
    /// The database, as messages name it: `` `shop` on localhost:5432 ``.
    pub(crate) label: String,
    task: JoinHandle<()>,
}

impl Session {
    /// Closes the connection and waits until it is closed.
    ///
    /// A template database must have no connection when it is copied.
    pub(crate) async fn close(self) {
        drop(self.client);
        // It ends when the client is gone; how does not matter any more.
        let _ = self.task.await;
    }
}

/// Connects to a database.
pub(crate) async fn open(url: &str) -> Result<Session> {
    let mut config = parse_url(url, "the database URL")?;
    if config.get_application_name().is_none() {
        config.application_name("xtask");
    }
    let label = label(&config);
    let failed = || format!("cannot connect to {label}");
    let (client, task) = if config.get_ssl_mode() == SslMode::Require {
        let tls = tls::connector().with_context(failed)?;
        let (client, connection) =
            config.connect(tls).await.map_err(describe).with_context(failed)?;
        (client, tokio::spawn(run(connection)))
    } else {
        let (client, connection) =
            config.connect(NoTls).await.map_err(describe).with_context(failed)?;
        (client, tokio::spawn(run(connection)))
    };
    Ok(Session { client, label, task })
}

/// Keeps a connection going until its client is gone.
async fn run<S, T>(connection: Connection<S, T>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    // The statement that fails because of it reports the reason.
    let _ = connection.await;
}

/// Names the database of an address, without user and password.
pub(crate) fn label(config: &tokio_postgres::Config) -> String {
    let name = config.get_dbname().or(config.get_user()).unwrap_or("postgres");
    format!("`{name}` on {}", place_of(config))
}

/// The server's own words, with detail and hint; otherwise the chain of causes.
pub(crate) fn describe(error: tokio_postgres::Error) -> anyhow::Error {
    let Some(db) = error.as_db_error() else {
        return anyhow::Error::new(error);
    };
    let mut text = db.message().to_owned();
    for (name, more) in [("detail", db.detail()), ("hint", db.hint())] {
        if let Some(more) = more {
            text += &format!("\n  {name}: {}", more.replace('\n', "\n    "));
        }
    }
    anyhow!(text)
}

/// Whether a relation exists.
pub(crate) async fn exists(client: &Client, relation: &str) -> Result<bool> {
    let row = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&relation]).await;
    Ok(row.map_err(describe)?.get(0))
}

/// Quotes an SQL identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
