//! A receiver of messages inside of the test. It answers with the status that it was told last.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A message as it came.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Message {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone)]
struct Shared {
    status: Arc<AtomicU16>,
    sender: UnboundedSender<Message>,
}

/// The receiver.
pub(super) struct Receiver {
    pub(super) url: String,
    status: Arc<AtomicU16>,
    messages: Mutex<UnboundedReceiver<Message>>,
}

impl Receiver {
    /// One that takes everything.
    pub(super) async fn new() -> Receiver {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let (sender, messages) = unbounded_channel();
        let status = Arc::new(AtomicU16::new(204));
        let shared = Shared { status: status.clone(), sender };
        let router = Router::new().route("/hook", post(take)).with_state(shared);
        tokio::spawn(async move { axum::serve(socket, router).await });
        Receiver { url, status, messages: Mutex::new(messages) }
    }

    /// Answers with this status from now on.
    pub(super) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// Waits for the next message.
    pub(super) async fn message(&self) -> Message {
        self.messages.lock().await.recv().await.unwrap()
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap_or_default().to_owned())
    };
    let message =
        Message { headers: headers.iter().map(header).collect(), body: String::from_utf8_lossy(&body).into_owned() };
    let status = StatusCode::from_u16(shared.status.load(Ordering::SeqCst)).unwrap();
    // The test may have ended.
    let _ = shared.sender.send(message);
    status
}
