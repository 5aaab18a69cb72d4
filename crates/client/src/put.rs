//! A file in one request.

use crate::change::key;
use crate::client::Fault;
use crate::gauge::Gauge;
use crate::patience::Patience;
use crate::piece::Piece;
use crate::upload::unless_stalled;
use crate::{Client, File, Result};
use bytes::Bytes;
use http::{Method, StatusCode};
use reqwest::Body;
use std::sync::Arc;
use url::Url;

/// What happens when the name is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conflict {
    /// It is refused.
    #[default]
    Refuse,
    /// `lease.pdf` becomes `lease-1.pdf`.
    Number,
    /// As `Number`, and the file still shows the name that it was given.
    Title,
    /// The file that is there goes to the trash.
    Replace,
    /// The file that is there gets a new version.
    Version,
}

impl Conflict {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Conflict::Refuse => "refuse",
            Conflict::Number => "number",
            Conflict::Title => "title",
            Conflict::Replace => "replace",
            Conflict::Version => "version",
        }
    }
}

/// Where a new file goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewFile {
    /// Its name with extension.
    pub name: String,
    /// Path of its folder, which is made when it is missing.
    pub folder: String,
    /// Records that it is put on.
    pub records: Vec<String>,
    /// What happens when the name is taken.
    pub conflict: Conflict,
}

/// What became of a put.
#[derive(Clone, Debug, PartialEq)]
pub enum Put {
    /// A new file.
    Created(File),
    /// A new version of a file that was there.
    Versioned(File),
}

impl Put {
    /// The file.
    pub fn file(&self) -> &File {
        match self {
            Put::Created(file) | Put::Versioned(file) => file,
        }
    }
}

impl Client {
    /// Puts the first `len` bytes of an open file in. Its SHA-256, in hex, goes along: what arrives otherwise is refused.
    ///
    /// # Errors
    /// What the server refuses, and [`crate::Error::Unreachable`] when it stays away.
    pub async fn put(
        &self,
        new: &NewFile,
        content: &Arc<std::fs::File>,
        len: u64,
        sha256: &str,
        gauge: &Gauge,
    ) -> Result<Put> {
        let body = || Body::wrap(Piece::new(content.clone(), 0, len, gauge.clone()));
        self.put_body(new, sha256, body, gauge).await
    }

    /// Puts bytes in that are in memory.
    ///
    /// # Errors
    /// As [`Client::put`].
    pub async fn put_bytes(&self, new: &NewFile, content: &Bytes, sha256: &str, gauge: &Gauge) -> Result<Put> {
        let put = self.put_body(new, sha256, || Body::from(content.clone()), gauge).await?;
        gauge.set(content.len() as u64);
        Ok(put)
    }

    async fn put_body(&self, new: &NewFile, sha256: &str, body: impl Fn() -> Body, gauge: &Gauge) -> Result<Put> {
        let (url, key) = (self.put_url(new, sha256), key());
        let once = async || {
            let request = self.request(Method::POST, url.clone()).header("Idempotency-Key", &key).body(body());
            let answer = unless_stalled(self, gauge, self.once(request)).await?;
            let is_new = answer.status() == StatusCode::CREATED;
            let json = answer.bytes().await.map_err(|error| self.broken(&error))?;
            let file: File = serde_json::from_slice(&json).map_err(|error| Fault::Final(self.foreign(&error)))?;
            Ok(if is_new { Put::Created(file) } else { Put::Versioned(file) })
        };
        self.repeat(Patience::SHORT, once).await
    }

    fn put_url(&self, new: &NewFile, sha256: &str) -> Url {
        let mut url = self.address().at(["v1", "files"]);
        let mut query = url.query_pairs_mut();
        query.append_pair("name", &new.name).append_pair("folder", &new.folder);
        query.append_pair("on_conflict", new.conflict.word()).append_pair("sha256", sha256);
        for record in &new.records {
            query.append_pair("record", record);
        }
        drop(query);
        url
    }
}
