//! What clients pass to functions.

use super::Planner;
use super::functions::{LeftOut, is_input, label};
use super::model::{Argument, Origin, Presence, Rename, Type};
use super::names;
use crate::catalog::{self, ArgumentMode, TypeRef};
use crate::comment::{Comment, Shape};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// How the name of an argument may start without that being part of its GraphQL name.
const ARGUMENT_PREFIX: &str = "p_";

impl Planner<'_> {
    /// Plans the arguments of a function.
    pub(super) fn arguments(
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
        let ty = self.tagged_part(function, &source.ty, resolved.ty, shape.map(|(_, shape)| shape));
        let nullable = comment.nullable_arguments.iter().any(|argument| argument == sql);
        let presence = match &source.default {
            Some(default) => Presence::Defaulted(default.clone()),
            None if nullable => Presence::Nullable,
            None => Presence::Required,
        };
        let object = format!("argument {} of {}", sql_name::identifier(sql), label(function));
        let name = self.part_name(object, sql, all)?;
        Ok(Argument {
            name: name.0,
            sql: sql.to_owned(),
            origin: name.1,
            ty,
            sql_type: sql_name::type_name(&source.ty),
            presence,
        })
    }

    /// The type of an argument, a result or a column of it, given what `@type` says.
    pub(super) fn tagged_part(
        &mut self,
        function: &catalog::Function,
        declared: &TypeRef,
        resolved: Type,
        shape: Option<&Shape>,
    ) -> Type {
        let Some(shape) = shape else { return resolved };
        let schema = &function.name.schema;
        self.tagged(declared, resolved.clone(), shape, schema).unwrap_or_else(|refusal| {
            self.invalid_reference(&label(function), refusal.reason, refusal.help);
            resolved
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
            // `@type` may also name a column of the result.
            let is_column = |a: &catalog::Argument| !is_input(a) && a.name.as_ref() == Some(name);
            let is_known = inputs.contains(&name.as_str())
                || tag == "type" && source.arguments.iter().any(is_column);
            if !is_known {
                let message = format!("`@{tag}` names `{name}`, which is no argument");
                let help = format!("the arguments: {}", inputs.join(", "));
                self.invalid_reference(&label(source), message, help);
            }
        }
    }

    /// An input object can leave arguments to their SQL defaults, but has no way to tell one
    /// without default from one with.
    pub(super) fn check_input(
        &mut self,
        source: &catalog::Function,
        arguments: &[Argument],
    ) -> bool {
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
}
