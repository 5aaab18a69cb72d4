//! Fields of records, and the files in them.

use crate::table::file_use::{self, Look};
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Val, sql};
use attache_model::card::Value;
use attache_model::field::Field;
use attache_model::link::Record;
use attache_model::{FileId, FileNo, Time, VersionId};

/// The columns that [`read`] takes, in its order.
macro_rules! columns {
    () => {
        "no, record_type, name, code, sort, created_at, updated_at"
    };
}

sql!(
    FIELD_ADD,
    "INSERT INTO field (account_no, no, record_type, name, code, sort, created_at, updated_at, removed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)"
);
sql!(
    FIELD_GET,
    concat!(
        "SELECT ",
        columns!(),
        " FROM field WHERE account_no = $1 AND no = $2 AND record_type = $3 AND removed_at = 0"
    )
);
sql!(
    FIELD_LIST,
    concat!(
        "SELECT ",
        columns!(),
        " FROM field WHERE account_no = $1 AND record_type = $2 AND removed_at = 0 ORDER BY sort, no"
    )
);
sql!(
    FIELD_SAVE,
    "UPDATE field SET name = $4, code = $5, sort = $6, updated_at = $7
     WHERE account_no = $1 AND no = $2 AND record_type = $3 AND removed_at = 0"
);
sql!(
    FIELD_REMOVE,
    "UPDATE field SET removed_at = $4 WHERE account_no = $1 AND no = $2 AND record_type = $3 AND removed_at = 0"
);
sql!(FIELD_REMOVED, "SELECT no FROM field WHERE account_no = $1 AND removed_at > 0 ORDER BY removed_at");
sql!(
    FIELD_FORGET,
    "DELETE FROM field WHERE account_no = $1 AND no = $2 AND removed_at > 0
       AND NOT EXISTS (SELECT 1 FROM field_value v WHERE v.account_no = $1 AND v.field_no = $2)"
);
sql!(
    VALUE_FILE,
    "SELECT file_no FROM field_value WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND field_no = $4"
);
sql!(
    VALUE_SET,
    "INSERT INTO field_value (account_no, record_type, record_id, field_no, file_no, file_id, pinned, version_no, name, size)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (account_no, record_type, record_id, field_no) DO UPDATE SET file_no = $5, file_id = $6, pinned = $7,
       version_no = $8, name = $9, size = $10"
);
sql!(
    VALUE_CLEAR,
    "DELETE FROM field_value WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND field_no = $4"
);
sql!(
    VALUE_USES,
    "SELECT 1 FROM field_value WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 LIMIT 1"
);
sql!(
    VALUE_OF_FIELD,
    "SELECT record_type, record_id, file_no FROM field_value WHERE account_no = $1 AND field_no = $2 LIMIT $3"
);
sql!(
    VALUE_PURGED,
    "UPDATE field_value SET name = CASE WHEN name = '' THEN $3 ELSE name END,
       version_no = CASE WHEN pinned = 0 THEN $4 ELSE version_no END, size = CASE WHEN pinned = 0 THEN $5 ELSE size END
     WHERE account_no = $1 AND file_no = $2"
);
sql!(VALUE_ERASED, "UPDATE field_value SET name = '', size = 0 WHERE account_no = $1 AND file_no = $2");

/// The beginning of every statement that reads values through [`read_value`].
const SELECT_VALUES: &str = concat!(
    "SELECT v.record_id, d.no, d.name, d.code, v.size, ",
    file_use::columns!("v"),
    " FROM field_value v
       JOIN field d ON d.account_no = $1 AND d.no = v.field_no AND d.removed_at = 0
       LEFT JOIN file f ON f.account_no = $1 AND f.no = v.file_no
     WHERE v.account_no = $1 AND v.record_type = $2 AND v.record_id "
);

/// A file for a field, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept<'a> {
    pub(crate) field: i64,
    pub(crate) file: FileNo,
    pub(crate) id: FileId,
    pub(crate) pinned: bool,
    pub(crate) version: i64,
    pub(crate) name: &'a str,
    pub(crate) size: u64,
}

fn read(rec: &Rec<'_>) -> Result<Field, attache_db::Error> {
    Ok(Field {
        no: rec.int(0)?,
        kind: rec.text(1)?,
        name: rec.text(2)?,
        code: rec.text_or_null(3)?,
        sort: rec.int(4)?,
        created_at: super::time(rec, 5)?,
        updated_at: super::time(rec, 6)?,
    })
}

/// A value with the id of its record.
fn read_value(rec: &Rec<'_>, look: Look) -> Result<(String, Value), attache_db::Error> {
    let kept = super::unsigned(rec, 4)?;
    let used = file_use::read(rec, 5, look)?;
    let value = Value {
        field: rec.int(1)?,
        field_name: rec.text(2)?,
        field_code: rec.text_or_null(3)?,
        file: used.id,
        version: VersionId::of(used.id, used.version),
        pinned: used.pinned,
        name: used.name,
        size: match used.active_size {
            _ if used.unseen => 0,
            Some(active) if !used.pinned => active,
            _ => kept,
        },
        deleted: used.deleted,
    };
    Ok((rec.text(0)?, value))
}

/// Keeps a new field.
pub(crate) async fn add(t: &mut Tenanted<'_>, field: &Field) -> Outcome<u64> {
    let code = field.code.as_deref();
    let vals = vals![field.no, &field.kind, &field.name, code, field.sort, field.created_at.0];
    t.run(&FIELD_ADD, vals).await
}

/// A field of records of one type.
pub(crate) async fn get(t: &mut Tenanted<'_>, kind: &str, no: i64) -> Outcome<Option<Field>> {
    t.one(&FIELD_GET, vals![no, kind], read).await
}

/// All fields of records of one type, in their order.
pub(crate) async fn list(t: &mut Tenanted<'_>, kind: &str) -> Outcome<Vec<Field>> {
    t.all(&FIELD_LIST, vals![kind], read).await
}

/// Writes a field's properties.
pub(crate) async fn save(t: &mut Tenanted<'_>, field: &Field) -> Outcome<u64> {
    let code = field.code.as_deref();
    t.run(&FIELD_SAVE, vals![field.no, &field.kind, &field.name, code, field.sort, field.updated_at.0]).await
}

/// Takes a field out of sight, its values with it; false when there is none.
pub(crate) async fn remove(t: &mut Tenanted<'_>, kind: &str, no: i64, now: Time) -> Outcome<bool> {
    Ok(t.run(&FIELD_REMOVE, vals![no, kind, now.0]).await? == 1)
}

/// The fields that are out of sight and may still have values.
pub(crate) async fn removed(t: &mut Tenanted<'_>) -> Outcome<Vec<i64>> {
    t.all(&FIELD_REMOVED, &[], |rec| rec.int(0)).await
}

/// Forgets a removed field that has no values any more.
pub(crate) async fn forget(t: &mut Tenanted<'_>, no: i64) -> Outcome<u64> {
    t.run(&FIELD_FORGET, vals![no]).await
}

/// The values of some records of one type, with the ids of their records. Each record's are in the order of its fields.
pub(crate) async fn values(
    t: &mut Tenanted<'_>,
    kind: &str,
    records: &[String],
    look: Look,
) -> Outcome<Vec<(String, Value)>> {
    let text = format!("{SELECT_VALUES}{} ORDER BY d.sort, d.no", super::one_of(records.len(), 3));
    let mut vals = vec![Val::Text(kind)];
    vals.extend(super::padded(records).map(|id| Val::Text(id)));
    t.all(&text, &vals, |rec| read_value(rec, look)).await
}

/// The file in a field of a record.
pub(crate) async fn value_file(t: &mut Tenanted<'_>, record: &Record, field: i64) -> Outcome<Option<FileNo>> {
    t.one(&VALUE_FILE, vals![record.kind(), record.id(), field], |rec| rec.int(0).map(FileNo)).await
}

/// Puts a file into a field of a record, in the place of one that was there.
pub(crate) async fn set_value(t: &mut Tenanted<'_>, record: &Record, kept: &Kept<'_>) -> Outcome<u64> {
    let id = kept.id.to_string();
    let vals = vals![
        record.kind(),
        record.id(),
        kept.field,
        kept.file.0,
        &id,
        kept.pinned,
        kept.version,
        kept.name,
        super::signed(kept.size),
    ];
    t.run(&VALUE_SET, vals).await
}

/// Empties a field of a record.
pub(crate) async fn clear_value(t: &mut Tenanted<'_>, record: &Record, field: i64) -> Outcome<u64> {
    t.run(&VALUE_CLEAR, vals![record.kind(), record.id(), field]).await
}

/// Whether a file is in any field of a record.
pub(crate) async fn uses(t: &mut Tenanted<'_>, record: &Record, file: FileNo) -> Outcome<bool> {
    Ok(t.one(&VALUE_USES, vals![record.kind(), record.id(), file.0], |rec| rec.int(0)).await?.is_some())
}

/// Some records that have a file in a field, with the file.
pub(crate) async fn records_with(t: &mut Tenanted<'_>, field: i64, limit: u32) -> Outcome<Vec<(Record, FileNo)>> {
    t.all(&VALUE_OF_FIELD, vals![field, limit], |rec| {
        let record = Record::new(&rec.text(0)?, &rec.text(1)?).map_err(|_| super::foreign(1, "a record"))?;
        Ok((record, FileNo(rec.int(2)?)))
    })
    .await
}

/// Lets values keep what a file is called and how long it is, now that it goes.
pub(crate) async fn file_purged(
    t: &mut Tenanted<'_>,
    file: FileNo,
    name: &str,
    version: i64,
    size: u64,
) -> Outcome<u64> {
    t.run(&VALUE_PURGED, vals![file.0, name, version, super::signed(size)]).await
}

/// Lets values forget what an erased file was called and how long it was.
pub(crate) async fn file_erased(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<u64> {
    t.run(&VALUE_ERASED, vals![file.0]).await
}
