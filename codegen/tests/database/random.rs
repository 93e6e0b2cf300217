//! Random views over random data: whatever is claimed about a column or a key is looked up.
//!
//! A case is a batch of views, each made of a string of random bytes ([`grammar`]); shorter strings
//! make simpler views, so that a failure shrinks to what matters. `PROPTEST_CASES` is the number of
//! batches; the few that run by default are there to keep the test working, and new rules should be
//! tried with thousands.

use std::cell::RefCell;

use codegen::plan::columns::analyse_all;
use codegen::plan::identity::identify_all;
use codegen::{Config, introspect};
use proptest::prelude::*;
use proptest::test_runner::{Config as Settings, TestCaseError, TestRunner};
use tokio::runtime::Runtime;

use super::super::Schema;
use super::grammar;

/// How many views a batch has, and how often its tables are filled anew.
const VIEWS: usize = 40;
const FILLINGS: u32 = 4;

impl Schema {
    /// Creates the views that PostgreSQL accepts, and answers with how many these are.
    async fn create(&mut self, batch: &[Vec<u8>]) -> usize {
        let reset = "drop schema if exists random cascade; create schema random";
        self.client.batch_execute(reset).await.expect("an empty schema");
        let (mut made, mut columns) = (0, Vec::new());
        for bytes in batch {
            let view = grammar::view(bytes, &columns);
            let name = format!("r{made}");
            let sql = format!("create view random.{name} as {}", view.sql);
            let is_valid = self.client.batch_execute(&sql).await.is_ok();
            if is_valid {
                columns.push((name, view.columns));
                made += 1;
            }
        }
        made
    }

    /// Claims that do not hold: null columns, and keys that are there twice.
    async fn contradictions(&mut self) -> Vec<String> {
        let config = Config { schemas: vec!["random".to_owned()], ..Config::default() };
        let catalog = introspect(&mut self.client, &config).await.expect("the schema");
        let identities = identify_all(&catalog);
        let mut checks = Vec::new();
        for (name, facts) in analyse_all(&catalog) {
            let view = &catalog.views[&name];
            let name = &name.name;
            for (column, facts) in view.columns.iter().zip(facts) {
                if facts.nullability.is_not_null() {
                    let column = &column.name;
                    let reasons = facts.nullability.reasons().iter().map(ToString::to_string);
                    checks.push((
                        format!("select exists (select from random.{name} where {column} is null)"),
                        format!(
                            "{name}.{column} is null: {}",
                            reasons.collect::<Vec<_>>().join("; ")
                        ),
                    ));
                }
            }
            let keys = identities.iter().filter(|(of, _)| of.name == *name);
            for key in keys.flat_map(|(_, identity)| &identity.keys) {
                let columns = key.columns.iter().map(|place| view.columns[*place].name.as_str());
                let list = columns.collect::<Vec<_>>().join(", ");
                let not_null = list.split(", ").filter(|column| !column.is_empty());
                let filter: String = not_null.map(|c| format!(" and {c} is not null")).collect();
                let group = if list.is_empty() { "()" } else { &list };
                checks.push((
                    format!(
                        "select exists (select from random.{name} where true{filter} \
                         group by {group} having count(*) > 1)"
                    ),
                    format!("{name} ({list}) repeats: {}", key.reason),
                ));
            }
        }
        let mut found = Vec::new();
        for filling in 0..FILLINGS {
            let fill = format!("select filled({})", f64::from(filling) / f64::from(FILLINGS));
            self.client.batch_execute(&fill).await.expect("data");
            for (sql, claim) in &checks {
                // A view that fails on this data, say because a subquery has two rows, shows
                // nothing.
                if let Ok(row) = self.client.query_one(sql, &[]).await
                    && row.get(0)
                {
                    found.push(claim.clone());
                }
            }
        }
        found
    }
}

#[test]
fn claims_about_random_views_hold() {
    let runtime = Runtime::new().expect("a runtime");
    let schema = runtime.block_on(async {
        let schema = Schema::new(&[include_str!("random/tables.sql")]).await;
        let limits = "set search_path = random, public; set statement_timeout = '1s'";
        schema.client.batch_execute(limits).await.expect("settings");
        schema
    });
    let schema = RefCell::new(schema);
    let (made, tried) = (RefCell::new(0), RefCell::new(0));
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let settings = Settings {
        cases: cases.unwrap_or(8),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Settings::default()
    };
    let view = prop::collection::vec(any::<u8>(), 20..400);
    let result = TestRunner::new(settings).run(&prop::collection::vec(view, 1..=VIEWS), |batch| {
        let mut schema = schema.borrow_mut();
        runtime.block_on(async {
            *made.borrow_mut() += schema.create(&batch).await;
            *tried.borrow_mut() += batch.len();
            let found = schema.contradictions().await;
            let sql = || {
                let mut columns = Vec::new();
                let views = batch.iter().map(|bytes| {
                    let view = grammar::view(bytes, &columns);
                    columns.push((format!("r{}", columns.len()), view.columns));
                    view.sql
                });
                views.collect::<Vec<_>>().join(";\n")
            };
            if found.is_empty() {
                Ok(())
            } else {
                Err(TestCaseError::fail(format!("{}\n{}", found.join("\n"), sql())))
            }
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (made, tried) = (made.into_inner(), tried.into_inner());
    assert!(made * 10 > tried * 8, "only {made} of {tried} views are valid");
}
