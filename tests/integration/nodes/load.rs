//! Mixed work by clients who know what was acknowledged: files are put in, read, deleted, and uploaded in pieces, each
//! request at any node. In the end everything that was acknowledged is looked at.

use super::fleet::Fleet;
use crate::native::{list, noise};
use crate::tus::{BYTES, UPLOADS, metadata};
use attache_tests::dice::Dice;
use attache_tests::{Answer, Client};
use futures_util::StreamExt as _;
use reqwest::{Method, RequestBuilder};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

/// Clients at work.
const CLIENTS: usize = 6;
/// Files that are looked at together in the end.
const AT_ONCE: usize = 8;

/// A load that goes on until it is told to end.
pub(crate) struct Load {
    clients: JoinSet<Book>,
    enough: Arc<AtomicBool>,
    fleet: Arc<Fleet>,
}

/// A file that was acknowledged.
#[derive(Clone, Debug)]
struct File {
    id: String,
    content: Content,
}

/// Bytes that a seed makes, and how many of them.
type Content = (u64, usize);

/// What one client knows.
struct Book {
    owner: usize,
    dice: Dice,
    /// Living files by their names.
    living: BTreeMap<String, File>,
    deleted: Vec<String>,
    made: usize,
}

impl Load {
    pub(crate) fn start(fleet: &Arc<Fleet>, dice: &mut Dice) -> Load {
        let (mut clients, enough) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
        for owner in 0..CLIENTS {
            let (fleet, enough) = (fleet.clone(), enough.clone());
            let dice = Dice::new(dice.next() ^ owner as u64);
            clients.spawn(async move {
                let mut book = Book { owner, dice, living: BTreeMap::new(), deleted: Vec::new(), made: 0 };
                while !enough.load(Ordering::SeqCst) {
                    step(&fleet, &mut book).await;
                }
                book
            });
        }
        Load { clients, enough, fleet: fleet.clone() }
    }

    /// Ends it once everybody has the answer to the last request, and looks at all that was acknowledged.
    pub(crate) async fn prove(mut self) {
        self.enough.store(true, Ordering::SeqCst);
        let mut books = Vec::new();
        while let Some(book) = self.clients.join_next().await {
            books.push(book.expect("no client saw a wrong answer"));
        }
        let fleet = &self.fleet;
        let shown = list(&fleet.client_at(0), "/v1/files").await;
        let mut shown: Vec<&str> = shown.iter().filter_map(|file| file["name"].as_str()).collect();
        let mut known: Vec<&str> = books.iter().flat_map(|book| book.living.keys().map(String::as_str)).collect();
        shown.sort_unstable();
        known.sort_unstable();
        assert_eq!(shown, known, "every file that was acknowledged is there once, and no other");
        let files = books.iter().flat_map(|book| &book.living).zip(0..);
        let all = futures_util::stream::iter(files).for_each_concurrent(AT_ONCE, |((name, file), no)| async move {
            let client = fleet.client_at(no % fleet.len());
            let got = whole(client.get(&content_of(file))).await;
            assert!(got == noise(file.content.0, file.content.1), "{name} came back as other bytes");
        });
        all.await;
        let deleted: usize = books.iter().map(|book| book.deleted.len()).sum();
        fleet.note(format!("proved: {} living and {deleted} deleted files of", known.len()));
    }
}

async fn whole(request: RequestBuilder) -> Vec<u8> {
    let answer = request.send().await.expect("the node answers");
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("the answer comes whole").to_vec()
}

async fn step(fleet: &Fleet, book: &mut Book) {
    match book.dice.below(10) {
        0..3 => put(fleet, book).await,
        3..5 => upload(fleet, book).await,
        5 if !book.living.is_empty() => delete(fleet, book).await,
        _ if !book.living.is_empty() => read(fleet, book).await,
        _ => put(fleet, book).await,
    }
}

impl Book {
    /// A name and content that nobody else has.
    fn fresh(&mut self) -> (String, Content) {
        const LENGTHS: [usize; 5] = [0, 100, 20_000, 70_000, 400_000];
        self.made += 1;
        let len = LENGTHS[self.dice.below(LENGTHS.len())];
        (format!("{}-{}.bin", self.owner, self.made), (self.dice.next(), len))
    }

    fn any(&mut self) -> (String, File) {
        let at = self.dice.below(self.living.len());
        let (name, file) = self.living.iter().nth(at).expect("one of them");
        (name.clone(), file.clone())
    }
}

fn address(file: &File) -> String {
    format!("/v1/files/{}", file.id)
}

fn content_of(file: &File) -> String {
    format!("{}/content", address(file))
}

/// Puts a file in. When the answer to a first try was lost, a second one finds the file and gives it the same bytes again.
async fn put(fleet: &Fleet, book: &mut Book) {
    let (name, content) = book.fresh();
    let bytes = noise(content.0, content.1);
    let ask = |client: &Client, url: &str| client.put(url).body(bytes.clone());
    let (answer, _) = fleet.ask(&mut book.dice, &format!("/v1/files/by-path/{name}"), &ask).await;
    assert!([200, 201].contains(&answer.status.as_u16()), "{}: {}", answer.status, answer.text());
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    book.living.insert(name, File { id, content });
    fleet.note("puts");
}

async fn read(fleet: &Fleet, book: &mut Book) {
    let (name, file) = book.any();
    let (answer, _) = fleet.ask(&mut book.dice, &content_of(&file), &|client, url| client.get(url)).await;
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    assert!(answer.body == noise(file.content.0, file.content.1), "{name} came back as other bytes");
    fleet.note("reads");
}

async fn delete(fleet: &Fleet, book: &mut Book) {
    let (name, file) = book.any();
    let (answer, refused) = fleet.ask(&mut book.dice, &address(&file), &|client, url| client.delete(url)).await;
    let done = answer.status == 204 || (answer.status == 404 && refused > 0);
    assert!(done, "{name}: {}: {}", answer.status, answer.text());
    book.living.remove(&name);
    book.deleted.push(name);
    fleet.note("deletes");
}

fn tus(client: &Client, method: Method, url: &str) -> RequestBuilder {
    client.request(method, url).header("Tus-Resumable", "1.0.0")
}

/// Uploads a file in pieces, each to another node.
async fn upload(fleet: &Fleet, book: &mut Book) {
    let (name, (seed, len)) = book.fresh();
    let (bytes, about) = (noise(seed, len), metadata(&[("filename", name.as_str())]));
    let open = |client: &Client, url: &str| {
        tus(client, Method::POST, url).header("Upload-Length", len).header("Upload-Metadata", about.clone())
    };
    let (answer, mut refused) = fleet.ask(&mut book.dice, UPLOADS, &open).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let at = answer.header("location").to_owned();
    let at = &at[at.find(UPLOADS).expect("an upload's address")..];
    let (mut offset, mut answered) = (0, true);
    while offset < len || !answered {
        if !answered {
            let (there, _, more) = stands_at(fleet, book, at, offset).await;
            (offset, answered, refused) = (there, true, refused + more);
            continue;
        }
        let end = len.min(offset + 1 + book.dice.below(150_000));
        let piece = bytes[offset..end].to_vec();
        let send = |client: &Client, url: &str| {
            let request = tus(client, Method::PATCH, url).header("Upload-Offset", offset);
            request.header("Content-Type", BYTES).body(piece.clone())
        };
        let node = book.dice.below(fleet.len());
        match fleet.once(node, at, &send).await {
            // A request that was cut may still have asked for the upload's turn, and gets it now.
            Ok(answer) if answer.status == 409 && refused > 0 => {
                fleet.note("pieces called off by a request that was cut");
                answered = false;
            }
            Ok(answer) => {
                assert_eq!(answer.status, 204, "{}", answer.text());
                (offset, answered) = (end, true);
            }
            Err(_) => (answered, refused) = (false, refused + 1),
        }
    }
    let (offset, id, _) = stands_at(fleet, book, at, len).await;
    assert!(offset == len && !id.is_empty(), "a whole upload is a file");
    book.living.insert(name, File { id, content: (seed, len) });
    fleet.note("uploads");
}

/// Where an upload stands, which is no less than what was acknowledged; the file that it has become; and
/// how many nodes refused to tell.
async fn stands_at(fleet: &Fleet, book: &mut Book, at: &str, acknowledged: usize) -> (usize, String, usize) {
    let (answer, refused): (Answer, usize) =
        fleet.ask(&mut book.dice, at, &|client, url| tus(client, Method::HEAD, url)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let offset = answer.header("upload-offset").parse().expect("an offset");
    assert!(acknowledged <= offset, "{offset} bytes are left of {acknowledged}, which were acknowledged");
    (offset, answer.header("attache-file").to_owned(), refused)
}
