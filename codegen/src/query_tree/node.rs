//! The text form of PostgreSQL's node trees (`pg_node_tree`), as an untyped tree.
//!
//! The format is that of `outfuncs.c`: `{TAG :field value …}` for a struct, `(…)` for a list,
//! `<>` for nothing, anything else a token in which a backslash makes the next character
//! ordinary. PostgreSQL reads fields by position, we read them by name, which is what makes one
//! reader fit every major version.
//!
//! No input makes this module panic or recurse: parsing uses a stack of its own, and what lies
//! deeper than [`MAX_DEPTH`] is cut off and marked.

/// How deep a tree may nest before the rest is [`Node::Pruned`].
///
/// Everything made from a tree is at most about this deep, and so is its JSON form, which
/// `serde_json` reads down to 128 levels. A sum of 45 terms nests 90 levels deep.
pub(super) const MAX_DEPTH: usize = 100;

/// A part of a node tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    /// `<>`
    Null,
    /// A word, a number or a quoted string, still with its escapes.
    Token(&'a str),
    /// `(…)`, and the values of a field that has several.
    List(Vec<Node<'a>>),
    /// `{TAG …}`
    Struct(Struct<'a>),
    /// Something that nests too deeply.
    Pruned,
}

/// `{TAG :field value …}`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Struct<'a> {
    /// The kind of node, for example `OPEXPR`.
    pub(super) tag: &'a str,
    /// Field names, without the colon, and values, in the order of the text.
    fields: Vec<(&'a str, Node<'a>)>,
}

/// Why a text is not a node tree.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseError {
    /// The text ends inside a list or a struct, or is empty.
    #[error("the node tree ends early")]
    Truncated,
    /// A closing character that closes nothing, or something after the end.
    #[error("the node tree is not well-formed at byte {0}")]
    Malformed(usize),
}

/// An open list or struct.
enum Frame<'a> {
    List(Vec<Node<'a>>),
    /// The flag tells whether the last field has a value already.
    Struct(Struct<'a>, bool),
}

/// Parses a text that holds exactly one node.
pub(super) fn parse(text: &str) -> Result<Node<'_>, ParseError> {
    let mut tokens = Tokens { text, position: 0 };
    let mut open: Vec<Frame<'_>> = Vec::new();
    loop {
        let token = tokens.next().ok_or(ParseError::Truncated)?;
        let malformed = ParseError::Malformed(tokens.position);
        let complete = match token {
            "(" | "{" if open.len() >= MAX_DEPTH => {
                tokens.skip_group()?;
                Node::Pruned
            }
            "(" => {
                open.push(Frame::List(Vec::new()));
                continue;
            }
            "{" => {
                let tag = tokens.next().ok_or(ParseError::Truncated)?;
                open.push(Frame::Struct(Struct { tag, fields: Vec::new() }, true));
                continue;
            }
            ")" => match open.pop() {
                Some(Frame::List(items)) => Node::List(items),
                _ => return Err(malformed),
            },
            "}" => match open.pop() {
                Some(Frame::Struct(node, _)) => Node::Struct(node),
                _ => return Err(malformed),
            },
            "<>" => Node::Null,
            // A value may start with a colon (a column can be called `:a`), so only what follows
            // a complete field is the name of the next.
            name if name.starts_with(':')
                && matches!(open.last(), Some(Frame::Struct(_, true))) =>
            {
                if let Some(Frame::Struct(node, complete)) = open.last_mut() {
                    node.fields.push((&name[1..], Node::Null));
                    *complete = false;
                }
                continue;
            }
            word => Node::Token(word),
        };
        match open.last_mut() {
            Some(Frame::List(items)) => items.push(complete),
            Some(Frame::Struct(node, has_value)) => {
                let (_, value) = node.fields.last_mut().ok_or(malformed)?;
                add(value, complete, *has_value);
                *has_value = true;
            }
            None => {
                return match tokens.next() {
                    None => Ok(complete),
                    Some(_) => Err(ParseError::Malformed(tokens.position)),
                };
            }
        }
    }
}

/// Gives a field its value, or a further one: a constant is a length and a list of bytes.
fn add<'a>(field: &mut Node<'a>, value: Node<'a>, has_value: bool) {
    if !has_value {
        *field = value;
    } else if let Node::List(values) = field {
        values.push(value);
    } else {
        let first = std::mem::replace(field, Node::Null);
        *field = Node::List(vec![first, value]);
    }
}

/// Splits a text as PostgreSQL's `pg_strtok` does.
struct Tokens<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let mut start = self.position;
        while matches!(bytes.get(start), Some(b' ' | b'\n' | b'\t')) {
            start += 1;
        }
        let mut end = start;
        match bytes.get(start)? {
            b'(' | b')' | b'{' | b'}' => end += 1,
            _ => {
                while let Some(byte) = bytes.get(end) {
                    match byte {
                        b' ' | b'\n' | b'\t' | b'(' | b')' | b'{' | b'}' => break,
                        b'\\' if end + 1 < bytes.len() => end += 2,
                        _ => end += 1,
                    }
                }
            }
        }
        self.position = end;
        // A cut behind a backslash may fall inside a character, in a text that no server wrote.
        self.text.get(start..end)
    }

    /// Skips to the end of the list or struct that has just been opened.
    fn skip_group(&mut self) -> Result<(), ParseError> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next().ok_or(ParseError::Truncated)? {
                "(" | "{" => depth += 1,
                ")" | "}" => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }
}

impl<'a> Node<'a> {
    /// The struct, if it is one.
    pub(super) fn as_struct(&self) -> Option<&Struct<'a>> {
        match self {
            Node::Struct(node) => Some(node),
            _ => None,
        }
    }

    /// The items of a list; none if it is something else.
    pub(super) fn items(&self) -> &[Node<'a>] {
        match self {
            Node::List(items) => items,
            _ => &[],
        }
    }

    /// Whether something is there, be it readable or not.
    pub(super) fn is_present(&self) -> bool {
        !matches!(self, Node::Null) && !matches!(self, Node::List(items) if items.is_empty())
    }

    /// The numbers of a list of integers `(i 1 2)`, object identifiers `(o 1 2)` or bits
    /// `(b 1 2)`.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.items().iter().skip(1).filter_map(Node::number).collect()
    }

    /// The token as a number.
    pub(super) fn number<T: std::str::FromStr>(&self) -> Option<T> {
        match self {
            Node::Token(token) => token.parse().ok(),
            _ => None,
        }
    }

    /// The token without escapes, and without quotes if it has any.
    pub(super) fn text(&self) -> Option<String> {
        let Node::Token(token) = self else { return None };
        let bare = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(token);
        let mut text = String::with_capacity(bare.len());
        let mut characters = bare.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => text.extend(characters.next()),
                _ => text.push(character),
            }
        }
        Some(text)
    }
}

impl<'a> Struct<'a> {
    /// All fields.
    pub(super) fn fields(&self) -> &[(&'a str, Node<'a>)] {
        &self.fields
    }

    /// A field by name; absent in this version of PostgreSQL is the same as empty.
    pub(super) fn field(&self, name: &str) -> &Node<'a> {
        self.fields.iter().find(|(field, _)| *field == name).map_or(&Node::Null, |(_, value)| value)
    }

    /// A field that is `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.field(name), Node::Token("true"))
    }

    /// A field that is a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.field(name).number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str =
        r#"({A :x 1 :name :odd\ one :none <> :list ({B} "q\"s" 2) :v 4 [ 1 0 ] :n (i 1 2)})"#;

    #[test]
    fn tree_is_read_by_field_name() {
        let tree = parse(TREE).unwrap();
        let node = tree.items()[0].as_struct().unwrap();
        assert_eq!(node.tag, "A");
        assert_eq!(node.number::<i32>("x"), Some(1));
        assert_eq!(node.field("name").text().as_deref(), Some(":odd one"));
        assert_eq!(*node.field("none"), Node::Null);
        assert_eq!(*node.field("unheard_of"), Node::Null);
        assert_eq!(node.field("list").items()[1].text().as_deref(), Some("q\"s"));
        assert_eq!(node.field("v").items().len(), 5);
        assert_eq!(node.field("n").numbers(), [1, 2]);
    }

    #[test]
    fn every_truncation_is_an_error_and_no_panic() {
        for end in (0..TREE.len()).filter(|end| TREE.is_char_boundary(*end)) {
            assert!(parse(&TREE[..end]).is_err(), "{}", &TREE[..end]);
        }
    }

    #[test]
    fn text_that_is_no_tree_is_an_error() {
        for text in ["", ")", "}", "(}", "{A )", "() ()", "{A 1}", "\\é", "\\", "({)"] {
            assert!(parse(text).is_err() || matches!(parse(text), Ok(Node::Token(_))), "{text}");
        }
    }

    #[test]
    fn deep_tree_is_cut_off() {
        let deep = 200_000;
        let text = format!("{}1{}", "(".repeat(deep), ")".repeat(deep));
        let mut node = &parse(&text).unwrap();
        let mut depth = 0;
        while let [inner] = node.items() {
            node = inner;
            depth += 1;
        }
        assert_eq!((node, depth), (&Node::Pruned, MAX_DEPTH));
        assert_eq!(parse(&"(".repeat(deep)), Err(ParseError::Truncated));
    }
}
