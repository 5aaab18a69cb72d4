//! A client at work until the power goes: it writes into its book what it is about to ask for, asks, and writes down the
//! answer.

use super::book::{Book, Line, Stage, State};
use crate::tus::{BYTES, UPLOADS, metadata, tus};
use attache_tests::{Answer, Client, Content};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Files that a client has at once.
const FILES: usize = 6;
/// Versions of a file, after which it is erased.
const VERSIONS: usize = 3;

/// What the clients of one life of the server share.
pub(super) struct Life {
    pub(super) client: Client,
    /// How far the disk's tape is.
    clock: Arc<AtomicU64>,
    answers: AtomicUsize,
    answered: Notify,
    /// The power goes, or is gone: whatever fails now may.
    over: AtomicBool,
    /// Whoever works here ends after its next answer.
    enough: AtomicBool,
}

impl Life {
    pub(super) fn new(url: &str, token: &str, clock: Arc<AtomicU64>) -> Arc<Life> {
        Arc::new(Life {
            client: Client::new(url, Some(token.to_owned())),
            clock,
            answers: AtomicUsize::new(0),
            answered: Notify::new(),
            over: AtomicBool::new(false),
            enough: AtomicBool::new(false),
        })
    }

    pub(super) async fn wait_for(&self, answers: usize) {
        while self.answers() < answers {
            self.answered.notified().await;
        }
    }

    pub(super) fn answers(&self) -> usize {
        self.answers.load(Ordering::SeqCst)
    }

    pub(super) fn power_goes(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_enough(&self) {
        self.enough.store(true, Ordering::SeqCst);
    }

    fn now(&self) -> u64 {
        self.clock.load(Ordering::SeqCst)
    }
}

/// The power went before there was an answer.
struct Gone;

/// Works until the power goes, or until it is enough.
pub(super) async fn until_dark(mut book: Book, life: Arc<Life>) -> Book {
    while !life.enough.load(Ordering::SeqCst) {
        if step(&mut book, &life).await.is_err() {
            break;
        }
    }
    book
}

async fn step(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let there = book.there();
    if book.keeps {
        return if there.is_empty() || book.dice.one_in(2) {
            put(book, life).await
        } else {
            rename_any(book, life).await
        };
    }
    if there.len() < 2 || (there.len() < FILES && book.dice.one_in(3)) {
        return if book.dice.one_in(4) { open(book, life).await } else { put(book, life).await };
    }
    let page = there[book.dice.below(there.len())];
    let (stage, versions) = (book.pages[page].known.stage, book.pages[page].known.versions.len());
    match (stage, book.dice.below(10)) {
        (Stage::Growing, _) => send_piece(book, life, page).await,
        (Stage::Trashed, 0..6) => restore(book, life, page).await,
        (_, 0) | (Stage::Trashed, _) => erase(book, life, page).await,
        (_, 1) => trash(book, life, page).await,
        (_, 2) => rename(book, life, page).await,
        (_, 3) => move_over(book, life, page).await,
        _ if versions == VERSIONS => erase(book, life, page).await,
        (_, 4..6) => overwrite(book, life, page).await,
        _ => replace(book, life, page).await,
    }
}

/// Asks for a change of a page, or for a new one, and writes that down before and after.
async fn ask(book: &mut Book, life: &Life, page: usize, wanted: State, request: RequestBuilder) -> Result<(), Gone> {
    book.write(life.now(), Line::Asked { page, wanted });
    let answer = send(life, request).await?;
    // While a file system goes down, the kernel says yes to a sync that was under way and did not happen. An answer of
    // that moment promises nothing, as none could come from a machine without power.
    if life.over.load(Ordering::SeqCst) {
        return Err(Gone);
    }
    book.write(life.now(), Line::Answered { page, key: key_of(&answer) });
    life.answers.fetch_add(1, Ordering::SeqCst);
    life.answered.notify_one();
    Ok(())
}

/// Whatever is no good answer ends the test, unless the power went.
async fn send(life: &Life, request: RequestBuilder) -> Result<Answer, Gone> {
    let Ok(answer) = request.send().await else { return Err(life.lost("no answer")) };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let Ok(body) = answer.bytes().await else { return Err(life.lost("half an answer")) };
    let answer = Answer { status, headers, body: body.to_vec() };
    if status.is_success() { Ok(answer) } else { Err(life.lost(&format!("{status}: {}", answer.text()))) }
}

impl Life {
    fn lost(&self, what: &str) -> Gone {
        assert!(self.over.load(Ordering::SeqCst), "while the power was there: {what}");
        Gone
    }
}

/// What a file is called by from now on; nothing for changes that give it no new address. HubSpot's id is the number.
fn key_of(answer: &Answer) -> Option<String> {
    let (file, upload) = (answer.header("attache-file"), answer.header("location"));
    if !file.is_empty() {
        return Some(file.to_owned());
    }
    // The next life of the server is at another port.
    upload.find(UPLOADS).map(|path| upload[path..].to_owned()).or(answer.json()["id"].as_str().map(str::to_owned))
}

fn new_state(book: &mut Book, stage: Stage) -> State {
    let (name, folder, content) = (book.new_name(), book.dice.below(2), book.new_content());
    State { stage, name, folder, versions: vec![content], sent: 0 }
}

/// Puts a new file in, by one of three ways.
async fn put(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let wanted = new_state(book, Stage::Living);
    let (folder, name, content) = (book.folder(wanted.folder), wanted.name.clone(), wanted.versions[0]);
    let client = &life.client;
    let request = match book.dice.below(3) {
        0 => client.put(&format!("/v1/files/by-path{folder}/{name}")).body(content.bytes()),
        1 => {
            let form = Form::new().text("name", name.clone()).text("folder", folder);
            client.post("/v1/files").multipart(form.part("file", part(content, &name)))
        }
        _ => {
            let form = Form::new().text("folderPath", folder).text("fileName", name.clone());
            let form = form.text("options", r#"{"access":"PRIVATE"}"#).part("file", part(content, &name));
            client.post("/files/v3/files").multipart(form)
        }
    };
    ask(book, life, book.pages.len(), wanted, request).await
}

fn part(content: Content, name: &str) -> Part {
    Part::bytes(content.bytes()).file_name(name.to_owned())
}

/// Begins an upload in pieces.
async fn open(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let wanted = new_state(book, Stage::Growing);
    let pairs = metadata(&[("filename", wanted.name.as_str()), ("folder", &book.folder(wanted.folder))]);
    let request = tus(&life.client, Method::POST, UPLOADS).header("Upload-Metadata", pairs);
    let request = request.header("Upload-Length", wanted.versions[0].len);
    ask(book, life, book.pages.len(), wanted, request).await
}

/// Sends an upload's next half, or all the rest.
async fn send_piece(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let known = book.pages[page].known.clone();
    let (content, from) = (known.versions[0], known.sent);
    let left = content.len - from;
    let to = if book.dice.one_in(3) { from + left.div_ceil(2) } else { content.len };
    let stage = if to == content.len { Stage::Living } else { Stage::Growing };
    let at = book.pages[page].key.clone().expect("an upload that was answered for");
    let request = tus(&life.client, Method::PATCH, &at).header("Upload-Offset", from).header("Content-Type", BYTES);
    let request = request.body(content.bytes()[from..to].to_vec());
    ask(book, life, page, State { stage, sent: to, ..known }, request).await
}

async fn restore(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let request = life.client.post(&format!("{}/restore", book.address(page)));
    let wanted = State { stage: Stage::Living, ..book.pages[page].known.clone() };
    ask(book, life, page, wanted, request).await
}

async fn trash(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let request = life.client.delete(&book.address(page));
    let wanted = State { stage: Stage::Trashed, ..book.pages[page].known.clone() };
    ask(book, life, page, wanted, request).await
}

async fn erase(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let request = life.client.delete(&format!("{}?erase=true", book.address(page)));
    let wanted = State { stage: Stage::Nowhere, ..book.pages[page].known.clone() };
    ask(book, life, page, wanted, request).await
}

async fn rename(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let name = book.new_name();
    let request = life.client.patch(&book.address(page)).json(&json!({ "name": name }));
    let wanted = State { name, ..book.pages[page].known.clone() };
    ask(book, life, page, wanted, request).await
}

async fn rename_any(book: &mut Book, life: &Life) -> Result<(), Gone> {
    let there = book.there();
    let page = there[book.dice.below(there.len())];
    rename(book, life, page).await
}

async fn move_over(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let folder = 1 - book.pages[page].known.folder;
    let request = life.client.patch(&book.address(page)).json(&json!({ "folder": book.folder(folder) }));
    let wanted = State { folder, ..book.pages[page].known.clone() };
    ask(book, life, page, wanted, request).await
}

/// Gives a file another version.
async fn replace(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let content = book.new_content();
    let request = life.client.put(&format!("{}/content", book.address(page))).body(content.bytes());
    let mut wanted = book.pages[page].known.clone();
    wanted.versions.push(content);
    ask(book, life, page, wanted, request).await
}

/// Gives a file another version, if it is still the one that the client looked at.
async fn overwrite(book: &mut Book, life: &Life, page: usize) -> Result<(), Gone> {
    let seen = send(life, life.client.get(&book.address(page))).await?.json();
    let content = book.new_content();
    let request = life.client.put(&format!("{}/content", book.address(page))).body(content.bytes());
    let request = request.header("If-Match", seen["etag"].as_str().expect("a tag"));
    let mut wanted = book.pages[page].known.clone();
    wanted.versions.push(content);
    ask(book, life, page, wanted, request).await
}
