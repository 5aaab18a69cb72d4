//! Faults of XML-RPC, by Keap's numbers and names, and the fault of every error of ours.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::scope::granting;
use attache_model::{Error, Scope};
use std::fmt;

/// What Keap's own text begins with when too much goes on at once; a client tells by it that it may come again.
const THROTTLED: &str = "com.infusionsoft.throttle.ThrottlingException: Maximum number of threads throttled";

/// Why a call came to nothing, as its client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Keap's number.
    pub(crate) code: i32,
    /// The name in brackets where the number has one, then what was wrong.
    pub(crate) text: String,
}

/// Keap's kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The call cannot be read, or there is no such method.
    Transport,
    /// The key is not one of ours.
    InvalidKey,
    /// Anything that has no number of its own.
    UnexpectedError,
    /// Nothing can be stored or looked up at the moment.
    DatabaseError,
    /// There is no such file.
    RecordNotFound,
    /// The content of a file cannot be read.
    Loading,
    /// The table is not open for this.
    NoTableAccess,
    /// The field is not open for this.
    NoFieldAccess,
    /// There is no such table.
    NoTableFound,
    /// There is no such field.
    NoFieldFound,
    /// No field was named.
    NoFields,
    /// A value that is not allowed.
    InvalidParameter,
    /// The file is there, and not in reach of the caller.
    NoAccess,
}

impl Kind {
    const fn code(self) -> i32 {
        match self {
            Kind::Transport => 0,
            Kind::InvalidKey => 2,
            Kind::UnexpectedError => 3,
            Kind::DatabaseError => 4,
            Kind::RecordNotFound => 5,
            Kind::Loading => 6,
            Kind::NoTableAccess => 7,
            Kind::NoFieldAccess => 8,
            Kind::NoTableFound => 9,
            Kind::NoFieldFound => 10,
            Kind::NoFields => 11,
            Kind::InvalidParameter => 12,
            Kind::NoAccess => 14,
        }
    }
}

impl Fault {
    /// A fault of `kind`; `text` says what was wrong.
    pub(crate) fn new(kind: Kind, text: impl fmt::Display) -> Fault {
        let text = if kind == Kind::Transport { text.to_string() } else { format!("[{kind:?}]{text}") };
        Fault { code: kind.code(), text }
    }

    /// The request is not XML-RPC, told by `why`.
    pub(crate) fn unreadable(why: impl fmt::Display) -> Fault {
        Fault::new(Kind::Transport, format_args!("Failed to parse XML-RPC request: {why}"))
    }

    /// There is no method called `method`.
    pub(crate) fn no_handler(method: &str) -> Fault {
        Fault::new(Kind::Transport, format_args!("No such handler: {method}"))
    }

    /// The method takes no parameters of these types.
    pub(crate) fn no_match(signature: &str) -> Fault {
        Fault::new(Kind::Transport, format_args!("No method matching arguments: {signature}"))
    }

    /// The caller lacks a scope.
    fn no_access(scope: Scope) -> Fault {
        let why = "User does not have permission for this";
        match granting(scope) {
            Some(name) => Fault::new(Kind::NoAccess, format_args!("{why}; the scope keap:{name} would give it")),
            None => Fault::new(Kind::NoAccess, why),
        }
    }

    /// There is no such file for this caller.
    pub(crate) fn not_found() -> Fault {
        Fault::new(Kind::RecordNotFound, "Record was not found")
    }
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Fault {
        let kind = match error {
            Error::Unauthenticated(_) => return Fault::new(Kind::InvalidKey, "Invalid Key"),
            Error::MissingScope(scope) => return Fault::no_access(*scope),
            Error::NotFound(_) | Error::Gone(_) | Error::Expired | Error::Forged => return Fault::not_found(),
            // The reader of requests names no field: it is the request itself that cannot be read.
            Error::Malformed { field, why, .. } if field.is_empty() => return Fault::unreadable(why),
            Error::Malformed { .. } | Error::Cut => return Fault::unreadable(error),
            Error::Invalid { .. }
            | Error::TooLarge { .. }
            | Error::Checksum
            | Error::Length { .. }
            | Error::UrlRefused => Kind::InvalidParameter,
            Error::Busy { .. } | Error::Tries { .. } => return Fault::new(Kind::UnexpectedError, THROTTLED),
            Error::Exists { .. }
            | Error::Quota { .. }
            | Error::Precondition
            | Error::State { .. }
            | Error::Held(_)
            | Error::Offset { .. }
            | Error::Superseded
            | Error::TooMany { .. }
            | Error::Unsupported { .. }
            | Error::InFlight
            | Error::Internal(_) => Kind::UnexpectedError,
            Error::StorageFull | Error::Damaged | Error::Unavailable(_) => Kind::DatabaseError,
        };
        Fault::new(kind, error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::from(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::error::examples::{SECRET, examples};
    use std::time::Duration;

    #[test]
    fn a_fault_carries_its_name_in_brackets_unless_the_call_never_reached_a_service() {
        assert_eq!(Fault::not_found(), Fault { code: 5, text: "[RecordNotFound]Record was not found".into() });
        let text = "Failed to parse XML-RPC request: Premature end of file.".to_owned();
        assert_eq!(Fault::unreadable("Premature end of file."), Fault { code: 0, text });
        assert_eq!(Fault::no_handler("a.b"), Fault { code: 0, text: "No such handler: a.b".into() });
        let text = "No method matching arguments: java.lang.String".to_owned();
        assert_eq!(Fault::no_match("java.lang.String"), Fault { code: 0, text });
    }

    #[test]
    fn every_error_has_keaps_number_for_it() {
        let mut all = String::new();
        for (name, error) in examples() {
            let Fault { code, text } = Fault::from(&error);
            assert!(!text.contains(SECRET), "{text} tells what is for the log alone");
            all += &format!("{name}: {code} {text}\n");
        }
        insta::assert_snapshot!("every_error", all);
    }

    #[test]
    fn a_caller_who_is_told_to_come_again_is_told_it_in_the_words_that_clients_look_for() {
        let fault = Fault::from(Error::Busy { after: Duration::from_secs(1) });
        assert!(fault.text.contains("ThrottlingException"), "{fault:?}");
    }

    #[test]
    fn whoever_may_not_is_told_what_would_let_it() {
        let text = "[NoAccess]User does not have permission for this; the scope keap:edit_company_files would give it";
        assert_eq!(Fault::from(Error::MissingScope(Scope::FilesCompanyWrite)), Fault { code: 14, text: text.into() });
    }
}
