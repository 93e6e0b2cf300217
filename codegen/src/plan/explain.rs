//! Says how one view or function was planned, for `--explain`.

use std::fmt::Write;

use super::model::{Composite, Function, Object, Operation, Plan, Presence, Type, View};
use crate::catalog::PgName;
use crate::sql_name;

impl Plan {
    /// Describes a view, composite type or function: what becomes what, and why.
    ///
    /// It is found by its SQL name, with or without schema, or by its GraphQL name.
    pub fn explain(&self, name: &str) -> Option<String> {
        let view = self.views.values().find(|view| {
            is_called(&view.sql, name)
                || [view.object.name.as_str(), view.list.field.as_str()].contains(&name)
        });
        if let Some(view) = view {
            return Some(self.explain_view(view));
        }
        let functions: Vec<String> = self
            .functions
            .iter()
            .filter(|function| is_called(&function.sql, name) || function.field.as_str() == name)
            .map(|function| self.explain_function(function))
            .collect();
        if !functions.is_empty() {
            return Some(functions.join("\n"));
        }
        let composite = self
            .composites
            .values()
            .find(|ty| is_called(&ty.sql, name) || ty.object.name.as_str() == name)?;
        Some(self.explain_composite(composite))
    }

    fn explain_view(&self, view: &View) -> String {
        let object = &view.object;
        let mut out = format!("{} is the type {}\n", object.origin.object, object.name);
        let _ = writeln!(out, "  {} lists its rows", view.list.field);
        for lookup in &view.lookups {
            let _ = writeln!(out, "  {} finds a row by a key: {}", lookup.field, lookup.key.reason);
        }
        match &view.key {
            Some(key) => {
                let columns: Vec<&str> = key.columns(object).map(|c| c.sql.as_str()).collect();
                let columns = columns.join(", ");
                let _ = writeln!(out, "  rows come in the order of {columns}: {}", key.reason);
            }
            None if view.lookups.is_empty() => {
                out.push_str("  no key is known; `@key` in its comment declares one\n");
            }
            None => out.push_str(
                "  rows have no order of their own, because each key may be null; `@notnull` on \
                 its columns, or `@key` in the comment of the view, say that one is not\n",
            ),
        }
        out.push_str(&self.explain_columns(object));
        for argument in &view.list.direct {
            if let Some(column) = object.columns.get(argument.column) {
                let _ = writeln!(
                    out,
                    "  {} is also an argument of {}: {}",
                    column.field, view.list.field, argument.reason
                );
            }
        }
        for relation in &object.relations {
            let pairs: Vec<String> =
                relation.columns.iter().map(|(own, other)| format!("{own} = {other}")).collect();
            let _ = writeln!(
                out,
                "  {}: {} from {} where {}",
                relation.field,
                self.relation_type(relation),
                sql_name::qualified(&relation.target),
                pairs.join(" and ")
            );
            let _ = writeln!(out, "    {}", relation.origin.how);
            if !relation.reason.is_empty() {
                let _ = writeln!(out, "    {}", relation.reason);
            }
        }
        for note in &view.notes {
            let _ = writeln!(out, "  {note}");
        }
        out
    }

    fn explain_columns(&self, object: &Object) -> String {
        let mut out = String::new();
        for column in &object.columns {
            let sql = sql_name::identifier(&column.sql);
            let _ = writeln!(out, "  {sql} is {}: {}", column.field, self.column_type(column));
            for (depth, reason) in column.nullability.reasons.iter().enumerate() {
                let _ = writeln!(out, "    {}{reason}", "  ".repeat(depth));
            }
        }
        for column in &object.hidden {
            let _ = writeln!(out, "  {} is left out", sql_name::identifier(&column.sql));
        }
        out
    }

    fn explain_composite(&self, composite: &Composite) -> String {
        let Composite { object, usage, .. } = composite;
        let mut out = format!("{} is the type {}\n", object.origin.object, object.name);
        if let Some(input) = &usage.input {
            let _ = writeln!(out, "  as input it is {input}");
        }
        out + &self.explain_columns(object)
    }

    fn explain_function(&self, function: &Function) -> String {
        let root = match &function.operation {
            Operation::Query => "query".to_owned(),
            Operation::Mutation => "mutation".to_owned(),
            Operation::Field(view) => {
                format!("field of {}", self.output_type(&Type::Composite(view.clone())))
            }
        };
        let returns = self.return_type(&function.returns);
        let mut out =
            format!("{} is the {root} {}: {returns}\n", function.origin.object, function.field);
        if let Some(input) = &function.input {
            let _ = writeln!(out, "  its arguments are the fields of {}", input);
        }
        for argument in &function.arguments {
            let sql = &argument.sql;
            let _ = writeln!(out, "  {sql} is {}: {}", argument.name, self.argument_type(argument));
            let reason = match &argument.presence {
                Presence::Required => "it has no SQL default".to_owned(),
                Presence::Nullable => "the function's comment says `@nullable`".to_owned(),
                Presence::Defaulted(default) => format!("left out, it is {default}"),
                Presence::DefaultedNotNull(default) => format!(
                    "left out, it is {default}; null is refused, because the function is STRICT"
                ),
            };
            let _ = writeln!(out, "    {reason}");
        }
        out
    }
}

fn is_called(sql: &PgName, name: &str) -> bool {
    sql.name == name || sql.to_string() == name || sql_name::qualified(sql) == name
}
