//! A version's bytes, opened for reading.

use crate::Core;
use crate::staged::refusal;
use attache_blobs::{Body, Key, LinkWish};
use attache_model::file::{File, Version};
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use bytes::Bytes;
use std::ops::Range;

/// A file, one of its versions, and the way to that version's bytes.
#[derive(Clone, Debug)]
pub struct Content {
    /// The file.
    pub file: File,
    /// The version that is read; not always the active one.
    pub version: Version,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// Read with the row.
    Row(Bytes),
    /// On the volume.
    Volume(Core, Key),
}

impl Content {
    pub(crate) fn new(core: &Core, file: File, version: Version, blob: &str, row: Option<Vec<u8>>) -> Result<Content> {
        let place = match row {
            Some(bytes) => Place::Row(bytes.into()),
            None => {
                let key = blob.parse().map_err(|error| Error::internal("read a blob's key", error))?;
                Place::Volume(core.clone(), key)
            }
        };
        Ok(Content { file, version, place })
    }

    /// Whether this is the file's active version.
    pub fn is_active(&self) -> bool {
        self.file.version.no == self.version.no
    }

    /// The bytes of a range, which must lie inside the content.
    ///
    /// # Errors
    /// `Unavailable` when the volume does not give them.
    pub async fn read(&self, range: Range<u64>) -> Result<Body> {
        match &self.place {
            Place::Row(bytes) => {
                let end = |at: u64| usize::try_from(at).ok().filter(|at| *at <= bytes.len());
                match (end(range.start), end(range.end)) {
                    (Some(start), Some(end)) if start <= end => Ok(Body::from(bytes.slice(start..end))),
                    _ => Err(Error::bug("a range outside of the content was asked for")),
                }
            }
            Place::Volume(core, key) => core.0.blobs.read(key, range, self.version.size).await.map_err(refusal),
        }
    }

    /// A link into the store, for an answer that would send `len` bytes of the content. `None` where they are to be sent:
    /// there are few of them, nobody asked for links, or the store signs none. It works for `redirect_life` at most.
    ///
    /// # Errors
    /// `Unavailable` when the store can sign links and did not.
    pub async fn link(&self, len: u64, wish: LinkWish) -> Result<Option<String>> {
        let Place::Volume(core, key) = &self.place else { return Ok(None) };
        let limits = core.limits();
        if !core.0.redirect || len <= limits.redirect_bytes {
            return Ok(None);
        }
        let wish = LinkWish { life: wish.life.min(Limits::seconds(limits.redirect_life)), ..wish };
        core.0.blobs.link(key, &wish).await.map_err(refusal)
    }
}
