//! What a client says about a file that it puts in, gathered field by field from a form, a query or a JSON body.

use crate::convert;
use crate::types::{Access, NewImport, OnConflict};
use attache_core::{Clash, NewFile, NewLink, NewName};
use attache_http::json::{self, Members};
use attache_model::digest::Sha256;
use attache_model::error::Code;
use attache_model::id::FolderRef;
use attache_model::limits::Limits;
use attache_model::{Error, Name, Result, Time};
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::collections::BTreeMap;

/// The fields as they came. What is not allowed shows when the plan is made.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    name: Option<String>,
    folder: Option<String>,
    folder_id: Option<String>,
    access: Option<Access>,
    ttl: Option<u64>,
    expires_at: Option<String>,
    description: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    records: Vec<String>,
    on_conflict: Option<OnConflict>,
    sha256: Option<Sha256>,
}

impl Fields {
    /// The names of all fields.
    pub(crate) const NAMES: [&'static str; 11] = [
        "name",
        "folder",
        "folder_id",
        "access",
        "ttl",
        "expires_at",
        "description",
        "metadata",
        "record",
        "on_conflict",
        "sha256",
    ];

    /// Takes a field in.
    ///
    /// # Errors
    /// [`Code::UnknownField`], [`Code::DuplicateParameter`], and what is wrong with a value that cannot be read.
    pub(crate) fn set(&mut self, field: &str, text: &str, limits: &Limits) -> Result<()> {
        match field {
            "name" => once(field, &mut self.name, text.to_owned()),
            "folder" => once(field, &mut self.folder, text.to_owned()),
            "folder_id" => once(field, &mut self.folder_id, text.to_owned()),
            "access" => once(field, &mut self.access, word(field, text)?),
            "ttl" => once(field, &mut self.ttl, seconds(field, text)?),
            "expires_at" => once(field, &mut self.expires_at, text.to_owned()),
            "description" => once(field, &mut self.description, text.to_owned()),
            "metadata" => {
                let metadata = json::parse(text.as_bytes(), field, Members::Once, limits)?;
                once(field, &mut self.metadata, metadata)
            }
            "record" => {
                self.records.push(text.to_owned());
                Ok(())
            }
            "on_conflict" => once(field, &mut self.on_conflict, word(field, text)?),
            "sha256" => once(field, &mut self.sha256, digest(field, text)?),
            _ => {
                let known = Fields::NAMES.join(", ");
                let why = format!("it is not known; known are file, {known}");
                Err(Error::malformed(Code::UnknownField, field.escape_debug().to_string(), why))
            }
        }
    }

    /// The digest that the content must have.
    pub(crate) fn sha256(&self) -> Option<Sha256> {
        self.sha256
    }

    /// The access level, where one was named.
    pub(crate) fn access(&self) -> Option<attache_model::Access> {
        self.access.map(Into::into)
    }

    /// The expiry, where one was named.
    ///
    /// # Errors
    /// [`Code::ExpiryInvalid`].
    pub(crate) fn expiry(&self, now: Time) -> Result<Option<Time>> {
        convert::expiry(self.expires_at.as_deref(), self.ttl, now)
    }

    /// Whether no later field can change where the file goes and what happens when its name is taken.
    pub(crate) fn is_settled(&self) -> bool {
        self.name.is_some() && self.on_conflict.is_some() && (self.folder.is_some() || self.folder_id.is_some())
    }

    /// The plan for the file. `given` is the name of the upload's part, used where no field names it.
    ///
    /// # Errors
    /// [`Code::NameInvalid`] without any name, and what is not allowed in a field.
    pub(crate) fn plan(&self, given: Option<&str>, now: Time) -> Result<NewFile> {
        let name = self.name.as_deref().or(given).unwrap_or_default();
        self.plan_named(NewName::Exact(Name::parse(name)?), now)
    }

    /// The plan for a file whose name comes from elsewhere.
    ///
    /// # Errors
    /// What is not allowed in a field.
    pub(crate) fn plan_named(&self, name: NewName, now: Time) -> Result<NewFile> {
        let folder = convert::folder_choice("folder", self.folder.clone(), self.folder_id.as_deref())?;
        let links = self.records.iter().map(|record| record.parse().map(NewLink::attached));
        Ok(NewFile {
            access: self.access.unwrap_or(Access::Private).into(),
            expires_at: self.expiry(now)?,
            description: self.description.clone().unwrap_or_default(),
            metadata: self.metadata.clone().unwrap_or_default(),
            clash: self.on_conflict.map_or(Clash::Refuse, Clash::from),
            links: links.collect::<Result<_>>()?,
            ..NewFile::new(folder.unwrap_or(FolderRef::ROOT), name)
        })
    }
}

impl From<NewImport> for Fields {
    fn from(import: NewImport) -> Fields {
        Fields {
            name: import.name,
            folder: import.folder,
            folder_id: import.folder_id,
            access: import.access,
            ttl: import.ttl,
            expires_at: import.expires_at,
            description: Some(import.description),
            metadata: Some(import.metadata),
            records: import.records,
            on_conflict: import.on_conflict,
            sha256: None,
        }
    }
}

fn once<T>(field: &str, place: &mut Option<T>, value: T) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::malformed(Code::DuplicateParameter, field, "it was given more than once; give it once")),
    }
}

/// One of the words of a closed set.
///
/// # Errors
/// [`Error::Invalid`] that names all words of the set.
pub(crate) fn word<T: DeserializeOwned>(field: &str, text: &str) -> Result<T> {
    one_of(text).map_err(|why| Error::invalid(field, why))
}

/// One of the words of a closed set, or a sentence that names the set.
pub(crate) fn one_of<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let word: StrDeserializer<'_, WordError> = text.into_deserializer();
    T::deserialize(word).map_err(|error| error.to_string())
}

fn seconds(field: &str, text: &str) -> Result<u64> {
    text.parse().map_err(|_| Error::invalid(field, "it is not a whole number of seconds"))
}

/// A SHA-256 in hex.
///
/// # Errors
/// [`Code::DigestInvalid`].
pub(crate) fn digest(field: &str, text: &str) -> Result<Sha256> {
    Sha256::from_hex(text).ok_or_else(|| Error::malformed(Code::DigestInvalid, field, "a SHA-256 is 64 hex digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_millis(1_795_286_340_000);

    fn gather(fields: &[(&str, &str)]) -> Result<Fields> {
        let mut gathered = Fields::default();
        fields.iter().try_for_each(|(field, text)| gathered.set(field, text, &Limits::default()))?;
        Ok(gathered)
    }

    fn plan(fields: &[(&str, &str)]) -> Result<NewFile> {
        gather(fields)?.plan(None, NOW)
    }

    #[test]
    fn a_file_with_only_a_name_is_private_and_goes_to_the_root() {
        let plan = plan(&[("name", "a.txt")]).unwrap();
        assert_eq!(plan.access, attache_model::Access::Private);
        assert_eq!((plan.folder, plan.clash), (FolderRef::ROOT, Clash::Refuse));
    }

    #[test]
    fn every_field_reaches_the_plan() {
        let plan = plan(&[
            ("name", "a.txt"),
            ("folder", "/x/y"),
            ("access", "public_not_indexable"),
            ("ttl", "60"),
            ("metadata", r#"{"colour":"red"}"#),
            ("record", "contact/42"),
            ("record", "deal/7"),
            ("on_conflict", "version"),
        ])
        .unwrap();
        assert_eq!(plan.folder, FolderRef::Path("/x/y".into()));
        assert_eq!(plan.access, attache_model::Access::PublicNotIndexable);
        assert_eq!(plan.expires_at, Some(Time(NOW.0 + 60_000_000)));
        assert_eq!(plan.metadata["colour"], "red");
        assert_eq!(plan.links.len(), 2);
        assert_eq!(plan.clash, Clash::Version);
    }

    #[test]
    fn a_name_that_is_empty_or_missing_is_refused_and_never_invented() {
        for fields in [&[][..], &[("name", "")], &[("name", "../x")], &[("name", "a\0.jpg")]] {
            let error = plan(fields).unwrap_err();
            assert!(matches!(error, Error::Invalid { code: Code::NameInvalid, .. }), "{fields:?}");
        }
    }

    #[test]
    fn the_part_gives_the_name_where_no_field_does() {
        let plan = gather(&[]).unwrap().plan(Some("scan.pdf"), NOW).unwrap();
        assert_eq!(plan.name, NewName::Exact(Name::parse("scan.pdf").unwrap()));
        assert!(gather(&[]).unwrap().plan(Some("../scan.pdf"), NOW).is_err());
    }

    #[test]
    fn a_field_that_is_unknown_or_given_twice_is_refused() {
        let unknown = gather(&[("tenant_id", "1")]).unwrap_err();
        assert!(matches!(unknown, Error::Malformed { code: Code::UnknownField, .. }));
        let twice = gather(&[("access", "private"), ("access", "private")]).unwrap_err();
        assert!(matches!(twice, Error::Malformed { code: Code::DuplicateParameter, .. }));
    }

    #[test]
    fn a_word_outside_its_set_is_refused_with_the_set() {
        let error = gather(&[("access", "secret")]).unwrap_err();
        assert!(error.to_string().contains("public_indexable"), "{error}");
    }

    #[test]
    fn metadata_is_an_object_of_texts_without_doubled_keys() {
        for bad in ["[]", "{\"a\":1}", "{\"a\":\"1\",\"a\":\"2\"}", "{"] {
            assert!(gather(&[("metadata", bad)]).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_field_that_is_listed_is_known() {
        for field in Fields::NAMES {
            let error = gather(&[(field, "\u{1}")]).err();
            assert!(!matches!(error, Some(Error::Malformed { code: Code::UnknownField, .. })), "{field}");
        }
    }
}
