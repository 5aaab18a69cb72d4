//! Uploads by tus: opened once, sent in pieces, gone on with where the server says that they are.

use crate::client::Fault;
use crate::gauge::Gauge;
use crate::patience::Patience;
use crate::put::NewFile;
use crate::{Client, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method};
use reqwest::{Body, RequestBuilder};
use std::time::Duration;

/// How long nothing may move before a connection counts as dead.
const STALL: Duration = Duration::from_secs(60);

/// An upload that the server has opened, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadAt {
    /// Its id.
    pub id: String,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that the server has; where the next one belongs.
    pub offset: u64,
    /// The id of the file that it has become.
    pub file: Option<String>,
}

impl Client {
    /// Opens an upload of so many bytes; `None` where nobody knows yet.
    ///
    /// # Errors
    /// What the server refuses, and [`Error::Unreachable`]; so for every method here.
    pub async fn open_upload(&self, new: &NewFile, len: Option<u64>) -> Result<UploadAt> {
        let (url, metadata) = (self.address().at(["v1", "uploads"]), metadata(new));
        let once = async || {
            let request = self.tus(Method::POST, url.clone()).header("Upload-Metadata", &metadata).timeout(STALL);
            // An upload that was opened and whose answer was lost ends by itself, so this may be sent twice.
            let answer = self.once(match len {
                Some(len) => request.header("Upload-Length", len),
                None => request.header("Upload-Defer-Length", "1"),
            });
            let answer = answer.await?;
            let place = text(answer.headers(), LOCATION.as_str()).unwrap_or_default();
            // The server may know itself by another address than we do, so its id alone counts.
            match place.rsplit('/').next() {
                Some(id) if !id.is_empty() => Ok(UploadAt { id: id.to_owned() }),
                _ => Err(Fault::Final(self.foreign(&"it opened an upload and does not say where"))),
            }
        };
        self.repeat(Patience::SHORT, once).await
    }

    /// How far an upload is.
    ///
    /// # Errors
    /// As [`Client::open_upload`]; one that is over is `not_found` or `gone`.
    pub async fn upload_at(&self, at: &UploadAt) -> Result<Progress> {
        self.repeat(Patience::LONG, async || self.look(at).await).await
    }

    async fn look(&self, at: &UploadAt) -> Result<Progress, Fault> {
        let request = self.tus(Method::HEAD, self.address().at(["v1", "uploads", &at.id]));
        let answer = self.once(request.timeout(STALL)).await?;
        self.progress(answer.headers())
    }

    /// Sends the bytes from `offset` on; `ends` tells the whole length with
    /// the last of them. When a connection breaks it is asked where the upload is, and the answer tells where to go on;
    /// that may be before or behind the end of these bytes.
    ///
    /// # Errors
    /// As [`Client::open_upload`].
    pub async fn append(
        &self,
        at: &UploadAt,
        offset: u64,
        ends: Option<u64>,
        gauge: &Gauge,
        body: Body,
    ) -> Result<Progress> {
        let url = self.address().at(["v1", "uploads", &at.id]);
        let request = self.tus(Method::PATCH, url).header("Upload-Offset", offset);
        let request = request.header(CONTENT_TYPE, "application/offset+octet-stream").body(body);
        let request = match ends {
            Some(len) => request.header("Upload-Length", len),
            None => request,
        };
        let sent = unless_stalled(self, gauge, self.once(request)).await;
        match sent.and_then(|answer| self.progress(answer.headers())) {
            Ok(progress) => Ok(progress),
            Err(Fault::Passing { .. }) => self.upload_at(at).await,
            // The server is elsewhere than we believed; only it knows.
            Err(Fault::Final(error)) if error.is("offset_mismatch") || error.is("superseded") => {
                self.upload_at(at).await
            }
            Err(Fault::Final(error)) => Err(error),
        }
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// As [`Client::open_upload`].
    pub async fn end_upload(&self, at: &UploadAt) -> Result<()> {
        let url = self.address().at(["v1", "uploads", &at.id]);
        self.nothing(|| self.tus(Method::DELETE, url.clone())).await
    }

    fn tus(&self, method: Method, url: url::Url) -> RequestBuilder {
        self.request(method, url).header("Tus-Resumable", "1.0.0")
    }

    fn progress(&self, headers: &HeaderMap) -> Result<Progress, Fault> {
        let offset = text(headers, "upload-offset").and_then(|text| text.parse().ok());
        let offset = offset.ok_or_else(|| Fault::Final(self.foreign(&"it does not say how far an upload is")))?;
        Ok(Progress { offset, file: text(headers, "attache-file").map(str::to_owned) })
    }
}

/// What is said of a file in `Upload-Metadata`.
fn metadata(new: &NewFile) -> String {
    let mut pairs = vec![("filename", new.name.clone()), ("on_conflict", new.conflict.word().to_owned())];
    if !new.folder.trim_matches('/').is_empty() {
        pairs.push(("folder", new.folder.clone()));
    }
    if !new.records.is_empty() {
        pairs.push(("record", new.records.join(",")));
    }
    let pairs = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Waits for something as long as the gauge moves: a slow network takes its time, a dead one is noticed.
pub(crate) async fn unless_stalled<T>(
    client: &Client,
    gauge: &Gauge,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let mut work = std::pin::pin!(work);
    let mut seen = gauge.at();
    loop {
        if let Ok(done) = tokio::time::timeout(STALL, work.as_mut()).await {
            return done;
        }
        if gauge.at() == seen {
            let why = "it does not answer in time".into();
            let error = Error::Unreachable { url: client.address().to_string(), why };
            return Err(Fault::Passing { error, after: None });
        }
        seen = gauge.at();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Conflict;

    #[test]
    fn everything_about_a_file_goes_into_its_metadata() {
        let new = NewFile {
            name: "a b.txt".into(),
            folder: "/x".into(),
            records: vec!["contact/42".into(), "deal/7".into()],
            conflict: Conflict::Number,
        };
        let pairs: Vec<(String, String)> = metadata(&new)
            .split(',')
            .map(|pair| {
                let (key, value) = pair.split_once(' ').unwrap();
                (key.to_owned(), String::from_utf8(STANDARD.decode(value).unwrap()).unwrap())
            })
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [("filename", "a b.txt"), ("on_conflict", "number"), ("folder", "/x"), ("record", "contact/42,deal/7")]
        );
    }
}
