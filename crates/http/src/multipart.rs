//! A streaming reader of `multipart/form-data` (RFC 7578). It is our own because no library bounds what it must hold in
//! memory: multer, the common choice, has no limit on the number of parts and buffers part headers without end.
//!
//! ```
//! # use attache_http::{multipart::Multipart, body::fault};
//! # use attache_model::limits::Limits;
//! # async fn demo(body: attache_blobs::Body) -> attache_model::Result<()> {
//! let mut form = Multipart::new("multipart/form-data; boundary=b", body, &Limits::default())?;
//! while let Some(part) = form.next_part().await? {
//!     match part.name.as_str() {
//!         "note" => { let note: String = part.text().await?; }
//!         "file" => { let bytes: attache_blobs::Body = part.stream(); /* hand it to the core */ }
//!         _ => {} // what is not read is passed over
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod head;
mod reader;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod trial;

use crate::body::{self, Cap, fault};
use attache_blobs::Body;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use reader::{Bounds, Reader};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// A form on its way in, one part after the other.
#[derive(Debug)]
pub struct Multipart {
    reader: Shared,
}

impl Multipart {
    /// The form of a request, with the guards of [`body::stream`] around it and room for one file of the largest size.
    ///
    /// # Errors
    /// Those of [`body::stream`] and [`Multipart::new`].
    pub fn of(headers: &HeaderMap, body: axum::body::Body, limits: &Limits) -> Result<Multipart> {
        let mut kinds = headers.get_all(CONTENT_TYPE).iter();
        let kind = kinds.next().map_or(Some(""), |value| value.to_str().ok());
        let (Some(kind), None) = (kind, kinds.next()) else {
            let why = "it must be sent once and in plain ASCII";
            return Err(Error::malformed(Code::HeaderInvalid, "Content-Type", why));
        };
        head::boundary(kind)?;
        Multipart::new(kind, body::stream(headers, body, Cap::multipart(limits), limits)?, limits)
    }

    /// A form of the given `Content-Type` from any stream.
    ///
    /// # Errors
    /// [`Code::MediaTypeUnsupported`] when it is not `multipart/form-data`; [`Code::MultipartInvalid`] when the
    /// boundary is missing or not 1 to 70 of the characters that RFC 2046 allows.
    pub fn new(content_type: &str, body: Body, limits: &Limits) -> Result<Multipart> {
        let boundary = head::boundary(content_type)?;
        let reader = Reader::new(&boundary, body, Bounds::of(limits));
        Ok(Multipart { reader: Shared(Arc::new(Mutex::new(reader))) })
    }

    /// The next part, `None` after the last one. What was not read of the part before is passed over.
    ///
    /// # Errors
    /// [`Code::MultipartInvalid`], [`Code::MultipartTruncated`], [`Code::TooManyParts`], [`Code::PartHeadersTooLarge`],
    /// [`Code::Utf8Invalid`], and what the body's stream stops with. After an error there is only the same error.
    pub async fn next_part(&mut self) -> Result<Option<Part>> {
        let head = poll_fn(|cx| self.reader.lock().poll_head(cx)).await?;
        let Some((no, head)) = head else { return Ok(None) };
        Ok(Some(Part {
            name: head.name,
            file_name: head.file_name,
            content_type: head.content_type,
            headers: head.headers,
            source: Source { reader: self.reader.clone(), no },
        }))
    }
}

/// One part of a form: its head, and its content still on the way.
#[derive(Debug)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name as the client sent it, unchecked: it may be empty or hold slashes. `None` for a plain field.
    pub file_name: Option<String>,
    /// The declared media type, unchecked.
    pub content_type: Option<String>,
    /// All headers of the part.
    pub headers: HeaderMap<HeaderValue>,
    source: Source,
}

impl Part {
    /// The content as text, for plain fields.
    ///
    /// # Errors
    /// [`Code::FieldTooLarge`] past the limit `multipart_field_bytes`, [`Code::Utf8Invalid`] when it is not UTF-8, and
    /// those of [`Multipart::next_part`].
    pub async fn text(mut self) -> Result<String> {
        let limit = self.source.reader.lock().bounds().field_bytes;
        let mut text = Vec::new();
        while let Some(chunk) = self.source.next().await {
            let chunk = chunk.map_err(fault)?;
            if (text.len() + chunk.len()) as u64 > limit {
                return Err(Error::TooLarge { code: Code::FieldTooLarge, limit });
            }
            text.extend_from_slice(&chunk);
        }
        String::from_utf8(text)
            .map_err(|_| Error::malformed(Code::Utf8Invalid, self.name, "the field is not UTF-8 text"))
    }

    /// The content as a stream that reads on from the connection as fast as it is taken. It ends only when the boundary
    /// behind it was seen, and for the last part when the whole form was: a cut form never looks like a whole file. Past
    /// the limit `file_bytes` it fails with [`Code::FileTooLarge`]. It is over once the next part is asked for.
    pub fn stream(self) -> Body {
        let limit = self.source.reader.lock().bounds().file_bytes;
        let mut taken: u64 = 0;
        let counted = self.source.map(move |chunk| {
            let chunk = chunk?;
            taken = taken.saturating_add(chunk.len() as u64);
            if taken > limit {
                return Err(io::Error::other(Error::TooLarge { code: Code::FileTooLarge, limit }));
            }
            Ok(chunk)
        });
        Body::new(counted, None)
    }
}

/// The bytes of part `no`.
#[derive(Debug)]
struct Source {
    reader: Shared,
    no: u64,
}

impl Stream for Source {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let polled = self.reader.lock().poll_content(self.no, cx);
        polled.map(|chunk| chunk.map_err(io::Error::other).transpose())
    }
}

/// The one reader of a form, shared between the form and the part that is being read. It is locked for the length of
/// one poll only.
#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<Reader>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Reader> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
