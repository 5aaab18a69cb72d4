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
    /// An upload's number in its account.
    UploadNo
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
    /// A grant's public id; its secrets are never kept.
    GrantId
}
random! {
    /// A task's id, which callers poll.
    TaskId
}
random! {
    /// An upload's id.
    UploadId
}
random! {
    /// A version's id, made of its file's id and its number; see [`VersionId::of`].
    VersionId
}
random! {
    /// A signed link's id.
    ShareId
}
random! {
    /// An intake link's id.
    IntakeId
}
random! {
    /// A webhook's id.
    WebhookId
}
random! {
    /// A delivery's id, which its message carries on every try.
    DeliveryId
}
random! {
    /// An erasure's id.
    ErasureId
}

impl VersionId {
    /// The low bits of a UUID that say neither its version nor its variant.
    const FREE: u128 = (1 << 62) - 1;
    /// Bits 76 to 79, where a UUID says its version.
    const VERSION: u128 = 0xf << 76;
    /// An odd number spreads small numbers over all free bits, and can be undone: its inverse is beside it.
    const SPREAD: u128 = 0x1e37_79b9_7f4a_7c15;

    /// The id of version `no` of a file. It is never the id of a file: its UUID version is 8, a file's is 7.
    pub fn of(file: FileId, no: i64) -> VersionId {
        let bits = file.0.as_u128();
        let moved = (bits & Self::FREE).wrapping_add((no as u128).wrapping_mul(Self::SPREAD)) & Self::FREE;
        VersionId(Uuid::from_u128((bits & !Self::FREE & !Self::VERSION) | (8 << 76) | moved))
    }

    /// The number of the version that has this id; `None` for an id that no version of the file has.
    pub fn no_in(self, file: FileId) -> Option<i64> {
        let apart = self.0.as_u128().wrapping_sub(file.0.as_u128()) & Self::FREE;
        let no = apart.wrapping_mul(inverse(Self::SPREAD)) & Self::FREE;
        let no = i64::try_from(no).ok().filter(|no| *no > 0)?;
        (VersionId::of(file, no) == self).then_some(no)
    }
}

/// The number that undoes a multiplication by the odd number `odd`, for products that are cut at a power of two.
const fn inverse(odd: u128) -> u128 {
    // Newton's step doubles the number of right bits: 3, 6, 12, ... 192.
    let mut inverse = odd;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2u128.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
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

/// Names an upload the way the caller knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UploadRef {
    /// By number.
    No(UploadNo),
    /// By id.
    Id(UploadId),
}

impl From<UploadNo> for UploadRef {
    fn from(no: UploadNo) -> Self {
        UploadRef::No(no)
    }
}

impl From<UploadId> for UploadRef {
    fn from(id: UploadId) -> Self {
        UploadRef::Id(id)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_versions_id_leads_back_to_its_number_in_its_own_file_alone() {
        let file = FileId(Uuid::from_u128(0x0192_0000_0000_7abc_8fff_ffff_ffff_ffff));
        let other = FileId(Uuid::from_u128(0x0192_0000_0001_7abc_8fff_ffff_ffff_ffff));
        for no in [1, 2, 3, 1000, i64::from(u32::MAX)] {
            let id = VersionId::of(file, no);
            assert_eq!(id.no_in(file), Some(no));
            assert_eq!(id.no_in(other), None);
            assert_eq!((id.0.get_version_num(), id.0.get_variant()), (8, uuid::Variant::RFC4122));
        }
        assert_ne!(VersionId::of(file, 1), VersionId::of(file, 2));
        assert_eq!(VersionId(file.0).no_in(file), None);
    }
}
