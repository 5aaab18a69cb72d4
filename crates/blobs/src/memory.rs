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
    intake::Intake, walk::file_clock,
};

/// Contents in the process's memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    kept: Arc<Mutex<HashMap<Key, (Bytes, SystemTime)>>>,
    inline_limit: InlineLimit,
}

impl Memory {
    /// An empty store that hands back contents of up to `inline_limit`.
    #[must_use]
    pub fn new(inline_limit: InlineLimit) -> Self {
        Self { kept: Arc::default(), inline_limit }
    }

    pub(crate) fn inline_limit(&self) -> usize {
        self.inline_limit.bytes()
    }

    pub(crate) async fn keep(
        &self,
        mut content: Vec<u8>,
        mut intake: Intake,
        expect: &Expect,
    ) -> Result<Stored, Error> {
        intake.fill(&mut content, usize::MAX).await?;
        let mut digests = Digests::new();
        digests.update(&content);
        let digested = digests.finish();
        expect.check(&digested)?;
        let key = Key::random(0)?;
        let content = Bytes::from(content);
        let head = content.slice(..content.len().min(HEAD_LEN));
        self.lock().insert(key.clone(), (content, file_clock()));
        Ok(Stored::new(Home::Kept(key), &digested, head))
    }

    pub(crate) fn read(&self, key: &Key, range: Range<u64>, len: u64) -> Result<Body, Error> {
        let content = self.content(key)?;
        let got = content.len() as u64;
        let wanted = range.end - range.start;
        let (Ok(start), Ok(end), true) = (usize::try_from(range.start), usize::try_from(range.end), got == len) else {
            return Err(Error::Damaged { expected: len, got });
        };
        let blocks =
            stream::iter((start..end).step_by(BLOCK_LEN).map(move |at| Ok(content.slice(at..end.min(at + BLOCK_LEN)))));
        Ok(Body::new(blocks, Some(wanted)))
    }

    pub(crate) fn remove(&self, key: &Key) -> bool {
        self.lock().remove(key).is_some()
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
        let kept = self.lock();
        let found = kept.iter().map(|(key, (content, modified))| Found {
            key: key.clone(),
            len: content.len() as u64,
            modified: *modified,
        });
        Listing::of_memory(found.collect())
    }

    fn content(&self, key: &Key) -> Result<Bytes, Error> {
        let content = self.lock().get(key).map(|(content, _)| content.clone());
        content.ok_or(Error::Missing)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, (Bytes, SystemTime)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
