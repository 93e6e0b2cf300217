//! The GraphQL scalars that async-graphql lacks, with their wire formats.
//!
//! Each is carried in the text form of the API, which PostgreSQL reads back as the same value:
//! nothing is rounded, and values that Rust's usual types cannot hold (a `numeric` of 60 digits, a
//! timestamp of `infinity`) pass through.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::Result;
use crate::encode::{Path, encode};
use crate::record::{FromCell, RawCell};

/// A whole number from −2⁶³ to 2⁶³−1 (`int8`), written as a string, because the numbers of
/// JavaScript are exact up to 2⁵³ only. As input, a number is accepted too.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BigInt(pub i64);

#[Scalar]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64(),
            _ => None,
        };
        number.map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn is_valid(value: &Value) -> bool {
        match value {
            Value::String(text) => text.parse::<i64>().is_ok(),
            Value::Number(number) => number.is_i64(),
            _ => false,
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Any JSON value, as it is (`json`, `jsonb`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Json(pub serde_json::Value);

#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json().map_err(InputValueError::custom)?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// A decimal number of any length (`numeric`), written as a string with every digit kept; `NaN`,
/// `Infinity` and `-Infinity` are values too. As input, a number of up to 15 digits is accepted too.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Decimal(String);

#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.clone())),
            Value::Number(_) => Ok(Self(
                encode(&crate::Type::Numeric, &value, &Path::Argument("value"))
                    .map_err(InputValueError::custom)?
                    .unwrap_or_default(),
            )),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_) | Value::Number(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

macro_rules! text_scalar {
    ($(#[doc = $doc:literal])* $rust:ident, $graphql:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        pub struct $rust(String);

        #[Scalar(name = $graphql)]
        impl ScalarType for $rust {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    value => Err(InputValueError::expected_type(value)),
                }
            }

            fn is_valid(value: &Value) -> bool {
                matches!(value, Value::String(_))
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

text_scalar! {
    /// A universally unique identifier (`uuid`): `123e4567-e89b-12d3-a456-426614174000`.
    Uuid, "UUID"
}
text_scalar! {
    /// A point in time (`timestamptz`), in UTC with up to six decimals: `2024-01-15T10:15:00.5Z`.
    /// `infinity` and `-infinity` are values too; years before 1 end in ` BC`.
    DateTime, "DateTime"
}
text_scalar! {
    /// A date and time without time zone (`timestamp`): `2024-01-15T10:15:00.5`.
    /// `infinity` and `-infinity` are values too; years before 1 end in ` BC`.
    LocalDateTime, "LocalDateTime"
}
text_scalar! {
    /// A day (`date`): `2024-01-15`.
    /// `infinity` and `-infinity` are values too; years before 1 end in ` BC`.
    Date, "Date"
}
text_scalar! {
    /// A time of day without time zone (`time`): `10:15:00.5`.
    LocalTime, "LocalTime"
}
text_scalar! {
    /// A span of time (`interval`) in ISO 8601, each part with its own sign: `P1Y2M3DT4H5M6.7S`.
    Duration, "Duration"
}
text_scalar! {
    /// Bytes (`bytea`) in base64 with padding: `AP8=`.
    Base64, "Base64"
}
text_scalar! {
    /// An IPv4 or IPv6 address, with a mask where it is not one host (`inet`): `10.0.0.1`.
    Inet, "Inet"
}
text_scalar! {
    /// An IPv4 or IPv6 network (`cidr`): `10.0.0.0/8`.
    Cidr, "Cidr"
}
text_scalar! {
    /// A hardware address (`macaddr`): `08:00:2b:01:02:03`.
    MacAddr, "MacAddr"
}

macro_rules! text_access {
    ($($rust:ident),*) => {$(
        impl $rust {
            /// The text form, as in the API.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $rust {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromCell for $rust {
            fn from_cell(cell: RawCell<'_>) -> Result<Self> {
                Ok(Self(cell.text()?))
            }
        }
    )*};
}

text_access!(
    Base64,
    Cidr,
    Date,
    DateTime,
    Decimal,
    Duration,
    Inet,
    LocalDateTime,
    LocalTime,
    MacAddr,
    Uuid
);
