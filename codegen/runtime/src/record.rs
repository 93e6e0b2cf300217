//! Rows as plain Rust structs: the traits that generated types implement.

use tokio_postgres::Row;

use crate::decode::{self, DecodeError};
use crate::level::raw;
use crate::model::{CompositeType, EnumType, ObjectType, RangeType, Type, View};
use crate::scalar::{BigInt, Json};
use crate::{Error, Limits, Result};

/// A struct with one field per column.
pub trait Record: Sized + Send + Sync + 'static {
    /// Its GraphQL type and its columns.
    const OBJECT: &'static ObjectType;

    /// Reads all columns in order.
    ///
    /// # Errors
    ///
    /// Fails if a value has another type, or is null where the struct does not allow it.
    fn read(cells: &mut Cells<'_>) -> Result<Self>;

    /// Reads a row whose columns are those of [`Record::OBJECT`], in that order.
    ///
    /// # Errors
    ///
    /// As [`Record::read`].
    fn from_row(row: &Row) -> Result<Self> {
        let cells = (0..row.len()).map(|index| raw(row, index)).collect::<Result<_>>()?;
        Self::read(&mut Cells::new(Self::OBJECT, cells))
    }
}

/// A row of a view.
pub trait ViewRow: Record {
    /// The view.
    const VIEW: &'static View;
}

/// A value of a composite type.
pub trait Composite: Record {
    /// The type.
    const COMPOSITE: &'static CompositeType;
}

/// A value of a range type.
pub trait Range: Record {
    /// The type.
    const RANGE: &'static RangeType;
}

/// A set of ranges that do not touch, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Multirange<T>(pub Vec<T>);

/// A value of an enum type.
pub trait EnumLabel: Copy + Send + Sync + 'static {
    /// The type.
    const ENUM: &'static EnumType;
    /// Its values, in the order of [`EnumType::values`].
    const VALUES: &'static [Self];

    /// Its position in [`EnumLabel::VALUES`].
    fn index(self) -> usize;
}

/// The values of a row or composite, read one after the other.
#[derive(Debug)]
pub struct Cells<'a> {
    object: &'static ObjectType,
    cells: Vec<Option<&'a [u8]>>,
    next: usize,
}

impl<'a> Cells<'a> {
    fn new(object: &'static ObjectType, cells: Vec<Option<&'a [u8]>>) -> Self {
        Self { object, cells, next: 0 }
    }

    /// Reads the next value. Not an iterator: each value has its own type.
    ///
    /// # Errors
    ///
    /// Fails if there is none, or it has another type, or is null where `T` does not allow it.
    #[allow(clippy::should_implement_trait)]
    pub fn next<T: FromCell>(&mut self) -> Result<T> {
        let column = self.object.columns.get(self.next);
        let (Some(column), Some(cell)) = (column, self.cells.get(self.next)) else {
            return Err(DecodeError::Malformed(self.object.name).into());
        };
        self.next += 1;
        T::from_cell(RawCell { ty: &column.ty, raw: *cell }).map_err(|error| match cell {
            None => {
                DecodeError::UnexpectedNull { origin: self.object.origin, column: column.column }
                    .into()
            }
            Some(_) => error,
        })
    }

    /// Passes over a value.
    pub fn skip(&mut self) {
        self.next += 1;
    }
}

/// A value as PostgreSQL sent it.
#[derive(Clone, Copy, Debug)]
pub struct RawCell<'a> {
    ty: &'a Type,
    raw: Option<&'a [u8]>,
}

impl<'a> RawCell<'a> {
    fn bytes(self) -> Result<&'a [u8]> {
        Ok(self.raw.ok_or(DecodeError::Malformed("value that is not null"))?)
    }

    /// Reads the label of an enum.
    ///
    /// # Errors
    ///
    /// Fails if it is null or unknown.
    pub fn label<E: EnumLabel>(self) -> Result<E> {
        let label = decode::text(self.bytes()?)?;
        let known = E::ENUM.values.iter().position(|(_, known)| *known == label);
        let value = known.and_then(|index| E::VALUES.get(index));
        Ok(*value.ok_or(DecodeError::Malformed(E::ENUM.name))?)
    }

    /// Reads a composite.
    ///
    /// # Errors
    ///
    /// Fails if it is null or an attribute cannot be read.
    pub fn record<T: Record>(self) -> Result<T> {
        T::read(&mut Cells::new(T::OBJECT, decode::split_record(self.bytes()?)?))
    }

    /// Reads a range.
    ///
    /// # Errors
    ///
    /// Fails if it is null or a bound cannot be read.
    pub fn range<T: Range>(self) -> Result<T> {
        T::read(&mut Cells::new(T::OBJECT, decode::split_range(self.bytes()?)?.to_vec()))
    }

    /// The JSON form that the API gives it, without the quotes of a string.
    pub(crate) fn text(self) -> Result<String> {
        let mut out = Vec::new();
        decode::write(self.ty, self.bytes()?, None, &mut out)?;
        let text = String::from_utf8(out).map_err(Error::internal)?;
        Ok(text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .map_or(text.clone(), str::to_owned))
    }
}

/// A Rust type that a value can be read as.
pub trait FromCell: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// Fails if it has another type, or is null where this type does not allow it.
    fn from_cell(cell: RawCell<'_>) -> Result<Self>;
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        cell.raw.map(|_| T::from_cell(cell)).transpose()
    }
}

impl<T: FromCell> FromCell for Vec<Option<T>> {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        let Type::Array(element) = cell.ty else {
            return Err(DecodeError::Malformed("array").into());
        };
        decode::split_array(cell.bytes()?)?
            .into_iter()
            .map(|raw| Option::from_cell(RawCell { ty: element, raw }))
            .collect()
    }
}

impl<T> FromCell for Vec<Vec<T>>
where
    Vec<T>: FromElements,
{
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        let Type::MultiArray(element, dimensions) = cell.ty else {
            return Err(DecodeError::Malformed("array").into());
        };
        let elements = decode::split_arrays(cell.bytes()?, *dimensions)?;
        let mut cells = elements.values.into_iter().map(|raw| RawCell { ty: element, raw });
        Self::from_elements(&elements.lengths, &mut cells)
    }
}

/// A list of elements, or of such lists, for the dimensions of an array.
pub trait FromElements: Sized {
    /// Takes the elements of all dimensions, row by row.
    ///
    /// # Errors
    ///
    /// Fails if an element cannot be read.
    fn from_elements<'a>(
        lengths: &[usize],
        cells: &mut dyn Iterator<Item = RawCell<'a>>,
    ) -> Result<Self>;
}

impl<T: FromCell> FromElements for Vec<Option<T>> {
    fn from_elements<'a>(
        lengths: &[usize],
        cells: &mut dyn Iterator<Item = RawCell<'a>>,
    ) -> Result<Self> {
        cells.take(lengths.first().copied().unwrap_or(0)).map(Option::from_cell).collect()
    }
}

impl<T> FromElements for Vec<Vec<T>>
where
    Vec<T>: FromElements,
{
    fn from_elements<'a>(
        lengths: &[usize],
        cells: &mut dyn Iterator<Item = RawCell<'a>>,
    ) -> Result<Self> {
        let [length, inner @ ..] = lengths else { return Ok(Self::new()) };
        (0..*length).map(|_| Vec::<T>::from_elements(inner, cells)).collect()
    }
}

impl<T: Range + FromCell> FromCell for Multirange<T> {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        let ranges = decode::split_multirange(cell.bytes()?)?.into_iter();
        let ranges = ranges.map(|raw| RawCell { ty: cell.ty, raw: Some(raw) }.range());
        ranges.collect::<Result<_>>().map(Self)
    }
}

impl FromCell for String {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        Ok(decode::text(cell.bytes()?)?.to_owned())
    }
}

impl FromCell for bool {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        Ok(cell.bytes()? == [1])
    }
}

impl FromCell for BigInt {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        Ok(Self(i64::from_be_bytes(decode::fixed(cell.bytes()?, "int8")?)))
    }
}

impl FromCell for Json {
    fn from_cell(cell: RawCell<'_>) -> Result<Self> {
        let bytes = cell.bytes()?;
        let text =
            if matches!(cell.ty, Type::Json) { bytes } else { bytes.get(1..).unwrap_or(b"") };
        Ok(Self(serde_json::from_slice(text).map_err(Error::internal)?))
    }
}

macro_rules! from_bytes {
    ($($ty:ty: $name:literal),* $(,)?) => {$(
        impl FromCell for $ty {
            fn from_cell(cell: RawCell<'_>) -> Result<Self> {
                Ok(Self::from_be_bytes(decode::fixed(cell.bytes()?, $name)?))
            }
        }
    )*};
}

from_bytes!(i16: "int2", i32: "int4", f32: "float4", f64: "float8");

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        if let DecodeError::TooLong(max_bytes) = error {
            return Limits::response_too_large(max_bytes);
        }
        Self::internal(error)
    }
}
