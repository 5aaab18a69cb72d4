//! What no handler read of a request's body, such as the rest of an upload that was refused.
//!
//! Hyper closes a connection with such a rest after the answer, without a word about it, and a client that keeps its
//! connections loses its next request to that. So a short rest is read here, and the answer to a long one says that it is
//! the last.

use bytes::Bytes;
use http::HeaderMap;
use http::header::EXPECT;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Longest rest that is read for the sake of the connection.
const REST_BYTES: usize = 64 << 10;
/// How long an answer waits for such a rest.
const REST_WAIT: Duration = Duration::from_millis(250);

/// A request's body that hands on what is left of it when it is dropped.
#[derive(Debug)]
pub(super) struct Tail {
    left: Option<Left>,
    to: Option<oneshot::Sender<Left>>,
}

/// What is left of a body.
#[derive(Debug)]
struct Left {
    body: Incoming,
    /// The client waits for `100 Continue`, which the first read sends; until then it sends nothing.
    waits: bool,
}

/// Where what is left of a body comes to.
#[derive(Debug)]
pub(super) struct Rest(oneshot::Receiver<Left>);

impl Tail {
    /// The body of a request with these headers.
    pub(super) fn of(headers: &HeaderMap, body: Incoming) -> (Tail, Rest) {
        let (to, rest) = oneshot::channel();
        let left = Left { body, waits: headers.contains_key(EXPECT) };
        (Tail { left: Some(left), to: Some(to) }, Rest(rest))
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        if let (Some(left), Some(to)) = (self.left.take(), self.to.take()) {
            // Nobody takes it once the answer is on its way; then it is dropped here.
            drop(to.send(left));
        }
    }
}

impl Body for Tail {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let Some(left) = &mut self.left else { return Poll::Ready(None) };
        left.waits = false;
        Pin::new(&mut left.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.left.as_ref().is_none_or(|left| left.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.left.as_ref().map_or_else(|| SizeHint::with_exact(0), |left| left.body.size_hint())
    }
}

impl Rest {
    /// Reads a short rest. Tells whether the connection can take another request after this answer.
    pub(super) async fn read_out(mut self) -> bool {
        // A body that something still reads can only be left to hyper, and a close is what that may come to.
        let Ok(left) = self.0.try_recv() else { return false };
        if left.body.is_end_stream() {
            return true;
        }
        !left.waits && timeout(REST_WAIT, read(left.body)).await.unwrap_or(false)
    }
}

/// Reads to the end; `false` when that is too far or cannot be reached.
async fn read(mut body: Incoming) -> bool {
    let mut bytes = 0;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else { return false };
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > REST_BYTES {
            return false;
        }
    }
    true
}
