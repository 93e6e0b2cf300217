//! Who is measured.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::flags::Flags;
use crate::process::Process;
use crate::programs::{Programs, folder};
use crate::workload::{Style, Workload};

/// Connections to the database, for everybody.
pub(crate) const POOL_SIZE: u16 = 16;

/// The names of contestants, in tables and samples.
pub(crate) const LIMIT: &str = "limit";
pub(crate) const ARRAY: &str = "array";
pub(crate) const QUARRY: &str = "quarry";
pub(crate) const LAZY: &str = "orm-lazy";
pub(crate) const EAGER: &str = "orm-eager";
pub(crate) const AGAINST: &str = "against";
pub(crate) const OTHER: &str = "other";

/// A way to get the same data.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) style: Style,
    /// Its process; unknown for a server that was running before.
    pub(crate) process: Option<u32>,
}

/// All of them, with the processes that we started.
pub(crate) struct Contestants {
    pub(crate) list: Vec<Contestant>,
    _processes: Vec<Process>,
}

impl Contestant {
    /// Whether it can do this.
    pub(crate) fn offers(&self, workload: &Workload) -> bool {
        match &self.style {
            Style::Array => workload.has_array,
            Style::Limit => true,
            Style::Graphql { documents, .. } => {
                self.name != OTHER
                    || documents.join(workload.name).with_extension("graphql").is_file()
            }
        }
    }
}

/// Settings of the server: its defaults, without a log line per request, as the others have none.
pub(crate) fn server_settings(database_url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", database_url.to_owned()),
        ("POOL_SIZE", POOL_SIZE.to_string()),
        ("LOG", "warn".to_owned()),
    ]
}

impl Contestants {
    /// Starts the servers.
    pub(crate) async fn start(flags: &Flags, programs: &Programs, url: &str) -> Result<Self> {
        let mut list = Vec::new();
        let mut processes = Vec::new();
        let settings = server_settings(url);

        let mut limit = Process::start(&programs.limit, &settings)?;
        limit.listens().await?;
        list.push(contestant(LIMIT, &limit, Style::Limit));
        list.push(contestant(ARRAY, &limit, Style::Array));
        processes.push(limit);

        for (name, program) in [(QUARRY, Some(&programs.server)), (AGAINST, flags.against.as_ref())]
        {
            let Some(program) = program else { continue };
            let mut server = Process::start(program, &settings)?;
            server.answers("/readyz").await?;
            list.push(contestant(name, &server, graphql("/graphql", "quarry")));
            processes.push(server);
        }

        if let Some(program) = &programs.orm {
            let mut orm = Process::start(program, &settings)?;
            orm.listens().await?;
            list.push(contestant(LAZY, &orm, graphql("/lazy", "orm")));
            list.push(contestant(EAGER, &orm, graphql("/eager", "orm")));
            processes.push(orm);
        }

        if let Some(url) = &flags.url {
            list.push(other(url, flags.documents.clone())?);
        }
        Ok(Self { list, _processes: processes })
    }
}

fn contestant(name: &'static str, process: &Process, style: Style) -> Contestant {
    Contestant { name, address: process.address, style, process: Some(process.id()) }
}

fn graphql(path: &str, documents: &str) -> Style {
    Style::Graphql { path: path.to_owned(), documents: folder().join("documents").join(documents) }
}

/// A server that is running already.
fn other(url: &str, documents: Option<PathBuf>) -> Result<Contestant> {
    let rest = url.strip_prefix("http://");
    let rest = rest.with_context(|| format!("--url {url}: only http:// can be measured"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let addresses = authority.to_socket_addrs();
    let addresses = addresses.with_context(|| format!("--url {url}: expected HOST:PORT"))?;
    let address = addresses.into_iter().next().context("--url names no address")?;
    ensure!(address.ip().is_loopback(), "--url {url}: only a server on this machine is measured");
    let documents = documents.unwrap_or_else(|| folder().join("documents/quarry"));
    let style = Style::Graphql { path: format!("/{path}"), documents };
    Ok(Contestant { name: OTHER, address, style, process: None })
}
