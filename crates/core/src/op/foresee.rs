//! Refusing a put before its bytes are read: rules on the plan itself, then a look at the database.

use crate::op::put::folder_there;
use crate::op::taken::refuse_taken;
use crate::plan::{Clash, NewFile};
use crate::table::book;
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, sniff};
use attache_model::error::{Code, Error, QuotaKind};
use attache_model::{Result, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Edit<'_> {
    /// Refuses a put that cannot work before its body is read. A put that passes here can still be refused later.
    ///
    /// # Errors
    /// `NotFound(Folder)`, `Exists`, `Quota`, `TooLarge`, `Invalid`.
    pub async fn foresee(&self, new: &NewFile, len: Option<u64>) -> Result<()> {
        check_plan(self, new)?;
        let limit = self.core.limits().file_bytes;
        if len.is_some_and(|len| len > limit) {
            return Err(Error::TooLarge { code: Code::FileTooLarge, limit });
        }
        let (new, now) = (Arc::new(new.clone()), self.now());
        let look = tenanted::<(), _>(move |mut t| {
            let new = new.clone();
            Box::pin(async move { foresee(&mut t, &new, len, now).await })
        });
        self.read("foresee a put", look).await
    }
}

/// Rules that need no look at the database.
pub(crate) fn check_plan(edit: &Edit<'_>, new: &NewFile) -> Result<()> {
    if new.access.is_hidden() {
        edit.caller().require(attache_model::Scope::FilesHiddenWrite)?;
    }
    if let Some(declared) = &new.media_type {
        sniff::check_type(declared)?;
    }
    if new.expires_at.is_some_and(|end| end <= edit.now()) {
        return Err(Error::refuse(Code::ExpiryInvalid, "expires_at", "it must lie in the future"));
    }
    check_description(&new.description, edit.core.limits())?;
    check_metadata(&new.metadata, edit.core.limits())
}

/// Bounds what people say of a file.
pub(crate) fn check_description(description: &str, limits: &attache_model::limits::Limits) -> Result<()> {
    if description.len() as u64 > limits.description_bytes {
        return Err(Error::TooLarge { code: Code::FieldTooLarge, limit: limits.description_bytes });
    }
    if description.contains('\0') {
        return Err(Error::invalid("description", "it must not contain NUL"));
    }
    Ok(())
}

/// Bounds custom metadata, and keeps our own key space free.
pub(crate) fn check_metadata(
    metadata: &BTreeMap<String, String>,
    limits: &attache_model::limits::Limits,
) -> Result<()> {
    let bytes: usize = metadata.iter().map(|(key, value)| key.len() + value.len()).sum();
    if metadata.len() as u64 > limits.metadata_keys {
        return Err(Error::TooLarge { code: Code::MetadataTooLarge, limit: limits.metadata_keys });
    }
    if bytes as u64 > limits.metadata_bytes {
        return Err(Error::TooLarge { code: Code::MetadataTooLarge, limit: limits.metadata_bytes });
    }
    for (key, value) in metadata {
        if key.starts_with("x-internal-") || key.starts_with("attache-") {
            let why = format!("keys that begin with 'x-internal-' or 'attache-' are ours, and '{key}' does");
            return Err(Error::refuse(Code::ReservedKey, "metadata", why));
        }
        if key.is_empty() || key.contains('\0') || value.contains('\0') {
            return Err(Error::invalid("metadata", "a key has at least one character, and nothing contains NUL"));
        }
    }
    Ok(())
}

async fn foresee(t: &mut Tenanted<'_>, new: &NewFile, len: Option<u64>, now: Time) -> Outcome<()> {
    let folder = folder_there(t, new).await?;
    if let (Some(folder), Clash::Refuse, crate::NewName::Exact(name)) = (folder, new.clash, &new.name) {
        refuse_taken(t, folder, name, now).await?;
    }
    let Some((usage, quota)) = book::get(t).await? else { return Ok(()) };
    match (quota.files, quota.bytes) {
        (Some(limit), _) if usage.files >= limit => Err(Error::Quota { which: QuotaKind::Files, limit }.into()),
        (_, Some(limit)) if usage.bytes.saturating_add(len.unwrap_or(0)) > limit => {
            Err(Error::Quota { which: QuotaKind::Bytes, limit }.into())
        }
        _ => Ok(()),
    }
}
