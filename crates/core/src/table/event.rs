//! Events, in the order of their commits.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Val, sql};
use attache_model::event::{Event, EventKind};
use attache_model::listing::{FileLabel, FolderLabel, LabelledEvent};
use attache_model::{FileId, FileNo, FolderId, FolderNo, UserNo};

sql!(
    pub(crate) EVENT_ADD,
    "INSERT INTO event (account_no, no, kind, file_no, folder_no, record, actor_no, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
sql!(
    EVENT_AFTER,
    "SELECT no, kind, file_no, folder_no, record, actor_no, at FROM event
     WHERE account_no = $1 AND no > $2 ORDER BY no LIMIT $3"
);
sql!(
    EVENT_FIRST_OF_FILE,
    "SELECT no, kind, file_no, folder_no, record, actor_no, at FROM event
     WHERE account_no = $1 AND file_no = $2 ORDER BY no LIMIT $3"
);
sql!(
    EVENT_LAST_OF_FILE,
    "SELECT no, kind, file_no, folder_no, record, actor_no, at FROM event
     WHERE account_no = $1 AND file_no = $2 ORDER BY no DESC LIMIT $3"
);

/// An event with what its file and folder are called, up to the order.
macro_rules! labelled {
    () => {
        "SELECT e.no, e.kind, e.file_no, e.folder_no, e.record, e.actor_no, e.at, f.id,
       CASE WHEN f.title <> '' THEN f.title ELSE f.name END, d.id, d.name
     FROM event e LEFT JOIN file f ON f.account_no = $1 AND f.no = e.file_no AND f.hidden <= $5
       LEFT JOIN folder d ON d.account_no = $1 AND d.no = e.folder_no
     WHERE e.account_no = $1 AND e.no >= $2 AND e.no <= $3
       AND ($4 = '' OR REPLACE($4, ' ' || e.kind || ' ', '') <> $4)"
    };
}

sql!(EVENT_LABELLED, concat!(labelled!(), " ORDER BY e.no LIMIT $6"));
sql!(EVENT_LABELLED_DOWN, concat!(labelled!(), " ORDER BY e.no DESC LIMIT $6"));
sql!(
    EVENT_OF_FILE_BEFORE,
    "SELECT no, kind, file_no, folder_no, record, actor_no, at FROM event
     WHERE account_no = $1 AND file_no = $2 AND no < $3 ORDER BY no DESC LIMIT $4"
);

/// A part of what happened.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// From this number.
    pub(crate) from: i64,
    /// To this number.
    pub(crate) to: i64,
    /// From the end of it.
    pub(crate) newest_first: bool,
    /// The words of the kinds that are wanted, with blanks around each; empty for all.
    pub(crate) kinds: String,
    /// Most events.
    pub(crate) limit: u32,
}

/// The values of [`EVENT_ADD`], which keeps an event.
pub(crate) fn values(event: &Event) -> [Val<'_>; 7] {
    [
        event.no.into(),
        event.kind.word().into(),
        event.file.map(|no| no.0).into(),
        event.folder.map(|no| no.0).into(),
        (&event.record).into(),
        event.actor.0.into(),
        event.at.0.into(),
    ]
}

/// The events after number `after`.
pub(crate) async fn after(t: &mut Tenanted<'_>, after: i64, limit: u32) -> Outcome<Vec<Event>> {
    t.all(&EVENT_AFTER, vals![after, limit], read).await
}

/// The first or the last `limit` events of a file, in that order.
pub(crate) async fn of_file(t: &mut Tenanted<'_>, file: FileNo, newest_first: bool, limit: u32) -> Outcome<Vec<Event>> {
    let text = if newest_first { &EVENT_LAST_OF_FILE } else { &EVENT_FIRST_OF_FILE };
    t.all(text, vals![file.0, limit], read).await
}

/// The events of a stretch, with the names of today.
pub(crate) async fn labelled(
    t: &mut Tenanted<'_>,
    stretch: &Stretch,
    sees_hidden: bool,
) -> Outcome<Vec<LabelledEvent>> {
    let text = if stretch.newest_first { &EVENT_LABELLED_DOWN } else { &EVENT_LABELLED };
    let vals = vals![stretch.from, stretch.to, &stretch.kinds, sees_hidden, stretch.limit];
    t.all(text, vals, |rec| {
        let file = match rec.text_or_null(7)? {
            Some(_) => Some(FileLabel { id: FileId(super::uuid(rec, 7)?), name: rec.text(8)? }),
            None => None,
        };
        let folder = match rec.text_or_null(9)? {
            Some(_) => Some(FolderLabel { id: FolderId(super::uuid(rec, 9)?), name: rec.text(10)? }),
            None => None,
        };
        Ok(LabelledEvent { event: read(rec)?, file, folder })
    })
    .await
}

/// The events of a file before a number, newest first.
pub(crate) async fn of_file_before(t: &mut Tenanted<'_>, file: FileNo, before: i64, limit: u32) -> Outcome<Vec<Event>> {
    t.all(&EVENT_OF_FILE_BEFORE, vals![file.0, before, limit], read).await
}

/// An event of its columns in the order of the statements above.
pub(crate) fn read(rec: &Rec<'_>) -> Result<Event, attache_db::Error> {
    Ok(Event {
        no: rec.int(0)?,
        kind: EventKind::from_word(&rec.text(1)?).ok_or_else(|| super::foreign(1, "a kind of event"))?,
        file: rec.int_or_null(2)?.map(FileNo),
        folder: rec.int_or_null(3)?.map(FolderNo),
        record: rec.text(4)?,
        actor: UserNo(rec.int(5)?),
        at: super::time(rec, 6)?,
    })
}
