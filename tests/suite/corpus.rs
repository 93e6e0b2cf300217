//! The corpus: schemas shaped like real ones, generated, compiled, served, and read whole.
//!
//! A schema is a folder of `tests/fixtures/corpus/`:
//!
//! - `schema.sql`, and `data.sql`, which gives every view at least one row;
//! - `codegen.toml`, if the defaults do not fit;
//! - `calls.graphql`, which calls every function, one operation after the other; operations whose
//!   name begins with `refused` have to fail;
//! - what comes of it: `schema.graphql`, the diagnostics, and the answers to the calls.
//!
//! Nothing here knows any of the schemas: what to ask for is found by introspection ([`walk`]),
//! and what to expect by asking PostgreSQL ([`subject`]). The generated code is written to the
//! target directory, compiled and served by a workspace of its own ([`build`]).

mod aggregates;
mod build;
mod calls;
mod client;
mod conditions;
mod connections;
mod introspection;
mod relations;
mod selection;
mod subject;
mod walk;

use std::thread;

use subject::Subject;

#[tokio::test]
async fn every_schema_is_served_whole() {
    let mut subjects = Vec::new();
    for folder in Subject::folders() {
        subjects.push(Subject::compile(&folder).await);
    }
    let refused: Vec<_> = subjects.iter().filter_map(Subject::errors).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    let server = build::Server::start(&subjects);
    let check = |subject: &Subject| walk::check(subject, &server.address(&subject.name));
    let faults: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> =
            subjects.iter().map(|subject| scope.spawn(move || check(subject))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a finished walk")).collect()
    });
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    for subject in &subjects {
        calls::check(subject, &server.address(&subject.name));
    }
}
