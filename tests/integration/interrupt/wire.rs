//! Requests by hand, so that a connection can be cut, left hanging or not listened to at any byte.

use std::collections::BTreeMap;
use std::fmt::Display;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request to be sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// A connection, and what of its request was not sent.
#[derive(Debug)]
pub(super) struct Sent {
    stream: TcpStream,
    rest: Vec<u8>,
    is_head: bool,
}

impl Request {
    pub(super) fn with(mut self, name: &'static str, value: impl Display) -> Request {
        self.headers.push((name, value.to_string()));
        self
    }

    pub(super) fn body(self, body: impl Into<Vec<u8>>) -> Request {
        Request { body: body.into(), ..self }
    }

    /// Sends it with at most `most` bytes of its body; `None` when there is nobody.
    pub(super) async fn send(&self, server: &str, most: usize) -> Option<Sent> {
        let host = server.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.ok()?;
        let (first, rest) = self.body.split_at(most.min(self.body.len()));
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        // A server that refuses closes before all is sent; its answer may be there.
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(first).await;
        Some(Sent { stream, rest: rest.to_vec(), is_head: self.method == "HEAD" })
    }
}

impl Sent {
    /// The answer; `None` when it does not come whole.
    pub(super) async fn answer(mut self) -> Option<Reply> {
        let mut came = Vec::new();
        let end = self.stream.read_to_end(&mut came).await;
        let reply = parse(&came)?;
        let whole = reply.headers.get("content-length").is_none_or(|len| len.parse() == Ok(reply.body.len()));
        (self.is_head || (end.is_ok() && whole)).then_some(reply)
    }

    /// Waits until the answer begins, or the connection ends.
    pub(super) async fn first_byte(&mut self) {
        let mut byte = [0];
        let _ = self.stream.peek(&mut byte).await;
    }

    /// Sends the rest, long after, and gives the answer.
    pub(super) async fn rise(mut self) -> Option<Reply> {
        let rest = std::mem::take(&mut self.rest);
        let _ = self.stream.write_all(&rest).await;
        self.answer().await
    }
}

fn parse(came: &[u8]) -> Option<Reply> {
    let end = came.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&came[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Some(Reply { status, headers, body: came[end + 4..].to_vec() })
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
