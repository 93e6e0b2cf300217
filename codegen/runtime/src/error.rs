//! What can go wrong in a request, and how much of it a client may know.
//!
//! PostgreSQL's SQLSTATE decides. A deliberate refusal (`RAISE` in a function) reaches the client
//! with its message, hint and details; anything internal is masked, logged, and given a
//! correlation id that stands in both places.

mod postgres;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{ErrorExtensionValues, ErrorExtensions, Pos, ServerError};

use crate::Limit;
pub(crate) use postgres::is_io;

/// The result of a step of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error that a client may see: every text in it is fit to be sent.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Error(Box<Parts>);

/// The parts of an error, boxed because errors are rare and results are many.
#[derive(Clone, Debug)]
struct Parts {
    /// Stable machine name, `extensions.code`.
    code: Code,
    /// One sentence for people.
    message: String,
    /// SQLSTATE, `extensions.sqlState`, for errors that come from the database.
    sql_state: Option<String>,
    /// `extensions.hint`.
    hint: Option<String>,
    /// `extensions.details`: the DETAIL of a deliberate error, where it is a JSON object.
    details: Option<serde_json::Value>,
    /// `extensions.correlationId` of a masked error; the log has the rest.
    correlation_id: Option<String>,
}

/// The stable names of errors.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Code {
    /// The request is at fault: a value that its type does not allow.
    BadUserInput,
    /// The request goes beyond a limit.
    Limit(Limit),
    /// A rule of the application refused (`RAISE EXCEPTION` without an own code).
    RuleViolation,
    /// What a function was asked to change is not there (`RAISE no_data_found`).
    NotFound,
    /// Something changed in between, or exists already; reading again may help.
    Conflict,
    /// A foreign key, check or NOT NULL constraint refused.
    ConstraintViolation,
    /// The database role lacks a right.
    Forbidden,
    /// The statement took too long.
    StatementTimeout,
    /// Somebody cancelled the statement, such as an administrator.
    Cancelled,
    /// The database cannot be reached or has no connection to give; trying again may help.
    Unavailable,
    /// Anything else: masked.
    Internal,
    /// A code that the SQL function chose: `"code"` in its JSON DETAIL.
    Custom(String),
}

impl Code {
    /// The name in `extensions.code`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Limit(limit) => limit.code(),
            Self::RuleViolation => "RULE_VIOLATION",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::ConstraintViolation => "CONSTRAINT_VIOLATION",
            Self::Forbidden => "FORBIDDEN",
            Self::StatementTimeout => "STATEMENT_TIMEOUT",
            Self::Cancelled => "CANCELLED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
            Self::Custom(code) => code,
        }
    }
}

impl Error {
    /// An error with a code and a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            message: message.into(),
            sql_state: None,
            hint: None,
            details: None,
            correlation_id: None,
        }))
    }

    /// Its stable name.
    pub fn code(&self) -> &Code {
        &self.0.code
    }

    /// The SQLSTATE, where it comes from the database.
    pub fn sql_state(&self) -> Option<&str> {
        self.0.sql_state.as_deref()
    }

    /// The client sent something that cannot be used.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// An error whose cause goes to the log only.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let id = correlation_id();
        tracing::error!(correlation_id = %id, %cause, "request failed");
        let mut error = Self::new(Code::Internal, "internal error; the server's log has the cause");
        error.0.correlation_id = Some(id);
        error
    }

    /// The database cannot be reached; the cause goes to the log only.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        let id = correlation_id();
        tracing::error!(correlation_id = %id, %cause, "database unavailable");
        let mut error =
            Self::new(Code::Unavailable, "the database is not available; try again later");
        error.0.correlation_id = Some(id);
        error
    }

    /// Whether running the same statement again may succeed: the transaction lost against another
    /// one and has left nothing behind.
    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self.sql_state(), Some("40001" | "40P01"))
    }

    /// The error of a request that is refused as a whole.
    pub(crate) fn before_execution(self) -> ServerError {
        let error = async_graphql::Error::from(&self).into_server_error(Pos::default());
        ServerError { locations: Vec::new(), ..error }
    }

    /// The error of a command that PostgreSQL has carried out all the same.
    pub(crate) fn carried_out(mut self) -> Self {
        self.0.message = format!("the command was carried out, but {}", self.0.message);
        self
    }

    fn with_sql_state(mut self, state: &str) -> Self {
        self.0.sql_state = Some(state.to_owned());
        self
    }
}

/// Sixteen hexadecimal digits that no other request of this process has.
fn correlation_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:016x}", RandomState::new().hash_one(count))
}

impl From<&Error> for async_graphql::Error {
    fn from(error: &Error) -> Self {
        Self::new(error.0.message.clone()).extend_with(|_, values| error.write_extensions(values))
    }
}

impl Error {
    fn write_extensions(&self, values: &mut ErrorExtensionValues) {
        let error = &self.0;
        values.set("code", error.code.as_str());
        if let Some(state) = &error.sql_state {
            values.set("sqlState", state.as_str());
        }
        if let Some(hint) = &error.hint {
            values.set("hint", hint.as_str());
        }
        if let Some(details) = &error.details
            && let Ok(details) = async_graphql::Value::from_json(details.clone())
        {
            values.set("details", details);
        }
        if let Some(id) = &error.correlation_id {
            values.set("correlationId", id.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_ids_differ() {
        assert_ne!(correlation_id(), correlation_id());
    }
}
