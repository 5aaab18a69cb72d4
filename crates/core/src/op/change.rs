//! Changing a file's properties: name, folder, access, expiry, description, metadata, active version.

use crate::op::foresee::{check_description, check_metadata};
use crate::op::place::{self, placed};
use crate::op::put::whole;
use crate::op::taken::{exists, free_name, free_name_below, taker};
use crate::op::{get, version};
use crate::plan::{Clash, FileChange, Rename};
use crate::settle::{Change, settle};
use crate::table::{file, version as versions};
use crate::unit::{Outcome, Tenanted};
use crate::{Edit, etag};
use attache_model::error::Code;
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::limits::Limits;
use attache_model::{Access, Error, FileRef, FolderRef, Name, Result, Scope, Time, What};
use std::sync::Arc;

impl Edit<'_> {
    /// Changes a file's properties. A change that changes nothing leaves the file as it is, its times too.
    ///
    /// # Errors
    /// `NotFound`, `Exists` when the name is taken in the folder, `Precondition`, `Invalid`.
    pub async fn change_file(&self, file: impl Into<FileRef>, change: FileChange) -> Result<File> {
        self.check_access(change.access)?;
        self.check_expiry(change.expires_at.flatten())?;
        check_description(change.description.as_deref().unwrap_or_default(), self.core.limits())?;
        let (file, now, author, sees) = (file.into(), self.now(), self.author(), self.caller().reaches_hidden());
        let folder = change.folder.clone().unwrap_or(FolderRef::ROOT);
        let fixed = Arc::new((change, author, self.core.limits().clone()));
        let unit = placed::<File, _>(move |mut t, fresh| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (change, author, limits) = &*fixed;
                let mut row = match change.expires_at {
                    Some(_) => get::to_extend(&mut t, file, now, sees).await?,
                    None => get::to_change(&mut t, file, now, sees).await?,
                };
                etag::demand(&change.condition, &row.file)?;
                let before = row.clone();
                let mut noted = Change::file(EventKind::FileUpdated, row.file.no);
                if let Some(target) = &change.folder {
                    let (no, made) = place::take(&mut t, target, change.make_folders, &fresh, now).await?;
                    row.file.folder = no;
                    noted = made.into_iter().fold(noted, |noted, no| noted.and_folder(EventKind::FolderCreated, no));
                }
                apply(&mut t, &mut row, change, limits).await?;
                if row.file != before.file {
                    let clash = if change.numbered { Clash::Number } else { Clash::Refuse };
                    take_name(&mut t, &before, &mut row, clash, now).await?;
                    version::save(&mut t, &mut row, author.user, now).await?;
                    settle(&mut t, author, now, &noted).await?;
                }
                Ok(whole(&mut t, row).await?.file)
            })
        });
        let changed = self.write_in("change a file", &folder, unit).await;
        attache_point::fail_point!("core.file_changed");
        changed
    }

    /// Hidden levels need their own scope.
    pub(crate) fn check_access(&self, access: Option<Access>) -> Result<()> {
        if access.is_some_and(Access::is_hidden) {
            self.caller().require(Scope::FilesHiddenWrite)?;
        }
        Ok(())
    }

    /// An expiry lies in the future.
    pub(crate) fn check_expiry(&self, expires_at: Option<Time>) -> Result<()> {
        if expires_at.is_some_and(|end| end <= self.now()) {
            return Err(Error::refuse(Code::ExpiryInvalid, "expires_at", "it must lie in the future"));
        }
        Ok(())
    }
}

async fn apply(t: &mut Tenanted<'_>, row: &mut file::Row, change: &FileChange, limits: &Limits) -> Outcome<()> {
    let file = &mut row.file;
    if let Some(name) = &change.name {
        file.name = renamed(&file.name, name)?;
        file.called = None;
    }
    file.access = change.access.unwrap_or(file.access);
    file.usable_in_content = change.usable_in_content.unwrap_or(file.usable_in_content);
    file.expires_at = change.expires_at.unwrap_or(file.expires_at);
    if let Some(description) = &change.description {
        file.description.clone_from(description);
    }
    for (key, value) in &change.metadata {
        match value {
            Some(value) => file.metadata.insert(key.clone(), value.clone()),
            None => file.metadata.remove(key),
        };
    }
    if !change.metadata.is_empty() {
        check_metadata(&file.metadata, limits)?;
    }
    if let Some(no) = change.version.filter(|no| *no != file.version.no) {
        let found = versions::get(t, file.no, no).await?.ok_or(Error::NotFound(What::Version))?;
        file.version = found.version;
        file.upload = None;
        row.blob = found.blob;
    }
    Ok(())
}

/// The new name of a file called `old`.
fn renamed(old: &Name, rename: &Rename) -> Result<Name> {
    match rename {
        Rename::Full(name) => Ok(name.clone()),
        Rename::Stem(stem) => {
            let repeated =
                stem.len().checked_sub(old.ext().len() + 1).filter(|_| !old.ext().is_empty()).and_then(|at| {
                    let (head, tail) = (stem.get(..at)?, stem.get(at..)?);
                    (!head.is_empty() && tail.strip_prefix('.')?.eq_ignore_ascii_case(old.ext())).then_some(head)
                });
            Name::new(repeated.unwrap_or(stem), old.ext())
        }
    }
}

/// Looks whether another living file has the place and name; then the file gets a number if it may, else it is refused. A
/// title is the caller's to keep.
pub(crate) async fn take_name(
    t: &mut Tenanted<'_>,
    before: &file::Row,
    row: &mut file::Row,
    clash: Clash,
    now: Time,
) -> Outcome<()> {
    let file = &mut row.file;
    if (before.file.folder, &before.file.name) == (file.folder, &file.name) {
        return Ok(());
    }
    match taker(t, file.folder, &file.name, now).await? {
        Some(other) if other.file.no != file.no => match clash {
            Clash::Number => file.name = free_name(t, file.folder, &file.name).await?,
            Clash::Title => file.name = free_name_below(t, file.folder, &file.name, file.no).await?,
            Clash::Refuse | Clash::Replace | Clash::Version => return Err(exists(&other.file).into()),
        },
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_stem_keeps_the_extension_and_does_not_double_it() {
        let old = Name::new("cat", "png").unwrap();
        let stem = |text: &str| renamed(&old, &Rename::Stem(text.to_owned())).unwrap().full().to_owned();
        assert_eq!(stem("dog"), "dog.png");
        assert_eq!(stem("dog.PNG"), "dog.png");
        assert_eq!(stem("dog.jpg"), "dog.jpg.png");
        assert_eq!(stem(".png"), ".png.png");
    }
}
