//! Contents and bodies for the tests, and short words for what they all ask.

use std::io;

use attache_blobs::{
    Blobs, Body, Cloud, CloudOptions, Digested, Digests, Disk, Expect, Growth, HEAD_LEN, Home, InlineLimit, Key, Piece,
    StorageUrl, Stored,
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tempfile::TempDir;

/// Makes a test of each case on disk, in memory, and in a bucket of either object store.
macro_rules! every_store {
    ($($case:ident)*) => {
        mod on_disk {
            $(#[tokio::test]
            async fn $case() {
                let (_folder, store) = crate::sample::disk();
                super::$case(store).await;
            })*
        }
        mod in_memory {
            $(#[tokio::test]
            async fn $case() {
                let memory = attache_blobs::Memory::new(attache_blobs::InlineLimit::default());
                super::$case(memory.into()).await;
            })*
        }
        mod in_bucket {
            $(#[tokio::test]
            async fn $case() {
                let Some(url) = attache_blobs::testing::storage(stringify!($case)) else { return };
                super::$case(crate::sample::bucket(&url)).await;
            })*
        }
        mod in_second_bucket {
            $(#[tokio::test]
            async fn $case() {
                let Some(url) = attache_blobs::testing::second_storage(stringify!($case)) else { return };
                super::$case(crate::sample::bucket(&url)).await;
            })*
        }
    };
}
pub(crate) use every_store;

pub(crate) const KIB: usize = 1024;
pub(crate) const MIB: usize = 1024 * KIB;
pub(crate) const INLINE: usize = 64 * KIB;

/// A disk store in a folder that goes away with the guard.
pub(crate) fn disk() -> (TempDir, Blobs) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = open(&folder);
    (folder, store)
}

pub(crate) fn open(folder: &TempDir) -> Blobs {
    let path = folder.path().join("blobs");
    let disk = Disk::open(&path, InlineLimit::default()).expect("the volume opens");
    Blobs::from(disk)
}

/// A store in a bucket, with what an installation has of its own accord.
pub(crate) fn bucket(url: &StorageUrl) -> Blobs {
    let cloud = Cloud::open(url, InlineLimit::default(), &CloudOptions::default()).expect("the bucket opens");
    Blobs::from(cloud)
}

/// Bytes that do not repeat within a block, so that a swapped or missing part shows.
pub(crate) fn content(len: usize) -> Bytes {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ len as u64;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes.extend_from_slice(&(state >> 16).to_le_bytes()[..6]);
    }
    bytes.truncate(len);
    Bytes::from(bytes)
}

/// A body of undeclared length in chunks that fit no block.
pub(crate) fn body(content: &Bytes) -> Body {
    Body::new(stream::iter(chunks(content)), None)
}

/// A body that breaks off after `content`.
pub(crate) fn cut_body(content: &Bytes) -> Body {
    let broken = Err(io::ErrorKind::ConnectionReset.into());
    Body::new(stream::iter(chunks(content)).chain(stream::iter([broken])), None)
}

fn chunks(content: &Bytes) -> Vec<io::Result<Bytes>> {
    const CHUNK: usize = 10_007;
    let starts = (0..content.len()).step_by(CHUNK);
    starts.map(|at| Ok(content.slice(at..content.len().min(at + CHUNK)))).collect()
}

/// No bound that matters, nothing announced.
pub(crate) fn anything() -> Expect {
    Expect::at_most(u64::MAX)
}

pub(crate) fn digested(content: &[u8]) -> Digested {
    let mut digests = Digests::new();
    digests.update(content);
    digests.finish()
}

/// Puts a content that is too large to be handed back.
pub(crate) async fn keep(store: &Blobs, content: &Bytes) -> Key {
    let stored = store.put(body(content), &anything()).await.expect("a put");
    key(&stored)
}

pub(crate) fn key(stored: &Stored) -> Key {
    match &stored.home {
        Home::Kept(key) => key.clone(),
        Home::Inline(content) => panic!("{} bytes were handed back", content.len()),
    }
}

/// All bytes of a body, which must be as many as it declares.
pub(crate) async fn gather(mut body: Body) -> io::Result<Vec<u8>> {
    let declared = body.declared_len().expect("a stored body knows its length");
    let mut all = Vec::new();
    while let Some(chunk) = body.next().await {
        all.extend_from_slice(&chunk?);
    }
    assert_eq!(all.len() as u64, declared, "the declared length holds");
    Ok(all)
}

/// The whole blob.
pub(crate) async fn whole(store: &Blobs, key: &Key, len: usize) -> Vec<u8> {
    let body = store.read(key, 0..len as u64, len as u64).await;
    gather(body.expect("the blob opens")).await.expect("the blob reads")
}

/// Every key in the store.
pub(crate) async fn all_keys(store: &Blobs) -> Vec<Key> {
    let mut listing = store.keys();
    let mut keys = Vec::new();
    while let Some(batch) = listing.next_batch().await.expect("the keys are listed") {
        assert!((1..=1000).contains(&batch.len()), "a batch is bounded");
        keys.extend(batch.into_iter().map(|found| found.key));
    }
    keys.sort();
    keys
}

/// Neither a blob nor a file in staging.
pub(crate) async fn assert_holds_nothing(store: &Blobs) {
    assert_eq!(all_keys(store).await, []);
    let staged = store.leftovers().next_batch().await;
    assert_eq!(staged.expect("staging is listed"), None);
}

/// No bound that matters for a piece, nothing announced.
pub(crate) fn any_piece() -> Piece {
    Piece { max_len: u64::MAX, ..Piece::default() }
}

/// What the row holds after a piece that must be taken.
pub(crate) async fn add(store: &Blobs, growth: &Growth, piece: &Bytes) -> Growth {
    let grown = store.append(growth, body(piece), &any_piece()).await.expect("an append");
    assert_eq!(grown.growth.len, growth.len + piece.len() as u64);
    assert_eq!(grown.growth.key, growth.key);
    assert!(grown.cut.is_none(), "nothing was cut");
    grown.growth
}

/// What has grown so far.
pub(crate) async fn grown(store: &Blobs, growth: &Growth) -> Vec<u8> {
    let body = store.read_growth(growth, 0..growth.len).await;
    gather(body.expect("the growth opens")).await.expect("the growth reads")
}

/// Finishes, and checks that the answer is all of `content`.
pub(crate) async fn finish(store: &Blobs, growth: &Growth, content: &[u8]) -> Stored {
    let stored = store.finish(growth).await.expect("a finish");
    let expected = digested(content);
    assert_eq!(stored.len, expected.len);
    assert_eq!(stored.sha256, expected.sha256);
    assert_eq!(stored.md5, expected.md5);
    assert!(stored.head == content[..content.len().min(HEAD_LEN)], "the head differs");
    match &stored.home {
        Home::Inline(inline) => assert!(*inline == content, "the inline content differs"),
        Home::Kept(key) => {
            assert_eq!(*key, growth.key);
            assert!(whole(store, key, content.len()).await == content, "the kept content differs");
        }
    }
    stored
}

/// Asserts that `growth` is as good as ever: it reads, takes `rest`, and finishes.
pub(crate) async fn assert_goes_on(store: &Blobs, growth: &Growth, content: &Bytes) {
    let so_far = usize::try_from(growth.len).unwrap();
    assert!(grown(store, growth).await == content[..so_far]);
    let growth = add(store, growth, &content.slice(so_far..)).await;
    finish(store, &growth, content).await;
}

/// Every growing content, by key and length on the volume.
pub(crate) async fn all_growths(store: &Blobs) -> Vec<(Key, u64)> {
    let mut listing = store.growths();
    let mut growths = Vec::new();
    while let Some(batch) = listing.next_batch().await.expect("the growths are listed") {
        growths.extend(batch.into_iter().map(|found| (found.key, found.len)));
    }
    growths.sort();
    growths
}
