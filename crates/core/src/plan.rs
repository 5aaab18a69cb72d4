//! What callers hand in: plans for new files, replacements, changes, folders, links, imports and signed links.

use attache_blobs::Algorithm;
use attache_model::file::{File, Source};
use attache_model::link::{Origin, Record};
use attache_model::share::PreviewSize;
use attache_model::upload::Upload;
use attache_model::{Access, Audience, FileNo, FileRef, FolderRef, Name, Owner, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A file to be made from staged bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewFile {
    /// Where. A path that is not there is made when `make_folders` is set; a number or id must be there.
    pub folder: FolderRef,
    /// Whether missing folders of a path are made.
    pub make_folders: bool,
    /// Its name, or what to derive it from.
    pub name: NewName,
    /// Who may fetch it without a token.
    pub access: Access,
    /// When it disappears by itself.
    pub expires_at: Option<Time>,
    /// Media type that the client declared; used where the bytes do not tell.
    pub media_type: Option<String>,
    /// Charset that the client declared, for text.
    pub charset: Option<String>,
    /// HubSpot's "usable in content" mark.
    pub usable_in_content: bool,
    /// How it came in.
    pub source: Source,
    /// Custom metadata.
    pub metadata: BTreeMap<String, String>,
    /// What to do when the name is taken.
    pub clash: Clash,
    /// Whether to look for the same bytes first.
    pub duplicates: Option<Duplicates>,
    /// Records to put it on, in the same commit.
    pub links: Vec<NewLink>,
    /// Whether its maker keeps it personally.
    #[serde(default)]
    pub personal: bool,
    /// What people say of it; empty for nothing.
    #[serde(default)]
    pub description: String,
    /// When it goes to the trash unless something links it by then; `None` is never.
    #[serde(default)]
    pub claim_by: Option<Time>,
}

impl NewFile {
    /// A private file called `name` in `folder`, with nothing special; a taken name is refused.
    pub fn new(folder: FolderRef, name: NewName) -> NewFile {
        NewFile {
            folder,
            make_folders: true,
            name,
            access: Access::Private,
            expires_at: None,
            media_type: None,
            charset: None,
            usable_in_content: true,
            source: Source::Upload,
            metadata: BTreeMap::new(),
            clash: Clash::Refuse,
            duplicates: None,
            links: Vec::new(),
            personal: false,
            description: String::new(),
            claim_by: None,
        }
    }
}

/// A new file's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewName {
    /// This one and no other.
    Exact(Name),
    /// Made from what the client gave: `given`, else the name of the `part` (its last path component is taken by the
    /// dialect), else the first 12 hex digits of the content's MD5; with the extension of `given`, else of `part`, else
    /// of what the bytes are.
    Derived {
        /// The name that was asked for.
        given: Option<String>,
        /// The name that the upload's part carried.
        part: Option<String>,
    },
}

/// What to do when the folder already has a living file of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clash {
    /// Refuse with `Error::Exists`.
    Refuse,
    /// Take the first free of `name-1`, `name-2`, ...
    Number,
    /// The wanted name goes on as the file's title. Below it the file takes one of the first free numbers, or past a few
    /// its own.
    Title,
    /// Move the old file to the trash; the new one has a new id.
    Replace,
    /// Make it the new active version of the file that is there.
    Version,
}

/// A look for living files of the same bytes before anything is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Look only in the very folder, not in the whole account.
    pub in_folder_only: bool,
    /// Answer with the file that is there (true), or refuse with `Error::Exists` (false).
    pub return_existing: bool,
}

/// What became of a put.
#[derive(Clone, Debug)]
pub enum Put<F> {
    /// A new file.
    Created(F),
    /// The new bytes became a version of a file that was there.
    Versioned(F),
    /// The same bytes were there; nothing was stored.
    Existing(F),
}

impl<F> Put<F> {
    /// The file, whichever way.
    pub fn into_file(self) -> F {
        match self {
            Put::Created(file) | Put::Versioned(file) | Put::Existing(file) => file,
        }
    }
}

/// New content for a file that is there. The name, id and place stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Replacement {
    /// A new access level.
    pub access: Option<Access>,
    /// A new expiry; `Some(None)` removes it.
    pub expires_at: Option<Option<Time>>,
    /// Media type that the client declared.
    pub media_type: Option<String>,
    /// Charset that the client declared.
    pub charset: Option<String>,
    /// Must hold when the version is made.
    pub condition: Condition,
}

/// A condition on the state of a file, tested inside the commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Always holds.
    #[default]
    Always,
    /// One of these entity tags (without quotes) is the file's or its content's; see [`crate::etag`]. `*` is any.
    Matches(Vec<String>),
}

/// Changes to a file's properties. `None` leaves a property as it is.
#[derive(Clone, Debug, Default)]
pub struct FileChange {
    /// A new name.
    pub name: Option<Rename>,
    /// A name that is taken gets a number, as with [`Clash::Number`], instead of being refused.
    pub numbered: bool,
    /// Another folder.
    pub folder: Option<FolderRef>,
    /// Whether missing folders of a path are made.
    pub make_folders: bool,
    /// A new access level.
    pub access: Option<Access>,
    /// HubSpot's "usable in content" mark.
    pub usable_in_content: Option<bool>,
    /// A new expiry; `Some(None)` removes it.
    pub expires_at: Option<Option<Time>>,
    /// What people say of it; empty removes it.
    pub description: Option<String>,
    /// Custom metadata by key: a value sets, `None` removes (RFC 7396).
    pub metadata: BTreeMap<String, Option<String>>,
    /// Another version of the file becomes the active one.
    pub version: Option<i64>,
    /// Must hold when the change is made.
    pub condition: Condition,
}

/// Whose a file is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A contact's: it is put on that record.
    Contact(Record),
    /// The caller's own.
    User,
    /// The company's.
    Company,
    /// An owner's, which is the company's too: it is put on that record.
    Owner(Owner),
}

impl Destination {
    /// Whose a file is once it is there.
    pub fn audience(&self) -> Audience {
        match self {
            Destination::Contact(_) => Audience::Contact,
            Destination::User => Audience::User,
            Destination::Company | Destination::Owner(_) => Audience::Company,
        }
    }
}

/// Changes to a file within a caller's reach. `None` leaves a property as it is.
#[derive(Clone, Debug, Default)]
pub struct ReachChange {
    /// A new name. One that is taken in the folder shows all the same, as with [`Clash::Title`].
    pub name: Option<Name>,
    /// Whether anybody may fetch it without a token.
    pub public: Option<bool>,
    /// Whose it is to be.
    pub destination: Option<Destination>,
    /// What people say of it; empty removes it.
    pub description: Option<String>,
    /// Whether it is the picture that is shown for its owner.
    pub cover: Option<bool>,
}

/// A file to be put on an owner. `None` leaves a property as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attach {
    /// The file.
    pub file: FileNo,
    /// What people say of it; empty removes it.
    pub description: Option<String>,
    /// Whether it is the picture that is shown for the owner.
    pub cover: Option<bool>,
}

impl Attach {
    /// A file as it is.
    pub fn of(file: FileNo) -> Attach {
        Attach { file, description: None, cover: None }
    }
}

/// A new name for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rename {
    /// This one, extension and all.
    Full(Name),
    /// A new stem before the extension that the file has; the file's own extension is taken off where the caller
    /// repeated it.
    Stem(String),
}

/// A folder to be made.
#[derive(Clone, Debug)]
pub struct NewFolder {
    /// Where.
    pub parent: FolderRef,
    /// Whether missing folders of a path are made.
    pub make_parents: bool,
    /// Its name.
    pub name: String,
    /// Answer with the folder that has the name already instead of refusing.
    pub or_existing: bool,
}

/// Changes to a folder. `None` leaves a property as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderChange {
    /// A new name.
    pub name: Option<String>,
    /// Another parent.
    pub parent: Option<FolderRef>,
}

/// A link to be made between a file and a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLink {
    /// The record.
    pub record: Record,
    /// Why.
    pub origin: Origin,
    /// The file's part on the record; empty for none.
    pub role: String,
    /// Whether the record's ordinary readers are shown it.
    pub visible: bool,
}

impl NewLink {
    /// Attached, visible, without a role.
    pub fn attached(record: Record) -> NewLink {
        NewLink { record, origin: Origin::Attached, role: String::new(), visible: true }
    }
}

/// A file to be fetched from a URL by a task.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// Where from; http or https.
    pub url: String,
    /// The file to make of it. A derived name without `given` takes the answer's or the URL's.
    pub file: NewFile,
}

/// A resumable upload to be opened.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// How many bytes there will be; `None` when the sender will say later.
    pub length: Option<u64>,
    /// What becomes of them.
    pub goal: Goal,
    /// The dialect's own words about it, kept as they are and given back with it.
    pub memo: String,
}

/// What an upload's bytes become.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Goal {
    /// A file.
    File(Box<NewFile>),
    /// A version of a file that is there.
    Version {
        /// The file.
        file: FileRef,
        /// What goes with the new content.
        with: Replacement,
    },
    /// Nothing by themselves: other uploads are joined of them.
    Joining,
}

/// What is said of the next bytes of an upload.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The upload's length, by a sender who did not say it at the opening.
    pub declares: Option<u64>,
    /// A digest that these bytes must have, or none of them is kept.
    pub checksum: Option<(Algorithm, Vec<u8>)>,
    /// How many bytes these are.
    pub len: Option<u64>,
}

/// Where an upload stands after bytes came.
#[derive(Clone, Debug)]
pub struct Appended {
    /// The upload.
    pub upload: Upload,
    /// The file that became of it, when this was the end of it.
    pub file: Option<File>,
}

/// A signed link to be made.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// How long it works; bounded by the dialect's limit.
    pub life: Duration,
    /// The version it is bound to; `None` follows the active one.
    pub version: Option<i64>,
    /// A picture in this size instead of the original; ignored for other content.
    pub size: Option<PreviewSize>,
    /// Smaller pictures are enlarged to the size.
    pub upscale: bool,
    /// Leaves as a download instead of being shown.
    pub download: bool,
    /// Kept in the list of links, where it can be taken back. An unlisted one ends with its expiry, its file or its token.
    pub listed: bool,
}

/// A signed link that was made.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The last path segment of the link; everything the link allows is sealed in it.
    pub token: String,
    /// When it ends.
    pub expires_at: Time,
    /// Its row, when listed.
    pub share: Option<attache_model::share::Share>,
    /// The file it gives.
    pub file: FileNo,
}
