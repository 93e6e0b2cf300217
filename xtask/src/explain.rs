//! `cargo xtask explain`: what the API sends to the database, how that is planned, and which indexes
//! it lacks.
//!
//! The statements are those of the runtime itself: `server/examples/statements.rs` plans documents
//! as the server does and prints what it would send (`source`). PostgreSQL plans them here, in a
//! transaction that cannot write and runs none of them (`planner`). [`check`] looks in these plans
//! for scans of whole tables that find rows by a key (`scan`, `condition`).

mod condition;
mod planner;
mod scan;
mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
    time::Instant,
};

use anyhow::Result;
use tokio_postgres::Client;

use crate::{
    connection,
    flags::Explain,
    project::Project,
    report::{Report, count, print, took},
    source::Source,
};
use planner::Planner;
use scan::Scan;
pub use source::{Explained, Statement};

/// Runs the command.
pub(crate) async fn run(command: &Explain, project: &Project, report: &Report) -> Result<ExitCode> {
    let begin = Instant::now();
    let question = source::question(command)?;
    let url = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty());
    let database = Source::choose(url.as_deref(), project, report).await?;
    let explained = source::ask(&question, &database.url(), project)?;
    let session = connection::open(&database.url()).await?;
    let statements = explained.iter().map(|explained| explained.statements.len()).sum();
    let statements = count(statements, "statement");
    let code = if command.check {
        let found = check(&session.client, &explained).await?;
        conclude(&found, &statements, begin, report)
    } else {
        show(&session.client, &explained).await?;
        report.status("Explained", format!("{statements} in {}", took(begin.elapsed())));
        ExitCode::SUCCESS
    };
    session.close().await;
    Ok(code)
}

/// Prints every statement with its plan, which is a comment, under its document.
async fn show(client: &Client, explained: &[Explained]) -> Result<()> {
    let planner = Planner::begin(client).await?;
    for Explained { document, statements } in explained {
        print(&format!("{}\n", comment(document.trim())));
        for statement in statements {
            let plan = planner.text(statement).await?;
            print(&format!(
                "\n-- {}: {}\n{};\n{}\n",
                statement.field,
                statement.purpose,
                statement.sql,
                comment(plan.trim_end())
            ));
        }
        print("\n");
    }
    planner.end().await
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("-- {line}")).collect::<Vec<_>>().join("\n")
}

/// What was found about the lookups of statements.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// SQL that makes a missing index, with the fields that need it.
    pub missing: BTreeMap<String, BTreeSet<String>>,
    /// Fields whose keys are compared where no index of a table can help, with the condition.
    pub computed: BTreeMap<String, BTreeSet<String>>,
}

/// Looks for lookups that scan a whole table, on the plans that PostgreSQL makes if it avoids that
/// wherever it can.
///
/// # Errors
///
/// When a statement cannot be planned.
pub async fn check(client: &Client, explained: &[Explained]) -> Result<Found> {
    let planner = Planner::begin(client).await?;
    planner.prefer_indexes().await?;
    let (mut found, mut missing) = (Found::default(), BTreeMap::new());
    for statement in explained.iter().flat_map(|explained| &explained.statements) {
        let plan = planner.json(statement).await?;
        for scan in scan::whole(client, &plan, &statement.keys).await? {
            let fields: &mut BTreeSet<String> = match scan {
                Scan::Unindexed(table, columns) => missing.entry((table, columns)).or_default(),
                Scan::Computed(condition) => found.computed.entry(condition).or_default(),
            };
            fields.insert(statement.field.clone());
        }
    }
    planner.end().await?;
    found.missing = narrowest(missing);
    Ok(found)
}

/// The SQL of indexes without those that look up by more columns than another one: that one serves
/// their fields too.
fn narrowest(
    missing: BTreeMap<(String, Vec<String>), BTreeSet<String>>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut indexes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for ((table, columns), fields) in &missing {
        let serves = |(other, fewer): &&(String, Vec<String>)| {
            other == table && fewer.iter().all(|column| columns.contains(column))
        };
        let columns = missing.keys().filter(serves).map(|(_, fewer)| fewer);
        let Some(columns) = columns.min_by_key(|fewer| fewer.len()) else { continue };
        let sql = format!("create index on {table} ({});", columns.join(", "));
        indexes.entry(sql).or_default().extend(fields.iter().cloned());
    }
    indexes
}

/// Tells what was found; the indexes that are missing are data.
fn conclude(found: &Found, statements: &str, begin: Instant, report: &Report) -> ExitCode {
    for (condition, fields) in &found.computed {
        let fields = joined(fields, "`, `");
        report.detail("Passing", format!("`{fields}`: no index of a table serves {condition}"));
    }
    for (sql, fields) in &found.missing {
        print(&format!("{sql} -- {}\n", joined(fields, ", ")));
    }
    let time = took(begin.elapsed());
    if found.missing.is_empty() {
        report.status("Checked", format!("{statements}: no index is missing, in {time}"));
        return ExitCode::SUCCESS;
    }
    let missing = found.missing.len();
    let missing = if missing == 1 { "1 index".to_owned() } else { format!("{missing} indexes") };
    report.failure(
        "Failed",
        format!("{statements} lack {missing} in {time}; put what is printed into a migration"),
    );
    ExitCode::FAILURE
}

fn joined(fields: &BTreeSet<String>, separator: &str) -> String {
    fields.iter().map(String::as_str).collect::<Vec<_>>().join(separator)
}
