//! Views: the object type of their rows and their root fields.

use std::collections::BTreeMap;

use super::columns;
use super::model::{Column, HiddenColumn, ListField, Nullability, Object, View};
use super::names::{self, RustName};
use super::tags::{Subject, column_label, view_label};
use super::types::Unsupported;
use super::{Planner, keys};
use crate::catalog::{self, PgName, ViewColumn};
use crate::comment::{Comment, Place};
use crate::diagnostic::{Code, Diagnostic};

impl Planner<'_> {
    /// Plans every view of the API, but for relations, which need all of them.
    pub(super) fn views(&mut self) -> BTreeMap<PgName, View> {
        let exposed = self.exposed.clone();
        let views = exposed.into_iter().filter_map(|(name, comment)| {
            let source = self.catalog.views.get(&name)?;
            let view = self.view(&name, source, &comment)?;
            Some((name, view))
        });
        let views: BTreeMap<PgName, View> = views.collect();
        // A view that could not be planned is no type that a function could return.
        self.exposed.retain(|name, _| views.contains_key(name));
        views
    }

    fn view(&mut self, name: &PgName, source: &catalog::View, comment: &Comment) -> Option<View> {
        let label = view_label(name, source);
        let subject = Subject { object: label.clone(), text: source.comment.as_deref() };
        let short = names::without_prefix(&name.name, &self.config.view_prefix).to_owned();
        let (named, origin) =
            self.name(&subject, &short, comment.name.as_deref(), names::type_name)?;
        let graphql = named.as_type();
        let rust = RustName::of_type(&graphql);
        let facts = self.facts.get(name).cloned().unwrap_or_default();
        let proven = facts.iter().map(|facts| Nullability::from(facts.nullability.clone()));
        let (columns, hidden) = self.columns(name, &source.columns, Place::Column, proven);
        if columns.is_empty() {
            let message = format!("{label} is left out, because no column of it can be shown");
            let help = format!("hide it on purpose:\n{}", subject.with_tag("@omit"));
            self.diagnostics
                .push(Diagnostic::new(Code::EmptyView, message).at(label, "").help(help));
            return None;
        }
        let object = Object {
            name: graphql,
            rust: rust.clone(),
            origin,
            description: comment.description.clone(),
            columns,
            hidden,
            relations: Vec::new(),
        };
        // One name serves the type and the field, and the first letter tells them apart; a name
        // from an acronym (`URL`) is a field by the rule, not by its first letter.
        let field = match &comment.name {
            Some(_) => named.as_field(),
            None => names::field_name(&short).unwrap_or_else(|_| named.as_field()),
        };
        let keys = self.keys(name, source, comment, &object, &field);
        let direct = keys::direct_arguments(self.catalog, source, &facts, &object, &keys);
        Some(View {
            sql: name.clone(),
            materialized: source.materialized,
            module: RustName::of_module(&field),
            aggregate: field.with_suffix(super::aggregates::SUFFIX),
            connection: keys.primary.as_ref().map(|_| field.with_suffix("Connection")),
            list: ListField { field, direct },
            key: keys.primary,
            lookups: keys.lookups,
            notes: keys.notes,
            composite: None,
            deprecated: comment.deprecated.clone(),
            object,
        })
    }

    /// Plans the columns of a view or composite: those of the API, and those that are left out.
    pub(super) fn columns(
        &mut self,
        owner: &PgName,
        columns: &[ViewColumn],
        place: Place,
        mut proven: impl Iterator<Item = Nullability>,
    ) -> (Vec<Column>, Vec<HiddenColumn>) {
        let (mut shown, mut hidden) = (Vec::new(), Vec::new());
        for (position, column) in columns.iter().enumerate() {
            let unknown = || Nullability::nullable("nothing is known about it");
            let proven = proven.next().unwrap_or_else(unknown);
            match self.column(owner, column, place, proven) {
                Some(column) => shown.push(column),
                None => hidden.push(HiddenColumn { position, sql: column.name.clone() }),
            }
        }
        (shown, hidden)
    }

    /// Plans a column of a view or an attribute of a composite.
    ///
    /// `None` for one that is left out, which has then been reported unless by `@omit`.
    fn column(
        &mut self,
        owner: &PgName,
        column: &ViewColumn,
        place: Place,
        proven: Nullability,
    ) -> Option<Column> {
        let subject =
            Subject { object: column_label(owner, &column.name), text: column.comment.as_deref() };
        let comment = self.comment(&subject, place);
        if comment.omit {
            return None;
        }
        let resolved = match self.resolve(&column.ty) {
            Ok(resolved) => resolved,
            Err(unsupported) => {
                self.unsupported_column(&subject, place, &column.name, &unsupported);
                return None;
            }
        };
        let ty = match &comment.shape {
            None => resolved.ty,
            Some(shape) => self
                .tagged(&column.ty, resolved.ty.clone(), shape, &owner.schema)
                .unwrap_or_else(|refusal| {
                    self.invalid_reference(&subject.object, refusal.reason, refusal.help);
                    resolved.ty
                }),
        };
        let (field, origin) =
            self.name(&subject, &column.name, comment.name.as_deref(), names::field_name)?;
        let nullability = match (comment.not_null, comment.nullable) {
            (true, _) => Nullability::not_null("its comment says `@notnull`"),
            (_, true) => Nullability::nullable("its comment says `@nullable`"),
            _ => proven,
        };
        Some(Column {
            rust: RustName::of_member(&field),
            field,
            sql: column.name.clone(),
            origin,
            ty,
            cast: resolved.cast,
            nondeterministic: column.nondeterministic,
            nullability,
            input_default: None,
            description: comment.description,
            deprecated: comment.deprecated,
        })
    }

    fn unsupported_column(
        &mut self,
        subject: &Subject<'_>,
        place: Place,
        name: &str,
        unsupported: &Unsupported,
    ) {
        let message = format!("{} is left out: {}", subject.object, unsupported.reason);
        let instead = unsupported.instead.replace("{}", &crate::sql_name::identifier(name));
        let advice = match place {
            Place::Attribute => "give it another type, or ".to_owned(),
            _ if instead.is_empty() => String::new(),
            _ => format!("select {instead} in its place, or "),
        };
        let help = format!("{advice}hide it on purpose:\n{}", subject.with_tag("@omit"));
        self.diagnostics.push(
            Diagnostic::new(Code::UnsupportedType, message)
                .at(&subject.object, format!("type {}", unsupported.shown))
                .help(help),
        );
    }
}

impl From<columns::Nullability> for Nullability {
    fn from(facts: columns::Nullability) -> Self {
        let (nullable, reasons) = match facts {
            columns::Nullability::NotNull(reasons) => (false, reasons),
            columns::Nullability::Nullable(reasons) => (true, reasons),
        };
        Self { nullable, reasons: reasons.iter().map(ToString::to_string).collect() }
    }
}
