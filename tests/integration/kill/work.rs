//! A client at work until the server is gone: it writes into its book what it is about to ask for, asks, and writes down
//! the answer.

use super::Life;
use super::book::{Book, Content, File, Stage, State};
use attache_tests::Client;
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Files that a client has at once.
const FILES: usize = 10;

/// The server went away before it answered.
struct Gone;

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
    book.files.retain(|file| file.known.stage != Stage::Nowhere);
    if book.moving.id.is_none() {
        return make_folder(book, life).await;
    }
    if book.dice.one_in(12) {
        return rename_folder(book, life).await;
    }
    if book.files.len() < 3 || (book.files.len() < FILES && book.dice.one_in(3)) {
        return put(book, life).await;
    }
    let at = book.dice.below(book.files.len());
    let stage = book.files[at].known.stage;
    match (stage, book.dice.below(10)) {
        (Stage::Trashed, 0..6) => change(book, life, at, restore).await,
        (_, 0) | (Stage::Trashed, _) => change(book, life, at, erase).await,
        (_, 1 | 2) => change(book, life, at, trash).await,
        (_, 3 | 4) => change(book, life, at, replace).await,
        (_, 5) => change(book, life, at, rename).await,
        (_, 6) => change(book, life, at, move_over).await,
        (_, 7) => change(book, life, at, link).await,
        (_, 8) => change(book, life, at, unlink).await,
        _ => read(book, life, at).await,
    }
}

/// Sends a request and gives the answer's JSON. Whatever is no good answer ends the test, unless the server went away.
async fn send(life: &Life, request: RequestBuilder) -> Result<Value, Gone> {
    let answer = request.send().await.map_err(|_| Gone)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|_| Gone)?;
    assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
    life.note_answer();
    Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
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

/// Puts a new file in, by one of four ways.
async fn put(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let (number, content, in_moving) = (book.fresh_number(), book.new_content(), book.dice.one_in(2));
    let mut wanted = State {
        stage: Stage::Living,
        name: format!("f{number}.bin"),
        in_moving,
        versions: vec![content],
        records: BTreeSet::new(),
    };
    let way = book.dice.below(4);
    if way == 1 {
        wanted.records.insert(format!("deal/{number}"));
    }
    let known = State { stage: Stage::Nowhere, ..wanted.clone() };
    let key = (way == 1).then(|| format!("key-{number}"));
    book.files.push(File { id: None, no: 0, known, wanted: Some(wanted), key, fresh: true });
    let at = book.files.len() - 1;
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
    client
        .post(&path)
        .header("Idempotency-Key", file.key.as_deref().unwrap_or_default())
        .body(wanted.versions[0].bytes())
}

fn part(content: Content, name: &str) -> Part {
    Part::bytes(content.bytes()).file_name(name.to_owned())
}

/// What is asked for, and what it makes of the file.
type Asked = (RequestBuilder, State);

/// Asks for a change of the file at `at`.
async fn change(
    book: &mut Book,
    life: &Life,
    at: usize,
    ask: impl Fn(&mut Book, &Client, usize) -> Option<Asked>,
) -> Result<(), Gone> {
    let Some((request, wanted)) = ask(book, &life.client, at) else { return Ok(()) };
    book.files[at].wanted = Some(wanted);
    book.files[at].fresh = true;
    send(life, request).await?;
    book.acknowledge(at);
    Ok(())
}

/// The file's own address; its number stands for its id.
fn address(book: &Book, at: usize) -> String {
    format!("/v1/files/{}", book.files[at].no)
}

fn hubspot(book: &Book, at: usize) -> String {
    format!("/files/v3/files/{}", book.files[at].no)
}

fn staged(book: &Book, at: usize, stage: Stage) -> State {
    State { stage, ..book.files[at].known.clone() }
}

fn restore(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    Some((client.post(&format!("{}/restore", address(book, at))), staged(book, at, Stage::Living)))
}

fn trash(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let path = if book.dice.one_in(2) { address(book, at) } else { hubspot(book, at) };
    Some((client.delete(&path), staged(book, at, Stage::Trashed)))
}

fn erase(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let native = book.files[at].known.stage == Stage::Trashed || book.dice.one_in(2);
    let path =
        if native { format!("{}?erase=true", address(book, at)) } else { format!("{}/gdpr-delete", hubspot(book, at)) };
    Some((client.delete(&path), staged(book, at, Stage::Nowhere)))
}

fn replace(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let content = book.new_content();
    let mut wanted = book.files[at].known.clone();
    let request = if book.dice.one_in(2) {
        client.put(&format!("{}/content", address(book, at))).body(content.bytes())
    } else {
        client
            .put(&hubspot(book, at))
            .multipart(Form::new().text("options", r#"{"access":"PRIVATE"}"#).part("file", part(content, &wanted.name)))
    };
    wanted.versions.push(content);
    Some((request, wanted))
}

fn rename(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let name = format!("f{}.bin", book.fresh_number());
    let request = client.patch(&address(book, at)).json(&json!({ "name": name }));
    Some((request, State { name, ..book.files[at].known.clone() }))
}

fn move_over(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let in_moving = !book.files[at].known.in_moving;
    let request = client.patch(&address(book, at)).json(&json!({ "folder": book.folder(in_moving) }));
    Some((request, State { in_moving, ..book.files[at].known.clone() }))
}

fn link(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let mut wanted = book.files[at].known.clone();
    let record = format!("contact/{}", book.fresh_number());
    wanted.records.insert(record.clone());
    Some((client.put(&format!("/v1/records/{record}/files/{}", book.files[at].no)), wanted))
}

fn unlink(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let mut wanted = book.files[at].known.clone();
    let record = wanted.records.pop_first()?;
    Some((client.delete(&format!("/v1/records/{record}/files/{}", book.files[at].no)), wanted))
}

/// Reads a file under everybody else's work: it is what it was put in as.
async fn read(book: &mut Book, life: &Life, at: usize) -> Result<(), Gone> {
    let file = &book.files[at];
    let answer = life.client.get(&format!("/v1/files/{}/content", file.no)).send().await.map_err(|_| Gone)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|_| Gone)?;
    assert!(status == 200, "{status} for {file:?}");
    assert!(body == file.known.versions.last().expect("a version").bytes(), "other bytes for {file:?}");
    life.note_answer();
    Ok(())
}
