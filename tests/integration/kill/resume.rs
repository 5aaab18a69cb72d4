//! What takes several requests: uploads that are resumed, sessions of parts, and imports that are promised. The book says
//! how far each is, so that the client can go on with it after a restart.

use super::Life;
use super::book::{Again, Book};
use super::work::{Gone, ask, send};
use crate::tus;
use attache_tests::{Answer, Ask as _, Client};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::ops::Range;

/// Puts the file at `at` in by tus, in two pieces.
pub(super) async fn upload(book: &mut Book, life: &Life, at: usize) -> Result<(), Gone> {
    let wanted = book.files[at].wanted.as_ref().expect("a file to be made");
    let (folder, len) = (book.folder(wanted.in_moving), wanted.versions[0].bytes().len().to_string());
    let metadata = tus::metadata(&[("filename", &wanted.name), ("folder", &folder)]);
    let plan = [("Upload-Length", len.as_str()), ("Upload-Metadata", &metadata)];
    let opened = ask(life, tus::asking(&life.client, &plan)).await?;
    book.files[at].again = Some(Again::Upload(path(opened.header("location"))));
    let bytes = wanted_bytes(book, at);
    let half = book.dice.below(bytes.len() + 1);
    if half > 0 && half < bytes.len() {
        ask(life, piece(book, &life.client, at, 0..half)).await?;
    }
    let from = if half < bytes.len() { half } else { 0 };
    let done = ask(life, piece(book, &life.client, at, from..bytes.len())).await?;
    is_there(book, at, &done);
    let file = send(life, life.client.get(&format!("/v1/files/{}", done.header("attache-file")))).await?;
    book.files[at].no = file["no"].as_i64().expect("a number");
    Ok(())
}

/// Replaces the content of the file at `at` by a session of parts.
pub(super) async fn version_in_parts(book: &mut Book, life: &Life, at: usize) -> Result<(), Gone> {
    let Some(id) = book.files[at].id.clone() else { return Ok(()) };
    let content = book.new_content();
    let bytes = content.bytes();
    // A session is of one byte at least.
    if bytes.is_empty() {
        return Ok(());
    }
    let known = &book.files[at].known;
    let mut wanted = known.clone();
    wanted.versions.push(content);
    let plan = json!({ "file_name": known.name, "file_size": bytes.len(), "file_uuid": id });
    let opened = send(life, life.client.post("/v1.0/sessions").json(&plan)).await?;
    let half = if bytes.len() > 1 { 1 + book.dice.below(bytes.len()) } else { 1 };
    let file = &mut book.files[at];
    (file.wanted, file.fresh) = (Some(wanted), true);
    file.again = Some(Again::Part(path(opened["upload_url"].as_str().expect("an address")), 0..half));
    while let Some(request) = next_part(book, &life.client, at) {
        let taken = send(life, request).await?;
        part_is_there(book, at, &taken);
    }
    Ok(())
}

/// The part of a session that is next, or was not answered; nothing when the session is over.
fn next_part(book: &Book, client: &Client, at: usize) -> Option<RequestBuilder> {
    let Some(Again::Part(next, part)) = &book.files[at].again else { return None };
    Some(client.post(next).body(wanted_bytes(book, at)[part.clone()].to_vec()))
}

/// Notes that a part was taken: then the rest is next, or the version is there.
fn part_is_there(book: &mut Book, at: usize, taken: &Value) {
    let Some(Again::Part(_, part)) = &book.files[at].again else { unreachable!("it is a session") };
    let (from, len) = (part.end, wanted_bytes(book, at).len());
    if from == len {
        return book.acknowledge(at);
    }
    book.files[at].again = Some(Again::Part(path(taken["next_url"].as_str().expect("an address")), from..len));
}

/// Has the file at `at` fetched.
pub(super) async fn import(book: &mut Book, life: &Life, at: usize) -> Result<(), Gone> {
    let wanted = book.files[at].wanted.as_ref().expect("a file to be made");
    let (url, folder) = (life.source.url(wanted.versions[0]), book.folder(false));
    let plan = json!({ "url": url, "name": wanted.name, "folder": folder });
    let wanted = book.files[at].wanted.as_mut().expect("a file to be made");
    // The other folder may have another name by then.
    wanted.in_moving = false;
    book.files[at].again = Some(Again::Task(None));
    let promised = send(life, life.client.post("/v1/imports").json(&plan)).await?;
    book.files[at].again = Some(Again::Task(Some(promised["task"].as_str().expect("an id").to_owned())));
    Ok(())
}

/// Looks whether a file that was promised has come, now and then; whether it has looked.
pub(super) async fn look_for_promised(book: &mut Book, life: &Life) -> Result<bool, Gone> {
    let promised = book.files.iter().zip(0..).find_map(|(file, at)| match &file.again {
        Some(Again::Task(Some(task))) => Some((at, task.clone())),
        _ => None,
    });
    let Some((at, task)) = promised else { return Ok(false) };
    let task = send(life, life.client.get(&format!("/v1/tasks/{task}"))).await?;
    assert_ne!(task["state"], "failed", "{task}");
    if task["state"] == "done" {
        book.files[at].no = task["file_no"].as_i64().expect("a number");
        book.acknowledge(at);
    }
    Ok(true)
}

/// Goes on with what was cut, where the protocol says how: then it is there.
pub(super) async fn go_on(client: &Client, book: &mut Book, at: usize) {
    match book.files[at].again.clone() {
        Some(Again::Upload(address)) => {
            let stands = tus::tus(client, Method::HEAD, &address).ask().await;
            assert_eq!(stands.status, 200, "{address} of {:?}", book.files[at]);
            let offset: usize = stands.header("upload-offset").parse().expect("an offset");
            let len = wanted_bytes(book, at).len();
            let made = !stands.header("attache-file").is_empty();
            let end = if made { stands } else { piece(book, client, at, offset..len).ask().await };
            assert!(end.status.is_success(), "{}", end.text());
            is_there(book, at, &end);
        }
        Some(Again::Part(..)) => {
            while let Some(request) = next_part(book, client, at) {
                let taken = request.ask().await;
                assert!(taken.status.is_success(), "{}", taken.text());
                part_is_there(book, at, &taken.json());
            }
        }
        _ => {}
    }
}

/// The answer names the file, which is there.
fn is_there(book: &mut Book, at: usize, answer: &Answer) {
    let id = answer.header("attache-file");
    assert!(!id.is_empty(), "a whole upload is a file: {answer:?}");
    book.files[at].id = Some(id.to_owned());
    book.acknowledge(at);
}

fn piece(book: &Book, client: &Client, at: usize, range: Range<usize>) -> RequestBuilder {
    let Some(Again::Upload(address)) = &book.files[at].again else { unreachable!("it is an upload") };
    tus::patching(client, address, range.start as u64, wanted_bytes(book, at)[range].to_vec())
}

fn wanted_bytes(book: &Book, at: usize) -> Vec<u8> {
    let wanted = book.files[at].wanted.as_ref().expect("a file to be made");
    wanted.versions.last().expect("a version").bytes()
}

/// An address without the server's port, which each life has anew.
pub(super) fn path(url: &str) -> String {
    let url: reqwest::Url = url.parse().expect("a whole address");
    url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}
