//! One log line per request, and the id that ties it to the lines in between.
//!
//! A line has the method, the path (never the query string: variables may stand there), the status,
//! the time it took and the name of the operation; never documents or variables.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::IsTerminal;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use tracing::Span;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};
use crate::graphql;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a filter calls these lines.
const TARGET: &str = "server::request";

/// Names and ids from clients are logged up to this length.
const MAX_LENGTH: usize = 64;

/// Starts logging to standard error.
pub fn init(config: &Config) {
    let filter = EnvFilter::new(&config.log);
    let ansi = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.with_ansi(ansi).init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
}

/// Takes the text of a filter if it is one.
pub(crate) fn parse_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// The name of an operation, fit for a log line.
#[derive(Debug)]
pub(crate) struct Operation(String);

impl Operation {
    /// A name as GraphQL allows it; anything else is not worth a log line.
    pub(crate) fn new(name: &str) -> Option<Self> {
        is_sane(name, |byte| byte == b'_').then(|| Self(name.to_owned()))
    }
}

/// The log line of a request, which is written once, even if the client does not wait for its answer.
pub(crate) struct Line {
    id: HeaderValue,
    start: Instant,
    method: Method,
    path: Cow<'static, str>,
    span: Span,
    is_written: bool,
}

impl Line {
    /// Begins a request, under the id that its client gave or a new one.
    pub(crate) fn begin<B>(request: &Request<B>) -> Self {
        let given = request.headers().get(REQUEST_ID).filter(|id| is_sane_id(id));
        let id = given.cloned().unwrap_or_else(new_id);
        Self {
            start: Instant::now(),
            method: request.method().clone(),
            path: match request.uri().path() {
                graphql::PATH => Cow::Borrowed(graphql::PATH),
                path => Cow::Owned(path.to_owned()),
            },
            span: tracing::info_span!(target: TARGET, "request", id = id.to_str().unwrap_or_default()),
            is_written: false,
            id,
        }
    }

    /// What ties the lines in between to the request.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Writes how the request was answered.
    pub(crate) fn write(&mut self, status: StatusCode, operation: Option<Operation>) {
        self.is_written = true;
        let status = status.as_u16();
        let operation = operation.as_ref().map(|name| name.0.as_str());
        let (method, path) = (self.method.as_str(), &*self.path);
        let ms = self.start.elapsed().as_micros() as f64 / 1000.0;
        let _entered = self.span.enter();
        if status >= 500 {
            tracing::warn!(target: TARGET, method, path, status, ms, operation, "answered");
        } else if path == graphql::PATH {
            tracing::info!(target: TARGET, method, path, status, ms, operation, "answered");
        } else {
            // Probes and assets.
            tracing::debug!(target: TARGET, method, path, status, ms, "answered");
        }
    }

    /// Tells the client the id.
    pub(crate) fn tag(self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, self.id.clone());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_written {
            let _entered = self.span.enter();
            let (method, path) = (self.method.as_str(), &*self.path);
            tracing::info!(target: TARGET, method, path, "the client did not wait");
        }
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
    static COUNT: LazyLock<AtomicU64> =
        LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(std::process::id())));
    let number = scatter(COUNT.fetch_add(1, Ordering::Relaxed));
    let digit = |at: usize| b"0123456789abcdef"[(number >> (60 - 4 * at)) as usize & 15];
    let digits: [u8; 16] = std::array::from_fn(digit);
    HeaderValue::from_bytes(&digits).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

/// Makes numbers that follow each other look different, and never the same: each step can be undone.
/// The constants are those of SplitMix64 (Steele, Lea and Flood: Fast Splittable Pseudorandom Number
/// Generators).
fn scatter(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
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
