//! One log line per request, and the id that ties it to the lines in between.
//!
//! A line has the method, the path (never the query string: variables may stand there), the status,
//! the time it took and the name of the operation; never documents or variables.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names and ids from clients are logged up to this length.
const MAX_LENGTH: usize = 64;

/// Starts logging to standard error.
pub fn init(config: &Config) {
    let filter = EnvFilter::new(&config.log);
    let ansi = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.with_ansi(ansi).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Takes the text of a filter if it is one.
pub(crate) fn parse_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// The name of an operation, fit for a log line. Handlers attach it to their response.
#[derive(Clone, Debug)]
pub(crate) struct Operation(String);

impl Operation {
    /// A name as GraphQL allows it; anything else is not worth a log line.
    pub(crate) fn new(name: &str) -> Option<Self> {
        is_sane(name, |byte| byte == b'_').then(|| Self(name.to_owned()))
    }
}

/// Logs a request, under the id that its client gave or a new one, and returns the id.
pub(crate) async fn request(mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = request.headers_mut().remove(REQUEST_ID).filter(is_sane_id).unwrap_or_else(new_id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| write_line(method.as_str(), &path, &response, start));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn write_line(method: &str, path: &str, response: &Response, start: Instant) {
    let status = response.status().as_u16();
    let ms = start.elapsed().as_micros() as f64 / 1000.0;
    let operation = response.extensions().get::<Operation>().map(|name| name.0.as_str());
    if status >= 500 {
        tracing::warn!(method, path, status, ms, operation, "answered");
    } else if path == "/graphql" {
        tracing::info!(method, path, status, ms, operation, "answered");
    } else {
        // Probes and assets.
        tracing::debug!(method, path, status, ms, "answered");
    }
}

fn is_sane_id(id: &HeaderValue) -> bool {
    let allowed = |byte| matches!(byte, b'-' | b'_' | b'.' | b':' | b'+' | b'/' | b'=');
    id.to_str().is_ok_and(|id| is_sane(id, allowed))
}

fn is_sane(text: &str, also: impl Fn(u8) -> bool) -> bool {
    (1..=MAX_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || also(byte))
}

/// Sixteen hexadecimal digits that no other request of this process has.
fn new_id() -> HeaderValue {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = RandomState::new().hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::from_str(&format!("{number:016x}"))
        .unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_names_and_ids_are_logged() {
        assert!(Operation::new("GetOrders_2").is_some());
        for wrong in ["", "a b", "a\nb", "é", &"a".repeat(65)] {
            assert!(Operation::new(wrong).is_none(), "{wrong}");
        }
        let sane = |id| is_sane_id(&HeaderValue::from_static(id));
        assert!(sane("4f9a-12") && sane("Root=1-67891233-abcdef"));
        assert!(!sane("") && !sane("a b") && !sane("{\"a\":1}"));
        assert!(is_sane_id(&new_id()));
        assert_ne!(new_id(), new_id());
    }
}
