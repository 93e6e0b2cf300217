//! `cargo xtask codegen`: from the schema to the files of the generated crate.

use std::{path::Path, process::ExitCode, time::Instant};

use ::codegen::{Catalog, Change, ChangeKind, Config, Diagnostics, FileTree, Plan, suggestion};
use anyhow::{Context, Result, bail};

use crate::{
    OUT_OF_DATE, connection,
    flags::Codegen,
    project::Project,
    report::{Report, count, print, took},
    source::Source,
};

/// What a user types to bring generated files up to date.
const COMMAND: &str = "cargo xtask codegen";

/// Runs the command.
pub(crate) async fn run(command: &Codegen, project: &Project, report: &Report) -> Result<ExitCode> {
    let begin = Instant::now();
    let config = project.config()?;
    let url = command.database_url.as_deref().filter(|url| !url.is_empty());
    let source = Source::choose(url, project, report).await?;
    let (catalog, label) = read(&source.url(), source.label(), &config, report).await?;
    drop(source);
    let (plan, diagnostics) = ::codegen::plan(&catalog, &config);
    if let Some(name) = &command.explain {
        print(&explain(&plan, name)?);
        return Ok(ExitCode::SUCCESS);
    }
    if !judge(&plan, &diagnostics, command.strict, report) {
        return Ok(ExitCode::FAILURE);
    }
    let out = project.root().join(&command.out);
    let tree = ::codegen::emit(&plan);
    if command.check {
        return check(&tree, &out, project, report);
    }
    let what = match apply(&tree, &out, report)? {
        Some(changed) => changed,
        None => format!("{} up to date with {label}", count(tree.len(), "file")),
    };
    report.status("Finished", format!("{what} in {}", took(begin.elapsed())));
    Ok(ExitCode::SUCCESS)
}

fn explain(plan: &Plan, name: &str) -> Result<String> {
    if let Some(text) = plan.explain(name) {
        return Ok(text);
    }
    let views = plan.views.keys().map(|name| name.name.as_str());
    let functions = plan.functions.iter().map(|function| function.sql.name.as_str());
    let known: Vec<String> = views.chain(functions).map(str::to_owned).collect();
    let help = suggestion(name, &known);
    bail!("no view, function or type of the API is called `{name}`\n  help: {help}")
}

/// Writes the files for a database; answers whether any of them changed.
pub(crate) async fn write(
    url: &str,
    out: &Path,
    project: &Project,
    report: &Report,
) -> Result<bool> {
    let config = project.config()?;
    let (catalog, _) = read(url, None, &config, report).await?;
    let (plan, diagnostics) = ::codegen::plan(&catalog, &config);
    if !judge(&plan, &diagnostics, false, report) {
        bail!("the schema cannot become an API as it is");
    }
    let changed = apply(&::codegen::emit(&plan), out, report)?;
    if let Some(changed) = &changed {
        report.status("Generated", changed);
    }
    Ok(changed.is_some())
}

/// Reads the schema, and answers with it and with what the database is called in messages.
async fn read(
    url: &str,
    label: Option<&str>,
    config: &Config,
    report: &Report,
) -> Result<(Catalog, String)> {
    let mut session = connection::open(url).await?;
    let label = label.map_or_else(|| session.label.clone(), str::to_owned);
    let begin = Instant::now();
    let catalog = ::codegen::introspect(&mut session.client, config)
        .await
        .with_context(|| format!("cannot read the schema from {label}"))?;
    session.close().await;
    report.status(
        "Introspected",
        format!(
            "{label} (PostgreSQL {}): {}, {}, {}",
            catalog.server_version,
            count(catalog.views.len(), "view"),
            count(catalog.functions.len(), "function"),
            count(catalog.types.len(), "type"),
        ),
    );
    report.detail("Took", took(begin.elapsed()));
    Ok((catalog, label))
}

/// Shows what was planned and what is wrong; answers whether files may be written.
fn judge(plan: &Plan, diagnostics: &Diagnostics, strict: bool, report: &Report) -> bool {
    let (errors, warnings) = (diagnostics.errors(), diagnostics.warnings());
    if errors + warnings > 0 {
        report.text(diagnostics);
    }
    let mut text = count(plan.views.len() + plan.composites.len(), "object type");
    for part in
        [count(plan.operations(), "operation"), count(errors, "error"), count(warnings, "warning")]
    {
        if !part.starts_with("0 ") {
            text += &format!(", {part}");
        }
    }
    if errors == 0 && !(strict && warnings > 0) {
        report.status("Planned", text);
        return true;
    }
    report.failure("Failed", format!("{text}; nothing was written"));
    false
}

/// Shows what is out of date.
fn check(tree: &FileTree, out: &Path, project: &Project, report: &Report) -> Result<ExitCode> {
    let begin = Instant::now();
    let changes = compare(tree, out)?;
    if changes.is_empty() {
        let files = count(tree.len(), "file");
        report.status("Fresh", format!("{files} in {}", took(begin.elapsed())));
        return Ok(ExitCode::SUCCESS);
    }
    let folder = project.show(out);
    for change in &changes {
        let (verb, note, old, new) = parts(change);
        report.finding(verb, format!("{folder}/{}{note}", change.path));
        report.diff(&format!("{folder}/{}", change.path), old, new);
    }
    report.failure(
        "Finished",
        format!(
            "{} of {} out of date: run `{COMMAND}` and commit the result",
            changes.len(),
            count(tree.len(), "file")
        ),
    );
    Ok(ExitCode::from(OUT_OF_DATE))
}

/// Brings the folder up to date and says what changed, if anything did.
fn apply(tree: &FileTree, out: &Path, report: &Report) -> Result<Option<String>> {
    let changes = compare(tree, out)?;
    for change in &changes {
        report.detail(parts(change).0, &change.path);
    }
    ::codegen::apply(out, &changes).with_context(|| format!("cannot write {}", out.display()))?;
    // Somebody else writing the same files, or a file system that changes names, would show here.
    if !compare(tree, out)?.is_empty() {
        bail!("files in {} changed while they were written; run `{COMMAND}` again", out.display());
    }
    let is_removed = |change: &&Change| matches!(change.kind, ChangeKind::Orphaned { .. });
    let removed = changes.iter().filter(is_removed).count();
    let written = format!("{} of {} written", changes.len() - removed, count(tree.len(), "file"));
    Ok(match removed {
        _ if changes.is_empty() => None,
        0 => Some(written),
        _ => Some(format!("{written}, {removed} removed")),
    })
}

fn compare(tree: &FileTree, out: &Path) -> Result<Vec<Change>> {
    tree.compare(out).with_context(|| format!("cannot read {}", out.display()))
}

/// How a change is shown: a verb, a note, and the texts before and after.
fn parts(change: &Change) -> (&'static str, &'static str, &str, &str) {
    match &change.kind {
        ChangeKind::Missing { new } => ("Missing", "", "", new),
        ChangeKind::Stale { old, new } => ("Stale", "", old, new),
        ChangeKind::Orphaned { old } => ("Orphaned", "   (nothing generates it any more)", old, ""),
    }
}
