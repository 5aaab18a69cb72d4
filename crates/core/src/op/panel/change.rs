//! Changing: files come onto the record, get versions, leave it, and go to the trash.

use super::{Panel, shown};
use crate::op::reach::cover;
use crate::op::{get, trash};
use crate::plan::{Clash, NewFile, NewLink, NewName, Put, Replacement};
use crate::settle::{Author, Change, settle};
use crate::staged::Staged;
use crate::table::link;
use crate::unit::tenanted;
use crate::{Body, Expect};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::{Error, FileRef, FolderRef, Result, What};
use std::sync::Arc;

/// A file that a guest brings. Everything else about it is not the guest's to say.
#[derive(Clone, Debug)]
pub struct PanelFile {
    /// Its name.
    pub name: NewName,
    /// Media type that the client declared.
    pub media_type: Option<String>,
    /// Charset that the client declared.
    pub charset: Option<String>,
}

impl Panel<'_> {
    /// Refuses a put that cannot work before its body is read.
    ///
    /// # Errors
    /// `Quota`, `TooLarge`, `Invalid`, `MissingScope`.
    pub async fn foresee(&self, new: &PanelFile, len: Option<u64>) -> Result<()> {
        self.changing()?.foresee(&self.plan(new), len).await
    }

    /// Takes bytes in: durable when this returns, and not yet a file.
    ///
    /// # Errors
    /// As [`Edit::stage`](crate::Edit::stage); `MissingScope`.
    pub async fn stage(&self, body: Body, expect: &Expect) -> Result<Staged> {
        self.changing()?.stage(body, expect).await
    }

    /// Makes a private file of staged bytes, on the record.
    ///
    /// # Errors
    /// `Quota`, `Invalid`, `MissingScope`.
    pub async fn put_file(&self, new: &PanelFile, staged: Staged) -> Result<File> {
        self.changing()?.put_file(self.plan(new), staged).await.map(Put::into_file)
    }

    /// Makes staged bytes the active version of one of the record's files.
    ///
    /// # Errors
    /// `NotFound(File)`, `Precondition`, `Quota`, `Invalid`, `MissingScope`.
    pub async fn replace_file(&self, file: impl Into<FileRef>, with: Replacement, staged: Staged) -> Result<File> {
        // Who may see it, and until when, is not the guest's to say.
        let with = Replacement { access: None, expires_at: None, ..with };
        self.changing()?.replace_file(file, with, staged).await
    }

    /// Takes one of the record's files off it. The file itself stays.
    ///
    /// # Errors
    /// `NotFound(File)`, `MissingScope`.
    pub async fn unlink(&self, file: impl Into<FileRef>) -> Result<()> {
        let edit = self.changing()?;
        let (file, now) = (file.into(), edit.now());
        let fixed = Arc::new((self.record().clone(), edit.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, author) = &*fixed;
                let (_, row) = shown(&mut t, record, file, now).await?;
                let gone = link::remove_tab(&mut t, record, row.file.no).await?.ok_or(Error::NotFound(What::File))?;
                cover::follow(&mut t, (row.file.no, record), gone, author.user, now).await?;
                let change = Change::default().and_record(EventKind::FileUnlinked, row.file.no, record);
                settle(&mut t, author, now, &change).await
            })
        });
        edit.write("take a file off a panel's record", unit).await
    }

    /// Moves one of the record's files to the trash. One that is on another record as well is not this record's to delete.
    ///
    /// # Errors
    /// `NotFound(File)`; `State` for a file that is on another record too; `MissingScope`.
    pub async fn trash(&self, file: impl Into<FileRef>) -> Result<()> {
        let view = self.deleting()?;
        let (file, now) = (file.into(), view.now());
        let author = Author { within: Some(self.record().clone()), ..Author::new(self.guest.inner()) };
        let fixed = Arc::new((self.record().clone(), author));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, author) = &*fixed;
                let row = get::to_change(&mut t, file, now, false).await?;
                author.demand(&mut t, row.file.no).await?;
                if link::of_file(&mut t, row.file.no).await?.iter().any(|link| link.record != *record) {
                    let why = String::from("it is on another record too; take it off this one instead");
                    return Err(Error::State { what: What::File, why }.into());
                }
                let change = trash::trash(&mut t, &row, author, now, Change::default()).await?;
                settle(&mut t, author, now, &change).await
            })
        });
        view.write("move a panel's file to the trash", unit).await
    }

    /// The plan of a new file: private, on the record, under the name that it brings. Where that is taken in the folder, by a
    /// file that the guest need not know of, it is called so all the same.
    pub(crate) fn plan(&self, new: &PanelFile) -> NewFile {
        NewFile {
            media_type: new.media_type.clone(),
            charset: new.charset.clone(),
            clash: Clash::Title,
            links: vec![NewLink::attached(self.record().clone())],
            ..NewFile::new(FolderRef::ROOT, new.name.clone())
        }
    }
}
