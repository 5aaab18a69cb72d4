//! Reading the members of a JSON object the way HubSpot does: unknown ones are ignored, `null` is as if absent, ids come
//! as strings or numbers, and every fault names the member.

use crate::{convert, expiry, text};
use attache_core::{Clash, Duplicates, NewFile};
use attache_http::json;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Access, Error, FolderNo, FolderRef, Result, Time};
use axum::body::Body;
use http::HeaderMap;
use serde_json::{Map, Value};

/// What to do about a file of the same bytes: whether to answer with it instead of refusing.
const STRATEGIES: &[(&str, Option<bool>)] = &[("NONE", None), ("REJECT", Some(false)), ("RETURN_EXISTING", Some(true))];

/// Where to look for one: whether in the very folder only.
const SCOPES: &[(&str, bool)] = &[("ENTIRE_PORTAL", false), ("EXACT_FOLDER", true)];

/// The members of one JSON object.
pub(crate) struct Members {
    map: Map<String, Value>,
    /// What stands before a member's name in a fault: `options.` in a form's part, nothing in a JSON body.
    prefix: &'static str,
}

impl Members {
    /// Reads a JSON body.
    ///
    /// # Errors
    /// Those of [`json::read`].
    pub(crate) async fn read(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Members> {
        let map = json::read(headers, body, json::Members::LastWins, limits).await?;
        Ok(Members { map, prefix: "" })
    }

    /// Reads a form's `options` part.
    ///
    /// # Errors
    /// Those of [`json::parse`].
    pub(crate) fn of_options(text: &str, limits: &Limits) -> Result<Members> {
        let map = json::parse(text.as_bytes(), "options", json::Members::LastWins, limits)?;
        Ok(Members { map, prefix: "options." })
    }

    /// Where `name` stands, for faults.
    pub(crate) fn place(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn fault(&self, name: &str, wanted: &str) -> Error {
        Error::malformed(Code::ValueInvalid, self.place(name), format!("it must be {wanted}"))
    }

    /// The fault of a member that has to be there.
    pub(crate) fn missing(&self, name: &str, wanted: &str) -> Error {
        Error::malformed(Code::ValueInvalid, self.place(name), format!("it is required and must be {wanted}"))
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| self.fault(name, "a string"))
    }

    /// A boolean, also as the text that some clients make of it.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        let flag = match self.value(name) {
            None => return Ok(None),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) => text::flag(text),
            Some(_) => None,
        };
        flag.map(Some).ok_or_else(|| self.fault(name, "true or false"))
    }

    /// An id: a number or a string of digits.
    pub(crate) fn id(&self, name: &str) -> Result<Option<i64>> {
        let id = match self.value(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64().filter(|id| *id >= 0),
            Some(Value::String(digits)) => text::id(digits),
            Some(_) => None,
        };
        id.map(Some).ok_or_else(|| self.fault(name, "an id of decimal digits"))
    }

    /// A moment: RFC 3339 text or milliseconds since 1970.
    pub(crate) fn moment(&self, name: &str) -> Result<Option<Time>> {
        let moment = match self.value(name) {
            None => return Ok(None),
            Some(Value::Number(millis)) => millis.as_i64().map(Time::from_millis),
            Some(Value::String(text)) => text::moment(text),
            Some(_) => None,
        };
        moment
            .map(Some)
            .ok_or_else(|| self.fault(name, "a time such as '2026-01-31T12:00:00.000Z', or milliseconds since 1970"))
    }

    /// One of a few words, spelled exactly.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        found.map(Some).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.fault(name, &format!("one of {}", words.join(", ")))
        })
    }

    /// An access level that a caller may set: sensitive ones never, hidden ones only where `may_hide`.
    pub(crate) fn access(&self, may_hide: bool) -> Result<Option<Access>> {
        let Some(text) = self.text("access")? else { return Ok(None) };
        let wanted = convert::settable_access(may_hide);
        match convert::access(text) {
            Some(access) if !access.is_sensitive() && (may_hide || !access.is_hidden()) => Ok(Some(access)),
            Some(access) if access.is_hidden() && !access.is_sensitive() => Err(Error::refuse(
                Code::ValueInvalid,
                self.place("access"),
                format!("hidden files need the scope files.ui_hidden.write; without it, it must be {wanted}"),
            )),
            _ => Err(self.fault("access", &wanted)),
        }
    }

    /// As [`Members::access`], and it has to be there.
    pub(crate) fn required_access(&self, may_hide: bool) -> Result<Access> {
        self.access(may_hide)?.ok_or_else(|| self.missing("access", &convert::settable_access(may_hide)))
    }

    /// The end that `ttl` or `expiresAt` ask for.
    pub(crate) fn end(&self, now: Time) -> Result<Option<Time>> {
        match (self.text("ttl")?, self.moment("expiresAt")?) {
            (None, None) => Ok(None),
            (Some(ttl), None) => expiry::after_period(ttl, now, &self.place("ttl")).map(Some),
            (None, Some(_)) => self.end_moment(now),
            (Some(_), Some(_)) => Err(Error::refuse(
                Code::ExpiryInvalid,
                self.place("expiresAt"),
                "it cannot stand beside ttl; give one of the two",
            )),
        }
    }

    /// The end that `expiresAt` alone asks for.
    pub(crate) fn end_moment(&self, now: Time) -> Result<Option<Time>> {
        self.moment("expiresAt")?.map(|at| expiry::at_moment(at, now, &self.place("expiresAt"))).transpose()
    }

    /// What a file to be stored is to be: access, end, and what to do about files that are there.
    pub(crate) fn describe(&self, file: &mut NewFile, now: Time, may_hide: bool) -> Result<()> {
        file.access = self.required_access(may_hide)?;
        file.expires_at = self.end(now)?;
        file.clash = if self.flag("overwrite")?.unwrap_or(false) { Clash::Replace } else { Clash::Number };
        file.duplicates = self.duplicates()?;
        Ok(())
    }

    fn duplicates(&self) -> Result<Option<Duplicates>> {
        let return_existing = self.word("duplicateValidationStrategy", STRATEGIES)?.flatten();
        let in_folder_only = self.word("duplicateValidationScope", SCOPES)?.unwrap_or(true);
        Ok(return_existing.map(|return_existing| Duplicates { in_folder_only, return_existing }))
    }

    /// The folder that an id member or one of several spellings of a path member names; never both.
    pub(crate) fn folder(&self, id: &str, paths: &[&str]) -> Result<Option<FolderRef>> {
        let no = self.id(id)?;
        let mut path = None;
        for name in paths {
            if let Some(text) = self.text(name)? {
                path = Some((*name, text));
            }
        }
        match (no, path) {
            (Some(_), Some((name, _))) => Err(both_folders(&self.place(id), &self.place(name))),
            (Some(no), None) => Ok(Some(FolderRef::No(FolderNo(no)))),
            (None, Some((name, path))) => folder_path(path, &self.place(name)).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// A folder named by path; `field` says where it stood.
///
/// # Errors
/// As [`text::check_path`].
pub(crate) fn folder_path(path: &str, field: &str) -> Result<FolderRef> {
    let path = text::path(path);
    text::check_path(&path, field)?;
    Ok(FolderRef::Path(path))
}

/// A folder was named by id and by path at once.
pub(crate) fn both_folders(id: &str, path: &str) -> Error {
    Error::invalid(id, format!("it cannot stand beside {path}; give one of the two"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn members(value: &Value) -> Members {
        Members::of_options(&value.to_string(), &Limits::default()).unwrap()
    }

    fn place<T: std::fmt::Debug>(result: Result<T>) -> String {
        match result.unwrap_err() {
            Error::Malformed { field, .. } | Error::Invalid { field, .. } => field,
            other => panic!("{other:?} names no field"),
        }
    }

    #[test]
    fn null_is_as_if_absent() {
        let members = members(&json!({"access": null, "overwrite": null, "ttl": null, "folderId": null}));
        assert_eq!(members.access(false).unwrap(), None);
        assert_eq!(members.flag("overwrite").unwrap(), None);
        assert_eq!(members.end(Time(0)).unwrap(), None);
        assert_eq!(members.id("folderId").unwrap(), None);
    }

    #[test]
    fn ids_come_as_strings_or_numbers_and_nothing_else() {
        for value in [json!("42"), json!(42)] {
            assert_eq!(members(&json!({"id": value})).id("id").unwrap(), Some(42));
        }
        for value in [json!("4x"), json!(-4), json!(4.5), json!(""), json!([4]), json!(true)] {
            assert_eq!(place(members(&json!({"id": value})).id("id")), "options.id", "{value}");
        }
    }

    #[test]
    fn an_end_comes_as_time_or_milliseconds() {
        for value in [json!("1970-01-01T00:00:05Z"), json!(5000), json!("5000")] {
            assert_eq!(members(&json!({"expiresAt": value})).end(Time(0)).unwrap(), Some(Time::from_millis(5000)));
        }
        assert_eq!(place(members(&json!({"expiresAt": "later"})).end(Time(0))), "options.expiresAt");
        assert_eq!(place(members(&json!({"ttl": "P1D", "expiresAt": 5000})).end(Time(0))), "options.expiresAt");
        assert_eq!(place(members(&json!({"ttl": "PT24H"})).end(Time(0))), "options.ttl");
    }

    #[test]
    fn a_missing_or_illegal_access_names_the_legal_ones() {
        let error = members(&json!({})).required_access(false).unwrap_err();
        assert_eq!(
            error.to_string(),
            "options.access: it is required and must be one of PUBLIC_INDEXABLE, PUBLIC_NOT_INDEXABLE, PRIVATE"
        );
        for value in [json!("PUBLIC"), json!(1), json!("SENSITIVE"), json!("HIDDEN_SENSITIVE")] {
            assert_eq!(place(members(&json!({"access": value})).access(true)), "options.access", "{value}");
        }
    }

    #[test]
    fn hidden_levels_need_a_scope_of_their_own() {
        let members = members(&json!({"access": "HIDDEN_PRIVATE"}));
        assert!(members.access(false).unwrap_err().to_string().contains("files.ui_hidden.write"));
        assert_eq!(members.access(true).unwrap(), Some(Access::HiddenPrivate));
    }

    #[test]
    fn a_folder_is_named_by_id_or_by_path_in_either_spelling() {
        let paths = ["parentFolderPath", "parentPath"];
        let folder = |value: Value| members(&value).folder("parentFolderId", &paths);
        assert_eq!(folder(json!({"parentFolderId": 0})).unwrap(), Some(FolderRef::ROOT));
        for name in paths {
            assert_eq!(folder(json!({name: "a//b/"})).unwrap(), Some(FolderRef::Path("/a/b".into())));
            assert_eq!(place(folder(json!({name: "a", "parentFolderId": "7"}))), "options.parentFolderId");
        }
        assert_eq!(folder(json!({})).unwrap(), None);
    }

    #[test]
    fn a_wrong_word_is_told_the_right_ones() {
        let words = [("NONE", 0), ("REJECT", 1)];
        assert_eq!(members(&json!({"s": "REJECT"})).word("s", &words).unwrap(), Some(1));
        let error = members(&json!({"s": "DENY"})).word("s", &words).unwrap_err();
        assert_eq!(error.to_string(), "options.s: it must be one of NONE, REJECT");
    }
}
