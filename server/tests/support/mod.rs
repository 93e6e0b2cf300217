//! A small schema, and requests to the application without a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Error, ErrorExtensions, Object, Schema, Value};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use runtime::Database;
use server::{App, Config};
use tower::ServiceExt;

/// Nobody listens there.
pub const NO_DATABASE: &str = "postgres://ann:hunter2@127.0.0.1:1/shop";

/// What the mutation has done so far.
pub type Count = Arc<AtomicUsize>;

/// Query root.
pub struct Query;

#[Object]
impl Query {
    async fn hello(&self, #[graphql(default = "world")] name: String) -> String {
        format!("hello {name}")
    }

    async fn half(&self, of: Small) -> i32 {
        of.0 / 2
    }

    async fn broken(&self) -> async_graphql::Result<Option<i32>> {
        Err(Error::new("no").extend_with(|_, values| values.set("code", "UNAVAILABLE")))
    }

    async fn required(&self) -> async_graphql::Result<i32> {
        Err(Error::new("no").extend_with(|_, values| values.set("code", "UNAVAILABLE")))
    }

    async fn list(&self, length: usize) -> Vec<usize> {
        (0..length).collect()
    }

    async fn panics(&self, #[graphql(default = 9)] at: usize) -> i32 {
        [1, 2, 3][at]
    }

    async fn slow(&self, ms: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        ms
    }

    async fn me(&self) -> Query {
        Query
    }
}

/// A scalar that refuses what the document's grammar and types allow.
pub struct Small(i32);

#[async_graphql::Scalar]
impl async_graphql::ScalarType for Small {
    fn parse(value: Value) -> async_graphql::InputValueResult<Self> {
        match &value {
            Value::Number(number) => match number.as_i64() {
                Some(number @ 0..=99) => Ok(Self(number as i32)),
                _ => Err(async_graphql::InputValueError::custom("larger than 99")),
            },
            _ => Err(async_graphql::InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// Mutation root.
pub struct Mutation;

#[Object]
impl Mutation {
    async fn count(&self, ctx: &Context<'_>, #[graphql(default)] ms: u64) -> usize {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        ctx.data_unchecked::<Count>().fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// The schema, and what its mutation counts.
pub fn schema() -> (Schema<Query, Mutation, EmptySubscription>, Count) {
    let count = Count::default();
    let schema = Schema::build(Query, Mutation, EmptySubscription)
        .data(count.clone())
        .limit_complexity(50)
        .limit_depth(8)
        .limit_directives(2)
        .finish();
    (schema, count)
}

/// A database that does not answer.
pub fn no_database() -> Database {
    Database::new(&Config::new(NO_DATABASE).database()).unwrap()
}

/// The application with a configuration.
pub fn app(configure: impl FnOnce(&mut Config)) -> App {
    let mut config = Config::new(NO_DATABASE);
    configure(&mut config);
    server::app(schema().0, no_database(), &config)
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// `extensions.code` of the first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Message of the first error.
    pub fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends any request.
pub async fn send(app: &App, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
    Answer { status, headers, body }
}

/// Sends a body with headers; `content-type` is JSON unless given.
pub async fn post(app: &App, body: impl Into<Body>, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/graphql");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send(app, request.body(body.into()).unwrap()).await
}

/// Sends a document and wants the media type whose status code tells the outcome.
pub async fn query(app: &App, document: &str) -> Answer {
    let body = serde_json::json!({ "query": document }).to_string();
    post(app, body, &[("accept", "application/graphql-response+json")]).await
}

/// Sends a GET request.
pub async fn get(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers
        .iter()
        .fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    send(app, request.body(Body::empty()).unwrap()).await
}
