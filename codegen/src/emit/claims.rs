//! `claims.sql`: what is claimed about the rows of views, for reviewers and for whoever runs it.

use super::docs::printable;
use crate::claims::{Claim, Promise};
use crate::output;
use crate::plan::Plan;
use crate::sql_name;

const INTRODUCTION: &str = "\
-- What the API says about the rows of views: which columns are never null, and which identify a
-- row. Each statement returns the rows that contradict it, and none of them should return any.
-- `cargo xtask verify` runs them all.
";

/// Writes the file: a statement for each claim, by view.
pub(super) fn file(plan: &Plan) -> String {
    let mut sections = vec![output::header("--", None) + "--\n" + INTRODUCTION];
    sections.extend(plan.claims().iter().map(statement));
    sections.join("\n")
}

fn statement(claim: &Claim) -> String {
    let what = match &claim.promise {
        Promise::NotNull { .. } => "what is never null".to_owned(),
        Promise::Key { columns, .. } => {
            let columns: Vec<String> =
                columns.iter().map(|column| sql_name::identifier(column)).collect();
            format!("one row for each {}", columns.join(", "))
        }
    };
    format!("-- {}: {}\n{};\n", printable(&claim.view), printable(&what), claim.sql)
}
