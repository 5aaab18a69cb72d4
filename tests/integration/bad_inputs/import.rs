//! Addresses that a server must not fetch, and sources that lie.

use super::face_of;
use super::sent::Sent;
use super::table::rows;
use crate::native::{content, list, post};
use attache_tests::{Ask, Client, Setup, TestApp};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Asks for an import and waits for its task's end.
async fn import(client: &Client, url: &str) -> Value {
    let task = client.post("/v1/imports").json(&json!({ "url": url })).ask().await.expect(202);
    ended(client, task["task"].as_str().unwrap()).await
}

/// A task as it ended.
async fn ended(client: &Client, task: &str) -> Value {
    let path = format!("/v1/tasks/{task}");
    loop {
        let state = client.get(&path).ask().await.expect(200);
        if state["state"] == "done" || state["state"] == "failed" {
            return state;
        }
        tokio::task::yield_now().await;
    }
}

fn code(task: &Value) -> &str {
    task["error"]["code"].as_str().unwrap_or_default()
}

pub(super) async fn an_address_that_is_not_public_is_never_fetched(sent: &mut Sent) {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    for row in rows("url") {
        let asked = client.post("/v1/imports").json(&json!({ "url": row.text() })).ask().await;
        sent.answered(&row, "an import", &asked);
        // HubSpot's clients look for the end of the task where they are not told at once.
        let import = json!({ "url": row.text(), "access": "PRIVATE", "folderPath": "/" });
        let asked = client.post("/files/v3/files/import-from-url/async").json(&import).ask().await;
        sent.to("an import through HubSpot's face");
        match asked.status.as_u16() {
            400 => assert_eq!(asked.json()["status"], "error", "{}: {}", row.id, asked.text()),
            202 => assert_eq!(
                code(&ended(&client, asked.json()["id"].as_str().unwrap()).await),
                "url_refused",
                "{}",
                row.id
            ),
            _ => panic!("{}: {} {}", row.id, asked.status, asked.text()),
        }
    }
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_does_not_tell_what_is_there() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = format!("http://{}/", open.local_addr().unwrap());
    let mut told: Vec<Value> = Vec::new();
    for url in [open.as_str(), "http://127.0.0.1:80/", "http://10.0.0.1/", "http://[::1]/"] {
        let mut problem = client.post("/v1/imports").json(&json!({ "url": url })).ask().await.expect(422);
        problem["instance"].take();
        told.push(problem);
    }
    assert!(told.iter().all(|error| *error == told[0]), "{told:?}");
    app.stop().await;
}

/// A source on this machine, which the server is told to trust; it answers by the request's path.
async fn source(answers: &'static [(&'static str, &'static str)]) -> (String, Arc<AtomicUsize>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let (base, count) = (url.clone(), asked.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut head = vec![0; 4096];
            let len = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..len]).into_owned();
            let path = head.split(' ').nth(1).unwrap_or_default();
            let answer = answers.iter().find(|(at, _)| path.starts_with(at)).map_or("", |(_, answer)| answer);
            let _ = stream.write_all(answer.replace("{base}", &base).as_bytes()).await;
        }
    });
    (url, asked)
}

async fn trusting() -> TestApp {
    Setup::new().settings(|settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()]).start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hop_of_a_redirect_is_judged_and_there_are_few() {
    let (base, asked) = source(&[
        ("/private", "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
        ("/file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n"),
        ("/self", "HTTP/1.1 302 Found\r\nLocation: {base}/self\r\nContent-Length: 0\r\n\r\n"),
    ])
    .await;
    let app = trusting().await;
    let client = app.client("all").await;
    for path in ["/private", "/file"] {
        let task = import(&client, &format!("{base}{path}")).await;
        assert_eq!(code(&task), "url_refused", "{path}: {task}");
    }
    let before = asked.load(Ordering::SeqCst);
    let task = import(&client, &format!("{base}/self")).await;
    assert_eq!(task["state"], "failed", "{task}");
    assert_eq!(asked.load(Ordering::SeqCst) - before, 6, "the first request and five redirects");
    assert!(list(&client, "/v1/files").await.is_empty());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_lies_makes_no_file() {
    let (base, _) = source(&[
        ("/cut", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
        ("/zip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n12345"),
        ("/gone", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n12345"),
        ("/silent", ""),
        ("/large", "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n12345"),
        ("/png", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n%PDF-"),
    ])
    .await;
    let app = trusting().await;
    let client = app.client("all").await;
    for (path, word) in [
        ("/cut", "source_truncated"),
        ("/zip", "source_encoding"),
        ("/gone", "source_status"),
        ("/silent", "source_unreachable"),
        ("/large", "too_large"),
    ] {
        let task = import(&client, &format!("{base}{path}")).await;
        assert_eq!(code(&task), word, "{path}: {task}");
    }
    assert!(list(&client, "/v1/files").await.is_empty());
    let task = import(&client, &format!("{base}/png")).await;
    assert_eq!(task["state"], "done", "{task}");
    let files = list(&client, "/v1/files").await;
    assert_eq!(files[0]["version"]["media_type"], "application/pdf", "the bytes tell, not the source");
    assert_eq!(content(&client, &files[0]).await, b"%PDF-");
    crate::native::is_sound(&app).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_links_are_not_imported_unless_the_operator_names_our_address() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt", "x").await.expect(201);
    let link = client.post(&format!("{}/links", crate::native::at(&file))).json(&json!({})).ask().await.expect(201);
    let refused = client.post("/v1/imports").json(&json!({ "url": link["url"] })).ask().await;
    refused.refused(422, "url_refused");
    assert_eq!(list(&client, "/v1/files").await.len(), 1);
    app.stop().await;
}

/// A source that says `first` and then nothing more, for as long as its asker stays.
async fn stuck(first: &'static str) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                stream.write_all(first.as_bytes()).await.unwrap();
                // Ends with the other side.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_silent_or_slow_is_given_up() {
    let networks = |settings: &mut attache::Settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()];
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345";
    for (idle, total) in [(8, 600), (600, 8)] {
        let setup = Setup::new().settings(networks);
        let app = setup.limits(|limits| (limits.import_idle, limits.import_total) = (idle, total)).start().await;
        let client = app.client("all").await;
        for (first, word) in [("", "source_unreachable"), (half, "source_truncated")] {
            let task = import(&client, &stuck(first).await).await;
            assert_eq!(code(&task), word, "{first:?} with {idle} and {total}: {task}");
        }
        assert!(list(&client, "/v1/files").await.is_empty());
        crate::native::is_sound(&app).await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_takes_no_connection_is_given_up() {
    // A queue for connections that nobody takes: once it is full, further ones hear nothing at all.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let deaf = socket.listen(1).unwrap();
    let address = deaf.local_addr().unwrap();
    let connect = || tokio::time::timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address));
    let mut queue = Vec::new();
    while let Ok(queued) = connect().await {
        queue.push(queued.unwrap());
    }
    let networks = |settings: &mut attache::Settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()];
    let app = Setup::new().settings(networks).limits(|limits| limits.import_connect = 1).start().await;
    let client = app.client("all").await;
    let task = import(&client, &format!("http://{address}/")).await;
    assert_eq!(code(&task), "source_unreachable", "{task}");
    app.stop().await;
}
