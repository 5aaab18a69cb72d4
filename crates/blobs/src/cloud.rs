//! A store in a bucket of an object store (S3, Google, Azure), which any number of processes share.

use std::{ops::Range, time::Duration};

use crate::{
    Body, Digested, Error, Expect, InlineLimit, Key, Leftovers, LinkWish, Listing, StorageUrl, Stored, intake::Intake,
};

/// A bucket, or a part of one. Clones share its connections and its budget.
#[derive(Clone, Debug)]
pub struct Cloud {
    inline_limit: InlineLimit,
}

/// How the store is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudOptions {
    /// The most bytes of all uploads that are held in memory at once. At least one part (8 MiB).
    pub buffer_bytes: usize,
    /// How long a request may take with all its tries; what its bytes take on their way is added.
    pub deadline: Duration,
    /// How often a request is tried at most.
    pub tries: u32,
}

impl Default for CloudOptions {
    fn default() -> Self {
        Self { buffer_bytes: 128 * 1024 * 1024, deadline: Duration::from_secs(20), tries: 3 }
    }
}

impl Cloud {
    /// Prepares to work with the bucket. Nothing is asked of it yet, so it need not be reachable.
    pub fn open(url: &StorageUrl, inline_limit: InlineLimit, _options: &CloudOptions) -> Result<Self, Error> {
        match url {
            StorageUrl::Folder(_) => Err(pending()),
            StorageUrl::Bucket(_) => Ok(Self { inline_limit }),
        }
    }

    pub(crate) fn inline_limit(&self) -> usize {
        self.inline_limit.bytes()
    }

    pub(crate) async fn keep(&self, _: Vec<u8>, _: Intake, _: &Expect, _: Option<&Key>) -> Result<Stored, Error> {
        Err(pending())
    }

    pub(crate) async fn read(&self, _: &Key, _: Range<u64>, _: u64) -> Result<Body, Error> {
        Err(pending())
    }

    pub(crate) async fn remove(&self, _: &Key) -> Result<bool, Error> {
        Err(pending())
    }

    pub(crate) async fn len(&self, _: &Key) -> Result<Option<u64>, Error> {
        Err(pending())
    }

    pub(crate) async fn digest(&self, _: &Key) -> Result<Digested, Error> {
        Err(pending())
    }

    pub(crate) fn keys(&self) -> Listing {
        Listing::of_memory(Vec::new())
    }

    pub(crate) fn growths(&self) -> Listing {
        Listing::of_memory(Vec::new())
    }

    pub(crate) fn leftovers(&self) -> Leftovers {
        Leftovers::none()
    }

    pub(crate) async fn sweep_staging(&self, _: Duration) -> Result<u64, Error> {
        Err(pending())
    }

    pub(crate) async fn link(&self, _: &Key, _: &LinkWish) -> Result<Option<String>, Error> {
        Err(pending())
    }

    pub(crate) async fn mark(&self, _: &str) -> Result<String, Error> {
        Err(pending())
    }
}

fn pending() -> Error {
    Error::Settings { why: "its operations are on their way".into() }
}
