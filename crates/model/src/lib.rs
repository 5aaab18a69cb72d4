//! The words of Attache as types: ids, files, folders, records, links, access, scopes, tasks, errors and limits.
//! Nothing here does I/O and nothing here knows HTTP or SQL; every other crate stands on this one.

pub mod access;
pub mod account;
pub mod audience;
pub mod audit;
pub mod card;
pub mod clock;
pub mod digest;
pub mod erasure;
pub mod error;
pub mod event;
pub mod field;
pub mod file;
pub mod folder;
pub mod grant;
pub mod id;
pub mod intake;
pub mod legal_hold;
pub mod limits;
pub mod link;
pub mod listing;
pub mod media;
pub mod name;
pub mod note;
pub mod owner;
pub mod page;
pub mod scope;
pub mod share;
pub mod task;
pub mod token;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
pub mod upload;
pub mod webhook;

pub use access::Access;
pub use account::User;
pub use audience::Audience;
pub use clock::{Clock, Time};
pub use error::{Error, Result, What};
pub use id::{
    AccountNo, FileId, FileNo, FileRef, FolderId, FolderNo, FolderRef, UploadId, UploadNo, UploadRef, UserNo, VersionId,
};
pub use name::Name;
pub use owner::{Named, Owner};
pub use scope::Scope;
