//! The tab of a record: the files that people see on it, whatever way they came, but not what is only in a field.

use crate::op::file_use::{Writing, usable};
use crate::op::link::with_paths;
use crate::op::reach::cover;
use crate::record::{FileUse, check_count};
use crate::settle::settle;
use crate::table::file;
use crate::table::file_use::Look;
use crate::table::link::{self, Below};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, View};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::link::{Link, Origin, Record};
use attache_model::{FileId, FileRef, Result};
use std::sync::Arc;

impl View<'_> {
    /// The files on a record's tab, each once with its newest link, newest first, from below link number `before`
    /// (`i64::MAX` for all).
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn tab(&self, record: &Record, before: i64, limit: u32) -> Result<Vec<(Link, File)>> {
        let look = Look { now: self.now(), sees_hidden: self.caller.sees_hidden() };
        let record = Arc::new(record.clone());
        let unit = tenanted::<Vec<(Link, File)>, _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                let rows = link::tab(&mut t, &record, Below { before, limit }, look).await?;
                let (links, rows): (Vec<Link>, Vec<file::Row>) = rows.into_iter().unzip();
                Ok(links.into_iter().zip(with_paths(&mut t, rows).await?).collect())
            })
        });
        self.read("list a record's tab", unit).await
    }
}

impl Edit<'_> {
    /// Puts files on a record's tab in one commit, all or none. One that is there stays where it is.
    ///
    /// # Errors
    /// `Invalid` at `{index}.file` for a file that is unknown or deleted.
    pub async fn link_files(&self, record: &Record, files: &[FileId]) -> Result<()> {
        check_count(files.len(), self.core.limits())?;
        let links = self.core.link_numbers(self.caller().account(), files.len()).await?;
        let look = Look { now: self.now(), sees_hidden: self.caller().reaches_hidden() };
        let fixed = Arc::new((record.clone(), files.to_vec(), links, self.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, files, links, author) = &*fixed;
                let mut writing = Writing::new(author.user, look, links);
                file::hold_all(&mut t, &refs(files)).await?;
                for (at, file) in files.iter().enumerate() {
                    put(&mut t, &mut writing, record, *file, at).await?;
                }
                settle(&mut t, author, look.now, &writing.change).await
            })
        });
        self.write("put files on a record", unit).await
    }

    /// Takes files off a record's tab in one commit, whatever way they came there. Files that are not there are passed
    /// over, and what a field of the record holds stays in it.
    ///
    /// # Errors
    /// `Invalid` for too many files.
    pub async fn unlink_files(&self, record: &Record, files: &[FileId]) -> Result<()> {
        check_count(files.len(), self.core.limits())?;
        let look = Look { now: self.now(), sees_hidden: self.caller().reaches_hidden() };
        let fixed = Arc::new((record.clone(), files.to_vec(), self.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, files, author) = &*fixed;
                let mut writing = Writing::new(author.user, look, &[]);
                file::hold_all(&mut t, &refs(files)).await?;
                for id in files {
                    let found = file::find(&mut t, (*id).into()).await?;
                    let Some(row) = found.filter(|row| row.in_sight(look.now, look.sees_hidden)) else { continue };
                    if let Some(gone) = link::remove_tab(&mut t, record, row.file.no).await? {
                        cover::follow(&mut t, (row.file.no, record), gone, author.user, look.now).await?;
                        writing.tell(EventKind::FileUnlinked, Some(row.file.no), record);
                    }
                }
                settle(&mut t, author, look.now, &writing.change).await
            })
        });
        self.write("take files off a record", unit).await
    }
}

fn refs(files: &[FileId]) -> Vec<FileRef> {
    files.iter().map(|id| (*id).into()).collect()
}

async fn put(t: &mut Tenanted<'_>, writing: &mut Writing<'_>, record: &Record, file: FileId, at: usize) -> Outcome<()> {
    let file = usable(t, &FileUse::of(file), &at.to_string(), writing.look).await?;
    if !link::on_tab(t, record, file.no).await? {
        writing.attach(t, record, file.no, Origin::Attached).await?;
    }
    Ok(())
}
