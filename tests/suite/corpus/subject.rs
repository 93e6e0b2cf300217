//! A schema of the corpus: what the compiler makes of it, and what PostgreSQL says is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use codegen::plan::model::{Object, Type, View};
use codegen::{Config, Diagnostics, FileTree, Plan};
use local_postgres::Database;
use tests::database;
use tokio_postgres::Client;
use xtask::verify;

use crate::diagnostics;

/// A schema with a database of its own.
pub(crate) struct Subject {
    /// The name of its folder.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// The database with its data.
    pub(crate) database: Database,
    /// What the compiler decided.
    pub(crate) plan: Plan,
    /// What the compiler has to say.
    diagnostics: Diagnostics,
    /// The generated files.
    pub(crate) files: FileTree,
    /// What is in its views, by the name of the list field.
    pub(crate) contents: BTreeMap<String, Contents>,
}

/// What is in a view.
pub(crate) struct Contents {
    /// How many rows there are.
    pub(crate) count: usize,
    /// The GraphQL names of columns whose text in SQL is their text in JSON.
    pub(crate) columns: Vec<String>,
    /// The texts of these columns, sorted by row.
    pub(crate) rows: Vec<Vec<Option<String>>>,
}

impl Subject {
    /// The folders of all of them.
    pub(crate) fn folders() -> Vec<PathBuf> {
        let corpus = database::repository().join("tests/fixtures/corpus");
        let entries = std::fs::read_dir(&corpus).expect("the corpus");
        let mut folders: Vec<_> = entries
            .map(|entry| entry.expect("a readable folder").path())
            .filter(|path| path.join("schema.sql").is_file())
            .collect();
        folders.sort();
        folders
    }

    /// Applies a schema and its data and generates its API.
    pub(crate) async fn compile(dir: &Path) -> Self {
        let name = dir.file_name().expect("a named folder").to_string_lossy().into_owned();
        let script = [read(dir, "schema.sql"), read(dir, "data.sql")].join("\n");
        let database = database::with_script(&script).await;
        let mut client = database.connect().await.expect("a connection");
        let config = Config::load(dir).expect("a valid codegen.toml, or none");
        let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
        let (plan, diagnostics) = codegen::plan(&catalog, &config);
        snapshot(dir, "diagnostics", &diagnostics.to_string());
        for fix in diagnostics.iter().filter_map(diagnostics::fix) {
            let trial = format!("begin; {fix} rollback");
            client.batch_execute(&trial).await.unwrap_or_else(|error| panic!("{fix}\n{error:?}"));
        }
        let mut files = FileTree::default();
        if !diagnostics.has_errors() {
            files = codegen::emit(&plan);
            check_sdl(dir, &files);
        }
        let verified = verify::check(&mut client, &config).await.expect("claims about rows");
        assert!(verified.contradictions.is_empty(), "{name}: {:?}", verified.contradictions);
        let mut contents = BTreeMap::new();
        for view in plan.views.values() {
            contents.insert(view.list.field.to_string(), contents_of(view, &client).await);
        }
        Self { name, dir: dir.to_owned(), database, plan, diagnostics, files, contents }
    }

    /// What the compiler says if the schema cannot become an API.
    pub(crate) fn errors(&self) -> Option<String> {
        let has_errors = self.diagnostics.has_errors();
        has_errors.then(|| format!("{}: {}", self.name, self.diagnostics))
    }

    /// Types and their fields that lead to rows of other views.
    pub(crate) fn relations(&self) -> BTreeSet<(String, String)> {
        let of = |object: &Object| {
            let name = object.name.to_string();
            let fields: Vec<_> =
                object.relations.iter().map(|relation| relation.field.to_string()).collect();
            fields.into_iter().map(move |field| (name.clone(), field))
        };
        self.plan.views.values().flat_map(|view| of(&view.object)).collect()
    }

    /// The root fields that it should have.
    pub(crate) fn root_fields(&self) -> BTreeSet<String> {
        let of = |view: &View| {
            let lookups = view.lookups.iter().map(|lookup| &lookup.field);
            let fields = lookups.chain(&view.connection);
            let fields = fields.chain([&view.list.field, &view.aggregate]);
            fields.map(ToString::to_string).collect::<Vec<_>>()
        };
        let functions = self.plan.functions.iter().map(|function| function.field.to_string());
        self.plan.views.values().flat_map(of).chain(functions).collect()
    }

    /// One of its files.
    pub(crate) fn read(&self, file: &str) -> String {
        read(&self.dir, file)
    }
}

fn read(dir: &Path, file: &str) -> String {
    let path = dir.join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares with a snapshot in the folder of a schema.
pub(crate) fn snapshot(dir: &Path, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(dir);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r#""correlationId": "[0-9a-f]{16}""#, r#""correlationId": "[id]""#);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The one generated file that is kept: it shows all of the API.
fn check_sdl(dir: &Path, files: &FileTree) {
    let sdl = files.get("schema.graphql").expect("every API has one");
    let path = dir.join("schema.graphql");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, sdl).expect("a writable folder");
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|known| known == sdl),
        "run the tests with UPDATE_FIXTURES=1 and review {}",
        path.display()
    );
}

async fn contents_of(view: &View, client: &Client) -> Contents {
    let relation = format!("{}.{}", quoted(&view.sql.schema), quoted(&view.sql.name));
    let columns = view.object.columns.iter().filter(|column| is_same_text(&column.ty));
    let (columns, texts): (Vec<_>, Vec<_>) = columns
        .map(|column| {
            let name = quoted(&column.sql);
            // Casts to text drop trailing blanks; the output function does not.
            (
                column.field.to_string(),
                format!("case when {name} is not null then format('%s', {name}) end"),
            )
        })
        .unzip();
    let list = texts.iter().map(|text| format!("{text}::text")).collect::<Vec<_>>().join(", ");
    let statement = format!("select array[{list}]::text[] from {relation}");
    let found = client.query(&statement, &[]).await;
    let found = found.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    let mut rows: Vec<Vec<Option<String>>> = found.iter().map(|row| row.get(0)).collect();
    rows.sort();
    Contents { count: rows.len(), columns, rows }
}

/// Whether SQL writes values as JSON does, quotes aside.
fn is_same_text(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric | Type::Text | Type::Uuid | Type::Date
    )
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
