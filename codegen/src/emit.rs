//! Writes a plan down as Rust and SDL.
//!
//! Every name and type that comes here is final; there is nothing to decide and nothing that can
//! fail. What generated code has to *do* is in the runtime, so that the text here stays a table of
//! columns and one call per root field.

mod claims;
mod composites;
mod docs;
mod enums;
mod function;
mod object;
mod print;
mod roots;
mod sdl;
mod tokens;
mod view;

use std::collections::BTreeMap;

use crate::output::FileTree;
use crate::plan::Plan;

/// Writes every file of the generated crate's source folder.
pub fn emit(plan: &Plan) -> FileTree {
    let mut files = BTreeMap::from([
        ("lib.rs".to_owned(), roots::library(plan)),
        ("schema.graphql".to_owned(), sdl::document(plan)),
    ]);
    if !plan.views.is_empty() {
        files.insert("claims.sql".to_owned(), claims::file(plan));
    }
    if !plan.enums.is_empty() {
        files.insert("enums.rs".to_owned(), enums::file(plan));
    }
    if !plan.composites.is_empty() {
        files.insert("composites.rs".to_owned(), composites::file(plan));
    }
    let views = plan.views.values().map(|view| (&view.module, view::file(plan, view)));
    add_folder(&mut files, "views", "Views as object types, one file each.", views);
    let functions =
        plan.functions.iter().map(|function| (&function.module, function::file(plan, function)));
    add_folder(&mut files, "functions", "Functions as root fields, one file each.", functions);
    FileTree::new(files)
}

/// Adds a file per module, and the file that mounts them; an empty folder has neither.
fn add_folder<'a>(
    files: &mut BTreeMap<String, String>,
    folder: &str,
    doc: &str,
    modules: impl Iterator<Item = (&'a crate::plan::names::RustName, String)>,
) {
    let mut names = Vec::new();
    for (module, text) in modules {
        files.insert(format!("{folder}/{module}.rs"), text);
        names.push(module);
    }
    if !names.is_empty() {
        names.sort();
        files.insert(format!("{folder}.rs"), roots::folder(doc, &names));
    }
}

#[cfg(test)]
mod tests;
