//! Finding the folder that a caller names, and making the missing levels of a path.

use crate::table::folder;
use crate::unit::{Fault, Outcome, Tenanted, Work, tenanted};
use crate::{Core, Edit};
use attache_model::folder::Folder;
use attache_model::name::split_path;
use attache_model::{AccountNo, Error, FolderId, FolderNo, FolderRef, Result, Time, What};
use std::sync::Arc;

/// How often a unit is given more numbers because somebody changed the tree under it.
const TRIES: usize = 8;

/// Numbers and ids for folders that a unit may have to make.
pub(crate) type Fresh = Arc<Vec<(FolderNo, FolderId)>>;

/// The living folder that a reference names.
///
/// # Errors
/// `NotFound(Folder)`; `NameInvalid` or `PathTooDeep` for a path that cannot be one.
pub(crate) async fn find(t: &mut Tenanted<'_>, reference: &FolderRef) -> Outcome<Folder> {
    let found = match reference {
        FolderRef::No(no) => folder::by_no(t, *no).await?,
        FolderRef::Id(id) => folder::by_id(t, *id).await?,
        FolderRef::Path(path) => match walk(t, &split_path(path)?).await? {
            (no, 0) => folder::by_no(t, no).await?,
            _ => None,
        },
    };
    found.filter(|folder| folder.trashed_at.is_none()).ok_or_else(|| Error::NotFound(What::Folder).into())
}

/// The living folder that a reference names, its path filled in.
///
/// # Errors
/// As [`find`].
pub(crate) async fn find_whole(t: &mut Tenanted<'_>, reference: &FolderRef) -> Outcome<Folder> {
    let mut found = find(t, reference).await?;
    found.path = path_of(t, found.no).await?;
    Ok(found)
}

/// How far down a path's names there are living folders: the last one, and how many names are left.
pub(crate) async fn walk(t: &mut Tenanted<'_>, names: &[String]) -> Outcome<(FolderNo, usize)> {
    let mut at = FolderNo::ROOT;
    for (level, name) in names.iter().enumerate() {
        match folder::child(t, at, name).await? {
            Some(no) => at = no,
            None => return Ok((at, names.len() - level)),
        }
    }
    Ok((at, 0))
}

/// A folder to put something into: held against deletion until the unit ends, missing levels of a path made from
/// `fresh`. Returns the folder and those that were made.
///
/// # Errors
/// As [`find`]; [`Fault::Short`] when `fresh` is too short.
pub(crate) async fn take(
    t: &mut Tenanted<'_>,
    reference: &FolderRef,
    make: bool,
    fresh: &Fresh,
    now: Time,
) -> Outcome<(FolderNo, Vec<FolderNo>)> {
    let FolderRef::Path(path) = reference else {
        let found = find(t, reference).await?;
        return Ok((hold(t, found.no).await?, Vec::new()));
    };
    let names = split_path(path)?;
    let (at, missing) = walk(t, &names).await?;
    if missing == 0 {
        return Ok((hold(t, at).await?, Vec::new()));
    }
    if !make {
        return Err(Error::NotFound(What::Folder).into());
    }
    let at = hold(t, at).await?;
    make_levels(t, at, &names[names.len() - missing..], fresh, now).await
}

async fn make_levels(
    t: &mut Tenanted<'_>,
    mut at: FolderNo,
    names: &[String],
    fresh: &Fresh,
    now: Time,
) -> Outcome<(FolderNo, Vec<FolderNo>)> {
    let Some(fresh) = fresh.get(..names.len()) else { return Err(Fault::Short) };
    for (name, (no, id)) in names.iter().zip(fresh) {
        let new = blank(*no, *id, at, name.clone(), now);
        if !folder::add(t, &new).await? {
            // Somebody made it since we looked: look again.
            return Err(attache_db::Error::Retry.into());
        }
        at = *no;
    }
    Ok((at, fresh.iter().map(|(no, _)| *no).collect()))
}

/// A folder that is about to be made.
pub(crate) fn blank(no: FolderNo, id: FolderId, parent: FolderNo, name: String, now: Time) -> Folder {
    Folder { no, id, parent, name, path: String::new(), created_at: now, updated_at: now, trashed_at: None }
}

/// Keeps a folder from being deleted while the unit puts something into it.
async fn hold(t: &mut Tenanted<'_>, no: FolderNo) -> Outcome<FolderNo> {
    // The root is never deleted.
    if no != FolderNo::ROOT && !folder::hold(t, no).await? {
        return Err(Error::NotFound(What::Folder).into());
    }
    Ok(no)
}

/// A folder's path.
pub(crate) async fn path_of(t: &mut Tenanted<'_>, no: FolderNo) -> Outcome<String> {
    if no == FolderNo::ROOT {
        return Ok(String::from("/"));
    }
    let found = folder::paths(t, &[no]).await?;
    Ok(found.into_iter().next().map_or_else(|| String::from("/"), |(_, path)| path))
}

impl Core {
    /// How many levels of a reference's path are missing.
    async fn missing_levels(&self, account: AccountNo, reference: &FolderRef) -> Result<usize> {
        let FolderRef::Path(path) = reference else { return Ok(0) };
        let names = Arc::new(split_path(path)?);
        let count = tenanted::<usize, _>(move |mut t| {
            let names = names.clone();
            Box::pin(async move { Ok(walk(&mut t, &names).await?.1) })
        });
        self.read("count missing folders", account, count).await
    }

    /// Changes something in one transaction that may have to make the missing levels of `reference`, and runs it again
    /// when a name was taken under it, so that the unit's own look finds who has it.
    pub(crate) async fn write_placed<T>(
        &self,
        op: &'static str,
        account: AccountNo,
        reference: &FolderRef,
        unit: Arc<Placed<T>>,
    ) -> Result<T>
    where
        T: Send + 'static,
    {
        let mut fresh: Fresh = Arc::default();
        for _ in 0..TRIES {
            let (unit, given) = (unit.clone(), fresh.clone());
            let done = self.try_write(account, move |t| unit(t, given.clone())).await;
            match done {
                Err(Fault::Short) => {
                    let count = self.missing_levels(account, reference).await?;
                    fresh = Arc::new(self.folder_numbers(account, count).await?);
                }
                Err(Fault::Db(attache_db::Error::Unique(_))) => {}
                done => return done.map_err(|fault| fault.into_error(op)),
            }
        }
        Err(Error::bug("a change was overtaken again and again"))
    }
}

impl Edit<'_> {
    /// As [`Core::write_placed`], in the caller's account.
    pub(crate) fn write_in<T, F>(
        &self,
        op: &'static str,
        reference: &FolderRef,
        unit: F,
    ) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(Tenanted<'t>, Fresh) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.core.write_placed(op, self.caller().account(), reference, Arc::new(unit))
    }

    /// A fresh number for a link to a file that is there.
    pub(crate) async fn link_number(&self) -> Result<i64> {
        let numbers = self.core.link_numbers(self.caller().account(), 1).await?;
        numbers.into_iter().next().ok_or(Error::bug("a number was taken and is not there"))
    }
}

/// A unit that may make folders.
pub(crate) type Placed<T> = dyn for<'t> Fn(Tenanted<'t>, Fresh) -> Work<'t, T> + Send + Sync;

/// Tells the compiler that a closure is a unit that may make folders, for every lifetime of its transaction.
pub(crate) fn placed<T, F>(unit: F) -> F
where
    F: for<'t> Fn(Tenanted<'t>, Fresh) -> Work<'t, T> + Send + Sync + 'static,
{
    unit
}
