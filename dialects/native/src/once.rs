//! `Idempotency-Key`: a POST under a key is carried out once, and whoever repeats it gets the first answer.
//!
//! The key is taken before the handler runs. The request's fingerprint is computed while the handler reads the body, so
//! an upload is not held for it; the change and the key's mark are one commit in core.

use crate::error::Problem;
use crate::word::Word;
use crate::{Fail, Native, Site, convert, files, folders, upload};
use attache_core::{Answer as Standing, Caller, Core, Once, OnceKey, Put};
use attache_http::body::{self, Cap};
use attache_http::{Dialect, RequestInfo};
use attache_model::error::{Code, Shown};
use attache_model::id::FolderRef;
use attache_model::task::TaskResult;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::{CONTENT_TYPE, ETAG, HeaderName, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is the first one again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Headers that are kept with an answer.
const KEPT: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];
/// Largest answer that is kept, in bytes: that of the largest batch.
const ANSWER_MAX: usize = 4 << 20;

/// The key that a request holds, as a handler's argument; empty for a request without one.
#[derive(Clone, Default)]
pub(crate) struct Held(Option<Arc<Once>>);

impl Held {
    /// What a change is made under.
    pub(crate) fn once(&self) -> Option<&Once> {
        self.0.as_deref()
    }
}

impl<S: Sync> FromRequestParts<S> for Held {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Held, Infallible> {
        Ok(parts.extensions.get::<Held>().cloned().unwrap_or_default())
    }
}

/// A mark on answers that must not be kept because they hold a secret; says what a repetition is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unrepeatable(pub(crate) &'static str);

/// Surrounds every route; only a POST with a key is concerned.
pub(crate) async fn once(State(site): State<Site>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(&KEY) {
        return next.run(request).await;
    }
    match under_key(&site, request, next).await {
        Ok(answer) => answer,
        Err(error) => Fail::new(error).into_response(),
    }
}

async fn under_key(site: &Site, request: Request, next: Next) -> Result<Response> {
    let core = &site.core;
    let key = key(request.headers())?;
    let (parts, body) = request.into_parts();
    let credential = Native::credential(&parts)?.ok_or(Error::Unauthenticated(Shown::Nothing))?;
    let caller = core.admit(&credential).await?;
    let print = Print::of(&parts);
    match core.once(&caller, &key).await? {
        Standing::Fresh(once) => first(core, &caller, once, print, (parts, body), next).await,
        Standing::Kept { fingerprint, status, headers, body: kept } => {
            let again = print.whole(core, &parts.headers, body).await?;
            if again != fingerprint {
                let why = "the key was used for another request; make a new key for each operation";
                return Err(Error::refuse(Code::KeyReused, "Idempotency-Key", why));
            }
            replay(status, &headers, kept)
        }
        Standing::Committed(result) => {
            // The body is read although nothing of it counts any more, so that its sender hears the answer.
            print.whole(core, &parts.headers, body).await?;
            committed(site, &caller, result, parts.extensions.get::<MatchedPath>()).await
        }
    }
}

/// The answer of a first request whose change is committed and whose answer was lost, made again from what it came to.
async fn committed(site: &Site, caller: &Caller, result: TaskResult, route: Option<&MatchedPath>) -> Result<Response> {
    let view = site.core.view(caller)?;
    match (result, route.map(MatchedPath::as_str)) {
        (TaskResult::File(no), Some("/v1/files" | "/v1/records/{type}/{id}/files")) => {
            Ok(upload::answer(Put::Created(view.file(no).await?), &site.public))
        }
        (TaskResult::File(no), Some("/v1/files/{id}/restore")) => {
            Ok(files::answer(StatusCode::OK, &convert::file(&view.file(no).await?, &site.public)))
        }
        (TaskResult::Folder(no), Some("/v1/folders")) => {
            Ok(folders::answer(&view.folder(&FolderRef::No(no)).await?, &site.public))
        }
        (TaskResult::File(_) | TaskResult::Folder(_), _) => Err(Error::State {
            what: What::Route,
            why: "the first request under this key was carried out and its answer was lost; look at what it did".into(),
        }),
    }
}

/// The one key of a request.
fn key(headers: &HeaderMap) -> Result<OnceKey> {
    let fault = |why: &str| Error::malformed(Code::HeaderInvalid, "Idempotency-Key", why);
    let mut values = headers.get_all(&KEY).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => OnceKey::new(value.to_str().map_err(|_| fault("it is not plain ASCII text"))?),
        _ => Err(fault("the header was sent twice; send it once")),
    }
}

/// Carries the first request of a key out and keeps what came of it, if it succeeded. A key that is dropped on the way
/// (the client goes away, the handler fails) frees itself.
async fn first(
    core: &Core,
    caller: &Caller,
    once: Once,
    print: Print,
    (mut parts, body): (Parts, Body),
    next: Next,
) -> Result<Response> {
    let once = Arc::new(once);
    parts.extensions.insert(Held(Some(once.clone())));
    let body = Body::from_stream(print.clone().tap(body.into_data_stream()));
    let answer = next.run(Request::from_parts(parts, body)).await;
    // The handler and its request are gone, so this is the last one who holds the key.
    let once = Arc::into_inner(once).ok_or_else(|| Error::bug("an idempotency key outlives its request"))?;
    if !answer.status().is_success() {
        if let Err(error) = core.once_dropped(caller, once).await {
            tracing::warn!(%error, "the key of a refused request stays taken until its time is over");
        }
        return Ok(answer);
    }
    let (head, body) = answer.into_parts();
    let gathered = axum::body::to_bytes(body, ANSWER_MAX).await;
    let body = gathered.map_err(|error| Error::internal("gather an answer to keep", error))?;
    let answer = Response::from_parts(head, Body::from(body.clone()));
    let (status, headers, body) = kept(&answer, body);
    // A failure here takes nothing back: the change stands, and a repetition is told so.
    if let Err(error) = core.once_answered(caller, once, print.end(), status, headers, body).await {
        tracing::error!(%error, "the answer to a request with an idempotency key was not kept");
    }
    Ok(answer)
}

/// The answer that a repetition gets: status, headers in the form we keep them, body.
fn kept(answer: &Response, body: Bytes) -> (u16, String, Bytes) {
    if let Some(Unrepeatable(why)) = answer.extensions().get() {
        let problem = Problem::plain(Word::STATE, (*why).to_owned(), &RequestInfo::current().id);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        return (problem.status, "content-type: application/problem+json\n".to_owned(), body.into());
    }
    let lines = KEPT.iter().filter_map(|name| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        Some(format!("{name}: {value}\n"))
    });
    (answer.status().as_u16(), lines.collect(), body)
}

fn replay(status: u16, headers: &str, body: Bytes) -> Result<Response> {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).map_err(|_| Error::bug("a kept status is none"))?;
    for (name, value) in headers.lines().filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(answer)
}

/// The fingerprint of a request: SHA-256 of method, path, query and body, taken while the body passes.
#[derive(Clone)]
struct Print(Arc<Mutex<Sha256>>);

impl Print {
    fn of(parts: &Parts) -> Print {
        let mut state = Sha256::new();
        for text in [parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default()] {
            state.update((text.len() as u64).to_be_bytes());
            state.update(text);
        }
        Print(Arc::new(Mutex::new(state)))
    }

    fn update(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    fn end(&self) -> String {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        state.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A body on its way to a handler.
    fn tap<E>(self, chunks: impl Stream<Item = Result<Bytes, E>>) -> impl Stream<Item = Result<Bytes, E>> {
        chunks.inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                self.update(chunk);
            }
        })
    }

    /// The fingerprint of a request whose body nobody else reads, under the same guards as ever.
    async fn whole(self, core: &Core, headers: &HeaderMap, body: Body) -> Result<String> {
        let limits = core.limits();
        let mut chunks = body::stream(headers, body, Cap::multipart(limits), limits)?;
        while let Some(chunk) = chunks.next().await {
            self.update(&chunk.map_err(body::fault)?);
        }
        Ok(self.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    async fn print(method: &str, target: &str, chunks: &[&'static str]) -> String {
        let (parts, ()) = Request::builder().method(method).uri(target).body(()).unwrap().into_parts();
        let print = Print::of(&parts);
        let chunks: Vec<Result<Bytes, Infallible>> =
            chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
        print.clone().tap(stream::iter(chunks)).for_each(async |_| {}).await;
        print.end()
    }

    #[tokio::test]
    async fn the_same_request_has_the_same_fingerprint_however_its_body_is_cut() {
        assert_eq!(print("POST", "/a?b", &["cd", "e"]).await, print("POST", "/a?b", &["c", "de"]).await);
    }

    #[tokio::test]
    async fn another_method_path_query_or_body_has_another_fingerprint() {
        let first = print("POST", "/a?b", &["c"]).await;
        for (method, target, body) in
            [("PUT", "/a?b", "c"), ("POST", "/ab", "c"), ("POST", "/a?c", "c"), ("POST", "/a?b", "d")]
        {
            assert_ne!(first, print(method, target, &[body]).await, "{method} {target} {body}");
        }
    }

    #[test]
    fn a_kept_answer_comes_back_as_it_was() {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::CREATED;
        answer.headers_mut().insert(LOCATION, HeaderValue::from_static("https://a.example/v1/files/1"));
        let (status, headers, body) = kept(&answer, Bytes::from_static(b"{}"));
        let again = replay(status, &headers, body).unwrap();
        assert_eq!(again.status(), StatusCode::CREATED);
        assert_eq!(again.headers()[LOCATION], "https://a.example/v1/files/1");
        assert_eq!(again.headers()[REPLAYED], "true");
    }

    #[test]
    fn a_secret_is_never_kept() {
        let mut answer = Response::new(Body::empty());
        answer.extensions_mut().insert(Unrepeatable("it was shown once"));
        let (status, _, body) = kept(&answer, Bytes::from_static(b"att_secret"));
        assert_eq!(status, 409);
        assert!(!String::from_utf8_lossy(&body).contains("att_secret"));
    }

    #[test]
    fn two_keys_are_no_key() {
        let mut headers = HeaderMap::new();
        headers.append(KEY, HeaderValue::from_static("a"));
        assert!(key(&headers).is_ok());
        headers.append(KEY, HeaderValue::from_static("b"));
        assert!(key(&headers).is_err());
    }
}
