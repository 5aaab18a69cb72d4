//! Files and their versions.

use crate::digest::{Md5, Sha256};
use crate::legal_hold::LegalHold;
use crate::media::Kind;
use crate::{Access, FileId, FileNo, FolderNo, Name, Time, UploadNo, UserNo, VersionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The identity that people see, with what its active version holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its number in the account.
    pub no: FileNo,
    /// Its id.
    pub id: FileId,
    /// The folder that holds it.
    pub folder: FolderNo,
    /// Path of that folder, `/` for the root. Computed when the file is read.
    pub folder_path: String,
    /// Its name with extension, which no other living file of the folder has.
    pub name: Name,
    /// The name that it was given, where that was taken in the folder and shows all the same; see [`File::title`].
    pub called: Option<Name>,
    /// Whether its maker keeps it personally; see [`crate::Audience`].
    pub personal: bool,
    /// What people say of it; empty for nothing.
    pub description: String,
    /// Whether it is the picture that is shown for its owner; see [`crate::Owner`].
    pub cover: bool,
    /// Who may fetch it without a token.
    pub access: Access,
    /// HubSpot's "usable in content" mark.
    pub usable_in_content: bool,
    /// When it disappears by itself; `None` is never.
    pub expires_at: Option<Time>,
    /// When it was moved to the trash; `None` while it lives.
    pub trashed_at: Option<Time>,
    /// When it was made. Never changes.
    pub created_at: Time,
    /// When its content or properties last changed.
    pub updated_at: Time,
    /// Who made it.
    pub created_by: UserNo,
    /// Who last changed its content or properties.
    pub updated_by: UserNo,
    /// Who moved it to the trash; `None` while it lives.
    pub trashed_by: Option<UserNo>,
    /// Why it must not be removed for good; `None` for a file that may be.
    pub legal_hold: Option<LegalHold>,
    /// How many versions it has.
    pub versions: i64,
    /// The upload that made its active version, if one did.
    pub upload: Option<UploadNo>,
    /// How it came in.
    pub source: Source,
    /// Counts every change of the file, for conditional requests.
    pub revision: i64,
    /// Custom metadata: plain text values by key.
    pub metadata: BTreeMap<String, String>,
    /// Its active content.
    pub version: Version,
}

impl File {
    /// The id of its active version.
    pub fn version_id(&self) -> VersionId {
        VersionId::of(self.id, self.version.no)
    }

    /// The name that it was given. Faces whose files may have equal names show this one.
    pub fn title(&self) -> &Name {
        self.called.as_ref().unwrap_or(&self.name)
    }

    /// The whole path, `/contracts/2026/lease.pdf`.
    pub fn path(&self) -> String {
        crate::folder::join(&self.folder_path, self.name.full())
    }
}

/// Immutable content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// 1 for the first, counting up within the file.
    pub no: i64,
    /// Length in bytes.
    pub size: u64,
    /// Media type, found from the bytes first and the name second.
    pub media_type: String,
    /// Broad kind of content.
    pub kind: Kind,
    /// Image format for images, charset hunch for text, else `None`.
    pub encoding: Option<String>,
    /// Pixels across, for images.
    pub width: Option<u32>,
    /// Pixels down, for images.
    pub height: Option<u32>,
    /// SHA-256 of the bytes.
    pub sha256: Sha256,
    /// MD5 of the bytes.
    pub md5: Md5,
    /// Who put it in.
    pub created_by: UserNo,
    /// When it was put in.
    pub created_at: Time,
}

impl Version {
    /// The media type with the charset that text was declared to have.
    pub fn content_type(&self) -> String {
        match &self.encoding {
            Some(charset) if self.kind != Kind::Image => format!("{}; charset={charset}", self.media_type),
            _ => self.media_type.clone(),
        }
    }
}

/// How a file came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Through an API.
    Upload,
    /// Fetched from a URL.
    Import,
    /// Through an intake link.
    Intake,
}

impl Source {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub const fn from_code(code: i64) -> Option<Source> {
        match code {
            0 => Some(Source::Upload),
            1 => Some(Source::Import),
            2 => Some(Source::Intake),
            _ => None,
        }
    }
}
