//! JSON bodies, which are read as JSON whatever type the client names: Kommo's own pages name a form's.

use super::types::Named;
use attache_http::body::{Cap, whole};
use attache_http::json::{Members, parse};
use attache_model::limits::Limits;
use attache_model::{Error, FileRef, Result};
use axum::body::Body;
use http::HeaderMap;
use serde::de::DeserializeOwned;

/// Most files in one batch.
pub(crate) const BATCH_MAX: usize = 250;

/// Reads a body.
///
/// # Errors
/// Those of [`whole`] and [`parse`].
pub(crate) async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<T> {
    let bytes = whole(headers, body, Cap::json(limits), limits).await?;
    parse(&bytes, "body", Members::LastWins, limits)
}

/// Reads a list of files, `[{"uuid": "..."}]`.
///
/// # Errors
/// `Invalid` for an empty list, one of more than [`BATCH_MAX`], and at the first item that is no uuid.
pub(crate) async fn files(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Vec<FileRef>> {
    let named: Vec<Named> = read(headers, body, limits).await?;
    if !(1..=BATCH_MAX).contains(&named.len()) {
        return Err(Error::invalid("body", format!("it must be a list of 1 to {BATCH_MAX} files")));
    }
    let file = |(at, named): (usize, Named)| match named.uuid.parse() {
        Ok(id) => Ok(FileRef::Id(id)),
        Err(_) => Err(Error::invalid(format!("{at}.uuid"), "it is no uuid")),
    };
    named.into_iter().enumerate().map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_files(json: String) -> Result<usize> {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        files(&headers, Body::from(json), &Limits::default()).await.map(|files| files.len())
    }

    fn list(len: usize) -> String {
        serde_json::to_string(&vec![serde_json::json!({"uuid": uuid::Uuid::nil(), "more": 1}); len]).unwrap()
    }

    #[tokio::test]
    async fn a_batch_has_1_to_250_files_whatever_type_it_is_sent_as() {
        assert_eq!(read_files(list(1)).await.unwrap(), 1);
        assert_eq!(read_files(list(BATCH_MAX)).await.unwrap(), BATCH_MAX);
        for bad in [list(0), list(BATCH_MAX + 1), "{}".to_owned(), "[{}]".to_owned(), "[".to_owned(), String::new()] {
            assert!(read_files(bad.clone()).await.is_err(), "{bad:.40}");
        }
    }

    #[tokio::test]
    async fn a_faulty_item_is_told_by_its_place() {
        let error = read_files(r#"[{"uuid":"00000000-0000-0000-0000-000000000000"},{"uuid":"x"}]"#.to_owned()).await;
        assert_eq!(error.unwrap_err().to_string(), "1.uuid: it is no uuid");
    }
}
