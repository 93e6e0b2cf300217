//! Selection sets: made from types, written into documents, held against answers.

use serde_json::Value;

use super::introspection::{Field, Schema, TypeRef};

/// The fields of an object that are asked for, with theirs.
pub(crate) struct Selection<'a> {
    fields: Vec<(&'a Field, Option<Selection<'a>>)>,
}

impl<'a> Selection<'a> {
    /// Every column of a type: its leaves and composite values, but no rows of other views.
    pub(crate) fn columns(schema: &'a Schema, ty: &str) -> Self {
        let inner = |field: &'a Field| {
            let name = field.ty.name();
            (!schema.is_leaf(name)).then(|| Self::columns(schema, name))
        };
        let columns = schema.fields(ty).iter().filter(|field| {
            !schema.is_elsewhere(ty, &field.name)
                && !field.arguments.iter().any(|argument| argument.ty.is_required())
        });
        Self { fields: columns.map(|field| (field, inner(field))).collect() }
    }

    /// The columns of a type, one of its fields with all columns, and the fields of that.
    pub(crate) fn through(schema: &'a Schema, ty: &str, field: &'a Field) -> Self {
        let mut selection = Self::columns(schema, ty);
        let target = field.ty.name();
        let mut inner = Self::columns(schema, target);
        for next in schema.relations(target) {
            inner.fields.push((next, Some(Self::columns(schema, next.ty.name()))));
        }
        selection.fields.push((field, Some(inner)));
        selection
    }

    /// As GraphQL; lists of rows are cut to a few.
    pub(crate) fn text(&self) -> String {
        let field = |(field, inner): &(&Field, Option<Selection>)| {
            let page = if field.argument("limit").is_some() { "(limit: 5)" } else { "" };
            let inner = inner.as_ref().map_or_else(String::new, Selection::text);
            format!("{}{page}{inner}", field.name)
        };
        if self.fields.is_empty() {
            return " { __typename }".to_owned();
        }
        format!(" {{ {} }}", self.fields.iter().map(field).collect::<Vec<_>>().join(" "))
    }

    /// Adds what is wrong with the answer to it.
    pub(crate) fn check(&self, schema: &Schema, value: &Value, path: &str, out: &mut Vec<String>) {
        let Some(object) = value.as_object() else {
            out.push(format!("{path}: {value} is no object"));
            return;
        };
        if object.len() != self.fields.len().max(1) {
            out.push(format!("{path}: {} fields for {}", object.len(), self.fields.len()));
        }
        for (field, inner) in &self.fields {
            let path = format!("{path}.{}", field.name);
            match object.get(&field.name) {
                Some(value) => check(schema, &field.ty, inner.as_ref(), value, &path, out),
                None => out.push(format!("{path} is missing")),
            }
        }
    }
}

/// Adds what is wrong with a value of a type.
pub(crate) fn check(
    schema: &Schema,
    ty: &TypeRef,
    selection: Option<&Selection>,
    value: &Value,
    path: &str,
    out: &mut Vec<String>,
) {
    if value.is_null() {
        // What is never NULL may still be the null of JSON.
        if ty.is_required() && ty.name() != "JSON" {
            out.push(format!("{path} is null"));
        }
        return;
    }
    match (ty.element(), value) {
        (Some(element), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check(schema, element, selection, item, &format!("{path}[{index}]"), out);
            }
        }
        (Some(_), _) => out.push(format!("{path}: {value} is no list")),
        (None, _) => match selection {
            Some(selection) => selection.check(schema, value, path, out),
            None => out.extend(
                schema.leaf_fault(ty.name(), value).map(|fault| format!("{path}: {fault}")),
            ),
        },
    }
}
