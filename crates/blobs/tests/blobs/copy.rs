//! What copies between stores rest on: contents under keys that they have elsewhere, and whose a store is.

use std::time::Duration;

use attache_blobs::{Blobs, Error, Expect, Home, Key, LinkWish};
use bytes::Bytes;

use crate::sample::{
    INLINE, MIB, add, all_keys, anything, assert_holds_nothing, body, content, cut_body, digested, every_store, finish,
    whole,
};

every_store! {
    a_copy_has_the_given_key_whatever_its_length
    a_copy_that_is_there_is_not_written_again_but_still_judged
    a_copy_in_place_of_one_of_another_length_replaces_it
    a_copy_that_is_not_what_was_announced_leaves_nothing
    a_content_may_grow_under_a_given_key
    a_store_is_the_one_of_whom_it_was_first
    a_link_is_given_by_stores_that_sign_them
}

const KEY: &str = "3f/00112233445566778899aabbccddeeff";

fn key() -> Key {
    KEY.parse().unwrap()
}

fn exactly(content: &[u8]) -> Expect {
    Expect { len: Some(content.len() as u64), sha256: Some(digested(content).sha256), ..anything() }
}

async fn a_copy_has_the_given_key_whatever_its_length(store: Blobs) {
    for len in [0, 1, INLINE, MIB, 9 * MIB] {
        let content = content(len);
        let stored = store.put_as(&key(), body(&content), &exactly(&content)).await.unwrap();
        assert_eq!(stored.home, Home::Kept(key()), "{len} bytes");
        assert_eq!((stored.sha256, stored.md5), (digested(&content).sha256, digested(&content).md5));
        assert_eq!(stored.head, content.slice(..len.min(64 * 1024)));
        assert!(whole(&store, &key(), len).await == content, "{len} bytes");
        assert!(store.remove(&key()).await.unwrap());
        assert_holds_nothing(&store).await;
    }
}

async fn a_copy_that_is_there_is_not_written_again_but_still_judged(store: Blobs) {
    let first = content(MIB);
    store.put_as(&key(), body(&first), &exactly(&first)).await.unwrap();
    // The same length, so that what is there shows that nothing was written.
    let other = Bytes::from(vec![7; MIB]);
    let stored = store.put_as(&key(), body(&other), &exactly(&other)).await.unwrap();
    assert_eq!((stored.home, stored.sha256), (Home::Kept(key()), digested(&other).sha256));
    assert!(whole(&store, &key(), MIB).await == first);
    let wrong = store.put_as(&key(), body(&other), &exactly(&first)).await.unwrap_err();
    assert!(matches!(wrong, Error::Checksum { .. }), "{wrong:?}");
    let cut = store.put_as(&key(), cut_body(&other), &exactly(&other)).await.unwrap_err();
    assert!(matches!(cut, Error::Cut(_)), "{cut:?}");
    assert!(whole(&store, &key(), MIB).await == first);
}

async fn a_copy_in_place_of_one_of_another_length_replaces_it(store: Blobs) {
    for len in [100, MIB] {
        let half = content(len / 2);
        store.put_as(&key(), body(&half), &exactly(&half)).await.unwrap();
        let content = content(len);
        store.put_as(&key(), body(&content), &exactly(&content)).await.unwrap();
        assert!(whole(&store, &key(), len).await == content);
        assert_eq!(all_keys(&store).await, [key()]);
    }
}

async fn a_copy_that_is_not_what_was_announced_leaves_nothing(store: Blobs) {
    for len in [100, MIB, 9 * MIB] {
        let content = content(len);
        let wrong = Expect { sha256: Some([7; 32]), ..exactly(&content) };
        let refused = store.put_as(&key(), body(&content), &wrong).await.unwrap_err();
        assert!(matches!(refused, Error::Checksum { .. }), "{refused:?}");
        let cut = store.put_as(&key(), cut_body(&content.slice(..len - 1)), &anything()).await.unwrap_err();
        assert!(matches!(cut, Error::Cut(_)), "{cut:?}");
        assert_holds_nothing(&store).await;
    }
}

async fn a_content_may_grow_under_a_given_key(store: Blobs) {
    let growth = store.grow_as(key());
    assert_eq!((&growth.key, growth.len), (&key(), 0));
    let content = content(MIB);
    let growth = add(&store, &growth, &content.slice(..100)).await;
    let growth = add(&store, &growth, &content.slice(100..)).await;
    let stored = finish(&store, &growth, &content).await;
    assert_eq!(stored.home, Home::Kept(key()));
}

async fn a_store_is_the_one_of_whom_it_was_first(store: Blobs) {
    let (ours, theirs) = ("0190b6a4-0000-7000-8000-000000000001", "0190b6a4-0000-7000-8000-000000000002");
    store.mark(ours).await.unwrap();
    store.mark(ours).await.unwrap();
    let foreign = store.mark(theirs).await.unwrap_err();
    assert!(matches!(&foreign, Error::Foreign { found } if found == ours), "{foreign:?}");
    store.mark(ours).await.unwrap();
    assert_holds_nothing(&store).await;
}

async fn a_link_is_given_by_stores_that_sign_them(store: Blobs) {
    let content = content(MIB);
    store.put_as(&key(), body(&content), &anything()).await.unwrap();
    let wish = LinkWish {
        life: Duration::from_secs(60),
        disposition: "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20%C3%A9.txt".into(),
        media_type: "application/octet-stream".into(),
    };
    let link = store.link(&key(), &wish).await.unwrap();
    assert_eq!(link.is_some(), matches!(store, Blobs::Cloud(_)));
    let Some(link) = link else { return };
    let answer = reqwest::get(&link).await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-disposition"), header("content-type")), (wish.disposition, wish.media_type));
    assert!(answer.bytes().await.unwrap() == content);
}
