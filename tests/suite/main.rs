//! The tests of the whole toolchain, in one program.

mod aggregates;
mod audits;
mod claims;
mod connections;
mod corpus;
mod determinism;
mod diagnostics;
mod differential;
mod explain;
mod faults;
mod fixtures;
mod functions;
mod nested;
mod operators;
mod records;
mod round_trips;
mod sdl;
mod sql;
mod type_matrix;
