//! The state machine under a form: finds boundaries in a stream of chunks, whatever way the bytes are split.

use super::head::{Head, parse_head};
use attache_blobs::Body;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{StreamExt, ready};
use memchr::{memchr_iter, memmem};
use std::task::{Context, Poll};

/// The most blanks that are passed over between a boundary and the end of its line.
const PADDING_MAX: usize = 16;

/// The limits that bind a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) parts: u64,
    pub(super) part_headers: u64,
    pub(super) part_header_bytes: u64,
    pub(super) preamble_bytes: u64,
    pub(super) field_bytes: u64,
    pub(super) file_bytes: u64,
}

impl Bounds {
    pub(super) fn of(limits: &Limits) -> Bounds {
        Bounds {
            parts: limits.multipart_parts,
            part_headers: limits.part_headers,
            part_header_bytes: limits.part_header_bytes,
            preamble_bytes: limits.multipart_preamble_bytes,
            field_bytes: limits.multipart_field_bytes,
            file_bytes: limits.file_bytes,
        }
    }
}

/// Where in the form the next unread byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first boundary.
    Preamble,
    /// Behind a boundary, in the rest of its line.
    Delimiter,
    /// In a part's headers.
    Head,
    /// In a part's content.
    Content,
    /// Behind the closing boundary; holds how many bytes came there.
    Epilogue(u64),
    /// Everything was read.
    Over,
}

/// Reads a form. After an error every call gives that error again.
#[derive(Debug)]
pub(super) struct Reader {
    body: Body,
    /// `CR LF -- boundary`: what stands before every part but, perhaps, the first.
    needle: memmem::Finder<'static>,
    /// Bytes that came and were not given out yet.
    held: Bytes,
    /// How many of them are known to hold no end of the headers.
    scanned: usize,
    place: Place,
    bounds: Bounds,
    parts: u64,
    failed: Option<Error>,
}

impl Reader {
    pub(super) fn new(boundary: &str, body: Body, bounds: Bounds) -> Reader {
        let needle = memmem::Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned();
        // With a line break put before it, the first boundary looks like every other.
        let held = Bytes::from_static(b"\r\n");
        Reader { body, needle, held, scanned: 0, place: Place::Preamble, bounds, parts: 0, failed: None }
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The head of the next part and its number, passing over what is left of the part before.
    pub(super) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<(u64, Head)>>> {
        loop {
            let step = match self.failed.clone() {
                Some(error) => Err(error),
                None => match self.place {
                    Place::Over => return Poll::Ready(Ok(None)),
                    Place::Head => {
                        let head = ready!(self.poll_headers(cx));
                        return Poll::Ready(self.remember(head).map(|head| Some((self.parts, head))));
                    }
                    Place::Content => ready!(self.poll_chunk(cx)).map(drop),
                    _ => ready!(self.poll_between(cx)),
                },
            };
            if let Err(error) = self.remember(step) {
                return Poll::Ready(Err(error));
            }
        }
    }

    /// The next bytes of part `no`; `None` at its end, once the boundary behind it and, if that was the closing one, the
    /// rest of the body were read.
    pub(super) fn poll_content(&mut self, no: u64, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            let step = match self.failed.clone() {
                Some(error) => Err(error),
                None if no != self.parts => Err(Error::bug("read a part after the next one")),
                None => match self.place {
                    Place::Head | Place::Over => return Poll::Ready(Ok(None)),
                    Place::Content => match ready!(self.poll_chunk(cx)) {
                        Ok(Some(chunk)) => return Poll::Ready(Ok(Some(chunk))),
                        step => step.map(drop),
                    },
                    _ => ready!(self.poll_between(cx)),
                },
            };
            if let Err(error) = self.remember(step) {
                return Poll::Ready(Err(error));
            }
        }
    }

    fn remember<T>(&mut self, step: Result<T>) -> Result<T> {
        step.inspect_err(|error| self.failed = Some(error.clone()))
    }

    /// One step through what is neither headers nor content.
    fn poll_between(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match self.place {
            Place::Preamble => self.poll_preamble(cx),
            Place::Delimiter => self.poll_delimiter(cx),
            _ => self.poll_epilogue(cx),
        }
    }

    fn poll_preamble(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let found = self.needle.find(&self.held);
        let passed = found.unwrap_or_else(|| self.held.len().saturating_sub(self.needle.needle().len()));
        if passed as u64 > self.bounds.preamble_bytes {
            return Poll::Ready(Err(invalid("preamble", "the first boundary does not come at the body's beginning")));
        }
        match found {
            Some(at) => {
                self.held.advance(at + self.needle.needle().len());
                self.place = Place::Delimiter;
                Poll::Ready(Ok(()))
            }
            None => self.poll_more(cx),
        }
    }

    /// Behind a boundary stands `--` for the end of the form, or blanks and a line break for the next part.
    fn poll_delimiter(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let padding = self.held.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let rest = &self.held[padding..];
        if padding <= PADDING_MAX && rest.starts_with(b"\r\n") {
            self.held.advance(padding + 2);
            return Poll::Ready(self.next_part());
        }
        if self.held.starts_with(b"--") {
            self.held.advance(2);
            self.place = Place::Epilogue(0);
            return Poll::Ready(Ok(()));
        }
        let may_come = padding <= PADDING_MAX && (rest.is_empty() || rest == b"\r" || &self.held[..] == b"-");
        if may_come {
            return self.poll_more(cx);
        }
        Poll::Ready(Err(invalid("boundary", "a boundary must be followed by a line break, or by '--' at the end")))
    }

    fn next_part(&mut self) -> Result<()> {
        if self.parts == self.bounds.parts {
            return Err(Error::TooLarge { code: Code::TooManyParts, limit: self.bounds.parts });
        }
        self.place = Place::Head;
        self.scanned = 0;
        Ok(())
    }

    fn poll_headers(&mut self, cx: &mut Context<'_>) -> Poll<Result<Head>> {
        loop {
            // The break before the headers was taken with the boundary, so headers that are not there end at once.
            let end = if self.held.starts_with(b"\r\n") {
                Some(0)
            } else {
                let from = self.scanned.saturating_sub(3);
                memmem::find(&self.held[from..], b"\r\n\r\n").map(|at| from + at + 2)
            };
            // Without an end among the held bytes, the block is at least this long.
            let len = end.unwrap_or(self.held.len().saturating_sub(1));
            if len as u64 > self.bounds.part_header_bytes {
                return Poll::Ready(Err(self.too_large_head()));
            }
            if let Some(end) = end {
                let block = self.held.split_to(end);
                self.held.advance(2);
                self.place = Place::Content;
                self.parts += 1;
                return Poll::Ready(parse_head(&block, self.parts, self.bounds));
            }
            self.scanned = self.held.len();
            if let Err(error) = ready!(self.poll_more(cx)) {
                return Poll::Ready(Err(error));
            }
        }
    }

    /// Headers that do not end within the limit. Where their lines end in a bare LF, that is the reason to tell.
    fn too_large_head(&self) -> Error {
        let limit = self.bounds.part_header_bytes;
        let within = &self.held[..self.held.len().min(usize::try_from(limit).unwrap_or(usize::MAX))];
        match memchr::memchr(b'\n', within) {
            Some(at) if at == 0 || within[at - 1] != b'\r' => super::head::bare_break(self.parts + 1),
            _ => Error::TooLarge { code: Code::PartHeadersTooLarge, limit },
        }
    }

    /// Content that surely stands before the next boundary; `None` when the boundary is next.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            let found = self.needle.find(&self.held);
            if found == Some(0) {
                self.held.advance(self.needle.needle().len());
                self.place = Place::Delimiter;
                return Poll::Ready(Ok(None));
            }
            let sure = found.unwrap_or_else(|| self.held.len() - self.begun());
            if sure > 0 {
                return Poll::Ready(Ok(Some(self.held.split_to(sure))));
            }
            if let Err(error) = ready!(self.poll_more(cx)) {
                return Poll::Ready(Err(error));
            }
        }
    }

    /// How many of the last held bytes could be the beginning of a boundary.
    fn begun(&self) -> usize {
        let needle = self.needle.needle();
        let tail = &self.held[self.held.len().saturating_sub(needle.len() - 1)..];
        memchr_iter(b'\r', tail).map(|at| &tail[at..]).find(|rest| needle.starts_with(rest)).map_or(0, <[u8]>::len)
    }

    fn poll_epilogue(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Place::Epilogue(before) = self.place else { return Poll::Ready(Ok(())) };
        let passed = before + self.held.len() as u64;
        self.held.clear();
        self.place = Place::Epilogue(passed);
        // The line break behind the closing boundary is no content.
        if passed > self.bounds.preamble_bytes + 2 {
            return Poll::Ready(Err(invalid("epilogue", "too much comes after the closing boundary")));
        }
        if !ready!(self.poll_fill(cx))? {
            self.place = Place::Over;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads on where the form cannot be over yet.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let came = ready!(self.poll_fill(cx))?;
        let cut = || Error::malformed(Code::MultipartTruncated, "body", "the closing boundary did not come");
        Poll::Ready(came.then_some(()).ok_or_else(cut))
    }

    /// Takes one more chunk in; false at the end of the body.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool>> {
        let chunk = match ready!(self.body.poll_next_unpin(cx)) {
            None => return Poll::Ready(Ok(false)),
            Some(Err(error)) => return Poll::Ready(Err(crate::body::fault(error))),
            Some(Ok(chunk)) => chunk,
        };
        self.held = if self.held.is_empty() {
            chunk
        } else {
            let mut joined = BytesMut::from(std::mem::take(&mut self.held));
            joined.extend_from_slice(&chunk);
            joined.freeze()
        };
        Poll::Ready(Ok(true))
    }
}

fn invalid(field: &str, why: &str) -> Error {
    Error::malformed(Code::MultipartInvalid, field, why)
}
