//! Enum types.

use super::Planner;
use super::model::{Enum, EnumValue, Origin, Rename};
use super::names::{self, GraphqlName, InvalidName, RustName};
use super::tags::Subject;
use crate::catalog::{PgName, TypeKind};
use crate::comment::{self, Comment, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

impl Planner<'_> {
    /// Plans an enum type.
    pub(super) fn enumeration(&mut self, name: &PgName) -> Option<Enum> {
        let definition = self.catalog.types.get(name)?;
        let TypeKind::Enum { labels } = &definition.kind else { return None };
        let object = format!("type {}", sql_name::qualified(name));
        let subject = Subject { object, text: definition.comment.as_deref() };
        let comment = self.comment(&subject, Place::Enum);
        let (graphql, origin) =
            self.name(&subject, &name.name, comment.name.as_deref(), names::type_name)?;
        let graphql = graphql.as_type();
        let values = self.enum_values(&subject, &comment, name, labels);
        Some(Enum {
            sql: name.clone(),
            rust: RustName::of_type(&graphql),
            name: graphql,
            origin,
            description: comment.description,
            values,
        })
    }

    fn enum_values(
        &mut self,
        subject: &Subject<'_>,
        comment: &Comment,
        owner: &PgName,
        labels: &[String],
    ) -> Vec<EnumValue> {
        for (label, _) in comment.values.iter().filter(|(label, _)| !labels.contains(label)) {
            let known: Vec<String> = labels.iter().map(|label| sql_name::literal(label)).collect();
            let message = format!("`@value` names {}, which is no label", sql_name::literal(label));
            let help = format!("the labels: {}", known.join(", "));
            self.invalid_reference(&subject.object, message, help);
        }
        let mut values = Vec::new();
        let mut invalid = Vec::new();
        for (index, label) in labels.iter().enumerate() {
            let tag = comment.values.iter().find(|(tagged, _)| tagged == label);
            let (name, how) = match tag {
                Some((_, name)) => (GraphqlName::new(name), "named by the comment of its type"),
                None => (names::enum_value_name(label), "named by the label"),
            };
            let object = label_object(owner, label);
            match name {
                Ok(name) => {
                    let sql = with_values(subject, &[(format!("OTHER_{name}"), label)]);
                    let rename = Rename::Sql(format!("give one of them another name:\n{sql}"));
                    let rust = RustName::of_variant(&name);
                    let origin = Origin { object, how: how.to_owned(), rename };
                    values.push(EnumValue { name, rust, label: label.clone(), origin });
                }
                Err(error) => invalid.push((index, label.as_str(), error)),
            }
        }
        self.invalid_labels(subject, owner, &invalid);
        values
    }

    /// Reports labels that cannot be values. The fix is for all of them at once, because a type has
    /// one comment.
    fn invalid_labels(
        &mut self,
        subject: &Subject<'_>,
        owner: &PgName,
        invalid: &[(usize, &str, InvalidName)],
    ) {
        let names =
            invalid.iter().map(|(index, label, _)| (format!("VALUE_{}", index + 1), *label));
        let sql = with_values(subject, &names.collect::<Vec<_>>());
        for (_, label, error) in invalid {
            let message = format!("the label {} cannot become a GraphQL value", quoted(label));
            // A line of a comment cannot hold it.
            let help = if label.contains('\n') {
                let (owner, label) = (sql_name::qualified(owner), sql_name::literal(label));
                format!("rename it:\nalter type {owner} rename value {label} to 'some_label';")
            } else {
                format!("name it:\n{sql}")
            };
            self.diagnostics.push(
                Diagnostic::new(Code::InvalidLabel, message)
                    .at(label_object(owner, label), "")
                    .note(error.to_string())
                    .help(help),
            );
        }
    }
}

/// A label in a message.
fn quoted(label: &str) -> String {
    format!("`{}`", label.escape_debug())
}

fn label_object(owner: &PgName, label: &str) -> String {
    format!("type {} label {}", sql_name::qualified(owner), sql_name::literal(label))
}

/// The statement that names labels in the comment of their type, in place of what it says about
/// them now.
fn with_values(subject: &Subject<'_>, names: &[(String, impl AsRef<str>)]) -> String {
    let tags: Vec<String> = names
        .iter()
        .map(|(name, label)| format!("@value {name} {}", tag_label(label.as_ref())))
        .collect();
    let is_about = |line: &str| {
        let (comment, _) = comment::parse(Some(line), Place::Enum);
        let mut named = comment.values.iter().map(|(label, _)| label.as_str());
        named.any(|label| names.iter().any(|(_, other)| other.as_ref() == label))
    };
    let rest = subject
        .text
        .map(|text| text.lines().filter(|line| !is_about(line)).collect::<Vec<_>>().join("\n"));
    sql_name::comment_with(&subject.object, &tags.join("\n"), rest.as_deref())
}

/// A label as `@value` takes it, quoted only where it must be.
fn tag_label(label: &str) -> String {
    if label.trim() == label && !label.is_empty() && !label.starts_with('"') {
        label.to_owned()
    } else {
        format!("\"{}\"", label.replace('"', "\"\""))
    }
}
