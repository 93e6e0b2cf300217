//! A client that costs little: it shares its processors with what it measures.
//!
//! HTTP/1.1 over connections that stay open, with requests that are made before the clock runs.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use bytes::{Buf, BytesMut};
use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes()
}

/// A POST request with a JSON body.
pub(crate) fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: TcpStream,
    read: BytesMut,
    body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: BytesMut::with_capacity(64 * 1024), body: Vec::new() })
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        let (status, length) = loop {
            if let Some(head) = head(&mut self.read)? {
                break head;
            }
            self.fill().await?;
        };
        self.body.clear();
        match length {
            Some(length) => self.take(length).await?,
            None => self.take_chunks().await?,
        }
        Ok((status, &self.body))
    }

    /// Moves bytes to the body.
    async fn take(&mut self, length: usize) -> Result<()> {
        self.body.reserve(length);
        while self.read.len() < length {
            self.fill().await?;
        }
        self.body.extend_from_slice(&self.read[..length]);
        self.read.advance(length);
        Ok(())
    }

    async fn take_chunks(&mut self) -> Result<()> {
        loop {
            let end = loop {
                match memmem::find(&self.read, b"\r\n") {
                    Some(end) => break end,
                    None => self.fill().await?,
                }
            };
            let line = str::from_utf8(&self.read[..end])?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).context("a chunk has no size")?;
            self.read.advance(end + 2);
            self.take(size).await?;
            while self.read.len() < 2 {
                self.fill().await?;
            }
            self.read.advance(2);
            if size == 0 {
                return Ok(());
            }
        }
    }

    async fn fill(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.read).await?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

/// Takes the head of an answer: its status, and the length of its body unless that is chunked.
fn head(read: &mut BytesMut) -> Result<Option<(u16, Option<usize>)>> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(size) = response.parse(read)? else { return Ok(None) };
    let status = response.code.unwrap_or_default();
    let find = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.and_then(|header| str::from_utf8(header.value).ok())
    };
    let length = match (find("content-length"), find("transfer-encoding")) {
        (Some(length), _) => Some(length.trim().parse().context("content-length is no number")?),
        (None, Some(encoding)) if encoding.eq_ignore_ascii_case("chunked") => None,
        _ => bail!("an answer tells neither its length nor that it comes in chunks"),
    };
    read.advance(size);
    Ok(Some((status, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_an_answer_is_taken() {
        let mut read = BytesMut::from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        assert_eq!(head(&mut read).unwrap(), Some((200, Some(5))));
        assert_eq!(&read[..], b"hello");
        let mut read = BytesMut::from("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n");
        assert_eq!(head(&mut read).unwrap(), Some((500, None)));
        assert_eq!(head(&mut BytesMut::from("HTTP/1.1 20")).unwrap(), None);
        assert!(head(&mut BytesMut::from("HTTP/1.1 200 OK\r\n\r\n")).is_err());
    }
}
