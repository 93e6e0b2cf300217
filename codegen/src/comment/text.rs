//! Makes text from SQL comments harmless to everything that shows it.

/// Removes what can hide or reorder text, and white space that means nothing.
///
/// Control characters and bidirectional controls go (they can make code review show something
/// other than what the compiler reads), line ends become `\n`, and blank lines at both ends, white
/// space at line ends and the indentation of the whole go. Everything else stays as written.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|&c| !is_hazardous(c)).collect();
    let lines: Vec<&str> = kept.lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    let lines = lines.get(first..last).unwrap_or_default();
    let indent = lines.iter().filter(|line| !line.is_empty()).map(|line| indentation(line)).min();
    let shared = indent.unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(shared..).unwrap_or("")).collect();
    lines.join("\n")
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Control characters other than line feed and tab, and the bidirectional controls of Unicode.
pub fn is_hazardous(c: char) -> bool {
    let bidirectional = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    bidirectional || (c.is_control() && c != '\n' && c != '\t') || c == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn clean_with_controls_removes_them() {
        assert_eq!(clean("a\u{202e}b\u{7}c\u{2066}\u{feff}"), "abc");
    }

    #[test]
    fn clean_with_blank_lines_keeps_only_inner_ones() {
        assert_eq!(clean("\r\n  \r\n  one  \r\n\r\n    two\n\n"), "one\n\n  two");
    }
}
