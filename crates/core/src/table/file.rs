//! Files, each row with what its active version holds.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Val, sql};
use attache_model::file::{File, Source};
use attache_model::{Access, FileId, FileNo, FileRef, FolderNo, Name, Time, UploadNo, UserNo};
use std::collections::{BTreeMap, HashSet};

/// The columns that [`read`] takes, in its order.
macro_rules! columns {
    () => {
        "no, id, folder_no, name, ext, access, usable, source, metadata, created_at, updated_at, expires_at, trashed_at, \
         created_by, revision, version_no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5, \
         versioned_at, versioned_by, updated_by, trashed_by, versions, upload_no, title, personal, \
         description, cover, legal_hold_at, legal_hold_by, legal_hold_reason"
    };
}

/// The columns that [`read`] takes, for a statement that reads more than them.
pub(crate) const COLUMNS: &str = columns!();

/// The beginning of every statement that reads files through [`read`].
pub(crate) const SELECT: &str = concat!("SELECT ", columns!(), " FROM file");

/// The beginning of the statement that looks several names up.
const SELECT_NAMES: &str =
    "SELECT name FROM file WHERE account_no = $1 AND folder_no = $2 AND trashed_at = 0 AND name ";

sql!(FILE_BY_NO, concat!("SELECT ", columns!(), " FROM file WHERE account_no = $1 AND no = $2"));
sql!(FILE_BY_ID, concat!("SELECT ", columns!(), " FROM file WHERE account_no = $1 AND id = $2"));
sql!(
    FILE_BY_NAME,
    concat!(
        "SELECT ",
        columns!(),
        " FROM file WHERE account_no = $1 AND folder_no = $2 AND name = $3 AND trashed_at = 0"
    )
);
// The same with a lock on the row: changes of one file go one after the other, and each sees what the last one left.
sql!(
    FILE_BY_NO_HELD,
    sqlite: concat!("SELECT ", columns!(), " FROM file WHERE account_no = $1 AND no = $2"),
    postgres: concat!("SELECT ", columns!(), " FROM file WHERE account_no = $1 AND no = $2 FOR NO KEY UPDATE")
);
sql!(
    FILE_BY_ID_HELD,
    sqlite: concat!("SELECT ", columns!(), " FROM file WHERE account_no = $1 AND id = $2"),
    postgres: concat!("SELECT ", columns!(), " FROM file WHERE account_no = $1 AND id = $2 FOR NO KEY UPDATE")
);
// The locks of several files, by number: whatever order two callers name the same files in, neither holds what the other
// waits for. SQLite has one writer at a time, so there is nothing to hold.
sql!(
    FILE_HOLD_ALL,
    sqlite: "SELECT 1 WHERE $1 IS NULL AND $2 IS NULL AND $3 IS NULL",
    postgres: "SELECT no FROM file WHERE account_no = $1 AND no IN (
         SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS JSON))
         UNION
         SELECT no FROM file WHERE account_no = $1 AND id IN (
           SELECT value FROM json_array_elements_text(CAST($3 AS JSON))))
       ORDER BY no FOR NO KEY UPDATE"
);
sql!(
    FILE_ADD,
    "INSERT INTO file (account_no, no, id, folder_no, name, name_key, ext, access, hidden, usable, source, metadata,
       created_at, updated_at, expires_at, trashed_at, created_by, revision, version_no, blob_key, size, media_type, kind,
       encoding, width, height, sha256, md5, versioned_at, versioned_by, updated_by, trashed_by, versions, upload_no,
       title, title_key, personal, description, description_key, cover, claim_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, 0, $15, 1, 1, $16, $17, $18, $19, $20, $21,
       $22, $23, $24, $13, $15, $15, $15, 1, $25, $26, $27, $28, $29, $30, $31, $32)
     ON CONFLICT (account_no, folder_no, name) WHERE trashed_at = 0 DO NOTHING"
);
sql!(
    FILE_SAVE,
    "UPDATE file SET folder_no = $4, name = $5, name_key = $6, ext = $7, access = $8, hidden = $9, usable = $10,
       metadata = $11, updated_at = $12, expires_at = $13, trashed_at = $14, revision = $3 + 1, version_no = $15,
       blob_key = $16, size = $17, media_type = $18, kind = $19, encoding = $20, width = $21, height = $22, sha256 = $23,
       md5 = $24, versioned_at = $25, versioned_by = $26, updated_by = $27, versions = $28, upload_no = $29,
       title = $30, title_key = $31, personal = $32, description = $33, description_key = $34, cover = $35
     WHERE account_no = $1 AND no = $2 AND revision = $3"
);
sql!(
    FILE_TRASH,
    "UPDATE file SET trashed_at = $3, trashed_by = $4, updated_at = $3, updated_by = $4, revision = revision + 1
     WHERE account_no = $1 AND no = $2 AND trashed_at = 0
     RETURNING (SELECT CAST(COALESCE(SUM(v.size), 0) AS BIGINT) FROM version v WHERE v.account_no = $1 AND v.file_no = $2)"
);
sql!(
    FILE_TRASH_UNDER,
    "UPDATE file SET trashed_at = $3, trashed_by = $4, updated_at = $3, updated_by = $4, revision = revision + 1
     WHERE account_no = $1 AND trashed_at = 0 AND folder_no IN (
       WITH RECURSIVE down(no) AS (
         SELECT CAST($2 AS BIGINT)
         UNION ALL
         SELECT f.no FROM folder f JOIN down ON f.parent_no = down.no WHERE f.account_no = $1 AND f.trashed_at = $3)
       SELECT no FROM down)
     RETURNING no, (SELECT CAST(COALESCE(SUM(v.size), 0) AS BIGINT) FROM version v
       WHERE v.account_no = $1 AND v.file_no = file.no)"
);
// The index that serves this has the files that wait alone.
sql!(
    FILE_UNCLAIMED,
    "SELECT account_no, no FROM file WHERE claim_by > 0 AND trashed_at = 0 AND claim_by <= $1
     ORDER BY claim_by LIMIT $2"
);
sql!(
    FILE_END_CLAIM,
    "UPDATE file SET claim_by = 0 WHERE account_no = $1 AND no = $2 AND claim_by > 0 AND claim_by <= $3"
);
// Whoever forgets a file has looked for a hold; should somebody not have, nothing is forgotten.
sql!(FILE_FORGET, "DELETE FROM file WHERE account_no = $1 AND no = $2 AND legal_hold_at = 0");
sql!(FILE_NAMES_TAKEN, "SELECT 1 FROM file WHERE account_no = $1 AND folder_no = $2 AND name = $3 AND trashed_at = 0");
sql!(
    FILE_TWINS,
    "SELECT f.no, f.name, f.folder_no FROM blob b
       JOIN version v ON v.account_no = b.account_no AND v.blob_key = b.key
       JOIN file f ON f.account_no = v.account_no AND f.no = v.file_no AND f.version_no = v.no
     WHERE b.account_no = $1 AND v.account_no = $1 AND f.account_no = $1 AND b.sha256 = $2 AND b.size = $3
       AND f.trashed_at = 0 AND f.expires_at > $4 AND f.hidden <= $5
     ORDER BY f.no"
);
sql!(
    FILE_ENDED,
    "SELECT no FROM file WHERE account_no = $1 AND trashed_at > 0 AND trashed_at < $2 AND legal_hold_at = 0
     ORDER BY trashed_at LIMIT $3"
);
// The number is "never": the index that serves this has no files without an end.
sql!(
    FILE_EXPIRED,
    "SELECT account_no, no FROM file WHERE expires_at < 9223372036854775807 AND expires_at <= $1
       AND legal_hold_at = 0 ORDER BY expires_at LIMIT $2"
);

/// A file's row: the file without its folder's path, and where its active bytes are.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) file: File,
    pub(crate) blob: String,
}

impl Row {
    /// Whether a caller may know of it: it lives, is not expired, and is not hidden from them.
    pub(crate) fn visible(&self, now: Time, sees_hidden: bool) -> bool {
        self.file.trashed_at.is_none() && self.in_sight(now, sees_hidden)
    }

    /// As [`Row::visible`], but it may be in the trash.
    pub(crate) fn in_sight(&self, now: Time, sees_hidden: bool) -> bool {
        self.file.expires_at.is_none_or(|end| end > now) && (sees_hidden || !self.file.access.is_hidden())
    }
}

/// Reads the columns of [`SELECT`].
pub(crate) fn read(rec: &Rec<'_>) -> Result<Row, attache_db::Error> {
    read_at(rec, 0)
}

/// Reads the columns of [`SELECT`], the first of which is column `at`.
pub(crate) fn read_at(rec: &Rec<'_>, at: usize) -> Result<Row, attache_db::Error> {
    let active = super::version::read(rec, at + 15)?;
    let ext = rec.text(at + 4)?;
    let trashed_at = super::time_or_none(rec, at + 12)?;
    let file = File {
        no: FileNo(rec.int(at)?),
        id: FileId(super::uuid(rec, at + 1)?),
        folder: FolderNo(rec.int(at + 2)?),
        folder_path: String::from("/"),
        name: Name::stored(rec.text(at + 3)?, &ext),
        called: Some(rec.text(at + 31)?).filter(|title| !title.is_empty()).map(|title| Name::stored(title, &ext)),
        personal: rec.int(at + 32)? != 0,
        description: rec.text(at + 33)?,
        cover: rec.int(at + 34)? != 0,
        access: super::coded(rec, at + 5, Access::from_code, "an access level")?,
        usable_in_content: rec.int(at + 6)? != 0,
        source: super::coded(rec, at + 7, Source::from_code, "a source")?,
        metadata: metadata(&rec.text(at + 8)?).ok_or_else(|| super::foreign(at + 8, "a JSON object of texts"))?,
        created_at: super::time(rec, at + 9)?,
        updated_at: super::time(rec, at + 10)?,
        expires_at: super::end_or_never(rec, at + 11)?,
        trashed_at,
        created_by: UserNo(rec.int(at + 13)?),
        updated_by: UserNo(rec.int(at + 27)?),
        legal_hold: super::legal_hold::read(rec, at + 35)?,
        trashed_by: trashed_at.and(Some(UserNo(rec.int(at + 28)?))),
        versions: rec.int(at + 29)?,
        upload: Some(rec.int(at + 30)?).filter(|no| *no != 0).map(UploadNo),
        revision: rec.int(at + 14)?,
        version: active.version,
    };
    Ok(Row { file, blob: active.blob })
}

fn metadata(text: &str) -> Option<BTreeMap<String, String>> {
    if text.is_empty() { Some(BTreeMap::new()) } else { serde_json::from_str(text).ok() }
}

fn metadata_text(metadata: &BTreeMap<String, String>) -> String {
    if metadata.is_empty() { String::new() } else { serde_json::to_string(metadata).unwrap_or_default() }
}

/// The key that sorts and searches by name: the folded stem, a tab, the folded extension. A tab sorts before every
/// character that a name may have, so `a.png` comes before `a-1.png`.
pub(crate) fn name_key(name: &Name) -> String {
    attache_model::name::fold(&format!("{}\t{}", name.stem(), name.ext()))
}

/// The same of the name that a file was given, where it could not have it; else empty.
fn title_key(file: &File) -> String {
    file.called.as_ref().map_or_else(String::new, name_key)
}

/// The file by number or id, in whatever state.
pub(crate) async fn find(t: &mut Tenanted<'_>, file: FileRef) -> Outcome<Option<Row>> {
    match file {
        FileRef::No(no) => t.one(&FILE_BY_NO, vals![no.0], read).await,
        FileRef::Id(id) => t.one(&FILE_BY_ID, vals![&id.to_string()], read).await,
    }
}

/// As [`find`], and nobody else changes it until the unit ends.
pub(crate) async fn hold(t: &mut Tenanted<'_>, file: FileRef) -> Outcome<Option<Row>> {
    match file {
        FileRef::No(no) => t.one(&FILE_BY_NO_HELD, vals![no.0], read).await,
        FileRef::Id(id) => t.one(&FILE_BY_ID_HELD, vals![&id.to_string()], read).await,
    }
}

/// Nobody else changes any of these files until the unit ends; for a unit that goes on to [`hold`] them one by one, in an
/// order that its caller chose. What is unknown is passed over.
pub(crate) async fn hold_all(t: &mut Tenanted<'_>, files: &[FileRef]) -> Outcome<()> {
    if files.len() < 2 {
        return Ok(());
    }
    let (mut nos, mut ids) = (Vec::new(), Vec::new());
    for file in files {
        match file {
            FileRef::No(no) => nos.push(no.0),
            FileRef::Id(id) => ids.push(id.to_string()),
        }
    }
    let nos = serde_json::to_string(&nos).unwrap_or_default();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    t.all(&FILE_HOLD_ALL, vals![&nos, &ids], |_| Ok(())).await.map(drop)
}

/// The living file of that name in a folder.
pub(crate) async fn by_name(t: &mut Tenanted<'_>, folder: FolderNo, name: &str) -> Outcome<Option<Row>> {
    t.one(&FILE_BY_NAME, vals![folder.0, name], read).await
}

/// Whether a living file has that name in a folder.
pub(crate) async fn name_taken(t: &mut Tenanted<'_>, folder: FolderNo, name: &str) -> Outcome<bool> {
    Ok(t.one(&FILE_NAMES_TAKEN, vals![folder.0, name], |rec| rec.int(0)).await?.is_some())
}

/// Which of some names living files of a folder have.
pub(crate) async fn names_taken(t: &mut Tenanted<'_>, folder: FolderNo, names: &[Name]) -> Outcome<HashSet<String>> {
    let text = format!("{SELECT_NAMES}{}", super::one_of(names.len(), 3));
    let mut vals = vec![Val::Int(folder.0)];
    vals.extend(super::padded(names).map(|name| Val::Text(name.full())));
    Ok(t.all(&text, &vals, |rec| rec.text(0)).await?.into_iter().collect())
}

/// Keeps a new file with its first version; false when the name is taken. With `claim_by` it goes to the trash at that
/// time, unless something links it by then.
pub(crate) async fn add(t: &mut Tenanted<'_>, row: &Row, claim_by: Option<Time>) -> Outcome<bool> {
    let (file, version) = (&row.file, &row.file.version);
    let (id, key, metadata) = (file.id.to_string(), name_key(&file.name), metadata_text(&file.metadata));
    let (sha256, md5) = (version.sha256.to_string(), version.md5.to_string());
    let (title_key, description_key) = (title_key(file), attache_model::name::fold(&file.description));
    let ext = file.name.ext().to_ascii_lowercase();
    let vals = vals![
        file.no.0,
        &id,
        file.folder.0,
        file.name.full(),
        &key,
        &ext,
        file.access.code(),
        file.access.is_hidden(),
        file.usable_in_content,
        file.source.code(),
        &metadata,
        file.created_at.0,
        file.expires_at.unwrap_or(Time::NEVER).0,
        file.created_by.0,
        &row.blob,
        super::signed(version.size),
        &version.media_type,
        version.kind.code(),
        version.encoding.as_deref().unwrap_or_default(),
        version.width,
        version.height,
        &sha256,
        &md5,
        file.upload.map_or(0, |no| no.0),
        file.called.as_ref().map_or("", Name::full),
        &title_key,
        file.personal,
        &file.description,
        &description_key,
        file.cover,
        claim_by.map_or(0, |at| at.0),
    ];
    Ok(t.run(&FILE_ADD, vals).await? == 1)
}

/// Writes a changed file back, if nobody changed it since it was read; false when somebody did.
pub(crate) async fn save(t: &mut Tenanted<'_>, row: &Row) -> Outcome<bool> {
    let (file, version) = (&row.file, &row.file.version);
    let (key, metadata) = (name_key(&file.name), metadata_text(&file.metadata));
    let (sha256, md5) = (version.sha256.to_string(), version.md5.to_string());
    let (title_key, description_key) = (title_key(file), attache_model::name::fold(&file.description));
    let ext = file.name.ext().to_ascii_lowercase();
    let vals = vals![
        file.no.0,
        file.revision,
        file.folder.0,
        file.name.full(),
        &key,
        &ext,
        file.access.code(),
        file.access.is_hidden(),
        file.usable_in_content,
        &metadata,
        file.updated_at.0,
        file.expires_at.unwrap_or(Time::NEVER).0,
        file.trashed_at.map_or(0, |at| at.0),
        version.no,
        &row.blob,
        super::signed(version.size),
        &version.media_type,
        version.kind.code(),
        version.encoding.as_deref().unwrap_or_default(),
        version.width,
        version.height,
        &sha256,
        &md5,
        version.created_at.0,
        version.created_by.0,
        file.updated_by.0,
        file.versions,
        file.upload.map_or(0, |no| no.0),
        file.called.as_ref().map_or("", Name::full),
        &title_key,
        file.personal,
        &file.description,
        &description_key,
        file.cover,
    ];
    Ok(t.run(&FILE_SAVE, vals).await? == 1)
}

/// Moves a living file to the trash: how many bytes its versions hold; `None` when it does not live.
pub(crate) async fn trash(t: &mut Tenanted<'_>, no: FileNo, by: UserNo, now: Time) -> Outcome<Option<i64>> {
    t.one(&FILE_TRASH, vals![no.0, now.0, by.0], |rec| rec.int(0)).await
}

/// Moves every living file to the trash whose folder was deleted at `now` with `folder`: their numbers, and how many
/// bytes the versions of each hold.
pub(crate) async fn trash_under(
    t: &mut Tenanted<'_>,
    folder: FolderNo,
    by: UserNo,
    now: Time,
) -> Outcome<Vec<(FileNo, i64)>> {
    t.all(&FILE_TRASH_UNDER, vals![folder.0, now.0, by.0], |rec| Ok((FileNo(rec.int(0)?), rec.int(1)?))).await
}

/// Nobody has to claim a file any more whose time for it ends at `end` or before; false when nobody had to.
pub(crate) async fn end_claim(t: &mut Tenanted<'_>, no: FileNo, end: Time) -> Outcome<bool> {
    Ok(t.run(&FILE_END_CLAIM, vals![no.0, end.0]).await? == 1)
}

/// Forgets a file's row, unless it is under legal hold. Its versions' blobs must have been released.
pub(crate) async fn forget(t: &mut Tenanted<'_>, no: FileNo) -> Outcome<u64> {
    t.run(&FILE_FORGET, vals![no.0]).await
}

/// A living file of the same bytes.
#[derive(Clone, Debug)]
pub(crate) struct Twin {
    pub(crate) no: FileNo,
    pub(crate) name: String,
    pub(crate) folder: FolderNo,
}

/// Living files whose active version has these bytes, by number.
pub(crate) async fn twins(
    t: &mut Tenanted<'_>,
    sha256: &str,
    size: u64,
    now: Time,
    sees_hidden: bool,
) -> Outcome<Vec<Twin>> {
    t.all(&FILE_TWINS, vals![sha256, super::signed(size), now.0, sees_hidden], |rec| {
        Ok(Twin { no: FileNo(rec.int(0)?), name: rec.text(1)?, folder: FolderNo(rec.int(2)?) })
    })
    .await
}

/// Some files that were moved to the trash before `before` and may go.
pub(crate) async fn ended(t: &mut Tenanted<'_>, before: Time, limit: u32) -> Outcome<Vec<FileNo>> {
    t.all(&FILE_ENDED, vals![before.0, limit], |rec| rec.int(0).map(FileNo)).await
}

/// Some living files of any account that nobody claimed in time, or whose claim was not written down.
pub(crate) async fn unclaimed(tx: &mut attache_db::Tx, now: Time, limit: u32) -> Outcome<Vec<(i64, FileNo)>> {
    Ok(tx.all(&FILE_UNCLAIMED, vals![now.0, limit], |rec| Ok((rec.int(0)?, FileNo(rec.int(1)?)))).await?)
}

/// Some files of any account whose time is over and that may go.
pub(crate) async fn expired(tx: &mut attache_db::Tx, now: Time, limit: u32) -> Outcome<Vec<(i64, FileNo)>> {
    Ok(tx.all(&FILE_EXPIRED, vals![now.0, limit], |rec| Ok((rec.int(0)?, FileNo(rec.int(1)?)))).await?)
}
