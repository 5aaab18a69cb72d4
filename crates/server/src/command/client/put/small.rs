//! A file in one request, with its digest.

use super::super::failure::Result;
use super::source::unreadable;
use super::{Done, Outcome, Putter, hex_of};
use attache_client::{NewFile, Put, digest};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

impl Putter {
    /// Puts a file in whose length is `len`.
    pub(super) async fn small(&self, new: &NewFile, file: &Arc<File>, len: u64) -> Result<Done> {
        let mut sha256 = Sha256::new();
        digest(file, 0, len, &mut sha256).map_err(unreadable(Path::new(&new.name)))?;
        let (sha256, gauge) = (hex_of(sha256), self.bar.gauge());
        match self.client.put(new, file, len, &sha256, &gauge).await {
            Ok(put) => Ok(Done::from(put)),
            Err(error) => {
                gauge.set(0);
                self.refused(new, error, len, &gauge, || Ok(sha256)).await
            }
        }
    }
}

impl From<Put> for Done {
    fn from(put: Put) -> Done {
        match put {
            Put::Created(file) => Done { outcome: Outcome::Created, file: Some(file) },
            Put::Versioned(file) => Done { outcome: Outcome::Versioned, file: Some(file) },
        }
    }
}
