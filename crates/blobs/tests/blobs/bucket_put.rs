//! What a put into a bucket leaves behind when any of its requests fails, or the process dies at it.

use std::time::Duration;

use attache_blobs::{Blobs, Home};
use bytes::Bytes;

use crate::{
    fake::{Bucket, Fault, PART, Trial, at_every_request},
    sample::{all_keys, anything, body, content, cut_body, keep, whole},
};

/// Puts `content` with every request failing in turn, in every way, and looks at what is left each time.
async fn every_failure_of_a_put(content: Bytes) {
    at_every_request(async |Trial { bucket, failing: store, when }| {
        let put = store.put(body(&content), &anything()).await;
        let sound = bucket.sound();
        match put {
            Ok(stored) => {
                let Home::Kept(key) = stored.home else { panic!("it was handed back") };
                assert!(whole(&sound, &key, content.len()).await == content, "{when}");
                assert_eq!(all_keys(&sound).await, [key]);
            }
            Err(_) => assert_only_whole_contents(&sound, &content).await,
        }
        assert_all_can_be_swept(&bucket, &sound).await;
    })
    .await;
}

/// An answer that was lost can leave a content that nobody knows, but never a part of one.
async fn assert_only_whole_contents(store: &Blobs, content: &Bytes) {
    let keys = all_keys(store).await;
    assert!(keys.len() <= 1);
    for key in keys {
        assert!(whole(store, &key, content.len()).await == *content);
    }
}

async fn assert_all_can_be_swept(bucket: &Bucket, store: &Blobs) {
    for key in all_keys(store).await {
        assert!(store.remove(&key).await.unwrap());
    }
    store.sweep_staging(Duration::ZERO).await.unwrap();
    assert_eq!(bucket.names().await, [""; 0]);
    assert_eq!(bucket.open_uploads(), 0);
}

#[tokio::test]
async fn a_failed_put_of_less_than_a_part_leaves_nothing_that_is_not_whole() {
    every_failure_of_a_put(content(PART - 1)).await;
}

#[tokio::test]
async fn a_failed_put_in_parts_leaves_nothing_that_is_not_whole() {
    every_failure_of_a_put(content(3 * PART + 17)).await;
}

#[tokio::test]
async fn a_put_that_is_refused_or_cut_leaves_nothing_at_all() {
    let bucket = Bucket::new();
    let store = bucket.sound();
    let content = content(3 * PART + 17);
    for body in [cut_body(&content), cut_body(&content.slice(..PART + 1))] {
        assert!(store.put(body, &anything()).await.is_err());
    }
    let wrong = attache_blobs::Expect { sha256: Some([7; 32]), ..anything() };
    assert!(store.put(body(&content), &wrong).await.is_err());
    assert_eq!(bucket.names().await, [""; 0]);
    assert_eq!(bucket.open_uploads(), 0);
}

#[tokio::test]
async fn contents_around_the_length_of_a_part_come_back() {
    let store = Bucket::new().sound();
    for len in [PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1] {
        let content = content(len);
        let key = keep(&store, &content).await;
        assert!(whole(&store, &key, len).await == content, "{len} bytes");
    }
}

#[tokio::test]
async fn a_put_in_progress_is_swept_only_once_it_is_old_and_then_fails() {
    let bucket = Bucket::new();
    // Dies with two parts in the bucket: create, marker, and two parts are four requests.
    let (store, _) = bucket.failing(4, Fault::DeadBefore);
    let content = content(5 * PART);
    store.put(body(&content), &anything()).await.unwrap_err();
    let sound = bucket.sound();
    assert_eq!(sound.sweep_staging(Duration::from_secs(3600)).await.unwrap(), 0);
    assert_eq!(bucket.open_uploads(), 1);
    let left = sound.leftovers().next_batch().await.unwrap().expect("the marker");
    assert_eq!(left.len(), 1);
    assert_eq!(sound.sweep_staging(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(bucket.open_uploads(), 0);
    assert_eq!(bucket.names().await, [""; 0]);
}

#[tokio::test]
async fn a_dropped_put_takes_itself_back() {
    let bucket = Bucket::new();
    let store = bucket.sound();
    let content = content(3 * PART);
    let (sender, mut chunks) = tokio::sync::mpsc::channel::<Bytes>(1);
    let waiting = futures_util::stream::poll_fn(move |context| chunks.poll_recv(context).map(|chunk| chunk.map(Ok)));
    let expect = anything();
    let put = store.put(attache_blobs::Body::new(waiting, None), &expect);
    let feed = async {
        for at in (0..content.len()).step_by(1000) {
            sender.send(content.slice(at..content.len().min(at + 1000))).await.unwrap();
        }
    };
    tokio::select! {
        ended = put => panic!("the put cannot end: {ended:?}"),
        () = feed => {}
    }
    // The put is dropped by now; what it does about it is done by tasks of this runtime.
    while bucket.open_uploads() > 0 || !bucket.names().await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(all_keys(&store).await, []);
}
