//! Which statements the API sends, as the generated code and the runtime tell.

use std::{
    fs,
    io::{Write, read_to_string, stdin},
    path::Path,
    process::Stdio,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{cargo::cargo, flags::Explain, project::Project};

/// A document and its statements.
#[derive(Debug, Deserialize)]
pub struct Explained {
    /// The text of the document.
    pub document: String,
    /// What the runtime sends for it.
    pub statements: Vec<Statement>,
}

/// A statement of the runtime.
#[derive(Debug, Deserialize)]
pub struct Statement {
    /// The field that it is for, from the root on.
    pub field: String,
    /// What it is for, in words.
    pub purpose: String,
    /// Its text; every parameter is cast to its type.
    pub sql: String,
    /// How many parameters it has.
    pub parameters: usize,
    /// The numbers of those that hold keys.
    pub keys: Vec<usize>,
}

/// Asks the generated code, which is built for that if need be. This program cannot contain it: it
/// is what writes it.
pub(super) fn ask(question: &Value, url: &str, project: &Project) -> Result<Vec<Explained>> {
    let mut cargo = cargo(project.root());
    cargo.args(["run", "--quiet", "--package", "server", "--example", "statements"]);
    // The server insists on an address; nothing connects to it.
    cargo.env("DATABASE_URL", url).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cannot run cargo")?;
    // If it ends before it has read this, its messages say why.
    let _ = child.stdin.take().map(|mut pipe| pipe.write_all(question.to_string().as_bytes()));
    let output = child.wait_with_output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the generated API does not tell its statements; the reason is above");
    }
    serde_json::from_slice(&output.stdout).context("cannot read the statements")
}

/// What a command line asks for, as `server/examples/statements.rs` reads it.
pub(super) fn question(command: &Explain) -> Result<Value> {
    let Some(file) = &command.document else {
        return Ok(json!({ "field": command.field }));
    };
    let document = read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let variables = command.variables.as_deref().unwrap_or("{}");
    let variables: Value = serde_json::from_str(variables).context("--variables is not JSON")?;
    if !variables.is_object() {
        bail!("--variables must be a JSON object, for example '{{\"id\": 1}}'");
    }
    let operation = &command.operation;
    Ok(json!({ "document": document, "operationName": operation, "variables": variables }))
}

fn read(file: &Path) -> std::io::Result<String> {
    if file == Path::new("-") { read_to_string(stdin()) } else { fs::read_to_string(file) }
}
