//! Lists that come in pages.

use crate::{Client, Page, Result};
use http::Method;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use url::Url;

/// Items of one page: few enough to hold, many enough to go on for a while.
const LIMIT: &str = "250";

/// A list that is read page by page.
#[derive(Debug)]
pub struct Pages<'c, T> {
    client: &'c Client,
    url: Option<Url>,
    kind: PhantomData<fn() -> T>,
}

impl<'c, T: DeserializeOwned> Pages<'c, T> {
    /// The list at an address that has its filters, but no page.
    pub(crate) fn new(client: &'c Client, mut url: Url) -> Pages<'c, T> {
        url.query_pairs_mut().append_pair("limit", LIMIT);
        Pages { client, url: Some(url), kind: PhantomData }
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// What the server refuses, and [`crate::Error::Unreachable`].
    pub async fn next(&mut self) -> Result<Option<Vec<T>>> {
        let Some(url) = self.url.take() else { return Ok(None) };
        let page: Page<T> = self.client.json(|| self.client.request(Method::GET, url.clone())).await?;
        self.url = page.next_cursor.map(|cursor| with_cursor(url, &cursor));
        Ok(Some(page.items))
    }

    /// All that is left.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(items) = self.next().await? {
            all.extend(items);
        }
        Ok(all)
    }
}

fn with_cursor(mut url: Url, cursor: &str) -> Url {
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(name, _)| name != "cursor").collect();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair("cursor", cursor);
    url
}
