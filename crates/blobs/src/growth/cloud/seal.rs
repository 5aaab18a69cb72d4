//! The multipart upload of a growing content, and how to read what is in it: parts cannot be read before they are an
//! object, so a reader makes them one, under the key that the content will have. That ends the upload; if the content
//! grows on, its parts are sent again. Only contents that are joined or copied are read while they grow.

use std::ops::Range;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{ObjectStoreExt as _, multipart::PartId, path::Path};
use tokio::task::JoinHandle;

use super::state::{State, Upload};
use crate::{Body, Cloud, Error, Key, cloud::Part};

impl Cloud {
    /// Opens a multipart upload for a growing content, and says so in the bucket before there is a part.
    pub(super) async fn begin_marked(&self, key: &Key) -> Result<Upload, Error> {
        let upload = Upload::new(self.begin_upload(key).await?)?;
        let path = self.places.segment(key, &upload.marker);
        if let Err(error) = self.write(&path, upload.id.clone().into(), "write the marker of a growing content").await {
            drop(self.abort_marked(key, &upload).await);
            return Err(error);
        }
        Ok(upload)
    }

    /// Removes the parts of an upload, and then its marker.
    pub(super) async fn abort_marked(&self, key: &Key, upload: &Upload) -> Result<(), Error> {
        self.abort_upload(key, &upload.id).await?;
        self.delete(&self.places.segment(key, &upload.marker), "remove the marker of a growing content").await
    }

    /// Begins to look whether the content is still growing: one of its objects tells for all.
    pub(super) fn look_for(&self, key: &Key, state: &State) -> Option<JoinHandle<Result<(), Error>>> {
        let marker = state.upload.as_ref().map(|upload| upload.marker.as_str());
        let name = state.segments.last().map(|segment| segment.name.as_str()).or(marker)?;
        let (cloud, path) = (self.clone(), self.places.segment(key, name));
        Some(tokio::spawn(async move {
            let found = cloud.store.objects.head(&path).await;
            found.map(drop).map_err(crate::cloud::during("look for a growing content"))
        }))
    }

    /// The bytes of all segments.
    pub(super) async fn segments_in_memory(&self, key: &Key, state: &State) -> Result<Vec<Bytes>, Error> {
        let op = "read a segment";
        let mut from = state.end_of_parts();
        let mut pieces = Vec::new();
        for segment in &state.segments {
            let path = self.places.segment(key, &segment.name);
            let answer = self.store.objects.get(&path).await.map_err(crate::cloud::during(op))?;
            let piece = answer.bytes().await.map_err(crate::cloud::during(op))?;
            let (expected, got) = (segment.end - from, piece.len() as u64);
            if expected != got {
                return Err(Error::Damaged { expected, got });
            }
            pieces.push(piece);
            from = segment.end;
        }
        Ok(pieces)
    }

    /// Streams `range` of a content that grows: of its parts, and of the segments behind them. Missing when it has been
    /// finished.
    pub(super) async fn read_segments(&self, key: &Key, state: &State, range: Range<u64>) -> Result<Body, Error> {
        let parts_end = state.end_of_parts();
        let mut pieces: Vec<(Path, Range<u64>, u64)> = Vec::new();
        if range.start < parts_end && !range.is_empty() {
            self.seal(key, state).await?;
            pieces.push((self.places.blob(key), range.start..range.end.min(parts_end), parts_end));
        }
        let mut from = parts_end;
        for segment in &state.segments {
            let wanted = range.start.max(from)..range.end.min(segment.end);
            if wanted.start < wanted.end {
                let path = self.places.segment(key, &segment.name);
                pieces.push((path, wanted.start - from..wanted.end - from, segment.end - from));
            }
            from = segment.end;
        }
        let len = range.end - range.start;
        let mut pieces = pieces.into_iter();
        // The first is opened at once, so that a content that is not there is an error and no body.
        let Some((path, range, object_len)) = pieces.next() else { return Ok(Body::empty()) };
        let first = self.read_object(path, range, object_len).await?;
        let cloud = self.clone();
        let rest = stream::iter(pieces).then(move |(path, range, object_len)| {
            let cloud = cloud.clone();
            async move { cloud.read_object(path, range, object_len).await.map_err(std::io::Error::other) }
        });
        Ok(Body::new(first.chain(rest.try_flatten()), Some(len)))
    }

    /// Makes an object of the parts, unless it has been done. The bucket says so first: whoever abandons the content
    /// must know that what has its key is nobody's.
    async fn seal(&self, key: &Key, state: &State) -> Result<(), Error> {
        let (Some(upload), end) = (&state.upload, state.end_of_parts()) else { return Err(Error::Missing) };
        match self.len(key).await? {
            Some(got) if got == end => return Ok(()),
            Some(got) if got > end => return Err(Error::Missing),
            _ => {}
        }
        let text = format!("{end} {}", upload.id);
        self.write(&self.places.sealed(key), text.into(), "say that parts are an object").await?;
        self.complete_upload(key, &upload.id, state.parts.clone(), end, false).await
    }

    /// An upload that takes more parts, and those that it has, when the one on record was ended by a reader.
    pub(super) async fn unseal(
        &self,
        key: &Key,
        state: &State,
        upload: &Upload,
    ) -> Result<Option<(Upload, Vec<PartId>)>, Error> {
        let text = self.read_text(&self.places.sealed(key), "look whether parts are an object").await?;
        let sealed = text.as_ref().and_then(|text| text.split_once(' ')).is_some_and(|(_, id)| id == upload.id);
        let end = state.end_of_parts();
        if !sealed || self.len(key).await? != Some(end) {
            return Ok(None);
        }
        let fresh = self.begin_marked(key).await?;
        match self.send_again(key, state, &fresh).await {
            Ok(parts) => Ok(Some((fresh, parts))),
            Err(error) => {
                drop(self.abort_marked(key, &fresh).await);
                Err(error)
            }
        }
    }

    /// One part at a time, beside the bytes that the caller has paid for: to wait for more while holding some could be
    /// for ever.
    async fn send_again(&self, key: &Key, state: &State, to: &Upload) -> Result<Vec<PartId>, Error> {
        let (end, mut parts, mut from) = (state.end_of_parts(), Vec::new(), 0);
        for number in 0..state.parts.len() {
            let len = state.sizes().of_part(number);
            let part = self.read_object(self.places.blob(key), from..from + len, end).await?;
            let payload = part.try_collect::<Vec<Bytes>>().await.map_err(Error::doing("read a blob"))?;
            let payload = payload.into_iter().collect();
            parts.push(self.put_part(Part { key, id: &to.id, number, payload }).await?);
            from += len;
        }
        Ok(parts)
    }

    /// Removes the object that a reader has made of parts, when that is all it is.
    pub(super) async fn remove_sealed(&self, key: &Key, objects: &[Path]) -> Result<(), Error> {
        let sealed = self.places.sealed(key);
        if !objects.contains(&sealed) {
            return Ok(());
        }
        let text = self.read_text(&sealed, "look whether parts are an object").await?;
        let end = text.as_ref().and_then(|text| text.split_once(' ')).and_then(|(end, _)| end.parse().ok());
        if end.is_some() && self.len(key).await? == end {
            self.delete(&self.places.blob(key), "remove a growing content").await?;
        }
        Ok(())
    }
}
