//! How codegen and the server grow with the schema.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use local_postgres::TestCluster;
use serde_json::json;

use crate::contestant::server_settings;
use crate::database;
use crate::flags::Flags;
use crate::growth::LIST;
use crate::http;
use crate::load::{self, End};
use crate::process::{self, Process};
use crate::programs::{build_in, repository, target};
use crate::summary::median;
use crate::table::{Table, count, number};

/// Views, and as many functions, that codegen is measured with.
const CODEGEN: [u32; 4] = [125, 250, 500, 1_000];

/// Views that servers are measured with besides that of the demo, whose views are among them.
const SERVERS: [u32; 2] = [100, 1_000];

/// What a workspace is made of, but for what codegen writes.
const PARTS: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "codegen",
    "generated/Cargo.toml",
    "server",
    "sql",
    "tests",
    "xtask",
];

/// Tables that refer to each other, and for each of them a view and a function.
fn objects(count: u32) -> String {
    let mut sql = String::new();
    for number in 0..count {
        let parent = number.saturating_sub(1);
        // Writing to a String cannot fail.
        let _ = writeln!(
            sql,
            "create table tb_t{number} (\
                 id bigint primary key, name text not null, amount numeric(12, 2) not null, \
                 note text, created_at timestamptz not null default now(), \
                 parent_id bigint references tb_t{parent} (id));\n\
             create view v_t{number} as \
                 select t.id, t.name, t.amount, t.note, t.created_at, t.parent_id, \
                     p.name as parent_name \
                 from tb_t{number} as t left join tb_t{parent} as p on p.id = t.parent_id;\n\
             comment on view v_t{number} is 'Things of kind {number}.';\n\
             create function fn_f{number} (p_name text, p_limit integer default 10) \
                 returns setof v_t{number} language sql stable \
                 as 'select * from v_t{number} where name = p_name limit p_limit';"
        );
    }
    sql
}

/// Time that `cargo xtask codegen` takes to write everything, as developers run it.
pub(crate) async fn codegen(flags: &Flags) -> Result<String> {
    let cluster = TestCluster::private_with(None, database::SETTINGS)?;
    let mut databases = Vec::new();
    for size in CODEGEN {
        let database = cluster.create_database(None).await?;
        database.connect().await?.batch_execute(&objects(size)).await?;
        databases.push((size, database, Vec::new()));
    }
    let xtask = build_xtask()?;
    let out = target().join("bench/codegen");
    for _ in 0..flags.rounds {
        for (_, database, times) in &mut databases {
            empty(&out)?;
            let begin = Instant::now();
            run_codegen(&xtask, &repository(), database.url(), &out)?;
            times.push(begin.elapsed().as_secs_f64());
        }
    }
    let titles = ["views, and as many functions", "codegen, s", "ms per view and function"];
    let mut table = Table::new(titles);
    for (size, _, times) in databases {
        let time = median(times);
        let each = time.map(|time| time * 1e3 / f64::from(size));
        table.line(vec![count(size), number(time), number(each)]);
    }
    Ok(table.text())
}

/// Time and processor time of the same requests to servers of larger and larger schemas.
pub(crate) async fn servers(flags: &Flags) -> Result<String> {
    let cluster = TestCluster::private_with(None, database::SETTINGS)?;
    let database = cluster.create_database(None).await?;
    database::fill(database.url()).await?;
    let own = fs::read_dir(repository().join("generated/src/views"))?.count();
    let own = u32::try_from(own)?;
    let more = SERVERS.map(|size| size.saturating_sub(own));
    let most = more.into_iter().max().unwrap_or(0);
    database.connect().await?.batch_execute(&objects(most)).await?;

    let mut servers = Vec::new();
    for more in [0].into_iter().chain(more) {
        let size = own + more;
        let program = build(size, more, &cluster).await?;
        let mut server = Process::start(&program, &server_settings(database.url()))?;
        let ready = server.answers("/readyz").await?;
        servers.push(Measured { size, server, ready, turns: Vec::new() });
    }
    let body = json!({ "query": LIST, "variables": { "after": 1000, "limit": 50 } });
    let requests = Arc::new(vec![http::post("/graphql", &body.to_string())]);
    let time = Duration::from_secs_f64(flags.seconds);
    for _ in 0..flags.rounds {
        for measured in &mut servers {
            let address = measured.server.address;
            load::run(address, &requests, flags.connections, End::After(time / 5)).await?;
            let before = process::cpu(measured.server.id());
            let turn = load::run(address, &requests, flags.connections, End::After(time)).await?;
            let cpu = process::cpu(measured.server.id()) - before;
            let each = cpu.as_secs_f64() * 1e6 / turn.latencies.len() as f64;
            measured.turns.push((turn.rate(), each));
        }
    }
    Ok(servers_table(&servers))
}

/// A server, and the requests per second and µs of processor time per request of its turns.
struct Measured {
    size: u32,
    server: Process,
    ready: Duration,
    turns: Vec<(f64, f64)>,
}

fn servers_table(servers: &[Measured]) -> String {
    let mut table = Table::new([
        "views of the schema",
        "requests per second",
        "of the first",
        "µs of processor time per request",
        "ms to ready",
        "MiB in use",
    ]);
    for measured in servers {
        let turns = &measured.turns;
        let first = servers.iter().flat_map(|first| &first.turns);
        let ratios = turns.iter().zip(first).map(|((rate, _), (first, _))| rate / first);
        table.line(vec![
            count(measured.size),
            number(median(turns.iter().map(|(rate, _)| *rate).collect())),
            number(median(ratios.collect())),
            number(median(turns.iter().map(|(_, cpu)| *cpu).collect())),
            number(Some(measured.ready.as_secs_f64() * 1e3)),
            number(process::memory(measured.server.id(), "VmRSS")),
        ]);
    }
    table.text()
}

/// Builds the server of a copy of this repository with more in its schema.
///
/// Without the optimizations over all crates, which would take minutes for each; what is compared
/// are these servers among themselves.
async fn build(size: u32, more: u32, cluster: &TestCluster) -> Result<PathBuf> {
    let copy = target().join(format!("bench/views-{size}"));
    for part in PARTS {
        copy_changed(&repository().join(part), &copy.join(part))?;
    }
    let database = cluster.create_database(None).await?;
    xtask::schema::apply(database.url(), &copy.join("sql")).await?;
    database.connect().await?.batch_execute(&objects(more)).await?;
    run_codegen(&build_xtask()?, &copy, database.url(), &copy.join("generated/src"))?;
    crate::status("Building", &format!("a server of {size} views"));
    let shared = target().join("bench/build");
    let arguments = [
        "--release",
        "--config=profile.release.lto=false",
        "--config=profile.release.codegen-units=16",
        "--package=server",
        &format!("--target-dir={}", shared.display()),
    ];
    build_in(&copy, "a server", &arguments)?;
    let program = copy.join("program");
    fs::copy(shared.join("release/server"), &program).context("cannot keep a server")?;
    Ok(program)
}

fn build_xtask() -> Result<PathBuf> {
    build_in(&repository(), "codegen", &["--package", "xtask"])?;
    Ok(target().join("debug/xtask"))
}

fn run_codegen(xtask: &Path, project: &Path, url: &str, out: &Path) -> Result<()> {
    let mut command = Command::new(xtask);
    command.env("CARGO_MANIFEST_DIR", project.join("xtask"));
    command.args(["codegen", "--database-url", url, "--out"]).arg(out);
    let output = command.stdin(Stdio::null()).output().context("cannot run codegen")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "codegen failed:\n{said}");
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

/// Copies files that differ, so that cargo does not build the rest anew.
fn copy_changed(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        let new = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        if fs::read(to).ok().as_ref() != Some(&new) {
            fs::write(to, new).with_context(|| format!("cannot write {}", to.display()))?;
        }
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        copy_changed(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}
