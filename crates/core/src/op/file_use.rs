//! Files in values and notes: which may be used, the links that using them makes, and what stays when they go.

use crate::numbers::Kind;
use crate::op::reach::cover;
use crate::record::{FileUse, check_line};
use crate::settle::{Author, Change};
use crate::table::file_use::Look;
use crate::table::{field, file, link, note, version};
use crate::unit::{Fault, Outcome, Tenanted};
use crate::{Core, Records};
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use attache_model::link::{Link, Origin, Record};
use attache_model::{AccountNo, Error, FileId, FileNo, Result, UserNo};
use std::collections::{BTreeMap, BTreeSet};

/// A file that may be used, and the version that a use keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usable {
    pub(crate) no: FileNo,
    pub(crate) id: FileId,
    pub(crate) pinned: bool,
    pub(crate) version: i64,
    pub(crate) size: u64,
}

/// A change of records inside its unit: who makes it and when, what it did so far, and fresh numbers for links.
pub(crate) struct Writing<'p> {
    pub(crate) by: UserNo,
    pub(crate) look: Look,
    pub(crate) change: Change,
    links: std::slice::Iter<'p, i64>,
    /// The fields of each type of record that was asked after.
    fields: BTreeMap<String, BTreeSet<i64>>,
}

impl<'p> Writing<'p> {
    pub(crate) fn new(by: UserNo, look: Look, links: &'p [i64]) -> Writing<'p> {
        Writing { by, look, change: Change::default(), links: links.iter(), fields: BTreeMap::new() }
    }

    /// Who makes it, for its end.
    pub(crate) fn author(&self) -> Author {
        Author::of(self.by)
    }

    /// Writes down that something happened to a record.
    pub(crate) fn tell(&mut self, kind: EventKind, file: Option<FileNo>, record: &Record) {
        self.change = std::mem::take(&mut self.change).and_named(kind, file, record);
    }

    /// Whether records of a type have a field; one statement for all fields of the type.
    pub(crate) async fn has_field(&mut self, t: &mut Tenanted<'_>, kind: &str, no: i64) -> Outcome<bool> {
        if let Some(known) = self.fields.get(kind) {
            return Ok(known.contains(&no));
        }
        let known: BTreeSet<i64> = field::list(t, kind).await?.iter().map(|field| field.no).collect();
        let has = known.contains(&no);
        self.fields.insert(kind.to_owned(), known);
        Ok(has)
    }

    /// Puts a file on a record. One that is there for the same reason stays there.
    pub(crate) async fn attach(
        &mut self,
        t: &mut Tenanted<'_>,
        record: &Record,
        file: FileNo,
        origin: Origin,
    ) -> Outcome<()> {
        let made = Link {
            no: *self.links.next().ok_or(Fault::Short)?,
            file,
            record: record.clone(),
            origin,
            role: String::new(),
            visible: true,
            created_at: self.look.now,
            created_by: self.by,
        };
        if link::add(t, &made).await? {
            cover::follow(t, (file, record), made.no, self.by, self.look.now).await?;
            self.tell(EventKind::FileLinked, Some(file), record);
        }
        Ok(())
    }

    /// Takes a file off a record where it was for one reason.
    pub(crate) async fn detach(
        &mut self,
        t: &mut Tenanted<'_>,
        record: &Record,
        file: FileNo,
        origin: Origin,
    ) -> Outcome<()> {
        if let Some(gone) = link::remove(t, record, file, Some(origin)).await? {
            cover::follow(t, (file, record), gone, self.by, self.look.now).await?;
            self.tell(EventKind::FileUnlinked, Some(file), record);
        }
        Ok(())
    }
}

impl Records<'_> {
    /// Who looks at files, and when.
    pub(crate) fn look(&self) -> Look {
        Look { now: self.inner().now(), sees_hidden: self.caller().sees_hidden() }
    }

    /// Fresh numbers for as many links as a change may make.
    pub(crate) async fn link_numbers(&self, count: usize) -> Result<Vec<i64>> {
        self.inner().core.link_numbers(self.caller().account(), count).await
    }
}

impl Core {
    /// Fresh numbers for links to files that are there: the newest link of a file tells whose it is.
    pub(crate) async fn link_numbers(&self, account: AccountNo, count: usize) -> Result<Vec<i64>> {
        self.newest_numbers(account, Kind::Link, count).await
    }
}

/// Refuses a use whose shown name cannot be kept.
///
/// # Errors
/// `Invalid` at `{place}.name`.
pub(crate) fn check(wanted: &FileUse, place: &str, limits: &Limits) -> Result<()> {
    wanted.name.as_deref().map_or(Ok(()), |name| check_line(&format!("{place}.name"), name, limits.record_name_bytes))
}

/// Holds the files of several uses, before [`usable`] is asked for each: see [`file::hold_all`].
pub(crate) async fn hold_all(t: &mut Tenanted<'_>, uses: Vec<&FileUse>) -> Outcome<()> {
    let files: Vec<_> = uses.iter().map(|wanted| wanted.file.into()).collect();
    file::hold_all(t, &files).await
}

/// The file of a use; it does not go until the unit ends.
///
/// # Errors
/// `Invalid` at `{place}.file` for a file that is unknown or deleted, at `{place}.version` for a version of another one.
pub(crate) async fn usable(t: &mut Tenanted<'_>, wanted: &FileUse, place: &str, look: Look) -> Outcome<Usable> {
    let held = file::hold(t, wanted.file.into()).await?;
    let Some(row) = held.filter(|row| row.visible(look.now, look.sees_hidden)) else {
        let why = "there is no such file, or it is in the trash";
        return Err(Error::invalid(format!("{place}.file"), why).into());
    };
    let active = &row.file.version;
    let base = Usable { no: row.file.no, id: row.file.id, pinned: false, version: active.no, size: active.size };
    let Some(id) = wanted.version else { return Ok(base) };
    let found = match id.no_in(row.file.id) {
        Some(no) => version::get(t, row.file.no, no).await?,
        None => None,
    };
    let Some(found) = found else {
        let why = "the file has no such version; leave it out for the active one";
        return Err(Error::invalid(format!("{place}.version"), why).into());
    };
    Ok(Usable { pinned: true, version: found.version.no, size: found.version.size, ..base })
}

/// Lets values and notes outlive a file that goes: they keep its name after a purge, and nothing of it after an erase. How
/// many values and notes those are.
pub(crate) async fn outlive(t: &mut Tenanted<'_>, row: &file::Row, erased: bool) -> Outcome<(u64, u64)> {
    let (no, name, active) = (row.file.no, row.file.name.full(), &row.file.version);
    if erased {
        return Ok((field::file_erased(t, no).await?, note::file_erased(t, no, name).await?));
    }
    let values = field::file_purged(t, no, name, active.no, active.size).await?;
    Ok((values, note::file_purged(t, no, name, active.no).await?))
}
