//! A store in a bucket of an object store (S3, Google, Azure), which any number of processes share.
//!
//! A content is one object under its key. What is on its way is told by small marker objects, so that a sweep finds what
//! a crash has left: `blobs/<shard>/<name>` is what is kept, `growing/<name>/` what comes in pieces, `staging/<name>` a
//! put in progress, `landed/<name>` when a content that was long on its way was finished.

mod budget;
mod connect;
mod line;
mod list;
mod multipart;
mod place;
mod put;
mod read;
mod refusal;
mod tally;
mod traffic;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use object_store::{
    ObjectStoreExt as _, PutMode, PutPayload,
    signer::{Method, SignedUrlOptions},
};

use crate::{Error, InlineLimit, Key, LinkWish, StorageUrl, growth::Claims, mark::MARK_LEN};

pub(crate) use budget::{Budget, Held};
pub(crate) use connect::Store;
#[cfg(feature = "testing")]
pub(crate) use connect::connect_as;
pub(crate) use line::{Line, Part};
pub(crate) use multipart::{PART_LEN, Sizes};
pub(crate) use place::Places;
pub(crate) use refusal::during;
pub(crate) use tally::Tally;
pub use traffic::Traffic;

/// A bucket, or a part of one. Clones share its connections and its budget.
#[derive(Clone)]
pub struct Cloud {
    pub(crate) store: Store,
    pub(crate) places: Arc<Places>,
    pub(crate) budget: Budget,
    pub(crate) claims: Claims,
    /// The least length of a part in bytes.
    pub(crate) part_len: u64,
    options: CloudOptions,
    inline_limit: InlineLimit,
}

/// How the store is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudOptions {
    /// The most bytes of all uploads that are held in memory at once. At least one part (8 MiB).
    pub buffer_bytes: usize,
    /// How long a request may take with all its tries; what its bytes take on their way is added, at 1 MiB a second. An
    /// answer may also not pause longer than this.
    pub deadline: Duration,
    /// How often a request is tried at most.
    pub tries: u32,
}

impl Default for CloudOptions {
    fn default() -> Self {
        Self { buffer_bytes: 128 * 1024 * 1024, deadline: Duration::from_secs(20), tries: 3 }
    }
}

impl CloudOptions {
    fn check(&self) -> Result<(), Error> {
        let why = if (self.buffer_bytes as u64) < PART_LEN {
            format!("its buffers must have at least {PART_LEN} bytes, but they have {}", self.buffer_bytes)
        } else if self.tries == 0 || self.deadline.is_zero() {
            "a request needs at least one try, and time for it".into()
        } else {
            return Ok(());
        };
        Err(Error::Settings { why })
    }
}

impl Cloud {
    /// Prepares to work with the bucket. Nothing is asked of it yet, so it need not be reachable.
    ///
    /// # Errors
    /// [`Error::Settings`] when the URL names no bucket, the options are out of their bounds, or the environment holds no
    /// credentials that could be used.
    pub fn open(url: &StorageUrl, inline_limit: InlineLimit, options: &CloudOptions) -> Result<Self, Error> {
        let StorageUrl::Bucket(bucket) = url else {
            return Err(Error::Settings { why: format!("{url} is a folder") });
        };
        let store = connect::connect(bucket, options)?;
        Self::over(store, &bucket.prefix, inline_limit, options, PART_LEN)
    }

    pub(crate) fn over(
        store: Store,
        prefix: &str,
        inline_limit: InlineLimit,
        options: &CloudOptions,
        part_len: u64,
    ) -> Result<Self, Error> {
        options.check()?;
        Ok(Self {
            store,
            places: Arc::new(Places::new(prefix)),
            budget: Budget::new(options.buffer_bytes, options.deadline),
            claims: Claims::default(),
            part_len,
            options: options.clone(),
            inline_limit,
        })
    }

    pub(crate) fn traffic(&self) -> Traffic {
        self.store.counts.now()
    }

    pub(crate) fn inline_limit(&self) -> usize {
        self.inline_limit.bytes()
    }

    /// How often something is tried at most.
    pub(crate) fn tries(&self) -> u32 {
        self.options.tries
    }

    /// A missing object is told from a missing bucket by a second look, because the first answer has no words.
    pub(crate) async fn len(&self, key: &Key) -> Result<Option<u64>, Error> {
        let (op, path) = ("look for a blob", self.places.blob(key));
        match self.store.objects.head(&path).await.map_err(refusal::during(op)) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(Error::Missing) => match self.store.objects.get(&path).await.map_err(refusal::during(op)) {
                Ok(answer) => Ok(Some(answer.meta.size)),
                Err(Error::Missing) => Ok(None),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// A store does not say whether what it removes was there, so it is asked first.
    pub(crate) async fn remove(&self, key: &Key) -> Result<bool, Error> {
        if self.len(key).await?.is_none() {
            return Ok(false);
        }
        self.delete(&self.places.blob(key), "remove a blob").await?;
        attache_point::fail_point!("blobs.object_removed");
        Ok(true)
    }

    /// Removes an object; that there is none is no error.
    pub(crate) async fn delete(&self, path: &object_store::path::Path, op: &'static str) -> Result<(), Error> {
        match self.store.objects.delete(path).await.map_err(refusal::during(op)) {
            Ok(()) | Err(Error::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes an object of ours, anew or again.
    pub(crate) async fn write(
        &self,
        path: &object_store::path::Path,
        content: PutPayload,
        op: &'static str,
    ) -> Result<(), Error> {
        self.store.objects.put(path, content).await.map_err(refusal::during(op))?;
        Ok(())
    }

    /// The whole text of a small object of ours; `None` when there is none.
    pub(crate) async fn read_text(
        &self,
        path: &object_store::path::Path,
        op: &'static str,
    ) -> Result<Option<String>, Error> {
        match self.store.objects.get(path).await.map_err(refusal::during(op)) {
            Ok(answer) if answer.meta.size > MARK_LEN as u64 => {
                Err(Error::Damaged { expected: MARK_LEN as u64, got: answer.meta.size })
            }
            Ok(answer) => {
                let content = answer.bytes().await.map_err(refusal::during(op))?;
                Ok(Some(String::from_utf8_lossy(&content).into_owned()))
            }
            Err(Error::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn link(&self, key: &Key, wish: &LinkWish) -> Result<Option<String>, Error> {
        let Some(signer) = &self.store.signer else { return Ok(None) };
        let fixed = [
            ("response-content-disposition", wish.disposition.as_str()),
            ("response-content-type", wish.media_type.as_str()),
        ];
        let options = SignedUrlOptions::new().with_query(fixed);
        match signer.signed_url_opts(Method::GET, &self.places.blob(key), wish.life, &options).await {
            Ok(url) => Ok(Some(url.into())),
            Err(object_store::Error::NotSupported { .. } | object_store::Error::NotImplemented { .. }) => Ok(None),
            Err(error) => Err(refusal::during("sign a link")(error)),
        }
    }

    /// Whose the store is, after `installation` has been written where nobody was before.
    pub(crate) async fn mark(&self, installation: &str) -> Result<String, Error> {
        let (path, op) = (self.places.installation(), "write down whose the blobs are");
        if let Some(found) = self.read_text(&path, "read whose the blobs are").await? {
            return Ok(found);
        }
        let first = self.store.objects.put_opts(&path, installation.to_owned().into(), PutMode::Create.into()).await;
        match first {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {}
            // Where the store cannot tell who was first, two first starts at the same moment are left to their operator.
            Err(error) if refusal::is_unknown_request(&error) => {
                self.write(&path, installation.to_owned().into(), op).await?;
            }
            Err(error) => return Err(refusal::during(op)(error)),
        }
        Ok(self.read_text(&path, op).await?.unwrap_or_default())
    }
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud")
            .field("store", &self.store.objects)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}
