//! `where` and `orderBy` on rows in memory, with the three truth values of SQL.

use std::cmp::Ordering;

use async_graphql::{
    Enum, Error, InputObject, InputType, InputValueError, InputValueResult, MaybeUndefined, Result,
    Scalar, ScalarType, Value,
};

use super::data::{Author, Book, Data, Genre, Loan};

/// True, false, or unknown.
type Truth = Option<bool>;

/// A 64-bit integer, as a string.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct BigInt(pub(super) i64);

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

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(InputObject)]
#[graphql(
    concrete(name = "IntFilter", params(i32)),
    concrete(name = "BigIntFilter", params(BigInt)),
    concrete(name = "FloatFilter", params(f64)),
    concrete(name = "StringFilter", params(String)),
    concrete(name = "BooleanFilter", params(bool)),
    concrete(name = "GenreFilter", params(Genre))
)]
pub(super) struct Compare<T: InputType> {
    eq: Option<T>,
    neq: Option<T>,
    distinct_from: MaybeUndefined<T>,
    not_distinct_from: MaybeUndefined<T>,
    #[graphql(name = "in")]
    within: Option<Vec<T>>,
    not_in: Option<Vec<T>>,
    gt: Option<T>,
    lte: Option<T>,
    is_null: Option<bool>,
}

impl<T: InputType + PartialOrd> Compare<T> {
    fn holds(&self, value: Option<T>) -> Truth {
        let value = value.as_ref();
        let mut parts = Vec::new();
        let mut compare = |member: &Option<T>, holds: fn(&T, &T) -> bool| {
            parts.extend(member.iter().map(|other| value.map(|value| holds(value, other))));
        };
        compare(&self.eq, |value, other| value == other);
        compare(&self.neq, |value, other| value != other);
        compare(&self.gt, |value, other| value > other);
        compare(&self.lte, |value, other| value <= other);
        for (member, is_equal) in [(&self.distinct_from, false), (&self.not_distinct_from, true)] {
            if !member.is_undefined() {
                parts.push(Some((value == member.value()) == is_equal));
            }
        }
        for (member, is_in) in [(&self.within, true), (&self.not_in, false)] {
            parts.extend(member.iter().map(|list| match list.as_slice() {
                [] => Some(!is_in),
                list => value.map(|value| list.contains(value) == is_in),
            }));
        }
        parts.extend(self.is_null.map(|is_null| Some(value.is_none() == is_null)));
        all(parts)
    }
}

fn all(parts: impl IntoIterator<Item = Truth>) -> Truth {
    // Not the first unknown decides, but any false.
    let mut all = Some(true);
    for part in parts {
        all = match (all, part) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
    }
    all
}

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

/// Rows of a view.
pub(super) trait Row: Clone {
    type Filter;
    type OrderBy;

    fn satisfies(&self, filter: &Self::Filter, data: &Data) -> Truth;

    /// What a criterion sorts a row by, if there is one.
    fn criterion(
        row: Option<&Self>,
        order: &Self::OrderBy,
        data: &Data,
    ) -> Result<(Cell, Direction)>;

    /// The rows of a list: of those in the order of the key, or of a function.
    fn list<'a>(
        rows: impl Iterator<Item = &'a Self>,
        arguments: List<Self::Filter, Self::OrderBy>,
        data: &Data,
    ) -> Result<Vec<Self>>
    where
        Self: 'a,
    {
        let List { filter, order, limit, offset } = arguments;
        let holds = |row: &&Self| {
            filter.as_ref().is_none_or(|filter| row.satisfies(filter, data) == Some(true))
        };
        let mut sorted = Vec::new();
        for row in rows.filter(holds) {
            let order = order.iter().flatten();
            let criteria = order
                .map(|order| Self::criterion(Some(row), order, data))
                .collect::<Result<_>>()?;
            sorted.push((criteria, row));
        }
        sorted.sort_by(|(one, _): &(Vec<_>, _), (other, _)| compare_criteria(one, other));
        let page = sorted.into_iter().skip(size(offset));
        let limit = limit.map_or(usize::MAX, size);
        Ok(page.take(limit).map(|(_, row)| row.clone()).collect())
    }
}

/// A number of rows; the documents of the test ask for no negative one.
pub(super) fn size(number: i32) -> usize {
    usize::try_from(number).expect("a number of rows")
}

/// The arguments of a list.
pub(super) struct List<F, O> {
    pub(super) filter: Option<F>,
    pub(super) order: Option<Vec<O>>,
    pub(super) limit: Option<i32>,
    pub(super) offset: i32,
}

/// A value to sort by.
#[derive(PartialEq, PartialOrd)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Float(f64),
    Text(String),
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for Cell {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum Direction {
    Asc,
    Desc,
    AscNullsFirst,
    AscNullsLast,
    DescNullsFirst,
    DescNullsLast,
}

fn compare_criteria(one: &[(Cell, Direction)], other: &[(Cell, Direction)]) -> Ordering {
    let pairs = one.iter().zip(other);
    let compare = |((one, direction), (other, _)): (&(Cell, Direction), &(Cell, _))| {
        use Direction::*;
        let nulls = match direction {
            Desc | AscNullsFirst | DescNullsFirst => Ordering::Less,
            Asc | AscNullsLast | DescNullsLast => Ordering::Greater,
        };
        match (one, other) {
            (Cell::Null, Cell::Null) => Ordering::Equal,
            (Cell::Null, _) => nulls,
            (_, Cell::Null) => nulls.reverse(),
            _ => {
                let order = one.partial_cmp(other).expect("no NaN");
                let is_desc = matches!(direction, Desc | DescNullsFirst | DescNullsLast);
                if is_desc { order.reverse() } else { order }
            }
        }
    };
    pairs.map(compare).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Declares the filter, the filter through a relation to many, and the sort criterion of a view:
/// columns with their types and values, relations to one with their rows, relations to many.
macro_rules! view {
    (
        $row:ident, $filter:ident, $list_filter:ident, $order:ident;
        $($column:ident: $ty:ty = |$it:ident| $value:expr, $cell:expr;)*
        $(@one $one:ident: $one_filter:ident, $one_order:ident = |$from:ident, $in:ident| $target:expr;)*
        $(@many $many:ident: $many_filter:ident = |$of:ident, $other:ident, $rows:ident| $related:expr;)*
    ) => {
        #[derive(InputObject)]
        pub(super) struct $filter {
            and: Option<Vec<$filter>>,
            or: Option<Vec<$filter>>,
            not: Option<Box<$filter>>,
            $($column: Option<Compare<$ty>>,)*
            $($one: Option<Box<$one_filter>>,)*
            $($many: Option<Box<$many_filter>>,)*
        }

        #[derive(InputObject)]
        pub(super) struct $list_filter {
            some: Option<$filter>,
            every: Option<$filter>,
            none: Option<$filter>,
        }

        impl $list_filter {
            fn holds(&self, rows: &[&$row], data: &Data) -> Truth {
                let any = |filter: &$filter| {
                    rows.iter().any(|row| row.satisfies(filter, data) == Some(true))
                };
                let each = |filter: &$filter| {
                    rows.iter().all(|row| row.satisfies(filter, data) == Some(true))
                };
                let parts = [
                    self.some.as_ref().map(any),
                    self.every.as_ref().map(each),
                    self.none.as_ref().map(|filter| !any(filter)),
                ];
                Some(!parts.contains(&Some(false)))
            }
        }

        #[derive(InputObject)]
        pub(super) struct $order {
            $($column: Option<Direction>,)*
            $($one: Option<Box<$one_order>>,)*
        }

        impl Row for $row {
            type Filter = $filter;
            type OrderBy = $order;

            fn satisfies(&self, filter: &$filter, data: &Data) -> Truth {
                let mut parts = Vec::new();
                let one = |filter: &$filter| self.satisfies(filter, data);
                parts.extend(filter.and.iter().map(|list| all(list.iter().map(one))));
                parts.extend(filter.or.iter().map(|list| {
                    not(all(list.iter().map(|filter| not(one(filter)))))
                }));
                parts.extend(filter.not.iter().map(|filter| not(one(filter))));
                $({
                    let $it = self;
                    parts.extend(filter.$column.iter().map(|compare| compare.holds($value)));
                })*
                $(if let Some(filter) = &filter.$one {
                    let ($from, $in) = (self, data);
                    let row = $target;
                    parts.push(Some(row.is_some_and(|row| {
                        row.satisfies(filter, data) == Some(true)
                    })));
                })*
                $(if let Some(filter) = &filter.$many {
                    let $of = self;
                    let rows: Vec<_> = data.$rows.iter().filter(|$other| $related).collect();
                    parts.push(filter.holds(&rows, data));
                })*
                all(parts)
            }

            fn criterion(
                row: Option<&Self>,
                order: &$order,
                data: &Data,
            ) -> Result<(Cell, Direction)> {
                $(if let Some(direction) = order.$column {
                    return Ok((row.map_or(Cell::Null, |$it| $cell), direction));
                })*
                $(if let Some(order) = &order.$one {
                    let $in = data;
                    return Row::criterion(row.and_then(|$from| $target), order, $in);
                })*
                Err(Error::new("no column to sort by"))
            }
        }
    };
}

view! {
    Author, AuthorsFilter, AuthorsListFilter, AuthorsOrderBy;
    id: i32 = |it| Some(it.id), it.id.into();
    name: String = |it| Some(it.name.clone()), Cell::Text(it.name.clone());
    born: i32 = |it| it.born, it.born.into();
    mentor_id: i32 = |it| it.mentor_id, it.mentor_id.into();
    @one mentor: AuthorsFilter, AuthorsOrderBy = |it, data| it.mentor_id.and_then(|id| data.author(id));
    @many authors_by_mentor: AuthorsListFilter = |it, other, authors| other.mentor_id == Some(it.id);
    @many books: BooksListFilter = |it, other, books| other.author_id == it.id;
}

view! {
    Book, BooksFilter, BooksListFilter, BooksOrderBy;
    id: BigInt = |it| Some(BigInt(it.id)), it.id.into();
    author_id: i32 = |it| Some(it.author_id), it.author_id.into();
    genre: Genre = |it| it.genre, it.genre.map(|genre| genre as i32).into();
    title: String = |it| it.title.clone(), it.title.clone().map_or(Cell::Null, Cell::Text);
    price: f64 = |it| it.price, it.price.map_or(Cell::Null, Cell::Float);
    in_print: bool = |it| Some(it.in_print), i32::from(it.in_print).into();
    @one author: AuthorsFilter, AuthorsOrderBy = |it, data| data.author(it.author_id);
    @many loans: LoansListFilter = |it, other, loans| other.book_id == it.id;
}

view! {
    Loan, LoansFilter, LoansListFilter, LoansOrderBy;
    book_id: BigInt = |it| Some(BigInt(it.book_id)), it.book_id.into();
    day: i32 = |it| Some(it.day), it.day.into();
    reader: String = |it| it.reader.clone(), it.reader.clone().map_or(Cell::Null, Cell::Text);
    @one book: BooksFilter, BooksOrderBy = |it, data| data.book(it.book_id);
}
