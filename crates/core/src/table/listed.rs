//! Records as a list shows them: those that files are on, and those that have a card.

use crate::table::file_use::Look;
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::link::Record;
use attache_model::listing::ListedRecord;

sql!(
    LISTED_LINKED,
    "SELECT l.record_type, l.record_id, COUNT(DISTINCT l.file_no), MAX(l.created_at)
     FROM link l JOIN file f ON f.account_no = $1 AND f.no = l.file_no
     WHERE l.account_no = $1 AND (l.record_type, l.record_id) >= ($2, $3) AND (l.record_type, l.record_id) < ($4, $5)
       AND f.trashed_at = 0 AND f.expires_at > $6 AND f.hidden <= $7
     GROUP BY l.record_type, l.record_id ORDER BY l.record_type, l.record_id LIMIT $8"
);
sql!(
    LISTED_CARDS,
    "SELECT record_type, record_id, name FROM card
     WHERE account_no = $1 AND (record_type, record_id) >= ($2, $3) AND (record_type, record_id) < ($4, $5)
     ORDER BY record_type, record_id LIMIT $6"
);

/// A part of all records, in the order of their types and ids.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// From this type and id.
    pub(crate) from: (String, String),
    /// Up to this type and id, without it.
    pub(crate) to: (String, String),
    /// Most records.
    pub(crate) limit: u32,
}

/// The records of a stretch that files in sight are on, without names.
pub(crate) async fn linked(t: &mut Tenanted<'_>, stretch: &Stretch, look: Look) -> Outcome<Vec<ListedRecord>> {
    let Stretch { from, to, limit } = stretch;
    let vals = vals![&from.0, &from.1, &to.0, &to.1, look.now.0, look.sees_hidden, *limit];
    t.all(&LISTED_LINKED, vals, |rec| {
        let (files, linked_at) = (super::unsigned(rec, 2)?, Some(super::time(rec, 3)?));
        Ok(ListedRecord { record: record(rec)?, name: String::new(), files, linked_at })
    })
    .await
}

/// The records of a stretch that have cards, as if there were no files.
pub(crate) async fn carded(t: &mut Tenanted<'_>, stretch: &Stretch) -> Outcome<Vec<ListedRecord>> {
    let Stretch { from, to, limit } = stretch;
    t.all(&LISTED_CARDS, vals![&from.0, &from.1, &to.0, &to.1, *limit], |rec| {
        Ok(ListedRecord { record: record(rec)?, name: rec.text(2)?, files: 0, linked_at: None })
    })
    .await
}

fn record(rec: &Rec<'_>) -> Result<Record, attache_db::Error> {
    Record::new(&rec.text(0)?, &rec.text(1)?).map_err(|_| super::foreign(0, "a record"))
}
