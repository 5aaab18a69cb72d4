//! What a finished upload becomes, from what its sender said about it.

use crate::metadata::Metadata;
use attache_core::{Clash, Goal, NewFile, NewLink, NewName, PanelFile, PanelGoal, Replacement};
use attache_model::id::FolderRef;
use attache_model::{Access, Error, FileNo, FileRef, FolderNo, Name, Result, What};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use std::fmt::Display;
use std::str::FromStr;

/// The goal that the metadata names: a new version with `file`, else a new file. Keys that are not ours are left to the
/// sender.
///
/// # Errors
/// What is not allowed in a value, by the name of its key.
pub(crate) fn of(metadata: &Metadata) -> Result<Goal> {
    let media_type = metadata.text(&["filetype", "type"])?.map(str::to_owned);
    if let Some(declared) = &media_type {
        attache_core::check_type(declared)?;
    }
    let charset = media_type.as_deref().and_then(charset);
    let access = metadata.text(&["access"])?.map(access).transpose()?;
    match metadata.text(&["file"])? {
        Some(file) => {
            let file = file_at(file)?;
            stays(metadata)?;
            Ok(Goal::Version { file, with: Replacement { access, media_type, charset, ..Replacement::default() } })
        }
        None => Ok(Goal::File(Box::new(NewFile {
            access: access.unwrap_or(Access::Private),
            media_type,
            charset,
            // The sender may be gone when the name turns out to be taken: nobody could be asked.
            clash: metadata.text(&["on_conflict"])?.map_or(Ok(Clash::Number), clash)?,
            links: links(metadata)?,
            ..NewFile::new(folder(metadata)?, name(metadata)?)
        }))),
    }
}

/// The goal of a guest's upload: a file on the panel's record, or a version of one there. Keys about a place, a record and who may
/// see it are not the guest's to give; what they say is passed over.
///
/// # Errors
/// What is not allowed in a value, by the name of its key.
pub(crate) fn of_guest(metadata: &Metadata) -> Result<PanelGoal> {
    let media_type = metadata.text(&["filetype", "type"])?.map(str::to_owned);
    if let Some(declared) = &media_type {
        attache_core::check_type(declared)?;
    }
    let charset = media_type.as_deref().and_then(charset);
    Ok(match metadata.text(&["file"])? {
        Some(file) => PanelGoal::Version { file: file_at(file)?, media_type, charset },
        None => PanelGoal::File(PanelFile { name: name(metadata)?, media_type, charset }),
    })
}

/// A new version stays where its file is; a sender that names a place means something else.
fn stays(metadata: &Metadata) -> Result<()> {
    for key in ["folder", "folder_id", "record", "on_conflict"] {
        if metadata.text(&[key])?.is_some() {
            return Err(Error::invalid(key, "a new version stays where its file is; leave it out beside file"));
        }
    }
    Ok(())
}

fn name(metadata: &Metadata) -> Result<NewName> {
    let given = metadata.text(&["filename", "name"])?;
    given.map_or(Ok(NewName::Derived { given: None, part: None }), |name| Name::parse(name).map(NewName::Exact))
}

fn folder(metadata: &Metadata) -> Result<FolderRef> {
    match (metadata.text(&["folder"])?, metadata.text(&["folder_id"])?) {
        (None, None) => Ok(FolderRef::ROOT),
        (Some(path), None) => Ok(FolderRef::Path(path.to_owned())),
        (None, Some(id)) => folder_at(id),
        (Some(_), Some(_)) => Err(Error::invalid("folder_id", "give either folder or folder_id, not both")),
    }
}

fn folder_at(text: &str) -> Result<FolderRef> {
    match number(text) {
        Some(no) => Ok(FolderRef::No(FolderNo(no))),
        None => id(text, What::Folder).map(FolderRef::Id),
    }
}

fn file_at(text: &str) -> Result<FileRef> {
    match number(text) {
        Some(no) => Ok(FileRef::No(FileNo(no))),
        None => id(text, What::File).map(FileRef::Id),
    }
}

/// An id in the one spelling that we give out.
fn id<T: FromStr + Display>(text: &str, what: What) -> Result<T> {
    let id: Option<T> = text.parse().ok();
    id.filter(|id| id.to_string() == text).ok_or(Error::NotFound(what))
}

/// A number in its one spelling: no sign, no leading zeros.
fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number >= 0 && number.to_string() == text).then_some(number)
}

fn links(metadata: &Metadata) -> Result<Vec<NewLink>> {
    let Some(records) = metadata.text(&["record"])? else { return Ok(Vec::new()) };
    records.split(',').map(|record| record.trim().parse().map(NewLink::attached)).collect()
}

fn access(word: &str) -> Result<Access> {
    let words: StrDeserializer<'_, WordError> = word.into_deserializer();
    Access::deserialize(words).map_err(|why| Error::invalid("access", why.to_string()))
}

/// What is to happen when the name is taken, in the words of the native API.
fn clash(word: &str) -> Result<Clash> {
    match word {
        "refuse" => Ok(Clash::Refuse),
        "number" => Ok(Clash::Number),
        "title" => Ok(Clash::Title),
        "replace" => Ok(Clash::Replace),
        "version" => Ok(Clash::Version),
        _ => Err(Error::invalid("on_conflict", "it is refuse, number, title, replace or version")),
    }
}

fn charset(media_type: &str) -> Option<String> {
    let mut parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let charset = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charset.map(|(_, value)| value.trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::tests::pairs;
    use attache_model::link::Record;

    fn new_file(given: &[(&str, &str)]) -> NewFile {
        match of(&pairs(given)).unwrap() {
            Goal::File(new) => *new,
            other => panic!("{other:?} is no new file"),
        }
    }

    #[test]
    fn without_metadata_it_is_a_private_file_in_the_root_with_a_name_of_its_content() {
        let new = new_file(&[]);
        assert_eq!(new.name, NewName::Derived { given: None, part: None });
        assert_eq!((new.folder, new.access, new.clash), (FolderRef::ROOT, Access::Private, Clash::Number));
        assert!(new.links.is_empty() && new.media_type.is_none());
    }

    #[test]
    fn every_key_reaches_the_file() {
        let new = new_file(&[
            ("filename", "Scan 1.PDF"),
            ("filetype", "text/csv; charset=\"utf-8\""),
            ("folder", "/contracts/2026"),
            ("record", "contact/42, deal/7"),
            ("access", "public_not_indexable"),
            ("on_conflict", "version"),
            ("relativePath", "null"),
        ]);
        assert_eq!(new.clash, Clash::Version);
        assert_eq!(new.name, NewName::Exact(Name::parse("Scan 1.PDF").unwrap()));
        assert_eq!(
            (new.media_type.as_deref(), new.charset.as_deref()),
            (Some("text/csv; charset=\"utf-8\""), Some("utf-8"))
        );
        assert_eq!((new.folder, new.access), (FolderRef::Path("/contracts/2026".into()), Access::PublicNotIndexable));
        let records: Vec<Record> = new.links.into_iter().map(|link| link.record).collect();
        assert_eq!(records, ["contact/42".parse().unwrap(), "deal/7".parse().unwrap()]);
    }

    #[test]
    fn the_other_names_of_the_keys_are_known_too() {
        let new = new_file(&[("name", "a.txt"), ("type", "text/plain"), ("folder_id", "7")]);
        assert_eq!(new.name, NewName::Exact(Name::parse("a.txt").unwrap()));
        assert_eq!((new.media_type.as_deref(), new.folder), (Some("text/plain"), FolderRef::No(FolderNo(7))));
    }

    #[test]
    fn with_a_file_it_is_a_new_version_that_keeps_its_place() {
        let id = "0190a5a4-5d5c-7f00-8000-000000000001";
        let Goal::Version { file, with } = of(&pairs(&[("file", id), ("filename", "other.txt")])).unwrap() else {
            panic!("it is a version")
        };
        assert_eq!((file, with.access), (FileRef::Id(id.parse().unwrap()), None));
        for key in ["folder", "folder_id", "record", "on_conflict"] {
            let error = of(&pairs(&[("file", id), (key, "x")])).unwrap_err();
            assert!(matches!(error, Error::Invalid { field, .. } if field == key));
        }
    }

    #[test]
    fn values_that_are_not_allowed_are_refused_before_a_byte_is_sent() {
        for (key, value) in [
            ("filename", "../../canary.txt"),
            ("filename", "a\0b"),
            ("filetype", "image/png, text/html"),
            ("access", "secret"),
            ("on_conflict", "overwrite"),
            ("record", "42"),
            ("record", "deal/1,,deal/2"),
        ] {
            let error = of(&pairs(&[(key, value)])).unwrap_err();
            assert!(matches!(error, Error::Invalid { .. }), "{key} {value}: {error}");
        }
        let both = of(&pairs(&[("folder", "/a"), ("folder_id", "1")])).unwrap_err();
        assert!(matches!(both, Error::Invalid { .. }));
    }

    #[test]
    fn a_file_or_folder_that_no_text_names_is_not_found() {
        for key in ["file", "folder_id"] {
            for value in ["-1", "01", "abc", "{0190a5a4-5d5c-7f00-8000-000000000001}"] {
                assert!(matches!(of(&pairs(&[(key, value)])), Err(Error::NotFound(_))), "{key} {value}");
            }
        }
    }
}
