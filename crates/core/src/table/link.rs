//! Links between files and records.

use crate::table::file_use::Look;
use crate::table::{card, file};
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Sql, sql};
use attache_model::card::Card;
use attache_model::link::{Link, Origin, Record};
use attache_model::{FileNo, Owner, Time, UserNo};
use std::collections::{BTreeMap, HashMap};

sql!(
    LINK_ADD,
    "INSERT INTO link (account_no, no, file_no, record_type, record_id, origin, role, visible, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (account_no, record_type, record_id, file_no, origin) DO NOTHING"
);
sql!(
    LINK_OF_FILE,
    "SELECT no, file_no, record_type, record_id, origin, role, visible, created_at, created_by FROM link
     WHERE account_no = $1 AND file_no = $2 ORDER BY no"
);
sql!(
    LINK_FIND,
    "SELECT no, file_no, record_type, record_id, origin, role, visible, created_at, created_by FROM link
     WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 AND origin = $5"
);
// What a field of the record holds (origin 2) is there until the field is written.
sql!(
    LINK_REMOVE,
    "DELETE FROM link WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4
       AND ($5 < 0 OR origin = $5) AND (origin <> 2 OR NOT EXISTS (SELECT 1 FROM field_value v
         WHERE v.account_no = $1 AND v.record_type = $2 AND v.record_id = $3 AND v.file_no = $4)) RETURNING no"
);
sql!(
    LINK_REMOVE_TAB,
    "DELETE FROM link WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 AND origin <> 2
     RETURNING no"
);
sql!(
    LINK_ON_TAB,
    "SELECT 1 FROM link WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 AND origin <> 2
     LIMIT 1"
);
sql!(
    LINK_OLDEST,
    "SELECT no, file_no, record_type, record_id, origin, role, visible, created_at, created_by FROM link
     WHERE account_no = $1 AND no = (SELECT MIN(o.no) FROM link o
       WHERE o.account_no = $1 AND o.record_type = $2 AND o.record_id = $3)"
);
// One link of each record: one that the tab shows before one of a field. The card is missing where there is none, and
// the record's oldest link then tells of its beginning.
sql!(
    LINK_RECORDS,
    "SELECT l.no, l.file_no, l.record_type, l.record_id, l.origin, l.role, l.visible, l.created_at, l.created_by,
       o.created_at, o.created_by, c.no, c.record_type, c.record_id, c.name, c.numbers, c.created_at, c.updated_at,
       c.created_by, c.updated_by, c.responsible
     FROM link l
       LEFT JOIN card c ON c.account_no = $1 AND c.record_type = l.record_type AND c.record_id = l.record_id
       LEFT JOIN link o ON o.account_no = $1 AND o.no = (SELECT MIN(m.no) FROM link m
         WHERE m.account_no = $1 AND m.record_type = l.record_type AND m.record_id = l.record_id)
     WHERE l.account_no = $1 AND l.file_no = $2 AND NOT EXISTS (SELECT 1 FROM link b
       WHERE b.account_no = $1 AND b.record_type = l.record_type AND b.record_id = l.record_id AND b.file_no = $2
         AND b.origin <> 2 AND (l.origin = 2 OR b.no < l.no))
     ORDER BY l.no LIMIT $3"
);
/// [`attache_model::owner::OWNERS`] as a list of SQL.
macro_rules! owner_types {
    () => {
        "'account', 'ach_batch', 'address', 'call_detail_record_import', 'call_log', 'company', 'deposit_slip', \
         'email_message_content', 'fcc_form_477_report', 'handwritten_signature', 'inventory_item', 'inventory_model', \
         'invoice_attachment', 'job', 'mass_email', 'network_site', 'printed_invoice_batch', 'purchase_order', \
         'system_backup', 'ticket', 'ticket_comment', 'ticket_reply', 'towercoverage_submission', 'vendor', \
         'voice_provider_rate_import'"
    };
}

pub(super) use owner_types;

/// The condition that a record's id is a number in its one spelling, as [`Owner::read`] takes it; after a table's name
/// and a dot, or after nothing.
macro_rules! numbered {
    ($of:literal) => {
        concat!(
            "LTRIM(",
            $of,
            "record_id, '0123456789') = '' AND SUBSTR(",
            $of,
            "record_id, 1, 1) <> '0' AND (LENGTH(",
            $of,
            "record_id) < 19 OR (LENGTH(",
            $of,
            "record_id) = 19 AND ",
            $of,
            "record_id <= '9223372036854775807'))"
        )
    };
}
pub(super) use numbered;

/// [`numbered!`] without a table's name.
pub(crate) const NUMBERED: &str = numbered!("");

/// A link and its file, as [`read`] and then [`file::read_at`] take them, up to the first condition on either.
macro_rules! with_file {
    () => {
        "SELECT l.no, l.file_no, l.record_type, l.record_id, l.origin, l.role, l.visible, l.created_at, l.created_by,
       f.no, f.id, f.folder_no, f.name, f.ext, f.access, f.usable, f.source, f.metadata, f.created_at, f.updated_at,
       f.expires_at, f.trashed_at, f.created_by, f.revision, f.version_no, f.blob_key, f.size, f.media_type, f.kind,
       f.encoding, f.width, f.height, f.sha256, f.md5, f.versioned_at, f.versioned_by, f.updated_by,
       f.trashed_by, f.versions, f.upload_no, f.title, f.personal,
       f.description, f.cover, f.legal_hold_at, f.legal_hold_by, f.legal_hold_reason
     FROM link l JOIN file f ON f.account_no = $1 AND f.no = l.file_no
     WHERE l.account_no = $1 AND l.record_type = $2 AND l.record_id = $3 AND l.no < $4
       AND f.trashed_at = 0 AND f.expires_at > $5 AND f.hidden <= $6"
    };
}
pub(super) use with_file;

sql!(LINK_ON_RECORD, concat!(with_file!(), " ORDER BY l.no DESC LIMIT $7"));
// The record's tab: not what is only in a field (origin 2), and each file by its newest link.
sql!(
    LINK_TAB,
    concat!(
        with_file!(),
        " AND l.origin <> 2 AND NOT EXISTS (SELECT 1 FROM link b
            WHERE b.account_no = $1 AND b.record_type = $2 AND b.record_id = $3 AND b.file_no = l.file_no
              AND b.origin <> 2 AND b.no > l.no)
          ORDER BY l.no DESC LIMIT $7"
    )
);

sql!(
    LINK_THERE,
    "SELECT MAX(CASE WHEN record_type = 'contact' THEN 1 ELSE 0 END) FROM link WHERE account_no = $1 AND file_no = $2"
);
sql!(
    LINK_OWNERS,
    sqlite: concat!("SELECT file_no, record_type, record_id FROM link WHERE account_no = $1 AND record_type IN (",
       owner_types!(), ") AND file_no IN (SELECT value FROM json_each($2)) ORDER BY no"),
    postgres: concat!("SELECT file_no, record_type, record_id FROM link WHERE account_no = $1 AND record_type IN (",
       owner_types!(), ") AND file_no IN (SELECT CAST(value AS BIGINT)
         FROM json_array_elements_text(CAST($2 AS JSON))) ORDER BY no")
);
sql!(
    LINK_CONTACTS,
    sqlite: "SELECT file_no, record_id FROM link WHERE account_no = $1 AND record_type = 'contact'
       AND file_no IN (SELECT value FROM json_each($2)) ORDER BY no",
    postgres: "SELECT file_no, record_id FROM link WHERE account_no = $1 AND record_type = 'contact'
       AND file_no IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS JSON))) ORDER BY no"
);

/// The condition that a row of `file` is on a contact.
pub(crate) const ON_CONTACT: &str =
    "EXISTS (SELECT 1 FROM link l WHERE l.account_no = $1 AND l.file_no = file.no AND l.record_type = 'contact')";

/// The condition that a row of `file` is on a record.
pub(crate) const ON_RECORD: &str = "EXISTS (SELECT 1 FROM link l WHERE l.account_no = $1 AND l.file_no = file.no)";

/// What stands behind the column that is asked for, of the link that names the owner of a row of `file`: the newest one
/// to a record of an owner's type whose id is a number in its one spelling.
macro_rules! of_owner {
    ($column:literal) => {
        concat!(
            "(SELECT ",
            $column,
            " FROM link l WHERE l.account_no = $1 AND l.file_no = file.no AND l.record_type IN (",
            owner_types!(),
            ") AND ",
            numbered!("l."),
            " ORDER BY l.no DESC LIMIT 1)"
        )
    };
}

/// The type of the owner of a row of `file`; NULL for none.
pub(crate) const OWNER_KIND: &str = of_owner!("l.record_type");
/// The number of the owner of a row of `file`; NULL for none.
pub(crate) const OWNER_ID: &str = of_owner!("CAST(l.record_id AS BIGINT)");
// Engines do not agree on where NULL stands in an order.
/// The same type for an order, in which files without an owner come first.
pub(crate) const OWNER_KIND_FIRST: &str = concat!("COALESCE(", of_owner!("l.record_type"), ", '')");
/// The same number for an order, in which files without an owner come first.
pub(crate) const OWNER_ID_FIRST: &str = concat!("COALESCE(", of_owner!("CAST(l.record_id AS BIGINT)"), ", 0)");

/// The number of the contact that a row of `file` has been on for longest, 0 for none. A contact whose id is no number
/// has none.
pub(crate) const CONTACT: &str = "CASE WHEN personal = 1 THEN 0 ELSE COALESCE((SELECT CASE \
    WHEN LTRIM(l.record_id, '0123456789') = '' AND LENGTH(l.record_id) <= 10 AND SUBSTR(l.record_id, 1, 1) <> '0' \
    THEN CAST(l.record_id AS BIGINT) ELSE 0 END FROM link l \
    WHERE l.account_no = $1 AND l.file_no = file.no AND l.record_type = 'contact' ORDER BY l.no LIMIT 1), 0) END";

/// Reads a link's columns.
pub(super) fn read(rec: &Rec<'_>) -> Result<Link, attache_db::Error> {
    let record = Record::new(&rec.text(2)?, &rec.text(3)?).map_err(|_| super::foreign(2, "a record"))?;
    Ok(Link {
        no: rec.int(0)?,
        file: FileNo(rec.int(1)?),
        record,
        origin: super::coded(rec, 4, Origin::from_code, "an origin")?,
        role: rec.text(5)?,
        visible: rec.int(6)? != 0,
        created_at: super::time(rec, 7)?,
        created_by: UserNo(rec.int(8)?),
    })
}

/// Keeps a link; false when the file is on the record for that reason already.
pub(crate) async fn add(t: &mut Tenanted<'_>, link: &Link) -> Outcome<bool> {
    let vals = vals![
        link.no,
        link.file.0,
        link.record.kind(),
        link.record.id(),
        link.origin.code(),
        &link.role,
        link.visible,
        link.created_at.0,
        link.created_by.0,
    ];
    Ok(t.run(&LINK_ADD, vals).await? == 1)
}

/// The link of a file on a record for one reason.
pub(crate) async fn find(t: &mut Tenanted<'_>, record: &Record, file: FileNo, origin: Origin) -> Outcome<Option<Link>> {
    t.one(&LINK_FIND, vals![record.kind(), record.id(), file.0, origin.code()], read).await
}

/// Takes a file off a record, for one reason or for all; the number of the newest link that went, `None` for none.
pub(crate) async fn remove(
    t: &mut Tenanted<'_>,
    record: &Record,
    file: FileNo,
    origin: Option<Origin>,
) -> Outcome<Option<i64>> {
    let vals = vals![record.kind(), record.id(), file.0, origin.map_or(-1, Origin::code)];
    Ok(t.all(&LINK_REMOVE, vals, |rec| rec.int(0)).await?.into_iter().max())
}

/// Takes a file off a record's tab; the number of the newest link that went, `None` for none.
pub(crate) async fn remove_tab(t: &mut Tenanted<'_>, record: &Record, file: FileNo) -> Outcome<Option<i64>> {
    let gone = t.all(&LINK_REMOVE_TAB, vals![record.kind(), record.id(), file.0], |rec| rec.int(0)).await?;
    Ok(gone.into_iter().max())
}

/// Whether a file is on a record's tab.
pub(crate) async fn on_tab(t: &mut Tenanted<'_>, record: &Record, file: FileNo) -> Outcome<bool> {
    Ok(t.one(&LINK_ON_TAB, vals![record.kind(), record.id(), file.0], |rec| rec.int(0)).await?.is_some())
}

/// The first link that named a record.
pub(crate) async fn oldest(t: &mut Tenanted<'_>, record: &Record) -> Outcome<Option<Link>> {
    t.one(&LINK_OLDEST, vals![record.kind(), record.id()], read).await
}

/// The records that a file is on, oldest link first: each with one link and what is known of it, without values.
pub(crate) async fn records(t: &mut Tenanted<'_>, file: FileNo, limit: u32) -> Outcome<Vec<(Link, Card)>> {
    t.all(&LINK_RECORDS, vals![file.0, limit], |rec| {
        let link = read(rec)?;
        let card = match rec.int_or_null(11)? {
            Some(_) => card::read_at(rec, 12)?,
            None => named_by(&link.record, super::time(rec, 9)?, UserNo(rec.int(10)?)),
        };
        Ok((link, card))
    })
    .await
}

/// What is known of a record that only links name, by the first one.
pub(crate) fn named_by(record: &Record, at: Time, by: UserNo) -> Card {
    Card {
        record: record.clone(),
        name: String::new(),
        numbers: BTreeMap::new(),
        values: Vec::new(),
        created_at: at,
        updated_at: at,
        created_by: by,
        updated_by: by,
        responsible: by,
    }
}

/// Whether a file is on a record, and whether on a contact.
pub(crate) async fn there(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<(bool, bool)> {
    let contact = t.one(&LINK_THERE, vals![file.0], |rec| rec.int_or_null(0)).await?.flatten();
    Ok((contact.is_some(), contact == Some(1)))
}

/// The owners of some files; a file without one is missing.
pub(crate) async fn owners(t: &mut Tenanted<'_>, files: &[FileNo]) -> Outcome<HashMap<FileNo, Owner>> {
    let list = serde_json::to_string(files).unwrap_or_default();
    let all = t.all(&LINK_OWNERS, vals![&list], |rec| Ok((FileNo(rec.int(0)?), rec.text(1)?, rec.text(2)?))).await?;
    // The newest one comes last and stays.
    Ok(all.into_iter().filter_map(|(file, kind, id)| Some((file, Owner::read(&kind, &id)?))).collect())
}

/// The contacts that some files are on, oldest link first: file, and the contact's id.
pub(crate) async fn contacts(t: &mut Tenanted<'_>, files: &[FileNo]) -> Outcome<Vec<(FileNo, String)>> {
    let list = serde_json::to_string(files).unwrap_or_default();
    t.all(&LINK_CONTACTS, vals![&list], |rec| Ok((FileNo(rec.int(0)?), rec.text(1)?))).await
}

/// Every link of a file, oldest first.
pub(crate) async fn of_file(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<Vec<Link>> {
    t.all(&LINK_OF_FILE, vals![file.0], read).await
}

/// A page of a record's files: below link number `before`, newest link first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Below {
    pub(crate) before: i64,
    pub(crate) limit: u32,
}

/// The visible files of a record with their links.
pub(crate) async fn on_record(
    t: &mut Tenanted<'_>,
    record: &Record,
    page: Below,
    look: Look,
) -> Outcome<Vec<(Link, file::Row)>> {
    with_files(t, &LINK_ON_RECORD, record, page, look).await
}

/// The visible files of a record's tab, each with its newest link there.
pub(crate) async fn tab(
    t: &mut Tenanted<'_>,
    record: &Record,
    page: Below,
    look: Look,
) -> Outcome<Vec<(Link, file::Row)>> {
    with_files(t, &LINK_TAB, record, page, look).await
}

async fn with_files(
    t: &mut Tenanted<'_>,
    sql: &'static Sql,
    record: &Record,
    page: Below,
    look: Look,
) -> Outcome<Vec<(Link, file::Row)>> {
    let vals = vals![record.kind(), record.id(), page.before, look.now.0, look.sees_hidden, page.limit];
    t.all(sql, vals, |rec| Ok((read(rec)?, file::read_at(rec, 9)?))).await
}

#[cfg(test)]
mod tests {
    use attache_model::owner::OWNERS;

    #[test]
    fn the_statements_name_every_type_of_owner() {
        assert_eq!(owner_types!(), OWNERS.map(|kind| format!("'{kind}'")).join(", "));
    }
}
