//! Events, in the order of their commits.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::sql;
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
    t.all(&EVENT_AFTER, vals![after, limit], |rec| {
        Ok(Event {
            no: rec.int(0)?,
            kind: EventKind::from_word(&rec.text(1)?).ok_or_else(|| super::foreign(1, "a kind of event"))?,
            file: rec.int_or_null(2)?.map(FileNo),
            folder: rec.int_or_null(3)?.map(FolderNo),
            record: rec.text(4)?,
            actor: UserNo(rec.int(5)?),
            at: super::time(rec, 6)?,
        })
    })
    .await
}
