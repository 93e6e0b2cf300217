//! Whether a value may be null: rules for expressions, one by one.
//!
//! - `level`: a query with its range table, and what its columns are; `entries` and `tables` for
//!   the columns of what it reads, `shown` for what rows show about several columns together;
//! - `joins`: which outer joins can make the columns of a range table entry null; `partners` and
//!   `whole`: which rows are certain to be there;
//! - `facts`: what a condition that holds says about the values in it; `values` and `patterns` are
//!   its parts, `fact_set` its result;
//! - `possible`: what a condition can be when others are known; `truth` and `orders` are its terms;
//! - `known`: what holds for the rows at hand, from conditions and joins together;
//! - `expressions`: the rules for expressions; `references` those for columns, `calls`, `sets` and
//!   `aggregates` for functions, `branches` for what depends on a condition;
//! - `built_in`: PostgreSQL's own functions that never invent a null.
//!
//! To add a rule, ask what makes it sound when everything that it does not mention is null, and
//! add a view to the fixture of tricky views. Rules must be monotone: knowing less about the
//! parts may never prove more about the whole, or recursive queries would be wrong.

use std::fmt;

mod aggregates;
mod branches;
pub(super) mod built_in;
mod calls;
mod entries;
mod expressions;
pub(super) mod fact_set;
mod facts;
mod grouping;
mod joins;
mod known;
pub(super) mod level;
mod orders;
mod partners;
mod patterns;
mod possible;
mod references;
mod set_operations;
mod sets;
mod shown;
pub(super) mod tables;
#[cfg(test)]
mod tests;
mod truth;
mod values;
pub(super) mod whole;

/// Whether a column may be null, and how we know.
///
/// PostgreSQL reports every view column as nullable, so the answer is ours to find. The reasons
/// are kept because users ask for them; they are a chain, the outermost first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Nullability {
    /// It is never null.
    NotNull(Vec<Reason>),
    /// It may be, or we do not know.
    Nullable(Vec<Reason>),
}

/// A step of a proof, in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason(String);

/// How many steps of a proof are kept: enough to see what decided, too few to fill a screen.
const LONGEST_CHAIN: usize = 8;

impl Reason {
    /// Builds a reason; lower-case, names in backticks, no full stop.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Nullability {
    /// Never null, for one reason.
    pub(super) fn not_null(reason: Reason) -> Self {
        Self::NotNull(vec![reason])
    }

    /// Possibly null, for one reason.
    pub(super) fn nullable(reason: Reason) -> Self {
        Self::Nullable(vec![reason])
    }

    /// Whether it is proven that there is no null.
    pub fn is_not_null(&self) -> bool {
        matches!(self, Self::NotNull(_))
    }

    /// Why, outermost first.
    pub fn reasons(&self) -> &[Reason] {
        let (Self::NotNull(reasons) | Self::Nullable(reasons)) = self;
        reasons
    }

    /// The same answer, with a step of the proof before the others.
    pub(super) fn because(self, reason: impl Into<String>) -> Self {
        let chain = |mut reasons: Vec<Reason>| {
            reasons.insert(0, Reason::new(reason));
            reasons.truncate(LONGEST_CHAIN);
            reasons
        };
        match self {
            Self::NotNull(reasons) => Self::NotNull(chain(reasons)),
            Self::Nullable(reasons) => Self::Nullable(chain(reasons)),
        }
    }

    /// The same answer, with a step of the proof that depends on it.
    pub(super) fn either_way(
        self,
        not_null: impl Into<String>,
        nullable: impl Into<String>,
    ) -> Self {
        match self {
            Self::NotNull(_) => self.because(not_null),
            Self::Nullable(_) => self.because(nullable),
        }
    }

    /// Null if one of several values is: non-null if none is, else the first that may be.
    pub(super) fn all(values: impl IntoIterator<Item = Self>) -> Self {
        let mut proofs = Vec::new();
        for value in values {
            match value {
                Self::NotNull(reasons) => {
                    for reason in reasons {
                        if !proofs.contains(&reason) {
                            proofs.push(reason);
                        }
                    }
                }
                nullable @ Self::Nullable(_) => return nullable,
            }
        }
        proofs.truncate(LONGEST_CHAIN);
        Self::NotNull(proofs)
    }

    /// Null only if all of several values are: the first that is non-null decides.
    pub(super) fn any(values: impl IntoIterator<Item = Self>) -> Self {
        let mut first = None;
        for value in values {
            if value.is_not_null() {
                return value;
            }
            first.get_or_insert(value);
        }
        first.unwrap_or_else(|| Self::nullable(Reason::new("there is nothing to choose from")))
    }
}

/// Never null, for a reason in words.
fn not_null(reason: impl Into<String>) -> Nullability {
    Nullability::not_null(Reason::new(reason))
}

/// Possibly null, for a reason in words.
fn nullable(reason: impl Into<String>) -> Nullability {
    Nullability::nullable(Reason::new(reason))
}
