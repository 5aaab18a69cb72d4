//! A receiver of messages, which answers as a test says and shows what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What it does with a message.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// It answers with a status and further header lines.
    Status(u16, &'static str),
    /// It takes the message and says nothing, until the sender goes.
    Silence,
}

/// A message as it came.
#[derive(Clone, Debug)]
pub(super) struct Message {
    head: String,
    /// Its body.
    pub(super) body: String,
}

impl Message {
    /// A header's text, empty for none.
    pub(super) fn header(&self, name: &str) -> &str {
        let named = |line: &'_ &str| line.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(name));
        let line = self.head.lines().find(named);
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// Whether its body holds a text.
    pub(super) fn tells(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// The number of its event.
    pub(super) fn event(&self) -> i64 {
        let (_, rest) = self.body.split_once("\"no\":").unwrap();
        rest.split(',').next().unwrap().parse().unwrap()
    }

    async fn read(stream: &mut TcpStream) -> Option<Message> {
        let mut bytes = Vec::new();
        loop {
            let mut more = [0; 4096];
            let len = stream.read(&mut more).await.ok().filter(|len| *len > 0)?;
            bytes.extend_from_slice(&more[..len]);
            let text = String::from_utf8(bytes.clone()).ok()?;
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let message = Message { head: head.to_owned(), body: body.to_owned() };
            if message.header("content-length").parse() == Ok(body.len()) {
                return Some(message);
            }
        }
    }
}

/// The receiver.
pub(super) struct Receiver {
    /// Where it is.
    pub(super) url: String,
    messages: mpsc::UnboundedReceiver<Message>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    rest: Arc<Mutex<Reply>>,
}

impl Receiver {
    /// One that takes every message with 204.
    pub(super) async fn new() -> Receiver {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let (sender, messages) = mpsc::unbounded_channel();
        let (replies, rest) = (Arc::<Mutex<VecDeque<Reply>>>::default(), Arc::new(Mutex::new(Reply::Status(204, ""))));
        let (own, always) = (replies.clone(), rest.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = socket.accept().await {
                let (sender, own, always) = (sender.clone(), own.clone(), always.clone());
                tokio::spawn(async move {
                    let Some(message) = Message::read(&mut stream).await else { return };
                    let first = own.lock().unwrap().pop_front();
                    let reply = first.unwrap_or_else(|| always.lock().unwrap().clone());
                    let _ = sender.send(message);
                    let Reply::Status(status, lines) = reply else {
                        let _ = stream.read_to_end(&mut Vec::new()).await;
                        return;
                    };
                    let answer =
                        format!("HTTP/1.1 {status} x\r\n{lines}Content-Length: 0\r\nConnection: close\r\n\r\n");
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Receiver { url, messages, replies, rest }
    }

    /// Answers the next messages so, one after another.
    pub(super) fn next(&self, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap().extend(replies);
    }

    /// Answers all others so.
    pub(super) fn always(&self, reply: Reply) {
        *self.rest.lock().unwrap() = reply;
    }

    /// Waits for the next message.
    pub(super) async fn message(&mut self) -> Message {
        self.messages.recv().await.unwrap()
    }

    /// A message that came already.
    pub(super) fn came(&mut self) -> Option<Message> {
        self.messages.try_recv().ok()
    }
}
