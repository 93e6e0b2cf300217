//! `cargo xtask db`: the development database, or the one of DATABASE_URL.

use std::{
    env,
    os::unix::process::CommandExt,
    process::{self, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use local_postgres::{DevCluster, with_database};

use crate::{
    connection,
    flags::Db,
    project::Project,
    report::{Report, count, print, took},
    schema,
    target::Target,
};

/// Runs a subcommand.
pub(crate) async fn run(command: &Db, project: &Project, report: &Report) -> Result<ExitCode> {
    match command {
        Db::Start => start(project, report)?,
        Db::Stop => stop(project, report)?,
        Db::Status => status(project).await?,
        Db::Migrate => {
            let target = Target::ready(project, report)?;
            migrate(&target, project, report).await?;
        }
        Db::Seed => {
            let target = Target::ready(project, report)?;
            seed(&target, project, report).await?;
        }
        Db::Reset { yes } => {
            let target = Target::ready(project, report)?;
            reset(&target, *yes, project, report).await?;
        }
        Db::Psql { arguments } => psql(&Target::ready(project, report)?, arguments)?,
        Db::Url => match Target::existing(project)? {
            Some(target) => print(&format!("{}\n", target.url)),
            None => bail!(
                "the development database is not running, and DATABASE_URL is not set\n  \
                 help: start it with `cargo xtask db start`"
            ),
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn start(project: &Project, report: &Report) -> Result<()> {
    if env::var_os("DATABASE_URL").is_some_and(|value| !value.is_empty()) {
        report.warning("DATABASE_URL is set, so other commands will use that database");
    }
    Target::start_development(project, report)?;
    Ok(())
}

fn stop(project: &Project, report: &Report) -> Result<()> {
    let stopped = DevCluster::of(project.root())?.stop()?;
    let text = if stopped { "the development database" } else { "nothing: it was not running" };
    report.status("Stopped", text);
    Ok(())
}

async fn status(project: &Project) -> Result<()> {
    let Some(target) = Target::existing(project)? else {
        print("development database: not running\n");
        return Ok(());
    };
    let mut session = target.connect().await?;
    let version = session.client.query_one("SHOW server_version", &[]).await;
    let version: String = version.map_err(connection::describe)?.get(0);
    let pending = schema::pending(&mut session.client, &project.sql()).await?;
    let origin = if target.owned { "development database" } else { "DATABASE_URL" };
    let mut text = format!("{origin}: {} (PostgreSQL {version})\n", session.label);
    text +=
        &format!("migrations: {} applied, {} pending\n", pending.applied, pending.migrations.len());
    for file in &pending.migrations {
        text += &format!("  {file}\n");
    }
    let declared = if pending.declared { "differ from the files" } else { "up to date" };
    text += &format!("views and functions: {declared}\n");
    text += &format!("sample data: {}\n", if pending.seeded { "added" } else { "not added" });
    print(&text);
    Ok(())
}

/// Brings the schema of a database up to date.
pub(crate) async fn migrate(target: &Target, project: &Project, report: &Report) -> Result<()> {
    let begin = Instant::now();
    let mut session = target.connect().await?;
    let outcome = schema::migrate(&mut session.client, &project.sql()).await?;
    for file in &outcome.applied {
        report.status("Applied", file);
    }
    match outcome.replaced {
        Some(replaced) => {
            let views = count(replaced.views, "view");
            let functions = count(replaced.functions, "function");
            let time = took(begin.elapsed());
            report.status("Migrated", format!("{}: {views}, {functions} in {time}", session.label));
        }
        None => report.status("Fresh", format!("{} is up to date", session.label)),
    }
    session.close().await;
    Ok(())
}

/// Adds the sample data.
pub(crate) async fn seed(target: &Target, project: &Project, report: &Report) -> Result<()> {
    let begin = Instant::now();
    let mut session = target.connect().await?;
    if schema::seed(&mut session.client, &project.sql()).await? {
        let time = took(begin.elapsed());
        report.status("Seeded", format!("{} with sql/sample_data.sql in {time}", session.label));
    } else {
        report.status("Fresh", "the sample data is there; `cargo xtask db reset` starts over");
    }
    session.close().await;
    Ok(())
}

async fn reset(target: &Target, yes: bool, project: &Project, report: &Report) -> Result<()> {
    let schemas = project.config()?.schemas;
    if target.owned {
        recreate(target).await?;
    } else if yes {
        let session = target.connect().await?;
        schema::clear(&session.client, &schemas).await?;
        session.close().await;
    } else {
        let config = local_postgres::parse_url(&target.url, "DATABASE_URL")?;
        bail!(
            "this would delete everything in {} of {}, the database of DATABASE_URL\n  \
             help: add --yes if that is what you want",
            schemas.iter().map(|name| format!("schema `{name}`")).collect::<Vec<_>>().join(", "),
            connection::label(&config)
        );
    }
    report.status("Emptied", "the database");
    migrate(target, project, report).await?;
    seed(target, project, report).await
}

/// Drops our own database and makes it anew, which also removes what is in other schemas.
async fn recreate(target: &Target) -> Result<()> {
    let config = local_postgres::parse_url(&target.url, "its address")?;
    let name = config.get_dbname().context("the address names no database")?;
    let session = connection::open(&with_database(&target.url, "postgres")).await?;
    let quoted = connection::quote(name);
    for sql in [
        format!("DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"),
        format!("CREATE DATABASE {quoted}"),
    ] {
        session.client.batch_execute(&sql).await.map_err(connection::describe)?;
    }
    session.close().await;
    Ok(())
}

/// Becomes psql. The password travels in the environment, which other users cannot read.
fn psql(target: &Target, arguments: &[String]) -> Result<()> {
    let config = local_postgres::parse_url(&target.url, "the database URL")?;
    let mut command = process::Command::new("psql");
    if let Some(password) = config.get_password() {
        command.env("PGPASSWORD", String::from_utf8_lossy(password).as_ref());
    }
    command.arg(without_password(&target.url)).args(arguments);
    let error = command.exec();
    if error.kind() == std::io::ErrorKind::NotFound {
        bail!(
            "psql is not installed\n  \
             help: install it (Debian, Ubuntu: postgresql-client), or use any other client with \
             the address that `cargo xtask db url` prints"
        );
    }
    Err(error).context("cannot run psql")
}

/// The address with the user, but without the password.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let Some((credentials, host)) = authority.rsplit_once('@') else { return url.to_owned() };
    let user = credentials.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_taken_out_of_an_address() {
        let cases = [
            ("postgres://u:p@h:1/d?x=y", "postgres://u@h:1/d?x=y"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://h/d", "postgres://h/d"),
        ];
        for (url, expected) in cases {
            assert_eq!(without_password(url), expected);
        }
    }
}
