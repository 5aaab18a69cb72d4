//! The form of a new file or an update. Its parts come in any order and are told by their names alone; what a part does
//! not say, the query may say in its place.

use super::mask::{Mask, UPDATE_MASK};
use crate::association::{ASSOCIATION, Association, CONTACT_ID};
use crate::name::{self, FILE_NAME};
use crate::{content, flag};
use attache_core::{Destination, Expect, Reach, Staged};
use attache_http::Query;
use attache_http::body::Cap;
use attache_http::multipart::{Multipart, Part};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Name, Result};
use axum::body::{Body, HttpBody as _};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The part with the bytes.
const FILE: &str = "file";
const IS_PUBLIC: &str = "is_public";

/// A form that is being read.
pub(super) struct Form {
    /// `None` for a request without a body.
    parts: Option<Multipart>,
    file_limit: u64,
    fields: Fields,
    file: Option<Staged>,
}

/// The text fields that have come so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    file_name: Option<String>,
    association: Option<String>,
    contact_id: Option<String>,
    is_public: Option<String>,
    masks: Vec<String>,
}

/// The most bytes that a form may have.
pub(super) fn cap(limits: &Limits) -> Cap {
    Cap::multipart(&own(limits))
}

/// The limits of a form: its file is one of this dialect.
fn own(limits: &Limits) -> Limits {
    Limits { file_bytes: content::longest(limits), ..limits.clone() }
}

impl Form {
    /// The form of a request, with room for one file of the largest size in this dialect.
    ///
    /// # Errors
    /// Those of [`Multipart::of`].
    pub(super) fn of(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Form> {
        let limits = own(limits);
        let file_limit = limits.file_bytes;
        let is_empty = body.is_end_stream() && !headers.contains_key(CONTENT_TYPE);
        let parts = if is_empty { Ok(None) } else { Multipart::of(headers, body, &limits).map(Some) };
        let parts = parts.map_err(|error| of_file(error, file_limit))?;
        Ok(Form { parts, file_limit, fields: Fields::default(), file: None })
    }

    /// Reads on to the file's part, keeping the fields before it; `None` at the end of the form.
    ///
    /// # Errors
    /// [`Code::DuplicateParameter`] for a part that was there already; those of [`Multipart::next_part`].
    pub(super) async fn next_file(&mut self) -> Result<Option<Part>> {
        let Some(parts) = &mut self.parts else { return Ok(None) };
        while let Some(part) = parts.next_part().await.map_err(|error| of_file(error, self.file_limit))? {
            if part.name == FILE {
                return if self.file.is_none() { Ok(Some(part)) } else { Err(twice(FILE)) };
            }
            self.fields.keep(part).await?;
        }
        Ok(None)
    }

    /// Takes a file's bytes in. They are durable then, and gone again should the form come to nothing.
    ///
    /// # Errors
    /// Those of [`Reach::stage`].
    pub(super) async fn stage(&mut self, reach: &Reach<'_>, part: Part) -> Result<()> {
        let staged = reach.stage(part.stream(), &Expect::at_most(self.file_limit)).await;
        self.file = Some(staged.map_err(|error| of_file(error, self.file_limit))?);
        Ok(())
    }

    /// The fields that have come so far.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The whole form, once it has been read to its end: its fields, with those of the query where they are missing, and
    /// its bytes.
    pub(super) fn finish(self, query: &Query) -> (Fields, Option<Staged>) {
        (self.fields.or(query), self.file)
    }
}

impl Fields {
    /// Keeps a part that is one of ours; others are passed over.
    async fn keep(&mut self, part: Part) -> Result<()> {
        let (name, slot) = match part.name.as_str() {
            FILE_NAME => (FILE_NAME, &mut self.file_name),
            ASSOCIATION => (ASSOCIATION, &mut self.association),
            CONTACT_ID => (CONTACT_ID, &mut self.contact_id),
            IS_PUBLIC => (IS_PUBLIC, &mut self.is_public),
            UPDATE_MASK => {
                self.masks.push(bare(part.text().await?));
                return Ok(());
            }
            _ => return Ok(()),
        };
        if slot.is_some() {
            return Err(twice(name));
        }
        *slot = Some(bare(part.text().await?));
        Ok(())
    }

    fn or(self, query: &Query) -> Fields {
        let or = |part: Option<String>, name| part.or_else(|| query.first(name).map(str::to_owned).map(bare));
        Fields {
            file_name: or(self.file_name, FILE_NAME),
            association: or(self.association, ASSOCIATION),
            contact_id: or(self.contact_id, CONTACT_ID),
            is_public: or(self.is_public, IS_PUBLIC),
            masks: self.masks,
        }
    }

    /// The name, if one is given.
    ///
    /// # Errors
    /// `NameInvalid` at `file_name`.
    pub(super) fn name(&self) -> Result<Option<Name>> {
        self.file_name.as_deref().map(name::parse).transpose()
    }

    /// Whether anybody may fetch it; an empty text says nothing, since one client writes "no" so.
    ///
    /// # Errors
    /// `Invalid` at `is_public`.
    pub(super) fn public(&self) -> Result<Option<bool>> {
        let given = self.is_public.as_deref().filter(|text| !text.is_empty());
        given.map(|text| flag::parse(IS_PUBLIC, text)).transpose()
    }

    /// Whose it is to be, if that is said.
    ///
    /// # Errors
    /// `Invalid` at the field that is wrong or missing.
    pub(super) fn destination(&self) -> Result<Option<Destination>> {
        let destination = |word: &str| Association::parse(word)?.destination(self.contact_id.as_deref());
        self.association.as_deref().map(destination).transpose()
    }

    /// The mask that parts of the form make.
    ///
    /// # Errors
    /// Those of [`Mask::of`].
    pub(super) fn mask(&self) -> Result<Mask> {
        Mask::of(self.masks.iter().map(String::as_str))
    }

    /// Refuses what these fields already ask for in vain, before the bytes are read. What may still come is no fault yet.
    ///
    /// # Errors
    /// Those of the fields, and `MissingScope`.
    pub(super) fn foresee(&self, reach: &Reach<'_>) -> Result<()> {
        self.name()?;
        self.public()?;
        let word = self.association.as_deref().map(Association::parse).transpose()?;
        if word == Some(Association::Contact) && self.contact_id.is_none() {
            return Ok(());
        }
        self.destination()?.map_or(Ok(()), |destination| reach.may_put(&destination))
    }
}

/// A text without the quotes that some clients write around it.
fn bare(text: String) -> String {
    let trimmed = text.trim();
    if trimmed.len() < 2 || !trimmed.starts_with('"') {
        return text;
    }
    serde_json::from_str(trimmed).unwrap_or(text)
}

/// A form grows too long by its file: what is told is how long that may be.
fn of_file(error: Error, limit: u64) -> Error {
    match error {
        Error::TooLarge { code: code @ Code::FileTooLarge, .. } => Error::TooLarge { code, limit },
        other => other,
    }
}

fn twice(name: &str) -> Error {
    Error::malformed(Code::DuplicateParameter, name, "the part was sent twice; send it once")
}

#[cfg(test)]
mod tests;
