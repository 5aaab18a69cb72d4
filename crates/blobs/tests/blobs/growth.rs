//! What every kind of store promises about contents that arrive in pieces.

use attache_blobs::{Blobs, Body, Error, Growth, Home, InlineLimit};
use bytes::Bytes;
use futures_util::stream;

use crate::sample::{
    INLINE, KIB, MIB, add, all_growths, all_keys, any_piece, assert_goes_on, assert_holds_nothing, body, content,
    every_store, finish, gather, grown, keep,
};

every_store! {
    pieces_of_every_size_become_one_content
    a_content_of_no_pieces_is_an_empty_one
    a_content_up_to_the_inline_limit_is_handed_back_and_stays_until_abandoned
    a_piece_that_was_not_recorded_is_overwritten_by_the_next
    a_piece_that_was_not_recorded_is_no_part_of_the_finished_content
    a_finish_may_be_asked_again
    a_finished_content_takes_no_more_pieces
    a_state_that_cannot_be_read_is_rebuilt_from_the_bytes_where_they_tell
    a_content_shorter_than_on_record_is_damaged
    a_content_that_is_not_there_is_missing
    an_abandoned_content_is_gone
    abandoning_a_finished_content_leaves_it_alone
    a_growing_content_is_listed_as_growing_and_nowhere_else
    a_range_of_a_growing_content_gives_exactly_its_bytes
    only_one_call_at_a_time_works_on_a_content
}

/// A content of `len` bytes that has grown in two pieces.
async fn in_two(store: &Blobs, content: &Bytes) -> Growth {
    let half = add(store, &store.grow().unwrap(), &content.slice(..content.len() / 2)).await;
    add(store, &half, &content.slice(content.len() / 2..)).await
}

async fn pieces_of_every_size_become_one_content(store: Blobs) {
    let block = 256 * KIB;
    let sizes = [1, 63, 64, 65, KIB, 128 * KIB, block - 1, block, block + 1, 3 * MIB + 5, 0, 9 * MIB, 1];
    let content = content(sizes.iter().sum());
    let mut growth = store.grow().unwrap();
    let mut at = 0;
    for size in sizes {
        growth = add(&store, &growth, &content.slice(at..at + size)).await;
        at += size;
        assert!(grown(&store, &growth).await == content[..at], "{at} bytes differ");
        if at < 9 * MIB || !matches!(store, Blobs::Cloud(_)) {
            // To read more in a bucket, the parts were made an object.
            assert_holds_nothing(&store).await;
        }
    }
    let stored = finish(&store, &growth, &content).await;
    assert_eq!(stored.home, Home::Kept(growth.key.clone()));
    assert_eq!(all_keys(&store).await, [growth.key]);
    assert_eq!(all_growths(&store).await, []);
}

async fn a_content_of_no_pieces_is_an_empty_one(store: Blobs) {
    let growth = store.grow().unwrap();
    assert_eq!(growth.len, 0);
    assert!(grown(&store, &growth).await.is_empty());
    let stored = finish(&store, &growth, b"").await;
    assert_eq!(stored.home, Home::Inline(Bytes::new()));
    assert_eq!(all_growths(&store).await, []);
    assert!(!store.abandon(&growth.key).await.unwrap());
}

async fn a_content_up_to_the_inline_limit_is_handed_back_and_stays_until_abandoned(store: Blobs) {
    for len in [1, INLINE, INLINE + 1] {
        let content = content(len);
        let growth = add(&store, &store.grow().unwrap(), &content).await;
        let small = len <= INLINE;
        for _ in 0..2 {
            let stored = finish(&store, &growth, &content).await;
            assert_eq!(matches!(stored.home, Home::Inline(_)), small, "{len} bytes");
        }
        assert_eq!(store.exists(&growth.key).await.unwrap(), !small);
        assert_eq!(store.abandon(&growth.key).await.unwrap(), small, "{len} bytes");
        assert_eq!(all_growths(&store).await, []);
    }
}

async fn a_piece_that_was_not_recorded_is_overwritten_by_the_next(store: Blobs) {
    let whole = content(2 * MIB);
    for len in [0, 1, MIB] {
        let growth = add(&store, &store.grow().unwrap(), &whole.slice(..len)).await;
        add(&store, &growth, &content(700 * KIB)).await;
        add(&store, &growth, &content(KIB)).await;
        assert_goes_on(&store, &growth, &whole).await;
    }
}

async fn a_piece_that_was_not_recorded_is_no_part_of_the_finished_content(store: Blobs) {
    for len in [0, 1, INLINE, MIB] {
        let recorded = content(len);
        let growth = add(&store, &store.grow().unwrap(), &recorded).await;
        add(&store, &growth, &content(700 * KIB)).await;
        assert!(grown(&store, &growth).await == recorded);
        for _ in 0..2 {
            finish(&store, &growth, &recorded).await;
        }
    }
}

async fn a_finish_may_be_asked_again(store: Blobs) {
    for len in [0, 10, MIB] {
        let content = content(len);
        let growth = in_two(&store, &content).await;
        let first = finish(&store, &growth, &content).await;
        assert!(grown(&store, &growth).await == content, "a finished content still reads");
        assert_eq!(finish(&store, &growth, &content).await, first);
        if len <= INLINE && matches!(store, Blobs::Cloud(_)) {
            // What has not become an object in a bucket is known by its state alone.
            continue;
        }
        let forgotten = Growth { digests: Vec::new(), ..growth };
        assert_eq!(finish(&store, &forgotten, &content).await, first);
    }
}

async fn a_finished_content_takes_no_more_pieces(store: Blobs) {
    let content = content(MIB);
    let growth = in_two(&store, &content).await;
    let half = Growth { len: MIB as u64 / 2, digests: Vec::new(), ..growth.clone() };
    finish(&store, &growth, &content).await;
    for growth in [&growth, &half] {
        let refused = store.append(growth, body(&content), &any_piece()).await.unwrap_err();
        assert!(matches!(refused, Error::Missing), "{refused:?}");
    }
    let refused = store.finish(&half).await.unwrap_err();
    assert!(matches!(refused, Error::Damaged { .. }), "{refused:?}");
    finish(&store, &growth, &content).await;
}

async fn a_state_that_cannot_be_read_is_rebuilt_from_the_bytes_where_they_tell(store: Blobs) {
    let content = content(MIB + 5);
    let growth = add(&store, &store.grow().unwrap(), &content.slice(..MIB)).await;
    if matches!(store, Blobs::Cloud(_)) {
        // In a bucket only the state says which objects count.
        let lost = Growth { digests: vec![9; 9], ..growth.clone() };
        let refused = store.append(&lost, body(&content), &any_piece()).await.unwrap_err();
        assert!(matches!(refused, Error::Missing), "{refused:?}");
        return assert_goes_on(&store, &growth, &content).await;
    }
    let other = add(&store, &store.grow().unwrap(), &content.slice(..KIB)).await;
    let mut later = growth.digests.clone();
    later[0] += 1;
    let cut = growth.digests[..growth.digests.len() - 1].to_vec();
    // The last one is a good state, but of another length.
    for digests in [Vec::new(), vec![0; 1000], later, cut, other.digests] {
        let growth = Growth { digests, ..growth.clone() };
        let all = add(&store, &growth, &content.slice(MIB..)).await;
        assert!(!all.digests.is_empty());
    }
    let all = add(&store, &growth, &content.slice(MIB..)).await;
    finish(&store, &Growth { digests: vec![9; 9], ..all }, &content).await;
}

async fn a_content_shorter_than_on_record_is_damaged(store: Blobs) {
    let content = content(100 * KIB);
    let growth = add(&store, &store.grow().unwrap(), &content).await;
    let too_long = Growth { len: growth.len + 1, ..growth.clone() };
    let damaged = |error: Error| {
        let right = matches!(error, Error::Damaged { expected, got } if expected == got + 1 && got == growth.len);
        assert!(right, "{error:?}");
    };
    damaged(store.append(&too_long, body(&content), &any_piece()).await.unwrap_err());
    damaged(store.finish(&too_long).await.unwrap_err());
    damaged(store.read_growth(&too_long, 0..1).await.unwrap_err());
    finish(&store, &growth, &content).await;
    damaged(store.finish(&too_long).await.unwrap_err());
    damaged(store.read_growth(&too_long, 0..1).await.unwrap_err());
}

async fn a_content_that_is_not_there_is_missing(store: Blobs) {
    let growth = Growth { len: 10, ..store.grow().unwrap() };
    let appended = store.append(&growth, body(&content(10)), &any_piece()).await.unwrap_err();
    assert!(matches!(appended, Error::Missing), "{appended:?}");
    let finished = store.finish(&growth).await.unwrap_err();
    assert!(matches!(finished, Error::Missing), "{finished:?}");
    let read = store.read_growth(&growth, 0..0).await.unwrap_err();
    assert!(matches!(read, Error::Missing), "{read:?}");
}

async fn an_abandoned_content_is_gone(store: Blobs) {
    let gone = in_two(&store, &content(MIB)).await;
    let stays = in_two(&store, &content(MIB + 1)).await;
    assert!(store.abandon(&gone.key).await.unwrap());
    assert!(!store.abandon(&gone.key).await.unwrap(), "it was there twice");
    let read = store.read_growth(&gone, 0..1).await.unwrap_err();
    assert!(matches!(read, Error::Missing), "{read:?}");
    assert_eq!(all_growths(&store).await, [(stays.key.clone(), stays.len)]);
    finish(&store, &stays, &content(MIB + 1)).await;
}

async fn abandoning_a_finished_content_leaves_it_alone(store: Blobs) {
    let content = content(MIB);
    let growth = in_two(&store, &content).await;
    finish(&store, &growth, &content).await;
    assert!(!store.abandon(&growth.key).await.unwrap());
    finish(&store, &growth, &content).await;
    assert!(store.remove(&growth.key).await.unwrap());
}

async fn a_growing_content_is_listed_as_growing_and_nowhere_else(store: Blobs) {
    let kept = keep(&store, &content(MIB)).await;
    let mut growths = Vec::new();
    for n in 1..=20 {
        let growth = add(&store, &store.grow().unwrap(), &content(n)).await;
        growths.push((growth.key, n as u64));
    }
    growths.sort();
    assert_eq!(all_growths(&store).await, growths);
    assert_eq!(all_keys(&store).await, [kept]);
    assert_eq!(store.leftovers().next_batch().await.unwrap(), None);
    assert_eq!(store.sweep_staging(std::time::Duration::ZERO).await.unwrap(), 0);
    assert_eq!(all_growths(&store).await, growths);
    assert!(!store.exists(&growths[0].0).await.unwrap(), "it is not kept yet");
}

#[expect(clippy::reversed_empty_ranges, reason = "a reversed range is the case")]
async fn a_range_of_a_growing_content_gives_exactly_its_bytes(store: Blobs) {
    let len = MIB + 100;
    let content = content(len);
    let growth = in_two(&store, &content).await;
    // Not on record, so no part of any range.
    add(&store, &growth, &content.slice(..10)).await;
    let block = 256 * KIB;
    for range in [0..0, 0..1, len..len, len - 1..len, 0..len, block - 1..block + 1, 7..3 * block + 8] {
        let got = store.read_growth(&growth, range.start as u64..range.end as u64).await.unwrap();
        assert!(gather(got).await.unwrap() == content[range.clone()], "{range:?} differs");
    }
    let len = len as u64;
    for range in [0..len + 1, len + 1..len + 2, 5..4] {
        let refused = store.read_growth(&growth, range.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::Range { len: of, .. } if of == len), "{range:?}: {refused:?}");
    }
}

async fn only_one_call_at_a_time_works_on_a_content(store: Blobs) {
    let content = content(MIB);
    let growth = add(&store, &store.grow().unwrap(), &content.slice(..KIB)).await;
    let (sender, chunks) = tokio::sync::mpsc::channel(1);
    let waiting = stream::unfold(chunks, |mut chunks| async { chunks.recv().await.map(|chunk| (Ok(chunk), chunks)) });
    let piece = any_piece();
    let first = store.append(&growth, Body::new(waiting, None), &piece);
    let others = async {
        // The second is sent when the first has been taken, so the call is at work.
        sender.send(content.slice(KIB..2 * KIB)).await.unwrap();
        sender.send(content.slice(2 * KIB..)).await.unwrap();
        let second = store.append(&growth, body(&content), &any_piece()).await.unwrap_err();
        assert!(matches!(second, Error::Busy), "{second:?}");
        let finished = store.finish(&growth).await.unwrap_err();
        assert!(matches!(finished, Error::Busy), "{finished:?}");
        let abandoned = store.abandon(&growth.key).await.unwrap_err();
        assert!(matches!(abandoned, Error::Busy), "{abandoned:?}");
        assert!(grown(&store, &growth).await == content[..KIB], "readers need not wait");
        add(&store, &store.grow().unwrap(), &content).await;
        drop(sender);
    };
    let (first, ()) = tokio::join!(first, others);
    finish(&store, &first.unwrap().growth, &content).await;
}

#[tokio::test]
async fn without_an_inline_limit_every_content_but_the_empty_one_is_kept() {
    let memory = Blobs::from(attache_blobs::Memory::new(InlineLimit::new(0).unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let disk = attache_blobs::Disk::open(folder.path(), InlineLimit::new(0).unwrap()).unwrap();
    for store in [memory, disk.into()] {
        let growth = add(&store, &store.grow().unwrap(), &content(1)).await;
        let stored = finish(&store, &growth, &content(1)).await;
        assert_eq!(stored.home, Home::Kept(growth.key));
        let stored = finish(&store, &store.grow().unwrap(), b"").await;
        assert_eq!(stored.home, Home::Inline(Bytes::new()));
    }
}
