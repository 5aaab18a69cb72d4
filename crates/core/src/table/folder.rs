//! Folders: a tree of parent pointers.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Val, sql};
use attache_model::folder::Folder;
use attache_model::listing::FolderCount;
use attache_model::name::fold;
use attache_model::{FolderId, FolderNo, Time};
use std::collections::HashMap;

macro_rules! columns {
    () => {
        "no, id, parent_no, name, created_at, updated_at, trashed_at"
    };
}

/// The beginning of every statement that reads folders through [`read`].
pub(crate) const SELECT: &str = concat!("SELECT ", columns!(), " FROM folder");

sql!(FOLDER_BY_NO, concat!("SELECT ", columns!(), " FROM folder WHERE account_no = $1 AND no = $2"));
sql!(FOLDER_BY_ID, concat!("SELECT ", columns!(), " FROM folder WHERE account_no = $1 AND id = $2"));
sql!(FOLDER_CHILD, "SELECT no FROM folder WHERE account_no = $1 AND parent_no = $2 AND name = $3 AND trashed_at = 0");
sql!(
    FOLDER_LAST_CHILD,
    "SELECT no FROM folder WHERE account_no = $1 AND parent_no = $2 AND name = $3 ORDER BY trashed_at DESC LIMIT 1"
);
sql!(
    FOLDER_ADD,
    "INSERT INTO folder (account_no, no, id, parent_no, name, name_key, created_at, updated_at, trashed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)
     ON CONFLICT (account_no, parent_no, name) WHERE trashed_at = 0 DO NOTHING"
);
sql!(
    FOLDER_ADD_ROOT,
    "INSERT INTO folder (account_no, no, id, parent_no, name, name_key, created_at, updated_at, trashed_at)
     VALUES ($1, 0, $2, NULL, '', '', $3, $3, 0)"
);
sql!(
    FOLDER_SAVE,
    "UPDATE folder SET parent_no = $3, name = $4, name_key = $5, updated_at = $6
     WHERE account_no = $1 AND no = $2 AND trashed_at = 0"
);
// A lock on the root's row: changes of the tree's shape go one after the other, so that two moves cannot make a ring.
sql!(
    FOLDER_LOCK_TREE,
    sqlite: "SELECT no FROM folder WHERE account_no = $1 AND no = 0",
    postgres: "SELECT no FROM folder WHERE account_no = $1 AND no = 0 FOR UPDATE"
);
// A shared lock on one folder: it cannot be deleted while something is put into it.
sql!(
    FOLDER_HOLD,
    sqlite: "SELECT trashed_at FROM folder WHERE account_no = $1 AND no = $2",
    postgres: "SELECT trashed_at FROM folder WHERE account_no = $1 AND no = $2 FOR SHARE"
);
sql!(
    FOLDER_TRASH_TREE,
    "UPDATE folder SET trashed_at = $3, updated_at = $3 WHERE account_no = $1 AND trashed_at = 0 AND no IN (
       WITH RECURSIVE down(no) AS (
         SELECT CAST($2 AS BIGINT)
         UNION ALL
         SELECT f.no FROM folder f JOIN down ON f.parent_no = down.no
         WHERE f.account_no = $1 AND (f.trashed_at = 0 OR f.trashed_at = $3))
       SELECT no FROM down)"
);
sql!(
    FOLDER_PATHS,
    sqlite: "WITH RECURSIVE up(start, parent_no, path) AS (
         SELECT no, parent_no, name FROM folder WHERE account_no = $1 AND no IN (SELECT value FROM json_each($2))
         UNION ALL
         SELECT up.start, f.parent_no, f.name || '/' || up.path FROM up
           JOIN folder f ON f.account_no = $1 AND f.no = up.parent_no)
       SELECT start, path FROM up WHERE parent_no IS NULL",
    postgres: "WITH RECURSIVE up(start, parent_no, path) AS (
         SELECT no, parent_no, name FROM folder
         WHERE account_no = $1 AND no IN (SELECT value::bigint FROM json_array_elements_text($2::text::json))
         UNION ALL
         SELECT up.start, f.parent_no, f.name || '/' || up.path FROM up
           JOIN folder f ON f.account_no = $1 AND f.no = up.parent_no)
       SELECT start, path FROM up WHERE parent_no IS NULL"
);
sql!(
    FOLDER_DEPTH_BELOW,
    "WITH RECURSIVE down(no, depth) AS (
       SELECT CAST($2 AS BIGINT), 0
       UNION ALL
       SELECT f.no, down.depth + 1 FROM folder f JOIN down ON f.parent_no = down.no
       WHERE f.account_no = $1 AND f.trashed_at = 0 AND down.depth < 200)
     SELECT CAST(MAX(depth) AS BIGINT) FROM down"
);

/// The beginning of the statement that [`counts`] makes.
const COUNTS: &str = "SELECT d.no, \
    (SELECT COUNT(*) FROM file f WHERE f.account_no = $1 AND f.folder_no = d.no AND f.trashed_at = 0 AND f.hidden <= $2), \
    (SELECT COUNT(*) FROM folder c WHERE c.account_no = $1 AND c.parent_no = d.no AND c.trashed_at = 0) \
    FROM folder d WHERE d.account_no = $1 AND d.no ";

/// Reads the columns of [`SELECT`]; the path is left as `/`.
pub(crate) fn read(rec: &Rec<'_>) -> Result<Folder, attache_db::Error> {
    Ok(Folder {
        no: FolderNo(rec.int(0)?),
        id: FolderId(super::uuid(rec, 1)?),
        parent: FolderNo(rec.int_or_null(2)?.unwrap_or(0)),
        name: rec.text(3)?,
        path: String::from("/"),
        created_at: super::time(rec, 4)?,
        updated_at: super::time(rec, 5)?,
        trashed_at: super::time_or_none(rec, 6)?,
    })
}

/// How much is directly in each of some folders, as somebody sees it.
pub(crate) async fn counts(
    t: &mut Tenanted<'_>,
    folders: &[FolderNo],
    sees_hidden: bool,
) -> Outcome<HashMap<FolderNo, FolderCount>> {
    if folders.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!("{COUNTS}{}", super::one_of(folders.len(), 3));
    let mut vals = vec![Val::from(sees_hidden)];
    vals.extend(super::padded(folders).map(|no| Val::Int(no.0)));
    let all = t.all(&text, &vals, |rec| {
        let count = FolderCount { files: super::unsigned(rec, 1)?, folders: super::unsigned(rec, 2)? };
        Ok((FolderNo(rec.int(0)?), count))
    });
    Ok(all.await?.into_iter().collect())
}

/// The folder of that number, in whatever state.
pub(crate) async fn by_no(t: &mut Tenanted<'_>, no: FolderNo) -> Outcome<Option<Folder>> {
    t.one(&FOLDER_BY_NO, vals![no.0], read).await
}

/// The folder of that id, in whatever state.
pub(crate) async fn by_id(t: &mut Tenanted<'_>, id: FolderId) -> Outcome<Option<Folder>> {
    t.one(&FOLDER_BY_ID, vals![&id.to_string()], read).await
}

/// The living folder of that name in a folder.
pub(crate) async fn child(t: &mut Tenanted<'_>, parent: FolderNo, name: &str) -> Outcome<Option<FolderNo>> {
    t.one(&FOLDER_CHILD, vals![parent.0, name], |rec| rec.int(0).map(FolderNo)).await
}

/// The folder of that name that was in a folder last, deleted or not.
pub(crate) async fn last_child(t: &mut Tenanted<'_>, parent: FolderNo, name: &str) -> Outcome<Option<FolderNo>> {
    t.one(&FOLDER_LAST_CHILD, vals![parent.0, name], |rec| rec.int(0).map(FolderNo)).await
}

/// Keeps a new folder; false when the name is taken.
pub(crate) async fn add(t: &mut Tenanted<'_>, folder: &Folder) -> Outcome<bool> {
    let (id, key) = (folder.id.to_string(), fold(&folder.name));
    let vals = vals![folder.no.0, &id, folder.parent.0, &folder.name, &key, folder.created_at.0];
    Ok(t.run(&FOLDER_ADD, vals).await? == 1)
}

/// Keeps a new account's root.
pub(crate) async fn add_root(t: &mut Tenanted<'_>, id: FolderId, now: Time) -> Outcome<u64> {
    t.run(&FOLDER_ADD_ROOT, vals![&id.to_string(), now.0]).await
}

/// Writes a folder's name and parent.
pub(crate) async fn save(t: &mut Tenanted<'_>, folder: &Folder) -> Outcome<u64> {
    let key = fold(&folder.name);
    t.run(&FOLDER_SAVE, vals![folder.no.0, folder.parent.0, &folder.name, &key, folder.updated_at.0]).await
}

/// Makes this unit the only one that changes the tree's shape, until it ends.
pub(crate) async fn lock_tree(t: &mut Tenanted<'_>) -> Outcome<()> {
    t.one(&FOLDER_LOCK_TREE, &[], |rec| rec.int(0)).await.map(|_| ())
}

/// Keeps a folder from being deleted until this unit ends; false when it does not live.
pub(crate) async fn hold(t: &mut Tenanted<'_>, no: FolderNo) -> Outcome<bool> {
    Ok(t.one(&FOLDER_HOLD, vals![no.0], |rec| rec.int(0)).await? == Some(0))
}

/// Deletes a folder and all living ones below it; how many. Folders below it that were deleted at the same `now` are
/// passed through, so that it can be repeated for those that came in meanwhile.
pub(crate) async fn trash_tree(t: &mut Tenanted<'_>, no: FolderNo, now: Time) -> Outcome<u64> {
    t.run(&FOLDER_TRASH_TREE, vals![no.0, now.0]).await
}

/// How many levels a folder has below it.
pub(crate) async fn depth_below(t: &mut Tenanted<'_>, no: FolderNo) -> Outcome<i64> {
    Ok(t.one(&FOLDER_DEPTH_BELOW, vals![no.0], |rec| rec.int(0)).await?.unwrap_or(0))
}

/// The paths of several folders.
pub(crate) async fn paths(t: &mut Tenanted<'_>, folders: &[FolderNo]) -> Outcome<Vec<(FolderNo, String)>> {
    let list = serde_json::to_string(folders).unwrap_or_default();
    t.all(&FOLDER_PATHS, vals![&list], |rec| {
        let path = rec.text(1)?;
        Ok((FolderNo(rec.int(0)?), if path.is_empty() { String::from("/") } else { path }))
    })
    .await
}
