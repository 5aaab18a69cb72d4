//! `Idempotency-Key`: a POST under a key is carried out once, and whoever repeats it gets the first answer.
//!
//! The key is taken before the handler runs. The request's fingerprint is computed while the handler reads the body, so
//! an upload is not held for it; the change and the key's mark are one commit in core.

mod print;
#[cfg(test)]
mod tests;

use crate::body::Cap;
use crate::dialect::{Dialect, Fail};
use crate::extract::admit;
use crate::request::RequestInfo;
use attache_core::{Answer as Standing, Caller, Core, Once, OnceKey};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::task::TaskResult;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::{FromRef, MatchedPath, Request, State};
use axum::handler::Handler;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, ETAG, HeaderName, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body::Body as _;
use print::Print;
use std::marker::PhantomData;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is the first one again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Headers that are kept with an answer.
const KEPT: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];
/// Largest answer that is kept, in bytes: that of the largest batch.
const ANSWER_MAX: u64 = 4 << 20;

/// A dialect whose POSTs may be made under a key. `S` is what its handlers work with.
pub trait Repeatable<S>: Dialect {
    /// The answer of a first request whose change is committed and whose answer was lost, made again from what it came
    /// to. `route` is the path of the request as the router has it.
    ///
    /// # Errors
    /// [`lost`] for a route whose answer cannot be made again, and whatever keeps the caller from what was made.
    fn again(
        state: &S,
        caller: &Caller,
        came_to: TaskResult,
        route: &str,
    ) -> impl Future<Output = Result<Response>> + Send;

    /// The answer to whoever repeats a request whose answer held a secret. The default is the envelope of an
    /// [`Error::State`].
    fn unrepeatable(why: &'static str, request: &RequestInfo) -> Response {
        Self::envelope(&Error::State { what: What::Route, why: why.to_owned() }, request)
    }

    /// The most bytes that the body of a repetition may have.
    fn cap(limits: &Limits) -> Cap {
        Cap::multipart(limits)
    }

    /// What of its caller belongs to a request, beyond the account: a repetition with another of these is another
    /// request. Nothing where every caller of an account would get the same answer.
    fn asker(caller: &Caller) -> String {
        let _ = caller;
        String::new()
    }
}

/// A mark on answers that must not be kept because they hold a secret; says what a repetition is told.
#[derive(Clone, Copy, Debug)]
pub struct Unrepeatable(pub &'static str);

/// The error of a repetition that cannot be answered, although what it asks for was done.
pub fn lost() -> Error {
    let why = "the first request under this key was carried out and its answer was lost; look at what it did";
    Error::State { what: What::Route, why: why.to_owned() }
}

/// Surrounds all routes of a dialect; only a POST with a key is concerned.
pub async fn around<D, S>(State(state): State<S>, request: Request, next: Next) -> Response
where
    D: Repeatable<S>,
    S: Send + Sync,
    Core: FromRef<S>,
{
    answer::<D, S, _>(&state, request, |request| next.run(request)).await
}

/// One handler of POSTs that may be made under a key, for a dialect that takes keys on some routes alone.
pub fn keyed<D, H>(handler: H) -> Keyed<D, H> {
    Keyed(handler, PhantomData)
}

/// What [`keyed`] makes.
pub struct Keyed<D, H>(H, PhantomData<fn() -> D>);

impl<D, H: Clone> Clone for Keyed<D, H> {
    fn clone(&self) -> Keyed<D, H> {
        Keyed(self.0.clone(), PhantomData)
    }
}

impl<D, H> std::fmt::Debug for Keyed<D, H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyed").finish_non_exhaustive()
    }
}

impl<D, S, T, H> Handler<(T,), S> for Keyed<D, H>
where
    D: Repeatable<S>,
    S: Clone + Send + Sync + 'static,
    H: Handler<T, S>,
    Core: FromRef<S>,
{
    type Future = BoxFuture<'static, Response>;

    fn call(self, request: Request, state: S) -> BoxFuture<'static, Response> {
        Box::pin(async move {
            let handler_state = state.clone();
            answer::<D, S, _>(&state, request, |request| self.0.call(request, handler_state)).await
        })
    }
}

async fn answer<D, S, F>(state: &S, request: Request, next: impl FnOnce(Request) -> F + Send) -> Response
where
    D: Repeatable<S>,
    S: Sync,
    F: Future<Output = Response> + Send,
    Core: FromRef<S>,
{
    if request.method() != Method::POST || !request.headers().contains_key(&KEY) {
        return next(request).await;
    }
    under_key::<D, S, F>(state, request, next).await.unwrap_or_else(|error| Fail::<D>::new(error).into_response())
}

async fn under_key<D, S, F>(state: &S, request: Request, next: impl FnOnce(Request) -> F + Send) -> Result<Response>
where
    D: Repeatable<S>,
    S: Sync,
    F: Future<Output = Response> + Send,
    Core: FromRef<S>,
{
    let core = &Core::from_ref(state);
    let key = key(request.headers())?;
    let (parts, body) = request.into_parts();
    let caller = admit::<D>(core, &parts).await?;
    let print = Print::of(&parts, &D::asker(&caller));
    match core.once(&caller, &key).await? {
        Standing::Fresh(once) => first::<D, S, F>(core, &caller, once, print, (parts, body), next).await,
        Standing::Kept { fingerprint, status, headers, body: kept } => {
            let again = print.whole(core.limits(), D::cap(core.limits()), &parts.headers, body).await?;
            if again != fingerprint {
                let why = "the key was used for another request; make a new key for each operation";
                return Err(Error::refuse(Code::KeyReused, "Idempotency-Key", why));
            }
            replay(status, &headers, kept)
        }
        Standing::Committed(came_to) => {
            // The body is read although nothing of it counts any more, so that its sender hears the answer.
            print.whole(core.limits(), D::cap(core.limits()), &parts.headers, body).await?;
            let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
            D::again(state, &caller, came_to.ok_or_else(lost)?, route).await
        }
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
async fn first<D, S, F>(
    core: &Core,
    caller: &Caller,
    once: Once,
    print: Print,
    (parts, body): (Parts, Body),
    next: impl FnOnce(Request) -> F,
) -> Result<Response>
where
    D: Repeatable<S>,
    F: Future<Output = Response>,
{
    let body = Body::from_stream(print.clone().tap(body.into_data_stream()));
    let answer = once.hold(next(Request::from_parts(parts, body))).await?;
    attache_point::fail_point!("http.keeping_answer");
    if !answer.status().is_success() {
        if let Err(error) = core.once_dropped(caller, once).await {
            tracing::warn!(%error, "the key of a refused request stays taken until its time is over");
        }
        return Ok(answer);
    }
    if !is_keepable(&answer) {
        // What was done stays marked under the key, and a repetition's answer is made again from it.
        return Ok(answer);
    }
    let (answer, kept) = kept::<D, S>(answer).await?;
    // A failure here takes nothing back: the change stands, and a repetition is told so.
    let (status, headers, body) = kept;
    if let Err(error) = core.once_answered(caller, once, print.end(), status, headers, body).await {
        tracing::error!(%error, "the answer to a request with an idempotency key was not kept");
    }
    Ok(answer)
}

/// Whether an answer is whole and small; one that holds a file's content is neither.
fn is_keepable(answer: &Response) -> bool {
    answer.body().size_hint().upper().is_some_and(|len| len <= ANSWER_MAX)
}

/// What is kept of an answer: status, headers in the form we keep them, body.
type Kept = (u16, String, Bytes);

/// An answer, and what a repetition gets in its place.
async fn kept<D, S>(answer: Response) -> Result<(Response, Kept)>
where
    D: Repeatable<S>,
{
    let (answer, body) = gathered(answer).await?;
    let Some(Unrepeatable(why)) = answer.extensions().get() else {
        let kept = (answer.status().as_u16(), lines(&answer), body);
        return Ok((answer, kept));
    };
    let (told, body) = gathered(D::unrepeatable(why, &RequestInfo::current())).await?;
    Ok((answer, (told.status().as_u16(), lines(&told), body)))
}

/// An answer with its body beside it.
async fn gathered(answer: Response) -> Result<(Response, Bytes)> {
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let body = body.map_err(|error| Error::internal("gather an answer to keep", error))?;
    Ok((Response::from_parts(head, Body::from(body.clone())), body))
}

fn lines(answer: &Response) -> String {
    let lines = KEPT.iter().filter_map(|name| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        Some(format!("{name}: {value}\n"))
    });
    lines.collect()
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
