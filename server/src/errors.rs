//! Errors as clients see them: each has a message and a stable `extensions.code`.
//!
//! | code | who |
//! |---|---|
//! | `BAD_REQUEST`, `PAYLOAD_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE`, `NOT_ACCEPTABLE`, `METHOD_NOT_ALLOWED`, `NOT_FOUND` | not a request in the sense of GraphQL over HTTP: a [`Refusal`] |
//! | `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `OPERATION_RESOLUTION_FAILURE` | async-graphql, before execution: [`add_codes`] |
//! | those of [`Limit`] | the server or the runtime, as early as a limit can be checked |
//! | `BAD_USER_INPUT` | an argument that its type refuses during execution: [`add_codes`] |
//! | `REQUEST_TIMEOUT`, `INTERNAL` | an operation that did not end in time, or panicked |
//! | the rest | the runtime, from the SQLSTATE |

use async_graphql::parser::parse_query;
use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError};
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;

use crate::media::Media;
use runtime::{Error, Limit};

/// An HTTP request that is not answered by GraphQL.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: None }
    }

    /// The body or the query string does not hold a GraphQL request.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// The body is longer than the server takes.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!(
            "the body is larger than {limit} bytes; the server's setting MAX_BODY_BYTES allows more"
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
    }

    /// The batch is longer than the server takes.
    pub(crate) fn batch_too_long(found: usize, limit: usize) -> Self {
        let what = format!("the batch has {found} operations, more than {limit}");
        let error = Limit::Batch.exceeded(what);
        Self::new(StatusCode::BAD_REQUEST, Limit::Batch.code(), error.to_string())
    }

    /// The client was too slow in sending its request.
    pub(crate) fn slow_body() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "the body did not arrive in time")
    }

    /// The body is not declared as JSON.
    pub(crate) fn unsupported_media_type() -> Self {
        let message = "send the request as JSON, in UTF-8, with `content-type: application/json`";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    /// The client wants an answer in a type that we do not have.
    pub(crate) fn not_acceptable() -> Self {
        let message = "answers are application/graphql-response+json or application/json";
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    }

    /// The method is none of those that the path answers to.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let message = format!("this method is not allowed here; use {allow}");
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message);
        Self { allow: Some(allow), ..refusal }
    }

    /// A GET request asks for a mutation or subscription.
    pub(crate) fn unsafe_by_get() -> Self {
        let message = "only queries can be sent by GET; use POST";
        Self { message: message.to_owned(), ..Self::method_not_allowed("POST") }
    }

    /// There is nothing at this path.
    pub(crate) fn not_found() -> Self {
        let message = "there is nothing here; the API is at /graphql";
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// The operation did not end in time.
    pub(crate) fn timeout(may_change: bool) -> Self {
        let message = if may_change {
            "no answer in time; the operation goes on, and may change data yet; the server's \
             setting REQUEST_TIMEOUT allows more"
        } else {
            "no answer in time; the server's setting REQUEST_TIMEOUT allows more"
        };
        Self::new(StatusCode::GATEWAY_TIMEOUT, "REQUEST_TIMEOUT", message)
    }

    /// A part of the server failed.
    pub(crate) fn internal() -> Self {
        let message = "internal error; the server's log has the cause";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    /// The answer, in the type that the client wants.
    pub(crate) fn respond(self, media: Media) -> HttpResponse<Bytes> {
        let mut error = ServerError::new(self.message, None);
        set_code(&mut error, self.code);
        let mut response = HttpResponse::new(runtime::respond(&Response::from_errors(vec![error])));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, media.content_type());
        if let Some(allow) = self.allow {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        self.respond(Media::Json).map(Body::from)
    }
}

/// A response of one error that prevented execution.
pub(crate) fn failed(error: Error) -> Response {
    let error = async_graphql::Error::from(&error).into_server_error(Pos::default());
    Response::from_errors(vec![ServerError { locations: Vec::new(), ..error }])
}

/// Whether a response has no data because the request failed before it was executed: it has none
/// and no error comes from a field.
pub(crate) fn is_request_error(response: &Response) -> bool {
    response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Gives a code to each error that has none: those that async-graphql makes itself.
pub(crate) fn add_codes(response: &mut Response, query: &str) {
    let mut parses = None;
    for error in &mut response.errors {
        if error.extensions.as_ref().is_some_and(|values| values.get("code").is_some()) {
            continue;
        }
        let code = if !error.path.is_empty() {
            // Every error of the runtime has a code: this is an argument that its type refused.
            "BAD_USER_INPUT"
        } else if !*parses.get_or_insert_with(|| parse_query(query).is_ok()) {
            error.message = brief(&error.message);
            "GRAPHQL_PARSE_FAILED"
        } else {
            code_of(&error.message)
        };
        set_code(error, code);
    }
}

/// Takes the drawing out of a syntax error: it repeats a line of the document, however long, and
/// the place is in `locations`.
fn brief(message: &str) -> String {
    match message.rsplit_once("= expected ") {
        Some((_, expected)) => format!("syntax error: expected {expected}"),
        None => message.to_owned(),
    }
}

/// Tells the errors of preparation apart, for which async-graphql has only texts.
fn code_of(message: &str) -> &'static str {
    const LIMITS: [(&str, Limit); 4] = [
        ("Query is too complex.", Limit::Complexity),
        ("Query is nested too deep.", Limit::Depth),
        ("The recursion depth of the query cannot be greater than", Limit::Depth),
        ("The number of directives on the field", Limit::Directives),
    ];
    const OPERATIONS: [&str; 2] =
        ["Unknown operation named", "Operation name required in request."];
    if let Some((_, limit)) = LIMITS.iter().find(|(start, _)| message.starts_with(start)) {
        limit.code()
    } else if OPERATIONS.iter().any(|start| message.starts_with(start)) {
        "OPERATION_RESOLUTION_FAILURE"
    } else {
        "GRAPHQL_VALIDATION_FAILED"
    }
}

fn set_code(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
}
