//! The types of values.

use serde::Serialize;

use crate::catalog::PgName;

/// A PostgreSQL type as the API carries it; `runtime::Type` is its twin.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// `bool`
    Bool,
    /// `int2`
    Int2,
    /// `int4`
    Int4,
    /// `int8`
    Int8,
    /// `float4`
    Float4,
    /// `float8`
    Float8,
    /// `numeric`
    Numeric,
    /// The text family.
    Text,
    /// `uuid`
    Uuid,
    /// `timestamptz`
    Timestamptz,
    /// `timestamp`
    Timestamp,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `interval`
    Interval,
    /// `json`
    Json,
    /// `jsonb`
    Jsonb,
    /// `bytea`
    Bytea,
    /// `inet`
    Inet,
    /// `cidr`
    Cidr,
    /// `macaddr`
    Macaddr,
    /// An enum of [`Plan::enums`](super::Plan::enums).
    Enum(PgName),
    /// A composite of [`Plan::composites`](super::Plan::composites), or the row of one of [`Plan::views`](super::Plan::views).
    Composite(PgName),
    /// A range of [`Plan::composites`](super::Plan::composites).
    Range(PgName),
    /// A multirange, by the name of its range.
    Multirange(PgName),
    /// An array of one dimension.
    Array(Box<Self>),
    /// An array of so many dimensions, more than one.
    MultiArray(Box<Self>, usize),
    /// `jsonb` with the shape of a composite, or of an array of composites.
    Shaped(Box<Self>),
}

impl Type {
    /// Whether rows can be sorted by its values, and found by them as keys: scalars with an order,
    /// and enums.
    pub const fn is_sortable(&self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::Jsonb
                | Self::Composite(_)
                | Self::Range(_)
                | Self::Multirange(_)
                | Self::Array(_)
                | Self::MultiArray(..)
                | Self::Shaped(_)
        )
    }

    /// Whether arrays of it can be compared.
    pub const fn is_element(&self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::Composite(_)
                | Self::Shaped(_)
                | Self::Array(_)
                | Self::MultiArray(..)
        )
    }

    /// Whether values can be compared with those of another type: with its own, and integers of
    /// all sizes with each other.
    pub fn is_comparable_with(&self, other: &Self) -> bool {
        let integer = |ty: &Self| matches!(ty, Self::Int2 | Self::Int4 | Self::Int8);
        self.is_sortable() && (self == other || integer(self) && integer(other))
    }

    /// The enum, composite or range that it is made of.
    pub fn named(&self) -> Option<&PgName> {
        match self {
            Self::Enum(name)
            | Self::Composite(name)
            | Self::Range(name)
            | Self::Multirange(name) => Some(name),
            Self::Array(inner) | Self::MultiArray(inner, _) | Self::Shaped(inner) => inner.named(),
            _ => None,
        }
    }
}
