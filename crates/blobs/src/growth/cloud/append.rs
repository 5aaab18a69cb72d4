//! One piece into a bucket: whole parts go to the multipart upload as they fill, and what is left becomes a segment when
//! all of the piece has come and is what it must be. Until the caller commits the new state nothing of it counts.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::{
    Growth, Piece,
    state::{Segment, State, Upload},
};
use crate::{
    Cloud, Error, Key,
    cloud::{Held, Line, Part, Tally},
    digest::Digest,
    growth::{append::Appended, claim::Claim},
    intake::Intake,
};

/// So many segments are made one, so that neither the row nor the last part gets many.
const SEGMENTS: usize = 32;

/// A piece that is being added.
pub(super) struct Append<'a> {
    cloud: &'a Cloud,
    key: &'a Key,
    piece: &'a Piece,
    /// What is on record; its parts and digests are in the line, until the end.
    state: State,
    line: Line,
    /// Whether the multipart upload was begun for this piece.
    begun: bool,
    /// A look at whether the content is still growing, while the first bytes come.
    there: Option<JoinHandle<Result<(), Error>>>,
    /// Goes along with every part, so that one that nobody waits for any more keeps others out.
    claim: Arc<Claim>,
}

impl<'a> Append<'a> {
    pub(super) fn new(cloud: &'a Cloud, growth: &'a Growth, state: State, piece: &'a Piece, claim: Claim) -> Self {
        let tally = Tally::new(state.digests.clone(), piece.digest.map(Digest::new));
        let line = Line::new(state.parts.clone(), tally);
        let there = cloud.look_for(&growth.key, &state);
        Self { cloud, key: &growth.key, piece, state, line, begun: false, there, claim: Arc::new(claim) }
    }

    pub(super) async fn run(mut self, intake: &mut Intake) -> Result<Appended, Error> {
        match self.add(intake).await {
            Ok(own) => {
                self.state.parts = self.line.into_parts();
                let (key, len, digests) = (self.key.clone(), self.state.len(), self.state.save());
                Ok((Growth { key, len, digests }, own))
            }
            Err(error) => {
                self.undo().await;
                Err(error)
            }
        }
    }

    /// Makes all of the piece durable, and gives its digest.
    async fn add(&mut self, intake: &mut Intake) -> Result<Option<Vec<u8>>, Error> {
        let (rest, held) = self.take_in(intake).await?;
        let own = self.judge(&rest).await?;
        if !rest.is_empty() {
            self.write_segment(rest).await?;
        }
        drop(held);
        Ok(own)
    }

    /// Sends parts as they fill, and gives what is left of the piece.
    async fn take_in(&mut self, intake: &mut Intake) -> Result<(Bytes, Held), Error> {
        loop {
            let part_len = self.state.sizes().of_part(self.line.next());
            let before = self.len_of_segments();
            let held = self.cloud.budget.hold(part_len.min(before.saturating_add(intake.left()))).await?;
            let mut new = Vec::new();
            intake.fill_part(&mut new, part_len - before).await?;
            if (new.len() as u64) < part_len - before {
                return Ok((new.into(), held));
            }
            self.send_part(new.into(), held).await?;
            if !intake.more().await? {
                return Ok((Bytes::new(), Held::nothing()));
            }
        }
    }

    /// How many bytes of the next part lie in segments.
    fn len_of_segments(&self) -> u64 {
        self.state.segments.last().map_or(0, |last| last.end - self.state.end_of_parts())
    }

    /// Nothing is written for a content that has been finished or abandoned.
    async fn check_there(&mut self) -> Result<(), Error> {
        let lost = |error| Error::Io { op: "look for a growing content", source: std::io::Error::other(error) };
        match self.there.take() {
            Some(look) => look.await.unwrap_or_else(|error| Err(lost(error))),
            None => Ok(()),
        }
    }

    /// Sends a part of all segments and the `new` bytes behind them.
    async fn send_part(&mut self, new: Bytes, held: Held) -> Result<(), Error> {
        self.check_there().await?;
        let upload = self.upload().await?;
        let mut payload = self.cloud.segments_in_memory(self.key, &self.state).await?;
        payload.push(new.clone());
        let (number, payload) = (self.line.next(), payload.into_iter().collect());
        let part = Part { key: self.key, id: &upload.id, number, payload };
        self.line.send(self.cloud, part, new, (held, Arc::clone(&self.claim))).await?;
        self.spend_segments();
        Ok(())
    }

    /// The multipart upload of the content, ready for another part.
    async fn upload(&mut self) -> Result<Upload, Error> {
        let renewed = match &self.state.upload {
            Some(upload) if self.begun => return Ok(upload.clone()),
            Some(upload) => match self.cloud.unseal(self.key, &self.state, upload).await? {
                Some(renewed) => renewed,
                None => return Ok(upload.clone()),
            },
            None => (self.cloud.begin_marked(self.key).await?, Vec::new()),
        };
        let (upload, parts) = renewed;
        self.begun = true;
        self.line.replace(parts);
        self.state.upload = Some(upload.clone());
        Ok(upload)
    }

    /// The digest of the piece, when it is what it must be. The state then has the digests up to its end.
    async fn judge(&mut self, rest: &Bytes) -> Result<Option<Vec<u8>>, Error> {
        let tally = self.line.land().await?.take(rest.clone()).await?;
        let own = tally.own.map(Digest::finish);
        self.piece.check(own.as_deref())?;
        self.check_there().await?;
        self.state.digests = tally.digests;
        Ok(own)
    }
    async fn write_segment(&mut self, rest: Bytes) -> Result<(), Error> {
        let segment = Segment::new(self.state.len())?;
        let mut payload = Vec::new();
        if self.state.segments.len() >= SEGMENTS {
            payload = self.cloud.segments_in_memory(self.key, &self.state).await?;
            self.spend_segments();
        }
        payload.push(rest);
        let path = self.cloud.places.segment(self.key, &segment.name);
        self.cloud.write(&path, payload.into_iter().collect(), "write a segment").await?;
        attache_point::fail_point!("blobs.segment_put");
        self.state.segments.push(segment);
        Ok(())
    }

    fn spend_segments(&mut self) {
        self.state.spent.extend(self.state.segments.drain(..).map(|segment| segment.name));
    }

    /// After a failure: a part on its way must not land upon one of the next piece, and an upload that no row will name
    /// is called off.
    async fn undo(&mut self) {
        self.line.settle().await;
        if self.begun
            && let Some(upload) = &self.state.upload
            && let Err(error) = self.cloud.abort_marked(self.key, upload).await
        {
            tracing::warn!(%error, key = %self.key, "parts of a failed piece stay until the end of its content");
        }
    }
}
