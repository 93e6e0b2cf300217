//! Conditions on the rows of a view: from a `where` argument to SQL.

use crate::encode::Form;
use crate::input::Input;
use crate::model::{Cardinality, Column, ObjectType, Relation, Type};
use crate::operand::Operand;
use crate::operator::{Argument, EQ, Operator, operators};
use crate::param::Param;
use crate::sql::Sql;
use crate::{Error, Result};

/// A condition on a row.
#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    /// All hold; none given: true.
    All(Vec<Predicate>),
    /// At least one holds; none given: false.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// Something compared with what was given.
    Compare { operand: Operand, operator: &'static Operator, value: Param },
    /// Something is null, or is not.
    Null { operand: Operand, is_null: bool },
    /// The attributes of a composite satisfy a condition.
    Within { operand: Operand, predicate: Box<Predicate> },
    /// So many of the rows that a relation leads to satisfy a condition.
    Related { relation: &'static Relation, quantifier: Quantifier, predicate: Box<Predicate> },
}

/// How many related rows have to satisfy a condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Quantifier {
    Some,
    Every,
    None,
}

impl Quantifier {
    /// All of them, in the order of the filter's fields, with names and descriptions.
    pub(crate) const ALL: [(&'static str, Self, &'static str); 3] = [
        ("some", Self::Some, "At least one row satisfies this."),
        ("every", Self::Every, "No row fails this; so it is without rows."),
        ("none", Self::None, "No row satisfies this."),
    ];
}

impl Predicate {
    /// Reads a filter object: `{ status: { eq: PAID }, or: […] }`; all its members must hold.
    pub(crate) fn parse(
        object: &'static ObjectType,
        input: &Input<'_>,
        path: &str,
    ) -> Result<Self> {
        let Some(members) = input.members() else {
            return Err(Error::bad_input(format!("`{path}`: expected an object")));
        };
        let mut all = Vec::with_capacity(members.len());
        for (name, input) in &members {
            let path = format!("{path}.{name}");
            all.push(match (*name, object.operand(name)) {
                ("and", _) => Self::All(Self::parse_list(object, input, &path)?),
                ("or", _) => Self::Any(Self::parse_list(object, input, &path)?),
                ("not", _) => Self::Not(Box::new(Self::parse(object, input, &path)?)),
                (_, Some(operand)) => Self::parse_operand(operand, input, &path)?,
                (name, _) => match object.relations.iter().find(|item| item.field == name) {
                    Some(relation) => Self::parse_relation(relation, input, &path)?,
                    None => return Err(Error::bad_input(format!("`{path}`: unknown field"))),
                },
            });
        }
        Ok(Self::All(all))
    }

    fn parse_list(object: &'static ObjectType, input: &Input<'_>, path: &str) -> Result<Vec<Self>> {
        if !input.is_list() {
            return Ok(vec![Self::parse(object, input, path)?]);
        }
        let parse = |(index, item)| Self::parse(object, item, &format!("{path}[{index}]"));
        input.items().iter().enumerate().map(parse).collect()
    }

    /// Reads `{ name: … }` for a relation to one row, `{ some: { name: … } }` for one to many.
    fn parse_relation(relation: &'static Relation, input: &Input<'_>, path: &str) -> Result<Self> {
        let target = (relation.target)().object;
        if relation.cardinality != Cardinality::Many {
            let predicate = Box::new(Self::parse(target, input, path)?);
            return Ok(Self::Related { relation, quantifier: Quantifier::Some, predicate });
        }
        let Some(members) = input.members() else {
            return Err(Error::bad_input(format!(
                "`{path}`: expected an object such as {{ some: {{ … }} }}"
            )));
        };
        let quantified = members.iter().map(|(name, input)| {
            let path = format!("{path}.{name}");
            let known = Quantifier::ALL.iter().find(|(known, ..)| known == name);
            let (_, quantifier, _) =
                known.ok_or_else(|| Error::bad_input(format!("`{path}`: unknown field")))?;
            let predicate = Box::new(Self::parse(target, input, &path)?);
            Ok(Self::Related { relation, quantifier: *quantifier, predicate })
        });
        Ok(Self::All(quantified.collect::<Result<_>>()?))
    }

    fn parse_operand(operand: Operand, input: &Input<'_>, path: &str) -> Result<Self> {
        let Some(members) = input.members() else {
            return Err(Error::bad_input(format!(
                "`{path}`: expected an object such as {{ isNull: true }}"
            )));
        };
        let compare = |(name, input): &(&str, Input<'_>)| {
            let path = format!("{path}.{name}");
            let operator = operators(operand.ty()).find(|item| item.field == *name);
            match (operator, operand.attribute(name)) {
                (Some(operator), _) => Self::parse_operator(operand, operator, input, &path),
                (None, Some(attribute)) => {
                    let predicate = Box::new(Self::parse_operand(attribute, input, &path)?);
                    Ok(Self::Within { operand, predicate })
                }
                _ => Err(Error::bad_input(format!("`{path}`: unknown operator"))),
            }
        };
        Ok(Self::All(members.iter().map(compare).collect::<Result<_>>()?))
    }

    fn parse_operator(
        operand: Operand,
        operator: &'static Operator,
        input: &Input<'_>,
        path: &str,
    ) -> Result<Self> {
        if operator.argument == Argument::IsNull
            && let Some(is_null) = input.boolean()
        {
            return Ok(Self::Null { operand, is_null });
        }
        let form = Form { argument: operator.argument, ty: operand.ty() };
        Ok(Self::Compare { operand, operator, value: Param::of(input, form, path)? })
    }

    /// A column equals a value, or is null where the value is.
    pub(crate) fn equal(column: &'static Column, input: &Input<'_>) -> Result<Self> {
        let operand = Operand::Column(column);
        if input.is_null() {
            return Ok(Self::Null { operand, is_null: true });
        }
        let value = Param::of(input, Form::value(&column.ty), column.field)?;
        Ok(Self::Compare { operand, operator: &EQ, value })
    }

    /// What it compares with, if that is all it does.
    pub(crate) fn compared(&self) -> Option<&Param> {
        match self {
            Self::Compare { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Appends the condition on rows of the table alias `t`.
    pub(crate) fn write(&self, sql: &mut Sql) {
        self.write_on(Row::Table(0), sql);
    }

    fn write_on(&self, row: Row<'_>, sql: &mut Sql) {
        match self {
            Self::All(parts) => write_joined(parts, " and ", "true", row, sql),
            Self::Any(parts) => write_joined(parts, " or ", "false", row, sql),
            Self::Not(part) => {
                sql.push("not (");
                part.write_on(row, sql);
                sql.push(")");
            }
            Self::Compare { operand, operator, value } => {
                let [before, between, after] = operator.sql;
                sql.push(before);
                operand.write(|sql| row.write_name(sql), sql);
                if operator.argument.is_text() && operand.is_nondeterministic() {
                    // Before version 18 such texts cannot be matched with patterns.
                    sql.push(" collate pg_catalog.\"default\"");
                }
                sql.push(between);
                sql.param(value.clone(), &operand.argument_type(operator.argument)).push(after);
            }
            Self::Within { operand, predicate } => {
                predicate.write_on(Row::Value(&row, *operand), sql)
            }
            Self::Null { operand, is_null } => {
                operand.write(|sql| row.write_name(sql), sql);
                sql.push(match (operand.ty(), is_null) {
                    // `is null` would also be true of a row of nothing but nulls, and `is not null`
                    // false of one with a single null.
                    (Type::Composite(_), true) => " is not distinct from null",
                    (Type::Composite(_), false) => " is distinct from null",
                    (_, true) => " is null",
                    (_, false) => " is not null",
                });
            }
            Self::Related { relation, quantifier, predicate } => {
                write_related(relation, *quantifier, predicate, row, sql);
            }
        }
    }

    /// Whether it holds for every row.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::All(parts) if parts.iter().all(Self::is_true))
    }
}

/// Appends ` where …` unless every row qualifies, and returns what has to stand before another
/// condition.
pub(crate) fn write_where(predicates: &[Predicate], sql: &mut Sql) -> &'static str {
    let mut separator = " where ";
    for predicate in predicates.iter().filter(|predicate| !predicate.is_true()) {
        sql.push(separator);
        predicate.write(sql);
        separator = " and ";
    }
    separator
}

/// Appends whether enough rows exist.
fn write_related(
    relation: &Relation,
    quantifier: Quantifier,
    predicate: &Predicate,
    row: Row<'_>,
    sql: &mut Sql,
) {
    let (view, below) = ((relation.target)(), row.below());
    sql.push(if quantifier == Quantifier::Some { "exists" } else { "not exists" });
    sql.push(" (select from ").qualified(view.schema, view.name).push(" as ");
    below.write_name(sql);
    for (index, (own, target)) in relation.columns.iter().enumerate() {
        sql.push(if index == 0 { " where " } else { " and " });
        below.write_name(sql);
        relation.write_compared(target, target, sql);
        sql.push(" = ");
        row.write_name(sql);
        relation.write_compared(own, target, sql);
    }
    if !predicate.is_true() || quantifier == Quantifier::Every {
        sql.push(" and ");
        // A condition that is null is not satisfied.
        sql.push(if quantifier == Quantifier::Every { "(" } else { "" });
        predicate.write_on(below, sql);
        sql.push(if quantifier == Quantifier::Every { ") is not true" } else { "" });
    }
    sql.push(")");
}

/// What conditions are about: a row of a table alias, `t` for the rows that are asked for and `t1`
/// and so on for related ones, or a composite within such a row.
#[derive(Clone, Copy)]
enum Row<'a> {
    Table(u64),
    Value(&'a Row<'a>, Operand),
}

impl Row<'_> {
    /// The alias of rows that are related to it.
    fn below(self) -> Self {
        match self {
            Self::Table(depth) => Self::Table(depth + 1),
            Self::Value(row, _) => row.below(),
        }
    }

    fn write_name(self, sql: &mut Sql) {
        match self {
            Self::Table(0) => {
                sql.push("t");
            }
            Self::Table(depth) => {
                sql.push("t").number(depth);
            }
            Self::Value(row, operand) => {
                sql.push("(");
                operand.write(|sql| row.write_name(sql), sql);
                sql.push(")");
            }
        }
    }
}

fn write_joined(parts: &[Predicate], separator: &str, empty: &str, row: Row<'_>, sql: &mut Sql) {
    match parts {
        [] => {
            sql.push(empty);
        }
        [part] => part.write_on(row, sql),
        parts => {
            sql.push("(");
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    sql.push(separator);
                }
                part.write_on(row, sql);
            }
            sql.push(")");
        }
    }
}
