//! What functions return.

use super::Planner;
use super::arguments::{Part, outputs};
use super::functions::{LeftOut, Named, is_built_in, label};
use super::model::{Column, Nullability, Object, Origin, Returns, RowType, Type};
use super::names::RustName;
use super::types::Unsupported;
use crate::catalog::Function;
use crate::comment::Comment;
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

impl Planner<'_> {
    /// The shape of a function's result.
    pub(super) fn returns(
        &mut self,
        source: &Function,
        comment: &Comment,
        named: &Named,
    ) -> Result<Returns, LeftOut> {
        let outputs: Vec<Part<'_>> = outputs(source).collect();
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
            let object = self.own_object(source, comment, &outputs, named)?;
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
            ty => Returns::Value { ty, cast: resolved.cast, not_null: comment.not_null },
        })
    }

    /// The object type of a `RETURNS TABLE` or of OUT parameters.
    fn own_object(
        &mut self,
        source: &Function,
        comment: &Comment,
        outputs: &[Part<'_>],
        named: &Named,
    ) -> Result<Object, LeftOut> {
        let all: Vec<&str> = outputs.iter().map(|part| part.sql.as_str()).collect();
        let mut columns = Vec::new();
        let mut result = Ok(());
        for output in outputs {
            match self.own_column(source, comment, output, &all) {
                Ok(column) => columns.push(column),
                Err(left_out) => result = Err(left_out),
            }
        }
        result?;
        let (name, origin) = (named.derived("Result"), &named.origin);
        let how = format!("rows of {}", origin.object);
        Ok(Object {
            rust: RustName::of_type(&name),
            name,
            origin: Origin { how, ..origin.clone() },
            description: format!("What `{}` returns.", named.path()),
            columns,
            hidden: Vec::new(),
            relations: Vec::new(),
        })
    }

    fn own_column(
        &mut self,
        function: &Function,
        comment: &Comment,
        part: &Part<'_>,
        all: &[&str],
    ) -> Result<Column, LeftOut> {
        let Part { sql, source } = part;
        let resolved = self.resolve(&source.ty).map_err(|unsupported| {
            self.unsupported(function, &format!("result column `{sql}`"), &unsupported)
        })?;
        let shape = comment.shapes.iter().find(|(column, _)| column == sql);
        let ty = self.tagged_part(function, &source.ty, resolved.ty, shape.map(|(_, shape)| shape));
        let object =
            format!("column {} of the result of {}", sql_name::identifier(sql), label(function));
        let (name, origin) = self.part_name(function, comment, object, part, all)?;
        let nullability = if comment.not_null_columns.contains(sql) {
            Nullability::not_null("the function's comment says `@notnull`")
        } else {
            Nullability::nullable("a function promises nothing about its columns")
        };
        Ok(Column {
            rust: RustName::of_member(&name),
            field: name,
            sql: sql.clone(),
            origin,
            ty,
            cast: resolved.cast,
            nondeterministic: false,
            nullability,
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
