//! Contents and bodies for the tests, and short words for what they all ask.

use std::io;

use attache_blobs::{Blobs, Body, Digested, Digests, Disk, Expect, Home, InlineLimit, Key, Stored};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tempfile::TempDir;

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
