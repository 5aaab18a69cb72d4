//! What clients did to one file, in the order in which they called and were answered. Moments are counted, not timed.

/// A file as an answer shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Face {
    /// Grows with every change of the file.
    pub(super) revision: i64,
    /// The newest version, which is the active one.
    pub(super) version: i64,
    /// Which of the history's contents it has.
    pub(super) content: u64,
}

/// What a conditional write or delete demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Revision(i64),
    Content(u64),
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// New content becomes the newest version.
    Write { content: u64, when: Option<Tag> },
    /// Its properties.
    Look,
    /// Its content.
    Read,
    /// To the trash.
    Delete { when: Option<Tag> },
    /// Back from the trash.
    Restore,
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing: the connection was cut, and it may have been done or not, or be done later.
    Unknown,
    /// Done, and this is the file now.
    Shown(Face),
    /// This content.
    Content(u64),
    /// Done, without a word.
    Done,
    /// There is no such file.
    Absent,
    /// The condition does not hold.
    Unmet,
    /// The account may not hold so much.
    OverQuota,
    /// It is not in the trash.
    NotTrashed,
}

/// One operation on one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Op {
    pub(super) called: u64,
    /// `None` for one that was cut: nobody knows when it was over.
    pub(super) answered: Option<u64>,
    pub(super) act: Act,
    pub(super) end: End,
}
