//! Resumable uploads and their numbered parts.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::id::UploadId;
use attache_model::link::Record;
use attache_model::scope::Scopes;
use attache_model::upload::{Upload, UploadState};
use attache_model::{AccountNo, FileNo, Time, UploadNo, UploadRef, UserNo};

/// The columns that [`read`] takes, in its order.
macro_rules! columns {
    () => {
        "no, id, state, length, received, parts, joining, memo, created_at, expires_at, created_by, file_no, blob_key, \
         digests, goal, scopes, held_bytes, held_files, node, panel"
    };
}

sql!(
    UPLOAD_ADD,
    "INSERT INTO upload (account_no, no, id, state, length, received, parts, joining, memo, created_at, expires_at, created_by,
       file_no, blob_key, digests, goal, scopes, held_bytes, held_files, node, panel)
     VALUES ($1, $2, $3, 0, $4, 0, 0, $5, $6, $7, $8, $9, NULL, $10, $11, $12, $13, $14, $15, $16, $17)"
);
sql!(UPLOAD_BY_NO, concat!("SELECT ", columns!(), " FROM upload WHERE account_no = $1 AND no = $2"));
sql!(UPLOAD_BY_ID, concat!("SELECT ", columns!(), " FROM upload WHERE account_no = $1 AND id = $2"));
sql!(UPLOAD_COUNT, "SELECT COUNT(*) FROM upload WHERE account_no = $1 AND state < 2 AND expires_at > $2");
// Guarded by the bytes that were here: of two that go on from one place, one fails. And by the node that has the turn: what
// one brings that was too slow does not count.
sql!(
    UPLOAD_ADVANCE,
    "UPDATE upload SET state = $4, length = $5, received = $6, parts = $7, digests = $8, held_bytes = $9
     WHERE account_no = $1 AND no = $2 AND received = $3 AND state = 0 AND node = $10"
);
sql!(
    UPLOAD_DONE,
    "UPDATE upload SET state = 2, file_no = $3, held_bytes = 0, held_files = 0, goal = ''
     WHERE account_no = $1 AND no = $2 AND state = 1 AND node = $4"
);
sql!(
    UPLOAD_END,
    "UPDATE upload SET state = 2, held_bytes = 0, held_files = 0, goal = '', memo = ''
     WHERE account_no = $1 AND no = $2 AND state < 2"
);
sql!(UPLOAD_MOVE, "UPDATE upload SET node = $4 WHERE account_no = $1 AND no = $2 AND node = $3");
sql!(UPLOAD_FORGET, "DELETE FROM upload WHERE account_no = $1 AND no = $2");
sql!(UPLOAD_FORGET_FILE, "DELETE FROM upload WHERE account_no = $1 AND file_no = $2");
// One that has not ended yet holds room that must be given back first.
sql!(UPLOAD_FORGET_OLD, "DELETE FROM upload WHERE expires_at <= $1 AND state = 2");
sql!(UPLOAD_DUE, "SELECT account_no, no FROM upload WHERE state < 2 AND expires_at <= $1 ORDER BY expires_at LIMIT $2");
sql!(UPLOAD_HOLDS, "SELECT 1 FROM upload WHERE blob_key = $1 AND state < 2 LIMIT 1");
sql!(PART_ADD, "INSERT INTO upload_part (account_no, upload_no, no, size, sha256) VALUES ($1, $2, $3, $4, $5)");
sql!(PART_GET, "SELECT size, sha256 FROM upload_part WHERE account_no = $1 AND upload_no = $2 AND no = $3");

/// An upload's row: the upload, where its bytes are, and what is to become of them.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) upload: Upload,
    /// The key that its content will have.
    pub(crate) key: String,
    /// The state of its digests after the bytes that are here.
    pub(crate) digests: Vec<u8>,
    /// What is to become of it, in the words of the operation that reads it.
    pub(crate) goal: String,
    /// What its opener was allowed.
    pub(crate) scopes: Scopes,
    pub(crate) held_bytes: i64,
    pub(crate) held_files: i64,
    /// The process that has its turns; empty for none.
    pub(crate) node: String,
    /// The record whose panel it came from.
    pub(crate) panel: Option<Record>,
}

fn read(rec: &Rec<'_>) -> Result<Row, attache_db::Error> {
    let for_joining = rec.int(6)? != 0;
    let state = super::coded(rec, 2, UploadState::from_code, "an upload's state")?;
    let upload = Upload {
        no: UploadNo(rec.int(0)?),
        id: UploadId(super::uuid(rec, 1)?),
        // What is to be joined is kept where it is once it is whole, and nothing is left to do for it.
        state: if for_joining && state == UploadState::Completing { UploadState::Done } else { state },
        length: u64::try_from(rec.int(3)?).ok(),
        offset: super::unsigned(rec, 4)?,
        parts: u32::try_from(rec.int(5)?).map_err(|_| super::foreign(5, "a number of parts"))?,
        for_joining,
        memo: rec.text(7)?,
        created_at: super::time(rec, 8)?,
        expires_at: super::time(rec, 9)?,
        created_by: UserNo(rec.int(10)?),
        file: rec.int_or_null(11)?.map(FileNo),
    };
    Ok(Row {
        upload,
        key: rec.text(12)?,
        digests: rec.bytes(13)?,
        goal: rec.text(14)?,
        scopes: Scopes::from_text(&rec.text(15)?),
        held_bytes: rec.int(16)?,
        held_files: rec.int(17)?,
        node: rec.text(18)?,
        panel: panel(rec)?,
    })
}

fn panel(rec: &Rec<'_>) -> Result<Option<Record>, attache_db::Error> {
    match rec.text(19)? {
        text if text.is_empty() => Ok(None),
        text => text.parse().map(Some).map_err(|_| super::foreign(19, "a record")),
    }
}

/// Keeps a new upload.
pub(crate) async fn add(t: &mut Tenanted<'_>, row: &Row) -> Outcome<u64> {
    let upload = &row.upload;
    let (id, scopes) = (upload.id.to_string(), row.scopes.to_text());
    let panel = row.panel.as_ref().map(ToString::to_string).unwrap_or_default();
    let vals = vals![
        upload.no.0,
        &id,
        upload.length.map_or(-1, super::signed),
        upload.for_joining,
        &upload.memo,
        upload.created_at.0,
        upload.expires_at.0,
        upload.created_by.0,
        &row.key,
        row.digests.as_slice(),
        &row.goal,
        &scopes,
        row.held_bytes,
        row.held_files,
        &row.node,
        &panel,
    ];
    t.run(&UPLOAD_ADD, vals).await
}

/// The upload by number or id.
pub(crate) async fn find(t: &mut Tenanted<'_>, upload: UploadRef) -> Outcome<Option<Row>> {
    match upload {
        UploadRef::No(no) => t.one(&UPLOAD_BY_NO, vals![no.0], read).await,
        UploadRef::Id(id) => t.one(&UPLOAD_BY_ID, vals![&id.to_string()], read).await,
    }
}

/// How many uploads of the account have bytes here and time left.
pub(crate) async fn count(t: &mut Tenanted<'_>, now: Time) -> Outcome<u64> {
    let count = t.one(&UPLOAD_COUNT, vals![now.0], |rec| super::unsigned(rec, 0)).await?;
    Ok(count.unwrap_or(0))
}

/// Writes down that an upload went on from `from` to where `row` is; false when it is not at `from` any more, or its turns
/// are not the row's node's.
pub(crate) async fn advance(t: &mut Tenanted<'_>, from: u64, row: &Row) -> Outcome<bool> {
    let upload = &row.upload;
    let state = if upload.is_whole() { UploadState::Completing } else { UploadState::Open };
    let vals = vals![
        upload.no.0,
        super::signed(from),
        state.code(),
        upload.length.map_or(-1, super::signed),
        super::signed(upload.offset),
        upload.parts,
        row.digests.as_slice(),
        row.held_bytes,
        &row.node,
    ];
    Ok(t.run(&UPLOAD_ADVANCE, vals).await? == 1)
}

/// Writes down what became of a whole upload; false when that was done already, or its turns are not `node`'s.
pub(crate) async fn done(t: &mut Tenanted<'_>, no: UploadNo, node: &str, file: Option<FileNo>) -> Outcome<bool> {
    Ok(t.run(&UPLOAD_DONE, vals![no.0, file.map(|no| no.0), node]).await? == 1)
}

/// Moves an upload's turns from one node to another; false when the first one does not have them.
pub(crate) async fn move_turns(t: &mut Tenanted<'_>, no: UploadNo, from: &str, to: &str) -> Outcome<bool> {
    Ok(t.run(&UPLOAD_MOVE, vals![no.0, from, to]).await? == 1)
}

/// Ends an upload whose time is over; its row stays for those who ask after it. False when it was ended before.
pub(crate) async fn end(t: &mut Tenanted<'_>, no: UploadNo) -> Outcome<bool> {
    Ok(t.run(&UPLOAD_END, vals![no.0]).await? == 1)
}

/// Forgets an upload.
pub(crate) async fn forget(t: &mut Tenanted<'_>, no: UploadNo) -> Outcome<u64> {
    t.run(&UPLOAD_FORGET, vals![no.0]).await
}

/// Forgets the uploads that a file came from.
pub(crate) async fn forget_file(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<u64> {
    t.run(&UPLOAD_FORGET_FILE, vals![file.0]).await
}

/// Forgets uploads whose time was over before `before`.
pub(crate) async fn forget_old(tx: &mut Tx, before: Time) -> Outcome<u64> {
    Ok(tx.run(&UPLOAD_FORGET_OLD, vals![before.0]).await?)
}

/// Some uploads of any account whose time is over and whose bytes are still here.
pub(crate) async fn due(tx: &mut Tx, now: Time, limit: u32) -> Outcome<Vec<(AccountNo, UploadNo)>> {
    let read = |rec: &Rec<'_>| Ok((AccountNo(rec.int(0)?), UploadNo(rec.int(1)?)));
    Ok(tx.all(&UPLOAD_DUE, vals![now.0, limit], read).await?)
}

/// Whether bytes on the volume belong to an upload.
pub(crate) async fn holds(tx: &mut Tx, key: &str) -> Outcome<bool> {
    Ok(tx.one(&UPLOAD_HOLDS, vals![key], |rec| rec.int(0)).await?.is_some())
}

/// A numbered part that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) size: u64,
    pub(crate) sha256: Vec<u8>,
}

/// Keeps a part.
pub(crate) async fn add_part(t: &mut Tenanted<'_>, upload: UploadNo, no: u32, part: &Part) -> Outcome<u64> {
    t.run(&PART_ADD, vals![upload.0, no, super::signed(part.size), part.sha256.as_slice()]).await
}

/// A part by its number, which begins with 1.
pub(crate) async fn part(t: &mut Tenanted<'_>, upload: UploadNo, no: u32) -> Outcome<Option<Part>> {
    let read = |rec: &Rec<'_>| Ok(Part { size: super::unsigned(rec, 0)?, sha256: rec.bytes(1)? });
    t.one(&PART_GET, vals![upload.0, no], read).await
}
