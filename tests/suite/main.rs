//! The tests of the whole toolchain, in one program.

mod demo;
mod diagnostics;
mod fixtures;
mod fresh;
