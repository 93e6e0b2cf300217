//! What generated code calls.
//!
//! `cargo xtask codegen` writes structs and constant tables; everything that happens in a request is
//! here, in ordinary code that is written, tested and documented once:
//!
//! 1. [`Engine`] parses, validates and plans a document, once per text.
//!    What it may cost is limited ([`Limits`]).
//! 2. A [`Resolver`] says what a root field reads or calls; the selection set decides which columns
//!    are read. The plan holds finished SQL statements, built from the tables of generated code and
//!    never from text that a client sent; values of variables are bound for each request.
//! 3. A request takes a connection and moves its bytes itself, with no other task in between.
//! 4. Rows of a relation are read by one more statement for all parents of a level. Where the key of
//!    the only parent is an argument, it goes together with the one for the parent.
//! 5. Rows are decoded from PostgreSQL's binary format straight into JSON text, which
//!    [`respond`](respond()) copies into the response.
//!
//! # The contract with generated code
//!
//! - [`ObjectType`], [`View`], [`CompositeType`], [`RangeType`], [`EnumType`], [`Function`] are
//!   constant tables; [`Record`], [`ViewRow`], [`Composite`], [`Range`], [`EnumLabel`] attach them
//!   to structs that hand-written Rust can use.
//! - [`Resolver`] is the table of a root field, [`Api`] lists them all. async-graphql is told about
//!   them through its registry: there are no derive macros and no generic code per field, so that a
//!   hundred views compile in seconds.
//!
//! This crate knows no view and no function. The tests compile and run the output of the generator
//! against it, which keeps the two in step.

mod aggregate;
mod arguments;
mod call;
mod connection;
mod database;
mod decode;
mod document;
mod encode;
mod engine;
mod error;
mod explain;
mod head;
mod input;
mod json;
mod level;
mod lexer;
mod limits;
mod list;
mod model;
mod operand;
mod operator;
mod order;
mod param;
mod plan;
mod predicate;
mod record;
mod resolver;
mod respond;
mod roots;
mod scalar;
mod scope;
mod select;
mod selection;
mod shape;
mod sql;
mod text;
mod tls;
mod types;
mod variables;

pub use database::{ConfigError, Database, DatabaseConfig};
pub use engine::Engine;
pub use error::{Code, Error, Result};
pub use explain::{Explained, Statement};
pub use head::{Head, head};
pub use limits::{Limit, Limits};
pub use model::{
    Cardinality, Column, CompositeType, Computed, EnumType, ObjectType, RangeType, Relation, Type,
    View,
};
pub use record::{
    Cells, Composite, EnumLabel, FromCell, Multirange, Range, RawCell, Record, ViewRow,
};
pub use resolver::{Action, Argument, Function, Notation, Presence, Resolver, Returns, Volatility};
pub use respond::respond;
pub use roots::Api;
pub use scalar::{
    Base64, BigInt, Cidr, Date, DateTime, Decimal, Duration, Inet, Json, LocalDateTime, LocalTime,
    MacAddr, Uuid,
};
