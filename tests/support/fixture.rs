//! Fixtures: a directory with a schema, and with what every stage makes of it.
//!
//! `schema.sql` is the input, `README.md` says in one sentence what it is about. Its generated
//! code lies in `src/` and is a crate of the workspace, so that it is compiled, linted and run like
//! any other; the catalog, the plan and the transcripts of `requests/*.graphql` are snapshots.
//!
//! With `UPDATE_FIXTURES=1` the generated code is written instead of compared.

use std::path::PathBuf;

use codegen::{Config, FileTree};
use local_postgres::Database;
use serde_json::Value;

use crate::database;

/// A directory below `tests/fixtures`.
pub struct Fixture {
    /// Where it is.
    pub dir: PathBuf,
}

/// What the stages of the compiler make of a fixture.
pub struct Stages {
    /// The catalog as JSON.
    pub catalog: String,
    /// The plan as JSON.
    pub plan: String,
    /// The diagnostics as the tool prints them.
    pub diagnostics: String,
    /// The generated files.
    pub files: FileTree,
}

impl Fixture {
    /// The fixture of a name.
    pub fn named(name: &str) -> Self {
        Self { dir: database::repository().join("tests/fixtures").join(name) }
    }

    /// A new database with its schema.
    pub async fn database(&self) -> Database {
        database::with_script(&self.read("schema.sql")).await
    }

    /// Runs the compiler on its schema.
    pub async fn compile(&self) -> Stages {
        let database = self.database().await;
        let mut client = database.connect().await.expect("a connection");
        let config = Config::load(&self.dir).expect("a valid codegen.toml, or none");
        let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
        let (plan, diagnostics) = codegen::plan(&catalog, &config);
        assert!(!diagnostics.has_errors(), "{diagnostics}");
        Stages {
            catalog: serde_json::to_string_pretty(&catalog).expect("a catalog is JSON"),
            plan: serde_json::to_string_pretty(&plan).expect("a plan is JSON"),
            diagnostics: diagnostics.to_string(),
            files: codegen::emit(&plan),
        }
    }

    /// Compares generated files with those of the fixture, or writes them.
    ///
    /// # Panics
    ///
    /// Panics if they differ.
    pub fn check_files(&self, files: &FileTree) {
        let src = self.dir.join("src");
        let changes = files.compare(&src).expect("the fixture can be read");
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            codegen::apply(&src, &changes).expect("the fixture can be written");
        } else {
            let names: Vec<_> = changes.iter().map(|change| &change.path).collect();
            assert!(
                changes.is_empty(),
                "run the tests with UPDATE_FIXTURES=1 and review: {names:?}"
            );
        }
    }

    /// Its requests in order: name, document, variables (in a first line `# {…}`).
    pub fn requests(&self) -> Vec<(String, String, Value)> {
        let Ok(entries) = std::fs::read_dir(self.dir.join("requests")) else { return Vec::new() };
        let mut files: Vec<PathBuf> =
            entries.map(|entry| entry.expect("a readable folder").path()).collect();
        files.sort();
        files
            .into_iter()
            .map(|file| {
                let name = file.file_stem().expect("a file name").to_string_lossy().into_owned();
                let document = std::fs::read_to_string(&file).expect("a readable request");
                let first = document.lines().next().and_then(|line| line.strip_prefix("# "));
                let variables = first.and_then(|line| serde_json::from_str(line).ok());
                (name, document, variables.unwrap_or(Value::Null))
            })
            .collect()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.dir.join(file))
            .unwrap_or_else(|error| panic!("{}: {error}", self.dir.join(file).display()))
    }
}
