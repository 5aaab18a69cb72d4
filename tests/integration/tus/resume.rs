//! Going on after something went wrong: connections that break or hang, servers that restart, and requests that race.

use super::{BYTES, UPLOADS, ask, content, head, offset, open, open_named, patch, patching, tus};
use crate::native::{is_sound, names, noise, on_both_engines};
use attache_tests::{Ask, Client, Setup, TestApp};
use futures_util::future::join_all;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

on_both_engines!(
    what_came_of_a_request_that_was_cut_is_kept,
    a_first_request_that_was_cut_leaves_no_upload,
    a_request_that_hangs_is_ended_by_head_which_tells_what_counts,
    a_request_that_hangs_is_ended_by_the_next_one_and_no_byte_is_stored_twice,
    of_many_requests_at_one_offset_no_byte_is_stored_twice,
    nobody_is_ever_locked_out,
    an_upload_goes_on_after_a_restart,
    a_finished_upload_is_answerable_after_a_restart,
);

/// A connection that has sent the head of a request for `length` bytes and the first of them.
async fn begun(app: &TestApp, client: &Client, head: &str, length: usize, first: &[u8]) -> TcpStream {
    let address = app.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "{head} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: {BYTES}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n",
        client.token().unwrap(),
    );
    let (line, rest) = head.split_once("\r\n").unwrap();
    let fields = if line.starts_with("PATCH") { "Upload-Offset: 0" } else { "Upload-Length: 11" };
    stream.write_all(format!("{line}\r\n{fields}\r\n{rest}\r\n").as_bytes()).await.unwrap();
    // The server asks for the body: from here on the request is at work.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&go_on));
    stream.write_all(first).await.unwrap();
    stream
}

/// A request that has begun to send to the upload at `at`.
async fn sending(app: &TestApp, client: &Client, at: &str, length: usize, first: &[u8]) -> TcpStream {
    let path = at.strip_prefix(&app.url()).unwrap();
    begun(app, client, &format!("PATCH {path}"), length, first).await
}

/// All that a connection still says until it ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    // A reset is an end too.
    drop(stream.read_to_end(&mut said).await);
    String::from_utf8_lossy(&said).into_owned()
}

async fn what_came_of_a_request_that_was_cut_is_kept(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(1, 300_000);
    let at = open_named(&client, bytes.len(), "cut.bin").await;
    let mut cut = sending(&app, &client, &at, bytes.len(), &bytes[..150_000]).await;
    cut.shutdown().await.unwrap();
    let said = rest(cut).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 409"), "{said}");
    let kept = offset(&client, &at).await;
    assert_eq!(kept, 150_000);
    let done = patch(&client, &at, kept, bytes[150_000..].to_vec()).await;
    assert!(content(&client, &done).await == bytes);
    is_sound(&app).await;
    app.stop().await;
}

async fn a_first_request_that_was_cut_leaves_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    let mut cut = begun(&app, &client, &format!("POST {UPLOADS}"), 11, b"hello").await;
    cut.shutdown().await.unwrap();
    let said = rest(cut).await;
    assert!(!said.contains("Location") && !said.contains("HTTP/1.1 2"), "{said}");
    // Its sender never heard where it is.
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201);
    app.stop().await;
}

async fn a_request_that_hangs_is_ended_by_head_which_tells_what_counts(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(2, 200_000);
    let at = open_named(&client, bytes.len(), "stuck.bin").await;
    let stuck = sending(&app, &client, &at, bytes.len(), &bytes[..100_000]).await;
    let told = offset(&client, &at).await;
    assert!(told <= 100_000);
    let said = rest(stuck).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 409"), "{said}");
    assert_eq!(offset(&client, &at).await, told, "what was told stays true");
    let done = patch(&client, &at, told, bytes[usize::try_from(told).unwrap()..].to_vec()).await;
    assert!(content(&client, &done).await == bytes);
    app.stop().await;
}

async fn a_request_that_hangs_is_ended_by_the_next_one_and_no_byte_is_stored_twice(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(3, 200_000);
    let at = open_named(&client, bytes.len(), "stuck.bin").await;
    let stuck = sending(&app, &client, &at, bytes.len(), &bytes[..100_000]).await;
    // The same request again, as a proxy or an impatient client sends it. It may be told that some bytes are here.
    let mut done = patch(&client, &at, 0, bytes.clone()).await;
    while done.status == 409 {
        let told = done.header("upload-offset").parse().unwrap();
        done = patch(&client, &at, told, bytes[usize::try_from(told).unwrap()..].to_vec()).await;
    }
    assert!(content(&client, &done).await == bytes, "{}", done.text());
    assert!(!rest(stuck).await.starts_with("HTTP/1.1 2"));
    is_sound(&app).await;
    app.stop().await;
}

async fn of_many_requests_at_one_offset_no_byte_is_stored_twice(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(4, 100_000);
    let at = open_named(&client, bytes.len(), "raced.bin").await;
    let answers = join_all((0..10).map(|_| patching(&client, &at, 0, bytes.clone()).send())).await;
    // The connection of one that was called off may be closed without an answer.
    let statuses: Vec<_> = answers.iter().flatten().map(|answer| answer.status().as_u16()).collect();
    assert!(statuses.iter().all(|status| [204, 409].contains(status)), "{statuses:?}");
    let told = offset(&client, &at).await;
    let done = patch(&client, &at, told, bytes[usize::try_from(told).unwrap()..].to_vec()).await;
    assert!(content(&client, &done).await == bytes, "{}", done.text());
    assert_eq!(names(&client, "/v1/files").await, ["raced.bin"]);
    is_sound(&app).await;
    app.stop().await;
}

async fn nobody_is_ever_locked_out(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "100000")]).await;
    let stuck = sending(&app, &client, &at, 100_000, &[7; 1000]).await;
    let mut requests = Vec::new();
    for _ in 0..10 {
        requests.push(patching(&client, &at, 0, vec![7; 100]).send());
        requests.push(tus(&client, Method::HEAD, &at).send());
    }
    for answer in join_all(requests).await.into_iter().flatten() {
        assert_ne!(answer.status(), 423);
    }
    assert_eq!(tus(&client, Method::DELETE, &at).ask().await.status, 204, "an upload at work can be given up");
    assert!(!rest(stuck).await.starts_with("HTTP/1.1 2"));
    app.stop().await;
}

async fn an_upload_goes_on_after_a_restart(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(5, 250_000);
    let at = open_named(&client, bytes.len(), "long.bin").await;
    patch(&client, &at, 0, bytes[..100_001].to_vec()).await;
    let path = at.strip_prefix(&app.url()).unwrap().to_owned();
    let app = app.stop().await.start().await;
    let client = app.stranger().with_token(client.token().map(str::to_owned));
    let seen = head(&client, &path).await;
    assert_eq!((seen.header("upload-offset"), seen.header("upload-length")), ("100001", "250000"));
    let done = patch(&client, &path, 100_001, bytes[100_001..].to_vec()).await;
    assert!(content(&client, &done).await == bytes, "{}", done.text());
    is_sound(&app).await;
    app.stop().await;
}

async fn a_finished_upload_is_answerable_after_a_restart(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open_named(&client, 5, "a.txt").await;
    let done = patch(&client, &at, 0, "hello").await;
    let path = at.strip_prefix(&app.url()).unwrap().to_owned();
    let app = app.stop().await.start().await;
    let client = app.stranger().with_token(client.token().map(str::to_owned));
    let seen = head(&client, &path).await;
    assert_eq!((seen.header("upload-offset"), seen.header("upload-length")), ("5", "5"));
    assert_eq!(seen.header("attache-file"), done.header("attache-file"));
    assert_eq!(content(&client, &seen).await, b"hello");
    app.stop().await;
}
