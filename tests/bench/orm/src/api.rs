//! The GraphQL API over the models.

mod commands;
mod objects;
mod queries;

pub(crate) use commands::Mutation;
pub(crate) use queries::Query;

/// When relations are read, and what becomes of totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loading {
    /// When a resolver asks for one; totals are computed from rows then.
    Lazy,
    /// With the rows, if they are selected; totals are those that triggers keep.
    Eager,
}
