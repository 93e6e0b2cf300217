//! Names of schema-qualified objects and of types, and their form as one string.
//!
//! In JSON a name is `schema.name`. A part that holds a dot, a quote or a bracket is quoted as in
//! SQL (`public."a.b"`), so that every name has exactly one such form and can be a map key.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a schema-qualified object, unquoted.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PgName {
    /// The schema.
    pub schema: String,
    /// The object's own name.
    pub name: String,
}

/// A type as a column or argument declares it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TypeRef {
    /// The type, or the element type of an array: `pg_catalog.int4`, `public.order_status`.
    pub name: PgName,
    /// Whether it is an array of that type (of any number of dimensions).
    pub array: bool,
}

/// A text that should be a name in a recorded catalog and is not.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a schema-qualified name")]
pub struct InvalidName(String);

impl PgName {
    /// Builds a name from its parts.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

/// The name as a person writes it: without quotes, whatever it holds.
impl fmt::Display for PgName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name, if self.array { "[]" } else { "" })
    }
}

impl From<PgName> for String {
    fn from(name: PgName) -> Self {
        format!("{}.{}", quoted(&name.schema), quoted(&name.name))
    }
}

impl TryFrom<String> for PgName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        let parts = part(&text)
            .and_then(|(schema, rest)| Some((schema, part(rest.strip_prefix('.')?)?)))
            .filter(|(_, (_, rest))| rest.is_empty());
        match parts {
            Some((schema, (name, _))) => Ok(Self { schema, name }),
            None => Err(InvalidName(text)),
        }
    }
}

impl From<TypeRef> for String {
    fn from(ty: TypeRef) -> Self {
        let mut text = Self::from(ty.name);
        if ty.array {
            text.push_str("[]");
        }
        text
    }
}

impl TryFrom<String> for TypeRef {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        let (name, array) = match text.strip_suffix("[]") {
            Some(element) => (element.to_owned(), true),
            None => (text, false),
        };
        Ok(Self { name: PgName::try_from(name)?, array })
    }
}

/// One part of a name, quoted only if it could not be read back otherwise.
fn quoted(part: &str) -> String {
    if part.is_empty() || part.contains(['.', '"', '[', ']']) {
        format!("\"{}\"", part.replace('"', "\"\""))
    } else {
        part.to_owned()
    }
}

/// Splits the first part off a text and unquotes it.
fn part(text: &str) -> Option<(String, &str)> {
    let Some(body) = text.strip_prefix('"') else {
        let end = text.find('.').unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = body;
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(after) = rest.strip_prefix('"') else { return Some((name, rest)) };
        name.push('"');
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_as_text_reads_back() {
        for (schema, name) in
            [("public", "orders"), ("a.b", "c\"d"), ("", "x[]"), ("é", "ü ö"), ("\"", "\"\"")]
        {
            for array in [false, true] {
                let ty = TypeRef { name: PgName::new(schema, name), array };
                let text = String::from(ty.clone());
                assert_eq!(TypeRef::try_from(text.clone()), Ok(ty), "{text}");
            }
        }
    }

    #[test]
    fn text_that_is_no_name_is_an_error() {
        for text in ["", "a", "a.", ".a", "a.b.c", "\"a.b", "a.\"b\"c"] {
            assert!(PgName::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
