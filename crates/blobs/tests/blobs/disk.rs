//! What the disk promises beyond the shared suite.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use attache_blobs::{Blobs, Body, Disk, Error, InlineLimit, Key};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::sample::{
    INLINE, KIB, MIB, all_keys, anything, assert_holds_nothing, content, disk, gather, keep, open, whole,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn root(folder: &TempDir) -> PathBuf {
    folder.path().join("blobs")
}

fn file(folder: &TempDir, key: &Key) -> PathBuf {
    root(folder).join(key.as_str())
}

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn opening_makes_every_folder_and_opening_again_changes_nothing() {
    let (folder, _store) = disk();
    let made = names(&root(&folder));
    let mut expected: Vec<_> = (0..256).map(|n| format!("{n:02x}")).collect();
    expected.extend(["growing", "staging"].map(str::to_owned));
    assert_eq!(made, expected);
    let _again = open(&folder);
    assert_eq!(names(&root(&folder)), expected);
}

#[tokio::test]
async fn a_volume_may_lie_deeper_than_any_folder_that_exists() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/c");
    let store = Blobs::from(Disk::open(&path, InlineLimit::default()).unwrap());
    keep(&store, &content(MIB)).await;
}

#[tokio::test]
async fn what_was_put_is_there_after_opening_again() {
    let (folder, store) = disk();
    let content = content(MIB);
    let key = keep(&store, &content).await;
    drop(store);
    let store = open(&folder);
    assert!(whole(&store, &key, MIB).await == content);
}

#[tokio::test]
async fn nobody_but_the_service_can_read_the_volume() {
    let (folder, store) = disk();
    let key = keep(&store, &content(MIB)).await;
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file(&folder, &key)) & 0o077, 0);
    assert_eq!(mode(root(&folder).join("00")) & 0o077, 0);
    assert_eq!(mode(root(&folder).join("staging")) & 0o077, 0);
}

/// A body that sends `blocks` full blocks, tells so, and then waits for ever.
fn stalling_body(blocks: usize) -> (Body, oneshot::Receiver<()>) {
    let (tell, told) = oneshot::channel();
    let sent = stream::iter((0..blocks).map(|_| Ok(content(256 * KIB))));
    let wait = stream::once(async move {
        tell.send(()).unwrap();
        std::future::pending::<io::Result<Bytes>>().await
    });
    (Body::new(sent.chain(wait), None), told)
}

/// More blocks than an upload holds at once: when all are taken, the writer has begun.
const MORE_THAN_QUEUED: usize = 8;

#[test]
fn a_dropped_upload_leaves_no_file() {
    let (folder, store) = disk();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (body, told) = stalling_body(MORE_THAN_QUEUED);
        let expect = anything();
        let put = store.put(body, &expect);
        tokio::pin!(put);
        tokio::select! {
            _ = &mut put => panic!("the upload cannot end"),
            told = told => told.unwrap(),
        }
        let staged = store.leftovers().next_batch().await.unwrap();
        assert_eq!(staged.expect("a file in staging").len(), 1);
        assert_eq!(store.sweep_staging(DAY).await.unwrap(), 0);
        assert_eq!(all_keys(&store).await, [], "an upload in progress is no blob");
    });
    // Ends when the writer has ended.
    drop(runtime);
    assert_eq!(names(&root(&folder).join("staging")), [""; 0]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(assert_holds_nothing(&store));
}

#[tokio::test]
async fn sweeping_takes_old_leftovers_and_spares_the_young_ones() {
    let (folder, store) = disk();
    let staging = root(&folder).join("staging");
    fs::write(staging.join("young"), b"half a fi").unwrap();
    fs::write(staging.join("old"), b"half a file").unwrap();
    let file = File::options().write(true).open(staging.join("old")).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    file.set_modified(modified - 2 * DAY).unwrap();

    let mut leftovers = store.leftovers();
    let mut listed = leftovers.next_batch().await.unwrap().expect("a batch");
    listed.sort_by_key(|leftover| leftover.modified);
    let listed: Vec<_> = listed.iter().map(|l| (l.name.as_str(), l.len)).collect();
    assert_eq!(listed, [("old", 11), ("young", 9)]);

    assert_eq!(store.sweep_staging(DAY).await.unwrap(), 1);
    assert_eq!(names(&staging), ["young"]);
    assert_eq!(store.sweep_staging(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(names(&staging), [""; 0]);
}

#[tokio::test]
async fn a_leftover_from_the_future_has_no_age() {
    let (folder, store) = disk();
    let path = root(&folder).join("staging/future");
    let file = File::create(&path).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    file.set_modified(modified + 2 * DAY).unwrap();
    assert_eq!(store.sweep_staging(Duration::from_secs(1)).await.unwrap(), 0);
    assert!(path.exists());
}

#[tokio::test]
async fn a_listing_over_many_folders_and_batches_is_complete() {
    let (folder, store) = disk();
    let mut planted = Vec::new();
    for n in 0..2100_u64 {
        let key = Key::parse(&format!("{:02x}/{:032x}", n % 3 * 80, n)).unwrap();
        fs::write(file(&folder, &key), b"x").unwrap();
        planted.push(key);
    }
    planted.sort();
    assert_eq!(all_keys(&store).await, planted);
}

#[tokio::test]
async fn a_listing_tells_when_a_blob_was_written() {
    let (folder, store) = disk();
    let key = keep(&store, &content(MIB)).await;
    let then = SystemTime::UNIX_EPOCH + 1000 * DAY;
    let file = File::options().write(true).open(file(&folder, &key)).unwrap();
    file.set_modified(then).unwrap();
    let found = store.keys().next_batch().await.unwrap().expect("a batch");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].key, found[0].len, found[0].modified), (&key, MIB as u64, then));
}

#[tokio::test]
async fn a_stranger_among_the_blobs_is_neither_listed_nor_touched() {
    let (folder, store) = disk();
    let stranger = root(&folder).join("3f/notes.txt");
    fs::write(&stranger, b"mine").unwrap();
    fs::create_dir(root(&folder).join("3f/00112233445566778899aabbccddeeff")).unwrap();
    assert_eq!(all_keys(&store).await, []);
    assert_eq!(fs::read(&stranger).unwrap(), b"mine");
}

#[tokio::test]
async fn a_shortened_blob_is_never_served_as_complete() {
    let (folder, store) = disk();
    let key = keep(&store, &content(MIB)).await;
    let file = File::options().write(true).open(file(&folder, &key)).unwrap();
    file.set_len(MIB as u64 - 1).unwrap();
    let damaged = store.read(&key, 0..10, MIB as u64).await.unwrap_err();
    assert!(
        matches!(damaged, Error::Damaged { expected, got } if expected == MIB as u64 && got == expected - 1),
        "{damaged:?}"
    );
}

#[tokio::test]
async fn a_blob_shortened_while_it_is_read_ends_in_an_error() {
    let (folder, store) = disk();
    let len = 4 * MIB as u64;
    let key = keep(&store, &content(4 * MIB)).await;
    let body = store.read(&key, 0..len, len).await.unwrap();
    let file = File::options().write(true).open(file(&folder, &key)).unwrap();
    file.set_len(len / 2).unwrap();
    let error = gather(body).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_changed_blob_shows_in_its_digest() {
    let (folder, store) = disk();
    let content = content(INLINE + 1);
    let key = keep(&store, &content).await;
    let before = store.digest(&key).await.unwrap();
    let mut changed = content.to_vec();
    changed[1000] ^= 1;
    fs::write(file(&folder, &key), changed).unwrap();
    let after = store.digest(&key).await.unwrap();
    assert_eq!(before.len, after.len);
    assert_ne!(before.sha256, after.sha256);
}
