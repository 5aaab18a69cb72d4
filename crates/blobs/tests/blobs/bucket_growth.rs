//! What becomes of a growing content in a bucket when any request fails, a process dies, a commit is lost, or a node that
//! was thought dead goes on.

use attache_blobs::{Error, Growth, Home, Key};
use bytes::Bytes;

use crate::{
    fake::{Bucket, PART, Trial, at_every_request},
    sample::{add, all_growths, all_keys, any_piece, body, content, finish, grown},
};

/// Pieces that make segments, fill parts exactly, begin and end in the middle of them, and span several.
const PIECES: [usize; 7] = [100, PART - 100, 3000, 2 * PART, 1, PART / 2, 700];

fn all_of_it() -> Bytes {
    content(PIECES.iter().sum())
}

/// Sends the pieces from where the row is, and ends the content; each step may fail.
async fn send(store: &attache_blobs::Blobs, row: &mut Growth, content: &Bytes) -> Result<Key, Error> {
    let mut at = 0;
    for len in PIECES {
        let piece = at..at + len;
        at += len;
        let from = usize::try_from(row.len).unwrap().max(piece.start);
        if from < piece.end {
            *row = store.append(row, body(&content.slice(from..piece.end)), &any_piece()).await?.growth;
        }
    }
    match store.finish(row).await?.home {
        Home::Kept(key) => Ok(key),
        Home::Inline(_) => panic!("it was handed back"),
    }
}

#[tokio::test]
async fn a_content_goes_on_elsewhere_after_a_failure_at_any_request() {
    let content = all_of_it();
    at_every_request(async |Trial { bucket, failing: first, when }| {
        let mut row = first.grow().unwrap();
        drop(send(&first, &mut row, &content).await);
        let second = bucket.sound();
        assert!(grown(&second, &row).await == content[..usize::try_from(row.len).unwrap()], "{when}");
        let key = send(&second, &mut row, &content).await.unwrap_or_else(|error| panic!("{when}: {error:?}"));
        finish(&second, &row, &content).await;
        assert_eq!(all_keys(&second).await, [key]);
        assert_eq!(all_growths(&second).await, [], "{when}");
        assert_eq!(bucket.open_uploads(), 0, "{when}");
    })
    .await;
}

#[tokio::test]
async fn a_content_is_abandoned_without_a_trace_after_a_failure_at_any_request() {
    let content = all_of_it();
    at_every_request(async |Trial { bucket, failing: first, when }| {
        let mut row = first.grow().unwrap();
        let key = row.key.clone();
        let ended = send(&first, &mut row, &content).await.is_ok();
        let second = bucket.sound();
        second.abandon(&key).await.unwrap();
        assert_eq!(all_growths(&second).await, []);
        assert_eq!(bucket.open_uploads(), 0, "{when}");
        // A content that has its key is left alone, and is all there.
        if ended || second.exists(&key).await.unwrap() {
            finish(&second, &row, &content).await;
        }
        second.remove(&key).await.unwrap();
        bucket.clear("landed/").await;
        assert_eq!(bucket.names().await, [""; 0], "{when}");
    })
    .await;
}

#[tokio::test]
async fn an_abandoning_that_fails_is_done_by_the_next() {
    let content = all_of_it();
    at_every_request(async |Trial { bucket, failing: dying, when }| {
        let sound = bucket.sound();
        let row = add(&sound, &sound.grow().unwrap(), &content.slice(..3 * PART + 9)).await;
        drop(dying.abandon(&row.key).await);
        sound.abandon(&row.key).await.unwrap();
        assert_eq!(bucket.names().await, [""; 0], "{when}");
        assert_eq!(bucket.open_uploads(), 0, "{when}");
    })
    .await;
}

#[tokio::test]
async fn a_piece_whose_commit_was_lost_is_as_if_it_had_never_been() {
    let content = all_of_it();
    for lost in [10, PART, 3 * PART + 5] {
        let bucket = Bucket::new();
        let (one, other) = (bucket.sound(), bucket.sound());
        let row = add(&one, &one.grow().unwrap(), &content.slice(..PART + 77)).await;
        // Other bytes, and more of them than the next piece has.
        add(&one, &row, &Bytes::from(vec![9; lost])).await;
        let row = add(&other, &row, &content.slice(PART + 77..2 * PART)).await;
        let row = add(&one, &row, &content.slice(2 * PART..)).await;
        finish(&other, &row, &content).await;
        assert_eq!(bucket.open_uploads(), 0);
        assert_eq!(all_growths(&one).await, []);
    }
}

#[tokio::test]
async fn a_node_that_was_thought_dead_writes_the_same_bytes_late() {
    let content = all_of_it();
    let bucket = Bucket::new();
    let (stale, node) = (bucket.sound(), bucket.sound());
    let row = add(&stale, &stale.grow().unwrap(), &content.slice(..PART + 1)).await;
    let ahead = add(&node, &row, &content.slice(PART + 1..)).await;
    // The row that it goes on from is not the last any more, so its own is refused.
    add(&stale, &row, &content.slice(PART + 1..3 * PART)).await;
    finish(&node, &ahead, &content).await;
}

#[tokio::test]
async fn a_node_that_was_thought_dead_cannot_put_other_bytes_into_a_content() {
    let content = all_of_it();
    let bucket = Bucket::new();
    let (stale, node) = (bucket.sound(), bucket.sound());
    let row = add(&stale, &stale.grow().unwrap(), &content.slice(..PART + 1)).await;
    let ahead = add(&node, &row, &content.slice(PART + 1..)).await;
    add(&stale, &row, &Bytes::from(vec![9; 2 * PART])).await;
    let refused = node.finish(&ahead).await.unwrap_err();
    assert!(matches!(refused, Error::Io { .. }), "{refused:?}");
    assert_eq!(all_keys(&node).await, [], "nothing wrong is visible");
    assert!(node.abandon(&ahead.key).await.unwrap());
    bucket.clear("landed/").await;
    assert_eq!(bucket.names().await, [""; 0]);
}

#[tokio::test]
async fn a_content_that_was_read_grows_on() {
    let content = content(6 * PART + 10);
    let bucket = Bucket::new();
    let (one, other) = (bucket.sound(), bucket.sound());
    let mut row = one.grow().unwrap();
    for (from, to) in [(0, PART + 7), (PART + 7, 2 * PART), (2 * PART, 3 * PART - 1), (3 * PART - 1, 6 * PART + 10)] {
        row = add(&one, &row, &content.slice(from..to)).await;
        // The second read finds what the first has made.
        for _ in 0..2 {
            assert!(grown(&other, &row).await == content[..to]);
        }
    }
    finish(&other, &row, &content).await;
    assert_eq!(bucket.open_uploads(), 0);
    assert_eq!(all_growths(&one).await, []);
}

#[tokio::test]
async fn an_abandoned_content_that_was_read_leaves_nothing() {
    let bucket = Bucket::new();
    let store = bucket.sound();
    let content = content(3 * PART + 1);
    let row = add(&store, &store.grow().unwrap(), &content).await;
    assert!(grown(&store, &row).await == content);
    assert!(store.abandon(&row.key).await.unwrap());
    assert_eq!(bucket.names().await, [""; 0]);
}

#[tokio::test]
async fn a_piece_for_a_content_that_is_gone_writes_nothing() {
    let bucket = Bucket::new();
    let store = bucket.sound();
    let content = content(3 * PART + 1);
    for len in [10, 2 * PART] {
        let row = add(&store, &store.grow().unwrap(), &content).await;
        store.abandon(&row.key).await.unwrap();
        let refused = store.append(&row, body(&content.slice(..len)), &any_piece()).await.unwrap_err();
        assert!(matches!(refused, Error::Missing), "{refused:?}");
        assert_eq!(bucket.names().await, [""; 0], "{len} bytes");
        assert_eq!(bucket.open_uploads(), 0);
    }
}

#[tokio::test]
async fn many_tiny_pieces_leave_few_objects_and_a_short_row() {
    let bucket = Bucket::new();
    let store = bucket.sound();
    let content = content(2000);
    let mut row = store.grow().unwrap();
    for at in 0..content.len() {
        row = add(&store, &row, &content.slice(at..=at)).await;
        assert!(row.digests.len() < 8 * 1024, "{} bytes of state", row.digests.len());
    }
    finish(&store, &row, &content).await;
    let names = bucket.names().await;
    assert_eq!(names.len(), 1, "{names:?}");
}
