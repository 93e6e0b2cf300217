//! What functions return.

use super::Planner;
use super::functions::{LeftOut, is_built_in, label};
use super::model::{Column, Nullability, Object, Origin, Returns, RowType, Type};
use super::names::{GraphqlName, RustName};
use super::types::Unsupported;
use crate::catalog::{Argument, ArgumentMode, Function};
use crate::comment::Comment;
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

impl Planner<'_> {
    /// The shape of a function's result.
    pub(super) fn returns(
        &mut self,
        source: &Function,
        comment: &Comment,
        field: &GraphqlName,
        origin: &Origin,
    ) -> Result<Returns, LeftOut> {
        let outputs: Vec<&Argument> = source.arguments.iter().filter(|a| is_output(a)).collect();
        if comment.not_null && (source.returns_set || is_built_in(&source.returns, "void")) {
            self.diagnostics.push(
                Diagnostic::new(Code::MisplacedTag, "`@notnull` means nothing here")
                    .at(label(source), "in its comment")
                    .help("remove it: a set, and a function without a result, are never null"),
            );
        }
        let is_void = is_built_in(&source.returns, "void");
        let is_own = is_built_in(&source.returns, "record") && !outputs.is_empty();
        if comment.shape.is_some() && (is_void || is_own) {
            let reason = "`@type` without an argument is about the result, which it does not fit";
            let help = "name an argument or a column of the result: `@type p_items line[]`";
            self.invalid_reference(&label(source), reason.to_owned(), help.to_owned());
        }
        if is_void {
            return Ok(Returns::Void);
        }
        if is_own {
            let object = self.own_object(source, comment, &outputs, field, origin)?;
            return Ok(rows(RowType::Own(Box::new(object)), source, comment));
        }
        let resolved = self.resolve(&source.returns).map_err(|unsupported| {
            let reason = if is_built_in(&source.returns, "record") {
                "its columns are not known; declare RETURNS TABLE (…) or a composite type"
                    .to_owned()
            } else {
                unsupported.reason
            };
            self.unsupported(source, "its result", &Unsupported { reason, ..unsupported })
        })?;
        let ty = self.tagged_part(source, &source.returns, resolved.ty, comment.shape.as_ref());
        Ok(match ty {
            Type::Composite(name) => rows(RowType::Named(name), source, comment),
            ty if source.returns_set => Returns::Values(ty),
            ty => Returns::Value { ty, not_null: comment.not_null },
        })
    }

    /// The object type of a `RETURNS TABLE` or of OUT parameters.
    fn own_object(
        &mut self,
        source: &Function,
        comment: &Comment,
        outputs: &[&Argument],
        field: &GraphqlName,
        origin: &Origin,
    ) -> Result<Object, LeftOut> {
        let all: Vec<&str> =
            outputs.iter().filter_map(|argument| argument.name.as_deref()).collect();
        let mut columns = Vec::new();
        let mut result = Ok(());
        for output in outputs {
            match self.own_column(source, comment, output, &all) {
                Ok(column) => columns.push(column),
                Err(left_out) => result = Err(left_out),
            }
        }
        result?;
        let name = field.as_type().with_suffix("Result");
        let how = format!("rows of {}", origin.object);
        Ok(Object {
            rust: RustName::of_type(&name),
            name,
            origin: Origin { how, ..origin.clone() },
            description: format!("What `{field}` returns."),
            columns,
            hidden: Vec::new(),
            relations: Vec::new(),
        })
    }

    fn own_column(
        &mut self,
        function: &Function,
        comment: &Comment,
        source: &Argument,
        all: &[&str],
    ) -> Result<Column, LeftOut> {
        let Some(sql) = source.name.as_deref().filter(|name| !name.is_empty()) else {
            let message =
                format!("{} is left out: a column of its result has no name", label(function));
            let advice = "name the OUT parameter, or hide the function on purpose";
            self.left_out(Code::UnsupportedArgument, function, message, advice);
            return Err(LeftOut);
        };
        let resolved = self.resolve(&source.ty).map_err(|unsupported| {
            self.unsupported(function, &format!("result column `{sql}`"), &unsupported)
        })?;
        let shape = comment.shapes.iter().find(|(column, _)| column == sql);
        let ty = self.tagged_part(function, &source.ty, resolved.ty, shape.map(|(_, shape)| shape));
        let object =
            format!("column {} of the result of {}", sql_name::identifier(sql), label(function));
        let (name, origin) = self.part_name(object, sql, all)?;
        Ok(Column {
            rust: RustName::of_member(&name),
            field: name,
            sql: sql.to_owned(),
            origin,
            ty,
            cast: resolved.cast,
            nullability: Nullability::nullable("a function promises nothing about its columns"),
            input_default: None,
            description: String::new(),
            deprecated: None,
        })
    }
}

fn rows(row: RowType, source: &Function, comment: &Comment) -> Returns {
    if source.returns_set {
        Returns::Rows(row)
    } else {
        Returns::Row { row, not_null: comment.not_null }
    }
}

fn is_output(argument: &Argument) -> bool {
    matches!(argument.mode, ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table)
}
