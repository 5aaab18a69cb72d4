//! A version's bytes, opened for reading.

use crate::Core;
use crate::job::scrub::{Examined, is_unreadable, passing};
use crate::staged::refusal;
use crate::verify::{verified, watched};
use attache_blobs::{Body, Error as Trouble, Key, LinkWish};
use attache_model::error::What;
use attache_model::file::{File, Version};
use attache_model::limits::Limits;
use attache_model::{AccountNo, Error, Result};
use bytes::Bytes;
use std::ops::Range;

/// A file, one of its versions, and the way to that version's bytes.
#[derive(Clone, Debug)]
pub struct Content {
    /// The file.
    pub file: File,
    /// The version that is read; not always the active one.
    pub version: Version,
    core: Core,
    blob: BlobName,
    place: Place,
}

/// Which bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlobName {
    pub(crate) account: AccountNo,
    pub(crate) key: String,
}

#[derive(Clone, Debug)]
enum Place {
    /// Read with the row.
    Row(Bytes),
    /// On the volume.
    Volume(Key),
}

impl Content {
    pub(crate) fn new(
        core: &Core,
        file: File,
        version: Version,
        blob: &BlobName,
        row: Option<Vec<u8>>,
    ) -> Result<Content> {
        let place = match row {
            Some(bytes) => Place::Row(bytes.into()),
            None => Place::Volume(blob.key.parse().map_err(|error| Error::internal("read a blob's key", error))?),
        };
        Ok(Content { file, version, core: core.clone(), blob: blob.clone(), place })
    }

    /// Whether this is the file's active version.
    pub fn is_active(&self) -> bool {
        self.file.version.no == self.version.no
    }

    /// The bytes of a range, which must lie inside the content. All of it is compared with its digest on the way: when they
    /// are others, the stream ends with an error (`Damaged` inside) in place of its last bytes. What the disk cannot read is
    /// looked at soon, whether all of it was asked for or a part.
    ///
    /// # Errors
    /// `Damaged` when the bytes are gone or have another length; `Unavailable` when the volume does not give them.
    pub async fn read(&self, range: Range<u64>) -> Result<Body> {
        let is_whole = range == (0..self.version.size);
        let body = match &self.place {
            Place::Row(bytes) => part(bytes, range, self.version.size)?,
            Place::Volume(key) => match self.core.0.blobs.read(key, range, self.version.size).await {
                Ok(body) => body,
                Err(Trouble::Missing | Trouble::Damaged { .. }) => return Err(self.why_not_there().await),
                Err(error) => {
                    if matches!(&error, Trouble::Io { source, .. } if is_unreadable(source)) {
                        self.examining()();
                    }
                    return Err(refusal(error));
                }
            },
        };
        Ok(match is_whole {
            true => verified(body, self.version.sha256, self.examining()),
            false => watched(body, self.examining()),
        })
    }

    /// What is done about damage that a reader met: an answer that was not given is counted, and the content looked at.
    fn examining(&self) -> impl Fn() + Send + 'static {
        let (core, blob) = (self.core.clone(), self.blob.clone());
        move || {
            core.0.scrub.counts.cut();
            core.examine_soon(blob.account, &blob.key);
        }
    }

    /// Why bytes that were there when the row was read are not, or have another length.
    async fn why_not_there(&self) -> Error {
        match self.core.examine(self.blob.account, &self.blob.key).await {
            Ok(Examined::Damaged) => {
                self.core.0.scrub.counts.cut();
                Error::Damaged
            }
            Ok(Examined::Gone) => Error::NotFound(What::File),
            Ok(Examined::Whole) => passing("its bytes were away for a moment"),
            Err(error) => error,
        }
    }

    /// A link into the store, for an answer that would send `len` bytes of the content. `None` where they are to be sent:
    /// there are few of them, nobody asked for links, or the store signs none. It works for `redirect_life` at most.
    ///
    /// # Errors
    /// `Unavailable` when the store can sign links and did not.
    pub async fn link(&self, len: u64, wish: LinkWish) -> Result<Option<String>> {
        let Place::Volume(key) = &self.place else { return Ok(None) };
        let limits = self.core.limits();
        if !self.core.0.redirect || len <= limits.redirect_bytes {
            return Ok(None);
        }
        let wish = LinkWish { life: wish.life.min(Limits::seconds(limits.redirect_life)), ..wish };
        self.core.0.blobs.link(key, &wish).await.map_err(refusal)
    }
}

/// A range of bytes that lie in a row, which should be `len`.
fn part(bytes: &Bytes, range: Range<u64>, len: u64) -> Result<Body> {
    if bytes.len() as u64 != len {
        return Err(Error::Damaged);
    }
    match (usize::try_from(range.start), usize::try_from(range.end)) {
        (Ok(start), Ok(end)) if start <= end && end <= bytes.len() => Ok(Body::from(bytes.slice(start..end))),
        _ => Err(Error::bug("a range outside of the content was asked for")),
    }
}
