//! A scanner for the values of tags: SQL names, lists of them, and the forms of `@key` and `@relation`.

use super::{KeyTag, PartialName, RelationTag, Shape};

/// As many dimensions as an array of PostgreSQL can have (`MAXDIM`).
const MAX_DIMENSIONS: usize = 6;

/// Reads a value from left to right; every method skips white space first and is `None` when the
/// text does not continue as asked.
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Nothing but white space is left.
    pub(super) fn end(&self) -> Option<()> {
        self.rest.trim().is_empty().then_some(())
    }

    /// What is left, without the white space around it.
    pub(super) fn rest(&mut self) -> &'a str {
        std::mem::take(&mut self.rest).trim()
    }

    /// A part of a function: the name of an argument or of a column of the result, or `$1` for an
    /// argument without a name.
    pub(super) fn part(&mut self) -> Option<String> {
        let text = self.rest.trim_start();
        let Some(number) = text.strip_prefix('$') else { return self.identifier() };
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        self.rest = &number[end..];
        (end > 0).then(|| text[..=end].to_owned())
    }

    /// An SQL identifier: folded to lower case as SQL does, unless quoted.
    pub(super) fn identifier(&mut self) -> Option<String> {
        let text = self.rest.trim_start();
        if let Some(quoted) = text.strip_prefix('"') {
            return self.quoted(quoted).filter(|name| !name.is_empty());
        }
        let end = text
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit() || c == '$') {
            return None;
        }
        self.rest = rest;
        Some(word.to_lowercase())
    }

    /// The label of an enum: the rest of the line, or quoted like an identifier.
    pub(super) fn label(&mut self) -> Option<String> {
        let text = self.rest.trim();
        match text.strip_prefix('"') {
            Some(quoted) => {
                let label = self.quoted(quoted)?;
                self.end().map(|()| label)
            }
            None => (!text.is_empty()).then(|| text.to_owned()),
        }
    }

    /// The rest of a quoted identifier, in which a doubled quote stands for one.
    fn quoted(&mut self, text: &'a str) -> Option<String> {
        let mut name = String::new();
        let mut parts = text.split('"');
        let mut consumed = 0;
        loop {
            let part = parts.next()?;
            name.push_str(part);
            consumed += part.len() + 1;
            // The text behind the closing quote; none means that the name was never closed.
            let rest = text.get(consumed..)?;
            if !rest.starts_with('"') {
                self.rest = rest;
                return Some(name);
            }
            name.push('"');
            parts.next()?;
            consumed += 1;
        }
    }

    /// One or more identifiers, separated by commas.
    pub(super) fn identifiers(&mut self) -> Option<Vec<String>> {
        let mut names = vec![self.identifier()?];
        while self.symbol(",").is_some() {
            names.push(self.identifier()?);
        }
        Some(names)
    }

    /// `name` or `schema.name`.
    fn partial_name(&mut self) -> Option<PartialName> {
        let first = self.identifier()?;
        Some(match self.symbol(".") {
            Some(()) => PartialName { schema: Some(first), name: self.identifier()? },
            None => PartialName { schema: None, name: first },
        })
    }

    /// A type's name, with `[]` for a list, and more for an array of several dimensions.
    pub(super) fn shape(&mut self) -> Option<Shape> {
        let name = self.partial_name()?;
        let mut dimensions = 0;
        while self.symbol("[]").is_some() {
            dimensions += 1;
        }
        (dimensions <= MAX_DIMENSIONS).then_some(Shape { name, dimensions })
    }

    /// A shape and nothing else.
    pub(super) fn whole_shape(&mut self) -> Option<Shape> {
        let shape = self.shape()?;
        self.end().map(|()| shape)
    }

    /// `order_id, line as orderLine`
    pub(super) fn key(&mut self) -> Option<KeyTag> {
        let columns = self.identifiers()?;
        let mut ahead = Self { rest: self.rest };
        let field = match ahead.identifier().as_deref() {
            Some("as") => {
                self.rest = ahead.rest;
                Some(self.graphql_name()?)
            }
            _ => None,
        };
        Some(KeyTag { columns, field })
    }

    fn graphql_name(&mut self) -> Option<String> {
        let text = self.rest.trim_start();
        let end =
            text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        self.rest = rest;
        super::graphql_name(name)
    }

    /// `items (id) references v_order_items (order_id)`
    pub(super) fn relation(&mut self) -> Option<RelationTag> {
        let field = self.graphql_name()?;
        let columns = self.parenthesised()?;
        (self.identifier()? == "references").then_some(())?;
        let target = self.partial_name()?;
        let target_columns = self.parenthesised()?;
        (columns.len() == target_columns.len()).then_some(RelationTag {
            field,
            columns,
            target,
            target_columns,
        })
    }

    fn parenthesised(&mut self) -> Option<Vec<String>> {
        self.symbol("(")?;
        let names = self.identifiers()?;
        self.symbol(")")?;
        Some(names)
    }

    fn symbol(&mut self, symbol: &str) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(symbol)?;
        Some(())
    }
}
