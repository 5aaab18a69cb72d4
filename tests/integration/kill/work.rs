//! A client at work until the server is gone: it writes into its book what it is about to ask for, asks, and writes down
//! the answer.

use super::book::{Again, Book, Content, File, Stage, State};
use super::change::{change, erase, link, move_over, overwrite, rename, replace, restore, trash, unlink};
use super::{Life, resume};
use attache_tests::{Answer, Client};
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Files that a client has at once.
const FILES: usize = 6;

/// The server went away before it answered.
pub(super) struct Gone;

/// Works until the server is killed, or until it is enough.
pub(super) async fn until_killed(mut book: Book, life: Arc<Life>) -> Book {
    while !life.enough.load(Ordering::SeqCst) {
        if step(&mut book, &life).await.is_ok() {
            continue;
        }
        assert!(life.over.load(Ordering::SeqCst), "the server went away by itself");
        break;
    }
    book
}

async fn step(book: &mut Book, life: &Life) -> Result<(), Gone> {
    book.files.retain(|file| file.known.stage != Stage::Nowhere || file.may_still_come());
    if book.moving.id.is_none() {
        return make_folder(book, life).await;
    }
    if book.dice.one_in(12) {
        return rename_folder(book, life).await;
    }
    if resume::look_for_promised(book, life).await? {
        return Ok(());
    }
    let here: Vec<usize> = (0..book.files.len()).filter(|at| !book.files[*at].may_still_come()).collect();
    if here.len() < 3 || (here.len() < FILES && book.dice.one_in(3)) {
        return put(book, life).await;
    }
    let at = here[book.dice.below(here.len())];
    let stage = book.files[at].known.stage;
    match (stage, book.dice.below(12)) {
        (Stage::Trashed, 0..7) => change(book, life, at, restore).await,
        (_, 0) | (Stage::Trashed, _) => change(book, life, at, erase).await,
        (_, 1 | 2) => change(book, life, at, trash).await,
        (_, 3 | 4) => change(book, life, at, replace).await,
        (_, 5) => change(book, life, at, rename).await,
        (_, 6) => change(book, life, at, move_over).await,
        (_, 7) => change(book, life, at, link).await,
        (_, 8) => change(book, life, at, unlink).await,
        (_, 9) => overwrite(book, life, at).await,
        (_, 10) => resume::version_in_parts(book, life, at).await,
        _ => read(book, life, at).await,
    }
}

/// Sends a request and gives the answer. Whatever is no good answer ends the test, unless the server went away.
pub(super) async fn ask(life: &Life, request: RequestBuilder) -> Result<Answer, Gone> {
    let answer = request.send().await.map_err(|_| Gone)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.map_err(|_| Gone)?.to_vec();
    assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
    life.note_answer();
    Ok(Answer { status, headers, body })
}

/// As [`ask`], with the answer's JSON.
pub(super) async fn send(life: &Life, request: RequestBuilder) -> Result<Value, Gone> {
    Ok(serde_json::from_slice(&ask(life, request).await?.body).unwrap_or(Value::Null))
}

async fn make_folder(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let plan = json!({ "path": format!("/{}", book.moving.name), "or_existing": true });
    let made = send(life, life.client.post("/v1/folders").json(&plan)).await?;
    book.moving.id = made["id"].as_str().map(str::to_owned);
    Ok(())
}

async fn rename_folder(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let number = book.fresh_number();
    let name = format!("moving-{}-{number}", book.owner);
    book.moving.wanted = Some(name.clone());
    let path = format!("/v1/folders/{}", book.moving.id.as_deref().unwrap_or_default());
    send(life, life.client.patch(&path).json(&json!({ "name": name }))).await?;
    book.moving.name = name;
    book.moving.wanted = None;
    Ok(())
}

/// Puts a new file in, by one of six ways.
async fn put(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let (number, content, in_moving) = (book.fresh_number(), book.new_content(), book.dice.one_in(2));
    let mut wanted = State {
        stage: Stage::Living,
        name: format!("f{number}.bin"),
        in_moving,
        versions: vec![content],
        records: BTreeSet::new(),
    };
    let way = book.dice.below(6);
    if way == 1 {
        wanted.records.insert(format!("deal/{number}"));
    }
    let known = State { stage: Stage::Nowhere, ..wanted.clone() };
    let again = (way == 1).then(|| Again::Key(format!("key-{number}")));
    book.files.push(File { id: None, no: 0, known, wanted: Some(wanted), again, fresh: true });
    let at = book.files.len() - 1;
    if way == 4 {
        return resume::upload(book, life, at).await;
    }
    if way == 5 {
        return resume::import(book, life, at).await;
    }
    let made = send(life, put_request(book, &life.client, at, way)).await?;
    let file = &mut book.files[at];
    // HubSpot's id is the number.
    file.no = made["no"].as_i64().or(made["id"].as_str().and_then(|no| no.parse().ok())).expect("a number");
    file.id = made["no"].is_i64().then(|| made["id"].as_str().unwrap_or_default().to_owned());
    book.acknowledge(at);
    Ok(())
}

fn put_request(book: &Book, client: &Client, at: usize, way: usize) -> RequestBuilder {
    let wanted = book.files[at].wanted.as_ref().expect("a file to be made");
    let (folder, name, content) = (book.folder(wanted.in_moving), &wanted.name, wanted.versions[0]);
    match way {
        0 => client.put(&format!("/v1/files/by-path{folder}/{name}")).body(content.bytes()),
        1 => put_under_key(book, client, at),
        2 => {
            let form = Form::new().text("name", name.clone()).text("folder", folder).part("file", part(content, name));
            client.post("/v1/files").multipart(form)
        }
        _ => {
            let options = r#"{"access":"PRIVATE","overwrite":false,"duplicateValidationStrategy":"NONE"}"#;
            let form = Form::new()
                .text("folderPath", folder)
                .text("fileName", name.clone())
                .text("options", options)
                .part("file", part(content, name));
            client.post("/files/v3/files").multipart(form)
        }
    }
}

/// The request that makes a file under its idempotency key; it can be sent again.
pub(super) fn put_under_key(book: &Book, client: &Client, at: usize) -> RequestBuilder {
    let file = &book.files[at];
    let wanted = file.wanted.as_ref().expect("a file to be made");
    let record = wanted.records.first().map(String::as_str).unwrap_or_default();
    // A twin would get a number: its name is then another one, and nobody knows it.
    let path = format!(
        "/v1/files?name={}&folder={}&record={record}&on_conflict=number",
        wanted.name,
        book.folder(wanted.in_moving)
    );
    let Some(Again::Key(key)) = &file.again else { unreachable!("it is made under a key") };
    client.post(&path).header("Idempotency-Key", key).body(wanted.versions[0].bytes())
}

pub(super) fn part(content: Content, name: &str) -> Part {
    Part::bytes(content.bytes()).file_name(name.to_owned())
}

/// Reads a file under everybody else's work: it is what it was put in as.
async fn read(book: &mut Book, life: &Life, at: usize) -> Result<(), Gone> {
    let file = &book.files[at];
    let content = file.known.versions.last().expect("a version");
    if let Content::Picture(..) = content {
        let small = ask(life, life.client.get(&format!("/v1/files/{}/preview?size=icon", file.no))).await?;
        assert!(small.header("content-type").starts_with("image/") && !small.body.is_empty(), "no picture of {file:?}");
    }
    let answer = ask(life, life.client.get(&format!("/v1/files/{}/content", file.no))).await?;
    assert!(answer.body == content.bytes(), "other bytes for {file:?}");
    Ok(())
}
