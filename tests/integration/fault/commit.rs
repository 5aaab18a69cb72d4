//! A connection that is cut exactly at a commit: between the server and its database, or with the answer on its way to the
//! client. Nobody knows whether the change was made, so it is asked for again, and in the end it was made once.

use super::book::whole;
use super::is_sound;
use super::wire::{Cut, Wire};
use crate::native::{list, noise};
use crate::{PROGRAM, tus};
use attache_tests::dice::{self, Dice};
use attache_tests::proxy::{Fault, Proxy, Rule};
use attache_tests::{Answer, Client, Effort, Engine, Home, Patience, Process, figure, report};
use reqwest::RequestBuilder;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// Cuts of each kind.
const CUTS: usize = 200;
/// The pause of a patient client before it asks again.
const PAUSE: Duration = Duration::from_millis(10);
/// Commits of changes in one request, at most.
const COMMITS: usize = 3;

/// What is cut.
enum Knife {
    Database(Wire),
    Client(Proxy),
}

impl Knife {
    /// Lets one of the next commits, or the next answer, be cut.
    fn draw(&self, dice: &mut Dice) {
        match self {
            Knife::Database(wire) => {
                let cut = if dice.one_in(3) { Cut::Before } else { Cut::After };
                wire.cut(cut, dice.below(COMMITS));
            }
            Knife::Client(proxy) => proxy.rules([Rule::new(Fault::LoseAnswer).first(1)]),
        }
    }

    /// How often it has cut.
    fn sheathe(&self) -> usize {
        match self {
            Knife::Database(wire) => wire.calm(),
            Knife::Client(proxy) => {
                proxy.heal();
                proxy.faults().values().sum()
            }
        }
    }
}

/// A client whose changes are cut.
struct Patient {
    client: Client,
    knife: Knife,
    dice: Dice,
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    /// Answers that asked to come again, and requests without an answer.
    again: usize,
}

impl Patient {
    /// Asks until there is an answer that does not ask to come again.
    async fn ask(&mut self, request: impl Fn(&Client) -> RequestBuilder) -> Answer {
        let patience = Patience::new();
        loop {
            let heard = match whole(request(&self.client)).await {
                Ok(answer) if answer.status == 503 || answer.code() == "in_flight" => {
                    assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
                    answer.text()
                }
                Ok(answer) => return answer,
                Err(error) => format!("{error:?}"),
            };
            assert!(!patience.is_over(), "there is no answer in all this time; the last: {heard}");
            self.again += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A change of some kind, which one cut meets.
    async fn change(&mut self, no: usize) {
        let len = if self.dice.one_in(2) { 1000 } else { 70_000 };
        let bytes = noise(no as u64, len);
        match no % 4 {
            0 => self.post(no, bytes).await,
            1 => self.make_folder(no).await,
            2 => self.upload(no, bytes).await,
            _ => self.send_to_kommo(no, bytes).await,
        }
    }

    async fn post(&mut self, no: usize, bytes: Vec<u8>) {
        let name = format!("post-{no}.bin");
        let at = format!("/v1/files?name={name}&on_conflict=number");
        self.knife.draw(&mut self.dice);
        let post = |client: &Client| client.post(&at).header("Idempotency-Key", &name).body(bytes.clone());
        let made = self.ask(post).await.expect(201);
        assert_eq!(made["name"], name.as_str());
        self.files.insert(name);
    }

    async fn make_folder(&mut self, no: usize) {
        let path = format!("/folder-{no}");
        self.knife.draw(&mut self.dice);
        let plan = json!({ "path": path });
        let post = |client: &Client| client.post("/v1/folders").header("Idempotency-Key", &path).json(&plan);
        self.ask(post).await.expect(201);
        self.folders.insert(path);
    }

    async fn upload(&mut self, no: usize, bytes: Vec<u8>) {
        let name = format!("tus-{no}.bin");
        let at = tus::open_named(&self.client, bytes.len(), &name).await;
        let at = at[at.find(tus::UPLOADS).unwrap()..].to_owned();
        self.knife.draw(&mut self.dice);
        loop {
            let head = self.ask(|client| tus::tus(client, reqwest::Method::HEAD, &at)).await;
            assert_eq!(head.status, 200, "{}", head.text());
            let offset: usize = head.header("upload-offset").parse().unwrap();
            if offset == bytes.len() && !head.header("attache-file").is_empty() {
                break;
            }
            // One try: where it stands is asked before the next.
            let patch = tus::patching(&self.client, &at, offset as u64, bytes[offset..].to_vec());
            match whole(patch).await {
                Ok(answer) => assert!([204, 503].contains(&answer.status.as_u16()), "{}", answer.text()),
                Err(_) => self.again += 1,
            }
        }
        self.files.insert(name);
    }

    async fn send_to_kommo(&mut self, no: usize, bytes: Vec<u8>) {
        let name = format!("kommo-{no}.bin");
        let opening = json!({ "file_name": name, "file_size": bytes.len() });
        let opened = self.ask(|client| client.post("/v1.0/sessions").json(&opening)).await.expect(200);
        let at = opened["upload_url"].as_str().unwrap();
        let at = at[at.find("/upload/").unwrap()..].to_owned();
        self.knife.draw(&mut self.dice);
        let sent = self.ask(|client| client.post(&at).body(bytes.clone())).await;
        assert_eq!(
            (sent.status.as_u16(), sent.json()["size"].as_u64()),
            (200, Some(bytes.len() as u64)),
            "{}",
            sent.text()
        );
        self.files.insert(name);
    }

    /// Demands that every change was made, and made once.
    async fn prove(&self) {
        let files = list(&self.client, "/v1/files").await;
        let names: Vec<&str> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), self.files.len(), "{names:?}");
        assert!(names.iter().all(|name| self.files.contains(*name)), "{names:?}");
        for file in &files {
            let no = file["name"].as_str().unwrap().split(['-', '.']).nth(1).unwrap().parse().unwrap();
            let content = crate::native::content(&self.client, file).await;
            let is_whole = [1000, 70_000].contains(&content.len());
            assert!(is_whole && content == noise(no, content.len()), "other bytes for {file}");
        }
        let folders = list(&self.client, "/v1/folders").await;
        let folders: BTreeSet<&str> = folders.iter().map(|folder| folder["path"].as_str().unwrap()).collect();
        assert_eq!(folders, self.folders.iter().map(String::as_str).collect());
    }
}

/// Changes until so many were cut, then the proof; says how many changes it took.
async fn work(client: Client, knife: Knife, what: &str) {
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut patient =
        Patient { client, knife, dice: Dice::new(seed), files: BTreeSet::new(), folders: BTreeSet::new(), again: 0 };
    let (mut effort, mut changes, mut cuts) = (Effort::new(CUTS), 0, 0);
    while effort.goes_on() {
        while cuts < effort.done() {
            patient.change(changes).await;
            changes += 1;
            cuts = patient.knife.sheathe();
        }
    }
    patient.prove().await;
    let again = patient.again;
    figure("fault", &format!("{what}: {cuts} cuts in {changes} changes, asked again {again} times, each made once"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_to_the_database_that_is_cut_at_a_commit_makes_nothing_twice_on_postgres() {
    let Some(home) = Home::on(Engine::Postgres).await else { return };
    let url = home.database().unwrap();
    let host = url.split(['@', '/', '?']).nth(3).unwrap().to_owned();
    let wire = Wire::start(host.clone());
    let through = url.replace(&host, &wire.address());
    let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    command.env("ATTACHE_DATABASE", through);
    let mut server = Process::start(command, home.path());
    let client = server.client(PROGRAM, "all");
    work(client, Knife::Database(wire), "connection to PostgreSQL cut at COMMIT").await;
    server.ask_to_stop();
    assert!(server.wait().0.success());
    is_sound(home.path());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_on_its_way_to_the_client_makes_nothing_twice_on_sqlite() {
    let Some(home) = Home::on_disk() else { return };
    let mut server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let proxy = Proxy::start(server.url());
    let through = Client::new(proxy.url(), client.token().map(str::to_owned));
    work(through, Knife::Client(proxy), "answer to the client lost").await;
    server.ask_to_stop();
    assert!(server.wait().0.success());
    is_sound(home.path());
}
