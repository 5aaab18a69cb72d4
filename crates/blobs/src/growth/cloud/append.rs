//! One piece into a bucket: whole parts go to the multipart upload as they fill, and what is left becomes a segment when
//! all of the piece has come and is what it must be. Until the caller commits the new state nothing of it counts.

use std::sync::Arc;

use bytes::Bytes;
use object_store::PutPayload;
use tokio::task::JoinHandle;

use super::{
    Growth, Piece,
    state::{Segment, State, Upload},
};
use crate::{
    Cloud, Error, Key,
    cloud::{Flight, Held, Part, Tally},
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
    /// The digests in it are those on record, until the end.
    state: State,
    /// The part on its way, with the digests; or else the digests.
    at: Option<At>,
    /// Whether the multipart upload was begun for this piece.
    begun: bool,
    /// A look at whether the content is still growing, while the first bytes come.
    there: Option<JoinHandle<Result<(), Error>>>,
    /// Goes along with every part, so that one that nobody waits for any more keeps others out.
    claim: Arc<Claim>,
}

enum At {
    Here(Tally),
    Flying(Flight),
}

impl<'a> Append<'a> {
    pub(super) fn new(cloud: &'a Cloud, growth: &'a Growth, state: State, piece: &'a Piece, claim: Claim) -> Self {
        let tally = Tally::new(state.digests.clone(), piece.digest.map(Digest::new));
        let there = cloud.look_for(&growth.key, &state);
        Self {
            cloud,
            key: &growth.key,
            piece,
            state,
            at: Some(At::Here(tally)),
            begun: false,
            there,
            claim: Arc::new(claim),
        }
    }

    pub(super) async fn run(mut self, intake: &mut Intake) -> Result<Appended, Error> {
        let done = self.take_in(intake).await;
        if done.is_err() {
            self.undo().await;
        }
        done
    }

    async fn take_in(&mut self, intake: &mut Intake) -> Result<Appended, Error> {
        loop {
            let part_len = self.state.sizes().of_part(self.state.parts.len() + self.flying());
            let before = self.state.len_of_segments();
            let room = part_len - before;
            let held = self.cloud.budget.hold(part_len.min(before.saturating_add(intake.left()))).await;
            let mut new = Vec::new();
            intake.fill_part(&mut new, room).await?;
            if (new.len() as u64) < room {
                return self.end(new.into(), held).await;
            }
            self.send_part(new.into(), held).await?;
            if !intake.more().await? {
                return self.end(Bytes::new(), Held::nothing()).await;
            }
        }
    }

    fn flying(&self) -> usize {
        usize::from(matches!(self.at, Some(At::Flying(_))))
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
        let tally = self.land().await?;
        let mut payload = self.cloud.segments_in_memory(self.key, &self.state).await?;
        payload.push(new.clone());
        let payload: PutPayload = payload.into_iter().collect();
        let kept = (held, Arc::clone(&self.claim));
        let part = Part { key: self.key, id: &upload.id, number: self.state.parts.len(), payload };
        self.at = Some(At::Flying(Flight::send(self.cloud, part, tally, new, kept)));
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
        self.state.parts = parts;
        self.state.upload = Some(upload.clone());
        Ok(upload)
    }

    /// Waits for the part that is on its way, and gives the digests up to its end.
    async fn land(&mut self) -> Result<Tally, Error> {
        let lost =
            || Error::Io { op: "write a part of a blob", source: std::io::Error::other("a part before it failed") };
        match self.at.take().ok_or_else(lost)? {
            At::Here(tally) => Ok(tally),
            At::Flying(flight) => {
                let (part, tally) = flight.land().await?;
                self.state.parts.push(part);
                Ok(tally)
            }
        }
    }

    /// Judges the whole piece, and makes its last bytes durable.
    async fn end(&mut self, rest: Bytes, held: Held) -> Result<Appended, Error> {
        let tally = self.land().await?.take(rest.clone()).await?;
        let own = tally.own.map(Digest::finish);
        self.piece.check(own.as_deref())?;
        self.check_there().await?;
        self.state.digests = tally.digests;
        if !rest.is_empty() {
            self.write_segment(rest).await?;
        }
        drop(held);
        Ok((Growth { key: self.key.clone(), len: self.state.len(), digests: self.state.save() }, own))
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
        self.state.segments.push(segment);
        Ok(())
    }

    fn spend_segments(&mut self) {
        self.state.spent.extend(self.state.segments.drain(..).map(|segment| segment.name));
    }

    /// After a failure: a part on its way must not land upon one of the next piece, and an upload that no row will name
    /// is called off.
    async fn undo(&mut self) {
        if let Some(At::Flying(flight)) = self.at.take() {
            drop(flight.land().await);
        }
        if self.begun
            && let Some(upload) = &self.state.upload
            && let Err(error) = self.cloud.abort_marked(self.key, upload).await
        {
            tracing::warn!(%error, key = %self.key, "parts of a failed piece stay until the end of its content");
        }
    }
}
