//! A client at work while something is wrong with the machine. It writes down what it was told, and in the end looks
//! whether that is so.

use crate::native::list;
use crate::tus::{BYTES, UPLOADS, metadata, tus};
use attache_tests::dice::Dice;
use attache_tests::{Answer, Client, Content};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Longer than any answer takes, whatever is wrong.
const PATIENCE: Duration = Duration::from_secs(90);
/// Pieces of an upload that are tried before its client gives up.
const PIECES: usize = 6;

/// What a client knows of a file.
#[derive(Clone, Debug)]
struct File {
    /// Known once an answer named it.
    id: Option<String>,
    /// What it may hold: one content, and more while a change of it got no clear answer.
    contents: Vec<Content>,
    /// Whether it must be there. One that was put in or taken away without a clear answer may be there or not.
    is_sure: bool,
    /// Whether nobody knows when a change will be made whose client has stopped waiting.
    is_haunted: bool,
}

/// What an answer says of the change that was asked for.
#[derive(Debug)]
enum Word {
    Done(Answer),
    /// It was not made.
    Refused,
    /// It was made or not: the client is asked to come again, or heard nothing.
    Unclear,
    NotThere,
}

/// How often a client was told what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) done: usize,
    pub(crate) refused: usize,
    pub(crate) unclear: usize,
    pub(crate) cut: usize,
    pub(crate) reads: usize,
}

impl Told {
    /// What all clients together were told.
    pub(crate) fn all<'b>(books: impl IntoIterator<Item = &'b Book>) -> Told {
        books.into_iter().fold(Told::default(), |sum, Book { told, .. }| Told {
            done: sum.done + told.done,
            refused: sum.refused + told.refused,
            unclear: sum.unclear + told.unclear,
            cut: sum.cut + told.cut,
            reads: sum.reads + told.reads,
        })
    }
}

/// A client and what it knows.
pub(crate) struct Book {
    owner: String,
    pub(crate) client: Client,
    dice: Dice,
    files: BTreeMap<String, File>,
    /// Names under which nothing may be found.
    absent: BTreeSet<String>,
    made: usize,
    /// The largest content that it puts in, in bytes.
    largest: usize,
    /// Whether connections may be cut.
    may_be_cut: bool,
    /// How long it waits for an answer.
    patience: Duration,
    pub(crate) told: Told,
}

impl Book {
    pub(crate) fn new(owner: impl Into<String>, client: Client, dice: Dice) -> Book {
        Book {
            owner: owner.into(),
            client,
            dice,
            files: BTreeMap::new(),
            absent: BTreeSet::new(),
            made: 0,
            largest: 1 << 20,
            may_be_cut: false,
            patience: PATIENCE,
            told: Told::default(),
        }
    }

    /// Whose connections may be cut, and whose requests may get no answer.
    pub(crate) fn that_may_be_cut(self) -> Book {
        Book { may_be_cut: true, ..self }
    }

    /// Who waits for an answer for so long, and then does without.
    pub(crate) fn that_waits(self, patience: Duration) -> Book {
        Book { may_be_cut: true, patience, ..self }
    }

    /// One operation of any kind.
    pub(crate) async fn step(&mut self) {
        match self.dice.below(12) {
            0..3 => self.put_any().await,
            3..5 => self.upload().await,
            kind if self.files.is_empty() => self.put(if kind < 9 { 2000 } else { 70_000 }).await,
            5..8 => self.read().await,
            8..10 => self.replace().await,
            10 => self.remove("").await,
            _ => self.remove("?erase=true").await,
        }
    }

    async fn put_any(&mut self) {
        let len = self.any_len();
        self.put(len).await;
    }

    fn any_len(&mut self) -> usize {
        let len = match self.dice.below(10) {
            0..3 => 1 + self.dice.below(3000),
            3 => 20_000 + self.dice.below(40_000),
            9 => 400_000 + self.dice.below(600_000),
            _ => 66_000 + self.dice.below(150_000),
        };
        len.min(self.largest)
    }

    fn fresh_name(&mut self) -> String {
        self.made += 1;
        format!("{}-{}.bin", self.owner, self.made)
    }

    /// Puts a new file of so many bytes in.
    pub(crate) async fn put(&mut self, len: usize) {
        let (name, content) = (self.fresh_name(), Content::new(&mut self.dice, len));
        let request = self.client.put(&format!("/v1/files/by-path/{name}")).body(content.bytes());
        let word = self.ask(request).await;
        self.came(name, content, word);
    }

    fn came(&mut self, name: String, content: Content, word: Word) {
        let (id, is_sure) = match word {
            Word::Done(answer) => (Some(id_in(&answer)), true),
            Word::Unclear => (None, false),
            Word::Refused | Word::NotThere => {
                self.absent.insert(name);
                return;
            }
        };
        let is_haunted = !is_sure && self.may_be_cut;
        self.files.insert(name, File { id, contents: vec![content], is_sure, is_haunted });
    }

    /// Puts a new file in by tus: after each trouble its client asks where it stands, and goes on there.
    async fn upload(&mut self) {
        let name = self.fresh_name();
        let len = self.any_len();
        let content = Content::new(&mut self.dice, len);
        let about = metadata(&[("filename", name.as_str())]);
        let opening = tus(&self.client, Method::POST, UPLOADS).header("Upload-Length", len);
        let Word::Done(answer) = self.ask(opening.header("Upload-Metadata", about)).await else {
            self.absent.insert(name);
            return;
        };
        let at = answer.header("location").to_owned();
        let at = &at[at.find(UPLOADS).expect("an upload's address")..];
        let word = self.send_pieces(at, &content.bytes()).await;
        self.came(name, content, word);
    }

    async fn send_pieces(&mut self, at: &str, bytes: &[u8]) -> Word {
        let (mut offset, mut sent_all) = (0, false);
        for _ in 0..PIECES {
            let left = bytes.len() - offset;
            let len = if self.dice.one_in(2) { left } else { 1 + self.dice.below(left) };
            sent_all |= len == left;
            let piece = tus(&self.client, Method::PATCH, at).header("Upload-Offset", offset);
            let piece = piece.header("Content-Type", BYTES).body(bytes[offset..offset + len].to_vec());
            match self.ask(piece).await {
                Word::Done(answer) if len == left => return Word::Done(answer),
                Word::Done(_) => offset += len,
                _ => match self.stands_at(at, bytes.len()).await {
                    Some((there, _)) if there < offset => panic!("{there} bytes are left of {offset}"),
                    Some((there, answer)) if there == bytes.len() => return Word::Done(answer),
                    Some((there, _)) => offset = there,
                    None => break,
                },
            }
        }
        // The last piece may still end the upload after nobody waits for it any more.
        if sent_all { Word::Unclear } else { Word::Refused }
    }

    /// Where an upload stands, if that can be said; where all of it is there, the answer names its file.
    async fn stands_at(&mut self, at: &str, len: usize) -> Option<(usize, Answer)> {
        let Word::Done(answer) = self.ask(tus(&self.client, Method::HEAD, at)).await else { return None };
        let there: usize = answer.header("upload-offset").parse().expect("an offset");
        (there < len || !answer.header("attache-file").is_empty()).then_some((there, answer))
    }

    /// Reads a file: what comes is what was put in, or it says or shows that it is not whole.
    pub(crate) async fn read(&mut self) {
        let known: Vec<_> = self.files.iter().filter_map(|(name, file)| Some((name, file.id.as_ref()?))).collect();
        let at = self.dice.below(known.len().max(1));
        let Some((name, id)) = known.get(at).map(|(name, id)| ((*name).clone(), (*id).clone())) else { return };
        let word = self.ask(self.client.get(&format!("/v1/files/{id}/content"))).await;
        let file = &self.files[&name];
        match word {
            Word::Done(answer) => {
                let found = file.contents.iter().any(|content| content.bytes() == answer.body);
                assert!(found, "other bytes for {name}: {} of {file:?}", answer.body.len());
                self.told.reads += 1;
            }
            Word::NotThere => assert!(!file.is_sure, "{name} is gone: {file:?}"),
            Word::Refused | Word::Unclear => {}
        }
    }

    fn any(&mut self) -> Option<(String, File)> {
        let at = self.dice.below(self.files.len().max(1));
        self.files.iter().nth(at).map(|(name, file)| (name.clone(), file.clone()))
    }

    async fn replace(&mut self) {
        let len = self.any_len();
        let content = Content::new(&mut self.dice, len);
        let Some((name, _)) = self.any() else { return };
        let request = self.client.put(&format!("/v1/files/by-path/{name}")).body(content.bytes());
        let word = self.ask(request).await;
        let file = self.files.get_mut(&name).expect("it is known");
        match word {
            Word::Done(answer) if file.is_haunted => {
                file.id = Some(id_in(&answer));
                file.contents.push(content);
            }
            Word::Done(answer) => {
                *file = File { id: Some(id_in(&answer)), contents: vec![content], is_sure: true, is_haunted: false };
            }
            Word::Unclear => {
                file.contents.push(content);
                file.is_haunted |= self.may_be_cut;
            }
            Word::Refused => {}
            Word::NotThere => panic!("a path is always there"),
        }
    }

    async fn remove(&mut self, how: &str) {
        let Some((name, File { id: Some(id), is_sure, is_haunted, .. })) = self.any() else { return };
        match self.ask(self.client.delete(&format!("/v1/files/{id}{how}"))).await {
            // A change that got no answer may still come, and make it anew.
            Word::Done(_) if is_haunted => self.files.get_mut(&name).expect("it is known").is_sure = false,
            Word::Done(_) => self.forget(name),
            Word::NotThere => {
                assert!(!is_sure, "{name} was gone");
                if !is_haunted {
                    self.forget(name);
                }
            }
            Word::Unclear => {
                let file = self.files.get_mut(&name).expect("it is known");
                file.is_sure = false;
                file.is_haunted |= self.may_be_cut;
            }
            Word::Refused => {}
        }
    }

    fn forget(&mut self, name: String) {
        self.files.remove(&name);
        self.absent.insert(name);
    }

    async fn ask(&mut self, request: RequestBuilder) -> Word {
        match whole(request.timeout(self.patience)).await {
            Ok(answer) => self.word(answer),
            Err(error) => {
                assert!(self.may_be_cut, "no answer: {error:?}");
                self.told.cut += 1;
                Word::Unclear
            }
        }
    }

    #[track_caller]
    fn word(&mut self, answer: Answer) -> Word {
        match answer.status.as_u16() {
            200..300 => {
                self.told.done += 1;
                Word::Done(answer)
            }
            507 => {
                // An answer to HEAD has no body.
                assert!(answer.body.is_empty() || answer.text().contains("storage_full"), "{}", answer.text());
                self.told.refused += 1;
                Word::Refused
            }
            503 => {
                let after: Option<u64> = answer.header("retry-after").parse().ok();
                assert!(after.is_some_and(|after| after > 0), "when to come again is said: {answer:?}");
                self.told.unclear += 1;
                Word::Unclear
            }
            404 | 410 => Word::NotThere,
            // Somebody else's piece, sent by ourselves before we gave up waiting for its answer.
            409 if self.may_be_cut => Word::Unclear,
            status => panic!("{status}: {}", answer.text()),
        }
    }
}

/// The id of the file in an answer of the native API or of tus.
fn id_in(answer: &Answer) -> String {
    let named = answer.header("attache-file");
    if named.is_empty() { answer.json()["id"].as_str().expect("an id").to_owned() } else { named.to_owned() }
}

/// The whole answer, or what kept it from coming.
pub(crate) async fn whole(request: RequestBuilder) -> reqwest::Result<Answer> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    Ok(Answer { status, headers, body: answer.bytes().await?.to_vec() })
}

/// Compares what all clients were told with what is there: every file that was acknowledged, whole, and none that was
/// refused or taken away.
pub(crate) async fn prove<'b>(client: &Client, books: impl IntoIterator<Item = &'b Book>) -> usize {
    let shown = list(client, "/v1/files").await;
    let shown: BTreeMap<&str, &Value> = shown.iter().map(|file| (file["name"].as_str().unwrap(), file)).collect();
    let (mut known, mut proved) = (BTreeSet::new(), 0);
    for book in books {
        for name in &book.absent {
            assert!(!shown.contains_key(name.as_str()), "{name} was refused or taken away, and is there");
        }
        for (name, file) in &book.files {
            known.insert(name.as_str());
            let Some(there) = shown.get(name.as_str()) else {
                assert!(!file.is_sure, "{name} was acknowledged, and is not there: {file:?}");
                continue;
            };
            let at = format!("/v1/files/{}/content", there["id"].as_str().unwrap());
            let answer = whole(client.get(&at)).await.expect("the content comes whole");
            assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text());
            assert!(file.contents.iter().any(|content| content.bytes() == answer.body), "other bytes for {name}");
            proved += 1;
        }
    }
    let strange: Vec<_> = shown.keys().filter(|name| !known.contains(*name)).collect();
    assert!(strange.is_empty(), "nobody put these in: {strange:?}");
    proved
}
