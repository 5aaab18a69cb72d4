//! Identities. A number (`no`) is per account and small enough for clients that parse JSON numbers; an id is a random
//! UUID. Neither is authority: every look-up carries the account as well.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! random {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::try_parse(text).map($name)
            }
        }
    };
}

number! {
    /// A tenant. Nothing is ever visible across accounts.
    AccountNo
}
number! {
    /// A file's number in its account; the same in every dialect.
    FileNo
}
number! {
    /// A folder's number in its account; [`FolderNo::ROOT`] is the root, which every account has.
    FolderNo
}
number! {
    /// A user of an account; [`UserNo::OWNER`] is the account's owner.
    UserNo
}
random! {
    /// A file's id, for clients that do not need numbers.
    FileId
}
random! {
    /// A folder's id.
    FolderId
}
random! {
    /// A token's public id; the secret is never kept.
    TokenId
}
random! {
    /// A task's id, which callers poll.
    TaskId
}
random! {
    /// A signed link's id.
    ShareId
}

impl FolderNo {
    /// The root folder: it is there from the account's first moment and cannot be renamed, moved or deleted.
    pub const ROOT: FolderNo = FolderNo(0);
}

impl UserNo {
    /// The account's owner, the author where a token names nobody.
    pub const OWNER: UserNo = UserNo(1);
}

/// Names a file the way the caller knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileRef {
    /// By number.
    No(FileNo),
    /// By id.
    Id(FileId),
}

impl From<FileNo> for FileRef {
    fn from(no: FileNo) -> Self {
        FileRef::No(no)
    }
}

impl From<FileId> for FileRef {
    fn from(id: FileId) -> Self {
        FileRef::Id(id)
    }
}

/// Names a folder the way the caller knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FolderRef {
    /// By number.
    No(FolderNo),
    /// By id.
    Id(FolderId),
    /// By path from the root, such as `/contracts/2026`; `/` is the root.
    Path(String),
}

impl FolderRef {
    /// The root folder.
    pub const ROOT: FolderRef = FolderRef::No(FolderNo::ROOT);
}
