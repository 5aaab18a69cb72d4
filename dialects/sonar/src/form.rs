//! The form of an upload: which parts are files, and what the others say of them. What is wrong with one file is kept
//! beside it and stops no other one.

use crate::fileable;
use attache_core::{Destination, Expect, Reach, Staged};
use attache_http::multipart::{Multipart, Part};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Name, Owner, Result, Scope};
use axum::body::Body;
use http::HeaderMap;

/// How the parts with the bytes begin, which are also called `files[]`, `files[0]` and so on. A text of such a name is no
/// file: it has no file name.
const FILES: &str = "files";
/// A file's name in the head of its part.
const FILENAME: &str = "filename";
/// The owner's type, its number, and what is said of every file of the form.
const TYPE: &str = "fileable_type";
const ID: &str = "fileable_id";
const DESCRIPTION: &str = "description";

/// A form that was read to its end.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) files: Vec<Sent>,
    pub(crate) fields: Fields,
}

/// A part that is a file.
#[derive(Debug)]
pub(crate) struct Sent {
    /// What the client calls it, as far as it can be shown.
    pub(crate) shown: String,
    /// Its name and its bytes, or why it cannot be taken.
    pub(crate) taken: Result<(Name, Staged)>,
}

/// The text fields.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    kind: Option<String>,
    id: Option<String>,
    description: Option<String>,
}

/// A form that is being read.
struct Reading<'r> {
    reach: &'r Reach<'r>,
    limits: &'r Limits,
    form: Form,
}

/// Reads a form. The bytes of its files are durable then, and gone again should nobody make files of them.
///
/// # Errors
/// `MissingScope` before a file's bytes are read; `Malformed` or `TooLarge` for a form that cannot be read, or whose
/// files are longer all together than so many may be; what is wrong with its fields.
pub(crate) async fn read(reach: &Reach<'_>, headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Form> {
    let of_file = |error| of_file(error, limits);
    let form = Form { files: Vec::new(), fields: Fields::default() };
    let mut reading = Reading { reach, limits, form };
    // Whoever may not upload at all hears that whatever the form is.
    reading.form.fields.foresee(reach)?;
    let mut parts = Multipart::of(headers, body, &bounds(limits)).map_err(of_file)?;
    while let Some(part) = parts.next_part().await.map_err(of_file)? {
        reading.take(part).await?;
    }
    Ok(reading.form)
}

/// The limits of a form: it has room for as many files as it may have, each as long as it may be, and for fields beside
/// them.
fn bounds(limits: &Limits) -> Limits {
    Limits {
        file_bytes: longest(limits).saturating_mul(limits.sonar_parts),
        multipart_parts: limits.multipart_parts.saturating_add(limits.sonar_parts),
        ..limits.clone()
    }
}

/// The longest content that a file may have, in bytes.
fn longest(limits: &Limits) -> u64 {
    limits.sonar_file_bytes.min(limits.file_bytes)
}

/// A form grows too long by its files: what is told is how long each may be.
fn of_file(error: Error, limits: &Limits) -> Error {
    match error {
        Error::TooLarge { code: code @ Code::FileTooLarge, .. } => Error::TooLarge { code, limit: longest(limits) },
        other => other,
    }
}

/// Whether a part of this name is a file.
fn is_file(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(FILES) else { return false };
    let index = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    rest.is_empty() || index.is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
}

impl Reading<'_> {
    async fn take(&mut self, part: Part) -> Result<()> {
        let Some(name) = part.file_name.as_deref().filter(|_| is_file(&part.name)) else {
            return self.form.fields.keep(part).await;
        };
        self.form.fields.foresee(self.reach)?;
        let shown = last_element(name);
        let taken = match self.stage(&shown, part).await {
            Err(error) if stops_the_form(&error) => return Err(error),
            taken => taken,
        };
        self.form.files.push(Sent { shown, taken });
        Ok(())
    }

    /// Takes a file in. The rest of one that cannot be taken is passed over by the form.
    async fn stage(&self, name: &str, part: Part) -> Result<(Name, Staged)> {
        if self.form.files.len() as u64 >= self.limits.sonar_parts {
            return Err(Error::TooLarge { code: Code::TooManyParts, limit: self.limits.sonar_parts });
        }
        let name = Name::parse(name).map_err(at_filename)?;
        let expect = Expect::at_most(longest(self.limits));
        let other = self.form.files.iter().find_map(|file| file.taken.as_ref().ok());
        let staged = match other {
            Some((_, other)) => self.reach.stage_beside(other, part.stream(), &expect).await,
            None => self.reach.stage(part.stream(), &expect).await,
        };
        Ok((name, staged.map_err(|error| of_file(error, self.limits))?))
    }
}

/// Whether an error at one file is one of the whole form. What is wrong with a file's name or length is its own matter.
fn stops_the_form(error: &Error) -> bool {
    !matches!(error, Error::TooLarge { .. } | Error::Invalid { .. })
}

/// What is wrong with a name, where the client gave it.
fn at_filename(error: Error) -> Error {
    match error {
        Error::Invalid { code, why, .. } => Error::refuse(code, FILENAME, why),
        other => other,
    }
}

/// What stands behind the last slash, of either kind, without control characters.
fn last_element(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).collect()
}

impl Fields {
    /// Keeps a part that is one of ours; others are passed over.
    async fn keep(&mut self, part: Part) -> Result<()> {
        let (name, slot) = match part.name.as_str() {
            TYPE => (TYPE, &mut self.kind),
            ID => (ID, &mut self.id),
            DESCRIPTION => (DESCRIPTION, &mut self.description),
            _ => return Ok(()),
        };
        if slot.is_some() {
            return Err(Error::malformed(Code::DuplicateParameter, name, "the part was sent twice; send it once"));
        }
        *slot = Some(part.text().await?);
        Ok(())
    }

    /// Whose the files are to be at once, if that is said.
    ///
    /// # Errors
    /// `Invalid` at the field that is wrong or missing.
    pub(crate) fn owner(&self) -> Result<Option<Owner>> {
        let (kind, id) = match (self.kind.as_deref(), self.id.as_deref()) {
            (None, None) => return Ok(None),
            (Some(kind), Some(id)) => (kind, id),
            (Some(_), None) => return Err(Error::invalid(ID, "it is required beside fileable_type")),
            (None, Some(_)) => return Err(Error::invalid(TYPE, "it is required beside fileable_id")),
        };
        let kind = fileable::kind(kind).ok_or_else(|| Error::invalid(TYPE, fileable::unknown(kind)))?;
        let number = id.trim().parse().ok();
        let owner = number.and_then(|number| Owner::new(kind, number));
        owner.map(Some).ok_or_else(|| Error::invalid(ID, "it must be a whole number, 1 or more"))
    }

    /// What is said of the files; empty for nothing.
    ///
    /// # Errors
    /// `TooLarge` past the limit `description_bytes`; `Invalid` for a text that cannot be kept.
    pub(crate) fn description(&self, limits: &Limits) -> Result<String> {
        let text = self.description.clone().unwrap_or_default();
        if text.len() as u64 > limits.description_bytes {
            return Err(Error::TooLarge { code: Code::FieldTooLarge, limit: limits.description_bytes });
        }
        if text.contains('\0') {
            return Err(Error::invalid(DESCRIPTION, "it must not contain NUL"));
        }
        Ok(text)
    }

    /// Refuses what the fields that have come ask for in vain. What may still come is no fault yet.
    fn foresee(&self, reach: &Reach<'_>) -> Result<()> {
        let owner = if self.kind.is_some() && self.id.is_some() { self.owner()? } else { None };
        may_put(reach, &destination(owner))
    }
}

/// Where new files go.
pub(crate) fn destination(owner: Option<Owner>) -> Destination {
    owner.map_or(Destination::Company, Destination::Owner)
}

/// Demands that files may be put there, and names the permission of Sonar's that is missing.
///
/// # Errors
/// `MissingScope`.
pub(crate) fn may_put(reach: &Reach<'_>, destination: &Destination) -> Result<()> {
    let creates = reach.may_put(&Destination::Company);
    creates.map_err(|error| lacking(error, Scope::FilesCreate))?;
    reach.may_put(destination).map_err(|error| lacking(error, Scope::FilesOwnWrite))
}

fn lacking(error: Error, scope: Scope) -> Error {
    if matches!(error, Error::MissingScope(_)) { Error::MissingScope(scope) } else { error }
}

#[cfg(test)]
mod tests;
