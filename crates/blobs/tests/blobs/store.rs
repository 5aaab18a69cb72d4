//! The suite that every kind of store runs.

use std::io;

use attache_blobs::{Algorithm, Blobs, Body, Error, Expect, Home, InlineLimit, Memory};
use bytes::Bytes;
use futures_util::future::join_all;

use crate::sample::{
    INLINE, KIB, MIB, all_keys, anything, assert_holds_nothing, body, content, cut_body, digested, every_store, gather,
    keep, key, whole,
};

every_store! {
    contents_of_every_size_come_back_as_they_were
    a_range_gives_exactly_its_bytes
    a_range_outside_the_blob_is_refused
    a_blob_of_another_length_than_on_record_is_damaged
    a_content_at_the_limit_is_taken_and_one_byte_more_leaves_nothing
    a_declared_length_over_the_limit_is_refused_before_any_byte_is_read
    a_body_that_breaks_its_declared_length_leaves_nothing
    a_body_of_another_length_than_expected_leaves_nothing
    a_wrong_digest_leaves_nothing_and_tells_the_right_one
    the_right_digests_are_accepted
    a_cut_upload_leaves_nothing_visible
    uploads_at_once_do_not_touch_each_other
    a_removed_blob_is_gone
    every_kept_blob_is_listed_once
    a_second_look_at_a_blob_gives_the_digests_of_its_put
}

async fn contents_of_every_size_come_back_as_they_were(store: Blobs) {
    for len in [0, 1, INLINE - 1, INLINE, INLINE + 1, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, 5 * MIB + 17] {
        let content = content(len);
        let stored = store.put(body(&content), &anything()).await.unwrap();
        let expected = digested(&content);
        assert_eq!(stored.len, len as u64);
        assert_eq!(stored.sha256, expected.sha256, "{len} bytes");
        assert_eq!(stored.md5, expected.md5, "{len} bytes");
        assert_eq!(stored.head, content.slice(..len.min(64 * KIB)));
        match &stored.home {
            Home::Inline(inline) => {
                assert!(len <= INLINE, "{len} bytes were handed back");
                assert_eq!(*inline, content);
            }
            Home::Kept(key) => {
                assert!(len > INLINE, "{len} bytes were kept");
                assert!(whole(&store, key, len).await == content, "{len} bytes differ");
            }
        }
    }
}

async fn a_range_gives_exactly_its_bytes(store: Blobs) {
    let len = MIB + 100;
    let content = content(len);
    let key = keep(&store, &content).await;
    let block = 256 * KIB;
    for range in [
        0..0,
        0..1,
        len..len,
        len - 1..len,
        0..len,
        1..len - 1,
        block - 1..block + 1,
        block..2 * block,
        block..2 * block + 1,
        7..3 * block + 8,
    ] {
        let asked = range.start as u64..range.end as u64;
        let got = store.read(&key, asked, len as u64).await.unwrap();
        let got = gather(got).await.unwrap();
        assert!(got == content[range.clone()], "{range:?} differs");
    }
}

#[expect(clippy::reversed_empty_ranges, reason = "a reversed range is the case")]
async fn a_range_outside_the_blob_is_refused(store: Blobs) {
    let content = content(100 * KIB);
    let len = content.len() as u64;
    let key = keep(&store, &content).await;
    for range in [0..len + 1, len + 1..len + 2, 5..4] {
        let refused = store.read(&key, range.clone(), len).await.unwrap_err();
        assert!(matches!(refused, Error::Range { len: of, .. } if of == len), "{range:?}: {refused:?}");
    }
}

async fn a_blob_of_another_length_than_on_record_is_damaged(store: Blobs) {
    let content = content(100 * KIB);
    let got = content.len() as u64;
    let key = keep(&store, &content).await;
    for expected in [got - 1, got + 1] {
        let refused = store.read(&key, 0..10, expected).await.unwrap_err();
        assert!(matches!(refused, Error::Damaged { expected: e, got: g } if e == expected && g == got), "{refused:?}");
    }
}

async fn a_content_at_the_limit_is_taken_and_one_byte_more_leaves_nothing(store: Blobs) {
    for limit in [10, INLINE, MIB] {
        let expect = Expect::at_most(limit as u64);
        let over = store.put(body(&content(limit + 1)), &expect).await;
        let over = over.unwrap_err();
        assert!(matches!(over, Error::TooLarge { limit: l } if l == limit as u64), "{over:?}");
        assert_holds_nothing(&store).await;
        let at = store.put(body(&content(limit)), &expect).await.unwrap();
        assert_eq!(at.len, limit as u64);
        if limit > INLINE {
            assert!(store.remove(&key(&at)).await.unwrap());
        }
    }
}

async fn a_declared_length_over_the_limit_is_refused_before_any_byte_is_read(store: Blobs) {
    let unread = futures_util::stream::poll_fn(|_| panic!("the body was read"));
    let body = Body::new(unread, Some(101));
    let refused = store.put(body, &Expect::at_most(100)).await.unwrap_err();
    assert!(matches!(refused, Error::TooLarge { limit: 100 }), "{refused:?}");
}

async fn a_body_that_breaks_its_declared_length_leaves_nothing(store: Blobs) {
    for len in [100, MIB] {
        let content = content(len);
        for declared in [len as u64 - 1, len as u64 + 1] {
            let body = Body::new(body(&content), Some(declared));
            let refused = store.put(body, &anything()).await.unwrap_err();
            assert!(matches!(refused, Error::Length { expected, .. } if expected == declared), "{refused:?}");
            assert_holds_nothing(&store).await;
        }
    }
}

async fn a_body_of_another_length_than_expected_leaves_nothing(store: Blobs) {
    for len in [100, MIB] {
        let content = content(len);
        for expected in [len as u64 - 1, len as u64 + 1] {
            let expect = Expect { len: Some(expected), ..anything() };
            for body in [body(&content), Body::from(content.clone())] {
                let refused = store.put(body, &expect).await.unwrap_err();
                assert!(matches!(refused, Error::Length { expected: e, .. } if e == expected), "{refused:?}");
            }
            assert_holds_nothing(&store).await;
        }
    }
}

async fn a_wrong_digest_leaves_nothing_and_tells_the_right_one(store: Blobs) {
    for len in [100, MIB] {
        let content = content(len);
        let right = digested(&content);
        let wrong_sha256 = Expect { sha256: Some([7; 32]), ..anything() };
        let refused = store.put(body(&content), &wrong_sha256).await;
        assert_checksum(refused.unwrap_err(), Algorithm::Sha256, &[7; 32], &right.sha256);
        let wrong_md5 = Expect { sha256: Some(right.sha256), md5: Some([7; 16]), ..anything() };
        let refused = store.put(body(&content), &wrong_md5).await;
        assert_checksum(refused.unwrap_err(), Algorithm::Md5, &[7; 16], &right.md5);
        assert_holds_nothing(&store).await;
    }
}

fn assert_checksum(refused: Error, of: Algorithm, asked: &[u8], came: &[u8]) {
    match refused {
        Error::Checksum { algorithm, expected, got } => {
            assert_eq!(algorithm, of);
            assert_eq!(expected, hex::encode(asked));
            assert_eq!(got, hex::encode(came));
        }
        other => panic!("{other:?}"),
    }
}

async fn the_right_digests_are_accepted(store: Blobs) {
    for len in [100, MIB] {
        let content = content(len);
        let right = digested(&content);
        let expect =
            Expect { max_len: len as u64, len: Some(len as u64), sha256: Some(right.sha256), md5: Some(right.md5) };
        let stored = store.put(body(&content), &expect).await.unwrap();
        assert_eq!(stored.len, len as u64);
    }
}

async fn a_cut_upload_leaves_nothing_visible(store: Blobs) {
    for len in [0, 100, INLINE, INLINE + 1, 3 * MIB] {
        let cut = store.put(cut_body(&content(len)), &anything()).await;
        match cut.unwrap_err() {
            Error::Cut(source) => assert_eq!(source.kind(), io::ErrorKind::ConnectionReset),
            other => panic!("{len} bytes: {other:?}"),
        }
        assert_holds_nothing(&store).await;
    }
}

async fn uploads_at_once_do_not_touch_each_other(store: Blobs) {
    let contents: Vec<Bytes> = (0..16).map(|n| content(MIB + n)).collect();
    let keys = join_all(contents.iter().map(|content| keep(&store, content))).await;
    for (content, key) in contents.iter().zip(&keys) {
        assert!(whole(&store, key, content.len()).await == *content);
    }
    assert_eq!(all_keys(&store).await.len(), contents.len());
}

async fn a_removed_blob_is_gone(store: Blobs) {
    let content = content(100 * KIB);
    let len = content.len() as u64;
    let (gone, stays) = (keep(&store, &content).await, keep(&store, &content).await);
    assert!(store.exists(&gone).await.unwrap());
    assert!(store.remove(&gone).await.unwrap());
    assert!(!store.remove(&gone).await.unwrap(), "it was there twice");
    assert!(!store.exists(&gone).await.unwrap());
    let read = store.read(&gone, 0..len, len).await.unwrap_err();
    assert!(matches!(read, Error::Missing), "{read:?}");
    let digest = store.digest(&gone).await.unwrap_err();
    assert!(matches!(digest, Error::Missing), "{digest:?}");
    assert_eq!(store.len(&stays).await.unwrap(), Some(len));
}

async fn every_kept_blob_is_listed_once(store: Blobs) {
    let mut kept = Vec::new();
    for n in 1..=20 {
        kept.push(keep(&store, &content(INLINE + n)).await);
    }
    kept.sort();
    assert_eq!(all_keys(&store).await, kept);
    let mut listing = store.keys();
    let found = listing.next_batch().await.unwrap().expect("a batch");
    let lens: u64 = found.iter().map(|found| found.len).sum();
    assert_eq!(lens, (20 * INLINE + 210) as u64);
}

async fn a_second_look_at_a_blob_gives_the_digests_of_its_put(store: Blobs) {
    let content = content(2 * MIB + 1);
    let key = keep(&store, &content).await;
    assert_eq!(store.digest(&key).await.unwrap(), digested(&content));
}

#[tokio::test]
async fn a_listing_longer_than_a_batch_is_complete() {
    let store = Blobs::from(Memory::new(InlineLimit::new(0).unwrap()));
    let mut kept = Vec::new();
    for n in 1..=1001 {
        kept.push(keep(&store, &content(n)).await);
    }
    kept.sort();
    assert_eq!(all_keys(&store).await, kept);
}
