//! How a body is cut into chunks is the network's affair: the result never depends on it.

use attache_blobs::{Blobs, Body, Home, Memory};
use bytes::Bytes;
use futures_util::stream;
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, FileFailurePersistence},
};

use crate::{
    fake::Bucket,
    sample::{anything, content, digested, disk, whole},
};

fn config() -> Config {
    Config { cases: 48, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_chunking_gives_the_same_blob(
        len in 0_usize..700_000,
        cuts in prop::collection::vec(any::<Index>(), 0..60),
        declared in any::<bool>(),
    ) {
        let content = content(len);
        let chunks = cut(&content, &cuts);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (_folder, on_disk) = disk();
        let in_memory = Blobs::from(Memory::default());
        runtime.block_on(async {
            for store in [on_disk, in_memory, Bucket::new().sound()] {
                let chunks = stream::iter(chunks.clone().into_iter().map(Ok));
                let body = Body::new(chunks, declared.then_some(len as u64));
                let stored = store.put(body, &anything()).await.unwrap();
                let expected = digested(&content);
                assert_eq!(stored.len, expected.len);
                assert_eq!(stored.sha256, expected.sha256);
                assert_eq!(stored.md5, expected.md5);
                match stored.home {
                    Home::Inline(inline) => assert!(inline == content),
                    Home::Kept(key) => assert!(whole(&store, &key, len).await == content),
                }
            }
        });
    }
}

/// Cuts at the given places; equal places give empty chunks.
fn cut(content: &Bytes, cuts: &[Index]) -> Vec<Bytes> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(content.len() + 1)).collect();
    at.sort_unstable();
    at.push(content.len());
    let mut from = 0;
    at.into_iter()
        .map(|to| {
            let chunk = content.slice(from..to);
            from = to;
            chunk
        })
        .collect()
}
