//! Content on its way down, from any byte on.

use crate::client::Fault;
use crate::patience::Patience;
use crate::{Client, Error, File, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{IF_RANGE, RANGE};
use http::{HeaderMap, Method, StatusCode};
use reqwest::Response;
use std::time::Duration;

/// How long nothing may come before a connection counts as dead.
const STALL: Duration = Duration::from_secs(60);

/// Content that comes.
#[derive(Debug)]
pub struct Fetch<'c> {
    client: &'c Client,
    answer: Response,
    from: u64,
}

impl Client {
    /// Fetches the content that a file had when it was looked at, from this byte on. What begins at another byte, because
    /// the server gives no part of it, says so: see [`Fetch::from`].
    ///
    /// # Errors
    /// What the server refuses, and [`Error::Unreachable`].
    pub async fn fetch(&self, file: &File, from: u64, patience: Patience) -> Result<Fetch<'_>> {
        let version = file.version.no.to_string();
        let url = self.address().at(["v1", "files", &file.id, "versions", &version, "content"]);
        let once = async || {
            let mut request = self.request(Method::GET, url.clone());
            if from > 0 {
                request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, &file.version.etag);
            }
            match tokio::time::timeout(STALL, self.once(request)).await {
                Ok(answer) => answer,
                Err(_) => Err(Fault::Passing { error: self.silent(), after: None }),
            }
        };
        let answer = self.repeat(patience, once).await?;
        let from = if answer.status() == StatusCode::PARTIAL_CONTENT { from } else { 0 };
        Ok(Fetch { client: self, answer, from })
    }

    fn silent(&self) -> Error {
        Error::Unreachable { url: self.address().to_string(), why: "it does not answer in time".into() }
    }
}

impl Fetch<'_> {
    /// The byte that it begins with.
    pub fn from(&self) -> u64 {
        self.from
    }

    /// The SHA-256 of the whole content that the server tells with it, in hex.
    pub fn sha256(&self) -> Option<String> {
        repr_digest(self.answer.headers())
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when it breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        match tokio::time::timeout(STALL, self.answer.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| self.client.unreachable(&error)),
            Err(_) => Err(self.client.silent()),
        }
    }
}

/// The `sha-256` of `Repr-Digest` (RFC 9530), in hex.
fn repr_digest(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("repr-digest")?.to_str().ok()?;
    let value = text.split(',').find_map(|part| part.trim().strip_prefix("sha-256=:"))?;
    let bytes = STANDARD.decode(value.strip_suffix(':')?).ok()?;
    (bytes.len() == 32).then(|| hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        repr_digest(&HeaderMap::from_iter([("repr-digest".parse().unwrap(), value.parse().unwrap())]))
    }

    #[test]
    fn the_digest_of_the_content_is_read() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let line = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
        assert_eq!(read(line).as_deref(), Some(empty));
        assert_eq!(read(&format!("md5=:AA==:, {line}")).as_deref(), Some(empty));
        assert_eq!(read("sha-256=:AA==:"), None);
        assert_eq!(read("md5=:AA==:"), None);
    }
}
