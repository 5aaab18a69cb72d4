//! Bytes that are durable and not yet a file. Whoever drops them without making a file of them leaves nothing behind.

use crate::Core;
use crate::place::Place;
use crate::undivided::Undivided;
use crate::unit::tenanted;
use attache_blobs::{Blobs, Body, Expect, Home, Key, Stored};
use attache_model::digest::{Md5, Sha256};
use attache_model::error::{Code, Error};
use attache_model::{AccountNo, Result, limits::Limits};
use bytes::Bytes;
use std::sync::Arc;

/// Durable bytes, on their way to become a version.
#[derive(Debug)]
pub struct Staged {
    stored: Stored,
    /// Set while nobody has made a file of it.
    orphan: Option<Orphan>,
    /// Among the uploads that are written at once; shared by all bytes of one request.
    place: Arc<Place>,
}

/// Bytes on the volume that are no version yet.
#[derive(Debug)]
struct Orphan {
    blobs: Blobs,
    key: Key,
    undivided: Undivided,
    /// An upload's row has them as long as no version does.
    owned: bool,
}

impl Orphan {
    fn new(core: &Core, key: &Key, owned: bool) -> Orphan {
        Orphan { blobs: core.0.blobs.clone(), key: key.clone(), undivided: core.0.undivided.clone(), owned }
    }
}

impl Staged {
    /// The bytes of a whole upload. Until a commit has made a version of them they belong to the upload's row.
    pub(crate) fn of_upload(core: &Core, stored: Stored, place: Place) -> Staged {
        let orphan = match &stored.home {
            Home::Inline(_) => None,
            Home::Kept(key) => Some(Orphan::new(core, key, true)),
        };
        Staged { stored, orphan, place: Arc::new(place) }
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.stored.len
    }

    /// No bytes at all.
    pub fn is_empty(&self) -> bool {
        self.stored.len == 0
    }

    /// SHA-256 of the bytes.
    pub fn sha256(&self) -> Sha256 {
        Sha256(self.stored.sha256)
    }

    /// MD5 of the bytes.
    pub fn md5(&self) -> Md5 {
        Md5(self.stored.md5)
    }

    /// The first bytes, up to 64 KiB.
    pub fn head(&self) -> &[u8] {
        &self.stored.head
    }

    /// The bytes themselves where they are to be kept in the database.
    pub(crate) fn inline(&self) -> Option<Bytes> {
        match &self.stored.home {
            Home::Inline(bytes) => Some(bytes.clone()),
            Home::Kept(_) => None,
        }
    }

    /// The key on the volume where they are kept there.
    pub(crate) fn volume_key(&self) -> Option<&Key> {
        match &self.stored.home {
            Home::Inline(_) => None,
            Home::Kept(key) => Some(key),
        }
    }

    /// Hands the bytes to a unit that may make a version of them. From here on nobody removes them by dropping this: a
    /// unit that has begun ends even when its caller is gone, and a version without bytes would be worse than bytes
    /// without a version, which the sweep finds.
    pub(crate) fn offer(mut self) -> Offered {
        Offered { orphan: self.orphan.take(), _staged: self }
    }
}

/// Bytes that a unit may be making a version of.
#[derive(Debug)]
pub(crate) struct Offered {
    orphan: Option<Orphan>,
    /// Keeps the upload's place until the unit has ended.
    _staged: Staged,
}

impl Offered {
    /// The unit has ended, and a version refers to the bytes or none does. After an error that leaves open whether it
    /// was committed, they are left to the sweep.
    pub(crate) fn ended<T>(self, end: &Result<(T, bool)>) {
        let unwanted = match end {
            Ok((_, adopted)) => !adopted,
            Err(Error::Unavailable(_) | Error::Internal(_)) => false,
            Err(_) => self.orphan.as_ref().is_some_and(|orphan| !orphan.owned),
        };
        if let Some(orphan) = self.orphan.filter(|_| unwanted) {
            discard(orphan);
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(orphan) = self.orphan.take().filter(|orphan| !orphan.owned) {
            discard(orphan);
        }
    }
}

/// Removes bytes that nobody refers to. What a crash leaves is found by the sweep of unreferenced keys.
fn discard(orphan: Orphan) {
    let Orphan { blobs, key, undivided, .. } = orphan;
    undivided.begin(async move {
        attache_point::fail_point!("core.discarding");
        if let Err(error) = blobs.remove(&key).await {
            tracing::warn!(%error, "bytes of an upload that came to nothing were left to the sweep");
        }
    });
}

impl Core {
    /// Takes a body of an account in: durable when this returns. Waits for a place among the uploads.
    pub(crate) async fn stage(&self, account: AccountNo, body: Body, expect: &Expect) -> Result<Staged> {
        let place = Arc::new(self.upload_place(account).await?);
        self.stage_in(place, body, expect).await
    }

    /// Takes further bytes of a request in, beside those that it has staged and in their place. Whoever has a place never
    /// waits for another one: requests with several files would wait for each other.
    pub(crate) async fn stage_beside(&self, other: &Staged, body: Body, expect: &Expect) -> Result<Staged> {
        self.stage_in(other.place.clone(), body, expect).await
    }

    async fn stage_in(&self, place: Arc<Place>, body: Body, expect: &Expect) -> Result<Staged> {
        attache_point::fail_point!("core.upload_turn");
        let stored = self.0.blobs.put(body, expect).await.map_err(refusal)?;
        attache_point::fail_point!("core.staged");
        let orphan = match &stored.home {
            Home::Inline(_) => None,
            Home::Kept(key) => Some(Orphan::new(self, key, false)),
        };
        Ok(Staged { stored, orphan, place })
    }

    /// A place of an account among the uploads that are written at once.
    ///
    /// # Errors
    /// `Busy` when none was free for it in time.
    pub(crate) async fn upload_place(&self, account: AccountNo) -> Result<Place> {
        let wait = Limits::seconds(self.limits().upload_wait);
        match tokio::time::timeout(wait, self.0.uploads.take(account)).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Error::Busy { after: wait }),
        }
    }

    /// Removes the bytes of blobs that died with a commit. What fails is left to the sweep, and all of it is while a
    /// backup runs.
    pub(crate) async fn bury(&self, account: AccountNo, keys: Vec<String>) {
        if keys.is_empty() || self.keeps_bytes().await {
            return;
        }
        attache_point::fail_point!("core.burying");
        for key in keys {
            if let Err(error) = self.bury_one(account, &key).await {
                tracing::warn!(%error, "a dead blob was left to the sweep");
            }
        }
    }

    /// Removes what the store has under a key; nothing there is as well.
    pub(crate) async fn remove_bytes(&self, key: &Key) -> Result<()> {
        // A test plants this fault: who looks for erased bytes must see that they are still there.
        attache_point::fail_point!("core.bytes_left", |_| Ok(()));
        self.0.blobs.remove(key).await.map_err(refusal)?;
        Ok(())
    }

    async fn bury_one(&self, account: AccountNo, key: &str) -> Result<()> {
        let parsed: Key = key.parse().map_err(|error| Error::internal("read a blob's key", error))?;
        self.remove_bytes(&parsed).await?;
        attache_point::fail_point!("core.bytes_buried");
        let key = key.to_owned();
        let forget = tenanted::<(), _>(move |mut t| {
            let key = key.clone();
            Box::pin(async move { crate::table::blob::gone(&mut t, &key).await })
        });
        self.write("forget a dead blob", account, forget).await?;
        attache_point::fail_point!("core.buried");
        Ok(())
    }
}

/// A volume's error in the words of the domain.
pub(crate) fn refusal(error: attache_blobs::Error) -> Error {
    use attache_blobs::Error as E;
    match error {
        E::TooLarge { limit } => Error::TooLarge { code: Code::FileTooLarge, limit },
        E::Length { expected, got } => Error::Length { expected, got },
        E::Checksum { .. } => Error::Checksum,
        // The body's own guards put the domain's error inside.
        E::Cut(source) => match source.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(own) => own.clone(),
            None => Error::Cut,
        },
        E::Full => Error::StorageFull,
        E::Crowded { waited } => Error::Busy { after: waited },
        error => Error::unavailable("use the volume", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn who_found_no_room_in_the_buffers_is_told_to_come_again() {
        let waited = Duration::from_secs(20);
        assert!(matches!(refusal(attache_blobs::Error::Crowded { waited }), Error::Busy { after } if after == waited));
    }

    #[test]
    fn a_guard_of_the_body_is_told_in_its_own_words() {
        let guard = |error: Error| refusal(attache_blobs::Error::Cut(std::io::Error::other(error)));
        assert!(matches!(guard(Error::Checksum), Error::Checksum));
        let cut = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        assert!(matches!(refusal(attache_blobs::Error::Cut(cut)), Error::Cut));
    }
}
