//! Tells which statements the generated API would send, for `cargo xtask explain`.
//!
//! Standard input is `{"field": "customers"}`, `{"field": null}` for all that read, or
//! `{"document": "{ customers { id } }", "operationName": null, "variables": {}}`; standard output is
//! a list of documents with their statements. The limits are those of the server.

use std::io::{Write, stderr, stdin, stdout};
use std::process::ExitCode;

use anyhow::{Context, bail};
use async_graphql::{Request, ServerError, Variables};
use runtime::{Database, Explained};
use serde::Deserialize;
use serde_json::Value;

/// What to explain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    field: Option<String>,
    document: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Value,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = answer(&server::Config::load()).await else { return ExitCode::SUCCESS };
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(stderr(), "error: {error:#}");
    ExitCode::FAILURE
}

async fn answer(config: &server::Config) -> anyhow::Result<()> {
    let question: Question = serde_json::from_reader(stdin().lock()).context("no question")?;
    // It connects to nothing before a statement is sent, and none is.
    let schema = generated::schema(Database::new(&config.database())?);
    let explained: Result<Vec<Explained>, _> = match question.document {
        Some(document) => {
            let variables = Variables::from_json(question.variables);
            let mut request = Request::new(document).variables(variables);
            request.operation_name = question.operation_name;
            schema.explain(request).await.map(|explained| vec![explained])
        }
        None => schema.explain_fields(question.field.as_deref()),
    };
    let explained = match explained {
        Ok(explained) => explained,
        Err(errors) => bail!("{}", messages(&errors)),
    };
    if let (Some(field), []) = (&question.field, &explained[..]) {
        let fields = schema.fields().collect::<Vec<_>>().join(", ");
        bail!("no root field is called `{field}`\n  help: there are {fields}");
    }
    Ok(stdout().write_all(&serde_json::to_vec(&explained)?)?)
}

fn messages(errors: &[ServerError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
