//! Putting tables into README.md, between two comments.

use std::fs;

use anyhow::{Context, Result};

use crate::programs::repository;

const BEGIN: &str =
    "<!-- bench: begin; `cargo xtask bench --write-readme` writes what follows -->\n";
const END: &str = "<!-- bench: end -->\n";

/// Replaces what is between the marks.
pub(crate) fn write(text: &str) -> Result<()> {
    let file = repository().join("README.md");
    let old = fs::read_to_string(&file).context("cannot read README.md")?;
    let new = replace(&old, text).context("README.md has lost the comments around the tables")?;
    fs::write(&file, new).context("cannot write README.md")
}

fn replace(old: &str, text: &str) -> Option<String> {
    let (before, rest) = old.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let old = format!("a\n{BEGIN}old\n{END}b\n");
        assert_eq!(replace(&old, "new\n").unwrap(), format!("a\n{BEGIN}\nnew\n\n{END}b\n"));
        assert!(replace("a\n", "new").is_none());
    }
}
