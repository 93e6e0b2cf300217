//! Views and functions: what the files say is what exists.
//!
//! The files are not compared with the database. What the last run created was recorded; it is
//! dropped, dependents first, and the files run again. Nothing is ever dropped with CASCADE: if a
//! table's default or a trigger uses one of the functions, PostgreSQL's refusal names both.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, error::SqlState};

use super::script::{Script, ScriptError};
use crate::connection::{describe, exists};

const OBJECTS: &str = include_str!("objects.sql");
const DEPENDENCIES: &str = include_str!("dependencies.sql");

/// Folders in the order in which they run: functions may return rows of views.
const FOLDERS: [&str; 2] = ["views", "functions"];

/// The files that declare views and functions, and a fingerprint of them.
pub(super) struct Files {
    scripts: Vec<Script>,
    fingerprint: String,
}

impl Files {
    /// Reads them in the order in which they run.
    pub(super) fn read(sql_dir: &Path) -> Result<Self> {
        let mut scripts = Vec::new();
        for folder in FOLDERS {
            for name in sql_files(&sql_dir.join(folder))? {
                scripts.push(Script::read(sql_dir, &format!("{folder}/{name}"))?);
            }
        }
        let mut hash = Sha256::new();
        for script in &scripts {
            for part in [&script.name, &script.text] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        let fingerprint = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { scripts, fingerprint })
    }
}

/// Names of the SQL files of a folder, sorted; none if there is no such folder.
fn sql_files(dir: &Path) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", dir.display()))?;
        // Editors leave hidden files while a file is being edited.
        match entry.file_name().into_string() {
            Ok(name) if name.ends_with(".sql") && !name.starts_with('.') => names.push(name),
            _ => {}
        }
    }
    names.sort();
    Ok(names)
}

/// How many objects were created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// Views and materialized views.
    pub(crate) views: usize,
    /// Functions and procedures.
    pub(crate) functions: usize,
}

/// Something that a file created.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Object {
    kind: String,
    identity: String,
    key: (u32, u32),
}

impl Object {
    /// The statement that removes it, unless something else needs it.
    fn drop_statement(&self) -> String {
        let what = match self.kind.as_str() {
            "view" => "VIEW",
            "materialized view" => "MATERIALIZED VIEW",
            "type" => "TYPE",
            _ => "ROUTINE",
        };
        format!("DROP {what} {} RESTRICT", self.identity)
    }
}

/// Whether the database holds what the files say: same fingerprint, and nothing was dropped.
pub(super) async fn is_current(client: &Client, files: &Files) -> Result<bool> {
    if !exists(client, "xtask.state").await? {
        return Ok(files.scripts.is_empty());
    }
    let sql = "SELECT 1 FROM xtask.state WHERE key = 'declared' AND value = $1";
    if client.query_opt(sql, &[&files.fingerprint]).await.map_err(describe)?.is_none() {
        return Ok(false);
    }
    let recorded = client.query_one("SELECT count(*) FROM xtask.declared", &[]).await;
    let recorded: i64 = recorded.map_err(describe)?.get(0);
    Ok(usize::try_from(recorded).ok() == Some(recorded_objects(client).await?.len()))
}

async fn all_objects(client: &Client) -> Result<Vec<Object>> {
    let rows = client.query(OBJECTS, &[]).await.map_err(describe)?;
    let object = |row: &tokio_postgres::Row| Object {
        kind: row.get(0),
        identity: row.get(1),
        key: (row.get(2), row.get(3)),
    };
    Ok(rows.iter().map(object).collect())
}

/// What the last run created and still exists.
async fn recorded_objects(client: &Client) -> Result<Vec<Object>> {
    let rows = client.query("SELECT kind, identity FROM xtask.declared", &[]).await;
    let recorded: BTreeSet<(String, String)> =
        rows.map_err(describe)?.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut objects = all_objects(client).await?;
    objects.retain(|object| recorded.contains(&(object.kind.clone(), object.identity.clone())));
    Ok(objects)
}

/// Drops what the last run created; answers with the number of objects.
pub(super) async fn drop_recorded(client: &Client) -> Result<usize> {
    let objects = recorded_objects(client).await?;
    let (classes, ids): (Vec<u32>, Vec<u32>) = objects.iter().map(|object| object.key).unzip();
    let rows = client.query(DEPENDENCIES, &[&classes, &ids]).await.map_err(describe)?;
    let position = |value: i64| usize::try_from(value - 1).unwrap_or_default();
    let needs: BTreeSet<(usize, usize)> =
        rows.iter().map(|row| (position(row.get(0)), position(row.get(1)))).collect();
    for index in dependents_first(objects.len(), needs) {
        drop_one(client, &objects[index]).await?;
    }
    client.batch_execute("DELETE FROM xtask.declared").await.map_err(describe)?;
    Ok(objects.len())
}

async fn drop_one(client: &Client, object: &Object) -> Result<()> {
    let Err(error) = client.batch_execute(&object.drop_statement()).await else { return Ok(()) };
    let needed = error.code() == Some(&SqlState::DEPENDENT_OBJECTS_STILL_EXIST);
    let Some(detail) = error.as_db_error().and_then(|db| db.detail()).filter(|_| needed) else {
        let action = format!("cannot replace {} {}", object.kind, object.identity);
        return Err(describe(error).context(action));
    };
    bail!(
        "cannot replace {} {}, because something that is not in sql/views or sql/functions uses \
         it\n  detail: {}\n  help: functions that tables use belong in sql/migrations",
        object.kind,
        object.identity,
        detail.replace('\n', "\n    ")
    )
}

/// An order of `count` objects in which none comes before an object that needs it.
fn dependents_first(count: usize, mut needs: BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(&first) = left.first() {
        let free = |index: &&usize| !needs.iter().any(|(_, needed)| needed == *index);
        // There is always a free one: PostgreSQL has no circular dependencies. If it had, the
        // DROP would say so.
        let next = left.iter().find(free).copied().unwrap_or(first);
        left.remove(&next);
        needs.retain(|(dependent, _)| *dependent != next);
        order.push(next);
    }
    order
}

/// Runs the files and records what they created.
pub(super) async fn create(client: &Client, files: &Files, dropped: usize) -> Result<Replaced> {
    let before: BTreeSet<(u32, u32)> =
        all_objects(client).await?.iter().map(|object| object.key).collect();
    if let Err(error) = run_in_any_order(client, &files.scripts).await? {
        let hint = duplicate_hint(error.code(), dropped);
        return Err(match hint {
            Some(hint) => anyhow::Error::new(error).context(hint),
            None => error.into(),
        });
    }
    let mut created = all_objects(client).await?;
    created.retain(|object| !before.contains(&object.key));
    if let Some(table) = created.iter().find(|object| object.kind == "table") {
        bail!(
            "a file in sql/views or sql/functions creates the table {}\n  \
             help: tables hold data, so they belong in sql/migrations",
            table.identity
        );
    }
    record(client, &created, &files.fingerprint).await?;
    let count = |end: &str| created.iter().filter(|object| object.kind.ends_with(end)).count();
    Ok(Replaced { views: count("view"), functions: count("routine") })
}

/// Runs the files by name, except that one which needs what a later one creates waits for it.
async fn run_in_any_order(client: &Client, scripts: &[Script]) -> Result<Result<(), ScriptError>> {
    let mut left: Vec<&Script> = scripts.iter().collect();
    while !left.is_empty() {
        let mut waiting = Vec::new();
        for script in &left {
            client.batch_execute("SAVEPOINT file").await.map_err(describe)?;
            match script.run(client).await {
                Ok(()) => {}
                Err(error) if is_missing(&error) => {
                    client.batch_execute("ROLLBACK TO file").await.map_err(describe)?;
                    waiting.push((*script, error));
                }
                Err(error) => return Ok(Err(error)),
            }
            client.batch_execute("RELEASE file").await.map_err(describe)?;
        }
        if waiting.len() == left.len() {
            let cause = root_cause(&waiting);
            return Ok(Err(waiting.swap_remove(cause).1));
        }
        left = waiting.into_iter().map(|(script, _)| script).collect();
    }
    Ok(Ok(()))
}

/// Whether something that is referred to does not exist, or not yet.
fn is_missing(error: &ScriptError) -> bool {
    let missing =
        [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_FUNCTION, SqlState::UNDEFINED_OBJECT];
    missing.iter().any(|code| Some(code) == error.code())
}

/// The failure to report: one that does not come from another file failing, if names tell.
fn root_cause(failures: &[(&Script, ScriptError)]) -> usize {
    let comes_from_another = |(script, error): &(&Script, ScriptError)| {
        let words = || error.message().split(|c: char| !c.is_alphanumeric() && c != '_');
        let mut others = failures.iter().map(|(other, _)| other.stem());
        others.any(|other| other != script.stem() && words().any(|word| word == other))
    };
    failures.iter().position(|failure| !comes_from_another(failure)).unwrap_or_default()
}

/// What to do about an object that exists already, though we did not create it.
fn duplicate_hint(code: Option<&SqlState>, dropped: usize) -> Option<String> {
    let duplicate = [SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_FUNCTION];
    (duplicate.iter().any(|known| Some(known) == code) && dropped == 0).then(|| {
        "views or functions of the same names are in the database, but `cargo xtask db migrate` \
         did not create them; drop them once, or use an empty database"
            .to_owned()
    })
}

async fn record(client: &Client, created: &[Object], fingerprint: &str) -> Result<()> {
    let kinds: Vec<&str> = created.iter().map(|object| object.kind.as_str()).collect();
    let identities: Vec<&str> = created.iter().map(|object| object.identity.as_str()).collect();
    let objects = "INSERT INTO xtask.declared (kind, identity)
                   SELECT * FROM unnest($1::text[], $2::text[])";
    client.execute(objects, &[&kinds, &identities]).await.map_err(describe)?;
    let state = "INSERT INTO xtask.state VALUES ('declared', $1)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    client.execute(state, &[&fingerprint]).await.map_err(describe)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependents_come_before_what_they_need() {
        let needs = BTreeSet::from([(0, 1), (1, 2), (3, 1)]);
        assert_eq!(dependents_first(4, needs), [0, 3, 1, 2]);
    }

    #[test]
    fn circle_is_left_to_the_server() {
        assert_eq!(dependents_first(2, BTreeSet::from([(0, 1), (1, 0)])).len(), 2);
    }
}
