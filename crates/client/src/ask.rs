//! Questions: the account, files, folders, and what is on records.

use crate::{Client, Error, File, Folder, LinkedFile, Pages, Result};
use http::Method;
use serde_json::Value;

impl Client {
    /// The account of the token, as the server shows it.
    ///
    /// # Errors
    /// What the server refuses, and [`Error::Unreachable`]; so for every method here.
    pub async fn account(&self) -> Result<Value> {
        let url = self.address().at(["v1", "account"]);
        self.json(|| self.request(Method::GET, url.clone())).await
    }

    /// The file with this id or number.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn file(&self, id: &str) -> Result<File> {
        let url = self.address().at(["v1", "files", id]);
        self.json(|| self.request(Method::GET, url.clone())).await
    }

    /// The file at this path.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn file_at(&self, path: &str) -> Result<File> {
        let url = self.address().at(["v1", "files", "by-path"].into_iter().chain(names(path)));
        self.json(|| self.request(Method::GET, url.clone())).await
    }

    /// The folder at this path; `/` is the root.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn folder_at(&self, path: &str) -> Result<Folder> {
        let url = match names(path).next() {
            Some(_) => self.address().at(["v1", "folders", "by-path"].into_iter().chain(names(path))),
            None => self.address().at(["v1", "folders", "0"]),
        };
        self.json(|| self.request(Method::GET, url.clone())).await
    }

    /// Files for which all filters hold; the names are those of `GET /v1/files`.
    pub fn files(&self, filters: &[(&str, String)]) -> Pages<'_, File> {
        let mut url = self.address().at(["v1", "files"]);
        url.query_pairs_mut().extend_pairs(filters);
        Pages::new(self, url)
    }

    /// Files in the trash for which all filters hold, the last one first unless a filter says otherwise.
    pub fn trash(&self, filters: &[(&str, String)]) -> Pages<'_, File> {
        let mut url = self.address().at(["v1", "trash"]);
        url.query_pairs_mut().extend_pairs(filters);
        Pages::new(self, url)
    }

    /// The folders right in the one of this number, by name.
    pub fn folders_in(&self, parent: i64) -> Pages<'_, Folder> {
        let mut url = self.address().at(["v1", "folders"]);
        url.query_pairs_mut().append_pair("parent_id", &parent.to_string()).append_pair("sort", "name");
        Pages::new(self, url)
    }

    /// The files on a record such as `contact/42`, the last one first.
    ///
    /// # Errors
    /// [`Error::Address`] for a text that names no record.
    pub fn files_on(&self, record: &str) -> Result<Pages<'_, LinkedFile>> {
        let (kind, id) = record_of(record)?;
        Ok(Pages::new(self, self.address().at(["v1", "records", kind, id, "files"])))
    }
}

/// The names in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty())
}

/// Type and id of a record.
///
/// # Errors
/// [`Error::Address`] that shows how a record is written.
pub(crate) fn record_of(text: &str) -> Result<(&str, &str)> {
    match text.split_once('/') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Ok((kind, id)),
        _ => Err(Error::Address(format!("'{text}' names no record; it looks like contact/42"))),
    }
}
