//! What errors of PostgreSQL mean to a client.

use deadpool::managed::PoolError;
use tokio_postgres::error::DbError;

use super::{Code, Error};
use crate::param::Bound;

impl Error {
    fn from_db(db: &DbError) -> Self {
        let state = db.code().code();
        let (code, message) = match state {
            "P0001" => (Code::RuleViolation, db.message().to_owned()),
            "P0002" if is_raised(db) => (Code::NotFound, db.message().to_owned()),
            "23505" | "23P01" => {
                (Code::Conflict, "a row with these values exists already".to_owned())
            }
            "23502" | "23503" | "23514" | "23001" => (
                Code::ConstraintViolation,
                db.constraint().or(db.column()).map_or_else(
                    || "a constraint refused this".to_owned(),
                    |name| format!("constraint `{name}` refused this"),
                ),
            ),
            "40001" | "40P01" => {
                (Code::Conflict, "another transaction was in the way; try again".to_owned())
            }
            "42501" => (Code::Forbidden, "permission denied".to_owned()),
            // Only the text tells these apart; in another language than English, a cancellation
            // counts as a timeout.
            "57014" if db.message().ends_with("user request") => {
                (Code::Cancelled, "the statement was cancelled at the database".to_owned())
            }
            "57014" => (
                Code::StatementTimeout,
                "the statement took too long and was stopped; the server's setting \
                 STATEMENT_TIMEOUT allows more"
                    .to_owned(),
            ),
            "53300" | "57P01" | "57P02" | "57P03" => return Self::unavailable(db),
            _ if is_custom(state) => (Code::RuleViolation, db.message().to_owned()),
            "25006" => {
                let cause = format!(
                    "something that should only read writes; declare the function VOLATILE: {}",
                    describe(db)
                );
                return Self::internal(cause).with_sql_state(state);
            }
            // What our own statement names is gone; what the body of a function names is its
            // author's business, and then there is a context.
            "42883" | "42P01" | "42703" | "42704" if db.where_().is_none() => {
                let cause = format!(
                    "the database has changed since the code was generated; run `cargo xtask \
                     codegen`: {}",
                    describe(db)
                );
                return Self::internal(cause).with_sql_state(state);
            }
            _ => return Self::internal(describe(db)).with_sql_state(state),
        };
        let mut error = Self::new(code, message).with_sql_state(state);
        if matches!(state, "P0001" | "P0002") || is_custom(state) {
            error.add_raised(db);
        }
        error
    }

    /// An error of a statement with these parameters.
    pub(crate) fn of_statement(error: tokio_postgres::Error, params: &[Bound<'_>]) -> Self {
        let refused = error.as_db_error().and_then(|db| {
            let paths = if db.code().code() == INVALID_REGEX && db.where_().is_none() {
                // The message does not say which.
                params.iter().filter_map(Bound::regex_path).collect::<Vec<_>>().join("` or `")
            } else {
                let refused = refused_parameter(db).and_then(|index| params.get(index));
                refused.or_else(|| unknown_time_zone(db, params))?.quoted_in(db.message())?
            };
            let refusal = Self::bad_input(format!("`{paths}`: {}", db.message()));
            (!paths.is_empty()).then(|| refusal.with_sql_state(db.code().code()))
        });
        refused.unwrap_or_else(|| error.into())
    }

    /// Takes over what the author of a `RAISE` wrote for the client.
    fn add_raised(&mut self, db: &DbError) {
        self.0.hint = db.hint().map(str::to_owned);
        let Some(serde_json::Value::Object(mut details)) =
            db.detail().and_then(|detail| serde_json::from_str(detail).ok())
        else {
            return;
        };
        if let Some(code) = details.get("code").and_then(serde_json::Value::as_str)
            && is_code(code)
        {
            self.0.code = Code::Custom(code.to_owned());
            details.remove("code");
        }
        self.0.details = Some(serde_json::Value::Object(details));
    }
}

/// `invalid_regular_expression`, which only the operator finds out.
const INVALID_REGEX: &str = "2201B";

/// The position of the parameter whose type refused the client's value: its input function, or the
/// constraint of a domain.
///
/// The same states from inside a view or function are nobody's business: their messages may quote
/// rows.
fn refused_parameter(db: &DbError) -> Option<usize> {
    let state = db.code().code();
    // The input function of `jsonpath` reports errors of syntax.
    if !(state.starts_with("22") || matches!(state, "23502" | "23514" | "42601")) {
        return None;
    }
    let (_, number) = db.where_()?.split_once("portal parameter $")?;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse::<usize>().ok()?.checked_sub(1)
}

/// The parameter that names a time zone which does not exist. No input function checks that.
fn unknown_time_zone<'p, 'a>(db: &DbError, params: &'p [Bound<'a>]) -> Option<&'p Bound<'a>> {
    let mut params = params.iter().filter(|_| db.code().code() == "22023");
    params.find(|param| param.is_time_zone(db.message()))
}

/// Whether a SQLSTATE lies outside of the classes that PostgreSQL and the SQL standard use, so that
/// only an author can have chosen it.
/// The standard leaves classes that begin with 5–9 and I–Z to implementations; PostgreSQL's own
/// ones are listed in appendix A of its manual.
fn is_custom(state: &str) -> bool {
    let class = state.as_bytes().first().copied().unwrap_or(b'0');
    let own = ["53", "54", "55", "57", "58", "HV", "P0", "XX"];
    (class >= b'I' || (b'5'..=b'9').contains(&class))
        && !own.iter().any(|own| state.starts_with(own))
}

/// Whether `RAISE` in PL/pgSQL made an error, and not `SELECT INTO STRICT`, which uses the same state.
fn is_raised(db: &DbError) -> bool {
    db.routine() == Some("exec_stmt_raise")
}

fn is_code(code: &str) -> bool {
    code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_uppercase())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn describe(db: &DbError) -> String {
    let mut text = format!("{}: {}", db.code().code(), db.message());
    for part in [db.detail(), db.hint(), db.where_()].into_iter().flatten() {
        text.push_str("; ");
        text.push_str(part);
    }
    text
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => Self::from_db(db),
            None if error.is_closed() || is_io(&error) => Self::unavailable(chain(&error)),
            None => Self::internal(chain(&error)),
        }
    }
}

impl From<PoolError<tokio_postgres::Error>> for Error {
    fn from(error: PoolError<tokio_postgres::Error>) -> Self {
        match error {
            PoolError::Backend(error) if error.as_db_error().is_none() => {
                Self::unavailable(chain(&error))
            }
            // Refused at connect: wrong password, unknown database, too many connections.
            PoolError::Backend(error) => Self::unavailable(chain(&error)),
            PoolError::Timeout(_) => Self::unavailable("no connection became free in time"),
            error => Self::unavailable(error),
        }
    }
}

/// Whether the network is behind an error.
pub(crate) fn is_io(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    false
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_states_are_those_postgres_does_not_use() {
        for state in ["QO001", "ZZ999", "60001", "IX000"] {
            assert!(is_custom(state), "{state}");
        }
        for state in ["23505", "57014", "XX000", "HV001", "P0001", "P0004", "F0000", "0A000"] {
            assert!(!is_custom(state), "{state}");
        }
    }
}
