//! What is wrong with a schema, said so that its author can act on it.
//!
//! A diagnostic names the objects, gives the reason and, wherever there is one, SQL that fixes it.
//! They are collected, never thrown: one run shows everything.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong, or was left out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Diagnostic {
    /// What kind of thing it is.
    pub code: Code,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// The objects it is about, the first being the one to blame.
    pub places: Vec<Place>,
    /// Background, one sentence each.
    pub notes: Vec<String>,
    /// What to do about it: a line of text, then SQL to run.
    pub help: Option<String>,
}

/// An object that a diagnostic points at.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Place {
    /// `view public.v_orders`, `column public.v_orders.id`.
    pub object: String,
    /// Its part in the matter: `type polygon`, `named by its own name`.
    pub role: String,
}

/// Whether a diagnostic stops generation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Something was left out, or is probably not what was meant.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal, $severity:ident;)+) => {
        /// The kinds of diagnostics; a slug is never renamed or used again for something else.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code; a test demands a fixture for each.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }

            /// Whether it stops generation.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// There is no query field, and GraphQL demands one.
    EmptyApi = "empty-api", Error;
    /// A composite type without an attribute that the API can carry.
    EmptyType = "empty-type", Error;
    /// A label of an enum cannot be a GraphQL value.
    InvalidLabel = "invalid-label", Error;
    /// An SQL name cannot be a GraphQL name.
    InvalidName = "invalid-name", Error;
    /// Two things would get the same name.
    NameCollision = "name-collision", Error;
    /// A tag's value does not have the right form.
    MalformedTag = "malformed-tag", Error;
    /// A tag stands where it means nothing, twice, or against another tag.
    MisplacedTag = "misplaced-tag", Error;
    /// A tag refers to something that does not exist or does not fit.
    InvalidReference = "invalid-reference", Error;
    /// There is no such tag.
    UnknownTag = "unknown-tag", Error;
    /// JSON shapes contain themselves.
    RecursiveShape = "recursive-shape", Error;
    /// A foreign key leads to a table for which several views could stand.
    AmbiguousRelation = "ambiguous-relation", Warning;
    /// A key column may be null as far as we know.
    NullableKey = "nullable-key", Warning;
    /// Several functions share a name.
    OverloadedFunction = "overloaded-function", Warning;
    /// An aggregate, procedure, window or trigger function.
    UnsupportedFunction = "unsupported-function", Warning;
    /// A type that the API cannot carry.
    UnsupportedType = "unsupported-type", Warning;
    /// A view without a column that the API can carry.
    EmptyView = "empty-view", Warning;
}

impl Diagnostic {
    /// Starts one; places, notes and help follow.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, places: Vec::new(), notes: Vec::new(), help: None }
    }

    /// Points at an object.
    #[must_use]
    pub fn at(mut self, object: impl Into<String>, role: impl Into<String>) -> Self {
        self.places.push(Place { object: object.into(), role: role.into() });
        self
    }

    /// Adds background.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do, with SQL to run.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it stops generation.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }

    fn sort_key(&self) -> (Option<&str>, Code, &str) {
        (self.places.first().map(|place| place.object.as_str()), self.code, &self.message)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}", self.severity(), self.code, self.message)?;
        let width = self.places.iter().map(|place| place.object.chars().count()).max();
        for place in &self.places {
            let line =
                format!("{:width$}    {}", place.object, place.role, width = width.unwrap_or(0));
            writeln!(f, "  --> {}", line.trim_end())?;
        }
        for note in &self.notes {
            writeln!(f, "  note: {}", note.replace('\n', "\n        "))?;
        }
        if let Some(help) = &self.help {
            writeln!(f, "  help: {}", help.replace('\n', "\n        "))?;
        }
        Ok(())
    }
}

/// Everything that is wrong, sorted by object, then code.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one in its place; saying the same thing twice counts once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let at = self.0.partition_point(|other| other.sort_key() < diagnostic.sort_key());
        if self.0.get(at) != Some(&diagnostic) {
            self.0.insert(at, diagnostic);
        }
    }

    /// Whether anything stops generation.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many stop generation.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// How many do not.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&self, severity: Severity) -> usize {
        self.iter().filter(|diagnostic| diagnostic.severity() == severity).count()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            write!(f, "{}{diagnostic}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_aligns_places_and_indents_help() {
        let shown = Diagnostic::new(Code::NameCollision, "two views would become `Order`")
            .at("view app.v_order", "named by its own name")
            .at("view app.v_orders", "named by its comment")
            .help("give one of them another name:\ncomment on view app.v_orders is '@name Other';")
            .to_string();
        assert_eq!(
            shown,
            "error[name-collision]: two views would become `Order`
  --> view app.v_order     named by its own name
  --> view app.v_orders    named by its comment
  help: give one of them another name:
        comment on view app.v_orders is '@name Other';
"
        );
    }

    #[test]
    fn diagnostics_are_sorted_whatever_the_order_of_discovery() {
        let all =
            ["b", "a", "c", "a"].map(|object| Diagnostic::new(Code::EmptyView, "x").at(object, ""));
        let mut one = Diagnostics::default();
        all.iter().for_each(|diagnostic| one.push(diagnostic.clone()));
        let mut two = Diagnostics::default();
        all.iter().rev().for_each(|diagnostic| two.push(diagnostic.clone()));
        assert_eq!(one, two);
        assert_eq!((one.warnings(), one.errors(), one.has_errors()), (3, 0, false));
    }

    #[test]
    fn slug_is_what_serde_writes() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("{:?}", code.slug()));
        }
    }
}
