//! Two hundred clients at once, each with files of its own, of which it knows every byte.

use super::memory::Course;
use super::{Latencies, descriptors, peak_kib, wait_for_descriptors};
use crate::PROGRAM;
use crate::native::noise;
use crate::tus::{content, open_named, patch};
use attache_tests::dice::{self, Dice};
use attache_tests::{Answer, Ask, Client, Home, figure, report};
use reqwest::RequestBuilder;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Clients at work.
const CLIENTS: usize = 200;
/// Seconds that they work, where nobody says; continuous integration says ten minutes.
const SECONDS: u64 = 20;
/// Sets the seconds.
const VARIABLE: &str = "ATTACHE_LOAD_SECONDS";
/// Files that a client has at most.
const FILES: usize = 12;
/// Most memory that the server may have resident, in KiB.
const PEAK_KIB: u64 = 256 << 10;
/// Lengths of contents: in the row, in a file, in several blocks.
const LENGTHS: [usize; 6] = [0, 300, 4_000, 30_000, 90_000, 600_000];

/// A client and what it knows.
struct Worker {
    client: Client,
    owner: usize,
    dice: Dice,
    living: BTreeMap<String, File>,
    made: usize,
    latencies: Latencies,
}

/// An acknowledged file.
struct File {
    id: String,
    bytes: (u64, usize),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_clients_see_no_error_and_every_byte_again() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let token = server.client(PROGRAM, "all").token().map(str::to_owned);
    let seconds = std::env::var(VARIABLE).map_or(SECONDS, |text| text.parse().expect("seconds are a number"));
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let (begun, at_start) = (Instant::now(), descriptors(&server));
    let until = begun + Duration::from_secs(seconds);
    let mut working = JoinSet::new();
    for owner in 0..CLIENTS {
        let client = Client::new(server.url(), token.clone());
        let dice = Dice::new(seed ^ (owner as u64 + 1));
        let worker = Worker { client, owner, dice, living: BTreeMap::new(), made: 0, latencies: Latencies::default() };
        working.spawn(worker.work(until));
    }
    let mut memory = Course::new(begun);
    for moment in Course::moments(begun, seconds) {
        if let Ok(ended) = tokio::time::timeout_at(moment.into(), working.join_next()).await {
            panic!("a client ended early: {:?}", ended.map(|worker| worker.map(|worker| worker.owner)));
        }
        memory.look(&server);
    }
    let mut latencies = Latencies::default();
    let mut files = 0;
    while let Some(worker) = working.join_next().await {
        let worker = worker.expect("no client saw a wrong answer");
        files += worker.living.len();
        latencies.join(worker.latencies);
    }
    let peak = peak_kib(&server);
    wait_for_descriptors(&server, at_start).await;
    figure(
        "load",
        &format!(
            "{CLIENTS} clients for {seconds} s on {:?}: {} requests, 0 errors, 0 wrong bytes, {files} files in the end; {}; \
             {}, {peak} KiB at most; {at_start} descriptors before and {} after",
            home.engine(),
            latencies.len(),
            latencies.told(),
            memory.told(),
            descriptors(&server)
        ),
    );
    assert!(peak < PEAK_KIB + home.buffers_kib(), "{peak} KiB");
    let mut command = home.command(PROGRAM, &["check", "--older-than", "0s"]);
    let checked = command.output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

impl Worker {
    async fn work(mut self, until: Instant) -> Worker {
        while Instant::now() < until {
            match self.dice.below(12) {
                0..3 if self.living.len() < FILES => self.put().await,
                3 if self.living.len() < FILES => self.upload().await,
                4..8 if !self.living.is_empty() => self.read().await,
                8 if !self.living.is_empty() => self.trash_and_restore().await,
                9 if !self.living.is_empty() => self.replace().await,
                10 => self.list().await,
                _ if self.living.len() >= FILES / 2 => self.delete().await,
                _ => self.put().await,
            }
        }
        for name in self.living.keys().cloned().collect::<Vec<_>>() {
            self.read_of(&name).await;
        }
        self
    }

    /// An answer, with the time that it took.
    async fn ask(&mut self, request: RequestBuilder) -> Answer {
        let begun = Instant::now();
        let answer = request.ask().await;
        self.latencies.add(begun.elapsed());
        answer
    }

    fn fresh(&mut self) -> (String, (u64, usize)) {
        self.made += 1;
        let len = LENGTHS[self.dice.below(LENGTHS.len())];
        (format!("{}-{}.bin", self.owner, self.made), (self.dice.next(), len))
    }

    fn any(&mut self) -> String {
        let at = self.dice.below(self.living.len());
        self.living.keys().nth(at).expect("one of them").clone()
    }

    async fn put(&mut self) {
        let (name, bytes) = self.fresh();
        let request =
            self.client.put(&format!("/v1/files/by-path/{}/{name}", self.owner)).body(noise(bytes.0, bytes.1));
        let made = self.ask(request).await.expect(201);
        self.living.insert(name, File { id: made["id"].as_str().expect("an id").to_owned(), bytes });
    }

    /// In two pieces.
    async fn upload(&mut self) {
        let (name, (seed, len)) = self.fresh();
        let bytes = noise(seed, len);
        let at = open_named(&self.client, len, &name).await;
        let half = len / 2;
        let first = patch(&self.client, &at, 0, bytes[..half].to_vec()).await;
        assert_eq!(first.status, 204, "{}", first.text());
        let last = if len == 0 { first } else { patch(&self.client, &at, half as u64, bytes[half..].to_vec()).await };
        assert_eq!(last.status, 204, "{}", last.text());
        assert!(content(&self.client, &last).await == bytes, "{name} came back as other bytes");
        let id = last.header("attache-file").to_owned();
        self.living.insert(name, File { id, bytes: (seed, len) });
    }

    async fn read(&mut self) {
        let name = self.any();
        self.read_of(&name).await;
    }

    async fn read_of(&mut self, name: &str) {
        let File { id, bytes } = &self.living[name];
        let (request, bytes) = (self.client.get(&format!("/v1/files/{id}/content")), *bytes);
        let answer = self.ask(request).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert!(answer.body == noise(bytes.0, bytes.1), "{name} came back as other bytes");
    }

    async fn replace(&mut self) {
        let name = self.any();
        let (_, bytes) = self.fresh();
        let request = self.client.put(&format!("/v1/files/{}/content", self.living[&name].id));
        self.ask(request.body(noise(bytes.0, bytes.1))).await.expect(200);
        self.living.get_mut(&name).expect("it is known").bytes = bytes;
    }

    async fn trash_and_restore(&mut self) {
        let name = self.any();
        let at = format!("/v1/files/{}", self.living[&name].id);
        self.ask(self.client.delete(&at)).await.expect(204);
        self.ask(self.client.get(&at)).await.refused(404, "not_found");
        self.ask(self.client.post(&format!("/v1/files/{}/restore", self.living[&name].id))).await.expect(200);
    }

    async fn delete(&mut self) {
        let name = self.any();
        let at = format!("/v1/files/{}?erase=true", self.living[&name].id);
        self.ask(self.client.delete(&at)).await.expect(204);
        self.living.remove(&name);
    }

    async fn list(&mut self) {
        let request = self.client.get(&format!("/v1/files?name_contains={}-&limit=50", self.owner));
        let shown = self.ask(request).await.expect(200);
        assert!(shown["items"].as_array().is_some_and(|files| files.len() >= self.living.len().min(1)), "{shown}");
    }
}
