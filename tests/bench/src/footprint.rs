//! Memory, and the time from start to the first answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio_postgres::NoTls;

use crate::contestant::server_settings;
use crate::http::{self, Connection};
use crate::load::{self, End};
use crate::process::{self, Process};
use crate::programs::Programs;
use crate::summary::median;
use crate::table::{Table, number};

/// Connections that ask for large pages at the same time.
const CONNECTIONS: usize = 64;

/// How long they do.
const TIME: Duration = Duration::from_secs(3);

/// How often the server is started.
const STARTS: usize = 11;

const PAGE: &str = "query Page($limit: Int!) { ordersSummary(limit: $limit) {
    id orderNumber customerId customerName customerEmail itemCount totalAmount status
    createdAt updatedAt paidAt shippedAt deliveredAt cancelledAt cancellationReason version } }";

/// Resident memory of the server.
pub(crate) async fn memory(programs: &Programs, url: &str) -> Result<String> {
    let mut server = Process::start(&programs.server, &server_settings(url))?;
    server.answers("/readyz").await?;
    let mut table = Table::new(["resident memory of the server", "MiB"]);
    let mut line =
        |what: &str, value: Option<f64>| table.line(vec![what.to_owned(), number(value)]);
    line("at rest", process::memory(server.id(), "VmRSS"));
    let requests = Arc::new(vec![page(1_000)]);
    let turn = load::run(server.address, &requests, CONNECTIONS, End::After(TIME)).await?;
    let page_size = turn.bytes as f64 / turn.latencies.len() as f64 / 1024.0;
    let what = format!(
        "at most, with {CONNECTIONS} connections reading pages of 1,000 rows ({page_size:.0} KiB)"
    );
    line(&what, process::memory(server.id(), "VmHWM"));
    line("afterwards", process::memory(server.id(), "VmRSS"));
    refuses_huge_page(&server).await?;
    line("at most, after refusing a page of 100,000 rows", process::memory(server.id(), "VmHWM"));
    Ok(table.text())
}

fn page(limit: u32) -> Vec<u8> {
    let body = json!({ "query": PAGE, "variables": { "limit": limit } });
    http::post("/graphql", &body.to_string())
}

async fn refuses_huge_page(server: &Process) -> Result<()> {
    let mut connection = Connection::open(server.address).await?;
    let (_, body) = connection.exchange(&page(100_000)).await?;
    let answer: serde_json::Value = serde_json::from_slice(body)?;
    let code = &answer["errors"][0]["extensions"]["code"];
    ensure!(code == "PAGE_SIZE_EXCEEDED", "a page of 100,000 rows is not refused: {answer}");
    Ok(())
}

/// The time from starting the process to its answers.
pub(crate) async fn start(programs: &Programs, url: &str) -> Result<String> {
    let (mut listens, mut ready, mut sessions) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let mut server = Process::start(&programs.server, &server_settings(url))?;
        listens.push(ms(server.answers("/healthz").await?));
        ready.push(ms(server.answers("/readyz").await?));
        drop(server);
        sessions.push(ms(open_two_sessions(url).await?));
    }
    let mut table = Table::new(["from start to ready", "ms"]);
    table.line(vec!["`/healthz` answers".to_owned(), number(median(listens))]);
    table.line(vec![
        "`/readyz` answers, with sessions for queries and commands".to_owned(),
        number(median(ready)),
    ]);
    table.line(vec![
        "PostgreSQL's share: two such sessions, opened by themselves".to_owned(),
        number(median(sessions)),
    ]);
    Ok(table.text())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// What `/readyz` asks of PostgreSQL.
async fn open_two_sessions(url: &str) -> Result<Duration> {
    let begin = Instant::now();
    for _ in 0..2 {
        let (client, connection) =
            tokio_postgres::connect(url, NoTls).await.context("cannot connect")?;
        let task = tokio::spawn(connection);
        client.simple_query("select").await?;
        task.abort();
    }
    Ok(begin.elapsed())
}
