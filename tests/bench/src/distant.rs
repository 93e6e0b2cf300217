//! A database as far away as in production, where each statement of a request costs a way there and
//! back.

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{io, thread};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::NoTls;
use tokio_postgres::config::Host;

use crate::contestant::Contestants;
use crate::database::Prepared;
use crate::flags::Flags;
use crate::programs::Programs;
use crate::summary::median;
use crate::workload::WORKLOADS;
use crate::{measure, report};

/// How long bytes are held up on their way to the database; the timer makes it a bit more.
const DELAY: Duration = Duration::from_millis(1);

/// Rounds at the most: here it is the number of statements that decides, not the speed of anything.
const ROUNDS: u32 = 3;

/// Times of single requests of one client.
///
/// The database is another one: commands leave rows behind.
pub(crate) async fn table(flags: &Flags, programs: &Programs) -> Result<String> {
    let database = Prepared::private().await?;
    let url = relay(&database.url)?;
    let away = round_trip(&url).await? - round_trip(&database.url).await?;
    let flags = Flags { connections: 1, rounds: flags.rounds.min(ROUNDS), ..flags.clone() };
    let contestants = Contestants::start(&flags, programs, &url).await?;
    let workloads: Vec<_> = WORKLOADS.iter().collect();
    let mut samples = Vec::new();
    for workload in &workloads {
        samples.extend(measure::workload(&flags, workload, &contestants, &database).await?);
    }
    Ok(report::distant(&samples, &workloads, away))
}

/// Starts to relay to a database; answers with the address of the relay, which ends with the process.
fn relay(url: &str) -> Result<String> {
    let config: Config = url.parse()?;
    ensure!(config.get_password().is_none(), "the database must not ask for a password");
    let (Some(host), Some(user), Some(name)) =
        (config.get_hosts().first().cloned(), config.get_user(), config.get_dbname())
    else {
        anyhow::bail!("the address of the database lacks a part");
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("there is no free port")?;
    listener.set_nonblocking(true)?;
    let url = format!("postgres://{user}@{}/{name}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // A thread of its own: the one that sends requests is busy.
    thread::spawn(move || runtime.block_on(accept(listener, host, port)));
    Ok(url)
}

async fn accept(listener: std::net::TcpListener, host: Host, port: u16) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (client, _) = listener.accept().await?;
        client.set_nodelay(true)?;
        let host = host.clone();
        // Both sides see an error of one as the end of the connection.
        tokio::spawn(async move {
            match host {
                Host::Tcp(name) => {
                    let server = TcpStream::connect((name, port)).await?;
                    server.set_nodelay(true)?;
                    connect(client, server).await
                }
                Host::Unix(folder) => connect(client, socket(folder, port).await?).await,
            }
        });
    }
}

async fn socket(folder: PathBuf, port: u16) -> io::Result<UnixStream> {
    UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await
}

async fn connect(client: TcpStream, server: impl AsyncRead + AsyncWrite) -> io::Result<()> {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = tokio::io::split(server);
    tokio::try_join!(
        pass(from_client, to_server, Some(DELAY)),
        pass(from_server, to_client, None)
    )?;
    Ok(())
}

/// Passes bytes on, each after a while.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: Option<Duration>,
) -> io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut bytes).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        to.write_all(&bytes[..length]).await?;
    }
}

/// How many milliseconds a statement takes that does nothing.
async fn round_trip(url: &str) -> Result<f64> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // The client reports what went wrong.
    tokio::spawn(async move { connection.await.ok() });
    let mut times = Vec::new();
    for _ in 0..21 {
        let begin = Instant::now();
        client.simple_query("select").await?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    median(times).context("nothing was measured")
}
