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
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

use crate::output::FileTree;
use crate::plan::Plan;
use crate::plan::model::{Function, View};
use crate::plan::names::RustName;

/// Writes every file of the generated crate's source folder.
pub fn emit(plan: &Plan) -> FileTree {
    let views: Vec<&View> = plan.views.values().collect();
    let functions: Vec<&Function> = plan.functions.iter().collect();
    let (document, views, functions) = thread::scope(|scope| {
        let document = scope.spawn(|| sdl::document(plan));
        let views = in_parallel(&views, |view| (&view.module, view::file(plan, view)));
        let functions =
            in_parallel(&functions, |function| (&function.module, function::file(plan, function)));
        (join(document), views, functions)
    });
    let mut files = BTreeMap::from([
        ("lib.rs".to_owned(), roots::library(plan)),
        ("schema.graphql".to_owned(), document),
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
    add_folder(&mut files, "views", "Views as object types, one file each.", views);
    add_folder(&mut files, "functions", "Functions as root fields, one file each.", functions);
    FileTree::new(files)
}

/// Does something with each item, on all processors; answers in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let work = &work;
        let run = |share| scope.spawn(move || Iterator::map(share, work).collect::<Vec<R>>());
        let threads: Vec<_> = items.chunks(share).map(<[T]>::iter).map(run).collect();
        threads.into_iter().flat_map(join).collect()
    })
}

/// What a thread made.
fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Adds a file per module, and the file that mounts them; an empty folder has neither.
fn add_folder(
    files: &mut BTreeMap<String, String>,
    folder: &str,
    doc: &str,
    modules: Vec<(&RustName, String)>,
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
