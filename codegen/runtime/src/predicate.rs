//! Conditions on the rows of a view: from a `where` argument to SQL.

use crate::encode::Form;
use crate::input::Input;
use crate::model::{Cardinality, Column, ObjectType, Relation, Type};
use crate::operand::Operand;
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
    /// Something compared with a value of its type, or an array of them.
    Compare { operand: Operand, operator: Operator, value: Param },
    /// Something is null, or is not.
    Null { operand: Operand, is_null: bool },
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

/// An operator of a scalar filter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operator {
    Eq,
    Neq,
    In,
    NotIn,
    Gt,
    Gte,
    Lt,
    Lte,
    IsNull,
    Like,
    Ilike,
    StartsWith,
    EndsWith,
    Contains,
}

use Operator as Op;

const BOOLEAN: &[Op] = &[Op::Eq, Op::Neq, Op::IsNull];
const EQUALITY: &[Op] = &[Op::Eq, Op::Neq, Op::In, Op::NotIn, Op::IsNull];
const ORDER: &[Op] =
    &[Op::Eq, Op::Neq, Op::In, Op::NotIn, Op::Gt, Op::Gte, Op::Lt, Op::Lte, Op::IsNull];
const TEXT: &[Op] = &[
    Op::Eq,
    Op::Neq,
    Op::In,
    Op::NotIn,
    Op::Gt,
    Op::Gte,
    Op::Lt,
    Op::Lte,
    Op::Like,
    Op::Ilike,
    Op::StartsWith,
    Op::EndsWith,
    Op::Contains,
    Op::IsNull,
];

impl Operator {
    /// The name of its field in a filter.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::In => "in",
            Self::NotIn => "notIn",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::IsNull => "isNull",
            Self::Like => "like",
            Self::Ilike => "ilike",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
        }
    }

    /// What it does, for the API's documentation.
    pub(crate) fn doc(self) -> &'static str {
        match self {
            Self::Eq => "Equal.",
            Self::Neq => "Not equal; a null is neither.",
            Self::In => "Equal to one of these; an empty list matches nothing.",
            Self::NotIn => "Equal to none of these.",
            Self::Gt => "Greater.",
            Self::Gte => "Greater or equal.",
            Self::Lt => "Less.",
            Self::Lte => "Less or equal.",
            Self::IsNull => "Null, or not null.",
            Self::Like => "Matches a pattern: `%` is any text, `_` any character, `\\` escapes.",
            Self::Ilike => "Like `like`, whatever the case.",
            Self::StartsWith => "Starts with this text.",
            Self::EndsWith => "Ends with this text.",
            Self::Contains => "Contains this text.",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Neq => " <> ",
            Self::In => " = any (",
            Self::NotIn => " <> all (",
            Self::Gt => " > ",
            Self::Gte => " >= ",
            Self::Lt => " < ",
            Self::Lte => " <= ",
            Self::IsNull => " is ",
            Self::Like | Self::StartsWith | Self::EndsWith | Self::Contains => " like ",
            Self::Ilike => " ilike ",
        }
    }

    /// How its value is passed, for an operand of a type.
    fn form(self, ty: &'static Type) -> Form {
        match self {
            Self::In | Self::NotIn => Form::list(ty),
            Self::StartsWith => Form::pattern(ty, "", "%"),
            Self::EndsWith => Form::pattern(ty, "%", ""),
            Self::Contains => Form::pattern(ty, "%", "%"),
            _ => Form::value(ty),
        }
    }

    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }

    fn is_pattern(self) -> bool {
        matches!(
            self,
            Self::Like | Self::Ilike | Self::StartsWith | Self::EndsWith | Self::Contains
        )
    }
}

/// The operators of a type; none where it cannot be filtered.
pub(crate) fn operators(ty: &Type) -> &'static [Operator] {
    match ty {
        Type::Text => TEXT,
        Type::Bool => BOOLEAN,
        Type::Bytea => EQUALITY,
        ty if !ty.is_comparable() => &[],
        _ => ORDER,
    }
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
        let known = operators(operand.ty());
        let compare = |(name, input): &(&str, Input<'_>)| {
            let path = format!("{path}.{name}");
            let operator = known.iter().find(|operator| operator.field() == *name);
            let operator =
                *operator.ok_or_else(|| Error::bad_input(format!("`{path}`: unknown operator")))?;
            Self::parse_operator(operand, operator, input, &path)
        };
        Ok(Self::All(members.iter().map(compare).collect::<Result<_>>()?))
    }

    fn parse_operator(
        operand: Operand,
        operator: Operator,
        input: &Input<'_>,
        path: &str,
    ) -> Result<Self> {
        // A comparison with NULL is true for no row, which nobody means.
        let nothing =
            || Error::bad_input(format!("`{path}` is null; leave it out, or use `isNull`"));
        if operator == Operator::IsNull {
            let is_null = input.boolean().ok_or_else(nothing)?;
            return Ok(Self::Null { operand, is_null });
        }
        if input.is_null() {
            return Err(nothing());
        }
        let value = Param::of(input, operator.form(operand.ty()), path)?;
        Ok(Self::Compare { operand, operator, value })
    }

    /// A column equals a value, or is null where the value is.
    pub(crate) fn equal(column: &'static Column, input: &Input<'_>) -> Result<Self> {
        let operand = Operand::Column(column);
        if input.is_null() {
            return Ok(Self::Null { operand, is_null: true });
        }
        let value = Param::of(input, Form::value(&column.ty), column.field)?;
        Ok(Self::Compare { operand, operator: Operator::Eq, value })
    }

    /// Appends the condition on rows of the table alias `t`.
    pub(crate) fn write(&self, sql: &mut Sql) {
        self.write_on(Alias(0), sql);
    }

    fn write_on(&self, alias: Alias, sql: &mut Sql) {
        match self {
            Self::All(parts) => write_joined(parts, " and ", "true", alias, sql),
            Self::Any(parts) => write_joined(parts, " or ", "false", alias, sql),
            Self::Not(part) => {
                sql.push("not (");
                part.write_on(alias, sql);
                sql.push(")");
            }
            Self::Compare { operand, operator, value } => {
                let mut sql_type = operand.sql_type();
                // As `bpchar` a pattern would lose its trailing blanks, which values of that type
                // keep in `like`.
                if operator.is_pattern() && sql_type == "pg_catalog.bpchar" {
                    sql_type = "pg_catalog.text".into();
                }
                operand.write(|sql| alias.write_name(sql), sql);
                sql.push(operator.sql());
                if operator.is_list() {
                    sql.param(value.clone(), &format!("{sql_type}[]")).push(")");
                } else {
                    sql.param(value.clone(), &sql_type);
                }
            }
            Self::Null { operand, is_null } => {
                operand.write(|sql| alias.write_name(sql), sql);
                sql.push(if *is_null { " is null" } else { " is not null" });
            }
            Self::Related { relation, quantifier, predicate } => {
                write_related(relation, *quantifier, predicate, alias, sql);
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
    alias: Alias,
    sql: &mut Sql,
) {
    let (view, below) = ((relation.target)(), Alias(alias.0 + 1));
    sql.push(if quantifier == Quantifier::Some { "exists" } else { "not exists" });
    sql.push(" (select from ").qualified(view.schema, view.name).push(" as ");
    below.write_name(sql);
    for (index, (own, target)) in relation.columns.iter().enumerate() {
        sql.push(if index == 0 { " where " } else { " and " });
        below.write(sql).name(target).push(" = ");
        alias.write(sql).name(own);
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

/// A table alias: `t` of the rows that are asked for, `t1` and so on of related ones.
#[derive(Clone, Copy)]
struct Alias(u64);

impl Alias {
    fn write_name(self, sql: &mut Sql) {
        sql.push("t");
        if self.0 > 0 {
            sql.number(self.0);
        }
    }

    /// Appends the alias and a dot.
    fn write(self, sql: &mut Sql) -> &mut Sql {
        self.write_name(sql);
        sql.push(".")
    }
}

fn write_joined(parts: &[Predicate], separator: &str, empty: &str, alias: Alias, sql: &mut Sql) {
    match parts {
        [] => {
            sql.push(empty);
        }
        [part] => part.write_on(alias, sql),
        parts => {
            sql.push("(");
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    sql.push(separator);
                }
                part.write_on(alias, sql);
            }
            sql.push(")");
        }
    }
}
