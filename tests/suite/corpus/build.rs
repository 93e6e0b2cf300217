//! Compiles the generated code of all schemas and serves it.
//!
//! The crates are written to the target directory and make a workspace of their own, with the
//! versions, the profiles and the target directory of ours, so that no dependency is compiled
//! twice and nothing is compiled again while nothing changes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;
use tests::database::repository;

use super::subject::Subject;

/// The program that serves all schemas, but for the list of them.
const MAIN: &str = include_str!("serve.rs.in");

/// A program that serves every schema; it ends with this value.
pub(crate) struct Server {
    addresses: BTreeMap<String, String>,
    process: Child,
    stdin: Option<ChildStdin>,
}

impl Server {
    /// Compiles and starts it.
    pub(crate) fn start(subjects: &[Subject]) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
        write(&dir, subjects);
        let mut command = Command::new(compile(&dir));
        command.args(subjects.iter().map(|subject| subject.database.url()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the server of the corpus");
        let stdin = process.stdin.take();
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let addresses: BTreeMap<_, _> = subjects
            .iter()
            .zip(lines)
            .map(|(subject, line)| (subject.name.clone(), line.expect("an address")))
            .collect();
        assert_eq!(addresses.len(), subjects.len(), "the server of the corpus has ended");
        Self { addresses, process, stdin }
    }

    /// Where a schema is served.
    pub(crate) fn address(&self, name: &str) -> String {
        self.addresses[name].clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its input.
        self.stdin = None;
        let _ = self.process.wait();
    }
}

/// Writes the workspace, touching only what changed.
fn write(dir: &Path, subjects: &[Subject]) {
    let root = repository();
    let text = |path: &Path| fs::read_to_string(path).expect("a readable file");
    let manifest: toml::Table = text(&root.join("Cargo.toml")).parse().expect("a manifest");
    let mut workspace = manifest["workspace"].as_table().expect("a workspace").clone();
    let names: Vec<&str> = subjects.iter().map(|subject| subject.name.as_str()).collect();
    workspace.insert("members".into(), [&names[..], &["serve"]].concat().into());
    let dependencies = workspace["dependencies"].as_table_mut().expect("its dependencies");
    for (_, dependency) in dependencies.iter_mut() {
        if let Some(path) = dependency.get_mut("path") {
            let here = root.join(path.as_str().expect("a path"));
            *path = here.to_string_lossy().into_owned().into();
        }
    }
    let mut ours = toml::Table::new();
    ours.insert("workspace".into(), workspace.into());
    ours.insert("profile".into(), manifest["profile"].clone());
    write_if_changed(&dir.join("Cargo.toml"), &ours.to_string());
    write_if_changed(&dir.join("Cargo.lock"), &text(&root.join("Cargo.lock")));
    for subject in subjects {
        let krate = dir.join(&subject.name);
        write_if_changed(
            &krate.join("Cargo.toml"),
            &manifest_of(&subject.name, &["async-graphql", "runtime"]),
        );
        let src = krate.join("src");
        let changes = subject.files.compare(&src).expect("readable files");
        codegen::apply(&src, &changes).expect("writable files");
    }
    let others = ["async-graphql", "runtime", "server", "tokio"];
    let mut serve = manifest_of("serve", &others);
    for name in &names {
        serve += &format!("{name} = {{ path = \"../{name}\" }}\n");
    }
    write_if_changed(&dir.join("serve/Cargo.toml"), &serve);
    let list: Vec<String> = names.iter().map(|name| format!("{name}::schema")).collect();
    write_if_changed(
        &dir.join("serve/src/main.rs"),
        &MAIN.replace("/* schemas */", &list.join(", ")),
    );
}

fn manifest_of(name: &str, dependencies: &[&str]) -> String {
    let mut text =
        format!("[package]\nname = \"{name}\"\nedition.workspace = true\n\n[dependencies]\n");
    for dependency in dependencies {
        text += &format!("{dependency}.workspace = true\n");
    }
    text
}

fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
    fs::write(path, text).expect("a writable file");
}

/// Compiles the workspace with warnings as errors; answers with the program.
fn compile(dir: &Path) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory");
    let mut cargo = Command::new(env!("CARGO"));
    // Set by cargo for this program; inherited, they would make cargo build things anew.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    cargo.args(["build", "--quiet", "--bin", "serve", "--message-format"]);
    cargo.arg("json-render-diagnostics").current_dir(dir);
    cargo.env("CARGO_TARGET_DIR", target);
    let output = cargo.output().expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the generated code does not compile:\n{said}");
    assert!(said.is_empty(), "the generated code has warnings:\n{said}");
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    let program =
        messages.find_map(|message: Value| message["executable"].as_str().map(PathBuf::from));
    program.expect("cargo names the program")
}
