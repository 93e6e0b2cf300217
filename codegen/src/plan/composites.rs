//! Composite types: objects that are values of a column, an argument or a result.

use super::Planner;
use super::model::{Composite, CompositeUse, Nullability, Object};
use super::names::{self, RustName};
use super::tags::Subject;
use crate::catalog::{PgName, TypeDef, TypeKind};
use crate::comment::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

impl Planner<'_> {
    /// Plans a composite type, a range type, or the row of a table or of a view that is not in the API.
    pub(super) fn composite(&mut self, name: &PgName) -> Option<Composite> {
        if let Some(TypeDef { kind: TypeKind::Range { subtype, multirange }, .. }) =
            self.catalog.types.get(name)
        {
            return self.range(name, subtype, multirange);
        }
        let (object, text) = self.composite_subject(name);
        let subject = Subject { object, text: text.as_deref() };
        let comment = self.comment(&subject, Place::Type);
        let (graphql, origin) =
            self.name(&subject, &name.name, comment.name.as_deref(), names::type_name)?;
        let graphql = graphql.as_type();
        let attributes = self.row_columns(name)?.to_vec();
        // Not even where it is the row of a table: a function may make one up.
        let nullable = Nullability::nullable("an attribute of a composite type has no NOT NULL");
        let proven = std::iter::repeat(nullable);
        let (columns, hidden) = self.columns(name, &attributes, Place::Attribute, proven);
        if columns.is_empty() {
            let message = format!("{} has no attribute that can be shown", subject.object);
            self.diagnostics.push(
                Diagnostic::new(Code::EmptyType, message)
                    .at(&subject.object, "")
                    .help("put `@omit` on what uses it, or give it an attribute"),
            );
        }
        let object = Object {
            rust: RustName::of_type(&graphql),
            name: graphql,
            origin,
            description: comment.description,
            columns,
            hidden,
            relations: Vec::new(),
        };
        let usage = CompositeUse::default();
        Some(Composite { sql: name.clone(), multirange: None, object, usage })
    }

    /// The object to comment on, and what its comment says about the type.
    ///
    /// Tags of a view that is not in the API are about the view, not about its type.
    pub(super) fn composite_subject(&self, name: &PgName) -> (String, Option<String>) {
        let qualified = sql_name::qualified(name);
        if self.catalog.views.contains_key(name) {
            return (format!("view {qualified}"), None);
        }
        let comment = self.catalog.types.get(name).and_then(|ty| ty.comment.clone());
        match self.catalog.tables.get(name) {
            Some(table) => {
                (format!("table {qualified}"), comment.or_else(|| table.comment.clone()))
            }
            None => (format!("type {qualified}"), comment),
        }
    }
}
