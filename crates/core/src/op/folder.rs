//! Folders: making, renaming, moving and deleting them.

use crate::op::place::{self, placed};
use crate::plan::{FolderChange, NewFolder};
use crate::settle::{Author, Change, settle};
use crate::table::{file, folder};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, Remove, View};
use attache_model::error::{Code, What};
use attache_model::event::EventKind;
use attache_model::folder::Folder;
use attache_model::name::{PATH_LEVELS_MAX, check, split_path};
use attache_model::{AccountNo, Error, FolderNo, FolderRef, Result, Time};
use std::sync::Arc;

impl View<'_> {
    /// A living folder. The root is one.
    ///
    /// # Errors
    /// `NotFound(Folder)`; `NameInvalid` for what cannot be a path.
    pub async fn folder(&self, reference: &FolderRef) -> Result<Folder> {
        let reference = Arc::new(reference.clone());
        let unit = tenanted::<Folder, _>(move |mut t| {
            let reference = reference.clone();
            Box::pin(async move { place::find_whole(&mut t, &reference).await })
        });
        self.read("read a folder", unit).await
    }
}

impl Edit<'_> {
    /// Makes a folder.
    ///
    /// # Errors
    /// `Exists` with the folder that has the name; `NotFound(Folder)` for the parent; `NameInvalid`, `PathTooDeep`.
    pub async fn make_folder(&self, new: NewFolder) -> Result<Folder> {
        let name = check(&new.name)?;
        let account = self.caller().account();
        let own = self.core.folder_numbers(account, 1).await?;
        let (now, parent) = (self.now(), new.parent.clone());
        let fixed = Arc::new((new, name, own, self.author()));
        let unit = placed::<Folder, _>(move |mut t, fresh| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (new, name, own, author) = &*fixed;
                let (parent, made) = place::take(&mut t, &new.parent, new.make_parents, &fresh, now).await?;
                let (no, id) = own[0];
                let folder = place::blank(no, id, parent, name.clone(), now);
                if !folder::add(&mut t, &folder).await? {
                    return existing(&mut t, parent, name, new.or_existing).await;
                }
                let path = place::path_of(&mut t, no).await?;
                check_depth(&path, 0)?;
                let change = made
                    .into_iter()
                    .chain([no])
                    .fold(Change::default(), |change, no| change.and_folder(EventKind::FolderCreated, no));
                settle(&mut t, author, now, &change).await?;
                Ok(Folder { path, ..folder })
            })
        });
        self.write_in("make a folder", &parent, unit).await
    }

    /// Renames or moves a folder, with all that it holds, at the same cost whatever that is.
    ///
    /// # Errors
    /// `Exists` when the name is taken there; `FolderCycle` for a move into itself; `RootFolder`; `NotFound(Folder)`.
    pub async fn change_folder(&self, reference: &FolderRef, change: FolderChange) -> Result<Folder> {
        let fixed = Arc::new((reference.clone(), change, self.author()));
        let now = self.now();
        let unit = placed::<Folder, _>(move |mut t, _| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (reference, change, author) = &*fixed;
                apply(&mut t, reference, change, author, now).await
            })
        });
        self.write_in("change a folder", &FolderRef::ROOT, unit).await
    }

    /// Checks a change that is to be made later: that the folders are there and that it makes no ring.
    ///
    /// # Errors
    /// As [`Edit::change_folder`], but for a taken name.
    pub(crate) async fn check_folder_change(&self, reference: &FolderRef, change: &FolderChange) -> Result<FolderNo> {
        let fixed = Arc::new((reference.clone(), change.clone()));
        let unit = tenanted::<FolderNo, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move { Ok(planned(&mut t, &fixed.0, &fixed.1).await?.no) })
        });
        self.read("check a folder's change", unit).await
    }
}

impl Remove<'_> {
    /// Deletes a folder and all below it: folders end, files go to the trash, in one commit. One that was deleted
    /// already stays so.
    ///
    /// # Errors
    /// `RootFolder`; `NotFound(Folder)` for one that never was.
    pub async fn trash_folder(&self, reference: &FolderRef) -> Result<()> {
        let fixed = Arc::new((reference.clone(), self.author()));
        let now = self.now();
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (reference, author) = &*fixed;
                folder::lock_tree(&mut t).await?;
                let Some(no) = to_delete(&mut t, reference).await? else { return Ok(()) };
                // Whoever is putting something into one of the folders is waited for; what they brought is then seen. When
                // no living folder is left, nothing can be put in any more, and the files are all there are.
                while folder::trash_tree(&mut t, no, now).await? > 0 {}
                let files = file::trash_under(&mut t, no, author.user, now).await?;
                let change = Change::folder(EventKind::FolderTrashed, no);
                let change = files
                    .into_iter()
                    .fold(change, |change, (no, bytes)| change.and_file(EventKind::FileTrashed, no).with(-bytes, -1));
                settle(&mut t, author, now, &change).await
            })
        });
        self.write("delete a folder", unit).await
    }
}

/// Applies a folder's change for an author; the worker does the same for a change that was asked for earlier.
pub(crate) async fn apply(
    t: &mut Tenanted<'_>,
    reference: &FolderRef,
    change: &FolderChange,
    author: &Author,
    now: Time,
) -> Outcome<Folder> {
    folder::lock_tree(t).await?;
    let before = place::find_whole(t, reference).await?;
    let mut after = planned(t, reference, change).await?;
    if (after.parent, &after.name) != (before.parent, &before.name) {
        if let Some(other) = folder::child(t, after.parent, &after.name).await?
            && other != after.no
        {
            return Err(taken(t, other).await?.into());
        }
        after.updated_at = now.max(Time::from_millis(before.updated_at.millis() + 1));
        folder::save(t, &after).await?;
        settle(t, author, now, &Change::folder(EventKind::FolderUpdated, after.no)).await?;
    }
    after.path = place::path_of(t, after.no).await?;
    Ok(after)
}

/// What a folder is after a change, if the change is allowed.
async fn planned(t: &mut Tenanted<'_>, reference: &FolderRef, change: &FolderChange) -> Outcome<Folder> {
    let mut folder = place::find(t, reference).await?;
    if folder.no == FolderNo::ROOT {
        return Err(root().into());
    }
    if let Some(name) = &change.name {
        folder.name = check(name)?;
    }
    if let Some(parent) = &change.parent {
        folder.parent = place::find(t, parent).await?.no;
        refuse_cycle(t, folder.no, folder.parent).await?;
    }
    let path = place::path_of(t, folder.parent).await?;
    let below = folder::depth_below(t, folder.no).await?;
    check_depth(&attache_model::folder::join(&path, &folder.name), below)?;
    Ok(folder)
}

/// Refuses a parent that lies in the folder itself.
async fn refuse_cycle(t: &mut Tenanted<'_>, no: FolderNo, parent: FolderNo) -> Outcome<()> {
    let mut at = parent;
    while at != FolderNo::ROOT {
        if at == no {
            let why = "a folder cannot be moved into itself or a folder below it";
            return Err(Error::refuse(Code::FolderCycle, "parent", why).into());
        }
        at = folder::by_no(t, at).await?.map_or(FolderNo::ROOT, |folder| folder.parent);
    }
    Ok(())
}

fn check_depth(path: &str, below: i64) -> Result<()> {
    let levels = path.split('/').count() - 1 + usize::try_from(below).unwrap_or(0);
    if levels > PATH_LEVELS_MAX {
        let why = format!("a path has at most {PATH_LEVELS_MAX} levels");
        return Err(Error::refuse(Code::PathTooDeep, "path", why));
    }
    Ok(())
}

fn root() -> Error {
    Error::refuse(Code::RootFolder, "folder", "the root folder cannot be renamed, moved or deleted")
}

/// What making a folder answers where one of that name is.
async fn existing(t: &mut Tenanted<'_>, parent: FolderNo, name: &str, welcome: bool) -> Outcome<Folder> {
    // It was there when the insert gave way; if it is gone by now, the unit runs again.
    let no = folder::child(t, parent, name).await?.ok_or(attache_db::Error::Retry)?;
    if welcome { place::find_whole(t, &FolderRef::No(no)).await } else { Err(taken(t, no).await?.into()) }
}

async fn taken(t: &mut Tenanted<'_>, no: FolderNo) -> Outcome<Error> {
    let id = folder::by_no(t, no).await?.map(|folder| folder.id.to_string()).unwrap_or_default();
    Ok(Error::Exists { what: What::Folder, no: no.0, id })
}

/// The folder that is to be deleted; `None` when it was already.
async fn to_delete(t: &mut Tenanted<'_>, reference: &FolderRef) -> Outcome<Option<FolderNo>> {
    let found = match reference {
        FolderRef::No(no) => folder::by_no(t, *no).await?,
        FolderRef::Id(id) => folder::by_id(t, *id).await?,
        FolderRef::Path(path) => match last_at(t, &split_path(path)?).await? {
            Some(no) => folder::by_no(t, no).await?,
            None => None,
        },
    };
    match found {
        None => Err(Error::NotFound(What::Folder).into()),
        Some(folder) if folder.no == FolderNo::ROOT => Err(root().into()),
        Some(folder) => Ok(folder.trashed_at.is_none().then_some(folder.no)),
    }
}

/// The folder that was at a path last, deleted or not.
async fn last_at(t: &mut Tenanted<'_>, names: &[String]) -> Outcome<Option<FolderNo>> {
    let mut at = FolderNo::ROOT;
    for name in names {
        let next = match folder::child(t, at, name).await? {
            Some(no) => Some(no),
            None => folder::last_child(t, at, name).await?,
        };
        match next {
            Some(no) => at = no,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// Changes a folder for a task of `account`.
pub(crate) async fn change_for_task(
    core: &crate::Core,
    account: AccountNo,
    reference: FolderRef,
    change: FolderChange,
    author: Author,
) -> Result<Folder> {
    let (fixed, now) = (Arc::new((reference, change, author)), core.now());
    let unit = tenanted::<Folder, _>(move |mut t| {
        let fixed = fixed.clone();
        Box::pin(async move { apply(&mut t, &fixed.0, &fixed.1, &fixed.2, now).await })
    });
    core.write("change a folder", account, unit).await
}
