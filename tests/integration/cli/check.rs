//! `attache check`

use super::{installation, run};
use crate::PROGRAM;
use attache_blobs::{Blobs, Body, Expect, Key};
use attache_tests::{Home, said};

const LEN: u64 = 200_000;

/// An installation with one file that has a blob of its own, its store, and the blob's key.
async fn installation_with_a_file() -> (Home, Blobs, Key) {
    let home = installation();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "files:write");
    let put = client.put("/v1/files/by-path/large.bin").body(content(7)).send().await.unwrap();
    assert_eq!(put.status(), 201, "{}", put.text().await.unwrap());
    server.kill();
    let blobs = home.blobs();
    let mut keys = keys(&blobs).await;
    assert_eq!(keys.len(), 1);
    (home, blobs, keys.remove(0))
}

fn content(byte: u8) -> Vec<u8> {
    vec![byte; usize::try_from(LEN).unwrap()]
}

async fn keys(blobs: &Blobs) -> Vec<Key> {
    let (mut listing, mut keys) = (blobs.keys(), Vec::new());
    while let Some(found) = listing.next_batch().await.unwrap() {
        keys.extend(found.into_iter().map(|found| found.key));
    }
    keys
}

/// Puts bytes under a key, behind the server's back.
async fn put(blobs: &Blobs, key: &Key, bytes: Vec<u8>) {
    blobs.put_as(key, Body::from(bytes), &Expect::at_most(LEN)).await.unwrap();
}

#[tokio::test]
async fn a_sound_installation_is_found_clean() {
    let (home, ..) = installation_with_a_file().await;
    said(&run(home.path(), &["check"]));
}

#[tokio::test]
async fn a_blob_that_was_changed_or_lost_in_the_store_is_found() {
    let (home, blobs, key) = installation_with_a_file().await;
    let mut changed = content(7);
    changed[1000] ^= 1;
    assert!(blobs.remove(&key).await.unwrap());
    put(&blobs, &key, changed).await;
    assert_eq!(run(home.path(), &["check"]).status.code(), Some(1));
    assert!(blobs.remove(&key).await.unwrap());
    let gone = run(home.path(), &["check"]);
    assert_eq!(gone.status.code(), Some(1), "{}", String::from_utf8_lossy(&gone.stdout));
}

#[tokio::test]
async fn contents_that_no_file_points_to_are_found_and_removed_on_repair() {
    let (home, blobs, key) = installation_with_a_file().await;
    let stray = Key::parse("01/0123456789abcdef0123456789abcdef").unwrap();
    put(&blobs, &stray, content(7)).await;

    let young = run(home.path(), &["check", "--repair"]);
    assert!(young.status.success(), "younger than a day: {}", String::from_utf8_lossy(&young.stdout));
    assert!(blobs.exists(&stray).await.unwrap());
    assert_eq!(run(home.path(), &["check", "--older-than", "0s"]).status.code(), Some(1));
    assert_eq!(run(home.path(), &["check", "--repair", "--older-than", "0s"]).status.code(), Some(1));
    assert_eq!(keys(&blobs).await, [key]);
    said(&run(home.path(), &["check", "--older-than", "0s"]));
}
