//! Status lines, warnings, errors and differences on standard error, in the manner of cargo.

use std::{
    env,
    fmt::{Display, Write as _},
    io::{IsTerminal, Write as _},
    time::Duration,
};

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Says what is going on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    color: bool,
    verbosity: i8,
}

const GREEN: &str = "\x1b[1;32m";
const YELLOW: &str = "\x1b[1;33m";
const RED: &str = "\x1b[1;31m";
const CYAN: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// More lines of a difference than this are not shown, per file.
const LONGEST_DIFF: usize = 100;

impl Report {
    /// `verbosity`: -1 only warnings and errors, 0 normal, from 1 on details.
    pub(crate) fn new(color: Color, verbosity: i8) -> Self {
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::io::stderr().is_terminal()
            }
        };
        Self { color, verbosity }
    }

    /// A step: a verb, right-aligned, and what it is about.
    pub(crate) fn status(&self, verb: &str, text: impl Display) {
        if self.verbosity >= 0 {
            self.write(&self.line(GREEN, verb, &text.to_string()));
        }
    }

    /// A step that only `-v` shows.
    pub(crate) fn detail(&self, verb: &str, text: impl Display) {
        if self.verbosity >= 1 {
            self.write(&self.line(CYAN, verb, &text.to_string()));
        }
    }

    /// A finding such as a stale file: shown even if nothing else is.
    pub(crate) fn finding(&self, verb: &str, text: impl Display) {
        self.write(&self.line(YELLOW, verb, &text.to_string()));
    }

    /// The line at the end that says it did not work out.
    pub(crate) fn failure(&self, verb: &str, text: impl Display) {
        self.write(&self.line(RED, verb, &text.to_string()));
    }

    /// Something that may not be what the user wants.
    pub(crate) fn warning(&self, text: impl Display) {
        self.write(&format!("{}: {text}\n", self.paint(YELLOW, "warning")));
    }

    /// An error with its causes.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut text = format!("{}: {error}\n", self.paint(RED, "error"));
        for cause in error.chain().skip(1) {
            let cause = cause.to_string();
            let _ = writeln!(text, "  caused by: {}", cause.replace('\n', "\n  "));
        }
        self.write(&text);
    }

    /// Text that is already complete, such as diagnostics.
    pub(crate) fn text(&self, text: impl Display) {
        self.write(&text.to_string());
    }

    /// How one file would change.
    pub(crate) fn diff(&self, path: &str, old: &str, new: &str) {
        let diff = similar::TextDiff::from_lines(old, new);
        let from = if old.is_empty() { "/dev/null".to_owned() } else { format!("a/{path}") };
        let to = if new.is_empty() { "/dev/null".to_owned() } else { format!("b/{path}") };
        let text = diff.unified_diff().header(&from, &to).to_string();
        let count = text.lines().count();
        let mut shown = String::new();
        for line in text.lines().take(LONGEST_DIFF) {
            let painted = match line.as_bytes().first() {
                Some(b'+') => self.paint(GREEN, line),
                Some(b'-') => self.paint(RED, line),
                Some(b'@') => self.paint(CYAN, line),
                _ => line.to_owned(),
            };
            shown += &painted;
            shown.push('\n');
        }
        if count > LONGEST_DIFF {
            let rest = count - LONGEST_DIFF;
            let _ =
                writeln!(shown, "… {rest} more lines; write the files to see them in `git diff`");
        }
        self.write(&shown);
    }

    fn line(&self, color: &str, verb: &str, text: &str) -> String {
        // Aligned before it is painted: escape sequences have no width.
        let verb = self.paint(color, &format!("{verb:>12}"));
        format!("{verb} {text}\n")
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.color { format!("{color}{text}{RESET}") } else { text.to_owned() }
    }

    fn write(&self, text: &str) {
        // Nobody is left to tell if standard error is closed.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Writes data to standard output.
pub(crate) fn print(text: &str) {
    // A reader that has gone away, such as `head`, is not an error.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A duration as people say it: `38 ms`, `2.4 s`, `3 min 20 s`.
pub(crate) fn took(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match duration.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// `1 view`, `2 views`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_end_in_one_column() {
        let report = Report { color: false, verbosity: 0 };
        assert_eq!(report.line(GREEN, "Stale", "a.rs"), "       Stale a.rs\n");
        let report = Report { color: true, verbosity: 0 };
        assert_eq!(report.line(RED, "Stale", "a.rs"), "\x1b[1;31m       Stale\x1b[0m a.rs\n");
    }

    #[test]
    fn durations_have_fitting_units() {
        let cases = [(38, "38 ms"), (2_400, "2.4 s"), (200_000, "3 min 20 s")];
        for (ms, expected) in cases {
            assert_eq!(took(Duration::from_millis(ms)), expected);
        }
    }
}
