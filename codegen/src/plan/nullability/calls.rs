//! The rules for functions, operators, aggregates and window functions.

use super::built_in::{self, Promise};
use super::expressions::Scope;
use super::level::shown;
use super::{Nullability, not_null, nullable};
use crate::catalog::Routine;
use crate::comment;
use crate::query_tree::Expr;
use crate::query_tree::expression::Call;

impl Scope<'_> {
    fn routine(&self, signature: &str) -> Option<&Routine> {
        self.level.context.catalog.routines.get(signature)
    }

    /// What people call a function.
    pub(super) fn function_name(&self, signature: &str) -> String {
        match self.routine(signature) {
            Some(routine) if routine.name.schema == "pg_catalog" => {
                format!("`{}`", routine.name.name)
            }
            Some(routine) => format!("`{}`", shown(&routine.name)),
            None => format!("`{signature}`"),
        }
    }

    /// What people call the function or operator of a call.
    pub(super) fn call_name(&self, call: &Call) -> String {
        match &call.operator {
            Some(operator) => format!("`{operator}`"),
            None => self.function_name(&call.function),
        }
    }

    /// What a user says about a function.
    pub(super) fn declared(&self, signature: &str) -> Option<Nullability> {
        let text = self.routine(signature)?.comment.as_deref();
        let (comment, _) = comment::parse(text, comment::Place::Function);
        let name = self.function_name(signature);
        comment.not_null.then(|| not_null(format!("the comment of {name} says `@notnull`")))
    }

    /// A call of a function or operator.
    pub(super) fn call(&self, call: &Call) -> Nullability {
        if call.set {
            return self.set_in_select_list(call);
        }
        if let Some(declared) = self.declared(&call.function) {
            return declared;
        }
        let name = self.call_name(call);
        let arguments = call.arguments.as_slice();
        // An array that is passed with VARIADIC can be null as a whole.
        match built_in::promise(&call.function) {
            Some(Promise::Always) if !call.variadic => {
                not_null(format!("{name} never returns null"))
            }
            Some(Promise::First) if !call.variadic => {
                self.each(&arguments[..arguments.len().min(1)]).either_way(
                    format!("{name} returns null only for a null first argument"),
                    format!("the first argument of {name} may be null"),
                )
            }
            Some(Promise::Some) => {
                Nullability::any(arguments.iter().map(|argument| self.evaluate(argument)))
                    .either_way(
                        format!("{name} returns null only if all arguments are null"),
                        format!("all arguments of {name} may be null"),
                    )
            }
            // A cast is a function with the name of its result's type.
            Some(Promise::All)
                if call.function.starts_with(&format!("pg_catalog.{}(", call.ty.name.name)) =>
            {
                self.each(arguments)
            }
            Some(Promise::Always | Promise::First | Promise::All) => {
                self.each(arguments).either_way(
                    format!("{name} returns null only for null input"),
                    format!("an argument of {name} may be null"),
                )
            }
            Some(Promise::Rows(_)) | None => match arguments {
                [Expr::Constant(part), date]
                    if part
                        .text()
                        .is_some_and(|part| built_in::is_total_part(&call.function, &part)) =>
                {
                    self.evaluate(date).because(format!("{name} of a part that every date has"))
                }
                _ => nullable(format!("no rule for {}", self.kind(call))),
            },
        }
    }

    fn kind(&self, call: &Call) -> String {
        match &call.operator {
            Some(operator) => format!("operator `{operator}`"),
            None => format!("function {}", self.function_name(&call.function)),
        }
    }

    /// `operand operator ANY (array)` and `ALL`.
    pub(super) fn any_all(&self, call: &Call) -> Nullability {
        let [scalar, array] = call.arguments.as_slice() else {
            return nullable("a comparison that is not understood");
        };
        Nullability::all([
            self.built_in_only(std::slice::from_ref(&call.function), &self.call_name(call)),
            self.evaluate(scalar),
            self.evaluate(array),
            self.elements(array),
        ])
    }

    /// Non-null if PostgreSQL's own functions do the work, and do not invent nulls.
    pub(super) fn built_in_only(&self, functions: &[String], name: &str) -> Nullability {
        let sound = |function: &String| matches!(built_in::promise(function), Some(Promise::All));
        match functions.iter().find(|function| !sound(function)) {
            Some(function) => nullable(format!("no rule for {}", self.function_name(function))),
            None => not_null(format!("{name} is null only for null input")),
        }
    }
}
