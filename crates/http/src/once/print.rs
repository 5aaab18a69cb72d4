//! What tells a repetition from another request.

use crate::body::{self, Cap};
use attache_model::Result;
use attache_model::limits::Limits;
use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use http::request::Parts;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};

/// The fingerprint of a request: SHA-256 of method, path, query, asker and body, taken while the body passes.
#[derive(Clone)]
pub(super) struct Print(Arc<Mutex<Sha256>>);

impl Print {
    /// Of a request whose body is still to come. An empty `asker` is left out.
    pub(super) fn of(parts: &Parts, asker: &str) -> Print {
        let mut state = Sha256::new();
        let head = [parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default(), asker];
        for text in &head[..if asker.is_empty() { 3 } else { 4 }] {
            state.update((text.len() as u64).to_be_bytes());
            state.update(text);
        }
        Print(Arc::new(Mutex::new(state)))
    }

    fn update(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    /// The fingerprint in hex, of what has passed.
    pub(super) fn end(&self) -> String {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        state.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A body on its way to a handler.
    pub(super) fn tap<E>(self, chunks: impl Stream<Item = Result<Bytes, E>>) -> impl Stream<Item = Result<Bytes, E>> {
        chunks.inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                self.update(chunk);
            }
        })
    }

    /// The fingerprint of a request whose body nobody else reads, under the same guards as ever.
    pub(super) async fn whole(self, limits: &Limits, cap: Cap, headers: &HeaderMap, body: Body) -> Result<String> {
        let mut chunks = body::stream(headers, body, cap, limits)?;
        while let Some(chunk) = chunks.next().await {
            self.update(&chunk.map_err(body::fault)?);
        }
        Ok(self.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::Request;
    use futures_util::stream;
    use std::convert::Infallible;

    async fn print(method: &str, target: &str, asker: &str, chunks: &[&'static str]) -> String {
        let (parts, ()) = Request::builder().method(method).uri(target).body(()).unwrap().into_parts();
        let print = Print::of(&parts, asker);
        let chunks: Vec<Result<Bytes, Infallible>> =
            chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
        print.clone().tap(stream::iter(chunks)).for_each(async |_| {}).await;
        print.end()
    }

    #[tokio::test]
    async fn the_same_request_has_the_same_fingerprint_however_its_body_is_cut() {
        assert_eq!(print("POST", "/a?b", "", &["cd", "e"]).await, print("POST", "/a?b", "", &["c", "de"]).await);
    }

    #[tokio::test]
    async fn another_method_path_query_asker_or_body_has_another_fingerprint() {
        let first = print("POST", "/a?b", "", &["c"]).await;
        for (method, target, asker, body) in [
            ("PUT", "/a?b", "", "c"),
            ("POST", "/ab", "", "c"),
            ("POST", "/a?c", "", "c"),
            ("POST", "/a?b", "1", "c"),
            ("POST", "/a?b", "", "d"),
        ] {
            assert_ne!(first, print(method, target, asker, &[body]).await, "{method} {target} {asker} {body}");
        }
    }

    #[tokio::test]
    async fn a_fingerprint_that_was_kept_by_an_older_release_still_fits() {
        let kept = "53b2b9b65fa763fd108373b4f45e90500835be43e7516c1467ea39aa1157b7f1";
        assert_eq!(print("POST", "/v1/files?name=a.txt", "", &["first"]).await, kept);
    }
}
