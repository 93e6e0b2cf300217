//! Execution that outlives its client.
//!
//! An execution runs to its end even if the client hangs up or the server stops waiting, in a task of
//! its own from then on. Dropping it half-way would be cheaper, and wrong:
//!
//! - A document of several mutations would stop between two of them.
//! - A statement that has been sent runs on in PostgreSQL all the same. Its connection would go
//!   back to the pool as free, and the next request would queue behind a statement that nobody
//!   counts any more.
//!
//! What an abandoned execution may cost is bounded by the statement timeout and the pool.

use std::sync::Arc;

use async_graphql::{Request, Response};
use axum::http::HeaderMap;
use bytes::{BufMut, Bytes, BytesMut};
use runtime::{Error, Limit};
use tokio::sync::watch;

use crate::body::Requests;
use crate::errors::{add_codes, failed, is_request_error};
use crate::outlive::Outlive;

/// Executes requests with a schema whose type is of no interest to the rest of the server.
#[derive(Clone)]
pub(crate) struct Executor(Arc<dyn Fn(Requests) -> Outlive<Reply> + Send + Sync>);

/// Counts the executions that are under way.
#[derive(Clone, Debug)]
pub struct Running(watch::Sender<()>);

impl Default for Running {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Running {
    /// Waits until no execution is under way.
    pub async fn idle(&self) {
        self.0.closed().await;
    }
}

/// A finished answer.
pub(crate) struct Reply {
    pub(crate) outcome: Outcome,
    /// Headers that resolvers have set.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What the status code of an answer depends on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// There is data and no error; or it is a batch, whose answers differ.
    Complete,
    /// The operation was executed, and some field failed.
    Partial,
    /// The operation was not executed.
    Refused,
}

impl Executor {
    pub(crate) fn new(
        schema: impl async_graphql::Executor,
        running: Running,
        max_response_bytes: usize,
    ) -> Self {
        Self(Arc::new(move |requests| {
            let (schema, under_way) = (schema.clone(), running.0.subscribe());
            let execution = async move {
                let reply = match requests {
                    Requests::Single(request) => Reply::from(execute(&schema, *request).await),
                    Requests::Batch(list) => {
                        Box::pin(execute_all(&schema, list, max_response_bytes)).await
                    }
                };
                drop(under_way);
                reply
            };
            Outlive::new(execution)
        }))
    }

    /// Executes; dropping the future does not stop it once it was polled.
    pub(crate) fn execute(&self, requests: Requests) -> Outlive<Reply> {
        (self.0)(requests)
    }
}

async fn execute_all(
    schema: &impl async_graphql::Executor,
    list: Vec<Request>,
    max_response_bytes: usize,
) -> Reply {
    // One after the other: a client that sends two mutations means them in this order, and a batch
    // takes no more than one connection from other clients.
    let mut body = BytesMut::new();
    let mut headers = HeaderMap::new();
    for request in list {
        // Each answer is bounded; so are all of them together.
        let response = if body.len() > max_response_bytes {
            failed(batch_too_large(max_response_bytes))
        } else {
            execute(schema, request).await
        };
        body.put_u8(if body.is_empty() { b'[' } else { b',' });
        body.put(runtime::respond(&response));
        headers.extend(response.http_headers);
    }
    body.put_u8(b']');
    Reply { outcome: Outcome::Complete, headers, body: body.freeze() }
}

async fn execute(schema: &impl async_graphql::Executor, request: Request) -> Response {
    let query = request.query.clone();
    let mut response = schema.execute(request).await;
    if !response.errors.is_empty() {
        add_codes(&mut response, &query);
    }
    response
}

fn batch_too_large(max_bytes: usize) -> Error {
    let what = format!(
        "the answers before this one have more than {max_bytes} bytes; send fewer operations"
    );
    Limit::ResponseBytes.exceeded(what)
}

impl From<Response> for Reply {
    fn from(mut response: Response) -> Self {
        let outcome = if response.errors.is_empty() {
            Outcome::Complete
        } else if is_request_error(&response) {
            Outcome::Refused
        } else {
            Outcome::Partial
        };
        let headers = std::mem::take(&mut response.http_headers);
        Self { outcome, headers, body: runtime::respond(&response) }
    }
}
