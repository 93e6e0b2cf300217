//! From rows to responses, and errors.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A failed request.
pub(crate) struct Failure(String);

/// The answer of a handler.
pub(crate) type Answer = Result<Response, Failure>;

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self(error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned()))
    }
}

impl From<deadpool_postgres::PoolError> for Failure {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// `{"data": …}`, as GraphQL has it.
#[derive(Serialize)]
struct Data<T> {
    data: T,
}

/// Writes an answer.
pub(crate) fn answer(data: impl Serialize) -> Answer {
    let body = serde_json::to_vec(&Data { data })?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
