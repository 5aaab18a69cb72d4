//! What is sent to make or change a file: JSON in which the content is a base64 text. The content is staged as it comes;
//! all the rest is small.

use super::file::FILE_DATA;
use crate::association::Association;
use crate::{App, content, name};
use attache_core::{Destination, Expect, Reach, Staged};
use attache_http::base64;
use attache_http::body::{self, Cap};
use attache_http::bridge::{self, Opener, Source};
use attache_http::json::{self, Members};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::{Error, Name, Result};
use axum::body::Body;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What a body names, but for the content. Members that are not known are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    file_name: Option<String>,
    file_association: Option<String>,
    #[serde(default, deserialize_with = "digits")]
    contact_id: Option<String>,
    is_public: Option<bool>,
    public: Option<bool>,
}

impl Sent {
    /// From JSON without the content.
    ///
    /// # Errors
    /// [`Code::JsonInvalid`] for a member that is there twice or of the wrong type, [`Code::Utf8Invalid`].
    pub(super) fn of(bytes: &[u8], limits: &Limits) -> Result<Sent> {
        json::parse(bytes, "body", Members::Once, limits).map_err(unconverted)
    }

    /// The name; `None` where none is given.
    ///
    /// # Errors
    /// As [`name::parse`], for an empty one too.
    pub(super) fn name(&self) -> Result<Option<Name>> {
        self.file_name.as_deref().map(name::parse).transpose()
    }

    /// Whose it is to be; `None` where that is not said.
    ///
    /// # Errors
    /// [`Code::JsonInvalid`] for a word that there is not.
    pub(super) fn association(&self) -> Result<Option<Association>> {
        let text = self.file_association.as_deref().filter(|text| !text.trim().is_empty());
        text.map(Association::parse).transpose().map_err(unconverted)
    }

    /// The contact, as it was sent.
    pub(super) fn contact_id(&self) -> Option<&str> {
        self.contact_id.as_deref().filter(|id| !id.trim().is_empty())
    }

    /// Whether everybody may fetch it; `None` where that is not said.
    pub(super) fn public(&self) -> Option<bool> {
        self.is_public.or(self.public)
    }
}

/// A number, or its digits as text.
fn digits<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(D::Error::custom("it must be a number")),
    }
}

/// The error of a new file without content.
pub(super) fn missing() -> Error {
    Error::invalid(FILE_DATA, "file_data is required")
}

/// A value that is not what it should be makes the whole body one that cannot be read.
fn unconverted(error: Error) -> Error {
    match error {
        Error::Invalid { code: Code::ValueInvalid, field, why } => Error::malformed(Code::JsonInvalid, field, why),
        other => other,
    }
}

/// Where a caller may put files, to be asked while a body comes.
#[derive(Clone, Debug)]
pub(super) struct Rights {
    contact: Result<()>,
    user: Result<()>,
    company: Result<()>,
}

impl Rights {
    pub(super) fn of(reach: &Reach<'_>) -> Result<Rights> {
        // Which contact makes no difference.
        let contact = Destination::Contact(Record::new(attache_model::audience::CONTACT, "1")?);
        Ok(Rights {
            contact: reach.may_put(&contact),
            user: reach.may_put(&Destination::User),
            company: reach.may_put(&Destination::Company),
        })
    }

    /// Demands that there is a place at all.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(super) fn any(&self) -> Result<()> {
        self.contact.clone().or_else(|_| self.user.clone()).or_else(|_| self.company.clone())
    }

    fn allow(&self, association: Association) -> Result<()> {
        match association {
            Association::Contact => self.contact.clone(),
            Association::User => self.user.clone(),
            Association::Company => self.company.clone(),
        }
    }
}

/// The most bytes of a body: the longest base64 text, every character of which may be escaped as clients escape slashes,
/// and the rest of the JSON.
pub(super) fn cap(limits: &Limits) -> Cap {
    let text = base64::encoded_len(content::longest(limits)).saturating_mul(2);
    Cap { bytes: text.saturating_add(limits.json_bytes), code: Code::FileTooLarge }
}

/// Reads a body and stages the content that is in it. What stands before the content and cannot be ends it before the
/// content is read, a place where the caller may put nothing among it.
///
/// # Errors
/// [`Error::TooLarge`], [`Code::MediaTypeUnsupported`] for a form, those of [`bridge::json::read`] and [`Sent`], and what
/// staging fails with.
pub(super) async fn read(
    app: &App,
    reach: &Reach<'_>,
    rights: Rights,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Sent, Option<Staged>)> {
    no_form(headers)?;
    let limits = app.core.limits();
    let most = content::longest(limits);
    let body = body::stream(headers, body, cap(limits), limits).map_err(|error| of_file(error, most))?;
    let stage = |content| async move { reach.stage(content, &Expect::at_most(most)).await };
    let limits = limits.clone();
    let decoder = move |source: Source, opener: &mut Opener| decode(source, opener, &rights, &limits);
    app.decoders.decode(body, decoder, stage).await.map_err(|error| of_file(error, most))
}

fn decode(source: Source, opener: &mut Opener, rights: &Rights, limits: &Limits) -> Result<Sent> {
    let before = |so_far: &[u8]| {
        let sent = Sent::of(so_far, limits)?;
        sent.name()?;
        sent.association()?.map_or(Ok(()), |association| rights.allow(association))
    };
    let rest = bridge::json::read(source, FILE_DATA, opener, limits, before).map_err(unconverted)?;
    Sent::of(&rest, limits)
}

/// A file that is too large is so by the limit of files, however it was found out.
fn of_file(error: Error, most: u64) -> Error {
    match error {
        Error::TooLarge { code: Code::FileTooLarge, .. } => Error::TooLarge { code: Code::FileTooLarge, limit: most },
        other => other,
    }
}

/// Bodies are JSON whatever their type says, but for forms.
fn no_form(headers: &HeaderMap) -> Result<()> {
    const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if FORMS.iter().any(|form| form.eq_ignore_ascii_case(essence)) {
        let why = "the body must be JSON, with the content type application/json";
        return Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
