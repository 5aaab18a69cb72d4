//! Reading one file: its row, its versions, its bytes.

use crate::content::BlobName;
use crate::op::place;
use crate::op::put::whole;
use crate::table::{blob, file, scrub, version};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Content, Core, View};
use attache_model::file::{File, Version};
use attache_model::name::split_path;
use attache_model::{AccountNo, Error, FileRef, Result, Time, What};

/// The file that a reference names, if a caller may know of it and it lives.
///
/// # Errors
/// `NotFound(File)`.
pub(crate) async fn visible(t: &mut Tenanted<'_>, file: FileRef, now: Time, sees_hidden: bool) -> Outcome<file::Row> {
    let found = file::find(t, file).await?;
    found.filter(|row| row.visible(now, sees_hidden)).ok_or_else(|| Error::NotFound(What::File).into())
}

/// As [`visible`], for a change: nobody else changes the file until the unit ends.
///
/// # Errors
/// `NotFound(File)`.
pub(crate) async fn to_change(t: &mut Tenanted<'_>, file: FileRef, now: Time, sees_hidden: bool) -> Outcome<file::Row> {
    let found = file::hold(t, file).await?;
    found.filter(|row| row.visible(now, sees_hidden)).ok_or_else(|| Error::NotFound(What::File).into())
}

/// As [`to_change`], for a change that gives the file another end: one under legal hold may have outlived its own.
///
/// # Errors
/// `NotFound(File)`.
pub(crate) async fn to_extend(t: &mut Tenanted<'_>, file: FileRef, now: Time, sees_hidden: bool) -> Outcome<file::Row> {
    let found = file::hold(t, file).await?;
    // At no time at all nothing is over.
    let at = |row: &file::Row| if row.file.legal_hold.is_some() { Time(0) } else { now };
    found.filter(|row| row.visible(at(row), sees_hidden)).ok_or_else(|| Error::NotFound(What::File).into())
}

/// As [`to_change`], but it may be in the trash.
///
/// # Errors
/// `NotFound(File)`.
pub(crate) async fn to_remove(t: &mut Tenanted<'_>, file: FileRef, now: Time, sees_hidden: bool) -> Outcome<file::Row> {
    let found = file::hold(t, file).await?;
    found.filter(|row| row.in_sight(now, sees_hidden)).ok_or_else(|| Error::NotFound(What::File).into())
}

/// As [`visible`], but it may be in the trash.
///
/// # Errors
/// `NotFound(File)`.
pub(crate) async fn in_sight(t: &mut Tenanted<'_>, file: FileRef, now: Time, sees_hidden: bool) -> Outcome<file::Row> {
    let found = file::find(t, file).await?;
    found.filter(|row| row.in_sight(now, sees_hidden)).ok_or_else(|| Error::NotFound(What::File).into())
}

/// A row with what is needed to read one of its versions: version, blob, bytes where they are in the database.
pub(crate) type Opened = (File, Version, BlobName, Option<Vec<u8>>);

/// Finds a version's bytes.
///
/// # Errors
/// `NotFound(Version)`; `Damaged` for bytes that are known to be others than they should be, or gone.
pub(crate) async fn open(t: &mut Tenanted<'_>, row: file::Row, version: Option<i64>) -> Outcome<Opened> {
    let (chosen, key) = match version.filter(|no| *no != row.file.version.no) {
        None => (row.file.version.clone(), row.blob.clone()),
        Some(no) => {
            let found = version::get(t, row.file.no, no).await?.ok_or(Error::NotFound(What::Version))?;
            (found.version, found.blob)
        }
    };
    let bytes = match key.starts_with(crate::entropy::ROW_KEY_PREFIX) {
        true => Some(blob::whole_bytes(t, &key).await?.flatten().ok_or(Error::Damaged)?),
        false if scrub::is_marked(t, &key).await? => return Err(Error::Damaged.into()),
        false => None,
    };
    let blob = BlobName { account: t.account(), key };
    Ok((whole(t, row).await?.file, chosen, blob, bytes))
}

impl View<'_> {
    /// A file.
    ///
    /// # Errors
    /// `NotFound(File)`: unknown, in the trash, expired, or hidden from the caller.
    pub async fn file(&self, file: impl Into<FileRef>) -> Result<File> {
        let (file, now, sees) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<File, _>(move |mut t| {
            Box::pin(async move {
                let row = visible(&mut t, file, now, sees).await?;
                Ok(whole(&mut t, row).await?.file)
            })
        });
        self.read("read a file", unit).await
    }

    /// A file that lives or is in the trash.
    ///
    /// # Errors
    /// `NotFound(File)`.
    pub async fn trashed_file(&self, file: impl Into<FileRef>) -> Result<File> {
        let (file, now, sees) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<File, _>(move |mut t| {
            Box::pin(async move {
                let row = in_sight(&mut t, file, now, sees).await?;
                Ok(whole(&mut t, row).await?.file)
            })
        });
        self.read("read a file", unit).await
    }

    /// A file's versions, newest first.
    ///
    /// # Errors
    /// `NotFound(File)`.
    pub async fn versions(&self, file: impl Into<FileRef>) -> Result<Vec<Version>> {
        let (file, now, sees) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<Vec<Version>, _>(move |mut t| {
            Box::pin(async move {
                let row = visible(&mut t, file, now, sees).await?;
                Ok(version::list(&mut t, row.file.no).await?.into_iter().map(|row| row.version).collect())
            })
        });
        self.read("list versions", unit).await
    }

    /// A file's bytes: of its active version, or of another one.
    ///
    /// # Errors
    /// `NotFound(File)`, `NotFound(Version)`.
    pub async fn open(&self, file: impl Into<FileRef>, version: Option<i64>) -> Result<Content> {
        let (file, now, sees) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<Opened, _>(move |mut t| {
            Box::pin(async move {
                let row = visible(&mut t, file, now, sees).await?;
                open(&mut t, row, version).await
            })
        });
        let (file, version, key, bytes) = self.read("open a file", unit).await?;
        Content::new(self.core, file, version, &key, bytes)
    }
}

impl Core {
    /// A public file by its path, for anyone who has the URL.
    ///
    /// # Errors
    /// `NotFound(File)` for everything that is not a public file.
    pub async fn hosted(&self, account: AccountNo, path: &str) -> Result<Content> {
        let gone = || Error::NotFound(What::File);
        let mut names = split_path(path).map_err(|_| gone())?;
        let name = names.pop().ok_or_else(gone)?;
        let (fixed, now) = (std::sync::Arc::new((names, name)), self.now());
        let unit = tenanted::<Opened, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (folder, missing) = place::walk(&mut t, &fixed.0).await?;
                let row = match missing {
                    0 => file::by_name(&mut t, folder, &fixed.1).await?,
                    _ => None,
                };
                let public = |row: &file::Row| row.file.access.is_public() && row.visible(now, true);
                let row = row.filter(public).ok_or(Error::NotFound(What::File))?;
                open(&mut t, row, None).await
            })
        });
        let (file, version, key, bytes) = self.read("open a hosted file", account, unit).await?;
        Content::new(self, file, version, &key, bytes)
    }
}
