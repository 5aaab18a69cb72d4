//! Changes that need no content: folders, the trash, records and signed links.

use crate::ask::record_of;
use crate::{Client, File, Folder, Link, Result, Share};
use http::Method;
use http::header::CONTENT_TYPE;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use url::Url;

/// The header that makes a request safe to send twice.
const ONCE: &str = "Idempotency-Key";

impl Client {
    /// Makes a folder, its parents included, if it is not there.
    ///
    /// # Errors
    /// What the server refuses, and [`crate::Error::Unreachable`]; so for every method here.
    pub async fn make_folder(&self, path: &str) -> Result<Folder> {
        let url = self.address().at(["v1", "folders"]);
        let body = json!({ "path": path, "or_existing": true });
        self.json(|| self.with_json(Method::POST, &url, &body)).await
    }

    /// Moves a file to the trash, or removes it for good.
    ///
    /// # Errors
    /// As [`Client::make_folder`].
    pub async fn remove(&self, id: &str, erase: bool) -> Result<()> {
        let mut url = self.address().at(["v1", "files", id]);
        if erase {
            url.query_pairs_mut().append_pair("erase", "true");
        }
        self.nothing(|| self.request(Method::DELETE, url.clone())).await
    }

    /// Moves a folder with everything in it to the trash.
    ///
    /// # Errors
    /// As [`Client::make_folder`].
    pub async fn remove_folder(&self, id: &str) -> Result<()> {
        let url = self.address().at(["v1", "folders", id]);
        self.nothing(|| self.request(Method::DELETE, url.clone())).await
    }

    /// Brings a file back from the trash.
    ///
    /// # Errors
    /// As [`Client::make_folder`].
    pub async fn restore(&self, id: &str) -> Result<File> {
        let (url, key) = (self.address().at(["v1", "files", id, "restore"]), key());
        self.json(|| self.request(Method::POST, url.clone()).header(ONCE, &key)).await
    }

    /// Puts a file on a record; doing it again changes nothing.
    ///
    /// # Errors
    /// As [`Client::make_folder`], and [`crate::Error::Address`] for a text that names no record.
    pub async fn link(&self, id: &str, record: &str) -> Result<Link> {
        let (kind, of) = record_of(record)?;
        let url = self.address().at(["v1", "records", kind, of, "files", id]);
        self.json(|| self.request(Method::PUT, url.clone())).await
    }

    /// Takes a file off a record; the file stays.
    ///
    /// # Errors
    /// As [`Client::link`].
    pub async fn unlink(&self, id: &str, record: &str) -> Result<()> {
        let (kind, of) = record_of(record)?;
        let url = self.address().at(["v1", "records", kind, of, "files", id]);
        self.nothing(|| self.request(Method::DELETE, url.clone())).await
    }

    /// Makes a signed link to a file, for so many seconds, or for as long as the server likes.
    ///
    /// # Errors
    /// As [`Client::make_folder`].
    pub async fn share(&self, id: &str, seconds: Option<u64>, download: bool) -> Result<Share> {
        let (url, key) = (self.address().at(["v1", "files", id, "links"]), key());
        let mut body = json!({ "download": download });
        if let Some(seconds) = seconds {
            body["expires_in"] = seconds.into();
        }
        self.json(|| self.with_json(Method::POST, &url, &body).header(ONCE, &key)).await
    }

    fn with_json(&self, method: Method, url: &Url, body: &Value) -> RequestBuilder {
        self.request(method, url.clone()).header(CONTENT_TYPE, "application/json").body(body.to_string())
    }
}

/// A name for one operation that nobody else uses.
pub(crate) fn key() -> String {
    let mut bytes = [0_u8; 16];
    // Without randomness there is no TLS either, so no request would get as far as this.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}
