//! The GraphQL API over the models.

mod commands;
mod objects;
mod queries;

pub(crate) use commands::Mutation;
pub(crate) use queries::Query;

/// When relations are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loading {
    /// When a resolver asks for one.
    Lazy,
    /// With the rows, if they are selected.
    Eager,
}
