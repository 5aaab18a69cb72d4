//! Requests written byte by byte, to a whole server: what two readers could read differently, what breaks off, and what
//! is another protocol.

use super::face_of;
use crate::native::{content, is_sound, list, noise, put};
use attache_tests::{Ask, Client, TestApp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends bytes on a connection of their own, and gives all that comes back until the server closes.
async fn say(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = connect(app).await;
    // Whoever is refused may find the connection closed before everything was sent.
    let _ = stream.write_all(bytes).await;
    rest(stream).await
}

async fn connect(app: &TestApp) -> TcpStream {
    let stream = TcpStream::connect(app.url().trim_start_matches("http://")).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut came = Vec::new();
    let _ = stream.read_to_end(&mut came).await;
    String::from_utf8_lossy(&came).into_owned()
}

/// The head of a request of a caller who may do everything; it asks to be the last of its connection.
fn head(client: &Client, line: &str, headers: &str) -> String {
    let token = client.token().unwrap();
    format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{headers}\r\n")
}

#[tokio::test]
async fn requests_that_two_readers_could_read_differently_are_refused() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    put(&client, "there.txt", "x").await;
    let before = face_of(&client).await;
    let post = "POST /v1/files?name=n.txt";
    let chunked = |chunks: &str| head(&client, post, "Transfer-Encoding: chunked\r\n") + chunks;
    let long = format!("5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(1 << 20));
    for (id, request, status) in [
        ("HT-02", head(&client, post, "Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!", 400),
        ("HT-02", head(&client, post, "Content-Length: 5, 6\r\n") + "hello!", 400),
        ("HT-04", chunked("FFFFFFFFFFFFFFFF0\r\nhello\r\n"), 400),
        ("HT-05", chunked(&long), 400),
        ("HT-10", head(&client, post, &"X-A: b\r\n".repeat(62)), 431),
        ("HT-11", head(&client, &format!("GET /v1/files?name={}", "n".repeat(9 << 10)), ""), 414),
        ("HT-12", head(&client, "TRACE /v1/files", ""), 405),
        ("HT-12", head(&client, "CONNECT a:443", ""), 405),
        ("HT-12", head(&client, "FOO /v1/files", ""), 405),
        ("HT-14", head(&client, "GET //v1///files", ""), 404),
        ("HT-14", head(&client, "DELETE /v1//files/1", ""), 404),
        ("HT-15", head(&client, "GET /v1/files/by-path/there.txt%00.png", ""), 400),
        ("HT-16", head(&client, "GET http://evil.example/v1/files", ""), 400),
    ] {
        let answer = say(&app, request.as_bytes()).await;
        let told = answer.lines().next().unwrap_or_default().to_owned();
        assert!(told.starts_with(&format!("HTTP/1.1 {status}")), "{id}: {told} where {status} is right");
        assert!(status != 405 || answer.to_lowercase().contains("\r\nallow: "), "{id}: {answer}");
        assert!(!answer.contains("evil.example"), "{id}: {answer}");
        assert_eq!(face_of(&client).await, before, "{id} left something");
    }
    app.stop().await;
}

#[tokio::test]
async fn http_2_is_not_spoken() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // Streams that are opened and reset at once, and a block of headers that goes on and on.
    let reset: Vec<u8> = (0..10_000_u32)
        .flat_map(|no| [&[0, 0, 4, 3, 0][..], &(2 * no + 1).to_be_bytes(), &[0, 0, 0, 8]].concat())
        .collect();
    let flood: Vec<u8> =
        [&[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82][..], &[0, 0, 1, 9, 0, 0, 0, 0, 1, 0x82].repeat(10_000)].concat();
    for frames in [Vec::new(), reset, flood] {
        let answer = say(&app, &[preface.as_slice(), &settings, &frames].concat()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    }
    let upgrade = head(&client, "GET /v1/account", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n");
    assert!(say(&app, upgrade.as_bytes()).await.starts_with("HTTP/1.1 200"), "an offer of HTTP/2 is passed over");
    app.stop().await;
}

/// A form of one file.
fn form(bytes: &[u8]) -> Vec<u8> {
    form_named("n.bin", bytes)
}

fn form_named(name: &str, bytes: &[u8]) -> Vec<u8> {
    let part = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    [part.as_bytes(), bytes, b"\r\n--b--\r\n"].concat()
}

fn form_head(client: &Client, len: usize) -> String {
    head(
        client,
        "POST /v1/files",
        &format!("Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len}\r\n"),
    )
}

#[tokio::test]
async fn a_form_that_is_cut_leaves_nothing_and_gives_its_room_back() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    put(&client, "there.txt", "x").await;
    let before = face_of(&client).await;
    for len in [1000, 300_000] {
        let body = form(&noise(1, len));
        for most in [body.len() / 10, body.len() * 6 / 10, body.len() - 1] {
            let mut stream = connect(&app).await;
            stream.write_all(form_head(&client, body.len()).as_bytes()).await.unwrap();
            stream.write_all(&body[..most]).await.unwrap();
            stream.shutdown().await.unwrap();
            let answer = rest(stream).await;
            assert!(!answer.starts_with("HTTP/1.1 2"), "{most} of {}: {answer}", body.len());
            assert_eq!(face_of(&client).await, before, "{most} of {} left something", body.len());
        }
    }
    is_sound(&app).await;
    app.stop().await;
}

#[tokio::test]
async fn a_form_byte_by_byte_is_the_same_file() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let bytes = noise(1, 1000);
    let whole = [form_head(&client, form(&bytes).len()).into_bytes(), form(&bytes)].concat();
    let mut stream = connect(&app).await;
    for byte in whole {
        stream.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let files = list(&client, "/v1/files").await;
    assert_eq!(files.len(), 1);
    assert!(content(&client, &files[0]).await == bytes);
    app.stop().await;
}

#[tokio::test]
async fn contents_of_a_form_are_stored_byte_for_byte() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let long = [noise(1, 70_000), b"--b".to_vec(), noise(2, 9), b"\r\n-b--".to_vec()].concat();
    let contents = [b"".as_slice(), b"--b", b"x--b--\r\n", b"\r\n", b"\r\n-", b"\n--b--\n", b"--", &long];
    for (no, bytes) in contents.into_iter().enumerate() {
        let request = client.post("/v1/files").header("Content-Type", "multipart/form-data; boundary=b");
        let request = request.body(form_named(&format!("{no}.bin"), bytes));
        let file = request.ask().await;
        assert_eq!(file.status, 201, "{:?}: {}", &bytes[..bytes.len().min(9)], file.text());
        assert!(content(&client, &file.json()).await == bytes);
        assert_eq!(file.json()["version"]["size"], bytes.len());
    }
    app.stop().await;
}

#[tokio::test]
async fn no_page_of_another_site_is_told_that_it_may_read() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let at = crate::native::at(&file);
    let link = client.post(&format!("{at}/links")).json(&serde_json::json!({})).ask().await.expect(201);
    let link = link["url"].as_str().unwrap();
    for path in
        ["/v1/account", "/v1/files", &at, &format!("{at}/content"), link, "/files/v3/files/search", "/api/graphql"]
    {
        let evil = |request: reqwest::RequestBuilder| request.header("Origin", "https://evil.example");
        let asked = evil(client.get(path)).header("Cookie", "attache=x").ask().await;
        let preflight = evil(app.stranger().request(reqwest::Method::OPTIONS, path));
        let preflight = preflight.header("Access-Control-Request-Method", "GET").ask().await;
        for answer in [asked, preflight] {
            let allows = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control-")).count();
            assert_eq!(allows, 0, "{path}: {:?}", answer.headers);
        }
    }
    app.stop().await;
}
