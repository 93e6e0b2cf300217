//! Applying `sql/migrations` with refinery, within a transaction of ours.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use refinery_core::{
    Migration, Runner, SchemaVersion, parse_migration_name,
    traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction},
};
use tokio_postgres::Client;

use super::script::{self, Script, ScriptError};
use crate::connection::exists;

/// Refinery's record, beside ours.
const TABLE: &str = "xtask.migrations";

/// How migrations and transactions go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The caller has begun a transaction and will end it.
    WithinTransaction,
    /// Each migration has its own.
    OneByOne,
}

/// The migrations that exist and those that were applied.
pub(super) struct History {
    files: Vec<Migration>,
    names: BTreeMap<SchemaVersion, String>,
    applied: Vec<Migration>,
    pending: Vec<String>,
}

impl History {
    /// Reads both; changes nothing.
    pub(super) async fn read(client: &mut Client, sql_dir: &Path) -> Result<Self> {
        let (files, names) = read_files(sql_dir)?;
        let mut applied = Vec::new();
        if exists(client, TABLE).await? {
            let mut runner = Runner::new(&[]);
            runner.set_migration_table_name(TABLE);
            applied = runner
                .get_applied_migrations_async(client)
                .await
                .context("cannot read the record of applied migrations")?;
        }
        let is_new = |file: &&Migration| !applied.iter().any(|a| a.version() == file.version());
        let pending = files.iter().filter(is_new);
        let pending = pending.map(|file| names[&file.version()].clone()).collect();
        Ok(Self { files, names, applied, pending })
    }

    /// File names of the migrations that are not applied yet, in order.
    pub(super) fn pending(&self) -> &[String] {
        &self.pending
    }

    /// The file of a migration.
    fn name(&self, migration: &Migration) -> String {
        self.names.get(&migration.version()).cloned().unwrap_or_else(|| migration.to_string())
    }

    /// How many were applied.
    pub(super) fn applied(&self) -> usize {
        self.applied.len()
    }

    /// Refuses files that do not continue the history; each message says what to do.
    pub(super) fn check(&self) -> Result<()> {
        for done in &self.applied {
            let file = self.files.iter().find(|file| file.version() == done.version());
            match file {
                None => bail!(
                    "migration {} (`{}`) was applied, but its file is gone\n  \
                     help: put it back, or {START_OVER}",
                    done.version(),
                    done.name()
                ),
                Some(file) if file != done => bail!(
                    "{} was changed after it was applied\n  \
                     help: a migration runs once; undo the change and write a new migration, or \
                     {START_OVER}",
                    self.name(file)
                ),
                Some(_) => {}
            }
        }
        let newest = self.applied.iter().map(Migration::version).max();
        let late = |file: &&Migration| {
            newest > Some(file.version())
                && !self.applied.iter().any(|done| done.version() == file.version())
        };
        if let Some(file) = self.files.iter().find(late) {
            bail!(
                "{} comes before migrations that are applied already\n  \
                 help: give it a higher number, or {START_OVER}",
                self.name(file)
            );
        }
        Ok(())
    }

    /// Applies what is pending and answers with the file names.
    pub(super) async fn apply(&self, client: &mut Client, mode: Mode) -> Result<Vec<String>> {
        let mut connection =
            Connection { client, mode, applied: self.applied.clone(), failed: None };
        let mut runner = Runner::new(&self.files);
        runner.set_migration_table_name(TABLE);
        match runner.run_async(&mut connection).await {
            Ok(report) => {
                Ok(report.applied_migrations().iter().map(|done| self.name(done)).collect())
            }
            Err(error) => match connection.failed {
                Some((sql, failure)) => {
                    let file = self.files.iter().find(|file| file.sql() == Some(sql.as_str()));
                    let name = file.map_or_else(|| TABLE.to_owned(), |file| self.name(file));
                    Err(ScriptError::new(&Script { name, text: sql }, failure).into())
                }
                None => Err(error).context("cannot apply migrations"),
            },
        }
    }
}

const START_OVER: &str = "start over with `cargo xtask db reset`, which empties the database";

/// Migrations in order, and the names of their files.
fn read_files(sql_dir: &Path) -> Result<(Vec<Migration>, BTreeMap<SchemaVersion, String>)> {
    let dir = sql_dir.join("migrations");
    let (mut files, mut names) = (Vec::new(), BTreeMap::new());
    if !dir.is_dir() {
        return Ok((files, names));
    }
    for entry in fs::read_dir(&dir).context("cannot read sql/migrations")? {
        let path = entry.context("cannot read sql/migrations")?.path();
        let (Some(stem), Some("sql")) =
            (path.file_stem().and_then(|s| s.to_str()), path.extension().and_then(|e| e.to_str()))
        else {
            continue;
        };
        let name = format!("sql/migrations/{stem}.sql");
        let Ok((_, version, _)) = parse_migration_name(stem) else {
            bail!(
                "{name} has no name of a migration\n  help: name it like V001__create_orders.sql"
            );
        };
        if let Some(other) = names.insert(version, name.clone()) {
            bail!("{other} and {name} have the same number");
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        files.push(Migration::unapplied(stem, &text)?);
    }
    files.sort();
    Ok((files, names))
}

/// What refinery talks to: our client, in or out of our transaction, remembering what failed.
struct Connection<'a> {
    client: &'a mut Client,
    mode: Mode,
    applied: Vec<Migration>,
    failed: Option<(String, script::Failure)>,
}

/// Stands in for the error that [`Connection`] keeps.
#[derive(Debug)]
struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a statement failed")
    }
}

impl std::error::Error for Failed {}

impl Connection<'_> {
    async fn batch(&mut self, sql: &str) -> Result<(), Failed> {
        script::run(self.client, sql).await.map_err(|failure| {
            // A rollback that fails comes after the failure that counts.
            self.failed.get_or_insert((sql.to_owned(), failure));
            Failed
        })
    }
}

impl AsyncTransaction for Connection<'_> {
    type Error = Failed;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, Failed> {
        let own = self.mode == Mode::OneByOne;
        if own {
            self.batch("BEGIN").await?;
        }
        let mut count = 0;
        for query in queries {
            if let Err(failed) = self.batch(query).await {
                if own {
                    // The connection rolls back on its own when it is closed.
                    let _ = self.batch("ROLLBACK").await;
                }
                return Err(failed);
            }
            count += 1;
        }
        if own {
            self.batch("COMMIT").await?;
        }
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Connection<'_> {
    /// The record as it was read before, since nobody else can have written to it.
    async fn query<'a>(&'a mut self, _: &'a str) -> Result<Vec<Migration>, Failed> {
        Ok(self.applied.clone())
    }
}

impl AsyncMigrate for Connection<'_> {}
