//! Documents of every form get the answers that async-graphql's own executor gives.
//!
//! Random documents (fragments, aliases, variables, defaults, conditions, several operations) are
//! sent with several sets of values each, so that plans are reused or made anew, and each answer is
//! compared byte by byte, which includes the order of fields. The other side is a schema that is
//! written with async-graphql's macros over the same rows in memory.
//!
//! Where that executor departs from the specification of GraphQL:
//!
//! - Fields come in the order of their completion: those of the reference never wait, so that it is
//!   the order of the document.
//! - Defaults of variables are ignored in `@skip` and `@include`, and a variable without a value is
//!   null instead of left out: see [`Document::plain_request`].
//! - An object without fields is null: every selection set has one that is not skipped.
//! - Failed fields are dropped: of what fails, it is compared only that it fails.
//! - Directives of `__typename` are not validated, and a variable that only they use is refused.
//! - A field that is selected twice is resolved twice: it makes no difference to the answer.

mod choices;
mod data;
mod document;
mod filter;
mod generator;
mod reference;
mod types;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use async_graphql::{Executor, Request};
use fixture_documents::Schema;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use runtime::DatabaseConfig;
use serde_json::Value;
use tests::fixture::Fixture;

use choices::Choices;
use data::Data;
use document::{Document, Values};
use generator::Generator;
use reference::Reference;

/// How often a document is sent, each time with other values.
const ROUNDS: usize = 5;

/// Both sides, and the rows.
struct Sides {
    client: tokio_postgres::Client,
    schema: Schema,
    reference: Reference,
    data: Arc<Data>,
    _database: local_postgres::Database,
}

/// What both sides answer.
#[derive(Default)]
struct Counts {
    data: Cell<u32>,
    errors: Cell<u32>,
    refused: Cell<u32>,
}

fn count(counter: &Cell<u32>) {
    counter.set(counter.get() + 1);
}

impl Sides {
    async fn new() -> Self {
        let database = Fixture::named("documents").database().await;
        let client = database.connect().await.expect("a connection");
        let mut config = DatabaseConfig::new(database.url());
        // A list without a limit counts for many rows.
        config.limits.max_complexity = u64::MAX;
        config.limits.max_directives = usize::MAX;
        config.limits.max_aliases = usize::MAX;
        config.limits.max_root_aliases = usize::MAX;
        let schema =
            fixture_documents::schema(runtime::Database::new(&config).expect("an address"));
        let (reference, data) = (reference::schema(), Arc::default());
        Self { client, schema, reference, data, _database: database }
    }

    async fn fill(&mut self, choices: &mut Choices) {
        self.data = Arc::new(Data::random(choices));
        self.data.store(&self.client).await;
    }

    /// Sends an operation with the same values to both.
    async fn compare(
        &self,
        document: &Document,
        operation: usize,
        values: &Values,
        counts: &Counts,
    ) -> Result<(), TestCaseError> {
        let request = document.request(operation, values);
        let plain = document.plain_request(operation, values);
        let told = format!(
            "{}\n{:?}\nplain: {}\n{:?}\nrows: {:?}",
            request.query, request.variables, plain.query, plain.variables, self.data
        );
        let found = body(&self.schema, request).await;
        let expected = body(&self.reference, plain.data(self.data.clone())).await;
        if fails(&found) && fails(&expected) {
            count(&counts.errors);
            return Ok(());
        }
        count(&counts.data);
        prop_assert_eq!(found, expected, "{}", told);
        Ok(())
    }

    /// Sends operations with a value of another type to the server.
    async fn refuse(
        &self,
        document: &Document,
        variable: usize,
        values: &Values,
        counts: &Counts,
    ) -> Result<(), TestCaseError> {
        for operation in 0..document.operations.len() {
            let request = document.request(operation, values);
            if !request.variables.contains_key(format!("v{variable}").as_str()) {
                continue;
            }
            count(&counts.refused);
            let told = format!("{}\n{:?}", request.query, request.variables);
            let found = body(&self.schema, request).await;
            prop_assert!(fails(&found), "{}\n{}", told, found);
        }
        Ok(())
    }
}

async fn body(schema: &impl Executor, request: Request) -> String {
    let body = runtime::respond(&schema.execute(request).await);
    String::from_utf8(body.to_vec()).expect("UTF-8")
}

fn fails(body: &str) -> bool {
    let body: Value = serde_json::from_str(body).expect("JSON");
    body.get("errors").is_some()
}

/// More cases with `PROPTEST_CASES`.
#[test]
fn documents_are_answered_as_by_async_graphql() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sides = RefCell::new(runtime.block_on(Sides::new()));
    let config = Config { failure_persistence: None, ..Config::default() };
    let cases = std::env::var_os("PROPTEST_CASES").map_or(200, |_| config.cases);
    let mut runner = TestRunner::new(Config { cases, ..config });
    let input = (vec(any::<u8>(), 0..150), vec(any::<u8>(), 0..400), vec(any::<u8>(), 0..200));
    let (counts, number) = (Counts::default(), Cell::new(0_u32));
    let result = runner.run(&input, |(rows, document, values)| {
        let mut sides = sides.borrow_mut();
        // Other rows from time to time; a failure is looked for among the same ones.
        count(&number);
        if number.get() % 20 == 1 {
            runtime.block_on(sides.fill(&mut Choices(rows.into_iter())));
        }
        let mut generator = Generator::new(Choices(document.into_iter()));
        let document = generator.document();
        generator.choices = Choices(values.into_iter());
        runtime.block_on(async {
            let mut rounds: Vec<Values> = Vec::new();
            for _ in 0..ROUNDS {
                rounds.push(generator.values(rounds.last()));
            }
            let wrong = generator.wrong_values(&rounds[0]);
            for (round, values) in rounds.iter().chain(&rounds[..1]).enumerate() {
                for operation in 0..document.operations.len() {
                    sides.compare(&document, operation, values, &counts).await?;
                }
                if let (2, Some((variable, values))) = (round, &wrong) {
                    sides.refuse(&document, *variable, values, &counts).await?;
                }
            }
            Ok(())
        })
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let Counts { data, errors, refused } = counts;
    let counts = (data.get(), errors.get(), refused.get());
    assert!(counts.0 > counts.1 * 5 && counts.2 > cases / 10, "data, errors, refused: {counts:?}");
}
