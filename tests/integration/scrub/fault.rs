//! Every fault that bytes at rest can have, in contents of every home: rows, files and objects in one piece and in several.

use super::{rows, run, store, unit};
use crate::PROGRAM;
use crate::fault::get::{Got, get};
use crate::native::noise;
use attache_blobs::{Body, Expect, Key};
use attache_db::{Db, Val};
use attache_tests::{Ask, Client, Home, Process, TestApp, figure};
use std::sync::Arc;

/// In the database; sent in one piece; sent as a stream; in several parts of an object.
const SIZES: [usize; 4] = [2_000, 200 << 10, 700 << 10, 9 << 20];

#[derive(Clone, Copy, Debug)]
enum Fault {
    Flip(At),
    Cut,
    Emptied,
    Extended,
    Removed,
}

#[derive(Clone, Copy, Debug)]
enum At {
    First,
    Middle,
    Last,
}

const FAULTS: [Fault; 7] = [
    Fault::Flip(At::First),
    Fault::Flip(At::Middle),
    Fault::Flip(At::Last),
    Fault::Cut,
    Fault::Emptied,
    Fault::Extended,
    Fault::Removed,
];

impl Fault {
    /// What is there instead of `good`.
    fn of(self, good: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = good.to_vec();
        match self {
            Fault::Flip(at) => {
                let at = match at {
                    At::First => 0,
                    At::Middle => bytes.len() / 2,
                    At::Last => bytes.len() - 1,
                };
                bytes[at] ^= 1;
            }
            Fault::Cut => bytes.truncate(bytes.len() - 1),
            Fault::Emptied => bytes.clear(),
            Fault::Extended => bytes.push(0),
            Fault::Removed => return None,
        }
        Some(bytes)
    }
}

/// A file that is there.
struct Case {
    fault: Fault,
    good: Vec<u8>,
    path: String,
    no: i64,
    key: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_compare_is_noticed_by_these_tests() {
    let home = tokio::task::spawn_blocking(Home::new).await.unwrap();
    let faulty = |fault: &str, arguments: &[&str]| {
        let mut command = home.command(PROGRAM, arguments);
        command.env("FAILPOINTS", format!("{fault}=return"));
        command
    };
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let server = tokio::task::block_in_place(|| Process::start(faulty("core.unverified", &serve), home.path()));
    let client = tokio::task::block_in_place(|| server.client(PROGRAM, "all"));
    let good = noise(1, 700 << 10);
    let file = client.post("/v1/files?name=a.bin").body(good.clone()).ask().await.expect(201);
    let store = home.blobs();
    let key = store.keys().next_batch().await.unwrap().unwrap().remove(0).key;
    let bad = Fault::Flip(At::Middle).of(&good).unwrap();
    assert!(store.remove(&key).await.unwrap());
    store.put_as(&key, Body::from(bad.clone()), &Expect::at_most(1 << 30)).await.unwrap();

    let path = format!("/v1/files/{}/content", file["id"].as_str().unwrap());
    assert!(get(client.get(&path)).await == Got::Whole(200, bad), "one that does not verify gives it out as whole");
    let scrub = |mut command: std::process::Command| tokio::task::block_in_place(|| command.output().unwrap());
    assert!(scrub(faulty("core.undigested", &["scrub"])).status.success(), "one that skips the digest finds nothing");
    assert_eq!(scrub(home.command(PROGRAM, &["scrub"])).status.code(), Some(1));
}

async fn put(client: &Client, db: &Db, no: usize, fault: Fault, len: usize) -> Case {
    let good = noise(no as u64, len);
    let file = client.post(&format!("/v1/files?name={no}.bin")).body(good.clone()).ask().await.expect(201);
    let id = Arc::new(file["id"].as_str().unwrap().to_owned());
    let wanted = id.clone();
    let find = unit(move |tx| {
        let id = wanted.clone();
        Box::pin(async move {
            tx.one("SELECT blob_key FROM file WHERE id = $1", &[Val::from(id.as_str())], |rec| rec.text(0)).await
        })
    });
    let key = db.read(find).await.unwrap().unwrap();
    Case { fault, good, path: format!("/v1/files/{id}/content"), no: file["no"].as_i64().unwrap(), key }
}

/// Does to a content what its case says.
async fn harm(app: &TestApp, db: &Db, case: &Case) {
    let bytes = case.fault.of(&case.good);
    if let Ok(key) = case.key.parse::<Key>() {
        let store = store(app);
        assert!(store.remove(&key).await.unwrap());
        if let Some(bytes) = bytes {
            store.put_as(&key, Body::from(bytes), &Expect::at_most(1 << 30)).await.unwrap();
        }
        return;
    }
    let fixed = Arc::new((case.key.clone(), bytes));
    let change = unit(move |tx| {
        let fixed = fixed.clone();
        Box::pin(async move {
            let key = Val::from(fixed.0.as_str());
            match &fixed.1 {
                Some(bytes) => {
                    let text = "UPDATE blob_small SET bytes = $2 WHERE key = $1";
                    tx.run(text, &[key, Val::from(bytes.as_slice())]).await
                }
                None => tx.run("DELETE FROM blob_small WHERE key = $1", &[key]).await,
            }
        })
    });
    assert_eq!(db.write(change).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happened_to_a_stored_content_nobody_gets_it_whole_and_one_pass_finds_it() {
    let app = TestApp::start().await;
    let (client, db) = (app.client("all").await, rows(&app).await);
    let (mut cases, mut sound) = (Vec::new(), Vec::new());
    for len in SIZES {
        for fault in FAULTS {
            cases.push(put(&client, &db, cases.len(), fault, len).await);
        }
        sound.push(put(&client, &db, 1000 + sound.len(), Fault::Removed, len).await);
    }
    for case in &cases {
        harm(&app, &db, case).await;
    }

    // Half of them are read first, and so found by who reads them.
    let (mut read, mut refused, mut broken) = (0, 0, 0);
    for case in cases.iter().step_by(2) {
        read += 1;
        match get(client.get(&case.path)).await {
            Got::Refused(500, code) if code == "digest_mismatch" => refused += 1,
            Got::Broken(bytes) if bytes < case.good.len() => broken += 1,
            got => panic!("{:?} of {} bytes: {:.200?}", case.fault, case.good.len(), got),
        }
    }
    assert!(refused > 0 && broken > 0, "{refused} refused, {broken} broken off");

    let scrub = run(&app, &["scrub"]).await;
    let said = String::from_utf8_lossy(&scrub.stdout).into_owned();
    assert_eq!(scrub.status.code(), Some(1), "{said}");
    for case in &cases {
        let line = format!("damaged: {} of account 1 (files {}): ", case.key, case.no);
        assert!(said.contains(&line), "{:?} of {} bytes was not found:\n{said}", case.fault, case.good.len());
    }
    assert_eq!(said.lines().filter(|line| line.starts_with("damaged: ")).count(), cases.len(), "{said}");

    for case in &cases {
        let marked = Got::Refused(500, String::from("digest_mismatch"));
        assert_eq!(get(client.get(&case.path)).await, marked);
        assert_eq!(client.head(&case.path).ask().await.status, 500);
        client.get(&case.path).header("Range", "bytes=0-9").ask().await.refused(500, "digest_mismatch");
        let other = client.get(&format!("/files/v3/files/{}/download", case.no)).ask().await;
        assert_eq!(other.status, 500, "{}", other.text());
    }
    for case in &sound {
        assert!(get(client.get(&case.path)).await == Got::Whole(200, case.good.clone()), "{} bytes", case.good.len());
    }

    // Whoever brings the same bytes again mends the file that had them.
    for (no, case) in cases.iter().enumerate() {
        let again = client.post(&format!("/v1/files?name=again-{no}.bin")).body(case.good.clone());
        again.ask().await.expect(201);
        assert!(get(client.get(&case.path)).await == Got::Whole(200, case.good.clone()), "{:?}", case.fault);
    }
    let scrub = run(&app, &["scrub"]).await;
    assert!(scrub.status.success(), "{}", String::from_utf8_lossy(&scrub.stdout));
    let check = run(&app, &["check"]).await;
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));

    let (all, sizes) = (cases.len(), SIZES.len());
    figure(
        "scrub",
        &format!(
            "{all} damaged contents of {sizes} sizes: of {read} that were read first {refused} refused and {broken} broken \
             off, all {all} found by one pass, 0 given out whole, all mended by the same bytes"
        ),
    );
    db.close().await;
    app.stop().await;
}
