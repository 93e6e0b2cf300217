//! The command line from the outside: exit codes, status lines and data, in a small repository of
//! its own.

#![allow(clippy::unwrap_used, reason = "a failed step of a test has nothing better to do")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use local_postgres::{DevCluster, TestCluster};

/// A repository with nothing but `sql/`.
struct Repository(PathBuf);

impl Repository {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("xtask-cli-{}-{number}", std::process::id()));
        for folder in ["xtask", "sql/migrations", "sql/views"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let repository = Self(root);
        repository.write("sql/migrations/V001__t.sql", "CREATE TABLE t (id int PRIMARY KEY);");
        repository.write("sql/views/v_t.sql", "CREATE VIEW v_t AS SELECT id FROM t;");
        repository.write("sql/sample_data.sql", "INSERT INTO t VALUES (1), (2);");
        repository
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments.split_whitespace());
        command.env("CARGO_MANIFEST_DIR", self.0.join("xtask"));
        command.env_remove("DATABASE_URL").env_remove("CLICOLOR_FORCE");
        command
    }

    fn run(&self, arguments: &str) -> Said {
        Said::from(self.command(arguments).output().unwrap())
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = DevCluster::of(&self.0).and_then(|cluster| cluster.stop());
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a command answered.
#[derive(Debug)]
struct Said {
    code: i32,
    data: String,
    status: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            data: String::from_utf8(output.stdout).unwrap(),
            status: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[test]
fn wrong_command_line_exits_with_2() {
    let repository = Repository::new();
    for arguments in [
        "nonsense",
        "db",
        "codegen --nonsense",
        "test --pg 9",
        "db reset --maybe",
        "explain t --document t.graphql",
        "explain --variables {}",
    ] {
        let said = repository.run(arguments);
        assert_eq!(said.code, 2, "{arguments}: {said:?}");
        assert!(said.data.is_empty() && said.status.contains("--help"), "{said:?}");
    }
}

#[test]
fn help_names_every_command() {
    let said = Repository::new().run("--help");
    assert_eq!(said.code, 0);
    for command in ["dev", "codegen", "db", "explain", "test", "ci"] {
        assert!(said.data.contains(&format!("\n  {command} ")), "{command} in {}", said.data);
    }
}

#[test]
fn development_database_from_start_to_stop() {
    let repository = Repository::new();
    let said = repository.run("db url");
    assert_eq!((said.code, said.data.as_str()), (1, ""));
    assert!(said.status.contains("help: start it with `cargo xtask db start`"), "{said:?}");

    let said = repository.run("db start");
    assert_eq!((said.code, said.data.as_str()), (0, ""), "{said:?}");
    assert!(said.status.starts_with("     Started PostgreSQL "), "{said:?}");
    assert!(said.status.contains("(files in target/devpg/"), "{said:?}");
    assert!(repository.run("db start").status.starts_with("     Running PostgreSQL "));
    assert!(repository.run("db url").data.starts_with("postgres://postgres:"));

    let said = repository.run("db seed");
    assert_eq!(said.code, 1);
    assert!(said.status.contains("run `cargo xtask db migrate` first"), "{said:?}");

    let said = repository.run("db migrate");
    assert_eq!((said.code, said.data.as_str()), (0, ""), "{said:?}");
    let mut lines = said.status.lines();
    assert_eq!(lines.next(), Some("     Applied sql/migrations/V001__t.sql"));
    assert!(lines.next().unwrap().starts_with("    Migrated `dev` on 127.0.0.1:"));
    assert!(repository.run("db migrate").status.starts_with("       Fresh `dev`"));
    assert_eq!(repository.run("db migrate --quiet").status, "");

    assert!(repository.run("db seed").status.starts_with("      Seeded `dev`"));
    assert!(repository.run("db seed").status.starts_with("       Fresh the sample data"));
    assert_eq!(repository.run("db reset").code, 0);
    let said = repository.run("db status");
    let expected = "migrations: 1 applied, 0 pending\nviews and functions: up to date\n\
                    sample data: added\n";
    assert!(said.data.ends_with(expected), "{said:?}");

    assert_eq!(repository.run("db stop").status, "     Stopped the development database\n");
    assert_eq!(repository.run("db stop").code, 0);
    assert_eq!(repository.run("db status").data, "development database: not running\n");
}

#[tokio::test]
async fn named_database_is_not_emptied_by_accident() {
    let repository = Repository::new();
    let cluster = TestCluster::private(None).unwrap();
    let database = cluster.create_database(None).await.unwrap();
    let run = |arguments: &str| {
        let mut command = repository.command(arguments);
        Said::from(command.env("DATABASE_URL", database.url()).output().unwrap())
    };
    repository.write("sql/codegen.toml", "schemas = [\"public\", \"depot\"]");
    repository.write("sql/migrations/V002__depot.sql", "CREATE SCHEMA depot;");
    assert_eq!(run("db migrate").code, 0);
    let said = run("db reset");
    assert_eq!(said.code, 1);
    let named = "schema `depot`, schema `public` of `quarry_test_";
    assert!(said.status.contains(named), "{said:?}");
    assert!(said.status.contains("help: add --yes"), "{said:?}");
    let client = database.connect().await.unwrap();
    client.batch_execute("INSERT INTO t VALUES (7)").await.unwrap();
    assert_eq!(run("db reset --yes").code, 0);
    let rows = client.query("SELECT id FROM v_t ORDER BY 1", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [1, 2]);
}

#[test]
fn unreachable_database_is_named_without_its_password() {
    let repository = Repository::new();
    let mut command = repository.command("db migrate");
    command.env("DATABASE_URL", "postgres://someone:secret@127.0.0.1:1/shop");
    let said = Said::from(command.output().unwrap());
    assert_eq!(said.code, 1);
    assert!(said.status.starts_with("error: DATABASE_URL points to a database"), "{said:?}");
    assert!(said.status.contains("cannot connect to `shop` on 127.0.0.1:1"), "{said:?}");
    assert!(!said.status.contains("secret"), "{said:?}");
    command.env("DATABASE_URL", "postgres://someone:secret@127.0.0.1:port/shop");
    let said = Said::from(command.output().unwrap());
    assert!(said.code == 1 && !said.status.contains("secret"), "{said:?}");
}

#[test]
fn missing_psql_is_explained() {
    let repository = Repository::new();
    let mut command = repository.command("db psql");
    command.env("DATABASE_URL", "postgres://someone@localhost/shop").env("PATH", "/nowhere");
    let said = Said::from(command.output().unwrap());
    assert_eq!(said.code, 1);
    assert!(said.status.starts_with("error: psql is not installed"), "{said:?}");
}

#[test]
fn colours_are_for_terminals_or_on_request() {
    let repository = Repository::new();
    assert!(!repository.run("db stop").status.contains('\x1b'));
    assert!(repository.run("db stop --color always").status.contains("\x1b[1;32m     Stopped"));
}

#[test]
fn generated_files_from_missing_to_fresh() {
    let repository = Repository::new();
    let comment = "COMMENT ON VIEW v_t IS '@key id';";
    let view = "CREATE VIEW v_t AS SELECT id FROM t;";
    repository.write("sql/views/v_t.sql", &format!("{view} {comment}"));
    let said = repository.run("codegen --check");
    assert_eq!((said.code, said.data.as_str()), (4, ""), "{said:?}");
    assert!(
        said.status.contains("\n     Missing generated/src/lib.rs\n--- /dev/null\n"),
        "{said:?}"
    );
    assert!(said.status.contains("out of date: run `cargo xtask codegen`"), "{said:?}");
    assert!(!repository.0.join("generated").exists());

    let said = repository.run("codegen");
    assert_eq!((said.code, said.data.as_str()), (0, ""), "{said:?}");
    assert!(said.status.contains("Introspected sql/ on a throw-away server (PostgreSQL "));
    let said = repository.run("codegen --check");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.status.contains("       Fresh "), "{said:?}");

    repository.write("sql/views/v_t.sql", "CREATE VIEW v_u AS SELECT id FROM t;");
    let said = repository.run("codegen --check --quiet");
    assert_eq!(said.code, 4, "{said:?}");
    for line in ["Missing generated/src/views/u.rs", "Orphaned generated/src/views/t.rs"] {
        assert!(said.status.contains(line), "{line} in {said:?}");
    }
    assert!(repository.0.join("generated/src/views/t.rs").exists());
    let said = repository.run("codegen");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.status.contains(" written, 1 removed in "), "{said:?}");
    assert!(!repository.0.join("generated/src/views/t.rs").exists());
}

#[test]
fn generation_follows_sql_even_if_the_development_database_does_not() {
    let repository = Repository::new();
    assert_eq!(repository.run("db migrate").code, 0);
    let said = repository.run("codegen");
    assert!(said.status.contains("Introspected `dev` on 127.0.0.1:"), "{said:?}");
    repository.write("sql/views/v_u.sql", "CREATE VIEW v_u AS SELECT id FROM t;");
    let said = repository.run("codegen");
    assert!(said.status.contains("Introspected sql/ on a throw-away server"), "{said:?}");
    assert!(repository.0.join("generated/src/views/u.rs").exists());
}

#[test]
fn schema_that_cannot_be_an_api_writes_nothing() {
    let repository = Repository::new();
    let view = "CREATE VIEW v_t AS SELECT id FROM t; COMMENT ON VIEW v_t IS '@nonsense';";
    repository.write("sql/views/v_t.sql", view);
    for command in ["codegen", "codegen --check"] {
        let said = repository.run(command);
        assert_eq!((said.code, said.data.as_str()), (1, ""), "{said:?}");
        assert!(said.status.contains("error[unknown-tag]"), "{said:?}");
        assert!(said.status.ends_with("nothing was written\n"), "{said:?}");
    }
    assert!(!repository.0.join("generated").exists());
    repository.write("sql/views/v_t.sql", "CREATE VIEW v_t AS\n  SELECT idd FROM t;");
    let said = repository.run("codegen");
    assert_eq!(said.code, 1);
    assert!(
        said.status.contains("sql/views/v_t.sql:2:10: column \"idd\" does not exist"),
        "{said:?}"
    );
}

#[test]
fn explanation_is_data() {
    let repository = Repository::new();
    let said = repository.run("codegen --explain v_t --quiet");
    assert_eq!((said.code, said.status.as_str()), (0, ""));
    assert!(said.data.starts_with("view public.v_t is the type T\n"), "{said:?}");
    let said = repository.run("codegen --explain v_x");
    assert_eq!((said.code, said.data.as_str()), (1, ""));
    assert!(said.status.contains("is called `v_x`\n  help: did you mean `v_t`?"), "{said:?}");
}

#[test]
fn a_mistake_does_not_end_dev_not_even_the_first_time() {
    let repository = Repository::new();
    repository.write("sql/views/v_t.sql", "CREATE VIEW v_t AS\nSELECT idd FROM t;");
    let mut command = repository.command("dev --port 0");
    let mut dev = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(dev.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut until_waiting = || {
        let mut said = String::new();
        while !said.contains("     Waiting for the next change; no server is running\n") {
            said += &(lines.next().unwrap_or_else(|| panic!("it ended: {said}")) + "\n");
        }
        said
    };
    let said = until_waiting();
    assert!(said.contains("error: sql/views/v_t.sql:2:8: column \"idd\" does not exist"), "{said}");
    repository.write("sql/views/v_t.sql", "CREATE VIEW v_t AS SELECT id FROM t;");
    // This repository has no server to build; all that comes before was done.
    let said = until_waiting();
    for step in ["Changed sql/views/v_t.sql", "Migrated", "Seeded", "Generated", "Building"] {
        assert!(said.contains(&format!(" {step}")), "{step}: {said}");
    }
    let interrupt = Command::new("kill").args(["-INT", &dev.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    assert_eq!(dev.wait().unwrap().code(), Some(0));
    assert_eq!(repository.run("db status").data, "development database: not running\n");
}

#[test]
fn port_that_is_taken_is_noticed_before_anything_is_built() {
    let repository = Repository::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = repository.run(&format!("dev --port {port}"));
    assert_eq!(said.code, 1);
    let expected = format!("error: cannot listen on 127.0.0.1:{port}: Address already in use");
    assert!(said.status.starts_with(&expected), "{said:?}");
    assert_eq!(repository.run("db status").data, "development database: not running\n");
}

#[test]
fn what_cannot_be_explained_is_named_before_anything_is_built() {
    let repository = Repository::new();
    repository.write("shop.graphql", "{ t { id } }");
    let said = repository.run("explain --document missing.graphql");
    assert_eq!((said.code, said.data.as_str()), (1, ""), "{said:?}");
    assert!(said.status.contains("error: cannot read missing.graphql"), "{said:?}");
    let document = repository.0.join("shop.graphql");
    let said = repository.run(&format!("explain --document {} --variables 1", document.display()));
    assert_eq!((said.code, said.data.as_str()), (1, ""), "{said:?}");
    assert!(said.status.contains("--variables must be a JSON object"), "{said:?}");
}
