//! One log line and one set of counts per request, from its head to the last byte of its answer; and the net under
//! handlers that panic.

use crate::dialect::{Dialect, Fail, Failed, Unknown};
use crate::listen::Sender;
use crate::metric::{Metrics, Outcome};
use crate::request::{REQUEST_ID, RequestInfo};
use attache_core::Errand;
use attache_model::Error;
use attache_model::error::Cause;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, StatusCode};
use http_body::{Frame, SizeHint};
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

/// The words of errors that are refusals to somebody (of a credential, of a scope, of a link, of an address to fetch, of an erase
/// under legal hold), with the word that the audit log has for each: a vendor's may say the same.
const REFUSALS: [(&str, &str); 10] = [
    ("unauthenticated", "unauthenticated"),
    ("authentication", "unauthenticated"),
    ("missing_scope", "missing_scope"),
    ("authorization", "missing_scope"),
    ("held", "held"),
    ("cross_site", "cross_site"),
    ("expired", "expired"),
    ("forged", "forged"),
    ("url_refused", "url_refused"),
    ("too_many_tries", "too_many_tries"),
];

/// Surrounds every request of dialect `D`; [`crate::mount`] puts it in place.
pub(crate) async fn around<D: Dialect>(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    watched::<D, _>(metrics, request, |request| next.run(request)).await
}

/// Answers a request of dialect `D` as a mounted handler would: with the log line, the counts, the request id and the net
/// under panics. For what answers in front of the handlers.
pub async fn watched<D: Dialect, F: Future<Output = Response>>(
    metrics: Metrics,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let info = Arc::new(RequestInfo::of(&request));
    let mut visit = Visit::begin(D::NAME, info.clone(), metrics, &request);
    let received = visit.received.clone();
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(info.clone());
    let sender = parts.extensions.get::<Sender>().cloned();
    let request = Request::from_parts(parts, Body::new(Counted { body, bytes: received }));

    let answered = async {
        let handled = AssertUnwindSafe(answer(request)).catch_unwind().await;
        let response = handled.unwrap_or_else(|panic| Fail::<D>::new(caught(panic.as_ref())).into_response());
        // Only whoever was refused is counted, so a valid token is let in whatever its neighbours do.
        let shown = response.extensions().get::<Unknown>().and(sender);
        match shown.map_or(Ok(()), |sender| sender.tried()) {
            Ok(()) => response,
            Err(error) => Fail::<D>::new(error).into_response(),
        }
    };
    let errand = Errand::new(info.id.clone());
    let mut response = errand.clone().run(info.clone().scope(answered)).await;
    attache_point::fail_point!("http.answering");
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    visit.status = Some(response.status());
    visit.error = response.extensions().get::<Failed>().map(|failed| failed.0);
    refused(&errand, &visit);
    response.map(|body| {
        Body::new(Outgoing { expected: http_body::Body::size_hint(&body).exact(), over: false, body, visit })
    })
}

/// Tells the audit log of a request that failed, if it was refused: by its answer's word, or by core, which knows better why
/// where an answer hides it.
fn refused(errand: &Errand, visit: &Visit) {
    let failed = visit.error.is_some() || visit.status.is_some_and(|status| status.is_client_error());
    if !failed {
        return;
    }
    if let Some((_, refusal)) = REFUSALS.iter().find(|(one, _)| Some(*one) == visit.error) {
        errand.refuse(refusal);
    }
    let route = visit.route.as_ref().map_or("none", MatchedPath::as_str);
    errand.end(&format!("{} {route}", visit.info.method));
}

/// A panic is a fault of ours: the caller gets the dialect's 500, the log gets the text.
fn caught(panic: &(dyn Any + Send)) -> Error {
    let text =
        panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
    let source = std::io::Error::other(text.unwrap_or_else(|| "a panic without text".to_owned()));
    Error::Internal(Cause::new("handler panicked", source))
}

/// A request from its head until it is told, which happens once, when this is dropped: after the last byte, or when the
/// client goes away.
#[derive(Debug)]
struct Visit {
    dialect: &'static str,
    info: Arc<RequestInfo>,
    route: Option<MatchedPath>,
    metrics: Metrics,
    begun: Instant,
    received: Arc<AtomicU64>,
    sent: u64,
    status: Option<StatusCode>,
    error: Option<&'static str>,
    complete: bool,
}

impl Visit {
    fn begin(dialect: &'static str, info: Arc<RequestInfo>, metrics: Metrics, request: &Request) -> Visit {
        metrics.begin(dialect);
        Visit {
            dialect,
            info,
            route: request.extensions().get::<MatchedPath>().cloned(),
            metrics,
            begun: Instant::now(),
            received: Arc::default(),
            sent: 0,
            status: None,
            error: None,
            complete: false,
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let duration = self.begun.elapsed();
        let received = self.received.load(Ordering::Relaxed);
        self.metrics.end(&Outcome {
            dialect: self.dialect,
            method: &self.info.method,
            status: self.status,
            error: self.error,
            duration,
            received,
            sent: self.sent,
        });
        // The route's pattern instead of the path, and no query: paths hold names of files, queries may hold secrets.
        tracing::info!(
            target: "attache::request",
            dialect = self.dialect,
            request_id = self.info.id,
            uuid = (!self.info.id_is_uuid()).then(|| self.info.uuid.to_string()),
            method = self.info.method.as_str(),
            route = self.route.as_ref().map_or("none", MatchedPath::as_str),
            status = self.status.map(|status| status.as_u16()),
            error = self.error,
            complete = self.complete,
            duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            received_bytes = received,
            sent_bytes = self.sent,
            "request"
        );
    }
}

/// A request's body that counts what comes.
struct Counted {
    body: Body,
    bytes: Arc<AtomicU64>,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            self.bytes.fetch_add(frame.data_ref().map_or(0, |data| data.len() as u64), Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body that counts what goes, and holds the visit until all has gone.
struct Outgoing {
    body: Body,
    /// Its length in bytes, where it is known: the connection stops asking once all of it came.
    expected: Option<u64>,
    over: bool,
    visit: Visit,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => self.visit.sent += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(error)) => {
                tracing::error!(request_id = self.visit.info.id, %error, "an answer broke off");
                self.visit.error = Some("broken_off");
            }
            None => self.over = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.visit.complete =
            self.over || http_body::Body::is_end_stream(&self.body) || self.expected == Some(self.visit.sent);
    }
}

#[cfg(test)]
mod tests;
