//! What stands in the log, and what must not.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code)]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{app, get, post};

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Collects the lines of this thread while the guard lives.
    fn collect() -> (Self, tracing::subscriber::DefaultGuard) {
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || writer.clone())
            .finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn requests(&self) -> Vec<serde_json::Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &serde_json::Value| line["target"] == "server::request")
            .collect()
    }
}

#[tokio::test]
async fn a_request_is_one_line_without_its_variables() {
    let (lines, _guard) = Lines::collect();
    let app = app(|_| ());
    let body =
        r#"{"query":"query Greet($n: String) { hello(name: $n) }","variables":{"n":"s3cret"}}"#;
    post(&app, body, &[("x-request-id", "r-1")]).await;
    get(&app, "/graphql?query={hello(name:%22s3cret%22)}", &[]).await;
    post(&app, r#"{"query":"{ hello }","operationName":"a\nforged line"}"#, &[]).await;
    let requests = lines.requests();
    assert_eq!(requests.len(), 3, "{}", lines.text());
    assert_eq!(requests[0]["method"], "POST");
    assert_eq!(requests[0]["path"], "/graphql");
    assert_eq!(requests[0]["status"], 200);
    assert_eq!(requests[0]["operation"], "Greet");
    assert_eq!(requests[0]["span"]["id"], "r-1");
    assert!(requests[0]["ms"].is_number());
    assert!(requests[2]["operation"].is_null());
    assert!(
        !lines.text().contains("s3cret") && !lines.text().contains("forged"),
        "{}",
        lines.text()
    );
}

#[tokio::test]
async fn a_client_that_hangs_up_is_logged() {
    let (lines, _guard) = Lines::collect();
    let app = app(|_| ());
    let slow = post(&app, r#"{"query":"{ slow(ms: 5000) }"}"#, &[]);
    assert!(tokio::time::timeout(Duration::from_millis(50), slow).await.is_err());
    assert_eq!(lines.requests()[0]["message"], "the client did not wait");
}

#[tokio::test]
async fn secrets_of_the_connection_are_not_logged() {
    let (lines, _guard) = Lines::collect();
    get(&app(|_| ()), "/readyz", &[]).await;
    assert!(lines.text().contains("unavailable"), "{}", lines.text());
    assert!(!lines.text().contains("hunter2"), "{}", lines.text());
}
