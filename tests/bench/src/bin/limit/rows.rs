//! What answers are made of: borrowed from rows, written by serde.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

type BoxError = Box<dyn std::error::Error + Sync + Send>;

/// An order with its customer and its lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order<'a> {
    pub(crate) id: i32,
    order_number: &'a str,
    customer_name: &'a str,
    customer_email: &'a str,
    item_count: i32,
    total_amount: &'a str,
    status: Status,
    created_at: DateTime<Utc>,
    pub(crate) items: Vec<Line<'a>>,
}

impl<'a> Order<'a> {
    /// Reads the columns in the order of the fields.
    pub(crate) fn of(row: &'a Row, items: Vec<Line<'a>>) -> Self {
        Self {
            id: row.get(0),
            order_number: row.get(1),
            customer_name: row.get(2),
            customer_email: row.get(3),
            item_count: row.get(4),
            total_amount: row.get(5),
            status: row.get(6),
            created_at: row.get(7),
            items,
        }
    }
}

/// A line of an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line<'a> {
    product_name: &'a str,
    quantity: i32,
    price: &'a str,
    subtotal: &'a str,
}

impl<'a> Line<'a> {
    /// Reads name, quantity, price and subtotal, after the order's id.
    pub(crate) fn of(row: &'a Row) -> Self {
        Self {
            product_name: row.get(1),
            quantity: row.get(2),
            price: row.get(3),
            subtotal: row.get(4),
        }
    }
}

/// The type `bench_line` of the data set: name, quantity, price and subtotal.
impl<'a> FromSql<'a> for Line<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, BoxError> {
        // https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/rowtypes.c, record_send
        let mut rest = raw.get(4..).ok_or("a record has no fields")?;
        let mut next = || -> Result<&'a [u8], BoxError> {
            let (header, tail) = rest.split_first_chunk::<8>().ok_or("a record is cut")?;
            let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
            let (value, tail) =
                tail.split_at_checked(length.try_into()?).ok_or("a record is cut")?;
            rest = tail;
            Ok(value)
        };
        Ok(Self {
            product_name: str::from_utf8(next()?)?,
            quantity: i32::from_be_bytes(next()?.try_into()?),
            price: str::from_utf8(next()?)?,
            subtotal: str::from_utf8(next()?)?,
        })
    }

    fn accepts(ty: &Type) -> bool {
        ty.name() == "bench_line"
    }
}

/// Where an order stands, spelled as the API spells it.
#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Pending,
    Paid,
    Shipped,
    Delivered,
    Cancelled,
}

impl<'a> FromSql<'a> for Status {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, BoxError> {
        match raw {
            b"pending" => Ok(Self::Pending),
            b"paid" => Ok(Self::Paid),
            b"shipped" => Ok(Self::Shipped),
            b"delivered" => Ok(Self::Delivered),
            b"cancelled" => Ok(Self::Cancelled),
            _ => Err("an unknown status".into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        ty.name() == "order_status"
    }
}
