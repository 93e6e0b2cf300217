//! Bringing a database to the state that `sql/` describes.
//!
//! - `sql/migrations` holds what happens once, in order, and is recorded by refinery.
//! - `sql/views` and `sql/functions` hold what should exist; they are replaced as a whole.
//! - `sql/sample_data.sql` fills a database for development.
//!
//! Everything happens in one transaction: drop the views and functions of the time before, run
//! the new migrations, create the views and functions. A migration may therefore change a column
//! that a view reads, and a mistake anywhere leaves the database as it was.
//!
//! What we need to remember is in the schema `xtask` of the same database.

mod declared;
mod migrations;
mod script;
mod statements;

use std::path::Path;

use anyhow::{Context, Result, bail};
use tokio_postgres::{Client, error::SqlState};

use crate::connection::{self, describe};
pub(crate) use declared::Replaced;
pub(crate) use script::{Script, ScriptError};

/// Where we keep our records.
const RECORDS: &str = "
    CREATE SCHEMA IF NOT EXISTS xtask;
    CREATE TABLE IF NOT EXISTS xtask.declared (
        kind text NOT NULL,
        identity text NOT NULL,
        PRIMARY KEY (kind, identity)
    );
    CREATE TABLE IF NOT EXISTS xtask.state (key text PRIMARY KEY, value text NOT NULL);
    COMMENT ON SCHEMA xtask IS 'Records of `cargo xtask db`: applied migrations, created objects.';
";

/// Keeps a second `migrate` of the same database waiting; the number means nothing.
const LOCK: &str = "SELECT pg_advisory_lock(7305114909)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7305114909)";

/// What a migration run did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// File names of the migrations that were applied.
    pub(crate) applied: Vec<String>,
    /// What happened to views and functions; `None` if they were up to date.
    pub(crate) replaced: Option<Replaced>,
}

/// What a migration run would do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Number of migrations applied so far.
    pub(crate) applied: usize,
    /// Migrations that are not applied.
    pub(crate) migrations: Vec<String>,
    /// Whether views and functions differ from the files.
    pub(crate) declared: bool,
    /// Whether sample data was added.
    pub(crate) seeded: bool,
}

/// Applies `sql_dir` to the database at `url`: migrations, views and functions.
///
/// For tests that want a template like the one `cargo xtask test` makes.
pub async fn apply(url: &str, sql_dir: &Path) -> Result<()> {
    let mut session = connection::open(url).await?;
    migrate(&mut session.client, sql_dir).await?;
    session.close().await;
    Ok(())
}

/// Like [`apply`], and adds the sample data.
pub async fn apply_with_sample_data(url: &str, sql_dir: &Path) -> Result<()> {
    let mut session = connection::open(url).await?;
    migrate(&mut session.client, sql_dir).await?;
    seed(&mut session.client, sql_dir).await?;
    session.close().await;
    Ok(())
}

/// Brings the schema up to date; nothing changes if any file fails.
pub(crate) async fn migrate(client: &mut Client, sql_dir: &Path) -> Result<Outcome> {
    client.batch_execute(LOCK).await.map_err(describe).context("cannot lock the database")?;
    let outcome = migrate_locked(client, sql_dir).await;
    // The lock ends with the session in any case.
    let _ = client.batch_execute(UNLOCK).await;
    outcome
}

async fn migrate_locked(client: &mut Client, sql_dir: &Path) -> Result<Outcome> {
    let files = declared::Files::read(sql_dir)?;
    let history = migrations::History::read(client, sql_dir).await?;
    history.check()?;
    let up_to_date = declared::is_current(client, &files).await?;
    if history.pending().is_empty() && up_to_date {
        return Ok(Outcome::default());
    }
    match together(client, &files, &history).await {
        // A new label of an enum cannot be used in the transaction that adds it. Then the
        // migrations go first, each in its own transaction.
        Err(error) if is_unsafe_enum(&error) => one_after_another(client, &files, &history).await,
        other => other,
    }
}

async fn together(
    client: &mut Client,
    files: &declared::Files,
    history: &migrations::History,
) -> Result<Outcome> {
    begin(client).await?;
    let work = async {
        let client = &mut *client;
        client.batch_execute(RECORDS).await.map_err(describe)?;
        let dropped = declared::drop_recorded(client).await?;
        let applied = history.apply(client, migrations::Mode::WithinTransaction).await?;
        let replaced = declared::create(client, files, dropped).await?;
        anyhow::Ok(Outcome { applied, replaced: Some(replaced) })
    };
    let result = work.await;
    finish(client, result).await
}

async fn one_after_another(
    client: &mut Client,
    files: &declared::Files,
    history: &migrations::History,
) -> Result<Outcome> {
    client.batch_execute(RECORDS).await.map_err(describe)?;
    let applied = history.apply(client, migrations::Mode::OneByOne).await?;
    begin(client).await?;
    let work = async {
        let dropped = declared::drop_recorded(client).await?;
        declared::create(client, files, dropped).await
    };
    let result = work.await;
    let replaced = finish(client, result).await?;
    Ok(Outcome { applied, replaced: Some(replaced) })
}

fn is_unsafe_enum(error: &anyhow::Error) -> bool {
    let code = error.downcast_ref::<ScriptError>().and_then(ScriptError::code);
    code == Some(&SqlState::UNSAFE_NEW_ENUM_VALUE_USAGE)
}

/// Adds the sample data, unless it is there; answers whether it was added.
pub(crate) async fn seed(client: &mut Client, sql_dir: &Path) -> Result<bool> {
    if !migrations::History::read(client, sql_dir).await?.pending().is_empty() {
        bail!("migrations are not applied yet\n  help: run `cargo xtask db migrate` first");
    }
    client.batch_execute(RECORDS).await.map_err(describe)?;
    let known = "SELECT 1 FROM xtask.state WHERE key = 'seeded'";
    if client.query_opt(known, &[]).await.map_err(describe)?.is_some() {
        return Ok(false);
    }
    let script = Script::read(sql_dir, "sample_data.sql")?;
    begin(client).await?;
    let work = async {
        // What failed is rolled back, but for the numbers that were taken from sequences.
        script.run(client).await.context(
            "sql/sample_data.sql cannot be added; if it relies on generated ids, empty the \
             database with `cargo xtask db reset` before the next attempt",
        )?;
        let record = "INSERT INTO xtask.state VALUES ('seeded', now()::text)";
        client.batch_execute(record).await.map_err(describe)?;
        anyhow::Ok(())
    };
    let result = work.await;
    finish(client, result).await?;
    Ok(true)
}

/// What [`migrate`] would do; changes nothing.
pub(crate) async fn pending(client: &mut Client, sql_dir: &Path) -> Result<Pending> {
    let history = migrations::History::read(client, sql_dir).await?;
    let files = declared::Files::read(sql_dir)?;
    let declared = !declared::is_current(client, &files).await?;
    let seeded = connection::exists(client, "xtask.state").await? && {
        let sql = "SELECT 1 FROM xtask.state WHERE key = 'seeded'";
        client.query_opt(sql, &[]).await.map_err(describe)?.is_some()
    };
    let migrations = history.pending().to_vec();
    Ok(Pending { applied: history.applied(), migrations, declared, seeded })
}

/// Leaves of some schemas what a new database has, and forgets what we recorded.
pub(crate) async fn clear(client: &Client, schemas: &[String]) -> Result<()> {
    let mut sql = String::from("BEGIN; DROP SCHEMA IF EXISTS xtask CASCADE;\n");
    for schema in schemas {
        sql += &format!("DROP SCHEMA IF EXISTS {} CASCADE;\n", connection::quote(schema));
        if schema == "public" {
            sql += "CREATE SCHEMA public;\nGRANT USAGE ON SCHEMA public TO PUBLIC;\n";
        }
    }
    sql += "COMMIT;";
    client.batch_execute(&sql).await.map_err(describe).context("cannot empty the database")
}

async fn begin(client: &Client) -> Result<()> {
    client.batch_execute("BEGIN").await.map_err(describe).context("cannot begin a transaction")
}

/// Commits what succeeded, rolls back what did not.
async fn finish<T>(client: &Client, result: Result<T>) -> Result<T> {
    match result {
        Ok(value) => {
            client.batch_execute("COMMIT").await.map_err(describe).context("cannot commit")?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to report; a broken connection rolls back as well.
            let _ = client.batch_execute("ROLLBACK").await;
            Err(error)
        }
    }
}
