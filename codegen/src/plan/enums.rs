//! Enum types.

use super::Planner;
use super::model::{Enum, EnumValue, Origin, Rename};
use super::names::{self, InvalidName, RustName};
use super::tags::Subject;
use crate::catalog::{PgName, TypeKind};
use crate::comment::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

impl Planner<'_> {
    /// Plans an enum type.
    pub(super) fn enumeration(&mut self, name: &PgName) -> Option<Enum> {
        let definition = self.catalog.types.get(name)?;
        let TypeKind::Enum { labels } = &definition.kind else { return None };
        let object = format!("type {}", sql_name::qualified(name));
        let subject = Subject { object, text: definition.comment.as_deref() };
        let comment = self.comment(&subject, Place::Type);
        let (graphql, origin) =
            self.name(&subject, &name.name, comment.name.as_deref(), names::type_name)?;
        let graphql = graphql.as_type();
        let values = labels.iter().filter_map(|label| self.enum_value(name, label)).collect();
        Some(Enum {
            sql: name.clone(),
            rust: RustName::of_type(&graphql),
            name: graphql,
            origin,
            description: comment.description,
            values,
        })
    }

    fn enum_value(&mut self, owner: &PgName, label: &str) -> Option<EnumValue> {
        let object =
            format!("type {} label {}", sql_name::qualified(owner), sql_name::literal(label));
        match names::enum_value_name(label) {
            Ok(name) => {
                let rename =
                    Rename::Sql(format!("rename one of them:\n{}", rename_label(owner, label)));
                let how = "named by the label".to_owned();
                let rust = RustName::of_variant(&name);
                let origin = Origin { object, how, rename };
                Some(EnumValue { name, rust, label: label.to_owned(), origin })
            }
            Err(error) => {
                self.invalid_label(owner, label, object, &error);
                None
            }
        }
    }

    fn invalid_label(&mut self, owner: &PgName, label: &str, object: String, error: &InvalidName) {
        let message = format!("the label `{}` cannot become a GraphQL value", label.escape_debug());
        self.diagnostics.push(
            Diagnostic::new(Code::InvalidLabel, message)
                .at(object, "")
                .note(error.to_string())
                .help(format!("rename it:\n{}", rename_label(owner, label))),
        );
    }
}

fn rename_label(owner: &PgName, label: &str) -> String {
    let (owner, label) = (sql_name::qualified(owner), sql_name::literal(label));
    format!("alter type {owner} rename value {label} to 'some_label';")
}
