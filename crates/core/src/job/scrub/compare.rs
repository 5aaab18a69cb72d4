//! One content against its digest.

use super::Pace;
use crate::Core;
use crate::staged::refusal;
use crate::table::blob::{self, Home};
use crate::unit::tenanted;
use attache_blobs::{Error as Trouble, Key};
use attache_model::digest::Sha256;
use attache_model::{AccountNo, Error, Result};
use futures_util::StreamExt as _;
use sha2::Digest as _;
use std::io;
use std::sync::Arc;

/// What the system says of a place that the disk cannot read.
const EIO: i32 = 5;

/// A content as its row has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'r> {
    pub(crate) account: AccountNo,
    pub(crate) key: &'r str,
    pub(crate) home: Home,
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
}

/// What its bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Those of the row.
    Whole,
    /// Not there.
    Missing,
    /// Others, or such that cannot be read; a sentence's rest says so.
    Damaged(&'static str),
}

/// Reads a content from its home, no faster than `pace`, and compares it.
///
/// # Errors
/// `Unavailable` and the like when it cannot be read, which says nothing about it.
pub(crate) async fn compare(core: &Core, content: &Content<'_>, pace: &mut Pace) -> Result<Seen> {
    match content.home {
        Home::Row => in_row(core, content, pace).await,
        Home::Volume => on_volume(core, content, pace).await,
    }
}

async fn in_row(core: &Core, content: &Content<'_>, pace: &mut Pace) -> Result<Seen> {
    let key = Arc::new(content.key.to_owned());
    let unit = tenanted::<Option<Vec<u8>>, _>(move |mut t| {
        let key = key.clone();
        Box::pin(async move { blob::bytes(&mut t, &key).await })
    });
    let Some(bytes) = core.read("read small bytes", content.account, unit).await? else { return Ok(Seen::Missing) };
    pace.took(bytes.len()).await;
    Ok(judge(content, bytes.len() as u64, sha2::Sha256::digest(&bytes).into()))
}

async fn on_volume(core: &Core, content: &Content<'_>, pace: &mut Pace) -> Result<Seen> {
    let Ok(key) = content.key.parse::<Key>() else { return Ok(Seen::Damaged("its key is none of the volume's")) };
    let mut body = match core.0.blobs.read_again(&key, content.size).await {
        Ok(body) => body,
        Err(Trouble::Missing) => return Ok(Seen::Missing),
        Err(Trouble::Damaged { .. }) => return Ok(Seen::Damaged("its length is wrong")),
        Err(Trouble::Io { source, .. }) if is_unreadable(&source) => return Ok(UNREADABLE),
        Err(error) => return Err(refusal(error)),
    };
    let (mut len, mut digest) = (0, sha2::Sha256::new());
    while let Some(block) = body.next().await {
        match block {
            Ok(block) => {
                len += block.len() as u64;
                digest.update(&block);
                pace.took(block.len()).await;
            }
            Err(error) if is_unreadable(&error) => return Ok(UNREADABLE),
            Err(error) => return Err(Error::unavailable("read a content again", error)),
        }
    }
    Ok(judge(content, len, digest.finalize().into()))
}

const UNREADABLE: Seen = Seen::Damaged("the disk cannot read it");

/// Whether the disk answered that it cannot read.
pub(crate) fn is_unreadable(error: &io::Error) -> bool {
    error.raw_os_error() == Some(EIO)
}

fn judge(content: &Content<'_>, len: u64, sha256: [u8; 32]) -> Seen {
    // A test plants this fault, to see that it is found.
    attache_point::fail_point!("core.undigested", |_| Seen::Whole);
    match (len == content.size, sha256 == content.sha256.0) {
        (true, true) => Seen::Whole,
        (false, _) => Seen::Damaged("its length is wrong"),
        (true, false) => Seen::Damaged("its digest is wrong"),
    }
}
