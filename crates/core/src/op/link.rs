//! Links between files and records.

use crate::cursor::{self, Key, Place};
use crate::op::get;
use crate::op::reach::cover;
use crate::plan::NewLink;
use crate::query::Start;
use crate::settle::{Change, settle};
use crate::table::file_use::Look;
use crate::table::link::Below;
use crate::table::{field, file, folder, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, View};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::link::{Link, Origin, Record};
use attache_model::page::{Next, Page};
use attache_model::{Error, FileNo, FileRef, FolderNo, Result, What};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Longest role, in bytes.
const ROLE_MAX: usize = 64;

impl View<'_> {
    /// Every record that a file is on, oldest link first.
    ///
    /// # Errors
    /// `NotFound(File)`.
    pub async fn links_of(&self, file: impl Into<FileRef>) -> Result<Vec<Link>> {
        let (file, now, sees) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<Vec<Link>, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, file, now, sees).await?;
                link::of_file(&mut t, row.file.no).await
            })
        });
        self.read("list a file's records", unit).await
    }

    /// The files on a record, newest link first. A record that nothing names has none.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn files_on(&self, record: &Record, start: Start, limit: u32) -> Result<Page<(Link, File)>> {
        let account = self.caller.account();
        let list = format!("{account}|record|{record}");
        let before = match &start {
            Start::Cursor(text) => match cursor::open(&self.core.0.keys, account, &list, text)?.key {
                Key::Int(no) => no,
                Key::Text(_) => return Err(Error::bug("a record's cursor holds a text")),
            },
            Start::First | Start::Offset(_) => i64::MAX,
        };
        let look = Look { now: self.now(), sees_hidden: self.caller.sees_hidden() };
        let record = Arc::new(record.clone());
        let unit = tenanted::<Vec<(Link, File)>, _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                let page = Below { before, limit: limit + 1 };
                let rows = link::on_record(&mut t, &record, page, look).await?;
                let (links, rows): (Vec<Link>, Vec<file::Row>) = rows.into_iter().unzip();
                Ok(links.into_iter().zip(with_paths(&mut t, rows).await?).collect())
            })
        });
        let mut items = self.read("list a record's files", unit).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().filter(|_| more).map(|(link, _)| Place { key: Key::Int(link.no), tie: Key::Int(0) });
        let next = last.map(|place| Next::Cursor(cursor::seal(&self.core.0.keys, account, &list, &place)));
        Ok(Page { items, next })
    }
}

impl Edit<'_> {
    /// Puts a file on a record. A file that is there for the same reason stays there.
    ///
    /// # Errors
    /// `NotFound(File)`.
    pub async fn link(&self, file: impl Into<FileRef>, new: NewLink) -> Result<Link> {
        check_role(&new.role)?;
        let (file, now, sees, no) =
            (file.into(), self.now(), self.caller().reaches_hidden(), self.link_number().await?);
        let fixed = Arc::new((new, self.author()));
        let unit = tenanted::<Link, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (new, author) = &*fixed;
                let row = get::to_change(&mut t, file, now, sees).await?;
                let made = Link {
                    no,
                    file: row.file.no,
                    record: new.record.clone(),
                    origin: new.origin,
                    role: new.role.clone(),
                    visible: new.visible,
                    created_at: now,
                    created_by: author.user,
                };
                if link::add(&mut t, &made).await? {
                    cover::follow(&mut t, (made.file, &made.record), no, author.user, now).await?;
                    let change = Change::default().and_record(EventKind::FileLinked, row.file.no, &new.record);
                    settle(&mut t, author, now, &change).await?;
                    return Ok(made);
                }
                let there = link::find(&mut t, &new.record, row.file.no, new.origin).await?;
                Ok(there.ok_or(attache_db::Error::Retry)?)
            })
        });
        self.write("put a file on a record", unit).await
    }

    /// Takes a file off a record, for one reason or for all; false when it was not there. What a field of the record
    /// holds stays there.
    ///
    /// # Errors
    /// `NotFound(File)`; `State` when only a field has it there.
    pub async fn unlink(&self, file: impl Into<FileRef>, record: &Record, origin: Option<Origin>) -> Result<bool> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let fixed = Arc::new((record.clone(), self.author()));
        let unit = tenanted::<bool, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, author) = &*fixed;
                let row = get::in_sight(&mut t, file, now, sees).await?;
                let Some(gone) = link::remove(&mut t, record, row.file.no, origin).await? else {
                    return refuse_field(&mut t, record, row.file.no, origin).await;
                };
                cover::follow(&mut t, (row.file.no, record), gone, author.user, now).await?;
                let change = Change::default().and_record(EventKind::FileUnlinked, row.file.no, record);
                settle(&mut t, author, now, &change).await?;
                Ok(true)
            })
        });
        self.write("take a file off a record", unit).await
    }
}

/// Bounds what a file's part on a record is called.
pub(crate) fn check_role(role: &str) -> Result<()> {
    if role.len() > ROLE_MAX || role.chars().any(char::is_control) {
        return Err(Error::invalid("role", format!("it is at most {ROLE_MAX} bytes without control characters")));
    }
    Ok(())
}

/// Says that a file was not on a record, unless a field has it there: then the field must be emptied.
async fn refuse_field(t: &mut Tenanted<'_>, record: &Record, file: FileNo, origin: Option<Origin>) -> Outcome<bool> {
    let asked = origin.is_none_or(|origin| origin == Origin::Field);
    if asked && field::uses(t, record, file).await? {
        let why = String::from("it is in a field of the record: empty the field instead");
        return Err(Error::State { what: What::Link, why }.into());
    }
    Ok(false)
}

/// Files of rows, each with its folder's path; one statement for all folders.
pub(crate) async fn with_paths(t: &mut Tenanted<'_>, rows: Vec<file::Row>) -> Outcome<Vec<File>> {
    let wanted: BTreeSet<FolderNo> =
        rows.iter().map(|row| row.file.folder).filter(|no| *no != FolderNo::ROOT).collect();
    let wanted: Vec<FolderNo> = wanted.into_iter().collect();
    let paths: HashMap<FolderNo, String> = match wanted.is_empty() {
        true => HashMap::new(),
        false => folder::paths(t, &wanted).await?.into_iter().collect(),
    };
    Ok(rows
        .into_iter()
        .map(|mut row| {
            if let Some(path) = paths.get(&row.file.folder) {
                row.file.folder_path.clone_from(path);
            }
            row.file
        })
        .collect())
}
