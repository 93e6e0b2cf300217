//! What clients pass to functions.

use super::Planner;
use super::functions::{LeftOut, label, subject};
use super::model::{Argument, Origin, Presence, Rename, Type};
use super::names::{self, GraphqlName};
use crate::catalog::{self, ArgumentMode, TypeRef};
use crate::comment::{Comment, Shape};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// How the name of an argument may start without that being part of its GraphQL name.
const ARGUMENT_PREFIX: &str = "p_";

/// An argument or a column of a function's result.
pub(super) struct Part<'a> {
    /// Its SQL name. An argument without one is `$1`, as in the body of an SQL function; a column
    /// without one is `column1`, as PostgreSQL calls it.
    pub(super) sql: String,
    /// What PostgreSQL says about it.
    pub(super) source: &'a catalog::Argument,
}

impl Part<'_> {
    /// The name as a tag has it.
    fn identifier(&self) -> String {
        match self.sql.starts_with('$') {
            true => self.sql.clone(),
            false => sql_name::identifier(&self.sql),
        }
    }
}

/// What callers pass.
pub(super) fn inputs(function: &catalog::Function) -> impl Iterator<Item = Part<'_>> {
    let is_input = |argument: &&catalog::Argument| {
        matches!(argument.mode, ArgumentMode::In | ArgumentMode::InOut | ArgumentMode::Variadic)
    };
    parts(function.arguments.iter().filter(is_input), "$")
}

/// The columns that a function declares for its result.
pub(super) fn outputs(function: &catalog::Function) -> impl Iterator<Item = Part<'_>> {
    let is_output = |argument: &&catalog::Argument| {
        matches!(argument.mode, ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table)
    };
    parts(function.arguments.iter().filter(is_output), "column")
}

fn parts<'a>(
    arguments: impl Iterator<Item = &'a catalog::Argument>,
    unnamed: &'static str,
) -> impl Iterator<Item = Part<'a>> {
    arguments.enumerate().map(move |(index, source)| {
        let name = source.name.as_deref().filter(|name| !name.is_empty());
        let sql = name.map_or_else(|| format!("{unnamed}{}", index + 1), str::to_owned);
        Part { sql, source }
    })
}

impl Planner<'_> {
    /// Plans the arguments of a function; `skip` leaves out the row of which it is a field.
    pub(super) fn arguments(
        &mut self,
        source: &catalog::Function,
        comment: &Comment,
        skip: usize,
    ) -> Result<Vec<Argument>, LeftOut> {
        self.check_parts(source, comment);
        let inputs: Vec<Part<'_>> = inputs(source).skip(skip).collect();
        let all_names: Vec<&str> = inputs.iter().map(|part| part.sql.as_str()).collect();
        let mut planned = Vec::new();
        let mut result = Ok(());
        for part in &inputs {
            match self.argument(source, comment, part, &all_names) {
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
        part: &Part<'_>,
        all: &[&str],
    ) -> Result<Argument, LeftOut> {
        let Part { sql, source, .. } = part;
        let resolved = self.resolve(&source.ty).map_err(|unsupported| {
            self.unsupported(function, &format!("argument `{sql}`"), &unsupported)
        })?;
        let shape = comment.shapes.iter().find(|(argument, _)| argument == sql);
        let ty = self.tagged_part(function, &source.ty, resolved.ty, shape.map(|(_, shape)| shape));
        let nullable = comment.nullable_arguments.contains(sql);
        let presence = match &source.default {
            Some(default) if function.strict && !nullable => {
                Presence::DefaultedNotNull(default.clone())
            }
            Some(default) => Presence::Defaulted(default.clone()),
            None if nullable => Presence::Nullable,
            None => Presence::Required,
        };
        let object = format!("argument {} of {}", part.identifier(), label(function));
        let (name, origin) = self.part_name(function, comment, object, part, all)?;
        Ok(Argument {
            name,
            sql: sql.clone(),
            origin,
            ty,
            sql_type: sql_name::type_name(&source.ty),
            variadic: source.mode == ArgumentMode::Variadic,
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

    /// The GraphQL name of an argument or of a result's column: from the comment, or without `p_`
    /// if that leaves it different from all others.
    pub(super) fn part_name(
        &mut self,
        function: &catalog::Function,
        comment: &Comment,
        object: String,
        part: &Part<'_>,
        all: &[&str],
    ) -> Result<(GraphqlName, Origin), LeftOut> {
        let short = names::without_prefix(&part.sql, ARGUMENT_PREFIX);
        let clashes = all.iter().filter(|other| {
            names::without_prefix(other, ARGUMENT_PREFIX).eq_ignore_ascii_case(short)
        });
        let tag = comment.part_names.iter().find(|(tagged, _)| *tagged == part.sql);
        let (name, how) = match (tag, part.sql.strip_prefix('$')) {
            (Some((_, name)), _) => (GraphqlName::new(name), "named by its comment"),
            (None, Some(number)) => (GraphqlName::new(format!("arg{number}")), "it has no name"),
            _ if clashes.count() < 2 => (names::field_name(short), "named by its own name"),
            _ => (
                names::field_name(&part.sql),
                "named by its own name, whole because another differs by the prefix alone",
            ),
        };
        let fix = |name: &str| {
            let tag = format!("@name {} {name}", part.identifier());
            format!("give it another name:\n{}", subject(function).with_tag(&tag))
        };
        match name {
            Ok(name) => {
                let rename = Rename::Sql(fix(&format!("other{}", name.as_type())));
                Ok((name, Origin { object, how: how.to_owned(), rename }))
            }
            Err(error) => {
                let sql = part.sql.escape_debug();
                let message = format!("`{sql}` cannot become a GraphQL name");
                let diagnostic = Diagnostic::new(Code::InvalidName, message).at(object, "");
                self.diagnostics.push(diagnostic.note(error.to_string()).help(fix("someName")));
                Err(LeftOut)
            }
        }
    }

    /// Reports tags about arguments and columns of the result that do not exist.
    fn check_parts(&mut self, source: &catalog::Function, comment: &Comment) {
        let arguments: Vec<String> = inputs(source).map(|part| part.sql).collect();
        let columns: Vec<String> = outputs(source).map(|part| part.sql).collect();
        let both: Vec<String> = arguments.iter().chain(&columns).cloned().collect();
        let (argument, column) = ("argument", "column of its result");
        let either = "argument and no column of its result";
        let shapes = comment.shapes.iter().map(|(name, _)| ("type", name, either, &both));
        let nullable =
            comment.nullable_arguments.iter().map(|name| ("nullable", name, argument, &arguments));
        let not_null =
            comment.not_null_columns.iter().map(|name| ("notnull", name, column, &columns));
        let named = comment.part_names.iter().map(|(name, _)| ("name", name, either, &both));
        for (tag, name, what, known) in shapes.chain(nullable).chain(not_null).chain(named) {
            if known.contains(name) {
                continue;
            }
            let message = format!("`@{tag}` names `{name}`, which is no {what}");
            let help = match known.as_slice() {
                [] => "remove it: there are none".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            };
            self.invalid_reference(&label(source), message, help);
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
