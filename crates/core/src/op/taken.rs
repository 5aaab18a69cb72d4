//! Names in a folder: who has one, giving one up, and finding a free one.

use crate::table::{book, file};
use crate::unit::{Outcome, Tenanted};
use attache_model::error::What;
use attache_model::file::File;
use attache_model::{Error, FileNo, FolderNo, Name, Time, UserNo};

/// Up to this number, and to the end of the look that has it, the smallest free one is taken for a name; past it, a free one.
const SMALLEST_FREE: u64 = 1000;
/// How many numbers are looked up at first; each further look takes twice as many.
const FIRST_LOOK: u64 = 4;
/// Up to this number the smallest free one is taken for a name that does not show, because the file has a title.
const SMALLEST_FREE_BELOW: u64 = 8;

/// Refuses a name that a living file of the folder has.
pub(crate) async fn refuse_taken(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name, now: Time) -> Outcome<()> {
    match file::by_name(t, folder, name.full()).await? {
        Some(row) if row.in_sight(now, true) => Err(exists(&row.file).into()),
        _ => Ok(()),
    }
}

/// The living file that has a name in a folder. One whose time is over gives its name up: it goes to the trash, where
/// nobody sees it, until housekeeping removes it.
pub(crate) async fn taker(
    t: &mut Tenanted<'_>,
    folder: FolderNo,
    name: &Name,
    now: Time,
) -> Outcome<Option<file::Row>> {
    match file::by_name(t, folder, name.full()).await? {
        Some(row) if !row.in_sight(now, true) => {
            if let Some(bytes) = file::trash(t, row.file.no, row.file.created_by, now).await? {
                book::post(t, -bytes, -1, 0).await?;
            }
            Ok(None)
        }
        found => Ok(found),
    }
}

/// As [`taker`], and nobody else changes it until the unit ends.
///
/// # Errors
/// `Retry` when it lost the name meanwhile.
pub(crate) async fn held_taker(
    t: &mut Tenanted<'_>,
    folder: FolderNo,
    name: &Name,
    now: Time,
) -> Outcome<Option<file::Row>> {
    let Some(found) = taker(t, folder, name, now).await? else { return Ok(None) };
    let held = file::hold(t, found.file.no.into()).await?;
    let same =
        held.filter(|row| row.visible(now, true) && (row.file.folder, &row.file.name) == (folder, &found.file.name));
    Ok(Some(same.ok_or(attache_db::Error::Retry)?))
}

/// That a file is there already.
pub(crate) fn exists(file: &File) -> Error {
    Error::Exists { what: What::File, no: file.no.0, id: file.id.to_string() }
}

/// Moves the file that has a name to the trash, so that another can have it: its number, and the bytes it held.
pub(crate) async fn trash_taker(
    t: &mut Tenanted<'_>,
    folder: FolderNo,
    name: &Name,
    by: UserNo,
    now: Time,
) -> Outcome<Option<(FileNo, i64)>> {
    let Some(taker) = held_taker(t, folder, name, now).await? else { return Ok(None) };
    let bytes = file::trash(t, taker.file.no, by, now).await?;
    Ok(bytes.map(|bytes| (taker.file.no, bytes)))
}

/// A free name for a file that shows `name` as its title: one of the first numbers, else the file's own. Any number of
/// files may show one name; a file that comes does not look for its place among them, nor wait for one beside it.
pub(crate) async fn free_name_below(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name, no: FileNo) -> Outcome<Name> {
    let own = u64::try_from(no.0).ok();
    for number in (1..=SMALLEST_FREE_BELOW).chain(own) {
        let candidate = name.numbered(number);
        if !file::name_taken(t, folder, candidate.full()).await? {
            return Ok(candidate);
        }
    }
    free_name(t, folder, name).await
}

/// The first free of `name-1`, `name-2`, ... in a folder.
pub(crate) async fn free_name(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name) -> Outcome<Name> {
    let (mut first, mut count) = (1, FIRST_LOOK);
    while first <= SMALLEST_FREE {
        let candidates: Vec<Name> = (first..first + count).map(|number| name.numbered(number)).collect();
        let taken = file::names_taken(t, folder, &candidates).await?;
        if let Some(free) = candidates.into_iter().find(|candidate| !taken.contains(candidate.full())) {
            return Ok(free);
        }
        (first, count) = (first + count, count * 2);
    }
    // Thousands of files of one name: the end of the unbroken row is found by halving instead of step by step.
    let (mut taken, mut free) = (first - 1, first * 2);
    while file::name_taken(t, folder, name.numbered(free).full()).await? {
        (taken, free) = (free, free * 2);
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if file::name_taken(t, folder, name.numbered(middle).full()).await? {
            taken = middle;
        } else {
            free = middle;
        }
    }
    Ok(name.numbered(free))
}
