//! Errors of every kind, each with a name: what a dialect's tests answer to see that it has words for all of them.

use super::{Cause, Code, Error, QuotaKind, Shown, What};
use crate::Scope;
use std::io;
use std::time::Duration;

/// What an example's cause tells the log; no answer may hold it.
pub const SECRET: &str = "disk sda1 is on fire";

fn cause() -> Cause {
    Cause::new("insert version", io::Error::other(SECRET))
}

fn state(what: What, why: &str) -> Error {
    Error::State { what, why: why.to_owned() }
}

fn exists(what: What) -> Error {
    Error::Exists { what, no: 101, id: "an-id".to_owned() }
}

fn unsupported(why: &str) -> Error {
    Error::Unsupported { why: why.to_owned() }
}

/// Makes the list, and a match of its patterns: a new variant does not compile until it has an example here.
macro_rules! examples {
    ($($variant:pat => { $($name:literal: $example:expr,)+ })*) => {
        const _: fn(&Error) = |error| match error { $($variant => (),)* };

        /// One example of every variant or more, where values make a difference. Names are lower case, each there once.
        pub fn examples() -> Vec<(&'static str, Error)> {
            vec![$($({
                let example = $example;
                assert!(matches!(example, $variant), "{} stands under another variant: {example:?}", $name);
                ($name, example)
            },)+)*]
        }
    };
}

examples! {
    Error::Unauthenticated(_) => {
        "unauthenticated": Error::Unauthenticated(Shown::Nothing),
        "unauthenticated_unknown": Error::Unauthenticated(Shown::Unknown),
        "unauthenticated_expired": Error::Unauthenticated(Shown::Expired),
    }
    Error::MissingScope(_) => {
        "missing_scope_read": Error::MissingScope(Scope::FilesRead),
        "missing_scope_write": Error::MissingScope(Scope::FilesWrite),
        "missing_scope_delete": Error::MissingScope(Scope::FilesDelete),
        "missing_scope_contact": Error::MissingScope(Scope::FilesContact),
        "missing_scope_company": Error::MissingScope(Scope::FilesCompany),
        "missing_scope_records": Error::MissingScope(Scope::Records),
        "missing_scope_settings": Error::MissingScope(Scope::Settings),
    }
    Error::NotFound(_) => {
        "not_found": Error::NotFound(What::File),
        "not_found_upload": Error::NotFound(What::Upload),
        "not_found_record": Error::NotFound(What::Record),
        "not_found_user": Error::NotFound(What::User),
        "not_found_route": Error::NotFound(What::Route),
    }
    Error::Exists { .. } => {
        "exists": exists(What::File),
        "exists_folder": exists(What::Folder),
    }
    Error::Malformed { .. } => {
        "malformed": Error::malformed(Code::JsonInvalid, "body", "expected value at line 1 column 1"),
        "malformed_text": Error::malformed(Code::Utf8Invalid, "body", "the JSON is not UTF-8 text"),
        "malformed_type": Error::malformed(Code::MediaTypeUnsupported, "Content-Type", "it must be multipart/form-data"),
        "malformed_header": Error::malformed(Code::HeaderInvalid, "Upload-Length", "it is missing"),
        "malformed_parameter": Error::malformed(Code::ParameterInvalid, "filter", "'size' is no field to filter by"),
    }
    Error::Invalid { .. } => {
        "invalid": Error::invalid("file_size", "it must be a number of bytes"),
        "invalid_item": Error::invalid("2.uuid", "it is not a uuid"),
        "invalid_name": Error::refuse(Code::NameInvalid, "file_name", "it must not be empty"),
        "invalid_expiry": Error::refuse(Code::ExpiryInvalid, "options.ttl", "'PT24H' is not a period"),
        "key_reused": Error::refuse(Code::KeyReused, "Idempotency-Key", "the key was used for another request"),
    }
    Error::TooLarge { .. } => {
        "too_large": Error::TooLarge { code: Code::FileTooLarge, limit: 2_147_483_648 },
        "too_large_body": Error::TooLarge { code: Code::BodyTooLarge, limit: 1_048_576 },
    }
    Error::Quota { .. } => {
        "quota": Error::Quota { which: QuotaKind::Bytes, limit: 1000 },
        "quota_files": Error::Quota { which: QuotaKind::Files, limit: 1000 },
    }
    Error::Checksum => { "checksum": Error::Checksum, }
    Error::Length { .. } => {
        "length": Error::Length { expected: 10, got: 7 },
        "length_passed": Error::Length { expected: 10, got: 12 },
    }
    Error::Cut => { "cut": Error::Cut, }
    Error::Precondition => { "precondition": Error::Precondition, }
    Error::State { .. } => {
        "state": state(What::File, "it is in the trash"),
        "state_kept": state(What::File, "a note keeps it on contact/7"),
        "state_upload": state(What::Upload, "other bytes are there already"),
    }
    Error::Held(_) => { "held": Error::Held(What::File), }
    Error::Offset { .. } => { "offset": Error::Offset { expected: 4096 }, }
    Error::Superseded => { "superseded": Error::Superseded, }
    Error::Gone(_) => { "gone": Error::Gone(What::Upload), }
    Error::TooMany { .. } => {
        "too_many": Error::TooMany { what: What::Upload, limit: 1000 },
        "too_many_parts": Error::TooMany { what: What::Part, limit: 10_000 },
    }
    Error::Expired => { "expired": Error::Expired, }
    Error::Forged => { "forged": Error::Forged, }
    Error::UrlRefused => { "url_refused": Error::UrlRefused, }
    Error::Unsupported { .. } => {
        "unsupported": unsupported("POST is not possible here; the Allow header tells which methods are"),
    }
    Error::InFlight => { "in_flight": Error::InFlight, }
    Error::Tries { .. } => { "tries": Error::Tries { after: Duration::from_secs(30) }, }
    Error::Busy { .. } => { "busy": Error::Busy { after: Duration::from_secs(30) }, }
    Error::StorageFull => { "storage_full": Error::StorageFull, }
    Error::Damaged => { "damaged": Error::Damaged, }
    Error::Unavailable(_) => { "unavailable": Error::Unavailable(cause()), }
    Error::Internal(_) => { "internal": Error::Internal(cause()), }
}
