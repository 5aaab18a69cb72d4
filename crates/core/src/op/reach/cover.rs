//! The pictures of owners: an owner has one at the most.
//!
//! `cover` is a mark on the file, and it means the owner that the file has, by its newest link to one. So that no owner
//! ever has two, whatever happens at once:
//!
//! - **Who sets a mark holds the owner's name first** ([`begin`]), before any file. Of two who choose a picture for one
//!   owner the second one sees the first one's, and takes it away. The files are held after that in the order of their
//!   numbers, the old pictures among them; nobody takes an owner's name who holds a file, so nobody waits in a ring.
//! - **A file loses its mark when it gets another owner** ([`follow`]): by a newer link, or as the link to its owner
//!   goes. Coming back to the owner does not bring the mark back. Who takes links away may do so without holding the
//!   file; who sets a mark holds the link that names the owner ([`choose`]), so that one of them sees the other.
//! - **A file in the trash keeps its mark**, and is the picture again when it is restored, unless another one was chosen
//!   meanwhile: choosing takes the mark from files in the trash, too.
//! - **What is no image any more loses it** with the change that made it so (`op::version::save`).

use crate::op::version;
use crate::settle::{Author, Change};
use crate::table::owner::{self, Turn};
use crate::table::{file, link};
use crate::unit::{Outcome, Tenanted};
use attache_model::event::EventKind;
use attache_model::file::Version;
use attache_model::link::Record;
use attache_model::{Error, FileNo, FileRef, Owner, Time, UserNo};

/// Whether a content may be shown for an owner: by what it is, and not by what its name promises.
pub(crate) fn is_picture(version: &Version) -> bool {
    version.media_type.starts_with("image/")
}

/// A picture about to be chosen for an owner whose name is held.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) owner: Owner,
    /// The files on the owner that are some owner's picture by now.
    marked: Vec<FileNo>,
}

impl Choice {
    /// The files that the choice may change, to be held with those that are to be chosen from.
    pub(super) fn files(&self) -> impl Iterator<Item = FileRef> + '_ {
        self.marked.iter().map(|no| (*no).into())
    }
}

/// Holds an owner's name, before any file is held.
pub(super) async fn begin(t: &mut Tenanted<'_>, owner: Owner) -> Outcome<Choice> {
    owner::lock(t, owner).await?;
    Ok(Choice { owner, marked: owner::covers(t, owner).await? })
}

/// Who chooses, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chooser<'a> {
    pub(super) author: &'a Author,
    pub(super) now: Time,
}

/// Marks a held file on an owner as its picture, in the row alone, which is still to be saved; and takes the mark from
/// the one before it. `place` is where the request says so.
///
/// # Errors
/// `Invalid` for what is no image; `Retry` for a file that has another owner by now.
pub(super) async fn choose(
    t: &mut Tenanted<'_>,
    row: &mut file::Row,
    choice: &Choice,
    by: Chooser<'_>,
    place: &str,
) -> Outcome<Change> {
    if !is_picture(&row.file.version) {
        let why = format!("only an image is shown for its owner, and this is {}", row.file.version.media_type);
        return Err(Error::invalid(place, why).into());
    }
    let no = row.file.no;
    if !owner::hold_links(t, choice.owner, no).await? {
        return Err(attache_db::Error::Retry.into());
    }
    let files: Vec<FileNo> = choice.marked.iter().copied().chain([no]).collect();
    let owners = link::owners(t, &files).await?;
    if owners.get(&no) != Some(&choice.owner) {
        return Err(attache_db::Error::Retry.into());
    }
    let mut change = Change::default();
    for other in choice.marked.iter().filter(|other| **other != no && owners.get(other) == Some(&choice.owner)) {
        if let Some(mut old) = file::hold(t, (*other).into()).await?.filter(|old| old.file.cover) {
            old.file.cover = false;
            version::save(t, &mut old, by.author.user, by.now).await?;
            change = change.and_file(EventKind::FileUpdated, *other);
        }
    }
    row.file.cover = true;
    Ok(change)
}

/// Takes the mark from a file that has another owner by a link that came, or by links that went, the newest of which was
/// number `link`. To be done after every change of links, and after it in its unit.
pub(crate) async fn follow(
    t: &mut Tenanted<'_>,
    (file, record): (FileNo, &Record),
    link: i64,
    by: UserNo,
    now: Time,
) -> Outcome<()> {
    if Owner::of(record).is_some() {
        owner::uncover(t, Turn { file, link, record }, by, now).await?;
    }
    Ok(())
}
