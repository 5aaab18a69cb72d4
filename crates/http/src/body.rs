//! The bytes of a request on their way in: a stream that is cut when it pauses too long or trickles, refused when it grows
//! past its maximum, and checked against the digest that the client declared. It is never held whole.

use crate::digest::Declared;
use attache_blobs::Body;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::body::BodyDataStream;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, ready};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// The most bytes that a body may have, and the word for one that has more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Bytes.
    pub bytes: u64,
    /// What to call it, such as [`Code::FileTooLarge`].
    pub code: Code,
}

impl Cap {
    /// For a body that is the file itself.
    pub fn file(limits: &Limits) -> Cap {
        Cap { bytes: limits.file_bytes, code: Code::FileTooLarge }
    }

    /// For a JSON body.
    pub fn json(limits: &Limits) -> Cap {
        Cap { bytes: limits.json_bytes, code: Code::BodyTooLarge }
    }

    /// For a multipart body that carries one file and as many fields as are allowed.
    pub fn multipart(limits: &Limits) -> Cap {
        let part = limits.multipart_field_bytes.saturating_add(limits.part_header_bytes);
        let around = limits.multipart_parts.saturating_mul(part).saturating_add(2 * limits.multipart_preamble_bytes);
        Cap { bytes: limits.file_bytes.saturating_add(around), code: Code::FileTooLarge }
    }

    fn error(self) -> Error {
        Error::TooLarge { code: self.code, limit: self.bytes }
    }
}

/// A request's body as a [`Body`] with its guards on. A declared length past `cap` is refused here, before the first
/// byte is read, so that a client that waits for `100 Continue` is spared the sending. Faults that show later come out
/// of the stream as [`io::Error`]s that hold an [`Error`]; [`fault`] takes it out again.
///
/// # Errors
/// [`Error::TooLarge`] with the code of `cap`; [`Code::DigestInvalid`] for a `Content-Digest` that cannot be read;
/// [`Code::MediaTypeUnsupported`] for a `Content-Encoding`, since bytes are stored as they come.
pub fn stream(headers: &HeaderMap, body: axum::body::Body, cap: Cap, limits: &Limits) -> Result<Body> {
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let why = "bodies are taken as they are; send the bytes without a content encoding";
        return Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Encoding", why));
    }
    let len = declared_len(headers)?;
    if len.is_some_and(|len| len > cap.bytes) {
        return Err(cap.error());
    }
    let pace = Pace::new(Limits::seconds(limits.body_idle), limits.body_floor);
    Ok(Body::new(Guard::new(body, cap, Declared::read(headers)?, pace), len))
}

/// A whole small body in memory, under the same guards.
///
/// # Errors
/// Those of [`stream`], whenever they show.
pub async fn whole(headers: &HeaderMap, body: axum::body::Body, cap: Cap, limits: &Limits) -> Result<Bytes> {
    let mut body = stream(headers, body, cap, limits)?;
    let Some(first) = body.next().await.transpose().map_err(fault)? else { return Ok(Bytes::new()) };
    let Some(second) = body.next().await.transpose().map_err(fault)? else { return Ok(first) };
    let mut all = BytesMut::from(first);
    all.extend_from_slice(&second);
    while let Some(chunk) = body.next().await.transpose().map_err(fault)? {
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

/// The [`Error`] that a body's stream stopped with: ours if it holds one, else [`Error::Cut`].
pub fn fault(error: io::Error) -> Error {
    error.downcast::<Error>().unwrap_or(Error::Cut)
}

/// The length that a request declares for its body, `None` for a chunked one.
///
/// # Errors
/// [`Code::HeaderInvalid`] when it is not a number.
pub fn declared_len(headers: &HeaderMap) -> Result<Option<u64>> {
    let Some(value) = headers.get(CONTENT_LENGTH) else { return Ok(None) };
    let len = value.to_str().ok().and_then(|text| text.parse().ok());
    len.map(Some).ok_or_else(|| Error::malformed(Code::HeaderInvalid, "Content-Length", "it is not a number of bytes"))
}

/// The guards around a connection's body.
struct Guard {
    body: BodyDataStream,
    cap: Cap,
    taken: u64,
    declared: Option<Declared>,
    pace: Pace,
    over: bool,
}

/// How fast a sender must be: for each `floor` bytes it has `idle`. Only the time in which it was waited for counts; how
/// long we take with what it sent is our own affair.
struct Pace {
    idle: Duration,
    floor: u64,
    /// What came of the current `floor` bytes.
    came: u64,
    /// What is left of the time for them.
    left: Duration,
    wait: Pin<Box<Sleep>>,
    /// Whether the sender is waited for at the moment.
    waiting: bool,
}

impl Pace {
    fn new(idle: Duration, floor: u64) -> Pace {
        Pace { idle, floor, came: 0, left: idle, wait: Box::pin(tokio::time::sleep(idle)), waiting: false }
    }

    /// Nothing is there: ready once the sender was waited for too long.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.waiting {
            self.waiting = true;
            self.wait.as_mut().reset(Instant::now() + self.left);
        }
        self.wait.as_mut().poll(cx)
    }

    /// So many bytes came.
    fn note(&mut self, len: u64) {
        self.came = self.came.saturating_add(len);
        if self.came >= self.floor {
            (self.came, self.left) = (0, self.idle);
        } else if self.waiting {
            self.left = self.wait.deadline().saturating_duration_since(Instant::now());
        }
        self.waiting = false;
    }
}

impl Guard {
    fn new(body: axum::body::Body, cap: Cap, declared: Option<Declared>, pace: Pace) -> Guard {
        Guard { body: body.into_data_stream(), cap, taken: 0, declared, pace, over: false }
    }

    fn take(&mut self, chunk: Bytes) -> Result<Bytes> {
        self.pace.note(chunk.len() as u64);
        self.taken = self.taken.saturating_add(chunk.len() as u64);
        if self.taken > self.cap.bytes {
            return Err(self.cap.error());
        }
        if let Some(declared) = &mut self.declared {
            declared.update(&chunk);
        }
        Ok(chunk)
    }

    fn end(&mut self) -> Option<Result<Bytes>> {
        self.over = true;
        self.declared.take().and_then(|declared| declared.check().err()).map(Err)
    }

    fn poll_guarded(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if self.over {
            return Poll::Ready(None);
        }
        match self.body.poll_next_unpin(cx) {
            Poll::Pending => self.pace.poll_wait(cx).map(|()| Some(Err(Error::Cut))),
            Poll::Ready(None) => Poll::Ready(self.end()),
            Poll::Ready(Some(Ok(chunk))) => Poll::Ready(Some(self.take(chunk))),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(broken(&error)))),
        }
    }
}

impl Stream for Guard {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let item = ready!(self.poll_guarded(cx));
        if matches!(item, Some(Err(_))) {
            self.over = true;
        }
        Poll::Ready(item.map(|result| result.map_err(io::Error::other)))
    }
}

/// Why a connection's body stopped: a chunk that breaks the framing's rules is the client's fault, all else is a cut.
fn broken(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut at = Some(error);
    while let Some(error) = at {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)) {
            return Error::malformed(Code::HeaderInvalid, "Transfer-Encoding", "the chunks of the body cannot be read");
        }
        at = error.source();
    }
    Error::Cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream as streams;
    use http::HeaderValue;

    fn limits() -> Limits {
        Limits { file_bytes: 10, ..Limits::default() }
    }

    fn chunks(parts: &'static [&'static str]) -> axum::body::Body {
        let parts = parts.iter().map(|part| Ok::<_, io::Error>(Bytes::from_static(part.as_bytes())));
        axum::body::Body::from_stream(streams::iter(parts))
    }

    async fn read(parts: &'static [&'static str], headers: &HeaderMap) -> Result<Bytes> {
        whole(headers, chunks(parts), Cap::file(&limits()), &limits()).await
    }

    fn declaring(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[tokio::test]
    async fn a_body_of_the_limit_passes_and_one_byte_more_does_not() {
        let none = HeaderMap::new();
        assert_eq!(read(&["01234", "56789"], &none).await.unwrap(), "0123456789");
        let error = read(&["01234", "56789", "a"], &none).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { code: Code::FileTooLarge, limit: 10 }));
    }

    #[tokio::test]
    async fn a_declared_length_past_the_limit_is_refused_before_the_body_is_touched() {
        let body = axum::body::Body::from_stream(streams::poll_fn(|_| -> Poll<Option<io::Result<Bytes>>> {
            panic!("the body must not be polled")
        }));
        let error = stream(&declaring("content-length", "11"), body, Cap::file(&limits()), &limits()).unwrap_err();
        assert!(matches!(error, Error::TooLarge { code: Code::FileTooLarge, limit: 10 }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_pauses_longer_than_the_limit_is_cut() {
        let begun = Instant::now();
        let quiet = streams::iter([Ok::<_, io::Error>(Bytes::from_static(b"abc"))]).chain(streams::pending());
        let body = axum::body::Body::from_stream(quiet);
        let error = whole(&HeaderMap::new(), body, Cap::file(&limits()), &limits()).await.unwrap_err();
        assert!(matches!(error, Error::Cut));
        assert_eq!(begun.elapsed().as_secs(), limits().body_idle);
    }

    /// A body in pieces, each of so many bytes after so many seconds; then it goes quiet, or ends.
    fn sent(pieces: &[(u64, usize)], ends: bool) -> axum::body::Body {
        let pieces = streams::iter(pieces.to_vec()).then(|(seconds, len)| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok::<_, io::Error>(Bytes::from(vec![b'x'; len]))
        });
        let rest = if ends { streams::empty().boxed() } else { streams::pending().boxed() };
        axum::body::Body::from_stream(pieces.chain(rest))
    }

    /// What came of a body, and after how many seconds.
    async fn taken(body: axum::body::Body) -> (Result<usize>, u64) {
        let (begun, limits) = (Instant::now(), Limits::default());
        let got = whole(&HeaderMap::new(), body, Cap::file(&limits), &limits).await;
        (got.map(|bytes| bytes.len()), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_that_never_pauses_too_long_is_taken() {
        let pieces = [(29, 1024); 5];
        assert!(matches!(taken(sent(&pieces, true)).await, (Ok(5120), 145)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_of_the_floor_in_each_of_its_times_is_taken_and_one_byte_less_is_cut() {
        let thirds = |last: usize| [(9, 341), (10, 342), (10, last), (29, 1024)];
        assert!(matches!(taken(sent(&thirds(341), true)).await, (Ok(2048), 58)));
        assert!(matches!(taken(sent(&thirds(340), true)).await, (Err(Error::Cut), 30)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_is_cut_however_regularly_it_does() {
        assert!(matches!(taken(sent(&[(1, 1); 3600], true)).await, (Err(Error::Cut), 30)));
        // What it was ahead does not count for later.
        let burst = [[(0, 1 << 20)].as_slice(), &[(1, 1); 3600]].concat();
        assert!(matches!(taken(sent(&burst, true)).await, (Err(Error::Cut), 30)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_below_the_floor_has_its_time_to_end() {
        assert!(matches!(taken(sent(&[(14, 1), (15, 1)], true)).await, (Ok(2), 29)));
        assert!(matches!(taken(sent(&[(14, 1), (15, 1)], false)).await, (Err(Error::Cut), 30)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_floor_of_nothing_lets_any_byte_do() {
        let limits = Limits { body_floor: 0, ..Limits::default() };
        let got = whole(&HeaderMap::new(), sent(&[(29, 1); 5], true), Cap::file(&limits), &limits).await;
        assert_eq!(got.unwrap(), "xxxxx");
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_we_do_not_read_does_not_count() {
        let limits = Limits::default();
        // Half a minute of it is the sender's in all, and hours are ours.
        let body = sent(&[(9, 100), (0, 100), (10, 100), (0, 100), (10, 624), (29, 1024)], true);
        let mut body = stream(&HeaderMap::new(), body, Cap::file(&limits), &limits).unwrap();
        let mut got = 0;
        while let Some(chunk) = body.next().await {
            got += chunk.unwrap().len();
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        assert_eq!(got, 2048);
    }

    #[tokio::test]
    async fn a_body_must_have_the_digest_that_its_sender_declared() {
        let hello = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:";
        assert_eq!(read(&["hel", "lo"], &declaring("content-digest", hello)).await.unwrap(), "hello");
        let error = read(&["help"], &declaring("content-digest", hello)).await.unwrap_err();
        assert!(matches!(error, Error::Checksum));
    }

    #[tokio::test]
    async fn an_encoded_body_is_refused() {
        let error = read(&["x"], &declaring("content-encoding", "gzip")).await.unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::MediaTypeUnsupported, .. }));
        assert!(read(&["x"], &declaring("content-encoding", "identity")).await.is_ok());
    }

    #[tokio::test]
    async fn a_broken_connection_is_a_cut() {
        let parts = [Ok(Bytes::from_static(b"ab")), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
        let body = axum::body::Body::from_stream(streams::iter(parts));
        let error = whole(&HeaderMap::new(), body, Cap::file(&limits()), &limits()).await.unwrap_err();
        assert!(matches!(error, Error::Cut));
    }
}
