//! The syntax of the schema language.

use std::fmt;

/// A type definition.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    keyword: &'static str,
    pub(super) name: String,
    doc: String,
    members: Vec<Member>,
}

/// A field, an argument, an input field or an enum value.
#[derive(Clone, Debug)]
pub(super) struct Member {
    name: String,
    /// Type and default; empty for an enum value.
    ty: String,
    doc: String,
    deprecated: Option<String>,
    arguments: Vec<Self>,
}

/// Arguments that take more than this go on lines of their own.
const MAX_WIDTH: usize = 100;

impl Definition {
    pub(super) fn new(
        keyword: &'static str,
        name: impl ToString,
        doc: &str,
        members: Vec<Member>,
    ) -> Self {
        Self { keyword, name: name.to_string(), doc: doc.to_owned(), members }
    }
}

impl Member {
    pub(super) fn new(name: impl ToString, ty: impl Into<String>) -> Self {
        Self {
            name: name.to_string(),
            ty: ty.into(),
            doc: String::new(),
            deprecated: None,
            arguments: Vec::new(),
        }
    }

    /// An enum value.
    pub(super) fn bare(name: impl ToString) -> Self {
        Self::new(name, "")
    }

    pub(super) fn doc(mut self, doc: &str) -> Self {
        self.doc = doc.to_owned();
        self
    }

    pub(super) fn deprecated(mut self, reason: Option<&str>) -> Self {
        self.deprecated = reason.map(str::to_owned);
        self
    }

    pub(super) fn arguments(mut self, arguments: Vec<Self>) -> Self {
        self.arguments = arguments;
        self
    }

    fn arguments_text(&self) -> String {
        if self.arguments.is_empty() {
            return String::new();
        }
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|argument| format!("{}: {}", argument.name, argument.ty))
            .collect();
        let line = format!("({})", arguments.join(", "));
        if line.len() + self.name.len() + self.ty.len() < MAX_WIDTH {
            return line;
        }
        format!("(\n    {}\n  )", arguments.join("\n    "))
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} {}", description(&self.doc, ""), self.keyword, self.name)?;
        if self.members.is_empty() {
            return f.write_str("\n");
        }
        f.write_str(" {\n")?;
        for member in &self.members {
            writeln!(f, "{member}")?;
        }
        f.write_str("}\n")
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}{}", description(&self.doc, "  "), self.name, self.arguments_text())?;
        if !self.ty.is_empty() {
            write!(f, ": {}", self.ty)?;
        }
        if let Some(reason) = &self.deprecated {
            write!(f, " @deprecated(reason: {})", string(reason))?;
        }
        Ok(())
    }
}

/// A description as a string, or as a block string if it has several lines.
fn description(text: &str, indent: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if !text.contains('\n') {
        return format!("{indent}{}\n", string(text));
    }
    let mut out = format!("{indent}\"\"\"\n");
    for line in text.lines() {
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(&line.replace("\"\"\"", "\\\"\"\""));
        }
        out.push('\n');
    }
    out + indent + "\"\"\"\n"
}

/// A string literal.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_cannot_end_early() {
        assert_eq!(description("a \"b\" \\", ""), "\"a \\\"b\\\" \\\\\"\n");
        assert_eq!(
            description("one \"\"\" two\n\n  three", "  "),
            "  \"\"\"\n  one \\\"\"\" two\n\n    three\n  \"\"\"\n"
        );
    }

    #[test]
    fn long_arguments_take_lines() {
        let argument = |name: &str| Member::new(name, "Int");
        let short = Member::new("f", "Int").arguments(vec![argument("a"), argument("b")]);
        assert_eq!(short.to_string(), "  f(a: Int, b: Int): Int");
        let long = Member::new("f", "Int")
            .arguments(vec![argument(&"a".repeat(60)), argument(&"b".repeat(60))]);
        assert_eq!(long.to_string().lines().count(), 4);
        let old = Member::bare("OLD").deprecated(Some("say \"NEW\""));
        assert_eq!(old.to_string(), "  OLD @deprecated(reason: \"say \\\"NEW\\\"\")");
    }
}
