//! The end of every change: the account's book is posted within its quota, the events get their numbers, and the
//! request's idempotency key is marked, all in the unit that made the change.

use crate::caller::Caller;
use crate::table::{book, event, once};
use crate::unit::{Outcome, Tenanted};
use attache_model::error::{Error, QuotaKind};
use attache_model::event::{Event, EventKind};
use attache_model::link::Record;
use attache_model::{FileNo, FolderNo, Time, UserNo};

/// What a change did, to be written down with it.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Bytes that the account holds more.
    pub(crate) bytes: i64,
    /// Files that the account holds more.
    pub(crate) files: i64,
    notes: Vec<Note>,
}

#[derive(Debug)]
struct Note {
    kind: EventKind,
    file: Option<FileNo>,
    folder: Option<FolderNo>,
    record: String,
}

impl Change {
    /// Something happened to a file.
    pub(crate) fn file(kind: EventKind, file: FileNo) -> Change {
        Change::default().and_file(kind, file)
    }

    /// Something happened to a folder.
    pub(crate) fn folder(kind: EventKind, folder: FolderNo) -> Change {
        Change::default().and_folder(kind, folder)
    }

    /// Something happened to a file, too.
    #[must_use]
    pub(crate) fn and_file(mut self, kind: EventKind, file: FileNo) -> Change {
        self.notes.push(Note { kind, file: Some(file), folder: None, record: String::new() });
        self
    }

    /// Something happened to a folder, too.
    #[must_use]
    pub(crate) fn and_folder(mut self, kind: EventKind, folder: FolderNo) -> Change {
        self.notes.push(Note { kind, file: None, folder: Some(folder), record: String::new() });
        self
    }

    /// A file was put on a record or taken off it, too.
    #[must_use]
    pub(crate) fn and_record(mut self, kind: EventKind, file: FileNo, record: &Record) -> Change {
        self.notes.push(Note { kind, file: Some(file), folder: None, record: record.to_string() });
        self
    }

    /// The account holds so much more.
    #[must_use]
    pub(crate) fn with(mut self, bytes: i64, files: i64) -> Change {
        self.bytes += bytes;
        self.files += files;
        self
    }
}

/// Who made the change and under which idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) user: UserNo,
    pub(crate) once: Option<String>,
}

impl Author {
    pub(crate) fn new(caller: &Caller, once: Option<String>) -> Author {
        Author { user: caller.actor(), once }
    }
}

/// Writes down what a change did. It comes last in its unit, since it holds the account's book until the commit.
///
/// # Errors
/// `Quota` when the account may not hold so much.
pub(crate) async fn settle(t: &mut Tenanted<'_>, author: &Author, now: Time, change: &Change) -> Outcome<()> {
    if let (Some(key), Some(effect)) = (&author.once, change.effect()) {
        // A key that was freed meanwhile may be in use by a repetition: this change must not be a second one.
        if once::mark(t, key, &effect).await? == 0 {
            return Err(Error::InFlight.into());
        }
    }
    let count = i64::try_from(change.notes.len()).unwrap_or(i64::MAX);
    let Some(last) = book::post(t, change.bytes, change.files, count).await? else {
        return Err(over_quota(t, change).await?.into());
    };
    for (note, no) in change.notes.iter().zip(last - count + 1..) {
        let event = Event {
            no,
            kind: note.kind,
            file: note.file,
            folder: note.folder,
            record: note.record.clone(),
            actor: author.user,
            at: now,
        };
        event::add(t, &event).await?;
    }
    Ok(())
}

impl Change {
    /// What the change came to, for a repeated request: the first file it touched, else the first folder.
    fn effect(&self) -> Option<String> {
        let file = self.notes.iter().find_map(|note| note.file).map(|no| format!("file/{no}"));
        file.or_else(|| self.notes.iter().find_map(|note| note.folder).map(|no| format!("folder/{no}")))
    }
}

/// Which of the limits did not allow a change.
async fn over_quota(t: &mut Tenanted<'_>, change: &Change) -> Outcome<Error> {
    let Some((usage, quota)) = book::get(t).await? else {
        return Err(Error::NotFound(attache_model::What::Account).into());
    };
    let files_over = quota.files.is_some_and(|limit| usage.files.saturating_add_signed(change.files) > limit);
    Ok(match (files_over, quota.files, quota.bytes) {
        (true, Some(limit), _) => Error::Quota { which: QuotaKind::Files, limit },
        (_, _, Some(limit)) => Error::Quota { which: QuotaKind::Bytes, limit },
        _ => Error::bug("the book refused a change that its limits allow"),
    })
}
