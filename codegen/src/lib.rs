//! Generates the `generated` crate from a live PostgreSQL schema.
//!
//! The work is four functions, each from one plain value to the next:
//!
//! 1. [`introspect()`] asks the server what exists and answers with a [`Catalog`].
//! 2. [`plan()`] decides what the API will look like and answers with a [`Plan`] and
//!    [`Diagnostics`].
//! 3. [`emit()`] writes that decision down as Rust and SDL and answers with a [`FileTree`].
//! 4. [`FileTree::compare`] holds the tree against a folder and lists the [`Change`]s; [`apply`]
//!    makes them.
//!
//! ```text
//! PostgreSQL ─introspect→ Catalog ─plan→ (Plan, Diagnostics)
//!            ─emit→ FileTree ─compare→ [Change] ─apply→ disk
//! ```
//!
//! Only the first and the last touch the outside world. Everything in between is a pure function,
//! which is why most tests need no database: they start from a recorded catalog.
//!
//! # Invariants
//!
//! - The same catalog and configuration give the same bytes, on any machine.
//! - `plan` is total: it reports everything that is wrong, and with an error among the diagnostics
//!   nothing is to be written.
//! - What is left out is reported, with a code, a reason and SQL that fixes it.
//! - Every name of the output was registered with its origin (`plan/registry.rs`); `emit` invents
//!   none, and cannot fail on a plan that was accepted.
//! - Only files that carry our header are replaced or removed.
//!
//! # What is deliberately absent
//!
//! - Object identifiers. They differ between two servers with the same schema, so they stop at the
//!   border of [`introspect()`].
//! - Naming decisions in [`emit()`]. A name that reaches it is final.
//! - Behaviour in emitted code. What a resolver does is in the `runtime` crate, whose paths are
//!   known to `emit/` and to the list of imports in [`plan::names`] only.
//! - Knowledge of any particular view. If one needs special treatment, its SQL comment says so
//!   ([`comment`]).
//!
//! # How to add …
//!
//! - a type: `plan/types.rs` (what it is), `plan/model.rs` and `emit/tokens.rs` (its two forms),
//!   and the runtime's `Type`.
//! - a tag: the table in `comment.rs`, then where `plan` reads comments.
//! - a diagnostic: the table in `diagnostic.rs`; a test demands a fixture for it.

pub mod catalog;
pub mod claims;
pub mod comment;
pub mod config;
pub mod diagnostic;
pub mod emit;
pub mod introspect;
pub mod output;
pub mod plan;
pub mod query_tree;
#[cfg(test)]
mod sample;
mod sql_name;
mod suggestion;

pub use catalog::Catalog;
pub use claims::{Claim, Promise};
pub use config::{Config, ConfigError};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use emit::emit;
pub use introspect::{IntrospectError, introspect};
pub use output::{Change, ChangeKind, FileTree, apply};
pub use plan::{Plan, plan};
pub use suggestion::suggestion;
