//! What a document says of its operations, before it is parsed.

use crate::lexer::{Lexer, Token};

/// The operation that a request asks for.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Head<'a> {
    /// Its name.
    pub operation: Option<&'a str>,
    /// Whether it is a mutation.
    pub may_change: bool,
}

/// Looks for the operation of a name in a document, or for the first one. Of a document that is not
/// valid, anything may come out.
pub fn head<'a>(document: &'a str, wanted: Option<&'a str>) -> Head<'a> {
    let mut lexer = Lexer::new(document);
    while let Some(header) = Header::read(&mut lexer) {
        if !header.is_fragment() && (wanted.is_none() || wanted == header.name) {
            return Head { operation: header.name, may_change: header.keyword == "mutation" };
        }
        header.body(&mut lexer).for_each(drop);
    }
    Head { operation: wanted, may_change: false }
}

/// How a definition begins: `query Name`, `fragment Name`, or at once with its fields.
pub(crate) struct Header<'a> {
    pub(crate) keyword: &'a str,
    pub(crate) name: Option<&'a str>,
    /// The first token that belongs to neither.
    last: Option<Token<'a>>,
}

impl<'a> Header<'a> {
    pub(crate) fn read(lexer: &mut Lexer<'a>) -> Option<Self> {
        let (keyword, next) = match lexer.next()? {
            Token::Name(keyword) => (keyword, lexer.next()),
            token => ("", Some(token)),
        };
        Some(match next {
            Some(Token::Name(name)) => Self { keyword, name: Some(name), last: lexer.next() },
            last => Self { keyword, name: None, last },
        })
    }

    pub(crate) fn is_fragment(&self) -> bool {
        self.keyword == "fragment"
    }

    /// The other tokens of the definition.
    pub(crate) fn body<'l>(&self, lexer: &'l mut Lexer<'a>) -> Body<'l, 'a> {
        Body { first: self.last, lexer, depth: 0, is_over: false }
    }
}

/// Tokens up to the bracket that closes the fields, each with the depth of brackets behind it: no
/// other curly bracket is outside of round ones.
pub(crate) struct Body<'l, 'a> {
    first: Option<Token<'a>>,
    lexer: &'l mut Lexer<'a>,
    depth: usize,
    is_over: bool,
}

impl<'a> Iterator for Body<'_, 'a> {
    type Item = (Token<'a>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let token = self.first.take().or_else(|| self.lexer.next())?;
        match token {
            Token::Open(_) => self.depth += 1,
            Token::Close(bracket) => {
                self.depth = self.depth.saturating_sub(1);
                self.is_over = self.depth == 0 && bracket == b'}';
            }
            _ => {}
        }
        Some((token, self.depth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named() {
        let name = |document| head(document, None).operation;
        assert_eq!(name("{ a }"), None);
        assert_eq!(name("query Orders($a: In = {b: 1}) @x { a }"), Some("Orders"));
        assert_eq!(name("# query No\nquery, query { a }"), Some("query"));
        assert_eq!(name("query ($q: String) { query Inner }"), None);
        assert_eq!(name("fragment F on T { a(b: {c: \"}\"}) } mutation M { a }"), Some("M"));
        assert_eq!(head("query A { a }", Some("B")).operation, Some("B"));
    }

    #[test]
    fn mutations_change_something() {
        let may_change = |document, wanted| head(document, wanted).may_change;
        assert!(may_change("mutation { a }", None));
        assert!(may_change("fragment F on T { a } query A { b } mutation M { a }", Some("M")));
        assert!(!may_change("fragment F on T { a } query A { b } mutation M { a }", Some("A")));
        assert!(!may_change("query mutation { a(b: \"mutation\") } # mutation", None));
        assert!(!may_change("query A { a } mutation", Some("B")));
    }
}
