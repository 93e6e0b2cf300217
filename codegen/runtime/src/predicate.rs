//! Conditions on the rows of a view: from a `where` argument to SQL.

use async_graphql::Value;

use crate::encode::{encode, encode_argument};
use crate::model::{Cardinality, Column, ObjectType, Relation, Type};
use crate::operand::Operand;
use crate::operator::{Argument, EQ, Operator, operators};
use crate::param::{Given, Param};
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
    pub(crate) fn parse(object: &'static ObjectType, value: &Value, path: &str) -> Result<Self> {
        let Value::Object(members) = value else {
            return Err(Error::bad_input(format!("`{path}`: expected an object")));
        };
        let mut all = Vec::with_capacity(members.len());
        for (name, value) in members {
            let path = format!("{path}.{name}");
            all.push(match (name.as_str(), object.operand(name)) {
                ("and", _) => Self::All(Self::parse_list(object, value, &path)?),
                ("or", _) => Self::Any(Self::parse_list(object, value, &path)?),
                ("not", _) => Self::Not(Box::new(Self::parse(object, value, &path)?)),
                (_, Some(operand)) => Self::parse_operand(operand, value, &path)?,
                (name, _) => match object.relations.iter().find(|item| item.field == name) {
                    Some(relation) => Self::parse_relation(relation, value, &path)?,
                    None => return Err(Error::bad_input(format!("`{path}`: unknown field"))),
                },
            });
        }
        Ok(Self::All(all))
    }

    fn parse_list(object: &'static ObjectType, value: &Value, path: &str) -> Result<Vec<Self>> {
        match value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Self::parse(object, item, &format!("{path}[{index}]")))
                .collect(),
            single => Ok(vec![Self::parse(object, single, path)?]),
        }
    }

    /// Reads `{ name: … }` for a relation to one row, `{ some: { name: … } }` for one to many.
    fn parse_relation(relation: &'static Relation, value: &Value, path: &str) -> Result<Self> {
        let target = (relation.target)().object;
        if relation.cardinality != Cardinality::Many {
            let predicate = Box::new(Self::parse(target, value, path)?);
            return Ok(Self::Related { relation, quantifier: Quantifier::Some, predicate });
        }
        let Value::Object(members) = value else {
            return Err(Error::bad_input(format!(
                "`{path}`: expected an object such as {{ some: {{ … }} }}"
            )));
        };
        let quantified = members.iter().map(|(name, value)| {
            let path = format!("{path}.{name}");
            let known = Quantifier::ALL.iter().find(|(known, ..)| known == name);
            let (_, quantifier, _) =
                known.ok_or_else(|| Error::bad_input(format!("`{path}`: unknown field")))?;
            let predicate = Box::new(Self::parse(target, value, &path)?);
            Ok(Self::Related { relation, quantifier: *quantifier, predicate })
        });
        Ok(Self::All(quantified.collect::<Result<_>>()?))
    }

    fn parse_operand(operand: Operand, value: &Value, path: &str) -> Result<Self> {
        let Value::Object(members) = value else {
            return Err(Error::bad_input(format!(
                "`{path}`: expected an object such as {{ isNull: true }}"
            )));
        };
        let compare = |(name, value): (&async_graphql::Name, &Value)| {
            let path = format!("{path}.{name}");
            let operator = operators(operand.ty()).find(|item| item.field == name.as_str());
            match (operator, operand.attribute(name)) {
                (Some(operator), _) => Self::parse_operator(operand, operator, value, &path),
                (None, Some(attribute)) => {
                    let predicate = Box::new(Self::parse_operand(attribute, value, &path)?);
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
        value: &Value,
        path: &str,
    ) -> Result<Self> {
        if let (Argument::IsNull, Value::Boolean(is_null)) = (operator.argument, value) {
            return Ok(Self::Null { operand, is_null: *is_null });
        }
        let text = encode_argument(operator.argument, operand.ty(), value, path)?;
        let given = Given { path: path.to_owned().into(), value: value.clone() };
        Ok(Self::Compare { operand, operator, value: Param::Text { text, given } })
    }

    /// A column equals a value, or is null where the value is.
    pub(crate) fn equal(column: &'static Column, value: &Value) -> Result<Self> {
        let operand = Operand::Column(column);
        Ok(match encode(&column.ty, value, column.field)? {
            Some(text) => {
                let given = Given { path: column.field.into(), value: value.clone() };
                let value = Param::Text { text: Some(text), given };
                Self::Compare { operand, operator: &EQ, value }
            }
            None => Self::Null { operand, is_null: true },
        })
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
        below.write(sql).name(target).push(" = ");
        row.write(sql).name(own);
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

    /// Appends the name and a dot.
    fn write(self, sql: &mut Sql) -> &mut Sql {
        self.write_name(sql);
        sql.push(".")
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
