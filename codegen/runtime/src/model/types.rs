//! The types of values.

use std::borrow::Cow;

use super::{CompositeType, EnumType, RangeType};

/// A PostgreSQL type as the API carries it.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `bool` as `Boolean`.
    Bool,
    /// `int2` as `Int`.
    Int2,
    /// `int4` as `Int`.
    Int4,
    /// `int8` as `BigInt`.
    Int8,
    /// `float4` as `Float`.
    Float4,
    /// `float8` as `Float`.
    Float8,
    /// `numeric` as `Decimal`.
    Numeric,
    /// `text`, `varchar`, `bpchar`, `name`, `"char"`, `citext` as `String`.
    Text,
    /// `uuid` as `UUID`.
    Uuid,
    /// `timestamptz` as `DateTime`.
    Timestamptz,
    /// `timestamp` as `LocalDateTime`.
    Timestamp,
    /// `date` as `Date`.
    Date,
    /// `time` as `LocalTime`.
    Time,
    /// `interval` as `Duration`.
    Interval,
    /// `json` as `JSON`.
    Json,
    /// `jsonb` as `JSON`.
    Jsonb,
    /// `bytea` as `Base64`.
    Bytea,
    /// `inet` as `Inet`.
    Inet,
    /// `cidr` as `Cidr`.
    Cidr,
    /// `macaddr` as `MacAddr`.
    Macaddr,
    /// An enum as an enum.
    Enum(&'static EnumType),
    /// A composite as an object, or an input object.
    Composite(&'static CompositeType),
    /// A range as an object, or an input object.
    Range(&'static RangeType),
    /// A multirange as a list of such objects, none of them null.
    Multirange(&'static RangeType),
    /// An array of nullable elements and one dimension as a list.
    Array(&'static Type),
    /// An array of nullable elements and so many dimensions as lists of lists.
    MultiArray(&'static Type, usize),
    /// `jsonb` holding the shape of a type (`@type`): an object, or a list of objects.
    Shaped(&'static Type),
}

impl Type {
    /// Whether rows can be sorted by it.
    pub(crate) fn is_sortable(&self) -> bool {
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

    /// Whether values of this type and the other are equal exactly if their binary forms are.
    /// Not so for `numeric` (`1.0 = 1.00`), floats (`0 = -0`) and collated text.
    pub(crate) fn equals_by_bytes(&self, other: &Self) -> bool {
        let plain = matches!(
            self,
            Self::Bool
                | Self::Int2
                | Self::Int4
                | Self::Int8
                | Self::Uuid
                | Self::Date
                | Self::Timestamp
                | Self::Timestamptz
                | Self::Time
                | Self::Enum(_)
        );
        plain && std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether it is an integer, of whichever size.
    pub(crate) fn is_integer(&self) -> bool {
        matches!(self, Self::Int2 | Self::Int4 | Self::Int8)
    }

    /// The SQL name of the type, schema-qualified.
    pub fn sql_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Bool => "pg_catalog.bool",
            Self::Int2 => "pg_catalog.int2",
            Self::Int4 => "pg_catalog.int4",
            Self::Int8 => "pg_catalog.int8",
            Self::Float4 => "pg_catalog.float4",
            Self::Float8 => "pg_catalog.float8",
            Self::Numeric => "pg_catalog.numeric",
            Self::Text => "pg_catalog.text",
            Self::Uuid => "pg_catalog.uuid",
            Self::Timestamptz => "pg_catalog.timestamptz",
            Self::Timestamp => "pg_catalog.timestamp",
            Self::Date => "pg_catalog.date",
            Self::Time => "pg_catalog.time",
            Self::Interval => "pg_catalog.interval",
            Self::Json => "pg_catalog.json",
            Self::Jsonb | Self::Shaped(_) => "pg_catalog.jsonb",
            Self::Bytea => "pg_catalog.bytea",
            Self::Inet => "pg_catalog.inet",
            Self::Cidr => "pg_catalog.cidr",
            Self::Macaddr => "pg_catalog.macaddr",
            Self::Enum(ty) => ty.sql,
            Self::Composite(ty) => ty.sql,
            Self::Range(ty) => ty.sql,
            Self::Multirange(ty) => ty.multirange,
            Self::Array(element) | Self::MultiArray(element, _) => {
                return Cow::Owned(format!("{}[]", element.sql_name()));
            }
        })
    }
}
