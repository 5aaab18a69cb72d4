//! The words of problems: each error has one word, each word one status, one title and one page under `docs/errors`.

use attache_model::error::{Code, QuotaKind};
use attache_model::{Error, What};

/// A kind of problem, as clients tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The stable word, the last segment of a problem's `type`.
    pub text: &'static str,
    /// The HTTP status that it always goes with.
    pub status: u16,
    /// A short title for people.
    pub title: &'static str,
}

macro_rules! words {
    ($($name:ident = $text:literal $status:literal $title:literal,)*) => {
        impl Word {
            $(#[doc = $title] pub(crate) const $name: Word = Word { text: $text, status: $status, title: $title };)*

            /// The words that are not codes of the model.
            const OTHERS: &'static [Word] = &[$(Word::$name,)*];
        }
    };
}

words! {
    UNAUTHENTICATED = "unauthenticated" 401 "The credential is not valid",
    SCOPE_MISSING = "scope_missing" 403 "The token lacks a scope",
    NOT_FOUND = "not_found" 404 "There is no such thing",
    METHOD_NOT_ALLOWED = "method_not_allowed" 405 "The method is not for this address",
    NAME_TAKEN = "name_taken" 409 "The name is taken",
    EXISTS = "exists" 409 "It is there already",
    QUOTA_EXCEEDED = "quota_exceeded" 507 "The account's space is used up",
    COUNT_EXCEEDED = "count_exceeded" 507 "The account has as many files as it may",
    STORAGE_FULL = "storage_full" 507 "The server's storage is full",
    CHECKSUM_MISMATCH = "checksum_mismatch" 400 "The bytes do not have the declared digest",
    LENGTH_MISMATCH = "length_mismatch" 400 "The length is not the declared one",
    BODY_CUT = "body_cut" 408 "The body did not come in whole",
    PRECONDITION_FAILED = "precondition_failed" 412 "The condition does not hold",
    STATE = "state" 409 "It is not in a state for this",
    HELD = "held" 409 "It is under legal hold",
    OFFSET_MISMATCH = "offset_mismatch" 409 "The upload goes on elsewhere",
    SUPERSEDED = "superseded" 409 "A newer request took over",
    GONE = "gone" 410 "Its time is over",
    TOO_MANY = "too_many" 429 "There are as many as there may be",
    URL_EXPIRED = "url_expired" 403 "The link has expired",
    SIGNATURE_INVALID = "signature_invalid" 403 "The link is not valid",
    URL_REFUSED = "url_refused" 422 "The URL is refused",
    UNSUPPORTED = "unsupported" 422 "This is not possible here",
    IN_FLIGHT = "in_flight" 409 "A request with this key is being worked on",
    TOO_MANY_TRIES = "too_many_tries" 429 "Too many unknown credentials",
    BUSY = "busy" 503 "Too much at once",
    DIGEST_MISMATCH = "digest_mismatch" 500 "The stored content is damaged",
    UNAVAILABLE = "unavailable" 503 "A part of the service does not answer",
    INTERNAL = "internal" 500 "Something went wrong on the server",
}

impl Word {
    /// Every word.
    pub fn all() -> impl Iterator<Item = Word> {
        Code::ALL.iter().copied().map(Word::of_code).chain(Word::OTHERS.iter().copied())
    }

    /// The word for a fault in a request.
    pub fn of_code(code: Code) -> Word {
        Word { text: code.word(), status: status(code), title: code.title() }
    }

    /// The word for an error.
    pub fn of(error: &Error) -> Word {
        match error {
            Error::Unauthenticated(_) => Word::UNAUTHENTICATED,
            Error::MissingScope(_) => Word::SCOPE_MISSING,
            Error::NotFound(_) => Word::NOT_FOUND,
            Error::Exists { what: What::File | What::Folder, .. } => Word::NAME_TAKEN,
            Error::Exists { .. } => Word::EXISTS,
            Error::Malformed { code, .. } | Error::Invalid { code, .. } | Error::TooLarge { code, .. } => {
                Word::of_code(*code)
            }
            Error::Quota { which: QuotaKind::Bytes, .. } => Word::QUOTA_EXCEEDED,
            Error::Quota { which: QuotaKind::Files, .. } => Word::COUNT_EXCEEDED,
            Error::Checksum => Word::CHECKSUM_MISMATCH,
            Error::Length { .. } => Word::LENGTH_MISMATCH,
            Error::Cut => Word::BODY_CUT,
            Error::Precondition => Word::PRECONDITION_FAILED,
            Error::State { .. } => Word::STATE,
            Error::Held(_) => Word::HELD,
            Error::Offset { .. } => Word::OFFSET_MISMATCH,
            Error::Superseded => Word::SUPERSEDED,
            Error::Gone(_) => Word::GONE,
            Error::TooMany { .. } => Word::TOO_MANY,
            Error::Expired => Word::URL_EXPIRED,
            Error::Forged => Word::SIGNATURE_INVALID,
            Error::UrlRefused => Word::URL_REFUSED,
            Error::Unsupported { .. } => Word::UNSUPPORTED,
            Error::InFlight => Word::IN_FLIGHT,
            Error::Tries { .. } => Word::TOO_MANY_TRIES,
            Error::Busy { .. } => Word::BUSY,
            Error::StorageFull => Word::STORAGE_FULL,
            Error::Damaged => Word::DIGEST_MISMATCH,
            Error::Unavailable(_) => Word::UNAVAILABLE,
            Error::Internal(_) => Word::INTERNAL,
        }
    }
}

/// The status of a fault in a request: what cannot be read is 400, what can be read and is not allowed is 422, what is
/// too much is 413, where HTTP has no closer one.
fn status(code: Code) -> u16 {
    match code {
        Code::Utf8Invalid
        | Code::HeaderInvalid
        | Code::JsonInvalid
        | Code::UnknownField
        | Code::UnknownParameter
        | Code::DuplicateParameter
        | Code::ParameterInvalid
        | Code::SortInvalid
        | Code::CursorInvalid
        | Code::MultipartInvalid
        | Code::MultipartTruncated
        | Code::DigestInvalid
        | Code::UrlInvalid => 400,
        Code::CrossSite => 403,
        Code::CurrentVersion => 409,
        Code::TooManyParts | Code::FieldTooLarge | Code::FileTooLarge | Code::BodyTooLarge | Code::MetadataTooLarge => {
            413
        }
        Code::MediaTypeUnsupported => 415,
        Code::ValueInvalid
        | Code::NameInvalid
        | Code::PathTooDeep
        | Code::TypeInvalid
        | Code::SizeInvalid
        | Code::ReservedKey
        | Code::ListTooLong
        | Code::ExpiryTooLong
        | Code::ExpiryInvalid
        | Code::KeyReused
        | Code::RecordInvalid
        | Code::FolderCycle
        | Code::RootFolder
        | Code::PreviewUnsupported
        | Code::PreviewTooLarge
        | Code::PreviewFailed => 422,
        Code::PartHeadersTooLarge => 431,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_problems_share_a_word() {
        let mut seen = HashSet::new();
        for word in Word::all() {
            assert!(seen.insert(word.text), "{} is there twice", word.text);
        }
    }

    #[test]
    fn every_word_goes_with_an_error_status() {
        for word in Word::all() {
            assert!((400..600).contains(&word.status), "{}", word.text);
        }
    }
}
