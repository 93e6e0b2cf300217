//! Reads comments where they stand, reports what is wrong with them, and makes names of them.

use super::Planner;
use super::model::{Origin, Rename};
use super::names::{GraphqlName, InvalidName};
use crate::catalog::{PgName, View};
use crate::comment::{self, Comment, Place, Problem};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// An SQL object as `comment on …` names it, with its comment.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    /// `column public.v_orders.id`
    pub(super) object: String,
    /// Its comment as it stands.
    pub(super) text: Option<&'a str>,
}

impl Subject<'_> {
    /// The statement that adds a line to the comment.
    pub(super) fn with_tag(&self, tag: &str) -> String {
        sql_name::comment_with(&self.object, tag, self.text)
    }
}

/// A view as `comment on` names it.
pub(super) fn view_label(name: &PgName, view: &View) -> String {
    let kind = if view.materialized { "materialized view" } else { "view" };
    format!("{kind} {}", sql_name::qualified(name))
}

/// A column of anything as `comment on` names it.
pub(super) fn column_label(owner: &PgName, column: &str) -> String {
    format!("column {}.{}", sql_name::qualified(owner), sql_name::identifier(column))
}

impl Planner<'_> {
    /// The comment of a view.
    pub(super) fn view_comment(&mut self, name: &PgName, view: &View) -> Comment {
        let subject = Subject { object: view_label(name, view), text: view.comment.as_deref() };
        self.comment(&subject, Place::View)
    }

    /// Reads a comment and reports its problems.
    pub(super) fn comment(&mut self, subject: &Subject<'_>, place: Place) -> Comment {
        let (comment, problems) = comment::parse(subject.text, place);
        for problem in problems {
            self.diagnostics.push(describe(problem).at(&subject.object, "in its comment"));
        }
        comment
    }

    /// The name that an object gets: from its comment, or by a rule.
    ///
    /// A name that GraphQL refuses is reported, and `None`.
    pub(super) fn name(
        &mut self,
        subject: &Subject<'_>,
        sql: &str,
        tag: Option<&str>,
        rule: impl Fn(&str) -> Result<GraphqlName, InvalidName>,
    ) -> Option<(GraphqlName, Origin)> {
        let (name, how) = match tag {
            Some(tag) => (GraphqlName::new(tag), "named by its comment"),
            None => (rule(sql), "named by its own name"),
        };
        match name {
            Ok(name) => {
                let comment = subject.text.map(str::to_owned);
                let rename = Rename::Comment { comment, name: name.clone() };
                Some((name, Origin { object: subject.object.clone(), how: how.to_owned(), rename }))
            }
            Err(error) => {
                let message = format!("`{}` cannot become a GraphQL name", sql.escape_debug());
                let help = format!("name it:\n{}", subject.with_tag("@name someName"));
                let diagnostic = Diagnostic::new(Code::InvalidName, message);
                self.diagnostics
                    .push(diagnostic.at(&subject.object, "").note(error.to_string()).help(help));
                None
            }
        }
    }

    /// Reports a tag that refers to something which does not exist or does not fit.
    pub(super) fn invalid_reference(&mut self, object: &str, message: String, help: String) {
        self.diagnostics.push(
            Diagnostic::new(Code::InvalidReference, message)
                .at(object, "in its comment")
                .help(help),
        );
    }
}

fn describe(problem: Problem) -> Diagnostic {
    match problem {
        Problem::Unknown { tag, nearest } => {
            let diagnostic = Diagnostic::new(Code::UnknownTag, format!("there is no tag `@{tag}`"));
            diagnostic.help(match nearest {
                Some(nearest) => format!("did you mean `@{nearest}`?"),
                None => "a description that begins with `@` needs other text before it".to_owned(),
            })
        }
        Problem::Misplaced { tag, allowed } => {
            let allowed: Vec<String> = allowed.iter().map(|tag| format!("`@{tag}`")).collect();
            Diagnostic::new(Code::MisplacedTag, format!("`@{tag}` means nothing here"))
                .help(format!("allowed here: {}", allowed.join(", ")))
        }
        Problem::Malformed { tag, value, example } => {
            let message = if value.is_empty() {
                format!("`@{tag}` lacks its value")
            } else {
                format!("`@{tag}` cannot have the value `{value}`")
            };
            Diagnostic::new(Code::MalformedTag, message).help(format!("for example:\n{example}"))
        }
        Problem::Repeated { tag, earlier } if tag == earlier => {
            Diagnostic::new(Code::MisplacedTag, format!("`@{tag}` stands twice"))
                .help("keep one of them")
        }
        Problem::Repeated { tag, earlier } => {
            Diagnostic::new(Code::MisplacedTag, format!("`@{tag}` contradicts `@{earlier}`"))
                .help("keep one of them")
        }
    }
}
