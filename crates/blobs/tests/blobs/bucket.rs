//! What a store in a bucket promises beyond the shared suite, on real object stores.

use std::{ops::Range, time::Duration};

use attache_blobs::{Blobs, Body, Cloud, CloudOptions, Error, InlineLimit, LinkWish, StorageUrl, testing};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use crate::sample::{
    MIB, add, all_keys, anything, assert_holds_nothing, body, bucket, content, cut_body, digested, finish, gather,
    keep, whole,
};

/// The same test in either bucket.
macro_rules! every_bucket {
    ($($case:ident)*) => {
        mod first {
            $(#[tokio::test]
            async fn $case() {
                let Some(url) = attache_blobs::testing::storage(stringify!($case)) else { return };
                super::$case(url).await;
            })*
        }
        mod second {
            $(#[tokio::test]
            async fn $case() {
                let Some(url) = attache_blobs::testing::second_storage(stringify!($case)) else { return };
                super::$case(url).await;
            })*
        }
    };
}

every_bucket! {
    a_content_of_several_parts_comes_back_whole_and_in_ranges
    a_failed_upload_of_several_parts_leaves_nothing
    a_listing_longer_than_a_page_is_complete
    a_list_of_leftovers_ends_after_its_last_one
    a_large_content_grows_on_any_node
    installations_in_one_bucket_do_not_see_each_other
    a_missing_bucket_is_no_missing_content
}

async fn a_content_of_several_parts_comes_back_whole_and_in_ranges(url: StorageUrl) {
    let store = bucket(&url);
    let len = 20 * MIB + 123;
    let content = content(len);
    let key = keep(&store, &content).await;
    assert!(whole(&store, &key, len).await == content);
    assert_eq!(store.digest(&key).await.unwrap(), digested(&content));
    let part = 8 * MIB;
    let ranges: [Range<usize>; 4] = [part - 1..part + 1, 2 * part..len, 5..2 * part + 5, len - 1..len];
    for range in ranges {
        let read = store.read(&key, range.start as u64..range.end as u64, len as u64).await.unwrap();
        assert!(gather(read).await.unwrap() == content[range.clone()], "{range:?}");
    }
    assert_eq!(store.leftovers().next_batch().await.unwrap(), None);
    assert_eq!(store.sweep_staging(Duration::ZERO).await.unwrap(), 0);
    assert!(store.exists(&key).await.unwrap());
}

async fn a_failed_upload_of_several_parts_leaves_nothing(url: StorageUrl) {
    let store = bucket(&url);
    let content = content(17 * MIB);
    let cut = store.put(cut_body(&content), &anything()).await.unwrap_err();
    assert!(matches!(cut, Error::Cut(_)), "{cut:?}");
    let wrong = attache_blobs::Expect { md5: Some([7; 16]), ..anything() };
    let refused = store.put(body(&content), &wrong).await.unwrap_err();
    assert!(matches!(refused, Error::Checksum { .. }), "{refused:?}");
    assert_holds_nothing(&store).await;
}

async fn a_list_of_leftovers_ends_after_its_last_one(url: StorageUrl) {
    let store = bucket(&url);
    let begun = stream::iter([Ok(content(9 * MIB))]).chain(stream::pending());
    let putting = store.clone();
    let put = tokio::spawn(async move { putting.put(Body::new(begun, None), &anything()).await });
    // The marker of a put in parts is there before its first part is.
    let mut leftovers = loop {
        let mut leftovers = store.leftovers();
        if let Some(found) = leftovers.next_batch().await.unwrap() {
            assert_eq!(found.len(), 1);
            break leftovers;
        }
    };
    assert_eq!(leftovers.next_batch().await.unwrap(), None);
    assert_eq!(leftovers.next_batch().await.unwrap(), None);
    put.abort();
}

async fn a_listing_longer_than_a_page_is_complete(url: StorageUrl) {
    let options = CloudOptions::default();
    let store = Blobs::from(Cloud::open(&url, InlineLimit::new(0).unwrap(), &options).unwrap());
    let puts = stream::iter(1..=1010).map(|n| {
        let store = store.clone();
        async move { keep(&store, &content(n % 7 + 1)).await }
    });
    let mut kept: Vec<_> = puts.buffer_unordered(16).collect().await;
    kept.sort();
    assert_eq!(all_keys(&store).await, kept);
}

async fn a_large_content_grows_on_any_node(url: StorageUrl) {
    let nodes = [bucket(&url), bucket(&url)];
    let content = content(19 * MIB + 5);
    let mut growth = nodes[0].grow().unwrap();
    let mut at = 0;
    for (n, len) in [5 * MIB, 5 * MIB, 100, 8 * MIB].into_iter().enumerate() {
        growth = add(&nodes[n % 2], &growth, &content.slice(at..at + len)).await;
        at += len;
    }
    let growth = add(&nodes[1], &growth, &content.slice(at..)).await;
    let stored = finish(&nodes[0], &growth, &content).await;
    assert_eq!(finish(&nodes[1], &growth, &content).await, stored);
    assert!(nodes[0].growths().next_batch().await.unwrap().is_none());
}

async fn installations_in_one_bucket_do_not_see_each_other(url: StorageUrl) {
    let StorageUrl::Bucket(mut inner) = url.clone() else { panic!("no bucket") };
    inner.prefix.push_str("inner/");
    let (outer, inner) = (bucket(&url), bucket(&StorageUrl::Bucket(inner)));
    let key = keep(&inner, &content(MIB)).await;
    assert_eq!(all_keys(&outer).await, []);
    assert!(!outer.exists(&key).await.unwrap());
    outer.mark("outer").await.unwrap();
    inner.mark("inner").await.unwrap();
}

async fn a_missing_bucket_is_no_missing_content(url: StorageUrl) {
    let StorageUrl::Bucket(mut elsewhere) = url else { panic!("no bucket") };
    elsewhere.name = "no-such-bucket-here".into();
    let store = bucket(&StorageUrl::Bucket(elsewhere));
    let key = "3f/00112233445566778899aabbccddeeff".parse().unwrap();
    for error in [
        store.mark("us").await.unwrap_err(),
        store.len(&key).await.unwrap_err(),
        store.read(&key, 0..1, 1).await.unwrap_err(),
    ] {
        assert!(told(&error).contains("NoSuchBucket"), "{error:?}");
    }
}

/// An error with all its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut at = error.source();
    while let Some(cause) = at {
        told = format!("{told}: {cause}");
        at = cause.source();
    }
    told
}

#[tokio::test]
async fn what_cannot_be_a_bucket_is_refused_at_once() {
    let open = |url: &str, options: &CloudOptions| {
        Cloud::open(&StorageUrl::parse(url).unwrap(), InlineLimit::default(), options).unwrap_err().to_string()
    };
    let options = CloudOptions::default();
    assert!(open("file:/srv/x", &options).contains("file:/srv/x is a folder"));
    let small = CloudOptions { buffer_bytes: 8 * MIB - 1, ..options.clone() };
    assert!(open("s3://files", &small).contains("at least 8388608 bytes"));
    let none = CloudOptions { tries: 0, ..options };
    assert!(open("s3://files", &none).contains("at least one try"));
}

#[tokio::test]
async fn wrong_credentials_are_told_as_the_store_says_it() {
    let Some(url) = testing::storage("credentials") else { return };
    let (nobody, options) = (("nobody", "not-the-secret"), CloudOptions::default());
    let store = Blobs::from(testing::with_options(&url, nobody, InlineLimit::default(), &options).unwrap());
    for refused in [store.put(body(&content(MIB)), &anything()).await.unwrap_err(), store.mark("us").await.unwrap_err()]
    {
        let said = told(&refused);
        assert!(said.contains("403") && !said.contains("not-the-secret"), "{said}");
    }
}

#[tokio::test]
async fn a_link_is_good_for_one_content_and_for_reading_alone() {
    // The second store does not look at signatures.
    let Some(url) = testing::storage("link") else { return };
    let store = bucket(&url);
    let (key, other) = (keep(&store, &content(MIB)).await, keep(&store, &content(MIB + 1)).await);
    let life = Duration::from_secs(60);
    let wish = LinkWish { life, disposition: "attachment".into(), media_type: "text/plain".into() };
    let link = store.link(&key, &wish).await.unwrap().expect("a link");
    let client = reqwest::Client::new();
    for refused in [
        client.delete(&link),
        client.put(&link).body("mine"),
        client.get(link.replace(key.as_str(), other.as_str())),
        client.get(link.replace("attachment", "inline")),
        client.get(link.replace("Expires=60", "Expires=600")),
    ] {
        let answer = refused.send().await.unwrap();
        assert_eq!(answer.status(), 403);
    }
    assert!(whole(&store, &key, MIB).await == content(MIB));
}

#[tokio::test]
async fn sixteen_uploads_at_once_share_a_small_budget() {
    let Some(url) = testing::storage("budget") else { return };
    let options = CloudOptions { buffer_bytes: 8 * MIB, ..CloudOptions::default() };
    let store = Blobs::from(Cloud::open(&url, InlineLimit::default(), &options).unwrap());
    let contents: Vec<Bytes> = (0..16).map(|n| content(9 * MIB + n)).collect();
    let keys = futures_util::future::join_all(contents.iter().map(|content| keep(&store, content))).await;
    for (content, key) in contents.iter().zip(&keys) {
        assert!(whole(&store, key, content.len()).await == *content);
    }
}
