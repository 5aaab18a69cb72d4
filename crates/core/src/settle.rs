//! The end of every change: the account's book is posted within its quota, the events get their numbers, and the
//! request's idempotency key is marked, and a line of the audit log is written, all in the unit that made the change.

use crate::caller::Caller;
use crate::node::Node;
use crate::once;
use crate::op::audit::{self, Entry};
use crate::op::intake::claim::Claim;
use crate::table::{book, panel, task, upload};
use crate::unit::{Outcome, Tenanted};
use attache_model::error::{Error, QuotaKind, What};
use attache_model::event::{Event, EventKind};
use attache_model::id::{TaskId, TokenId};
use attache_model::link::Record;
use attache_model::task::TaskResult;
use attache_model::{FileNo, FolderNo, Time, UploadNo, UserNo};

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

    /// Something happened to a record, with a file or without one, too.
    #[must_use]
    pub(crate) fn and_named(mut self, kind: EventKind, file: Option<FileNo>, record: &Record) -> Change {
        self.notes.push(Note { kind, file, folder: None, record: record.to_string() });
        self
    }

    /// That happened, too.
    #[must_use]
    pub(crate) fn and(mut self, other: Change) -> Change {
        self.notes.extend(other.notes);
        self.with(other.bytes, other.files)
    }

    /// Whether nothing happened.
    pub(crate) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// The account holds so much more.
    #[must_use]
    pub(crate) fn with(mut self, bytes: i64, files: i64) -> Change {
        self.bytes += bytes;
        self.files += files;
        self
    }
}

/// Who made the change, and for which task.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) user: UserNo,
    /// The token that the user shows; `None` for work of the server itself.
    pub(crate) token: Option<TokenId>,
    pub(crate) task: Option<Held>,
    pub(crate) upload: Option<Ending>,
    /// The place among the files of an intake that a new file takes; see [`Claim::take`].
    pub(crate) intake: Option<Claim>,
    /// The record outside of whose panel nothing is changed.
    pub(crate) within: Option<Record>,
}

/// The upload whose bytes the change makes a version of, and what it had reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) no: UploadNo,
    /// The node that had its turns when the bytes were all there.
    pub(crate) node: Node,
    pub(crate) held_bytes: i64,
    pub(crate) held_files: i64,
}

/// A task that this process holds, by the number of its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: TaskId,
    pub(crate) lease: i64,
}

impl Author {
    pub(crate) fn new(caller: &Caller) -> Author {
        Author { token: caller.token(), ..Author::of(caller.actor()) }
    }

    /// In a user's name, by the server itself.
    pub(crate) fn of(user: UserNo) -> Author {
        Author { user, token: None, task: None, upload: None, intake: None, within: None }
    }

    /// Demands a file that the author may change at all. It is asked in the unit that changes the file.
    ///
    /// # Errors
    /// `NotFound(File)` for one that the panel does not show.
    pub(crate) async fn demand(&self, t: &mut Tenanted<'_>, file: FileNo) -> Outcome<()> {
        match &self.within {
            Some(record) if panel::link_of(t, record, file).await?.is_none() => Err(Error::NotFound(What::File).into()),
            _ => Ok(()),
        }
    }
}

/// Writes down what a change did. It comes last in its unit, since it holds the account's book until the commit.
///
/// # Errors
/// `Quota` when the account may not hold so much.
pub(crate) async fn settle(t: &mut Tenanted<'_>, author: &Author, now: Time, change: &Change) -> Outcome<()> {
    attache_point::fail_point!("core.settling");
    if change.deed().is_some() {
        once::mark(t, now, change.came_to()).await?;
    }
    if let Some(held) = author.task {
        // The change and the end of its task are one commit: a task that is run again finds itself done.
        let result = change.file_touched().map(TaskResult::File);
        if !task::done(t.bare(), held.id, held.lease, now, result).await? {
            let why = String::from("another worker holds it by now");
            return Err(Error::State { what: What::Task, why }.into());
        }
    }
    if let Some(ending) = author.upload {
        end_upload(t, &ending, change.file_touched()).await?;
    }
    let count = i64::try_from(change.notes.len()).unwrap_or(i64::MAX);
    let Some((last, before)) = book::post(t, change.bytes, change.files, count).await? else {
        return Err(over_quota(t, change.files).await?.into());
    };
    let event = |(note, no): (&Note, i64)| Event {
        no,
        kind: note.kind,
        file: note.file,
        folder: note.folder,
        record: note.record.clone(),
        actor: author.user,
        at: now,
    };
    let events: Vec<Event> = change.notes.iter().zip(last - count + 1..).map(event).collect();
    if let Some(kind) = change.deed() {
        let targets = author.targets(&events);
        let entry = Entry::new(now, author.user, kind.word(), targets).with(author.token);
        audit::add(t, before, entry, &events).await?;
    }
    attache_point::fail_point!("core.settled");
    Ok(())
}

impl Author {
    /// What a change touched, as the audit log names it.
    fn targets(&self, events: &[Event]) -> String {
        let things = events.iter().flat_map(|event| {
            [event.file.map(|no| format!("file/{no}")), event.folder.map(|no| format!("folder/{no}"))]
        });
        let mut named: Vec<String> = Vec::new();
        for thing in things.flatten() {
            // Events of one thing stand beside each other.
            if named.last() != Some(&thing) {
                named.push(thing);
            }
        }
        named.extend(self.upload.map(|upload| format!("upload/{}", upload.no)));
        named.extend(self.task.map(|task| format!("task/{}", task.id)));
        named.extend(self.intake.as_ref().map(|claim| format!("intake/{}", claim.intake)));
        match events {
            [] => {}
            [one] => named.push(format!("event/{}", one.no)),
            [first, .., last] => named.push(format!("event/{}-{}", first.no, last.no)),
        }
        named.join(" ")
    }
}

/// Ends the upload whose bytes the change made a file or a version of. They are one commit, and what was reserved makes
/// room for the change.
async fn end_upload(t: &mut Tenanted<'_>, ending: &Ending, file: Option<FileNo>) -> Outcome<()> {
    // Another fault for a test: the sender's next try would make a second file.
    attache_point::fail_point!("core.upload_unended", |_| Ok(()));
    if !upload::done(t, ending.no, &ending.node.to_string(), file).await? {
        return Err(overtaken(t, ending).await?.into());
    }
    book::reserve(t, -ending.held_bytes, -ending.held_files).await?;
    Ok(())
}

/// Why an upload could not be ended by a change.
async fn overtaken(t: &mut Tenanted<'_>, ending: &Ending) -> Outcome<Error> {
    let elsewhere = upload::find(t, ending.no.into()).await?.is_some_and(|row| !ending.node.is(&row.node));
    let why = String::from("another request has ended it");
    Ok(if elsewhere { Error::Superseded } else { Error::State { what: What::Upload, why } })
}

impl Change {
    /// What it is called: by its first event, which the folders that had to be made for it are not.
    fn deed(&self) -> Option<EventKind> {
        let kinds = || self.notes.iter().map(|note| note.kind);
        kinds().find(|kind| *kind != EventKind::FolderCreated).or_else(|| kinds().next())
    }

    /// The first file it touched.
    fn file_touched(&self) -> Option<FileNo> {
        self.notes.iter().find_map(|note| note.file)
    }

    /// What it came to, for a repeated request: the first file it touched, else the first folder.
    fn came_to(&self) -> Option<TaskResult> {
        let folder = || self.notes.iter().find_map(|note| note.folder);
        self.file_touched().map(TaskResult::File).or_else(|| folder().map(TaskResult::Folder))
    }
}

/// Which of its limits did not allow an account so many more files, or the bytes that came with them.
pub(crate) async fn over_quota(t: &mut Tenanted<'_>, files: i64) -> Outcome<Error> {
    let Some((usage, quota)) = book::get(t).await? else {
        return Err(Error::NotFound(What::Account).into());
    };
    let files_over = quota.files.is_some_and(|limit| usage.files.saturating_add_signed(files) > limit);
    Ok(match (files_over, quota.files, quota.bytes) {
        (true, Some(limit), _) => Error::Quota { which: QuotaKind::Files, limit },
        (_, _, Some(limit)) => Error::Quota { which: QuotaKind::Bytes, limit },
        _ => Error::bug("the book refused what its limits allow"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{NewFile, NewName};
    use crate::unit::bare;
    use crate::{Core, Credential, Expect, Parts};
    use attache_blobs::{Body, Memory};
    use attache_db::{Db, Options, Target};
    use attache_model::task::TaskState;
    use attache_model::{Clock, FolderRef, Name};
    use std::time::Duration;

    const KIND: &str = "test";

    async fn open(folder: &tempfile::TempDir, clock: Clock) -> Core {
        let target = Target::Sqlite(folder.path().join("attache.db"));
        let db = Db::open(&target, &Options::default()).await.unwrap();
        let parts = Parts {
            db,
            blobs: Memory::default().into(),
            clock,
            limits: attache_model::limits::Limits::default(),
            allowed_networks: Vec::new(),
            public_url: String::from("http://localhost"),
            renderer: None,
            redirect: false,
        };
        Core::open(parts).await.unwrap()
    }

    /// Takes the due task, as a worker does, for a minute.
    async fn claim(core: &Core) -> Held {
        let now = core.now();
        let take = bare(move |tx| Box::pin(task::claim(tx, KIND, now, now.plus(Duration::from_secs(60)))));
        let claimed = core.write_all("claim", take).await.unwrap().expect("a task is due");
        Held { id: claimed.id, lease: claimed.lease }
    }

    #[tokio::test]
    async fn a_worker_that_lost_its_task_makes_no_file_and_the_one_that_has_it_ends_it_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::held(Time::from_millis(1_800_000_000_000));
        let core = open(&folder, clock.clone()).await;
        let first = core.operator().first_start().await.unwrap().unwrap();
        let caller = core.admit(&Credential::Token(first.token)).await.unwrap();
        let edit = core.edit(&caller).unwrap();
        let asked = edit.enqueue(KIND, &()).await.unwrap();

        let slow = claim(&core).await;
        clock.advance(Duration::from_secs(61));
        let quick = claim(&core).await;
        let put = async |held: Held| {
            let edit = core.edit(&caller).unwrap().for_task(held);
            let staged = edit.stage(Body::from(b"imported".to_vec()), &Expect::at_most(100)).await.unwrap();
            let name = NewName::Exact(Name::parse("imported.txt").unwrap());
            edit.put_file(NewFile::new(FolderRef::ROOT, name), staged).await
        };
        assert!(matches!(put(slow).await, Err(Error::State { what: What::Task, .. })));
        assert!(matches!(edit.stat("/imported.txt").await, Err(Error::NotFound(What::File))));

        let file = put(quick).await.unwrap().into_file();
        let ended = edit.task(asked).await.unwrap();
        assert_eq!((ended.state, ended.result), (TaskState::Done, Some(TaskResult::File(file.no))));
    }
}
