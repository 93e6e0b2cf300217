//! SQL text and its parameters, built together.
//!
//! Only names from generated code and small numbers become text; whatever a client sends becomes a
//! parameter.

use std::fmt::Write;

use async_graphql::Variables;

use crate::Result;
use crate::param::{Bound, KeyParts, Param};

/// A statement under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) params: Vec<Param>,
}

impl Sql {
    /// Appends text that is written in the source of this crate.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a quoted identifier.
    pub(crate) fn name(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        for part in name.split_inclusive('"') {
            self.text.push_str(part);
            if part.ends_with('"') {
                self.text.push('"');
            }
        }
        self.text.push('"');
        self
    }

    /// Appends the quoted name of something in a schema.
    pub(crate) fn qualified(&mut self, schema: &str, name: &str) -> &mut Self {
        self.name(schema).push(".").name(name)
    }

    /// Appends a number.
    pub(crate) fn number(&mut self, number: u64) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{number}");
        self
    }

    /// The parameters with the values that they have in a request.
    pub(crate) fn bind<'a>(
        &'a self,
        variables: &'a Variables,
        keys: &'a KeyParts<'a>,
    ) -> Result<Vec<Bound<'a>>> {
        self.params.iter().map(|param| param.bind(variables, keys)).collect()
    }

    /// Appends a parameter, cast to a type whose name comes from generated code.
    pub(crate) fn param(&mut self, param: Param, sql_type: &str) -> &mut Self {
        self.params.push(param);
        let _ = write!(self.text, "${}::{sql_type}", self.params.len());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        let mut sql = Sql::default();
        sql.name("id").push(".").name("a\"b").push(".").name("\"");
        assert_eq!(sql.text, "\"id\".\"a\"\"b\".\"\"\"\"");
    }
}
