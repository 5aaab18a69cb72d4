//! Events, in the order of their commits.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::event::{Event, EventKind};
use attache_model::{FileNo, FolderNo, UserNo};

sql!(
    EVENT_ADD,
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

/// Keeps an event.
pub(crate) async fn add(t: &mut Tenanted<'_>, event: &Event) -> Outcome<u64> {
    let vals = vals![
        event.no,
        event.kind.word(),
        event.file.map(|no| no.0),
        event.folder.map(|no| no.0),
        &event.record,
        event.actor.0,
        event.at.0,
    ];
    t.run(&EVENT_ADD, vals).await
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
