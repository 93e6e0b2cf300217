//! How the cost of a list grows with its rows.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::contestant::server_settings;
use crate::flags::Flags;
use crate::http;
use crate::load::{self, End};
use crate::process::Process;
use crate::programs::Programs;
use crate::summary::median;
use crate::table::{Table, count, number};

const SIZES: [u32; 4] = [10, 100, 1_000, 10_000];

/// A list of five columns.
pub(crate) const LIST: &str = "query Narrow($after: Int!, $limit: Int!) {
    ordersSummary(where: { id: { gt: $after } }, limit: $limit) {
    id orderNumber status totalAmount createdAt } }";

/// Time per row of lists of different lengths, one request at a time.
pub(crate) async fn rows(flags: &Flags, programs: &Programs, url: &str) -> Result<String> {
    let mut settings = server_settings(url);
    settings.push(("MAX_PAGE_SIZE", "10000".to_owned()));
    let mut server = Process::start(&programs.server, &settings)?;
    server.answers("/readyz").await?;
    let mut limit = Process::start(&programs.limit, &settings)?;
    limit.listens().await?;
    let titles =
        ["rows of a list", "hand-written, µs per row", "Quarry, µs per row", "of hand-written"];
    let mut table = Table::new(titles);
    for size in SIZES {
        let ours = json!({ "query": LIST, "variables": { "after": 1000, "limit": size } });
        let ours = Arc::new(vec![http::post("/graphql", &ours.to_string())]);
        let theirs = Arc::new(vec![http::get(&format!("/narrow/1000/{size}"))]);
        let (mut quarry, mut hand) = (Vec::new(), Vec::new());
        for _ in 0..flags.rounds {
            hand.push(rate(flags, &limit, &theirs).await?);
            quarry.push(rate(flags, &server, &ours).await?);
        }
        let ratios = quarry.iter().zip(&hand).map(|(quarry, hand)| quarry / hand).collect();
        let per_row = |rates| median(rates).map(|rate| 1e6 / rate / f64::from(size));
        table.line(vec![
            count(size),
            number(per_row(hand)),
            number(per_row(quarry)),
            number(median(ratios)),
        ]);
    }
    Ok(table.text())
}

async fn rate(flags: &Flags, process: &Process, requests: &Arc<Vec<Vec<u8>>>) -> Result<f64> {
    let time = Duration::from_secs_f64(flags.seconds / 2.0);
    load::run(process.address, requests, 1, End::After(time / 5)).await?;
    Ok(load::run(process.address, requests, 1, End::After(time)).await?.rate())
}
