//! Putting files on an owner and taking them off it.

use super::cover::{self, Choice, Chooser};
use super::{Reach, owner};
use crate::op::foresee::check_description;
use crate::op::put::whole;
use crate::op::{get, version};
use crate::plan::Attach;
use crate::record::check_count;
use crate::settle::{Author, Change, settle};
use crate::sight::{Sight, standing};
use crate::table::{file, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::link::{Link, Origin, Record};
use attache_model::{Error, FileNo, FileRef, Named, Owner, Result, Time, What};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything that the unit needs, fixed before it runs.
struct Prepared {
    owner: Owner,
    files: Vec<Attach>,
    links: Vec<i64>,
    author: Author,
    sight: Sight,
    sees_hidden: bool,
    now: Time,
}

impl Reach<'_> {
    /// Puts files on an owner in one commit, all or none. A file that is there stays there, so a request may be repeated;
    /// what it says of the file holds all the same. The owner need not be known: it is from here on.
    ///
    /// # Errors
    /// `NotFound(File)` for one that is unknown or out of sight; `MissingScope` for one that may not be changed;
    /// `State` for one that has another owner; `Invalid` at `files` for none of them, and at `{index}.cover` for what is
    /// no image, or a second picture; `TooLarge` for a description.
    pub async fn link_files(&self, owner: Owner, files: &[Attach]) -> Result<Named> {
        self.check_attach(files)?;
        let links = self.edit.core.link_numbers(self.caller().account(), files.len()).await?;
        let prepared = Arc::new(Prepared {
            owner,
            files: files.to_vec(),
            links,
            author: self.edit.author(),
            sight: self.sight(),
            sees_hidden: self.caller().reaches_hidden(),
            now: self.now(),
        });
        let unit = tenanted::<Named, _>(move |mut t| {
            let p = prepared.clone();
            Box::pin(async move { p.link(&mut t).await })
        });
        self.edit.write("put files on an owner", unit).await
    }

    fn check_attach(&self, files: &[Attach]) -> Result<()> {
        if files.is_empty() {
            return Err(Error::invalid("files", "name one file or more"));
        }
        check_count(files.len(), self.edit.core.limits())?;
        let mut covers = BTreeSet::new();
        for (at, attach) in files.iter().enumerate() {
            check_description(attach.description.as_deref().unwrap_or_default(), self.edit.core.limits())?;
            if attach.cover == Some(true) && covers.insert(attach.file.0) && covers.len() > 1 {
                let why = "an owner has one picture, and an earlier file of the list is to be it";
                return Err(Error::invalid(format!("{at}.cover"), why));
            }
        }
        Ok(())
    }

    /// Takes a file off its owner, and off others that it may be on. One that has no owner stays as it is, so a request
    /// may be repeated. It is nobody's picture from here on.
    ///
    /// # Errors
    /// `NotFound(File)`, for one that is out of sight, too; `MissingScope` for one that may not be changed; `State` where
    /// a note or a field of the owner keeps it there.
    pub async fn unlink_file(&self, file: impl Into<FileRef>) -> Result<File> {
        let (file, now, sight, sees) = (file.into(), self.now(), self.sight(), self.caller().reaches_hidden());
        let author = Arc::new(self.edit.author());
        let unit = tenanted::<File, _>(move |mut t| {
            let author = author.clone();
            Box::pin(async move {
                let mut row = get::to_change(&mut t, file, now, sees).await?;
                alterable(&mut t, &row, sight).await?;
                let taken = take_off(&mut t, row.file.no).await?;
                if !taken.is_empty() {
                    row.file.cover = false;
                    version::save(&mut t, &mut row, author.user, now).await?;
                    let off = |change: Change, record| change.and_record(EventKind::FileUnlinked, row.file.no, record);
                    settle(&mut t, &author, now, &taken.iter().fold(Change::default(), off)).await?;
                }
                Ok(whole(&mut t, row).await?.file)
            })
        });
        self.edit.write("take a file off its owner", unit).await
    }
}

/// Demands that a held file may be changed. One that its caller may not even read is not there.
async fn alterable(t: &mut Tenanted<'_>, row: &file::Row, sight: Sight) -> Outcome<()> {
    let standing = standing(t, row).await?;
    match sight.write(standing) {
        Ok(()) => Ok(()),
        Err(missing) if sight.read(standing).is_ok() => Err(missing.into()),
        Err(_) => Err(Error::NotFound(What::File).into()),
    }
}

/// Takes a held file off all its owners: the records.
async fn take_off(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<Vec<Record>> {
    let mut records = Vec::new();
    for link in link::of_file(t, file).await?.into_iter().filter(|link| Owner::of(&link.record).is_some()) {
        match link.origin {
            Origin::Attached | Origin::Intake => {
                link::remove(t, &link.record, file, Some(link.origin)).await?;
                records.push(link.record);
            }
            Origin::Note | Origin::Field => {
                let why = format!("a {} keeps the file on {}", link.origin.word(), link.record);
                return Err(Error::State { what: What::Link, why }.into());
            }
        }
    }
    Ok(records)
}

impl Prepared {
    async fn link(&self, t: &mut Tenanted<'_>) -> Outcome<Named> {
        let choice = match self.files.iter().any(|attach| attach.cover == Some(true)) {
            true => Some(cover::begin(t, self.owner).await?),
            false => None,
        };
        let mut held: Vec<FileRef> = self.files.iter().map(|attach| attach.file.into()).collect();
        held.extend(choice.iter().flat_map(Choice::files));
        file::hold_all(t, &held).await?;
        let mut change = Change::default();
        for at in 0..self.files.len() {
            change = self.link_one(t, at, choice.as_ref(), change).await?;
        }
        if !change.is_empty() {
            settle(t, &self.author, self.now, &change).await?;
        }
        let named = owner::named(t, &[self.owner]).await?.remove(&self.owner);
        named.ok_or_else(|| Error::bug("an owner has a file and is not named").into())
    }

    async fn link_one(
        &self,
        t: &mut Tenanted<'_>,
        at: usize,
        choice: Option<&Choice>,
        mut change: Change,
    ) -> Outcome<Change> {
        let attach = &self.files[at];
        let mut row = get::to_change(t, attach.file.into(), self.now, self.sees_hidden).await?;
        alterable(t, &row, self.sight).await?;
        // Asked once the file is held: of two owners that want it at once, the second one finds the first one here.
        let owner = link::owners(t, &[attach.file]).await?.remove(&attach.file);
        if let Some(other) = owner.filter(|other| *other != self.owner) {
            let why =
                format!("file {} belongs to {} {}: take it off there first", attach.file, other.kind(), other.id());
            return Err(Error::State { what: What::Link, why }.into());
        }
        let linked = self.add(t, attach.file, self.links[at]).await?;
        // Once claimed it waits no more, not even when it is taken off again.
        file::end_claim(t, attach.file, Time::NEVER).await?;
        let before = row.file.clone();
        if let Some(description) = &attach.description {
            row.file.description.clone_from(description);
        }
        match (attach.cover, choice) {
            (Some(true), Some(choice)) if !before.cover => {
                let by = Chooser { author: &self.author, now: self.now };
                let old = cover::choose(t, &mut row, choice, by, &format!("{at}.cover")).await?;
                change = change.and(old);
            }
            (Some(false), _) => row.file.cover = false,
            _ => {}
        }
        if row.file != before {
            change = change.and_file(EventKind::FileUpdated, attach.file);
        }
        if row.file != before || linked {
            version::save(t, &mut row, self.author.user, self.now).await?;
        }
        Ok(match linked {
            true => change.and_record(EventKind::FileLinked, attach.file, &self.owner.into()),
            false => change,
        })
    }

    /// Puts a file on the owner; false when it is on its tab already.
    async fn add(&self, t: &mut Tenanted<'_>, file: FileNo, no: i64) -> Outcome<bool> {
        let record = Record::from(self.owner);
        if link::on_tab(t, &record, file).await? {
            return Ok(false);
        }
        let made = Link {
            no,
            file,
            record,
            origin: Origin::Attached,
            role: String::new(),
            visible: true,
            created_at: self.now,
            created_by: self.author.user,
        };
        link::add(t, &made).await
    }
}
