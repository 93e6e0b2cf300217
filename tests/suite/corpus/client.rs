//! A client that keeps one connection to a GraphQL server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

/// A connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects to `host:port`.
    pub(crate) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a server that accepts connections");
        stream.set_nodelay(true).expect("a socket without delay");
        Self { stream: BufReader::new(stream) }
    }

    /// The response to an operation of a document.
    pub(crate) fn send(
        &mut self,
        document: &str,
        operation: Option<&str>,
        variables: &Value,
    ) -> Value {
        let body = json!({
            "query": document, "operationName": operation, "variables": variables,
        });
        let body = body.to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len(),
        );
        self.stream.get_mut().write_all(request.as_bytes()).expect("a request that is sent");
        self.answer().unwrap_or_else(|error| panic!("{error}\n{document}\n{variables}"))
    }

    fn answer(&mut self) -> Result<Value, String> {
        let mut length = None;
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line).map_err(|error| error.to_string())?;
            let line = line.trim_end();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
            if read == 0 || line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length.ok_or("an answer without a length")?];
        self.stream.read_exact(&mut body).map_err(|error| error.to_string())?;
        serde_json::from_slice(&body)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&body)))
    }
}
