//! Uploads that are interrupted: connections are cut in the middle, a second request comes while the first hangs, answers
//! are lost after the commit, and the server is killed (SIGKILL) and started again. Each client then does what its
//! protocol says, and each file is there once, byte by byte.

mod kommo;
mod memory;
mod race;
mod site;
mod tus;
mod wire;

use crate::kill::dice::{self, Dice};
use crate::kill::proof;
use crate::native::{at, list, noise, put};
use attache_tests::{Ask, Client, Engine, report};
use futures_util::StreamExt as _;
use serde_json::Value;
use site::Site;
use std::collections::BTreeMap;

/// Uploads of each protocol on each engine; every one is interrupted.
const UPLOADS: usize = 200;
/// Uploads at once.
const AT_ONCE: usize = 12;
/// Most interruptions of one upload.
const MISHAPS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Protocol {
    Tus,
    Kommo,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_tus_uploads_end_whole_and_once_on_sqlite() {
    run(Protocol::Tus, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_tus_uploads_end_whole_and_once_on_postgresql() {
    run(Protocol::Tus, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_tus_uploads_end_whole_and_once_on_a_cluster() {
    run(Protocol::Tus, Engine::Cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_kommo_uploads_end_whole_and_once_on_sqlite() {
    run(Protocol::Kommo, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_kommo_uploads_end_whole_and_once_on_postgresql() {
    run(Protocol::Kommo, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_kommo_uploads_end_whole_and_once_on_a_cluster() {
    run(Protocol::Kommo, Engine::Cluster).await;
}

/// What can happen to a request that brings bytes.
#[derive(Clone, Copy, Debug)]
enum Mishap {
    /// The client's connection ends in the middle.
    Cut,
    /// It hangs in the middle, and the client sends another request.
    Hung,
    /// The answer never reaches the client.
    Lost,
    /// The server is killed under it.
    Killed,
}

impl Mishap {
    fn any(dice: &mut Dice) -> Mishap {
        match dice.below(13) {
            0..4 => Mishap::Cut,
            4..8 => Mishap::Hung,
            8..12 => Mishap::Lost,
            _ => Mishap::Killed,
        }
    }
}

/// A file to be put in.
struct Job {
    name: String,
    bytes: Vec<u8>,
    /// The file that gets these bytes as its second version.
    replaces: Option<Value>,
    dice: Dice,
}

impl Job {
    async fn new(no: usize, client: &Client, mut dice: Dice) -> Job {
        let len = match dice.below(5) {
            0 => 1 + dice.below(100),
            1 => 1 + dice.below(70_000),
            // Around the length from which contents are files of their own.
            2 => 65_500 + dice.below(100),
            3 => 1 + dice.below(600_000),
            _ => 1 + dice.below(3 << 20),
        };
        let name = format!("{no}.bin");
        let replaces = if no.is_multiple_of(4) { Some(put(client, &name, "the first version").await) } else { None };
        Job { name, bytes: noise(dice.next(), len), replaces, dice }
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// What is still to go wrong with an upload.
struct Fate {
    mishaps: usize,
}

impl Fate {
    fn of(dice: &mut Dice) -> Fate {
        Fate { mishaps: 1 + dice.below(MISHAPS) }
    }

    /// What happens to the next request; `is_last` when the upload would be over with it.
    fn next(&mut self, dice: &mut Dice, is_last: bool) -> Option<Mishap> {
        let strikes = self.mishaps > 0 && (is_last || dice.one_in(2));
        strikes.then(|| {
            self.mishaps -= 1;
            Mishap::any(dice)
        })
    }
}

async fn run(protocol: Protocol, engine: Engine) {
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let Some(site) = Site::open(engine).await else { return };
    let client = site.client();
    let mut jobs = Vec::new();
    for no in 0..UPLOADS {
        jobs.push(Job::new(no, &client, Dice::new(dice.next())).await);
    }
    let working = futures_util::stream::iter(&mut jobs).for_each_concurrent(AT_ONCE, |job| async {
        match protocol {
            Protocol::Tus => tus::upload(&site, job).await,
            Protocol::Kommo => kommo::upload(&site, job).await,
        }
    });
    working.await;
    all_is_there_once(&site.client(), &jobs).await;
    let (figures, place) = site.close().await;
    report(&format!("{UPLOADS} uploads by {protocol:?} on {engine:?}: {figures}"));
    proof::wait_for_the_dead(&place).await;
    proof::check(&place);
}

/// Each file is there under its own name, with its versions and its bytes, and nothing else is; nothing is reserved.
async fn all_is_there_once(client: &Client, jobs: &[Job]) {
    let files = list(client, "/v1/files").await;
    let names: Vec<&str> = files.iter().filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(files.len(), jobs.len(), "{names:?}");
    let by_name: BTreeMap<&str, &Value> = names.iter().copied().zip(&files).collect();
    let mut bytes = 0;
    for job in jobs {
        let file = by_name[job.name.as_str()];
        let content = client.get(&format!("{}/content", at(file))).ask().await;
        assert!(content.body == job.bytes, "{} came back as other bytes", job.name);
        let versions = client.get(&format!("{}/versions", at(file))).ask().await.expect(200);
        let versions = versions["items"].as_array().expect("a list").clone();
        assert_eq!(versions.len(), 1 + usize::from(job.replaces.is_some()), "{}", job.name);
        bytes += versions.iter().filter_map(|version| version["size"].as_u64()).sum::<u64>();
    }
    let account = client.get("/v1/account").ask().await.expect(200);
    // What is reserved would count as used.
    assert_eq!(account["usage"], serde_json::json!({ "bytes": bytes, "files": jobs.len() }));
}
