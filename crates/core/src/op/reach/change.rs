//! Changing a file within reach: name, publicity, whose it is and content, in one commit.

use super::cover::{self, Choice, Chooser, is_picture};
use super::{Reach, Reached, reached};
use crate::op::blob::Arrival;
use crate::op::change::take_name;
use crate::op::foresee::check_description;
use crate::op::put::{facts, whole};
use crate::op::{get, version};
use crate::plan::{Clash, Destination, ReachChange};
use crate::settle::{Author, Change, settle};
use crate::sight::{Standing, standing};
use crate::sniff::Facts;
use crate::staged::Staged;
use crate::table::{file, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::audience::CONTACT;
use attache_model::event::EventKind;
use attache_model::link::{Link, Origin, Record};
use attache_model::{Access, Error, FileNo, FileRef, Owner, Result, Time, What};
use std::sync::Arc;

/// Everything that the unit needs, fixed before it runs.
struct Prepared {
    change: ReachChange,
    content: Option<(Arrival, Facts)>,
    link: i64,
    author: Author,
    now: Time,
}

impl Reach<'_> {
    /// Changes a file's properties, and its content where there are staged bytes. A change that changes nothing leaves
    /// the file as it is, its times too.
    ///
    /// # Errors
    /// `NotFound(File)`; `MissingScope` for a file that may not be changed, or may not be put where it is to go;
    /// `State` where a note or a field keeps it on its contact; `Quota`; `Invalid` at `cover` for the picture of no owner,
    /// or what is no image.
    pub async fn change_file(
        &self,
        file: impl Into<FileRef>,
        change: ReachChange,
        staged: Option<Staged>,
    ) -> Result<Reached> {
        let file = file.into();
        if let Some(destination) = &change.destination {
            self.may_put(destination)?;
        }
        check_description(change.description.as_deref().unwrap_or_default(), self.edit.core.limits())?;
        let before = self.may_change(file).await?;
        let name = change.name.as_ref().unwrap_or(before.file.title());
        let content =
            staged.as_ref().map(|staged| (Arrival::of(self.edit.core, staged), facts(staged, name, None, None)));
        let link = self.edit.link_number().await?;
        let prepared = Prepared { content, link, author: self.edit.author(), now: self.now(), change };
        let (prepared, sight, sees) = (Arc::new(prepared), self.sight(), self.caller().reaches_hidden());
        let unit = tenanted::<(Reached, bool), _>(move |mut t| {
            let p = prepared.clone();
            Box::pin(async move {
                let choice = p.choice(&mut t, file).await?;
                let row = get::to_change(&mut t, file, p.now, sees).await?;
                let standing = standing(&mut t, &row).await?;
                sight.write(standing)?;
                if let Some(destination) = &p.change.destination {
                    // What a user keeps personally is its maker's, whoever moves it there.
                    sight.write(Standing { audience: destination.audience(), ..standing })?;
                }
                apply(&mut t, row, &p, choice.as_ref()).await
            })
        });
        let (core, account) = (self.edit.core.clone(), self.caller().account());
        let commit = async move { core.write("change a file within reach", account, unit).await };
        match staged {
            Some(staged) => self.edit.core.commit_staged(staged, commit).await,
            None => commit.await.map(|(reached, _)| reached),
        }
    }
}

impl Prepared {
    /// Where the file is to be a picture: the owner whose it is to be, and the files that this may change, all held.
    async fn choice(&self, t: &mut Tenanted<'_>, file: FileRef) -> Outcome<Option<Choice>> {
        if self.change.cover != Some(true) {
            return Ok(None);
        }
        let owner = match &self.change.destination {
            Some(Destination::Owner(owner)) => Some(*owner),
            _ => owner_of(t, file).await?,
        };
        let Some(owner) = owner else { return Ok(None) };
        let choice = cover::begin(t, owner).await?;
        let held: Vec<FileRef> = choice.files().chain([file]).collect();
        file::hold_all(t, &held).await?;
        Ok(Some(choice))
    }
}

/// The owner of a file that is not held.
async fn owner_of(t: &mut Tenanted<'_>, file: FileRef) -> Outcome<Option<Owner>> {
    let Some(row) = file::find(t, file).await? else { return Ok(None) };
    Ok(link::owners(t, &[row.file.no]).await?.remove(&row.file.no))
}

/// Makes the changes to a held file that its caller may change. Whether the staged bytes are referred to now.
async fn apply(
    t: &mut Tenanted<'_>,
    mut row: file::Row,
    p: &Prepared,
    choice: Option<&Choice>,
) -> Outcome<(Reached, bool)> {
    let before = row.clone();
    let mut noted = Change::default();
    let mut adopted = false;
    if let Some((arrival, facts)) = &p.content {
        adopted = version::append(t, &mut row, arrival, facts, p.author.user, p.now).await?;
        noted = noted.and_file(EventKind::FileReplaced, row.file.no).with(crate::table::signed(arrival.size), 0);
    }
    if let Some(name) = &p.change.name {
        // A name that the file has for its title already is no new one.
        if row.file.title() != name {
            row.file.name = name.clone();
            row.file.called = None;
            take_name(t, &before, &mut row, Clash::Title, p.now).await?;
            row.file.called = (row.file.name != *name).then(|| name.clone());
        }
    }
    row.file.access = access(row.file.access, p.change.public);
    if let Some(description) = &p.change.description {
        row.file.description.clone_from(description);
    }
    let mut moved = false;
    if let Some(destination) = &p.change.destination {
        row.file.personal = *destination == Destination::User;
        let owner = if row.file.cover { owner_of(t, row.file.no.into()).await? } else { None };
        for (kind, record) in put_on(t, row.file.no, destination, p).await? {
            noted = noted.and_record(kind, row.file.no, &record);
            moved = true;
        }
        // With another owner it is nobody's picture.
        row.file.cover = row.file.cover && owner_of(t, row.file.no.into()).await? == owner;
    }
    noted = noted.and(mark(t, &mut row, p, choice).await?);
    if row.file != before.file || moved {
        if p.content.is_none() {
            noted = noted.and_file(EventKind::FileUpdated, row.file.no);
        }
        version::save(t, &mut row, p.author.user, p.now).await?;
        settle(t, &p.author, p.now, &noted).await?;
    }
    let whose = standing(t, &row).await?.audience;
    let row = whole(t, row).await?;
    Ok((reached(t, row, whose).await?, adopted))
}

/// Makes a file its owner's picture, or nobody's, as the change says.
async fn mark(t: &mut Tenanted<'_>, row: &mut file::Row, p: &Prepared, choice: Option<&Choice>) -> Outcome<Change> {
    match (p.change.cover, choice) {
        (None, _) => {}
        (Some(false), _) => row.file.cover = false,
        (Some(true), _) if row.file.cover && is_picture(&row.file.version) => {}
        (Some(true), Some(choice)) => {
            let by = Chooser { author: &p.author, now: p.now };
            return cover::choose(t, row, choice, by, "cover").await;
        }
        (Some(true), None) => {
            let why = "a picture is shown for an owner, and the file has none: put it on one first";
            return Err(Error::invalid("cover", why).into());
        }
    }
    Ok(Change::default())
}

/// The access level of a file that is to be public or not; a level that fits stays as it is.
fn access(now: Access, public: Option<bool>) -> Access {
    match public {
        Some(true) if !now.is_public() => Access::PublicNotIndexable,
        Some(false) if now.is_public() => Access::Private,
        _ => now,
    }
}

/// Puts a file on the contact that it is to be on, and takes it off all others: what that came to.
///
/// # Errors
/// `State` where a note or a field keeps it on another contact.
async fn put_on(
    t: &mut Tenanted<'_>,
    file: FileNo,
    destination: &Destination,
    p: &Prepared,
) -> Outcome<Vec<(EventKind, Record)>> {
    let there = link::of_file(t, file).await?;
    let target = match destination {
        Destination::Contact(record) => Some(record.clone()),
        Destination::Owner(owner) => Some(Record::from(*owner)),
        Destination::User | Destination::Company => None,
    };
    let mut moves = Vec::new();
    for link in there.iter().filter(|link| link.record.kind() == CONTACT && Some(&link.record) != target.as_ref()) {
        match link.origin {
            Origin::Attached | Origin::Intake => {
                link::remove(t, &link.record, file, Some(link.origin)).await?;
                moves.push((EventKind::FileUnlinked, link.record.clone()));
            }
            // What its maker keeps personally is no contact's, whatever else names it.
            Origin::Note | Origin::Field if *destination == Destination::User => {}
            Origin::Note | Origin::Field => {
                let why = format!("a {} keeps it on {}", link.origin.word(), link.record);
                return Err(Error::State { what: What::File, why }.into());
            }
        }
    }
    if let Some(record) = target.filter(|record| there.iter().all(|link| link.record != *record)) {
        link::add(t, &attached(file, &record, p)).await?;
        moves.push((EventKind::FileLinked, record));
    }
    Ok(moves)
}

fn attached(file: FileNo, record: &Record, p: &Prepared) -> Link {
    Link {
        no: p.link,
        file,
        record: record.clone(),
        origin: Origin::Attached,
        role: String::new(),
        visible: true,
        created_at: p.now,
        created_by: p.author.user,
    }
}
