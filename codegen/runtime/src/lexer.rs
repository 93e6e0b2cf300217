//! Splits a document into tokens, quickly and without failing.
//!
//! Strings and comments are skipped as the grammar has it. Of a text that is not GraphQL anything
//! may come out, but never a wrong count of brackets up to the place where the parser gives up.

/// A token, as far as anybody here cares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Token<'a> {
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// `...`
    Spread,
    /// A name or keyword.
    Name(&'a str),
    /// A string, or a character of anything else.
    Other,
}

/// Iterates over the tokens of a document.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            let byte = *bytes.get(start)?;
            self.at += 1;
            return Some(match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => continue,
                b'#' => {
                    self.skip_while(|byte| !matches!(byte, b'\n' | b'\r'));
                    continue;
                }
                b'{' | b'(' | b'[' => Token::Open(byte),
                b'}' | b')' | b']' => Token::Close(byte),
                b'.' if bytes[self.at..].starts_with(b"..") => {
                    self.at += 2;
                    Token::Spread
                }
                b'"' => {
                    self.skip_string();
                    Token::Other
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                    self.skip_while(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
                    Token::Name(&self.text[start..self.at])
                }
                _ => Token::Other,
            });
        }
    }
}

impl Lexer<'_> {
    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|&&byte| wanted(byte)).count();
    }

    /// Goes behind a string whose first quote has been read. A string that does not end is not
    /// skipped: its brackets count.
    fn skip_string(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(b"\"\"") {
            let mut at = 2;
            while at < rest.len() {
                if rest[at..].starts_with(b"\\\"\"\"") {
                    at += 4;
                } else if rest[at..].starts_with(b"\"\"\"") {
                    self.at += at + 3;
                    return;
                } else {
                    at += 1;
                }
            }
            // Not closed: the parser may see an empty string and go on behind it.
            self.at += 1;
            return;
        }
        let mut at = 0;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'"' => {
                    self.at += at + 1;
                    return;
                }
                b'\n' | b'\r' => return,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        Lexer::new(text).collect()
    }

    #[test]
    fn strings_and_comments_hide_brackets() {
        use Token::{Close, Name, Open, Other, Spread};
        assert_eq!(tokens("a1 ,_b...#{\n}"), [Name("a1"), Name("_b"), Spread, Close(b'}')]);
        assert_eq!(tokens(r#""{" "\"{" """{\"""{""" }"#), [Other, Other, Other, Close(b'}')]);
        assert_eq!(tokens("\"\"{"), [Other, Open(b'{')]);
        // Strings that do not end hide nothing.
        assert_eq!(tokens("\"{\n}"), [Other, Open(b'{'), Close(b'}')]);
        assert_eq!(tokens("\"\"\"{"), [Other, Other, Open(b'{')]);
    }

    #[test]
    fn any_text_is_survived() {
        for text in
            ["", "\"", "\"\\", "\"\"\"", "\"\"\"\\\"\"\"", "é", "\u{feff}{a}", "\\", "\"é\\é", ".."]
        {
            assert!(Lexer::new(text).count() <= text.len(), "{text}");
        }
    }
}
