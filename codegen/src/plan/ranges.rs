//! Range types: objects of two bounds and what there is to know about them.

use super::Planner;
use super::model::{Column, Composite, CompositeUse, Nullability, Object, Origin, Rename, Type};
use super::names::{self, RustName};
use super::tags::Subject;
use crate::catalog::{PgName, TypeRef};
use crate::comment::Place;

/// What every range has beside its bounds: SQL name, what input is that leaves it out, description.
const FLAGS: [(&str, &str, &str); 3] = [
    (
        "lower_inclusive",
        "true",
        "Whether the lower bound is part of the range; without one, false.",
    ),
    (
        "upper_inclusive",
        "false",
        "Whether the upper bound is part of the range; without one, false.",
    ),
    ("is_empty", "false", "Whether nothing is part of the range; it has no bounds then."),
];

impl Planner<'_> {
    /// Plans a range type.
    pub(super) fn range(
        &mut self,
        name: &PgName,
        subtype: &TypeRef,
        multirange: &PgName,
    ) -> Option<Composite> {
        let (object, text) = self.composite_subject(name);
        // PostgreSQL's own types have comments, but no tags.
        let own = name.schema != "pg_catalog";
        let subject = Subject { object, text: text.as_deref().filter(|_| own) };
        let comment = self.comment(&subject, Place::Type);
        let sql = if own { name.name.clone() } else { spaced(&name.name) };
        let (graphql, mut origin) =
            self.name(&subject, &sql, comment.name.as_deref(), names::type_name)?;
        if !own {
            origin.rename = Rename::Never;
        }
        let graphql = graphql.as_type();
        let mut description = comment.description;
        if description.is_empty() {
            description = format!("All that lies between two bounds (`{}`).", name.name);
        }
        let object = Object {
            rust: RustName::of_type(&graphql),
            name: graphql,
            columns: self.range_columns(subtype, &subject.object)?,
            origin,
            description,
            hidden: Vec::new(),
            relations: Vec::new(),
        };
        let usage = CompositeUse::default();
        Some(Composite { sql: name.clone(), multirange: Some(multirange.clone()), object, usage })
    }

    /// The fields of a range, in the order that the runtime expects.
    fn range_columns(&self, subtype: &TypeRef, object: &str) -> Option<Vec<Column>> {
        let bound = self.resolve(subtype).ok()?;
        let exact = if subtype.array { bound.cast.clone() } else { self.exact(&subtype.name) };
        let column = |sql: &str, ty: Type, description: &str| {
            let field = names::field_name(sql).ok()?;
            Some(Column {
                rust: RustName::of_member(&field),
                field,
                sql: sql.to_owned(),
                origin: Origin {
                    object: object.to_owned(),
                    how: "a field of every range".to_owned(),
                    rename: Rename::Never,
                },
                ty,
                cast: None,
                nondeterministic: false,
                nullability: Nullability::not_null("every range has it"),
                input_default: None,
                description: description.to_owned(),
                deprecated: None,
            })
        };
        let bounds = ["lower", "upper"].map(|sql| {
            let description = format!("The {sql} bound; null if there is none.");
            let unbounded = Nullability::nullable("a range may have no such bound");
            column(sql, bound.ty.clone(), &description).map(|column| Column {
                nullability: unbounded,
                cast: exact.clone(),
                ..column
            })
        });
        let flags = FLAGS.map(|(sql, default, description)| {
            column(sql, Type::Bool, description)
                .map(|column| Column { input_default: Some(default), ..column })
        });
        bounds.into_iter().chain(flags).collect()
    }
}

/// `int4range` as `int4_range`, which makes it `Int4Range`.
fn spaced(built_in: &str) -> String {
    match built_in.strip_suffix("range") {
        Some(bounds) => format!("{bounds}_range"),
        None => built_in.to_owned(),
    }
}
