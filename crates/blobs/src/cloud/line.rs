//! The parts of one multipart upload in their order: one is on its way while the next one gathers.

use bytes::Bytes;
use object_store::{PutPayload, multipart::PartId};
use tokio::task::JoinHandle;

use super::{Cloud, Tally};
use crate::{Error, Key};

/// One part of a multipart upload.
pub(crate) struct Part<'a> {
    pub(crate) key: &'a Key,
    /// The upload's id.
    pub(crate) id: &'a str,
    /// Its number, from 0.
    pub(crate) number: usize,
    pub(crate) payload: PutPayload,
}

/// Parts that have landed, and what comes behind them.
pub(crate) struct Line {
    parts: Vec<PartId>,
    /// Nothing once a part has failed.
    end: Option<End>,
}

enum End {
    /// The digests of all parts that have landed.
    Digested(Box<Tally>),
    /// A part on its way; its digests come back with it.
    Flying(JoinHandle<Result<(PartId, Tally), Error>>),
}

impl Line {
    /// Goes on behind `parts`, whose digests are `tally`.
    pub(crate) fn new(parts: Vec<PartId>, tally: Tally) -> Self {
        Self { parts, end: Some(End::Digested(Box::new(tally))) }
    }

    /// The number of the part that comes next.
    pub(crate) fn next(&self) -> usize {
        self.parts.len() + usize::from(matches!(self.end, Some(End::Flying(_))))
    }

    /// Puts other parts, with the same bytes, in the place of those that have landed.
    pub(crate) fn replace(&mut self, parts: Vec<PartId>) {
        self.parts = parts;
    }

    /// Sends the next part, whose `new` bytes are not digested yet, once the one before it has landed. It goes on also
    /// when nobody waits for it, and keeps `held` as long.
    pub(crate) async fn send<H: Send + 'static>(
        &mut self,
        cloud: &Cloud,
        part: Part<'_>,
        new: Bytes,
        held: H,
    ) -> Result<(), Error> {
        let tally = self.land().await?;
        let sent = cloud.put_part(part);
        self.end = Some(End::Flying(tokio::spawn(async move {
            let (sent, tally) = tokio::join!(sent, tally.take(new));
            drop(held);
            Ok((sent?, tally?))
        })));
        Ok(())
    }

    /// Waits for the part on its way, and takes the digests of all parts.
    pub(crate) async fn land(&mut self) -> Result<Tally, Error> {
        let failed =
            |why: &str| Error::Io { op: "write a part of a blob", source: std::io::Error::other(why.to_owned()) };
        match self.end.take().ok_or_else(|| failed("a part before it failed"))? {
            End::Digested(tally) => Ok(*tally),
            End::Flying(part) => {
                let (part, tally) = part.await.unwrap_or_else(|error| Err(failed(&error.to_string())))?;
                self.parts.push(part);
                Ok(tally)
            }
        }
    }

    /// Waits until nothing is on its way any more, whatever comes of it.
    pub(crate) async fn settle(&mut self) {
        if let Some(End::Flying(part)) = self.end.take() {
            drop(part.await);
        }
    }

    /// The parts that have landed.
    pub(crate) fn into_parts(self) -> Vec<PartId> {
        self.parts
    }
}
