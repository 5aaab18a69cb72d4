//! Requests of Keap's clients that no registry carries, as those clients put them on the wire, sent byte by byte. A
//! recording has places in braces for what differs from run to run: the host, the token, ids, and the body's length.

mod others;
mod php;
mod ruby;
mod script;

use attache_tests::{Answer, Engine, TestApp};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A server, and a token for everything.
struct Site {
    host: String,
    token: String,
}

/// A contact of the recordings.
const CONTACT: &str = "7";

/// Runs a script on each engine.
async fn on_both(script: impl AsyncFn(Site)) {
    for &engine in Engine::all() {
        let Some(app) = TestApp::on(engine).await else { continue };
        let token = app.token("default", "keap:full").await;
        let host = app.url().trim_start_matches("http://").to_owned();
        script(Site { host, token }).await;
        app.stop().await;
    }
}

impl Site {
    /// Sends a recording with its places filled, and reads the answer to its end.
    async fn replay(&self, recorded: &str, filled: &[(&str, &str)]) -> Answer {
        self.send(&self.fill(recorded, filled)).await
    }

    /// The bytes of a recording: its head with the line ends of HTTP, forms with them too, any other body as it is.
    fn fill(&self, recorded: &str, filled: &[(&str, &str)]) -> Vec<u8> {
        let (head, body) = recorded.trim_start().split_once("\n\n").unwrap_or((recorded.trim(), ""));
        let form = head.contains("multipart/form-data");
        let body = self.place(&if form { body.replace('\n', "\r\n") } else { body.to_owned() }, filled);
        let head = self.place(head, filled).replace("{length}", &body.len().to_string());
        // The client would keep its connection; here its end says that the answer is whole.
        format!("{}\r\nConnection: close\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
    }

    fn place(&self, text: &str, filled: &[(&str, &str)]) -> String {
        let common = [("host", self.host.as_str()), ("token", &self.token), ("contact", CONTACT)];
        let all = filled.iter().copied().chain(common);
        all.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    async fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.host).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).await.unwrap();
        parse(&came)
    }
}

/// The answer, behind any "100 Continue". It tells its length: the oldest of these clients know no other end.
fn parse(came: &[u8]) -> Answer {
    let end = came.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let (head, body) = (std::str::from_utf8(&came[..end]).unwrap(), &came[end + 4..]);
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    if status == "100" {
        return parse(body);
    }
    let pairs = lines.map(|line| line.split_once(": ").unwrap());
    let pair =
        |(name, value): (&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    let answer = Answer {
        status: StatusCode::from_bytes(status.as_bytes()).unwrap(),
        headers: pairs.map(pair).collect::<HeaderMap>(),
        body: body.to_vec(),
    };
    let empty = answer.status == StatusCode::NO_CONTENT;
    assert_eq!(answer.header("content-length"), if empty { String::new() } else { body.len().to_string() }, "{head}");
    answer
}

/// The text between the first `<value>` and its end, tags of a type left out: an answer of one simple value.
fn simple(answer: &Answer) -> String {
    let text = answer.text();
    assert!(answer.status == 200 && !text.contains("<fault>"), "{text}");
    let value = text.split_once("<value>").unwrap().1.split_once("</value>").unwrap().0;
    let inner = value.split_once('>').map_or(value, |(_, rest)| rest.split_once('<').map_or(rest, |(inner, _)| inner));
    inner.to_owned()
}

/// Holds when an answer is a fault with this number.
fn faulted(answer: &Answer, code: u32) {
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert!(text.contains(&format!("<name>faultCode</name><value><i4>{code}</i4></value>")), "{text}");
}
