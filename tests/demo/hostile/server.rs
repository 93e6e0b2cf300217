//! The server as a process of its own, and what it answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

/// The server, until this is dropped.
pub(super) struct Server {
    process: Child,
    address: String,
}

/// An answer, in parts.
pub(super) struct Answer {
    pub(super) status: u16,
    /// `extensions.code` of the first error.
    pub(super) code: Option<String>,
    /// Message of the first error.
    pub(super) message: Option<String>,
    pub(super) length: usize,
    body: Value,
}

impl Server {
    /// Starts the program with settings, and waits until it listens.
    pub(super) fn start(database_url: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_demo-server"));
        command.env_clear().env("DATABASE_URL", database_url).env("LISTEN_ADDR", "127.0.0.1:0");
        command.env("LOG", "info,server::request=off").envs(settings.iter().copied());
        let mut process = command.stderr(Stdio::piped()).spawn().expect("the server starts");
        let log = BufReader::new(process.stderr.take().expect("its log"));
        let mut lines = log.lines().map_while(Result::ok);
        let address = lines.find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split_once("/graphql")?.0.to_owned())
        });
        // Somebody has to read on, or the server waits.
        thread::spawn(move || lines.for_each(drop));
        Self { process, address: address.expect("the server says where it listens") }
    }

    /// The answer to a document.
    pub(super) fn query(&self, query: &str, variables: &Value) -> Answer {
        self.post(json!({"query": query, "variables": variables}).to_string().as_bytes())
    }

    /// The answer to a body.
    pub(super) fn post(&self, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             accept: application/graphql-response+json\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n",
            body.len(),
        );
        // A body that is too large is refused before its end, and then nobody reads it.
        let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        assert!(!answer.is_empty(), "no answer: {sent:?} {read:?}");
        Answer::of(&answer)
    }

    /// The most memory that the process has had, in bytes; zero where nobody counts.
    pub(super) fn peak_memory(&self) -> usize {
        let path = format!("/proc/{}/status", self.process.id());
        let Ok(status) = std::fs::read_to_string(path) else { return 0 };
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kilobytes.and_then(|text| text.trim().parse::<usize>().ok()).map_or(0, |kb| kb << 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Answer {
    fn of(answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&answer[..end]);
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("a status");
        let bytes = &answer[end + 4..];
        let body: Value = serde_json::from_slice(bytes).unwrap_or_else(|error| {
            panic!("not JSON: {error}: {:.300}", String::from_utf8_lossy(bytes))
        });
        // Of a batch, the last answer.
        let last = body.as_array().and_then(|answers| answers.last()).unwrap_or(&body);
        let error = &last["errors"][0];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (code, message) = (text(&error["extensions"]["code"]), text(&error["message"]));
        Self { status, code, message, length: bytes.len(), body }
    }

    /// What was asked for.
    pub(super) fn data(self) -> Value {
        assert_eq!((self.status, &self.code), (200, &None), "{}", self.brief());
        self.body["data"].clone()
    }

    /// Its beginning, for people.
    pub(super) fn brief(&self) -> String {
        format!("{:.600}", self.body.to_string())
    }
}
