//! Messages of HTTP/1.1 as they lie on the wire: a head, and a body that is passed on as it comes.

use bytes::{Bytes, BytesMut};
use std::io::{Error, ErrorKind, Result};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Longest head that is taken, in bytes.
const HEAD_MAX: usize = 64 << 10;

/// Most bytes that are read at once.
const PIECE: usize = 32 << 10;

/// A connection with what was read of it and not used yet.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    read: BytesMut,
}

/// The head of a request or an answer.
pub(super) struct Head {
    /// As it came, with the empty line.
    pub(super) raw: Bytes,
    /// Its first line.
    first: String,
    /// Names in small letters.
    fields: Vec<(String, String)>,
}

/// What is left of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// So many bytes.
    Bytes(u64),
    /// Chunks, with their sizes before them.
    Chunks,
    /// Everything until the connection ends.
    UntilEnd,
}

impl Head {
    fn parse(raw: Bytes) -> Result<Head> {
        let text = std::str::from_utf8(&raw).map_err(|_| Error::from(ErrorKind::InvalidData))?;
        let mut lines = text.split("\r\n");
        let first = lines.next().unwrap_or_default().to_owned();
        let fields = lines.filter_map(|line| line.split_once(':'));
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Ok(Head { first, fields, raw })
    }

    /// A word of the first line.
    pub(super) fn word(&self, at: usize) -> &str {
        self.first.split(' ').nth(at).unwrap_or_default()
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the connection ends after this message.
    pub(super) fn closes(&self) -> bool {
        self.field("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// The body that a request with this head has.
    pub(super) fn request_body(&self) -> Rest {
        self.framed().unwrap_or(Rest::Bytes(0))
    }

    /// The body that an answer with this head has.
    pub(super) fn answer_body(&self, method: &str) -> Rest {
        let is_bare = method == "HEAD" || matches!(self.word(1), "204" | "304");
        if is_bare { Rest::Bytes(0) } else { self.framed().unwrap_or(Rest::UntilEnd) }
    }

    fn framed(&self) -> Option<Rest> {
        if self.field("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return Some(Rest::Chunks);
        }
        self.field("content-length").and_then(|value| value.parse().ok()).map(Rest::Bytes)
    }
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Wire {
        Wire { stream, read: BytesMut::new() }
    }

    /// The next head; `None` where the connection ends before it.
    pub(super) async fn head(&mut self) -> Result<Option<Head>> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                return Head::parse(self.read.split_to(end + 4).freeze()).map(Some);
            }
            if self.read.len() > HEAD_MAX {
                return Err(ErrorKind::InvalidData.into());
            }
            if self.more().await? == 0 {
                return if self.read.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// The next piece of a body; `None` once it is over.
    pub(super) async fn piece(&mut self, rest: &mut Rest) -> Result<Option<Bytes>> {
        match rest {
            Rest::Bytes(0) => Ok(None),
            Rest::Bytes(left) => {
                if self.read.is_empty() && self.more().await? == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                let len = usize::try_from(*left).unwrap_or(usize::MAX).min(self.read.len());
                *left -= len as u64;
                Ok(Some(self.read.split_to(len).freeze()))
            }
            Rest::Chunks => {
                let (piece, is_last) = self.chunk().await?;
                if is_last {
                    *rest = Rest::Bytes(0);
                }
                Ok(Some(piece))
            }
            Rest::UntilEnd => {
                if self.read.is_empty() && self.more().await? == 0 {
                    return Ok(None);
                }
                Ok(Some(self.read.split().freeze()))
            }
        }
    }

    /// One chunk with its frame, and whether it is the last one.
    async fn chunk(&mut self) -> Result<(Bytes, bool)> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n") {
                let line = std::str::from_utf8(&self.read[..end]).map_err(|_| Error::from(ErrorKind::InvalidData))?;
                let size = line.split(';').next().unwrap_or_default().trim();
                let size = usize::from_str_radix(size, 16).map_err(|_| Error::from(ErrorKind::InvalidData))?;
                // Stores send no trailers.
                let len = end + 2 + size + 2;
                while self.read.len() < len {
                    if self.more().await? == 0 {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                }
                return Ok((self.read.split_to(len).freeze(), size == 0));
            }
            if self.more().await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn more(&mut self) -> Result<usize> {
        self.read.reserve(PIECE);
        self.stream.read_buf(&mut self.read).await
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
