//! Views whose column names say what is to be found out about them: `sql/views.sql`.
//!
//! `y_` is to be proven non-null, `n_` is null in some row, `u_` is neither. Whatever is claimed
//! is looked up in the data, so a wrong rule fails here even for a column that nobody thought of.

use std::fmt::Write;

use codegen::plan::columns::analyse_all;

use super::super::Schema;

impl Schema {
    async fn nulls(&self, view: &str, column: &str) -> i64 {
        let sql = format!("select count(*) from public.{view} where {column} is null");
        self.client.query_one(&sql, &[]).await.expect("count nulls").get(0)
    }

    /// What is wrong with what is said about the views.
    async fn complaints(&self) -> String {
        let mut complaints = String::new();
        for (name, facts) in analyse_all(&self.catalog) {
            for (column, facts) in self.catalog.views[&name].columns.iter().zip(facts) {
                let nulls = self.nulls(&name.name, &column.name).await;
                let complaint = match (facts.nullability.is_not_null(), &column.name[..2]) {
                    (true, _) if nulls > 0 => "is claimed to be non-null and is null",
                    (true, "n_" | "u_") => "was not expected to be proven",
                    (false, "y_") => "is not proven to be non-null",
                    (false, "n_") if nulls == 0 => "is not null in the data, which is too little",
                    _ => continue,
                };
                let reasons: Vec<_> =
                    facts.nullability.reasons().iter().map(ToString::to_string).collect();
                writeln!(complaints, "{name}.{} {complaint}: {}", column.name, reasons.join("; "))
                    .expect("write to a string");
            }
        }
        complaints
    }
}

async fn judge(scripts: &[&str]) {
    let complaints = Schema::new(scripts).await.complaints().await;
    assert!(complaints.is_empty(), "{complaints}");
}

#[tokio::test]
async fn every_claim_about_a_view_holds() {
    judge(&[include_str!("sql/schema.sql"), include_str!("sql/views.sql")]).await;
}

#[tokio::test]
async fn every_claim_about_a_tricky_view_holds() {
    let base = [include_str!("sql/schema.sql"), include_str!("sql/views.sql")];
    judge(&[base[0], base[1], include_str!("sql/tricky.sql")]).await;
}

#[tokio::test]
async fn every_claim_about_a_common_view_holds() {
    judge(&[include_str!("sql/schema.sql"), include_str!("sql/common.sql")]).await;
}

#[tokio::test]
async fn every_claim_about_a_report_holds() {
    judge(&[include_str!("sql/reports.sql")]).await;
}

#[tokio::test]
async fn every_claim_from_constraints_holds() {
    judge(&[include_str!("sql/constraints.sql")]).await;
}

#[tokio::test]
async fn every_claim_from_conditional_checks_holds() {
    judge(&[include_str!("sql/checks.sql")]).await;
}

#[tokio::test]
async fn every_claim_where_texts_are_equal_by_collation_holds() {
    judge(&[include_str!("sql/collations.sql")]).await;
}

#[tokio::test]
async fn every_claim_from_foreign_keys_holds() {
    judge(&[include_str!("sql/foreign_keys.sql")]).await;
}
