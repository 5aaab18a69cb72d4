//! What every kind of store promises about contents that arrive in pieces.

use std::{error::Error as _, fmt, io};

use attache_blobs::{Algorithm, Blobs, Body, Error, Growth, Home, InlineLimit, Piece};
use bytes::Bytes;
use futures_util::stream;

use crate::sample::{
    INLINE, KIB, MIB, add, all_growths, all_keys, any_piece, assert_holds_nothing, body, content, cut_body,
    every_store, finish, gather, grown, keep,
};

every_store! {
    pieces_of_every_size_become_one_content
    a_content_of_no_pieces_is_an_empty_one
    a_content_up_to_the_inline_limit_is_handed_back_and_stays_until_abandoned
    a_piece_of_no_bytes_changes_nothing_and_makes_no_file
    a_piece_at_its_limit_is_taken_and_one_byte_more_changes_nothing
    a_piece_declared_over_its_limit_is_refused_before_any_byte_is_read
    a_piece_that_breaks_its_declared_length_changes_nothing
    a_piece_of_another_length_than_demanded_changes_nothing
    a_digest_of_a_piece_is_of_this_piece_alone
    a_wrong_digest_of_a_piece_changes_nothing_and_tells_the_right_one
    a_digest_of_no_kind_is_refused
    a_cut_piece_is_dropped_when_it_must_be_whole
    a_cut_piece_is_kept_as_far_as_it_came_when_asked
    a_cut_piece_with_an_announced_digest_is_never_kept
    a_piece_that_was_not_recorded_is_overwritten_by_the_next
    a_piece_that_was_not_recorded_is_no_part_of_the_finished_content
    a_finish_may_be_asked_again
    a_finished_content_takes_no_more_pieces
    a_state_that_cannot_be_read_is_rebuilt_from_the_bytes
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

/// Asserts that `growth` is as good as ever: it reads, takes `rest`, and finishes.
async fn assert_goes_on(store: &Blobs, growth: &Growth, content: &Bytes) {
    let so_far = usize::try_from(growth.len).unwrap();
    assert!(grown(store, growth).await == content[..so_far]);
    let growth = add(store, growth, &content.slice(so_far..)).await;
    finish(store, &growth, content).await;
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
        assert_holds_nothing(&store).await;
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

async fn a_piece_of_no_bytes_changes_nothing_and_makes_no_file(store: Blobs) {
    let fresh = store.grow().unwrap();
    let piece = Piece { digest: Some(Algorithm::Md5), ..Piece::default() };
    let grown = store.append(&fresh, Body::empty(), &piece).await.unwrap();
    assert_eq!(grown.growth, fresh);
    assert_eq!(hex::encode(grown.digest.unwrap()), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(all_growths(&store).await, []);
    let cut = store.append(&fresh, cut_body(&Bytes::new()), &Piece { keep_cut: true, ..any_piece() }).await.unwrap();
    assert_eq!(cut.growth, fresh);
    assert!(matches!(cut.cut, Some(Error::Cut(_))), "{cut:?}");
    assert_eq!(all_growths(&store).await, []);
    let wrong = Piece { equals: Some(vec![7; 16]), ..piece };
    let refused = store.append(&fresh, Body::empty(), &wrong).await.unwrap_err();
    assert!(matches!(refused, Error::Checksum { .. }), "{refused:?}");
}

async fn a_piece_at_its_limit_is_taken_and_one_byte_more_changes_nothing(store: Blobs) {
    for limit in [10, INLINE, MIB] {
        let content = content(2 * limit + 1);
        let piece = Piece { max_len: limit as u64, ..Piece::default() };
        let fresh = store.grow().unwrap();
        let over = store.append(&fresh, body(&content.slice(..=limit)), &piece).await.unwrap_err();
        assert!(matches!(over, Error::TooLarge { limit: l } if l == limit as u64), "{over:?}");
        assert_eq!(all_growths(&store).await, []);
        let at = store.append(&fresh, body(&content.slice(..limit)), &piece).await.unwrap().growth;
        assert_eq!(at.len, limit as u64);
        // The limit is of the piece, and a piece that would be kept when cut is still none that is too large.
        let piece = Piece { keep_cut: true, ..piece };
        let over = store.append(&at, body(&content.slice(limit..)), &piece).await.unwrap_err();
        assert!(matches!(over, Error::TooLarge { limit: l } if l == limit as u64), "{over:?}");
        assert_eq!(all_growths(&store).await, [(at.key.clone(), limit as u64)]);
        assert_goes_on(&store, &at, &content).await;
        store.abandon(&at.key).await.unwrap();
    }
}

async fn a_piece_declared_over_its_limit_is_refused_before_any_byte_is_read(store: Blobs) {
    let unread = stream::poll_fn(|_| panic!("the body was read"));
    let piece = Piece { max_len: 100, ..Piece::default() };
    let refused = store.append(&store.grow().unwrap(), Body::new(unread, Some(101)), &piece).await.unwrap_err();
    assert!(matches!(refused, Error::TooLarge { limit: 100 }), "{refused:?}");
}

async fn a_piece_that_breaks_its_declared_length_changes_nothing(store: Blobs) {
    for len in [100, MIB] {
        let content = content(2 * len);
        let half = add(&store, &store.grow().unwrap(), &content.slice(..len)).await;
        for declared in [len as u64 - 1, len as u64 + 1] {
            let body = Body::new(body(&content.slice(len..)), Some(declared));
            let refused = store.append(&half, body, &any_piece()).await.unwrap_err();
            assert!(matches!(refused, Error::Length { expected, .. } if expected == declared), "{refused:?}");
        }
        assert_goes_on(&store, &half, &content).await;
    }
}

async fn a_piece_of_another_length_than_demanded_changes_nothing(store: Blobs) {
    for len in [100, MIB] {
        let content = content(2 * len);
        let half = add(&store, &store.grow().unwrap(), &content.slice(..len)).await;
        for expected in [len as u64 - 1, len as u64 + 1] {
            let piece = Piece { len: Some(expected), keep_cut: true, ..any_piece() };
            for body in [body(&content.slice(len..)), Body::from(content.slice(len..))] {
                let refused = store.append(&half, body, &piece).await.unwrap_err();
                assert!(matches!(refused, Error::Length { expected: e, .. } if e == expected), "{refused:?}");
            }
        }
        assert_goes_on(&store, &half, &content).await;
    }
}

/// The digests of `abc`, by which other programs know the algorithms.
const OF_ABC: [(Algorithm, &str); 3] = [
    (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
    (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
];

async fn a_digest_of_a_piece_is_of_this_piece_alone(store: Blobs) {
    let mut growth = add(&store, &store.grow().unwrap(), &content(INLINE)).await;
    for (algorithm, hexed) in OF_ABC {
        let asked = Piece { digest: Some(algorithm), ..any_piece() };
        let announced = Piece { equals: Some(hex::decode(hexed).unwrap()), ..asked.clone() };
        for piece in [asked, announced] {
            let grown = store.append(&growth, body(&Bytes::from_static(b"abc")), &piece).await.unwrap();
            assert_eq!(hex::encode(grown.digest.unwrap()), hexed, "{algorithm}");
            growth = grown.growth;
        }
    }
    let all = [content(INLINE).as_ref(), b"abcabcabcabcabcabc"].concat();
    finish(&store, &growth, &all).await;
}

async fn a_wrong_digest_of_a_piece_changes_nothing_and_tells_the_right_one(store: Blobs) {
    let content = [content(INLINE).as_ref(), b"abc"].concat().into();
    let growth = add(&store, &store.grow().unwrap(), &Bytes::slice(&content, ..INLINE)).await;
    for (algorithm, right) in OF_ABC {
        let short = hex::decode(&right[..right.len() - 2]).unwrap();
        for wrong in [vec![7; right.len() / 2], short, Vec::new()] {
            let piece = Piece { digest: Some(algorithm), equals: Some(wrong.clone()), ..any_piece() };
            let refused = store.append(&growth, body(&Bytes::from_static(b"abc")), &piece).await;
            match refused.unwrap_err() {
                Error::Checksum { algorithm: of, expected, got } => {
                    assert_eq!(of, algorithm);
                    assert_eq!(expected, hex::encode(wrong));
                    assert_eq!(got, right);
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_goes_on(&store, &growth, &content).await;
}

async fn a_digest_of_no_kind_is_refused(store: Blobs) {
    let piece = Piece { equals: Some(vec![7; 16]), ..any_piece() };
    let refused = store.append(&store.grow().unwrap(), body(&content(10)), &piece).await.unwrap_err();
    let source = refused.source().unwrap();
    assert_eq!(source.to_string(), "a digest is given, but not of which kind it is");
    assert_eq!(all_growths(&store).await, []);
}

/// What a guard of the caller's own says inside a body that it breaks off.
#[derive(Debug)]
struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too slow")
    }
}

impl std::error::Error for TooSlow {}

/// A body that breaks off after `content` with an error of the caller's own.
fn slow_body(content: &Bytes) -> Body {
    Body::new(stream::iter([Ok(content.clone()), Err(io::Error::other(TooSlow))]), None)
}

fn assert_too_slow(cut: &Error) {
    let Error::Cut(source) = cut else { panic!("{cut:?}") };
    let own = source.get_ref().and_then(|inner| inner.downcast_ref::<TooSlow>());
    assert!(own.is_some(), "{cut:?}");
}

async fn a_cut_piece_is_dropped_when_it_must_be_whole(store: Blobs) {
    for len in [0, 100, INLINE + 1, 3 * MIB] {
        let content = content(2 * len + 10);
        let growth = add(&store, &store.grow().unwrap(), &content.slice(..len)).await;
        let cut = store.append(&growth, slow_body(&content.slice(len..2 * len)), &any_piece()).await;
        assert_too_slow(&cut.unwrap_err());
        assert_goes_on(&store, &growth, &content).await;
    }
}

async fn a_cut_piece_is_kept_as_far_as_it_came_when_asked(store: Blobs) {
    for len in [1, 100, INLINE + 1, 256 * KIB, 3 * MIB + 1] {
        let content = content(2 * len + 10);
        let growth = add(&store, &store.grow().unwrap(), &content.slice(..len)).await;
        // The length is what a whole piece would have had.
        let piece =
            Piece { keep_cut: true, len: Some(len as u64 + 10), digest: Some(Algorithm::Sha256), ..any_piece() };
        let cut = store.append(&growth, slow_body(&content.slice(len..2 * len)), &piece).await.unwrap();
        assert_too_slow(&cut.cut.unwrap());
        assert_eq!(cut.growth.len, 2 * len as u64);
        let came = crate::sample::digested(&content[len..2 * len]);
        assert_eq!(cut.digest.unwrap(), came.sha256);
        assert_goes_on(&store, &cut.growth, &content).await;
    }
}

async fn a_cut_piece_with_an_announced_digest_is_never_kept(store: Blobs) {
    let content = content(MIB);
    let growth = add(&store, &store.grow().unwrap(), &content.slice(..KIB)).await;
    let equals = Some(crate::sample::digested(&content[KIB..2 * KIB]).md5.to_vec());
    let piece = Piece { keep_cut: true, digest: Some(Algorithm::Md5), equals, ..any_piece() };
    let cut = store.append(&growth, slow_body(&content.slice(KIB..2 * KIB)), &piece).await;
    assert_too_slow(&cut.unwrap_err());
    assert_goes_on(&store, &growth, &content).await;
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
        let forgotten = Growth { digests: Vec::new(), ..growth.clone() };
        for growth in [&growth, &forgotten] {
            assert_eq!(finish(&store, growth, &content).await, first);
        }
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

async fn a_state_that_cannot_be_read_is_rebuilt_from_the_bytes(store: Blobs) {
    let content = content(MIB + 5);
    let growth = add(&store, &store.grow().unwrap(), &content.slice(..MIB)).await;
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
