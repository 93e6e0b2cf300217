//! Closed-loop load: every connection sends its next request when it has its answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use memchr::memmem;
use tokio::task::JoinSet;

use crate::http::Connection;

/// When a turn is over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// After a time; requests are sent again and again.
    After(Duration),
    /// When each request has been sent once.
    Once,
}

/// What a turn brought.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// How long each answer took.
    pub(crate) latencies: Vec<Duration>,
    /// Bytes of bodies.
    pub(crate) bytes: u64,
}

impl Turn {
    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends requests over some connections.
pub(crate) async fn run(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    connections: usize,
    end: End,
) -> Result<Turn> {
    ensure!(!requests.is_empty(), "there is nothing to send");
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in open {
        tasks.spawn(drive(connection, requests.clone(), next.clone(), begin, end));
    }
    let mut turn = Turn::default();
    while let Some(driven) = tasks.join_next().await {
        let part = driven??;
        turn.latencies.extend(part.latencies);
        turn.bytes += part.bytes;
    }
    turn.elapsed = begin.elapsed();
    Ok(turn)
}

async fn drive(
    mut connection: Connection,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    begin: Instant,
    end: End,
) -> Result<Turn> {
    let mut turn = Turn::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let request = match end {
            End::After(time) if begin.elapsed() < time => requests.get(number % requests.len()),
            End::After(_) => None,
            End::Once => requests.get(number),
        };
        let Some(request) = request else { return Ok(turn) };
        let sent = Instant::now();
        let (status, body) = connection.exchange(request).await?;
        turn.latencies.push(sent.elapsed());
        turn.bytes += body.len() as u64;
        check(status, body)?;
    }
}

/// Sends one request and returns its answer.
pub(crate) async fn ask(address: SocketAddr, request: &[u8]) -> Result<serde_json::Value> {
    let mut connection = Connection::open(address).await?;
    let (status, body) = connection.exchange(request).await?;
    check(status, body)?;
    serde_json::from_slice(body).context("an answer is not JSON")
}

/// A figure of requests that failed means nothing, so the first one ends the run.
fn check(status: u16, body: &[u8]) -> Result<()> {
    if status == 200 && memmem::find(body, b"\"errors\":").is_none() {
        return Ok(());
    }
    let shown = &body[..body.len().min(400)];
    bail!("a request failed with status {status}: {}", String::from_utf8_lossy(shown))
}
