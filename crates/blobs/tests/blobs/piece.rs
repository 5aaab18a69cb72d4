//! What every kind of store demands of one piece of a growing content, and that a refused one changes nothing.

use std::{error::Error as _, fmt, io};

use attache_blobs::{Algorithm, Blobs, Body, Error, Piece};
use bytes::Bytes;
use futures_util::stream;

use crate::sample::{
    INLINE, KIB, MIB, add, all_growths, any_piece, assert_goes_on, body, content, cut_body, digested, every_store,
    finish,
};

every_store! {
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
        let came = digested(&content[len..2 * len]);
        assert_eq!(cut.digest.unwrap(), came.sha256);
        assert_goes_on(&store, &cut.growth, &content).await;
    }
}

async fn a_cut_piece_with_an_announced_digest_is_never_kept(store: Blobs) {
    let content = content(MIB);
    let growth = add(&store, &store.grow().unwrap(), &content.slice(..KIB)).await;
    let equals = Some(digested(&content[KIB..2 * KIB]).md5.to_vec());
    let piece = Piece { keep_cut: true, digest: Some(Algorithm::Md5), equals, ..any_piece() };
    let cut = store.append(&growth, slow_body(&content.slice(KIB..2 * KIB)), &piece).await;
    assert_too_slow(&cut.unwrap_err());
    assert_goes_on(&store, &growth, &content).await;
}
