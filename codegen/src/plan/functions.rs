//! Functions: root fields that call them, and what clients pass.

use super::Planner;
use super::model::{Argument, Function, InputObject, Operation, Origin, Presence, Rename};
use super::names::{self, RustName};
use super::tags::Subject;
use super::types::Unsupported;
use crate::catalog::{self, ArgumentMode, FunctionKind, PgName, TypeRef, Volatility};
use crate::comment::{Comment, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// How the name of an argument may start without that being part of its GraphQL name.
pub(super) const ARGUMENT_PREFIX: &str = "p_";

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
        let (operation, suffix) = match source.volatility {
            Volatility::Volatile => (Operation::Mutation, "Mutation"),
            Volatility::Stable | Volatility::Immutable => (Operation::Query, "Query"),
        };
        let input = comment.input.then(|| {
            let name = field.as_type().with_suffix("Input");
            InputObject { rust: RustName::of_type(&name), name }
        });
        let input = input.filter(|_| self.check_input(source, &arguments));
        Some(Function {
            sql: source.name.clone(),
            signature: signature(source),
            operation,
            module: RustName::of_module(&field),
            part: RustName::of_type(&field.as_type()).with_suffix(suffix),
            method: RustName::of_member(&field),
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
            "{} is left out: a function on the row of `{}` is a computed field, which is not supported yet",
            label(source),
            view.ty.name
        );
        self.left_out(Code::UnsupportedFunction, source, message, "hide it on purpose");
        Err(LeftOut)
    }

    fn arguments(
        &mut self,
        source: &catalog::Function,
        comment: &Comment,
    ) -> Result<Vec<Argument>, LeftOut> {
        self.check_tagged_arguments(source, comment);
        let inputs: Vec<&catalog::Argument> =
            source.arguments.iter().filter(|argument| is_input(argument)).collect();
        let all_names: Vec<&str> = inputs.iter().filter_map(|a| a.name.as_deref()).collect();
        let mut planned = Vec::new();
        let mut result = Ok(());
        for (index, argument) in inputs.iter().enumerate() {
            match self.argument(source, comment, index, argument, &all_names) {
                Ok(argument) => planned.push(argument),
                Err(left_out) => result = Err(left_out),
            }
        }
        result.map(|()| planned)
    }

    fn argument(
        &mut self,
        function: &catalog::Function,
        comment: &Comment,
        index: usize,
        source: &catalog::Argument,
        all: &[&str],
    ) -> Result<Argument, LeftOut> {
        let number = index + 1;
        let Some(sql) = source.name.as_deref().filter(|name| !name.is_empty()) else {
            let message = format!("{} is left out: argument {number} has no name", label(function));
            self.left_out(
                Code::UnsupportedArgument,
                function,
                message,
                "give it one, or hide the function on purpose",
            );
            return Err(LeftOut);
        };
        if source.mode == ArgumentMode::Variadic {
            let message = format!("{} is left out: `{sql}` is VARIADIC", label(function));
            self.left_out(
                Code::UnsupportedArgument,
                function,
                message,
                "declare it as a plain array, or hide the function on purpose",
            );
            return Err(LeftOut);
        }
        let resolved = self.resolve(&source.ty).map_err(|unsupported| {
            self.unsupported(function, &format!("argument `{sql}`"), &unsupported)
        })?;
        let shape = comment.shapes.iter().find(|(argument, _)| argument == sql);
        let ty = match shape {
            None => resolved.ty,
            Some((_, shape)) => {
                self.shaped(&resolved.ty, shape, &function.name.schema).unwrap_or_else(|why| {
                    let help = format!("`{sql}` is of type {}", sql_name::short_type(&source.ty));
                    self.invalid_reference(&label(function), why, help);
                    resolved.ty
                })
            }
        };
        let nullable = comment.nullable_arguments.iter().any(|argument| argument == sql);
        let presence = match &source.default {
            Some(default) => Presence::Defaulted(default.clone()),
            None if nullable => Presence::Nullable,
            None => Presence::Required,
        };
        let object = format!("argument {} of {}", sql_name::identifier(sql), label(function));
        let name = self.part_name(object, sql, all)?;
        Ok(Argument {
            rust: RustName::of_parameter(&name.0),
            name: name.0,
            sql: sql.to_owned(),
            origin: name.1,
            ty,
            sql_type: sql_name::type_name(&source.ty),
            presence,
        })
    }

    /// The GraphQL name of an argument or of a result's column: without `p_` if that leaves it
    /// different from all others.
    pub(super) fn part_name(
        &mut self,
        object: String,
        sql: &str,
        all: &[&str],
    ) -> Result<(names::GraphqlName, Origin), LeftOut> {
        let short = names::without_prefix(sql, ARGUMENT_PREFIX);
        let clashes = all.iter().filter(|other| {
            names::without_prefix(other, ARGUMENT_PREFIX).eq_ignore_ascii_case(short)
        });
        let (name, how) = if clashes.count() < 2 {
            (names::field_name(short), "named by its own name")
        } else {
            (
                names::field_name(sql),
                "named by its own name, whole because another differs by the prefix alone",
            )
        };
        let help = "give it another name in the declaration of the function".to_owned();
        match name {
            Ok(name) => {
                let rename = Rename::Sql(help);
                Ok((name, Origin { object, how: how.to_owned(), rename }))
            }
            Err(error) => {
                let message = format!("`{}` cannot become a GraphQL name", sql.escape_debug());
                let diagnostic = Diagnostic::new(Code::InvalidName, message);
                self.diagnostics.push(diagnostic.at(object, "").note(error.to_string()).help(help));
                Err(LeftOut)
            }
        }
    }

    /// Reports `@type` and `@nullable` for arguments that do not exist.
    fn check_tagged_arguments(&mut self, source: &catalog::Function, comment: &Comment) {
        let inputs: Vec<&str> = source
            .arguments
            .iter()
            .filter(|argument| is_input(argument))
            .filter_map(|argument| argument.name.as_deref())
            .collect();
        let shapes = comment.shapes.iter().map(|(name, _)| ("type", name));
        let nullable = comment.nullable_arguments.iter().map(|name| ("nullable", name));
        for (tag, name) in shapes.chain(nullable) {
            if !inputs.contains(&name.as_str()) {
                let message = format!("`@{tag}` names `{name}`, which is no argument");
                let help = format!("the arguments: {}", inputs.join(", "));
                self.invalid_reference(&label(source), message, help);
            }
        }
    }

    /// An input object can leave arguments to their SQL defaults, but has no way to tell one
    /// without default from one with.
    fn check_input(&mut self, source: &catalog::Function, arguments: &[Argument]) -> bool {
        if arguments.is_empty() {
            let help = "remove the tag: there is nothing to wrap".to_owned();
            self.invalid_reference(&label(source), "`@input` wraps no argument".to_owned(), help);
            return false;
        }
        for argument in arguments.iter().filter(|a| a.presence == Presence::Nullable) {
            let message = format!("`@nullable {}` cannot stand beside `@input`", argument.sql);
            let help = "declare the argument with `default null` instead".to_owned();
            self.invalid_reference(&label(source), message, help);
        }
        true
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
