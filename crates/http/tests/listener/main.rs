//! The listener as a client on a raw socket sees it: what it refuses, how long it waits, how it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ending;
mod framing;
mod limits;
mod rest;
mod waiting;
mod writing;

use attache_http::body::{Cap, stream};
use attache_http::dialect::{json_answer, word};
use attache_http::{Dialect, Drained, Fail, Metrics, RequestInfo, listen, mount};
use attache_model::Error;
use attache_model::limits::Limits;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::StreamExt;
use http::StatusCode;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// The dialect of these tests: the word of the error and a plain status.
struct Plain;

impl Dialect for Plain {
    const NAME: &'static str = "plain";

    fn envelope(error: &Error, _request: &RequestInfo) -> Response {
        let status = match error {
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Cut => StatusCode::REQUEST_TIMEOUT,
            _ => StatusCode::BAD_REQUEST,
        };
        json_answer(status, &word(error))
    }
}

/// What the handlers of these tests share with the tests.
#[derive(Clone)]
struct Stage {
    limits: Limits,
    /// Told when the handler of `/wait` is entered.
    entered: Arc<Notify>,
    /// Lets the handler of `/wait` answer.
    go: Arc<Notify>,
    /// Gets a line when a body of `/endless` is dropped.
    dropped: mpsc::UnboundedSender<()>,
}

/// A body that never ends and tells when nobody wants it any more.
struct Endless(mpsc::UnboundedSender<()>);

impl futures_util::Stream for Endless {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Ok(Bytes::from_static(&[0; 64 << 10]))))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.send(()).ok();
    }
}

/// Takes a body under its guards and tells its length.
async fn upload(State(stage): State<Stage>, request: Request) -> Result<String, Fail<Plain>> {
    let (parts, body) = request.into_parts();
    let mut body = stream(&parts.headers, body, Cap::file(&stage.limits), &stage.limits)?;
    let mut len = 0;
    while let Some(chunk) = body.next().await {
        len += chunk.map_err(attache_http::body::fault)?.len();
    }
    Ok(format!("took {len}"))
}

async fn wait(State(stage): State<Stage>) -> &'static str {
    stage.entered.notify_one();
    stage.go.notified().await;
    "waited"
}

async fn endless(State(stage): State<Stage>) -> Body {
    Body::from_stream(Endless(stage.dropped))
}

/// A running listener.
struct Server {
    address: SocketAddr,
    metrics: Metrics,
    stage: Stage,
    dropped: mpsc::UnboundedReceiver<()>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
}

impl Server {
    async fn start(limits: Limits) -> Server {
        let (dropped, when_dropped) = mpsc::unbounded_channel();
        let stage = Stage { limits: limits.clone(), entered: Arc::default(), go: Arc::default(), dropped };
        let routes = Router::new()
            .route("/hello", get(async || "hello"))
            .route("/upload", post(upload))
            .route("/wait", get(wait))
            .route("/endless", get(endless))
            .with_state(stage.clone());
        let metrics = Metrics::new();
        let router = mount::<Plain, ()>(routes, &["/v1"], &metrics);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let counted = metrics.clone();
        let ended = tokio::spawn(async move {
            let stopped = async {
                stopped.await.ok();
            };
            listen(listener, router, &limits, &counted, stopped).await
        });
        Server { address, metrics, stage, dropped: when_dropped, stop, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `bytes` on a connection of their own and gives all that comes back until the server closes.
    async fn say(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut client = self.connect().await;
        client.write_all(bytes.as_ref()).await.unwrap();
        rest(&mut client).await
    }
}

/// All that comes until the server closes.
async fn rest(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// Reads until `end` has come.
async fn until(client: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        let came = client.read_buf(&mut answer).await.unwrap();
        assert!(came > 0, "closed after {}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("none")
}

/// A request that asks to be the last of its connection.
fn last(line: &str, headers: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n")
}
