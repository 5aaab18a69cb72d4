//! Links that lead past us: a store that can sign them gives a content to whoever holds one, for a short while.

use std::time::Duration;

use crate::{Blobs, Error, Key};

/// What a link is to be good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkWish {
    /// How long it works. Stores allow seven days at most.
    pub life: Duration,
    /// The `Content-Disposition` that the store answers with.
    pub disposition: String,
    /// The `Content-Type` that the store answers with.
    pub media_type: String,
}

impl Blobs {
    /// A link to a kept content that works without credentials, for GET alone. `None` where the store signs none, or
    /// none that fix the two headers. Whether the content is there is not looked at.
    pub async fn link(&self, key: &Key, wish: &LinkWish) -> Result<Option<String>, Error> {
        match self {
            Self::Disk(_) | Self::Memory(_) => Ok(None),
            Self::Cloud(cloud) => cloud.link(key, wish).await,
        }
    }
}
