//! Limits on the text of a document, before it is parsed.
//!
//! The bytes of a document do not bound what it costs to parse and validate it: values nested a few
//! hundred deep overflow the parser's stack, which ends the process, and thirty fragments of which
//! each spreads the next one twice keep validation busy for hours. One quick pass over the tokens
//! finds both, and refuses what is too long.

use std::collections::HashMap;

use super::{Limit, Limits};
use crate::head::{Body, Header};
use crate::lexer::{Lexer, Token};
use crate::{Error, Result};

/// How deep brackets may be nested.
const MAX_NESTING: usize = 64;

/// How long a chain of fragments that spread each other may be; async-graphql allows half of it.
const MAX_CHAIN: usize = 64;

/// Refuses a document whose text goes beyond the limits.
pub(crate) fn check(document: &str, limits: &Limits) -> Result<()> {
    if document.len() > limits.max_query_bytes {
        return Err(Limit::QueryBytes.exceeded(format!(
            "the document has {} bytes, more than {}; pass values as variables",
            document.len(),
            limits.max_query_bytes
        )));
    }
    let max_tokens = limits.max_tokens;
    let mut operations = Definition::default();
    let mut fragments = HashMap::new();
    let mut lexer = Lexer::new(document);
    let mut budget = max_tokens;
    while let Some(header) = Header::read(&mut lexer) {
        let mut definition = Definition::default();
        if !definition.read(header.body(&mut lexer), &mut budget)? {
            return Err(too_many_tokens(max_tokens));
        }
        if header.is_fragment() {
            fragments.insert(header.name.unwrap_or_default(), Fragment::from(definition));
        } else {
            operations.tokens += definition.tokens;
            operations.spreads.append(&mut definition.spreads);
        }
    }
    let tokens = Expansion { fragments, max_tokens }.count(&operations, 0);
    if tokens > max_tokens {
        return Err(too_many_tokens(max_tokens));
    }
    Ok(())
}

fn too_many_tokens(max_tokens: usize) -> Error {
    Limit::Tokens.exceeded(format!(
        "the document has more than {max_tokens} tokens, with its fragments spelled out"
    ))
}

/// What a definition consists of.
#[derive(Default)]
struct Definition<'a> {
    tokens: usize,
    spreads: Vec<&'a str>,
}

impl<'a> Definition<'a> {
    /// Reads the tokens after its header; `false` if there are more than the budget has.
    fn read(&mut self, body: Body<'_, 'a>, budget: &mut usize) -> Result<bool> {
        let mut after_spread = false;
        for (token, depth) in body {
            let Some(rest) = budget.checked_sub(1) else { return Ok(false) };
            *budget = rest;
            self.tokens += 1;
            match token {
                Token::Name(name) if after_spread => self.spreads.push(name),
                _ => {}
            }
            if depth > MAX_NESTING {
                let what = format!("brackets are nested more than {MAX_NESTING} deep");
                return Err(Limit::Depth.exceeded_for_good(what));
            }
            after_spread = token == Token::Spread;
        }
        Ok(true)
    }
}

/// A fragment, and how many tokens it stands for.
enum Fragment<'a> {
    Unknown(Definition<'a>),
    /// Also one whose spreads are being counted: a circle, which validation refuses.
    Known(usize),
}

impl<'a> From<Definition<'a>> for Fragment<'a> {
    fn from(definition: Definition<'a>) -> Self {
        Self::Unknown(definition)
    }
}

/// Puts fragments in wherever they are spread.
struct Expansion<'a> {
    fragments: HashMap<&'a str, Fragment<'a>>,
    max_tokens: usize,
}

impl<'a> Expansion<'a> {
    /// Counts the tokens of a definition with its fragments spelled out.
    fn count(&mut self, definition: &Definition<'a>, chain: usize) -> usize {
        if chain > MAX_CHAIN {
            return self.max_tokens.saturating_add(1);
        }
        let mut tokens = definition.tokens;
        for name in &definition.spreads {
            let Some(fragment) = self.fragments.get_mut(name) else { continue };
            tokens += match std::mem::replace(fragment, Fragment::Known(0)) {
                Fragment::Known(tokens) => {
                    *fragment = Fragment::Known(tokens);
                    tokens
                }
                Fragment::Unknown(definition) => {
                    let tokens = self.count(&definition, chain + 1);
                    self.fragments.insert(name, Fragment::Known(tokens));
                    tokens
                }
            };
            // Stops before the sum could overflow.
            if tokens > self.max_tokens {
                break;
            }
        }
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_TOKENS: usize = 20_000;

    fn check(document: &str) -> Result<()> {
        let max_query_bytes = 1_000_000;
        let limits = Limits { max_query_bytes, max_tokens: MAX_TOKENS, ..Default::default() };
        super::check(document, &limits)
    }

    #[test]
    fn nesting_is_limited() {
        let deep = |open: &str| check(&open.repeat(MAX_NESTING + 1)).is_err();
        for open in ["{a", "[", "a(b:{c:", "{a(b:\"}\")"] {
            assert!(deep(open), "{open}");
        }
        for flat in ["{a}", "{a(b:[{c:1}])}", "\"{\""] {
            assert!(!deep(flat), "{flat}");
        }
    }

    #[test]
    fn tokens_are_limited() {
        let document = |fields: usize| format!("{{{}}}", "a ".repeat(fields));
        assert!(check(&document(MAX_TOKENS - 2)).is_ok());
        assert!(check(&document(MAX_TOKENS - 1)).is_err());
        assert!(check(&"# a\n".repeat(MAX_TOKENS + 1)).is_ok());
    }

    #[test]
    fn fragments_count_where_they_are_spread() {
        let doubling = |levels: usize| {
            let fragment =
                |level| format!("fragment F{level} on Q {{ ...F{0} ...F{0} }}", level + 1);
            let fragments: String = (0..levels).map(fragment).collect();
            format!("{{ ...F0 }} {fragments} fragment F{levels} on Q {{ a }}")
        };
        assert!(check(&doubling(8)).is_ok());
        assert!(check(&doubling(16)).is_err());
        assert!(check(&doubling(60)).is_err());
        let chain = |length: usize| {
            let fragment = |at| format!("fragment F{at} on Q {{ ...F{} }}", at + 1);
            format!("{{ ...F0 }} {}", (0..length).map(fragment).collect::<String>())
        };
        assert!(check(&chain(MAX_CHAIN)).is_ok());
        assert!(check(&chain(3000)).is_err());
        assert!(check("{ ...A } fragment A on Q { ...B ...B } fragment B on Q { ...A }").is_ok());
        assert!(check("{ ... on Q { a } ...Missing ... { a } }").is_ok());
    }
}
