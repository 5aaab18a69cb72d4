//! Growing contents in memory.

use std::ops::Range;

use bytes::Bytes;

use super::{Grown, Growth, Piece};
use crate::{
    Body, Digests, Error, Found, HEAD_LEN, Home, Key, Listing, Memory, Stored, intake::Intake, memory::stream_of,
    walk::file_clock,
};

impl Memory {
    pub(super) async fn append(&self, growth: &Growth, body: Body, piece: &Piece) -> Result<Grown, Error> {
        let _claim = self.claims.claim(&growth.key)?;
        let mut intake = Intake::new(body, piece.bounds())?;
        let mut came = Vec::with_capacity(intake.room_for(crate::BLOCK_LEN));
        intake.fill(&mut came, usize::MAX).await?;
        let digest = piece.digest_of(&came)?;
        let mut growth = growth.clone();
        if !came.is_empty() {
            growth = self.extend(&growth, &came)?;
        }
        Ok(Grown { growth, digest, cut: intake.cut() })
    }

    fn extend(&self, growth: &Growth, came: &[u8]) -> Result<Growth, Error> {
        let mut contents = self.lock();
        if growth.len > 0 && !contents.growing.contains_key(&growth.key) {
            return Err(Error::Missing);
        }
        let (content, modified) =
            contents.growing.entry(growth.key.clone()).or_insert_with(|| (Vec::new(), file_clock()));
        content.truncate(grown(content, growth)?.len());
        let mut digests = digests(content, growth);
        digests.update(came);
        content.extend_from_slice(came);
        *modified = file_clock();
        Ok(Growth::after(growth.key.clone(), &digests))
    }

    pub(super) fn finish(&self, growth: &Growth) -> Result<Stored, Error> {
        let _claim = self.claims.claim(&growth.key)?;
        let mut contents = self.lock();
        let contents = &mut *contents;
        let content = match contents.growing.get(&growth.key) {
            _ if growth.len == 0 => Bytes::new(),
            Some((content, _)) => Bytes::copy_from_slice(grown(content, growth)?),
            None => kept(contents.kept.get(&growth.key).map(|(content, _)| content), growth)?,
        };
        let digested = digests(&content, growth).finish();
        let head = content.slice(..content.len().min(HEAD_LEN));
        if content.len() <= self.inline_limit() && !contents.kept.contains_key(&growth.key) {
            return Ok(Stored::new(Home::Inline(content), &digested, head));
        }
        contents.growing.remove(&growth.key);
        contents.kept.insert(growth.key.clone(), (content, file_clock()));
        Ok(Stored::new(Home::Kept(growth.key.clone()), &digested, head))
    }

    pub(super) fn abandon(&self, key: &Key) -> Result<bool, Error> {
        let _claim = self.claims.claim(key)?;
        Ok(self.lock().growing.remove(key).is_some())
    }

    pub(super) fn read_growth(&self, growth: &Growth, range: Range<u64>) -> Result<Body, Error> {
        let contents = self.lock();
        let content = match contents.growing.get(&growth.key) {
            Some((content, _)) => Bytes::copy_from_slice(grown(content, growth)?),
            None => kept(contents.kept.get(&growth.key).map(|(content, _)| content), growth)?,
        };
        stream_of(content, range)
    }

    pub(super) fn growths(&self) -> Listing {
        let contents = self.lock();
        let found = contents.growing.iter().map(|(key, (content, modified))| Found {
            key: key.clone(),
            len: content.len() as u64,
            modified: *modified,
        });
        Listing::of_memory(found.collect())
    }
}

/// The part of a growing content that is on record.
fn grown<'a>(content: &'a [u8], growth: &Growth) -> Result<&'a [u8], Error> {
    let damaged = || Error::Damaged { expected: growth.len, got: content.len() as u64 };
    usize::try_from(growth.len).ok().and_then(|len| content.get(..len)).ok_or_else(damaged)
}

/// A finished content, which has exactly the length on record.
fn kept(content: Option<&Bytes>, growth: &Growth) -> Result<Bytes, Error> {
    let content = content.ok_or(Error::Missing)?;
    let got = content.len() as u64;
    if got == growth.len { Ok(content.clone()) } else { Err(Error::Damaged { expected: growth.len, got }) }
}

/// The digests of the content on record, from its state or else from its bytes.
fn digests(content: &[u8], growth: &Growth) -> Digests {
    growth.digests().unwrap_or_else(|| {
        let mut digests = Digests::new();
        digests.update(content);
        digests
    })
}
