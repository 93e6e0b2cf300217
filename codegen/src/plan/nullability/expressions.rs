//! The rules for expressions.

use std::rc::Rc;

use super::known::Known;
use super::level::Level;
use super::{Nullability, not_null, nullable};
use crate::catalog::TypeKind;
use crate::query_tree::expression::{
    Coercion, Column, Constant, SessionValue, Subquery, SubqueryKind,
};
use crate::query_tree::{Expr, Query};

/// Where an expression stands.
#[derive(Clone)]
pub(super) struct Scope<'s> {
    pub(super) level: &'s Level<'s>,
    pub(super) known: Rc<Known>,
    /// Whether it is evaluated after grouping, outside of aggregates.
    pub(super) grouped: bool,
    /// What [`Expr::SubqueryColumn`] stands for.
    pub(super) subquery: Option<&'s [Nullability]>,
    pub(super) depth: usize,
}

/// How deep expressions may nest, through columns of joins as well.
const MAX_DEPTH: usize = 200;

impl<'s> Scope<'s> {
    /// For the select list of a query.
    pub(super) fn output(level: &'s Level<'s>) -> Self {
        let known = level.output();
        Self { level, known, grouped: true, subquery: None, depth: 0 }
    }

    /// For what is computed for each row of `FROM`: columns of joins, arguments of aggregates.
    pub(super) fn input(level: &'s Level<'s>) -> Self {
        let known = level.input();
        Self { level, known, grouped: false, subquery: None, depth: 0 }
    }

    /// The same one level further down.
    pub(super) fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }

    /// Whether an expression can be null.
    pub(super) fn evaluate(&self, expression: &Expr) -> Nullability {
        if self.depth > MAX_DEPTH {
            return nullable("the expression nests too deeply");
        }
        let answer = self.by_place(expression).unwrap_or_else(|| self.deeper().rule(expression));
        let is_fact = || {
            self.known.is_fact(expression)
                || self.known.is_fact(self.level.query.resolved(expression))
        };
        if !answer.is_not_null() && is_fact() {
            let name = self.name(expression);
            return not_null(format!("a condition leaves out rows where {name} is null"));
        }
        if !answer.is_not_null() {
            return self.by_likeness(expression).unwrap_or(answer);
        }
        answer
    }

    /// The answer for a value of which `IS NOT DISTINCT FROM` says that it is null only if
    /// another one is.
    fn by_likeness(&self, expression: &Expr) -> Option<Nullability> {
        let expression = self.level.query.resolved(expression);
        let others = self.known.facts().alike.iter().filter_map(|(one, other)| {
            let [one, other] = [one, other].map(|value| self.level.query.resolved(value));
            match (one == expression, other == expression) {
                (true, false) => Some(other),
                (false, true) => Some(one),
                _ => None,
            }
        });
        // Likeness may go round in circles, so that only few steps of it are taken.
        let step = Self { depth: self.depth + MAX_DEPTH / 3, ..self.clone() };
        let answers = others.map(|other| step.rule(other));
        let found = answers.into_iter().find(Nullability::is_not_null)?;
        Some(found.because("IS NOT DISTINCT FROM leaves no null opposite a value"))
    }

    /// The answer for an expression that stands after grouping by several sets, as far as it is
    /// a grouping expression.
    fn by_place(&self, expression: &Expr) -> Option<Nullability> {
        let grouping = self.level.grouping.as_ref().filter(|_| self.grouped)?;
        if grouping.nulls(expression) {
            let name = self.name(expression);
            return Some(nullable(format!("{name} is not in every grouping set")));
        }
        grouping.always.contains(expression).then(|| Self::input(self.level).evaluate(expression))
    }

    /// The rule for each kind of expression.
    fn rule(&self, expression: &Expr) -> Nullability {
        match expression {
            Expr::Column(column) => self.column(*column),
            Expr::Constant(Constant { value: Some(_), .. }) => not_null("it is a literal"),
            Expr::Constant(_) => nullable("it is the literal NULL"),
            Expr::SubqueryColumn { column } => {
                let index = usize::try_from(*column).ok().and_then(|column| column.checked_sub(1));
                let known = index.and_then(|index| self.subquery?.get(index));
                known.cloned().unwrap_or_else(|| nullable("a column of a subquery"))
            }
            Expr::Call(call) => self.call(call),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Window(window) => self.window(window),
            Expr::Grouping => not_null("`grouping` is a number"),
            Expr::Distinct(call) => {
                self.built_in_only(std::slice::from_ref(&call.function), "IS DISTINCT FROM")
            }
            Expr::NullIf(_) => nullable("NULLIF returns null for equal values"),
            Expr::AnyAll { call, .. } => self.any_all(call),
            Expr::And { arguments } => self.connected(arguments, true),
            Expr::Or { arguments } => self.connected(arguments, false),
            Expr::Not { argument } => self.evaluate(argument),
            Expr::Subquery(subquery) => self.subquery(subquery),
            Expr::Field { argument, number } => self.field(argument, *number),
            Expr::Subscript { .. } => nullable("there may be nothing at that subscript"),
            Expr::Coercion { how, ty, argument } => {
                let domain = self.level.context.catalog.types.get(&ty.name);
                match domain.map(|domain| &domain.kind) {
                    Some(TypeKind::Domain { not_null: true, .. })
                        if *how == Coercion::Domain && !ty.array =>
                    {
                        not_null(format!("a cast to `{}` refuses nulls", ty.name))
                    }
                    _ => self.evaluate(argument),
                }
            }
            Expr::Case(case) => self
                .by_side(expression, &|scope| scope.case(case))
                .either_way("no result of CASE is null", "a result of CASE may be null"),
            Expr::CaseValue => nullable("the value of a CASE"),
            Expr::Array { .. } => not_null("ARRAY[…] is never null"),
            // A composite whose fields are all null passes for null (`IS NULL` says so).
            Expr::Row { fields } => {
                Nullability::any(fields.iter().map(|field| self.evaluate(field)))
                    .either_way("a field of the row is never null", "all fields may be null")
            }
            Expr::RowComparison { functions, arguments } => Nullability::all([
                self.built_in_only(functions, "the comparison"),
                self.each(arguments),
            ]),
            Expr::Coalesce { arguments } => self.any(expression, arguments, "COALESCE"),
            Expr::GreatestLeast { arguments } => {
                self.any(expression, arguments, "GREATEST or LEAST")
            }
            Expr::SessionValue(SessionValue::Schema) => {
                nullable("CURRENT_SCHEMA is null without a schema")
            }
            Expr::SessionValue(_) => not_null("every session has it"),
            Expr::NullTest { .. } => not_null("IS [NOT] NULL is true or false"),
            Expr::BooleanTest { .. } => not_null("IS [NOT] TRUE and its like are true or false"),
            // The rules for functions of which a user may have chosen one do not ask for arguments.
            Expr::Default => not_null("no default of a built-in function is null"),
            Expr::Other { what } => nullable(format!("no rule for {what}")),
        }
    }

    /// Null only if all of these are.
    fn any(&self, expression: &Expr, arguments: &[Expr], name: &str) -> Nullability {
        self.by_side(expression, &|scope| {
            // An argument counts only where those before it are null.
            let mut scope = scope.clone();
            Nullability::any(arguments.iter().map(|argument| {
                let answer = scope.evaluate(argument);
                if !answer.is_not_null() && scope.known.is_open() {
                    scope = scope.knowing(scope.finder().of_null(argument));
                }
                answer
            }))
        })
        .either_way(
            format!("{name} has an argument that is never null"),
            format!("every argument of {name} may be null"),
        )
    }

    /// Null if one of these is.
    pub(super) fn each(&self, arguments: &[Expr]) -> Nullability {
        Nullability::all(arguments.iter().map(|argument| self.evaluate(argument)))
    }

    fn subquery(&self, subquery: &Subquery) -> Nullability {
        let columns = || self.subquery_columns(&subquery.query);
        match (subquery.kind, &subquery.test) {
            (SubqueryKind::Exists, _) => not_null("EXISTS is true or false"),
            (SubqueryKind::Array, _) => not_null("ARRAY(SELECT …) is never null"),
            (SubqueryKind::Value, _) => self.single_value(&subquery.query),
            (SubqueryKind::Any | SubqueryKind::All, Some(test)) => {
                let columns = columns();
                Scope { subquery: Some(&columns), ..self.deeper() }
                    .evaluate(test)
                    .because("a comparison with a subquery")
            }
            _ => nullable("no rule for this kind of subquery"),
        }
    }

    /// The value of a subquery: null if it has no row.
    fn single_value(&self, query: &Query) -> Nullability {
        let level = self.level_of(query);
        let has_value = |own: Column| self.evaluate(&Expr::Column(own)).is_not_null();
        let Some(key) = level.has_row(&has_value) else {
            return nullable("the subquery may have no row");
        };
        let value = self.subquery_columns(query).into_iter().next();
        let value = value.unwrap_or_else(|| nullable("the subquery is not understood"));
        value.because(match key {
            Some(key) => format!("the foreign key `{key}` guarantees that the subquery has a row"),
            None => "the subquery always has one row".to_owned(),
        })
    }

    /// A subquery of this row.
    fn level_of<'q>(&'q self, query: &'q Query) -> Level<'q> {
        let level = Level::new(self.level.context, query, Some(self.level));
        // After grouping by several sets columns are not what they are in the subquery's rows.
        if self.is_regrouped() { level } else { level.knowing(self.known.facts()) }
    }

    /// The columns of a subquery.
    pub(super) fn subquery_columns(&self, query: &Query) -> Vec<Nullability> {
        self.level_of(query).columns().into_iter().map(|column| column.nullability).collect()
    }
}
