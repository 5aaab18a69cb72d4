//! Between Kommo's words and ours: files and versions, with every address that leads to them.

use super::name::sanitized;
use super::types::{Author, File, FileLinks, Metadata, Preview, Version, VersionLinks};
use crate::App;
use crate::account::hal::Link;
use attache_core::{Caller, Core};
use attache_http::PublicUrl;
use attache_model::media::Kind;
use attache_model::share::PreviewSize;
use attache_model::{AccountNo, Time, UserNo, VersionId, file};
use uuid::Uuid;

/// How the files of one account look from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Face<'a> {
    pub(crate) core: &'a Core,
    pub(crate) public: &'a PublicUrl,
    /// The account's drive, which addresses of content name.
    pub(crate) drive: Uuid,
}

impl App {
    /// How the files of a caller's account look from outside.
    pub(crate) fn drive(&self, caller: &Caller) -> Face<'_> {
        self.drive_of(caller.account())
    }

    /// As [`App::drive`], for whoever needs no caller.
    pub(crate) fn drive_of(&self, account: AccountNo) -> Face<'_> {
        Face { core: &self.core, public: &self.public, drive: self.core.drive(account) }
    }
}

impl Face<'_> {
    /// Kommo's word for what a file is.
    pub(crate) fn kind(self, file: &file::File) -> &'static str {
        kind_word(file.version.kind)
    }

    /// Where a file's active version is found.
    pub(crate) fn download(self, file: &file::File) -> String {
        self.content(file, None).href
    }

    /// A file as lists show it.
    pub(crate) fn file(self, file: &file::File) -> File {
        let (id, active) = (file.id, &file.version);
        File {
            id: file.no.0,
            uuid: id.to_string(),
            version_uuid: file.version_id().to_string(),
            name: file.name.stem().to_owned(),
            sanitized_name: sanitized(file.name.stem()),
            kind: kind_word(active.kind),
            size: active.size,
            is_trashed: file.trashed_at.is_some(),
            source_id: None,
            session_id: None,
            has_multiple_versions: file.versions > 1,
            metadata: metadata(file, active),
            previews: self.previews(file, active),
            created_at: file.created_at.seconds(),
            created_by: author(file.created_by),
            updated_at: file.updated_at.seconds(),
            updated_by: author(file.updated_by),
            deleted_at: file.trashed_at.map(Time::seconds),
            deleted_by: file.trashed_by.map(author),
            links: FileLinks {
                own: self.link(&["v1.0", "files", &id.to_string()]),
                download: self.content(file, None),
                download_version: self.content(file, Some(file.version_id())),
            },
        }
    }

    /// A file as it is shown by itself: with the session that made its active version.
    pub(crate) fn one(self, file: &file::File) -> File {
        File { session_id: file.upload.map(|no| no.0), ..self.file(file) }
    }

    /// A version of a file.
    pub(crate) fn version(self, file: &file::File, version: &file::Version) -> Version {
        let id = VersionId::of(file.id, version.no);
        let (made_at, made_by) = (version.created_at.seconds(), version.created_by);
        Version {
            id: version.no,
            uuid: id.to_string(),
            file_uuid: file.id.to_string(),
            kind: kind_word(version.kind),
            name: file.name.stem().to_owned(),
            sanitized_name: sanitized(file.name.stem()),
            size: version.size,
            is_main: version.no == file.version.no,
            source_id: None,
            metadata: metadata(file, version),
            previews: self.previews(file, version),
            created_at: made_at,
            created_by: author(made_by),
            updated_at: made_at,
            updated_by: author(made_by),
            links: VersionLinks {
                own: self.link(&["v1.0", "files", &file.id.to_string(), "versions", &id.to_string()]),
                download: self.content(file, Some(id)),
            },
        }
    }

    /// Where the content of a version, or of whichever is active, is found.
    fn content(self, file: &file::File, version: Option<VersionId>) -> Link {
        let (drive, id) = (self.drive.to_string(), file.id.to_string());
        let version = version.map(|version| version.to_string());
        let name = shown_name(file);
        let path = ["download", &drive, &id].into_iter().chain(version.as_deref()).chain([name.as_str()]);
        Link { href: self.public.link(path) }
    }

    /// One picture in each size, where there can be any.
    fn previews(self, file: &file::File, version: &file::Version) -> Option<Vec<Preview>> {
        let (width, height) = (version.width?, version.height?);
        if !self.core.has_preview(version) {
            return None;
        }
        let (drive, id, name) = (self.drive.to_string(), file.id.to_string(), shown_name(file));
        let version = VersionId::of(file.id, version.no).to_string();
        let of = |(_, word, side): (PreviewSize, &str, u32)| {
            let (width, height) = fitted(width, height, side);
            let download_link = self.public.link(["preview", &drive, &id, &version, word, &name]);
            Preview { download_link, width, height }
        };
        Some(PreviewSize::ALL.into_iter().map(of).collect())
    }

    fn link(self, segments: &[&str]) -> Link {
        Link { href: self.public.link(segments.iter().copied()) }
    }
}

/// The name that stands at the end of addresses; nobody reads it.
fn shown_name(file: &file::File) -> String {
    let stem = sanitized(file.name.stem());
    if file.name.ext().is_empty() { stem } else { format!("{stem}.{}", file.name.ext()) }
}

fn metadata(file: &file::File, version: &file::Version) -> Metadata {
    Metadata {
        extension: file.name.ext().to_ascii_lowercase(),
        mime_type: version.media_type.clone(),
        sha256: version.sha256.to_string(),
    }
}

/// Kommo's word for a kind of content.
fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Audio => "audio",
        Kind::Document => "document",
        Kind::Image => "image",
        Kind::Video => "video",
        Kind::Other => "file",
    }
}

/// A user, or who else Kommo knows: a robot has the number 0, a client -1.
pub(crate) fn author(user: UserNo) -> Author {
    let kind = match user.0 {
        0 => "robot",
        -1 => "external",
        _ => "internal",
    };
    Author { id: user.0, kind }
}

/// The size of a picture in a square box that it is not enlarged to.
fn fitted(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let exact = (u64::from(length) * u64::from(side) + u64::from(longer / 2)) / u64::from(longer);
        u32::try_from(exact).unwrap_or(side).clamp(1, side)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_fits_in_its_box_and_is_never_enlarged() {
        assert_eq!(fitted(4000, 3000, 128), (128, 96));
        assert_eq!(fitted(3000, 4000, 1024), (768, 1024));
        assert_eq!(fitted(30, 20, 32), (30, 20));
        assert_eq!(fitted(10_000, 1, 32), (32, 1));
    }

    #[test]
    fn authors_are_users_but_for_two_numbers() {
        let kind = |no| author(UserNo(no)).kind;
        assert_eq!([kind(7_758_337), kind(0), kind(-1)], ["internal", "robot", "external"]);
    }
}
