//! Aggregates of the rows of a view: which functions there are for which columns, and what their
//! types are called. `runtime::aggregate` is the twin.

use super::model::{Cardinality, Column, Object, Relation, Type};
use super::names::GraphqlName;

/// What the field of an aggregate, and its type, end in.
pub(crate) const SUFFIX: &str = "Aggregate";

/// A function of the values that a column has in many rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AggregateFunction {
    /// How many different values there are.
    CountDistinct,
    /// Their sum.
    Sum,
    /// Their average.
    Avg,
    /// The smallest one.
    Min,
    /// The largest one.
    Max,
}

impl AggregateFunction {
    /// All of them, in the order of an aggregate's fields.
    pub const ALL: [Self; 5] = [Self::CountDistinct, Self::Sum, Self::Avg, Self::Min, Self::Max];

    /// The name of its field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::CountDistinct => "countDistinct",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// What the type of its results is called, after the name of the aggregate.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::CountDistinct => "CountDistinct",
            Self::Sum => "Sum",
            Self::Avg => "Avg",
            Self::Min | Self::Max => "Extremes",
        }
    }

    /// The part of that name that an order by its results has: averages exist where sums do.
    pub const fn order_suffix(self) -> &'static str {
        match self {
            Self::CountDistinct => "GroupKey",
            Self::Sum | Self::Avg => "Sum",
            Self::Min | Self::Max => "Extremes",
        }
    }

    /// The type of its result for a column of a type, as PostgreSQL has it since version 14;
    /// `None` where there is no such function.
    pub fn result(self, ty: &Type) -> Option<Type> {
        match self {
            Self::CountDistinct => ty.is_groupable().then_some(Type::Int8),
            Self::Sum => match ty {
                Type::Int2 | Type::Int4 => Some(Type::Int8),
                Type::Int8 => Some(Type::Numeric),
                Type::Numeric | Type::Float4 | Type::Float8 | Type::Interval => Some(ty.clone()),
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
                ty => ty.is_groupable().then(|| ty.clone()),
            },
        }
    }

    /// The columns of an object that it is computed of, with the types of the results.
    pub fn columns(self, object: &Object) -> impl Iterator<Item = (&Column, Type)> {
        let columns = object.columns.iter();
        columns.filter_map(move |column| Some((column, self.result(&column.ty)?)))
    }
}

impl Object {
    /// The columns by which rows can be grouped.
    pub fn groupable(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.ty.is_groupable())
    }

    /// Name of a type of its aggregate, which itself has no part. All begin alike, so that only a
    /// view that is called an aggregate can be in the way.
    pub(crate) fn aggregate_type(&self, part: &str) -> GraphqlName {
        self.name.with_suffix(&format!("{SUFFIX}{part}"))
    }

    /// The names of all types of its aggregate.
    pub(crate) fn aggregate_types(&self) -> Vec<GraphqlName> {
        let functions = AggregateFunction::ALL.into_iter();
        let functions = functions.filter(|function| function.columns(self).next().is_some());
        let mut parts = vec![String::new()];
        parts.extend(functions.clone().map(|function| function.suffix().to_owned()));
        if self.groupable().next().is_some() {
            parts.extend(["Group", "GroupKey", "GroupBy", "GroupOrderBy"].map(str::to_owned));
            parts.extend(functions.map(|function| format!("{}OrderBy", function.order_suffix())));
        }
        parts.sort();
        parts.dedup();
        parts.iter().map(|part| self.aggregate_type(part)).collect()
    }
}

impl Relation {
    /// The field that aggregates the rows that it leads to.
    pub(crate) fn aggregate_field(&self) -> Option<GraphqlName> {
        (self.cardinality == Cardinality::Many).then(|| self.field.with_suffix(SUFFIX))
    }
}

impl Type {
    /// Whether rows can be grouped by values of it: scalars, but for JSON, and enums.
    pub const fn is_groupable(&self) -> bool {
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
