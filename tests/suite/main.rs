//! The tests of the whole toolchain, in one program.

mod concurrency;
mod demo;
mod determinism;
mod diagnostics;
mod faults;
mod fixtures;
mod fresh;
mod sdl;
mod sql;
