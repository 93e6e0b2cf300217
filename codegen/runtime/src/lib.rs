//! What generated code calls.
//!
//! `cargo xtask codegen` writes thin resolvers and constant tables; everything that happens in a
//! request is here, in ordinary code that is written, tested and documented once:
//!
//! 1. [`Engine`] parses and validates a document, once per text, and runs its root fields.
//! 2. A resolver builds a [`Select`] or a [`Call`] from its arguments and runs it.
//! 3. The selection set decides which columns are read: an SQL statement is built from the tables
//!    of generated code, never from text that a client sent.
//! 4. Rows of a relation are read by one more statement for all parents of a level.
//! 5. Rows are decoded from PostgreSQL's binary format straight into JSON text, which
//!    [`respond`](respond()) copies into the response.
//!
//! # The contract with generated code
//!
//! - [`ObjectType`], [`View`], [`CompositeType`], [`EnumType`], [`InputType`] are constant tables;
//!   [`Record`], [`ViewRow`], [`Composite`], [`EnumLabel`], [`InputObject`] attach them to types.
//! - [`Rows`], [`Row`], [`Cell`] are results, [`Filter`], [`OrderBy`], [`Input`], [`Enum`]
//!   arguments; they tell async-graphql about the tables, so that generated code needs no derive
//!   macros and compiles quickly.
//! - [`Merged`] makes a root type of many small objects.
//!
//! This crate knows no view and no function. The tests compile and run the output of the generator
//! against it, which keeps the two in step.

mod call;
mod database;
mod decode;
mod document;
mod encode;
mod engine;
mod error;
mod input;
mod json;
mod level;
mod list;
mod model;
mod output;
mod param;
mod predicate;
mod record;
mod respond;
mod roots;
mod scalar;
mod scope;
mod select;
mod selection;
mod shape;
mod sql;
mod tls;
mod types;
mod variables;

pub use call::Call;
pub use database::{ConfigError, Database, DatabaseConfig};
pub use engine::Engine;
pub use error::{Code, Error, Result};
pub use input::{Enum, Filter, Input, InputObject, OrderBy};
pub use model::{
    Cardinality, Column, CompositeType, EnumType, InputType, ObjectType, Relation, Type, View,
};
pub use output::{Cell, Row, Rows};
pub use record::{Cells, Composite, EnumLabel, FromCell, RawCell, Record, ViewRow};
pub use respond::respond;
pub use roots::{Merged, Part, Roots};
pub use scalar::{
    Base64, BigInt, Cidr, Date, DateTime, Decimal, Duration, Inet, Json, LocalDateTime, LocalTime,
    MacAddr, Uuid,
};
pub use select::Select;

/// Builds an executable schema from the roots of generated code.
pub fn schema<Q, M>(database: Database, query: Q, mutation: M) -> Engine<Q, M>
where
    Q: async_graphql::ObjectType + 'static,
    M: async_graphql::ObjectType + 'static,
{
    Engine::new(database, query, mutation)
}
