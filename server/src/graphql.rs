//! `/graphql`: GraphQL over HTTP, and GraphiQL for browsers.
//!
//! Follows <https://graphql.github.io/graphql-over-http/draft/>. What it leaves open:
//!
//! | request | `application/graphql-response+json` | `application/json` |
//! |---|---|---|
//! | not well-formed | 4xx | 4xx |
//! | refused by GraphQL before execution | 400 | 200 |
//! | executed, without an error | 200 | 200 |
//! | executed, some fields failed (the database is down, say) | 294 Partial Success | 200 |
//! | no answer in time | 504 | 504 |
//! | a panic | 500 | 500 |
//!
//! The reference audits want 400 for a document that does not validate; newer drafts suggest 422.

use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use axum::body::HttpBody;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use runtime::Head;
use tokio::time::{Sleep, sleep};
use tower::BoxError;

use crate::body::{self, Requests};
use crate::errors::Refusal;
use crate::execute::{Executor, Outcome, Reply};
use crate::graphiql::Page;
use crate::limits::RequestLimits;
use crate::log::Operation;
use crate::media::{self, Media};

/// Executed, but some fields failed; recommended by the specification, not registered with IANA.
const PARTIAL_SUCCESS: u16 = 294;

/// Where GraphQL is.
pub(crate) const PATH: &str = "/graphql";

/// An answer, and the operation that it answers.
type Answer = (Response<Bytes>, Option<Operation>);

/// What answers requests.
pub(crate) struct Api {
    pub(crate) executor: Executor,
    pub(crate) page: Option<Arc<Page>>,
    pub(crate) request_timeout: Duration,
    pub(crate) limits: Arc<RequestLimits>,
}

fn read_query(uri: &Uri, limits: &RequestLimits) -> Result<Requests, Refusal> {
    let mut request = body::from_query_string(uri.query().unwrap_or_default())?;
    // A link or an image on a foreign page makes browsers send GET requests: these must not change
    // anything. A document without the word cannot; the others are parsed to be sure.
    let suspicious = ["mutation", "subscription"].iter().any(|word| request.query.contains(word));
    if suspicious && limits.runtime().check_text(&request.query).is_ok() {
        let name = request.operation_name.clone();
        if let Ok(document) = request.parsed_query() {
            let selected = document.operations.iter().filter(|(operation, _)| {
                name.as_ref().is_none_or(|name| operation.is_none_or(|found| found == name))
            });
            let is_query = |ty| ty == async_graphql::parser::types::OperationType::Query;
            if selected.map(|(_, operation)| operation.node.ty).any(|ty| !is_query(ty)) {
                return Err(Refusal::unsafe_by_get());
            }
        }
    }
    Ok(Requests::Single(Box::new(request)))
}

impl Api {
    /// Answers a request to [`PATH`], and tells the operation for the log.
    pub(crate) async fn respond<B>(&self, request: &Parts, body: B) -> Answer
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>>,
    {
        match request.method {
            Method::POST => self.post(&request.headers, body).await,
            Method::GET => self.get(request).await,
            Method::HEAD => {
                let (mut response, operation) = self.get(request).await;
                let body = std::mem::take(response.body_mut());
                response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
                (response, operation)
            }
            _ => (Refusal::method_not_allowed("GET, HEAD, POST").respond(Media::Json), None),
        }
    }

    async fn post<B>(&self, headers: &HeaderMap, body: B) -> Answer
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>>,
    {
        let Some(media) = media::negotiate(headers, media::ANSWERS) else {
            return (Refusal::not_acceptable().respond(Media::Json), None);
        };
        let mut timeout = pin!(sleep(self.request_timeout));
        match self.read(headers, body, timeout.as_mut()).await {
            Ok(requests) => self.execute(requests, media, timeout).await,
            Err(refusal) => (refusal.respond(media), None),
        }
    }

    /// Answers with GraphiQL to a browser, with data to a program.
    async fn get(&self, request: &Parts) -> Answer {
        let offer = if self.page.is_some() { media::ANSWERS_OR_PAGE } else { media::ANSWERS };
        let (mut response, operation) =
            match (media::negotiate(&request.headers, offer), &self.page) {
                (None, _) => (Refusal::not_acceptable().respond(Media::Json), None),
                (Some(Media::Html), Some(page)) => (page.respond(), None),
                (Some(media), _) => match read_query(&request.uri, &self.limits) {
                    Ok(request) => {
                        let timeout = pin!(sleep(self.request_timeout));
                        self.execute(request, media, timeout).await
                    }
                    Err(refusal) => (refusal.respond(media), None),
                },
            };
        // One address, several answers: caches have to know.
        response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
        (response, operation)
    }

    async fn read<B>(
        &self,
        headers: &HeaderMap,
        body: B,
        timeout: Pin<&mut Sleep>,
    ) -> Result<Requests, Refusal>
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>>,
    {
        if !media::is_json(headers) {
            return Err(Refusal::unsupported_media_type());
        }
        let max_bytes = self.limits.max_body_bytes;
        let body = within(timeout, Limited::new(body, max_bytes).collect())
            .await
            .ok_or_else(Refusal::slow_body)?
            .map_err(|error| match error.downcast_ref() {
                Some(LengthLimitError { .. }) => Refusal::too_large(max_bytes),
                None => Refusal::bad_request("the body could not be read"),
            })?;
        body::from_json(&body.to_bytes(), self.limits.batch_limit)
    }

    async fn execute(&self, requests: Requests, media: Media, timeout: Pin<&mut Sleep>) -> Answer {
        let (operation, may_change) = match &requests {
            Requests::Single(request) => {
                let head = self.head(request);
                (head.operation.and_then(Operation::new), head.may_change)
            }
            Requests::Batch(list) => {
                (None, list.iter().any(|request| self.head(request).may_change))
            }
        };
        let execution = AssertUnwindSafe(self.executor.execute(requests)).catch_unwind();
        let response = match within(timeout, execution).await {
            Some(Ok(reply)) => reply.respond(media),
            // The panic itself has been reported.
            Some(Err(_)) => {
                tracing::error!("the execution of a request failed");
                Refusal::internal().respond(media)
            }
            None => Refusal::timeout(may_change).respond(media),
        };
        (response, operation)
    }

    /// What a document says of its operation; of one that is too long, nothing is worth a look.
    fn head<'a>(&self, request: &'a Request) -> Head<'a> {
        if request.query.len() > self.limits.max_query_bytes {
            return Head::default();
        }
        runtime::head(&request.query, request.operation_name.as_deref())
    }
}

/// Does work, unless the time is over.
async fn within<T>(timeout: Pin<&mut Sleep>, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = work => Some(done),
        () = timeout => None,
    }
}

impl Reply {
    fn respond(self, media: Media) -> Response<Bytes> {
        let status = match (media, self.outcome) {
            (Media::Response, Outcome::Refused) => StatusCode::BAD_REQUEST,
            (Media::Response, Outcome::Partial) => {
                StatusCode::from_u16(PARTIAL_SUCCESS).unwrap_or(StatusCode::OK)
            }
            _ => StatusCode::OK,
        };
        let mut response = Response::new(self.body);
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        response.headers_mut().insert(CONTENT_TYPE, media.content_type());
        response
    }
}
