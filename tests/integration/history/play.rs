//! A history on its way: eight clients take its operations and note what they were answered.

use super::check::Register;
use super::plan::{FILES, How, Step, Wish};
use super::record::{Act, End, Face, Op, Tag};
use super::site::Account;
use crate::native::noise;
use attache_tests::{Answer, Client};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Clients of a history.
const CLIENTS: usize = 8;
/// Bytes of each file at the beginning.
const FIRST: usize = 100;

/// One of the files.
struct File {
    id: String,
    no: i64,
    /// What it was at the beginning.
    start: Register,
}

/// A history.
pub(super) struct Play {
    pub(super) account: Account,
    files: Vec<File>,
    folders: Vec<String>,
    steps: Vec<Step>,
    next: AtomicUsize,
    moments: AtomicU64,
    /// Contents by the hex of their digests.
    contents: Mutex<HashMap<String, u64>>,
    pub(super) ops: Mutex<Vec<Vec<Op>>>,
    pub(super) counts: Mutex<HashMap<&'static str, usize>>,
}

impl Play {
    /// Makes the files and folders.
    pub(super) async fn new(account: Account, steps: Vec<Step>) -> Play {
        let (next, moments) = (AtomicUsize::new(0), AtomicU64::new(0));
        let mut play = Play {
            account,
            files: Vec::new(),
            folders: Vec::new(),
            steps,
            next,
            moments,
            contents: Mutex::default(),
            ops: Mutex::new(vec![Vec::new(); FILES]),
            counts: Mutex::default(),
        };
        let client = play.account.client(0);
        for no in 0..FILES {
            let (content, bytes) = play.content(FIRST);
            let made = send(client.put(&format!("/v1/files/by-path/{no}.bin")).body(bytes)).await.unwrap().expect(201);
            let face = play.face(&made);
            assert_eq!(face, Face { revision: 1, version: 1, content });
            let (id, no) = (made["id"].as_str().unwrap().to_owned(), made["no"].as_i64().unwrap());
            play.files.push(File { id, no, start: Register { lives: true, face } });
        }
        for path in ["/x", "/y", "/z"] {
            let made = send(client.post("/v1/folders").json(&json!({ "path": path }))).await.unwrap().expect(201);
            play.folders.push(made["id"].as_str().unwrap().to_owned());
        }
        play
    }

    /// What each file was at the beginning.
    pub(super) fn start(&self, file: usize) -> Register {
        self.files[file].start
    }

    /// All clients at once, until nothing is left to do; then each file is looked at once more.
    pub(super) async fn run(&self) {
        let clients = (0..CLIENTS).map(|_| self.client());
        futures_util::future::join_all(clients).await;
        let mut seen = self.first_seen();
        for file in 0..FILES {
            for wish in [Wish::Look { file }, Wish::Read { file }] {
                self.on_file(Step { wish, cut_after: None, node: file }, &mut seen).await;
            }
        }
    }

    fn first_seen(&self) -> Vec<Face> {
        self.files.iter().map(|file| file.start.face).collect()
    }

    async fn client(&self) {
        let mut seen = self.first_seen();
        while let Some(step) = self.steps.get(self.next.fetch_add(1, Ordering::SeqCst)) {
            match step.wish {
                Wish::Put { name, size } => self.put(*step, name, size).await,
                Wish::Move { folder, into } => self.move_folder(*step, folder, into).await,
                Wish::Usage => self.account.is_within_quota(step.node).await,
                _ => self.on_file(*step, &mut seen).await,
            }
        }
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }

    fn count(&self, what: &'static str) {
        *self.counts.lock().unwrap().entry(what).or_default() += 1;
    }

    /// A content that is no other's.
    fn content(&self, size: usize) -> (u64, Vec<u8>) {
        let mut contents = self.contents.lock().unwrap();
        let no = contents.len() as u64;
        let bytes = [&no.to_le_bytes(), noise(no, size - 8).as_slice()].concat();
        contents.insert(hex::encode(Sha256::digest(&bytes)), no);
        (no, bytes)
    }

    /// Which content has these bytes; every one of them counts.
    fn which(&self, bytes: &[u8]) -> u64 {
        self.contents.lock().unwrap()[&hex::encode(Sha256::digest(bytes))]
    }

    fn face(&self, file: &Value) -> Face {
        let tag = file["etag"].as_str().unwrap().trim_matches('"').to_owned();
        let revision = tag.split_once("-r").unwrap().1.parse().unwrap();
        let digest = file["version"]["sha256"].as_str().unwrap();
        Face {
            revision,
            version: file["version"]["no"].as_i64().unwrap(),
            content: self.contents.lock().unwrap()[digest],
        }
    }

    /// An operation on one of the files, from its call to its answer.
    async fn on_file(&self, step: Step, seen: &mut [Face]) {
        let client = self.account.client(step.node);
        let (file, act, request) = self.request(&client, step.wish, seen);
        let called = self.moment();
        let answer = cut(request, step.cut_after).await;
        let answered = answer.as_ref().map(|_| self.moment());
        let end = answer.map_or(End::Unknown, |answer| self.end(act, &answer));
        if let End::Shown(face) = end {
            seen[file] = face;
        }
        self.count(word(act, end));
        self.ops.lock().unwrap()[file].push(Op { called, answered, act, end });
    }

    fn request(&self, client: &Client, wish: Wish, seen: &[Face]) -> (usize, Act, RequestBuilder) {
        let at = |file: usize| format!("/v1/files/{}", self.files[file].id);
        let tag = |file: usize, how: How| match how {
            How::Plain => None,
            How::AsSeen => Some(Tag::Revision(seen[file].revision)),
            How::ContentAsSeen => Some(Tag::Content(seen[file].content)),
        };
        match wish {
            Wish::Write { file, size, how } => {
                let (content, bytes) = self.content(size);
                let when = tag(file, how);
                let request = client.put(&format!("{}/content", at(file))).body(bytes);
                (file, Act::Write { content, when }, self.under(request, file, when))
            }
            Wish::Delete { file, how } => {
                let when = tag(file, how);
                (file, Act::Delete { when }, self.under(client.delete(&at(file)), file, when))
            }
            Wish::Look { file } => (file, Act::Look, client.get(&at(file))),
            Wish::Read { file } => (file, Act::Read, client.get(&format!("{}/content", at(file)))),
            Wish::Restore { file } => (file, Act::Restore, client.post(&format!("{}/restore", at(file)))),
            other => panic!("{other:?} is not about one of the files"),
        }
    }

    /// The request with its condition.
    fn under(&self, request: RequestBuilder, file: usize, when: Option<Tag>) -> RequestBuilder {
        match when {
            None => request,
            Some(Tag::Revision(revision)) => {
                request.header("If-Match", format!("\"f{}-r{revision}\"", self.files[file].no))
            }
            Some(Tag::Content(content)) => {
                let contents = self.contents.lock().unwrap();
                let digest = contents.iter().find(|(_, no)| **no == content).map(|(digest, _)| digest.clone());
                request.header("If-Match", format!("\"{}\"", digest.unwrap()))
            }
        }
    }

    /// An answer in the words of the judge.
    fn end(&self, act: Act, answer: &Answer) -> End {
        match (answer.status.as_u16(), act) {
            (200, Act::Read) => End::Content(self.which(&answer.body)),
            (200, _) => End::Shown(self.face(&answer.json())),
            (204, Act::Delete { .. }) => End::Done,
            (404, _) => End::Absent,
            (412, _) => End::Unmet,
            (507, _) => End::OverQuota,
            (409, Act::Restore) => End::NotTrashed,
            (status, _) => panic!("{act:?} was answered with {status}: {}", answer.text()),
        }
    }

    /// One more file, under a name that is refused where it is taken.
    async fn put(&self, step: Step, name: usize, size: usize) {
        let (_, bytes) = self.content(size);
        let request = self.account.client(step.node).post(&format!("/v1/files?name=more-{name}.bin")).body(bytes);
        match cut(request, step.cut_after).await.map(|answer| (answer.status.as_u16(), answer)) {
            None => self.count("a put was cut"),
            Some((201, _)) => self.count("put"),
            Some((409, _)) => self.count("a put was refused its name"),
            Some((507, _)) => self.count("a put was over the quota"),
            Some((_, answer)) => panic!("a put was answered with {answer:?}"),
        }
    }

    async fn move_folder(&self, step: Step, folder: usize, into: usize) {
        let change = match self.folders.get(into) {
            Some(into) => json!({ "parent_id": into }),
            None => json!({ "parent": "/" }),
        };
        let client = self.account.client(step.node);
        let request = client.request(Method::PATCH, &format!("/v1/folders/{}", self.folders[folder])).json(&change);
        match cut(request, step.cut_after).await.map(|answer| (answer.status.as_u16(), answer.code(), answer)) {
            None => self.count("a move was cut"),
            Some((200, ..)) => self.count("move"),
            Some((_, code, _)) if code == "folder_cycle" => self.count("a move into itself was refused"),
            Some((.., answer)) => panic!("a move was answered with {answer:?}"),
        }
    }
}

/// An answer, unless the client goes away before it or the server cannot answer now.
async fn cut(request: RequestBuilder, after: Option<u64>) -> Option<Answer> {
    let answer = match after {
        None => send(request).await,
        Some(after) => tokio::time::timeout(Duration::from_micros(after), send(request)).await.ok().flatten(),
    };
    answer.filter(|answer| answer.status != 503)
}

/// `None` of a connection that broke.
async fn send(request: RequestBuilder) -> Option<Answer> {
    let answer = request.send().await.ok()?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    Some(Answer { status, headers, body: answer.bytes().await.ok()?.to_vec() })
}

fn word(act: Act, end: End) -> &'static str {
    match (act, end) {
        (_, End::Unknown) => "cut",
        (Act::Write { when: Some(_), .. }, End::Shown(_)) => "conditional write",
        (Act::Write { when: None, .. }, End::Shown(_)) => "write",
        (Act::Look, End::Shown(_)) => "look",
        (Act::Read, End::Content(_)) => "read",
        (Act::Delete { when: Some(_) }, End::Done) => "conditional delete",
        (Act::Delete { when: None }, End::Done) => "delete",
        (Act::Restore, End::Shown(_)) => "restore",
        (_, End::Absent) => "not there",
        (_, End::Unmet) => "condition not met",
        (_, End::OverQuota) => "over the quota",
        (_, End::NotTrashed) => "not in the trash",
        (act, end) => panic!("{act:?} cannot end in {end:?}"),
    }
}
