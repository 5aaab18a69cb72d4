//! What each order of files and folders is in SQL, and the sort key that a cursor remembers of an item.

use crate::cursor::Key;
use crate::query::{FileSort, FolderSort};
use crate::table::{file, link};
use attache_model::Time;
use attache_model::file::File;
use attache_model::folder::Folder;
use attache_model::name::fold;

/// The folded title: the name, but for a file whose name was taken.
pub(super) const TITLE_KEY: &str = "CASE WHEN title_key <> '' THEN title_key ELSE name_key END";
/// The folded title as people write it: the key has a tab before the extension, also where there is none.
pub(super) const TITLE: &str = "CASE WHEN title_key <> '' \
    THEN CASE WHEN title_key LIKE '%\t' THEN REPLACE(title_key, '\t', '') ELSE REPLACE(title_key, '\t', '.') END \
    ELSE CASE WHEN name_key LIKE '%\t' THEN REPLACE(name_key, '\t', '') ELSE REPLACE(name_key, '\t', '.') END END";
/// Whether anybody may fetch it: the codes of the public levels of access.
const PUBLIC: &str = "CASE WHEN access IN (0, 1, 3, 4) THEN 1 ELSE 0 END";

pub(super) const fn file_column(by: FileSort) -> &'static str {
    match by {
        FileSort::No => "no",
        FileSort::Name => "name_key",
        FileSort::Extension => "ext",
        FileSort::Kind => "kind",
        FileSort::Size => "size",
        FileSort::Width => "COALESCE(width, 0)",
        FileSort::Height => "COALESCE(height, 0)",
        FileSort::Created => "created_at",
        FileSort::Updated => "updated_at",
        FileSort::Expires => "expires_at",
        FileSort::Trashed => "trashed_at",
        FileSort::Title => TITLE_KEY,
        FileSort::Contact => link::CONTACT,
        FileSort::Public => PUBLIC,
        FileSort::Id => "id",
        FileSort::Description => "description_key",
        FileSort::MediaType => "media_type",
        FileSort::Cover => "cover",
        FileSort::Maker => "created_by",
        FileSort::OwnerKind => link::OWNER_KIND_FIRST,
        FileSort::OwnerId => link::OWNER_ID_FIRST,
        FileSort::Revision => "revision",
    }
}

pub(super) fn file_key(file: &File, by: FileSort) -> Key {
    match by {
        FileSort::No => Key::Int(file.no.0),
        FileSort::Name => Key::Text(file::name_key(&file.name)),
        FileSort::Extension => Key::Text(file.name.ext().to_ascii_lowercase()),
        FileSort::Kind => Key::Int(file.version.kind.code()),
        FileSort::Size => Key::Int(crate::table::signed(file.version.size)),
        FileSort::Width => Key::Int(file.version.width.map_or(0, i64::from)),
        FileSort::Height => Key::Int(file.version.height.map_or(0, i64::from)),
        FileSort::Created => Key::Int(file.created_at.0),
        FileSort::Updated => Key::Int(file.updated_at.0),
        FileSort::Expires => Key::Int(file.expires_at.unwrap_or(Time::NEVER).0),
        FileSort::Trashed => Key::Int(file.trashed_at.map_or(0, |at| at.0)),
        FileSort::Title => Key::Text(file::name_key(file.title())),
        // Lists by these go on by offset, which takes no key.
        FileSort::Contact
        | FileSort::Public
        | FileSort::Id
        | FileSort::Description
        | FileSort::MediaType
        | FileSort::Cover
        | FileSort::Maker
        | FileSort::OwnerKind
        | FileSort::OwnerId
        | FileSort::Revision => Key::Int(0),
    }
}

pub(super) const fn folder_column(by: FolderSort) -> &'static str {
    match by {
        FolderSort::No => "no",
        FolderSort::Name => "name_key",
        FolderSort::Created => "created_at",
        FolderSort::Updated => "updated_at",
    }
}

pub(super) fn folder_key(folder: &Folder, by: FolderSort) -> Key {
    match by {
        FolderSort::No => Key::Int(folder.no.0),
        FolderSort::Name => Key::Text(fold(&folder.name)),
        FolderSort::Created => Key::Int(folder.created_at.0),
        FolderSort::Updated => Key::Int(folder.updated_at.0),
    }
}
