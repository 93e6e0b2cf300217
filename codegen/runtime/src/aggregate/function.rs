//! Aggregate functions: names, and what PostgreSQL's own make of which types.

use crate::model::{Column, ObjectType, Type};
use crate::sql::Sql;

/// A function of the values that a column has in many rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AggregateFunction {
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

impl AggregateFunction {
    /// All of them, in the order of an aggregate's fields.
    pub(crate) const ALL: [Self; 5] =
        [Self::CountDistinct, Self::Sum, Self::Avg, Self::Min, Self::Max];

    /// The name of its field.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::CountDistinct => "countDistinct",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// What it does, for the API's documentation.
    pub(crate) fn doc(self) -> &'static str {
        match self {
            Self::CountDistinct => "How many different values there are; null is none.",
            Self::Sum => "Sums; null where there is no value.",
            Self::Avg => "Averages; null where there is no value.",
            Self::Min => "Smallest values; null where there is none.",
            Self::Max => "Largest values; null where there is none.",
        }
    }

    /// What the type of its results is called, after the name of the aggregate.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::CountDistinct => "CountDistinct",
            Self::Sum => "Sum",
            Self::Avg => "Avg",
            Self::Min | Self::Max => "Extremes",
        }
    }

    /// What that type is, for the API's documentation.
    pub(crate) fn type_doc(self) -> &'static str {
        match self {
            Self::CountDistinct => "How many different values the columns have, of rows of",
            Self::Sum => "Sums of columns of rows of",
            Self::Avg => "Averages of columns of rows of",
            Self::Min | Self::Max => "Smallest or largest values of columns of rows of",
        }
    }

    /// The part of that name that an order by its results has: averages exist where sums do.
    pub(crate) fn order_suffix(self) -> &'static str {
        match self {
            Self::CountDistinct => "GroupKey",
            Self::Sum | Self::Avg => "Sum",
            Self::Min | Self::Max => "Extremes",
        }
    }

    /// The type of its result for a column of a type, as PostgreSQL has it since version 14;
    /// `None` where there is no such function.
    pub(crate) fn result(self, ty: &Type) -> Option<Type> {
        match self {
            Self::CountDistinct => ty.is_groupable().then_some(Type::Int8),
            Self::Sum => match ty {
                Type::Int2 | Type::Int4 => Some(Type::Int8),
                Type::Int8 => Some(Type::Numeric),
                Type::Numeric | Type::Float4 | Type::Float8 | Type::Interval => Some(*ty),
                _ => None,
            },
            Self::Avg => match ty {
                Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric => Some(Type::Numeric),
                Type::Float4 | Type::Float8 => Some(Type::Float8),
                Type::Interval => Some(Type::Interval),
                _ => None,
            },
            Self::Min | Self::Max => match ty {
                Type::Bool | Type::Uuid | Type::Bytea | Type::Macaddr => None,
                Type::Cidr => Some(Type::Inet),
                ty => ty.is_groupable().then_some(*ty),
            },
        }
    }

    /// The columns of an object that it is computed of, with the types of the results.
    pub(crate) fn columns(
        self,
        object: &'static ObjectType,
    ) -> impl Iterator<Item = (&'static Column, Type)> {
        let columns = object.columns.iter().filter(|column| !column.hidden);
        columns.filter_map(move |column| Some((column, self.result(&column.ty)?)))
    }

    /// Appends its call for a column of rows of the table alias `t`.
    pub(crate) fn write(self, column: &Column, sql: &mut Sql) {
        sql.push(match self {
            Self::CountDistinct => "count(distinct t.",
            Self::Sum => "sum(t.",
            Self::Avg => "avg(t.",
            Self::Min => "min(t.",
            Self::Max => "max(t.",
        });
        sql.name(column.column);
        // Functions of any enum take no domain over one.
        if let Type::Enum(ty) = &column.ty {
            sql.push("::").push(ty.sql);
        }
        sql.push(")");
    }
}

impl ObjectType {
    /// The columns by which rows can be grouped.
    pub(crate) fn groupable(&'static self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| !column.hidden && column.ty.is_groupable())
    }
}

impl Type {
    /// Whether rows can be grouped by values of it: scalars, but for JSON, and enums.
    fn is_groupable(&self) -> bool {
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
}
