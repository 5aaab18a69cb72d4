//! Two thousand operations while a fifth of all requests to the store go wrong: nothing acknowledged is lost, what is not
//! acknowledged is not there, and whoever is refused is asked to come again.

use super::site::Site;
use super::way::Way;
use super::{Maker, on_both_stores};
use crate::native::{list, noise};
use crate::tus;
use attache_tests::dice::{self, Dice};
use attache_tests::proxy::{Fault, Rule, Seen};
use attache_tests::{Answer, Ask, Client, figure, report};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

on_both_stores!(nothing_acknowledged_is_lost_while_a_fifth_of_all_requests_to_the_store_go_wrong,);

const OPERATIONS: usize = 2000;
/// Clients at work.
const CLIENTS: usize = 12;
/// The most that one thing is asked of the store.
const TRIES: usize = 3;
/// How often somebody who is asked to come again does.
const PATIENCE: usize = 20;

/// A fifth of all requests, by chance.
fn rules(maker: Maker) -> Vec<Rule> {
    let faults = [
        Fault::INTERNAL,
        Fault::SLOW_DOWN,
        Fault::ResetRequest { after: 0 },
        Fault::ResetRequest { after: 40_000 },
        Fault::LoseAnswer,
        Fault::ResetAnswer { after: 20_000 },
        Fault::CutAnswer { after: 20_000 },
        Fault::Slow { bytes_per_second: 1_000_000 },
    ];
    let damage = Rule::new(Fault::DamageRequest).method("PUT").target("/blobs/");
    vec![
        // Each takes as long as the server waits for it.
        Rule::new(Fault::Silence).percent(1),
        damage.percent(if maker.is_strict() { 3 } else { 0 }),
        Rule::new(Fault::LATE_ERROR).method("POST").target("uploadId=").percent(20),
        Rule::any_of(faults).percent(18),
    ]
}

/// A content that a number repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Content {
    seed: u64,
    len: usize,
}

impl Content {
    fn any(dice: &mut Dice) -> Content {
        let len = match dice.below(40) {
            0..8 => 1 + dice.below(100),
            // More than a part.
            39 => (8 << 20) + dice.below(1 << 20),
            _ => 66_000 + dice.below(200_000),
        };
        Content { seed: dice.next(), len }
    }

    fn bytes(self) -> Vec<u8> {
        noise(self.seed, self.len)
    }
}

/// What a client knows of a file.
#[derive(Clone, Debug)]
struct File {
    no: i64,
    /// What its active content may be: one, and a second one while a change of it got no clear answer.
    contents: Vec<Content>,
    is_trashed: bool,
}

/// A client at work, and what it was told.
struct Book {
    owner: usize,
    client: Client,
    dice: Dice,
    files: BTreeMap<String, File>,
    /// Names under which nothing was acknowledged.
    refused: BTreeSet<String>,
    erased: BTreeSet<String>,
    made: usize,
    figures: Arc<Figures>,
}

/// Counts of all clients together.
#[derive(Default)]
struct Figures {
    done: AtomicUsize,
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
    broken_off: AtomicUsize,
    /// The most requests that asked for the end of one upload in pieces.
    endings: AtomicUsize,
}

impl Figures {
    /// Whether there is another operation to be done.
    fn begin(&self) -> bool {
        self.done.fetch_add(1, Ordering::SeqCst) < OPERATIONS
    }
}

async fn nothing_acknowledged_is_lost_while_a_fifth_of_all_requests_to_the_store_go_wrong(maker: Maker) {
    let Some(site) = Site::new(maker, "many").await else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    // Short, so that silence does not make up most of the time.
    let server = site.start_with(&[("ATTACHE_LIMIT_STORAGE_DEADLINE", "5")]);
    let client = site.client(&server);
    let figures = Arc::new(Figures::default());
    site.proxy.rules(rules(maker));
    let books = (0..CLIENTS).map(|owner| Book::new(owner, client.clone(), seed, figures.clone()));
    let books = books.map(|book| tokio::spawn(book.work())).collect::<Vec<_>>();
    let books: Vec<Book> = join_all(books).await.into_iter().map(|book| book.expect("no wrong answer")).collect();
    let told = told(maker, &site, &figures);
    not_more_than_three_tries(&site.proxy.seen(), figures.endings.load(Ordering::SeqCst).max(1));

    site.proxy.heal();
    look(&client, &books).await;
    drop(server);
    let server = site.start();
    look(&site.client(&server), &books).await;
    site.is_sound().await;
    figure("fault", &format!("{told}; 0 lost"));
}

fn told(maker: Maker, site: &Site, figures: &Figures) -> String {
    let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    let (asked, faults) = (site.proxy.seen().len(), site.proxy.faults());
    let wrong: usize = faults.values().sum();
    let told = format!(
        "{OPERATIONS} operations on {maker:?}: {} acknowledged, {} refused for now, {} reads broken off; of {asked} requests \
         to the store {wrong} went wrong: {faults:?}",
        count(&figures.acknowledged),
        count(&figures.refused),
        count(&figures.broken_off),
    );
    assert!(wrong * 100 / asked >= 15, "{wrong} of {asked} went wrong");
    assert!(count(&figures.acknowledged) > OPERATIONS / 2);
    told
}

/// Every content has a name of its own, so whatever is written under one is one thing. An upload in pieces keeps its name
/// when its end was refused, and each request that asks for the end again may try as often.
fn not_more_than_three_tries(seen: &[Seen], endings: usize) {
    let mut tries: BTreeMap<&str, usize> = BTreeMap::new();
    for seen in seen.iter().filter(|seen| seen.method == "PUT" && seen.target.contains("/blobs/")) {
        *tries.entry(&seen.target).or_default() += 1;
    }
    let worst = tries.iter().max_by_key(|(_, tries)| **tries).expect("something was written");
    assert!(*worst.1 <= TRIES * endings, "{worst:?} by {endings} requests at most");
}

impl Book {
    fn new(owner: usize, client: Client, seed: u64, figures: Arc<Figures>) -> Book {
        let dice = Dice::new(seed ^ (owner as u64 + 1).wrapping_mul(0xA24B_AED4_963E_E407));
        let (files, refused, erased) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Book { owner, client, dice, files, refused, erased, made: 0, figures }
    }

    async fn work(mut self) -> Book {
        while self.figures.begin() {
            let names: Vec<String> = self.files.keys().cloned().collect();
            if names.len() < 4 || self.dice.one_in(3) {
                self.put().await;
                continue;
            }
            let name = names[self.dice.below(names.len())].clone();
            match (self.files[&name].is_trashed, self.dice.below(10)) {
                (true, 0) | (false, 9) => self.erase(&name).await,
                (true, _) => self.restore(&name).await,
                (false, 0..6) => self.read(&name).await,
                (false, 6 | 7) => self.replace(&name).await,
                (false, _) => self.trash(&name).await,
            }
        }
        self
    }

    fn note(&self, answer: &Answer) -> bool {
        let is_done = answer.status.is_success();
        let count = if is_done { &self.figures.acknowledged } else { &self.figures.refused };
        count.fetch_add(1, Ordering::SeqCst);
        if !is_done {
            Way::Native.asks_to_try_again(answer);
        }
        is_done
    }

    /// Puts a new file in by one of all ways.
    async fn put(&mut self) {
        self.made += 1;
        let name = format!("c{}-{}.bin", self.owner, self.made);
        let content = Content::any(&mut self.dice);
        let mut way = Way::ALL[self.dice.below(Way::ALL.len())];
        // Kommo's parts are small, and Keap's base64 is long.
        if content.len > 300_000 && !matches!(way, Way::HubSpot | Way::Tus) {
            way = Way::Native;
        }
        let taken = if way == Way::Tus {
            self.put_in_pieces(&name, content).await
        } else {
            let answer = way.put(&self.client, &name, &content.bytes()).await;
            let is_taken = answer.status.is_success() && !answer.text().contains("<fault>");
            let count = if is_taken { &self.figures.acknowledged } else { &self.figures.refused };
            count.fetch_add(1, Ordering::SeqCst);
            if is_taken {
                way.took(&answer);
            } else {
                way.asks_to_try_again(&answer);
            }
            is_taken
        };
        if taken {
            let found = list(&self.client, &format!("/v1/files?name={name}")).await;
            assert_eq!(found.len(), 1, "{name} was put in once by {way:?}: {found:?}");
            let no = found[0]["no"].as_i64().expect("a number");
            self.files.insert(name, File { no, contents: vec![content], is_trashed: false });
        } else {
            self.refused.insert(name);
        }
    }

    /// As a client of tus does: after each trouble it asks where the upload stands, and goes on there.
    async fn put_in_pieces(&mut self, name: &str, content: Content) -> bool {
        let bytes = content.bytes();
        let at = tus::open_named(&self.client, bytes.len(), name).await;
        let (mut offset, mut known, mut endings) = (0, 0, 0);
        for _ in 0..PATIENCE {
            let left = bytes.len() - offset;
            let len = if self.dice.one_in(2) { left } else { 1 + self.dice.below(left) };
            let piece = bytes[offset..offset + len].to_vec();
            let answer = tus::patch(&self.client, &at, offset as u64, piece).await;
            endings += usize::from(len == left);
            if self.note(&answer) {
                known = offset + len;
                if known == bytes.len() {
                    return true;
                }
            }
            // A piece may count although its answer was an error, so nothing is sent before it is known where to.
            let head = loop {
                let head = tus::head(&self.client, &at).await;
                endings += usize::from(endings > 0);
                self.figures.endings.fetch_max(endings, Ordering::SeqCst);
                if head.status != 503 {
                    break head;
                }
            };
            assert_eq!(head.status, 200, "{name}");
            offset = head.header("upload-offset").parse().expect("an offset");
            assert!(offset >= known, "{name}: {offset} bytes are left of {known}");
            if offset == bytes.len() {
                return !head.header("attache-file").is_empty();
            }
        }
        false
    }

    fn path(&self, name: &str) -> String {
        format!("/v1/files/{}", self.files[name].no)
    }

    /// Reads a file: it is what it is known as, or the answer says or shows that it is not whole.
    async fn read(&mut self, name: &str) {
        let path = format!("{}/content", self.path(name));
        let answer = self.client.get(&path).send().await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let Ok(body) = answer.bytes().await else {
            self.figures.broken_off.fetch_add(1, Ordering::SeqCst);
            return;
        };
        let answer = Answer { status, headers, body: body.to_vec() };
        if self.note(&answer) {
            let file = &self.files[name];
            let found = file.contents.iter().find(|content| content.bytes() == answer.body);
            assert!(found.is_some(), "other bytes for {name}: {file:?}");
        }
    }

    async fn replace(&mut self, name: &str) {
        let content = Content::any(&mut self.dice);
        let request = self.client.put(&format!("{}/content", self.path(name))).body(content.bytes());
        if self.note(&request.ask().await) {
            self.files.get_mut(name).expect("it is known").contents = vec![content];
        }
    }

    async fn trash(&mut self, name: &str) {
        if self.note(&self.client.delete(&self.path(name)).ask().await) {
            self.files.get_mut(name).expect("it is known").is_trashed = true;
        }
    }

    async fn restore(&mut self, name: &str) {
        if self.note(&self.client.post(&format!("{}/restore", self.path(name))).ask().await) {
            self.files.get_mut(name).expect("it is known").is_trashed = false;
        }
    }

    /// Erases a file. The rows go first: when the bytes could not be removed at once, the file is gone all the same.
    async fn erase(&mut self, name: &str) {
        let path = format!("{}?erase=true", self.path(name));
        let answer = self.client.delete(&path).ask().await;
        if self.note(&answer) || self.client.get(&self.path(name)).ask().await.status == 404 {
            self.files.remove(name);
            self.erased.insert(name.to_owned());
        }
    }
}

/// Compares what all clients were told with what is there.
async fn look(client: &Client, books: &[Book]) {
    let (living, trashed) = tokio::join!(list(client, "/v1/files"), list(client, "/v1/trash"));
    let name = |file: &serde_json::Value| file["name"].as_str().expect("a name").to_owned();
    let living: BTreeSet<String> = living.iter().map(name).collect();
    let trashed: BTreeSet<String> = trashed.iter().map(name).collect();
    for book in books {
        for name in book.refused.union(&book.erased) {
            assert!(!living.contains(name) && !trashed.contains(name), "{name} was not acknowledged, or erased");
        }
        for (name, file) in &book.files {
            assert!(if file.is_trashed { trashed.contains(name) } else { living.contains(name) }, "{name}: {file:?}");
            if !file.is_trashed {
                let answer = client.get(&format!("/v1/files/{}/content", file.no)).ask().await;
                assert_eq!(answer.status, 200, "{name}");
                assert!(file.contents.iter().any(|content| content.bytes() == answer.body), "{name}: {file:?}");
            }
        }
    }
}
