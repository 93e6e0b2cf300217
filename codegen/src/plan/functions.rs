//! Functions: root fields that call them, and what clients pass.

use super::Planner;
use super::model::{Function, Operation};
use super::names::{self, RustName};
use super::tags::Subject;
use super::types::Unsupported;
use crate::catalog::{self, ArgumentMode, FunctionKind, PgName, TypeRef, Volatility};
use crate::comment::{Comment, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// Why a function is left out; whoever says so has reported it.
pub(super) struct LeftOut;

impl Planner<'_> {
    /// Plans every function of the API.
    ///
    /// Only those with the prefix: a function on the row of a view will become a field of that
    /// view's type, whatever its name.
    pub(super) fn functions(&mut self) -> Vec<Function> {
        let catalog = self.catalog;
        let candidates: Vec<(&catalog::Function, Comment)> = catalog
            .functions
            .iter()
            .filter(|function| {
                self.config.schemas.contains(&function.name.schema)
                    && function.name.name.starts_with(&self.config.function_prefix)
            })
            .map(|function| (function, self.comment(&subject(function), Place::Function)))
            .filter(|(_, comment)| !comment.omit)
            .collect();
        let mut functions: Vec<Function> = candidates
            .iter()
            .filter(|(function, comment)| !self.is_overloaded(function, comment, &candidates))
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|(function, comment)| self.function(function, comment))
            .collect();
        functions.sort_by(|a, b| (&a.sql, &a.signature).cmp(&(&b.sql, &b.signature)));
        functions
    }

    /// Whether another function has the same name, and comments do not tell them apart.
    fn is_overloaded(
        &mut self,
        function: &catalog::Function,
        comment: &Comment,
        all: &[(&catalog::Function, Comment)],
    ) -> bool {
        let twins = all
            .iter()
            .filter(|(other, theirs)| other.name == function.name && theirs.name == comment.name);
        if twins.count() < 2 {
            return false;
        }
        let message = format!("{} is left out, because its name is overloaded", label(function));
        let help = "give each its own `@name`, or hide all but one";
        self.left_out(Code::OverloadedFunction, function, message, help);
        true
    }

    fn function(&mut self, source: &catalog::Function, comment: &Comment) -> Option<Function> {
        self.check_kind(source).ok()?;
        let subject = subject(source);
        let short = names::without_prefix(&source.name.name, &self.config.function_prefix);
        let (field, origin) =
            self.name(&subject, short, comment.name.as_deref(), names::field_name)?;
        let field = field.as_field();
        let arguments = self.arguments(source, comment).ok()?;
        let returns = self.returns(source, comment, &field, &origin).ok()?;
        let operation = match source.volatility {
            Volatility::Volatile => Operation::Mutation,
            Volatility::Stable | Volatility::Immutable => Operation::Query,
        };
        let input = comment.input.then(|| field.as_type().with_suffix("Input"));
        let input = input.filter(|_| self.check_input(source, &arguments));
        Some(Function {
            sql: source.name.clone(),
            signature: signature(source),
            operation,
            module: RustName::of_module(&field),
            field,
            origin,
            description: comment.description.clone(),
            deprecated: comment.deprecated.clone(),
            arguments,
            input,
            returns,
        })
    }

    /// Refuses what cannot be called with `select … from f(…)`.
    fn check_kind(&mut self, source: &catalog::Function) -> Result<(), LeftOut> {
        let returns = &source.returns.name;
        let what = match source.kind {
            FunctionKind::Procedure => "procedures are not supported; make it a function",
            FunctionKind::Aggregate => "aggregates are not supported; select it in a view",
            FunctionKind::Window => "window functions are not supported; select it in a view",
            FunctionKind::Function
                if returns.schema == "pg_catalog" && returns.name.ends_with("trigger") =>
            {
                "only a trigger can call it"
            }
            FunctionKind::Function => return self.check_row_argument(source),
        };
        let message = format!("{} is left out: {what}", label(source));
        self.left_out(Code::UnsupportedFunction, source, message, "hide it on purpose");
        Err(LeftOut)
    }

    /// A function of a view's row is a computed column, not a root field.
    fn check_row_argument(&mut self, source: &catalog::Function) -> Result<(), LeftOut> {
        let first = source.arguments.iter().find(|argument| is_input(argument));
        let Some(view) = first.filter(|a| !a.ty.array && self.exposed.contains_key(&a.ty.name))
        else {
            return Ok(());
        };
        let message = format!(
            "{} is left out: it computes a field of `{}`, which is not supported yet",
            label(source),
            view.ty.name
        );
        self.left_out(Code::UnsupportedFunction, source, message, "hide it on purpose");
        Err(LeftOut)
    }

    /// Leaves a function out because of a type.
    pub(super) fn unsupported(
        &mut self,
        function: &catalog::Function,
        part: &str,
        unsupported: &Unsupported,
    ) -> LeftOut {
        let message = format!(
            "{} is left out: {part} has type {}: {}",
            label(function),
            unsupported.shown,
            unsupported.reason
        );
        self.left_out(
            Code::UnsupportedType,
            function,
            message,
            "use another type, or hide the function on purpose",
        );
        LeftOut
    }

    /// Reports that a function is left out, with the SQL that hides it on purpose.
    pub(super) fn left_out(
        &mut self,
        code: Code,
        function: &catalog::Function,
        message: String,
        advice: &str,
    ) {
        let sql = subject(function).with_tag("@omit");
        self.diagnostics.push(
            Diagnostic::new(code, message)
                .at(label(function), "")
                .help(format!("{advice}:\n{sql}")),
        );
    }
}

/// Whether callers pass it.
pub(super) fn is_input(argument: &catalog::Argument) -> bool {
    matches!(argument.mode, ArgumentMode::In | ArgumentMode::InOut | ArgumentMode::Variadic)
}

fn subject(function: &catalog::Function) -> Subject<'_> {
    Subject { object: label(function), text: function.comment.as_deref() }
}

/// The function as `comment on` names it.
pub(super) fn label(function: &catalog::Function) -> String {
    let kind = match function.kind {
        FunctionKind::Procedure => "procedure",
        FunctionKind::Aggregate => "aggregate",
        FunctionKind::Function | FunctionKind::Window => "function",
    };
    format!("{kind} {}", signature(function))
}

fn signature(function: &catalog::Function) -> String {
    let inputs = function.arguments.iter().filter(|argument| is_input(argument));
    let types: Vec<String> = inputs.map(|argument| sql_name::short_type(&argument.ty)).collect();
    format!("{}({})", sql_name::qualified(&function.name), types.join(", "))
}

/// `pg_catalog.<name>`, not as an array.
pub(super) fn is_built_in(ty: &TypeRef, name: &str) -> bool {
    !ty.array && ty.name == PgName::new("pg_catalog", name)
}
