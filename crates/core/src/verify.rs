//! A content on its way out. All of one is compared with its digest, and its last bytes leave when it is known to be good;
//! a part of one cannot be, and is watched for reads that fail.

use attache_blobs::Body;
use attache_model::Error;
use attache_model::digest::Sha256;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use sha2::Digest as _;
use std::io;

/// What is still to come of a content.
struct Rest<F> {
    body: Body,
    digest: sha2::Sha256,
    wanted: Sha256,
    /// The block that came last: it waits for the next one, or for the end.
    held: Option<Bytes>,
    /// Whether the body has come to its end. It is not asked again: a body need not answer twice that it is over.
    over: bool,
    /// Called once, when the content is damaged.
    damaged: F,
}

/// The same body, which ends with an error in place of its last bytes when its digest is not `wanted`. `damaged` is
/// called then, and when the body is shorter than it says.
pub(crate) fn verified(body: Body, wanted: Sha256, damaged: impl Fn() + Send + 'static) -> Body {
    let len = body.declared_len();
    let rest = Rest { body, digest: sha2::Sha256::new(), wanted, held: None, over: false, damaged };
    let blocks = stream::unfold(Some(rest), |rest| async move {
        let mut rest = rest?;
        match rest.next().await {
            Some(Ok(block)) => Some((Ok(block), (!rest.over).then_some(rest))),
            Some(Err(error)) => Some((Err(error), None)),
            None => None,
        }
    });
    Body::new(blocks, len)
}

/// The same body, a part of a content. `damaged` is called when it breaks off because the disk does.
pub(crate) fn watched(body: Body, damaged: impl Fn() + Send + 'static) -> Body {
    let len = body.declared_len();
    let blocks = body.inspect(move |block| {
        if block.as_ref().is_err_and(is_of_the_disk) {
            damaged();
        }
    });
    Body::new(blocks, len)
}

/// Whether a read broke off at a disk that gave fewer bytes than it had, or could not read some: then the content has to
/// be looked at. A store that broke off need not be.
fn is_of_the_disk(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof || error.raw_os_error().is_some()
}

impl<F: Fn()> Rest<F> {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            match self.body.next().await {
                Some(Ok(block)) => {
                    self.digest.update(&block);
                    if let Some(before) = self.held.replace(block) {
                        return Some(Ok(before));
                    }
                }
                Some(Err(error)) => return Some(Err(self.broken(error))),
                None => return self.end(),
            }
        }
    }

    /// The last block, if all of them were good.
    fn end(&mut self) -> Option<io::Result<Bytes>> {
        self.over = true;
        let last = self.held.take()?;
        let digest: [u8; 32] = std::mem::take(&mut self.digest).finalize().into();
        // A test plants this fault, to see that it is found.
        attache_point::fail_point!("core.unverified", |_| Some(Ok(last.clone())));
        if digest == self.wanted.0 {
            return Some(Ok(last));
        }
        (self.damaged)();
        Some(Err(io::Error::other(Error::Damaged)))
    }

    fn broken(&self, error: io::Error) -> io::Error {
        if is_of_the_disk(&error) {
            (self.damaged)();
        }
        error
    }
}

/// What a content's stream broke off with, as an error of the domain: ours where it holds one.
pub fn broken(error: io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(own) => own.clone(),
        None => Error::unavailable("read a content", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn body(blocks: &[&'static [u8]]) -> Body {
        let len = blocks.iter().map(|block| block.len() as u64).sum();
        let blocks: Vec<_> = blocks.iter().map(|block| Ok(Bytes::from_static(block))).collect();
        Body::new(stream::iter(blocks), Some(len))
    }

    /// What comes out of a body that should be `wanted`, whether it ends well, and how often it was called damaged.
    async fn out(body: Body, wanted: &[u8]) -> (Vec<u8>, bool, u64) {
        let calls = Arc::new(AtomicU64::new(0));
        let counted = calls.clone();
        let mut body = verified(body, Sha256(sha2::Sha256::digest(wanted).into()), move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let (mut bytes, mut good) = (Vec::new(), true);
        while let Some(block) = body.next().await {
            match block {
                Ok(block) => bytes.extend_from_slice(&block),
                Err(error) => {
                    good = false;
                    assert!(matches!(broken(error), Error::Damaged));
                }
            }
        }
        (bytes, good, calls.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_good_content_passes_as_it_is() {
        assert_eq!(out(body(&[b"ab", b"c", b"d"]), b"abcd").await, (b"abcd".to_vec(), true, 0));
        assert_eq!(out(body(&[]), b"").await, (Vec::new(), true, 0));
    }

    #[tokio::test]
    async fn a_body_that_is_over_is_not_asked_again() {
        let mut blocks = [Some("ab"), Some("c"), None].into_iter();
        let once = stream::poll_fn(move |_| {
            let block = blocks.next().expect("it said that it is over");
            std::task::Poll::Ready(block.map(|block| Ok(Bytes::from_static(block.as_bytes()))))
        });
        assert_eq!(out(Body::new(once, Some(3)), b"abc").await, (b"abc".to_vec(), true, 0));
    }

    #[tokio::test]
    async fn a_part_passes_as_it_is_and_one_that_the_disk_cannot_read_is_told() {
        for (error, wanted) in
            [(None, 0), (Some(io::Error::from_raw_os_error(5)), 1), (Some(io::Error::other("away")), 0)]
        {
            let calls = Arc::new(AtomicU64::new(0));
            let counted = calls.clone();
            let is_good = error.is_none();
            let blocks = [Ok(Bytes::from_static(b"ab"))].into_iter().chain(error.map(Err));
            let body = watched(Body::new(stream::iter(blocks.collect::<Vec<_>>()), Some(3)), move || {
                counted.fetch_add(1, Ordering::SeqCst);
            });
            assert_eq!(body.declared_len(), Some(3));
            let came: Vec<_> = body.collect().await;
            assert_eq!((came[0].as_deref().unwrap(), came.iter().all(Result::is_ok)), (b"ab".as_slice(), is_good));
            assert_eq!(calls.load(Ordering::SeqCst), wanted);
        }
    }

    #[tokio::test]
    async fn of_a_damaged_content_the_last_block_never_leaves() {
        for damaged in [&[b"Xb" as &[u8], b"c", b"d"], &[b"ab", b"X", b"d"], &[b"ab", b"c", b"X"]] {
            let (bytes, good, calls) = out(body(damaged), b"abcd").await;
            assert_eq!((bytes.len(), good, calls), (3, false, 1));
        }
        assert_eq!(out(body(&[b"abcX"]), b"abcd").await, (Vec::new(), false, 1));
    }
}
