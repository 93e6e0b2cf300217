//! Descriptions as doc comments that are safe for rustdoc.
//!
//! A description is text for readers of the API, written by whoever comments SQL objects. In a doc
//! comment it must not become a doctest, a broken link, HTML or a warning.

use proc_macro2::TokenStream;
use quote::quote;

use crate::comment::is_hazardous;

/// Doc attributes of an item: Markdown whose only live parts are emphasis and code spans.
pub(super) fn item(description: &str) -> TokenStream {
    let text = markdown(description);
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote! { #[doc = #line] }
    });
    lines.collect()
}

/// Makes Markdown of a description.
///
/// Brackets, angle brackets, ampersands and backslashes are escaped, URLs become links, code spans
/// stay if they end on their line. Lines lose their indentation and runs of spaces, which could
/// begin a code block.
pub(super) fn markdown(description: &str) -> String {
    let lines: Vec<String> = description.lines().map(markdown_line).collect();
    lines.join("\n")
}

fn markdown_line(line: &str) -> String {
    let line = without_runs(line.trim());
    let line = if line.starts_with("~~~") { format!("\\{line}") } else { line };
    let code_spans = line.matches('`').count() % 2 == 0 && !line.contains("``");
    let mut out = String::with_capacity(line.len());
    for (index, part) in line.split('`').enumerate() {
        if index > 0 {
            out.push_str(if code_spans { "`" } else { "\\`" });
        }
        if code_spans && index % 2 == 1 { out.push_str(part) } else { escape(part, &mut out) }
    }
    out
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(url) = url_at(rest) {
            out.push('<');
            out.push_str(url);
            out.push('>');
            rest = rest.get(url.len()..).unwrap_or_default();
            continue;
        }
        if matches!(first, '[' | ']' | '<' | '>' | '&' | '\\')
            && !(first == '\\' && out.is_empty() && text.starts_with("\\~~~"))
        {
            out.push('\\');
        }
        out.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
}

/// A URL that the text begins with, without punctuation behind it.
fn url_at(text: &str) -> Option<&str> {
    ["http://", "https://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let ends =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '`' | '"' | '\\');
    let url = text.get(..text.find(ends).unwrap_or(text.len()))?;
    Some(url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '*', '_']))
}

/// Collapses white space.
fn without_runs(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An SQL name as a code span.
pub(super) fn code(name: &str) -> String {
    format!("`{}`", printable(name).replace('`', "'"))
}

/// Text on one line, with control characters spelled out.
pub(super) fn printable(text: &str) -> String {
    let spelled = text.chars().map(|c| match c {
        '\n' | '\t' => c.escape_default().to_string(),
        c if is_hazardous(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    });
    spelled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_has_no_links_html_or_code_blocks() {
        for (text, expected) in [
            ("a [link] or [x](y)", "a \\[link\\] or \\[x\\](y)"),
            ("<script>alert(1)</script> & more", "\\<script\\>alert(1)\\</script\\> \\& more"),
            (
                "see https://example.com/a_b. Or (http://x.y)",
                "see <https://example.com/a_b>. Or (<http://x.y>)",
            ),
            ("    let x = 1;", "let x = 1;"),
            ("-      deep", "- deep"),
            ("```rust\nlet x = 1;\n```", "\\`\\`\\`rust\nlet x = 1;\n\\`\\`\\`"),
            ("~~~\ncode", "\\~~~\ncode"),
            ("a `b [c]` d [e]", "a `b [c]` d \\[e\\]"),
            ("a ` b", "a \\` b"),
            ("*/ \"# ' \\", "*/ \"# ' \\\\"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }

    #[test]
    fn names_in_headers_stay_on_their_line() {
        assert_eq!(printable("a\nb\u{202e}c\u{a0}größe"), "a\\nb\\u{202e}c\u{a0}größe");
        assert_eq!(code("v_`x`"), "`v_'x'`");
    }
}
