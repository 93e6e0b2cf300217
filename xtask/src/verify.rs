//! `cargo xtask verify`: holds what the API claims about rows against the rows.

use std::{process::ExitCode, time::Instant};

use ::codegen::{Claim, Config, Promise, claims::NotNull, introspect, plan};
use anyhow::{Context, Result, anyhow, bail};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use crate::{
    connection,
    project::Project,
    report::{Report, count, took},
    target::Target,
};

/// More rows than this are not looked at for each claim: a few show what is wrong.
const MOST_ROWS: usize = 1000;

/// Runs the command: every claim in one snapshot, the rest too if one does not hold.
pub(crate) async fn run(project: &Project, report: &Report) -> Result<ExitCode> {
    let begin = Instant::now();
    let Some(target) = Target::existing(project)? else {
        bail!(
            "there are no rows to look at: the development database is not running, and \
             DATABASE_URL is not set\n  help: `cargo xtask db start`, `db migrate` and `db seed`"
        );
    };
    let mut session = target.connect().await?;
    let label = session.label.clone();
    let found = check(&mut session.client, &project.config()?).await;
    session.close().await;
    let Found { claims, contradictions } =
        found.with_context(|| format!("cannot verify {label}"))?;
    contradictions.iter().for_each(|error| report.error(error));
    let all = format!("{} about rows of {label}", count(claims, "claim"));
    let time = took(begin.elapsed());
    if contradictions.is_empty() {
        report.status("Verified", format!("{all} in {time}"));
        return Ok(ExitCode::SUCCESS);
    }
    report.failure(
        "Failed",
        format!("{} in {all} after {time}", count(contradictions.len(), "contradiction")),
    );
    Ok(ExitCode::FAILURE)
}

/// What became of the claims about a database.
#[derive(Debug)]
pub struct Found {
    /// How many there are.
    pub claims: usize,
    /// Those that do not hold, each with view, column, reason and help.
    pub contradictions: Vec<anyhow::Error>,
}

/// Holds every claim against the rows of a database, in one snapshot.
///
/// # Errors
///
/// When the schema cannot be read. A view that fails is a contradiction.
pub async fn check(client: &mut Client, config: &Config) -> Result<Found> {
    let catalog = introspect(client, config).await.context("cannot read the schema")?;
    let (plan, _) = plan(&catalog, config);
    let claims = plan.claims();
    let start = "begin isolation level repeatable read read only";
    client.batch_execute(start).await.map_err(connection::describe)?;
    let mut contradictions = Vec::new();
    for claim in &claims {
        contradictions.extend(contradicted(client, claim).await);
    }
    client.batch_execute("rollback").await.map_err(connection::describe)?;
    Ok(Found { claims: claims.len(), contradictions })
}

/// What the rows of a database say against a claim.
async fn contradicted(client: &Client, claim: &Claim) -> Vec<anyhow::Error> {
    match rows(client, claim).await {
        Ok(rows) if rows.is_empty() => Vec::new(),
        Ok(rows) => match &claim.promise {
            Promise::NotNull { leading, columns } => columns
                .iter()
                .filter_map(|column| nulls(&claim.view, *leading, column, &rows))
                .collect(),
            Promise::Key { columns, reason } => vec![repeated(&claim.view, columns, reason, &rows)],
        },
        Err(error) => vec![error.context(format!("cannot look at the rows of {}", claim.view))],
    }
}

/// The rows that contradict a claim; a statement that fails does not end the transaction.
async fn rows(client: &Client, claim: &Claim) -> Result<Vec<SimpleQueryRow>> {
    client.batch_execute("savepoint claim").await.map_err(connection::describe)?;
    let found = client.simple_query(&format!("{}\nlimit {MOST_ROWS}", claim.sql)).await;
    client.batch_execute("rollback to claim").await.map_err(connection::describe)?;
    let row = |message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    };
    Ok(found.map_err(connection::describe)?.into_iter().filter_map(row).collect())
}

/// The error for a column that is null in some of the rows.
fn nulls(
    view: &str,
    leading: usize,
    column: &NotNull,
    rows: &[SimpleQueryRow],
) -> Option<anyhow::Error> {
    let is_null = |row: &&SimpleQueryRow| matches!(row.try_get(column.column.as_str()), Ok(None));
    let mut rows = rows.iter().filter(is_null);
    let first = rows.next()?;
    let mut text = format!(
        "column `{}` of {view} is null in {}",
        column.column,
        shown(1 + rows.count(), "row")
    );
    if leading > 0 {
        text += &format!("\n  for example: {}", values(first, leading));
    }
    text += "\n  but the API says that it never is:";
    for (depth, reason) in column.reasons.iter().enumerate() {
        text += &format!("\n    {}{reason}", "  ".repeat(depth));
    }
    text += &if column.reasons.iter().any(|reason| reason.contains("`@notnull`")) {
        "\n  help: take `@notnull` out of the comment, or mend the rows".to_owned()
    } else if view.starts_with("materialized") {
        format!("\n  help: refresh {view}; it shows what was true when it was refreshed last")
    } else {
        format!(
            "\n  help: rows that a constraint refuses came in while it was bypassed \
             (`session_replication_role`, disabled triggers): mend them, or say that it may be \
             null:\n        comment on {} is '@nullable';",
            column.object
        )
    };
    Some(anyhow!(text))
}

/// The error for a key whose values are there more than once.
fn repeated(
    view: &str,
    columns: &[String],
    reason: &str,
    rows: &[SimpleQueryRow],
) -> anyhow::Error {
    let first = rows.first().map(|row| {
        let times = row.get(columns.len()).unwrap_or("2");
        format!("\n  for example: {}, {times} times", values(row, columns.len()))
    });
    anyhow!(
        "the key ({}) of {view} is there more than once, in {}{}\n  but the API says that it \
         identifies a row:\n    {reason}\n  help: declare another one by `@key` in the comment of \
         the view, or mend the rows",
        columns.join(", "),
        shown(rows.len(), "case"),
        first.unwrap_or_default(),
    )
}

/// `3 rows`, or that there are more than were looked at.
fn shown(number: usize, thing: &str) -> String {
    let more = if number >= MOST_ROWS { " or more" } else { "" };
    format!("{}{more}", count(number, thing))
}

/// The first values of a row, by name.
fn values(row: &SimpleQueryRow, many: usize) -> String {
    let value = |(index, column): (usize, &tokio_postgres::SimpleColumn)| {
        format!("{} = {}", column.name(), row.get(index).unwrap_or("null"))
    };
    row.columns().iter().take(many).enumerate().map(value).collect::<Vec<_>>().join(", ")
}
