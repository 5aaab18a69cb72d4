//! The form of an intake's page on its way in: the password first, then one file after the other, each of which is in or
//! refused before the next one is read.

use attache_core::{Sender, SentFile, Visitor};
use attache_http::body::{self, Cap};
use attache_http::multipart::{Multipart, Part};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::body::Body;
use futures_util::StreamExt as _;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The field with the password.
pub(super) const PASSWORD: &str = "password";
/// The field with the files.
pub(super) const FILE: &str = "file";
/// How many bytes more than can come in are read all the same: a browser shows no answer to a form that it could not send
/// to its end.
const PATIENCE: u64 = 64 << 20;

/// What came of a form.
pub(super) enum Came {
    /// Nothing of it was looked at.
    Refused(Error),
    /// What became of each file, in order.
    Files {
        /// The intake after it.
        visitor: Box<Visitor>,
        files: Vec<File>,
        /// Why the rest of the form could not be read, or that it held no file.
        broken: Option<Error>,
    },
}

/// A file of a form.
pub(super) struct File {
    /// As the sender's machine calls it.
    pub(super) name: String,
    /// Its length, or why it did not come in.
    pub(super) end: Result<u64>,
}

/// Takes in what a form holds.
pub(super) async fn read(visitor: Visitor, headers: &HeaderMap, body: Body, limits: &Limits) -> Came {
    let mut form = match open(&visitor, headers, body, limits) {
        Ok(form) => form,
        Err(error) => return Came::Refused(error),
    };
    match let_in(visitor, &mut form).await {
        Ok((sender, waiting)) => take(sender, waiting, form).await,
        Err(error) => {
            pass_over(form).await;
            Came::Refused(error)
        }
    }
}

/// The form, with room for as many files as may still come.
fn open(visitor: &Visitor, headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Multipart> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let around = Cap::multipart(limits).bytes.saturating_sub(limits.file_bytes).saturating_add(PATIENCE);
    let files = visitor.left().max(1).saturating_mul(visitor.max_bytes());
    let cap = Cap { bytes: files.saturating_add(around), code: Code::BodyTooLarge };
    Multipart::new(kind, body::stream(headers, body, cap, limits)?, limits)
}

/// Reads the password, if there is one, and lets the sender in with it; and the part that came instead of one.
async fn let_in(visitor: Visitor, form: &mut Multipart) -> Result<(Sender, Option<Part>)> {
    if !visitor.wants_password() {
        return Ok((visitor.unlock(None).await?, None));
    }
    let first = form.next_part().await?;
    match first {
        Some(part) if part.name == PASSWORD && part.file_name.is_none() => {
            let password = part.text().await?;
            Ok((visitor.unlock(Some(&password)).await?, None))
        }
        waiting => Ok((visitor.unlock(None).await?, waiting)),
    }
}

async fn take(mut sender: Sender, mut waiting: Option<Part>, mut form: Multipart) -> Came {
    let mut files = Vec::new();
    let broken = loop {
        let part = match waiting.take() {
            Some(part) => part,
            None => match form.next_part().await {
                Ok(Some(part)) => part,
                Ok(None) => break None,
                Err(error) => break Some(error),
            },
        };
        // A browser sends a file without a name and bytes where none was chosen.
        let name = part.file_name.clone().filter(|name| part.name == FILE && !name.is_empty());
        if let Some(name) = name {
            let sent = SentFile { name: name.clone(), media_type: part.content_type.clone() };
            let end = sender.receive(&sent, part.stream()).await;
            files.push(File { name, end: end.map(|receipt| receipt.size) });
        }
    };
    let none = (files.is_empty() && broken.is_none()).then(|| Error::invalid(FILE, "no file was chosen"));
    Came::Files { visitor: Box::new(sender.visitor().clone()), files, broken: broken.or(none) }
}

/// Reads what is left of a refused form, up to a bound.
async fn pass_over(mut form: Multipart) {
    let mut left = PATIENCE;
    while let Ok(Some(part)) = form.next_part().await {
        let mut bytes = part.stream();
        while let Some(Ok(chunk)) = bytes.next().await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}
