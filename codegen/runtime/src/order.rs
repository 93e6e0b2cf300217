//! In which order rows come: from an `orderBy` argument to SQL.

use crate::input::Input;
use crate::model::{Cardinality, ObjectType, Relation, View};
use crate::operand::Operand;
use crate::sql::Sql;
use crate::{Error, Result};

/// One sort criterion.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The relations, each to one row, that lead to the operand's row.
    pub(crate) path: Vec<&'static Relation>,
    pub(crate) operand: Operand,
    pub(crate) direction: Direction,
}

/// A direction and the place of nulls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    Asc,
    Desc,
    AscNullsFirst,
    AscNullsLast,
    DescNullsFirst,
    DescNullsLast,
}

impl Direction {
    /// All of them, in the order of the GraphQL enum.
    pub(crate) const ALL: [Self; 6] = [
        Self::Asc,
        Self::Desc,
        Self::AscNullsFirst,
        Self::AscNullsLast,
        Self::DescNullsFirst,
        Self::DescNullsLast,
    ];

    /// GraphQL name and description.
    pub(crate) fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Asc => ("ASC", "Ascending, nulls last."),
            Self::Desc => ("DESC", "Descending, nulls first."),
            Self::AscNullsFirst => ("ASC_NULLS_FIRST", "Ascending, nulls first."),
            Self::AscNullsLast => ("ASC_NULLS_LAST", "Ascending, nulls last."),
            Self::DescNullsFirst => ("DESC_NULLS_FIRST", "Descending, nulls first."),
            Self::DescNullsLast => ("DESC_NULLS_LAST", "Descending, nulls last."),
        }
    }

    /// Whether large values come first.
    pub(crate) fn is_desc(self) -> bool {
        matches!(self, Self::Desc | Self::DescNullsFirst | Self::DescNullsLast)
    }

    /// Whether nulls come first.
    pub(crate) fn nulls_first(self) -> bool {
        matches!(self, Self::Desc | Self::AscNullsFirst | Self::DescNullsFirst)
    }

    /// The opposite order.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
            Self::AscNullsFirst => Self::DescNullsLast,
            Self::AscNullsLast => Self::DescNullsFirst,
            Self::DescNullsFirst => Self::AscNullsLast,
            Self::DescNullsLast => Self::AscNullsFirst,
        }
    }

    pub(crate) fn parse(input: &Input<'_>) -> Option<Self> {
        let given = input.name()?;
        Self::ALL.into_iter().find(|known| known.describe().0 == given)
    }

    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Asc | Self::AscNullsLast => "",
            Self::Desc | Self::DescNullsFirst => " desc",
            Self::AscNullsFirst => " nulls first",
            Self::DescNullsLast => " desc nulls last",
        }
    }
}

impl Order {
    /// Reads an `orderBy` argument.
    pub(crate) fn parse_list(object: &'static ObjectType, input: &Input<'_>) -> Result<Vec<Self>> {
        input.items().into_iter().map(|item| Self::parse(object, item)).collect()
    }

    /// Reads `{ createdAt: DESC }` or `{ customer: { name: ASC } }`: one column per element, so that
    /// the order of criteria is the order of the list.
    fn parse(object: &'static ObjectType, input: Input<'_>) -> Result<Self> {
        let (mut object, mut input, mut path) = (object, input, Vec::new());
        loop {
            let (name, inner) = only_member(&input, "orderBy", "{ id: ASC }")?;
            let relation = object.relations.iter().find(|relation| {
                relation.field == name && relation.cardinality != Cardinality::Many
            });
            if let Some(relation) = relation {
                path.push(relation);
                (object, input) = ((relation.target)().object, inner);
                continue;
            }
            let operand = object
                .operand(name)
                .filter(|operand| operand.is_sortable())
                .ok_or_else(|| Error::bad_input(format!("`orderBy`: unknown column `{name}`")))?;
            let direction = Direction::parse(&inner).ok_or_else(|| {
                Error::bad_input(format!("`orderBy.{name}`: expected a Direction"))
            })?;
            return Ok(Self { path, operand, direction });
        }
    }

    /// Whether it sorts by the same column as another one.
    fn is_same(&self, other: &Self) -> bool {
        self.operand.is_same(other.operand)
            && self.path.len() == other.path.len()
            && self.path.iter().zip(&other.path).all(|(a, b)| a.field == b.field)
    }

    /// Whether the column may be null; one of a related row may be, for want of the row.
    pub(crate) fn is_nullable(&self) -> bool {
        self.operand.nullable() || !self.path.is_empty()
    }

    /// Appends the column of the criterion at this position.
    pub(crate) fn write_column<'s>(&self, position: usize, sql: &'s mut Sql) -> &'s mut Sql {
        self.operand.write(|sql| write_alias(position, self.path.len(), sql), sql);
        sql
    }
}

/// The only member of an object, which is an argument or a part of one, and looks like the example.
pub(crate) fn only_member<'s>(
    input: &Input<'s>,
    path: &str,
    example: &str,
) -> Result<(&'s str, Input<'s>)> {
    if let Some(mut members) = input.members()
        && let (Some(member), true) = (members.pop(), members.is_empty())
    {
        return Ok(member);
    }
    Err(Error::bad_input(format!(
        "`{path}`: expected objects of one column each, such as `{example}`"
    )))
}

/// What the client asked for, then the key of the view, so that equal rows have an order too and
/// pages do not overlap. A column that is named again changes nothing and is left out.
pub(crate) fn complete(wanted: &[Order], view: &View) -> Result<Vec<Order>> {
    let mut complete: Vec<Order> = Vec::with_capacity(wanted.len() + view.key.len());
    let mut add = |order: Order| {
        if !complete.iter().any(|other| other.is_same(&order)) {
            complete.push(order);
        }
    };
    wanted.iter().cloned().for_each(&mut add);
    for name in view.key {
        let operand = Operand::Column(view.object.column(name)?);
        add(Order { path: Vec::new(), operand, direction: Direction::Asc });
    }
    Ok(complete)
}

/// Appends ` left join …` for the rows that criteria lead to, after `from … as t`.
pub(crate) fn write_joins(order: &[Order], sql: &mut Sql) {
    for (position, order) in order.iter().enumerate() {
        for (step, relation) in order.path.iter().enumerate() {
            let view = (relation.target)();
            sql.push(" left join ").qualified(view.schema, view.name).push(" as ");
            write_alias(position, step + 1, sql);
            for (index, (own, target)) in relation.columns.iter().enumerate() {
                sql.push(if index == 0 { " on " } else { " and " });
                write_alias(position, step + 1, sql);
                relation.write_compared(target, target, sql);
                sql.push(" = ");
                write_alias(position, step, sql);
                relation.write_compared(own, target, sql);
            }
        }
    }
}

/// The alias of the row that is so many relations away from `t`, for one criterion.
fn write_alias(position: usize, steps: usize, sql: &mut Sql) {
    match steps {
        0 => sql.push("t"),
        steps => sql.push("o").number(position as u64).push("_").number(steps as u64),
    };
}

/// Appends ` order by …`.
pub(crate) fn write_order(order: &[Order], sql: &mut Sql) {
    for (position, order) in order.iter().enumerate() {
        sql.push(if position > 0 { ", " } else { " order by " });
        order.write_column(position, sql).push(order.direction.sql());
    }
}
