//! What happened, in order, per account.

use crate::{FileNo, FolderNo, Time, UserNo};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place in the account's order: 1, 2, 3, ... without gaps.
    pub no: i64,
    /// What happened, such as `file.created`.
    pub kind: EventKind,
    /// The file it is about.
    pub file: Option<FileNo>,
    /// The folder it is about.
    pub folder: Option<FolderNo>,
    /// The record it is about, as `type/id`; empty for none.
    pub record: String,
    /// Who did it.
    pub actor: UserNo,
    /// When.
    pub at: Time,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// The kinds of event. Their words are part of the public interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $($(#[$doc])* $name,)* }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [EventKind] = &[$(EventKind::$name,)*];

            /// The word for it.
            pub const fn word(self) -> &'static str {
                match self { $(EventKind::$name => $word,)* }
            }

            /// From the word.
            pub fn from_word(word: &str) -> Option<EventKind> {
                match word { $($word => Some(EventKind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// A file was put in.
    FileCreated = "file.created",
    /// A file got a new version.
    FileReplaced = "file.replaced",
    /// A file's name, folder, access or other property changed.
    FileUpdated = "file.updated",
    /// A file went to the trash.
    FileTrashed = "file.trashed",
    /// A file came back from the trash.
    FileRestored = "file.restored",
    /// A file was erased: bytes, name and all.
    FileErased = "file.erased",
    /// A file's time in the trash, or its own, was over.
    FilePurged = "file.purged",
    /// A file was put on a record.
    FileLinked = "file.linked",
    /// A file was taken off a record.
    FileUnlinked = "file.unlinked",
    /// A record got a card.
    RecordCreated = "record.created",
    /// A record's card or a value of it was written.
    RecordUpdated = "record.updated",
    /// A note was put on a record.
    NoteCreated = "note.created",
    /// A note was changed.
    NoteUpdated = "note.updated",
    /// A folder was made.
    FolderCreated = "folder.created",
    /// A folder was renamed or moved.
    FolderUpdated = "folder.updated",
    /// A folder was deleted with what it held.
    FolderTrashed = "folder.trashed",
    /// A signed link was made.
    ShareCreated = "share.created",
    /// A signed link was taken back.
    ShareRevoked = "share.revoked",
    /// An intake link was made.
    IntakeCreated = "intake.created",
    /// Somebody sent a file in by an intake link.
    IntakeReceived = "intake.received",
    /// An intake link was closed.
    IntakeClosed = "intake.closed",
}
