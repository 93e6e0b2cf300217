//! Where the statements of a script begin.
//!
//! PostgreSQL says where in a text a name or a word is wrong, but not which of many statements
//! broke a constraint or named a table to alter that does not exist. It does say how many were
//! done before. The rules are those by which psql finds the end of a statement.

/// The offset at which statement number `index`, counted from 0, begins.
pub(super) fn start(text: &str, index: usize) -> Option<usize> {
    let mut scanner = Scanner { text, at: 0 };
    for _ in 0..index {
        scanner.skip_statement();
    }
    scanner.next_statement()
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes behind the next `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        self.at += self.rest().find(end).map_or(self.rest().len(), |found| found + end.len());
    }

    /// Goes to the next statement; empty ones are none.
    fn next_statement(&mut self) -> Option<usize> {
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == ';' {
                self.at += c.len_utf8();
            } else if !self.skip_comment() {
                return Some(self.at);
            }
        }
        None
    }

    /// Goes behind the semicolon that ends a statement.
    fn skip_statement(&mut self) {
        self.next_statement();
        let (mut parentheses, mut blocks) = (0_usize, 0_usize);
        let mut words: Vec<String> = Vec::new();
        while let Some(c) = self.peek() {
            if self.skip_comment() || self.skip_quoted() {
                continue;
            }
            if is_word(c) {
                let word = self.word();
                // Between BEGIN ATOMIC and END, semicolons end the statements of a body.
                match word.as_str() {
                    "begin" if declares_routine(&words) && parentheses == 0 => blocks += 1,
                    "case" if blocks > 0 => blocks += 1,
                    "end" => blocks = blocks.saturating_sub(1),
                    _ => {}
                }
                if words.len() < 4 {
                    words.push(word);
                }
                continue;
            }
            self.at += c.len_utf8();
            match c {
                '(' => parentheses += 1,
                ')' => parentheses = parentheses.saturating_sub(1),
                ';' if parentheses == 0 && blocks == 0 => return,
                _ => {}
            }
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        // Within a word, a dollar sign starts no string.
        let length = rest.find(|c| !is_word(c) && c != '$').unwrap_or(rest.len());
        self.at += length;
        let word = rest.get(..length).unwrap_or_default().to_lowercase();
        // The prefix of a string with escapes is part of the string.
        if word == "e" && self.peek() == Some('\'') {
            self.skip_escaped();
        }
        word
    }

    fn skip_comment(&mut self) -> bool {
        if self.rest().starts_with("--") {
            self.skip_past("\n");
            return true;
        }
        if !self.rest().starts_with("/*") {
            return false;
        }
        let mut depth = 0_usize;
        while let Some(c) = self.peek() {
            if self.rest().starts_with("/*") {
                (depth, self.at) = (depth + 1, self.at + 2);
            } else if self.rest().starts_with("*/") {
                (depth, self.at) = (depth - 1, self.at + 2);
                if depth == 0 {
                    break;
                }
            } else {
                self.at += c.len_utf8();
            }
        }
        true
    }

    /// Strings and quoted names. A doubled quote within one looks like the start of another.
    fn skip_quoted(&mut self) -> bool {
        match self.peek() {
            Some(quote @ ('\'' | '"')) => {
                self.at += 1;
                self.skip_past(if quote == '"' { "\"" } else { "'" });
                true
            }
            Some('$') => match dollar_tag(self.rest()) {
                Some(tag) => {
                    self.at += tag.len();
                    self.skip_past(tag);
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    /// A string in which a backslash protects the character behind it.
    fn skip_escaped(&mut self) {
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '\'' => {
                    self.at += offset + 1;
                    return;
                }
                _ => {}
            }
        }
        self.at = self.text.len();
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `$$` or `$tag$` at the beginning of a text.
fn dollar_tag(text: &str) -> Option<&str> {
    let end = text.get(1..)?.find('$')? + 1;
    let name = text.get(1..end)?;
    let fits = name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit());
    fits.then(|| text.get(..=end)).flatten()
}

fn declares_routine(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["create", "function" | "procedure", ..]
            | ["create", "or", "replace", "function" | "procedure", ..]
    )
}

#[cfg(test)]
mod tests {
    use super::start;

    /// The beginnings of all statements, cut short.
    fn statements(text: &str) -> Vec<&str> {
        (0..)
            .map_while(|index| start(text, index))
            .map(|at| &text[at..text.len().min(at + 8)])
            .collect()
    }

    #[test]
    fn semicolons_end_statements() {
        let text = "  select 1 ;; -- ; one\n;/* ; /* ; */ ; */ insert x; delete;";
        assert_eq!(statements(text), ["select 1", "insert x", "delete;"]);
        assert_eq!(statements(" -- nothing\n ; "), [""; 0]);
    }

    #[test]
    fn semicolons_in_quotes_and_parentheses_do_not() {
        for text in [
            "select1 'a;''b;' \";\"\";\" $$ ; $x$ ; $$ $x$ ; $$ $x$",
            "select1 e'\\'; \\\\' E'\\';'",
            "select1 do also (update1; update2)",
            "select1 a$b$, $1, 'é;', é$b$",
        ] {
            let two = format!("{text};\nfollows;");
            assert_eq!(statements(&two).len(), 2, "{two}");
            assert!(statements(&two)[1].starts_with("follows"), "{two}");
        }
    }

    #[test]
    fn bodies_in_sql_hold_statements() {
        let body = "begin atomic select case when a then 1 end; select 2; end";
        for head in ["create function f()", "CREATE OR REPLACE PROCEDURE f()"] {
            let text = format!("{head} {body}; follows;");
            assert_eq!(statements(&text), [&head[..8], "follows;"]);
        }
        assert_eq!(statements("begin; commit; end;").len(), 3);
    }
}
