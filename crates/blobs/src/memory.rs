//! A store in memory. It keeps the promises of the disk, but for durability, and is meant for tests and trials.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use futures_util::stream;

use crate::{
    BLOCK_LEN, Body, Digested, Digests, Error, Expect, Found, HEAD_LEN, Home, InlineLimit, Key, Listing, Stored,
    growth::Claims, intake::Intake, walk::file_clock,
};

/// Contents in the process's memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    contents: Arc<Mutex<Contents>>,
    pub(crate) claims: Claims,
    inline_limit: InlineLimit,
}

/// Contents by their keys, each with when it was last written to.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) kept: HashMap<Key, (Bytes, SystemTime)>,
    pub(crate) growing: HashMap<Key, (Vec<u8>, SystemTime)>,
    /// The installation that the store belongs to.
    pub(crate) installation: Option<String>,
}

impl Memory {
    /// An empty store that hands back contents of up to `inline_limit`.
    #[must_use]
    pub fn new(inline_limit: InlineLimit) -> Self {
        Self { inline_limit, ..Self::default() }
    }

    pub(crate) fn inline_limit(&self) -> usize {
        self.inline_limit.bytes()
    }

    pub(crate) async fn keep(
        &self,
        mut content: Vec<u8>,
        mut intake: Intake,
        expect: &Expect,
        key: Option<&Key>,
    ) -> Result<Stored, Error> {
        intake.fill(&mut content, usize::MAX).await?;
        let mut digests = Digests::new();
        digests.update(&content);
        let digested = digests.finish();
        expect.check(&digested)?;
        let key = key.map_or_else(|| Key::random(0), |key| Ok(key.clone()))?;
        let content = Bytes::from(content);
        let head = content.slice(..content.len().min(HEAD_LEN));
        self.lock().kept.insert(key.clone(), (content, file_clock()));
        Ok(Stored::new(Home::Kept(key), &digested, head))
    }

    pub(crate) fn read(&self, key: &Key, range: Range<u64>, len: u64) -> Result<Body, Error> {
        let content = self.content(key)?;
        let got = content.len() as u64;
        if got != len {
            return Err(Error::Damaged { expected: len, got });
        }
        stream_of(content, range)
    }

    pub(crate) fn remove(&self, key: &Key) -> bool {
        self.lock().kept.remove(key).is_some()
    }

    pub(crate) fn len(&self, key: &Key) -> Option<u64> {
        self.content(key).ok().map(|content| content.len() as u64)
    }

    pub(crate) fn digest(&self, key: &Key) -> Result<Digested, Error> {
        let mut digests = Digests::new();
        digests.update(&self.content(key)?);
        Ok(digests.finish())
    }

    pub(crate) fn keys(&self) -> Listing {
        let contents = self.lock();
        let found = contents.kept.iter().map(|(key, (content, modified))| Found {
            key: key.clone(),
            len: content.len() as u64,
            modified: *modified,
        });
        Listing::of_memory(found.collect())
    }

    fn content(&self, key: &Key) -> Result<Bytes, Error> {
        let content = self.lock().kept.get(key).map(|(content, _)| content.clone());
        content.ok_or(Error::Missing)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of `range`, which lies inside `content`, in blocks.
pub(crate) fn stream_of(content: Bytes, range: Range<u64>) -> Result<Body, Error> {
    let wanted = range.end - range.start;
    let (Ok(start), Ok(end)) = (usize::try_from(range.start), usize::try_from(range.end)) else {
        return Err(Error::Range { start: range.start, end: range.end, len: content.len() as u64 });
    };
    let blocks = (start..end).step_by(BLOCK_LEN).map(move |at| Ok(content.slice(at..end.min(at + BLOCK_LEN))));
    Ok(Body::new(stream::iter(blocks), Some(wanted)))
}
