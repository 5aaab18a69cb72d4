//! What the page of an intake says, in words that people who know nothing of Attache understand. Nothing of the account
//! behind it is in them.
#![deny(clippy::wildcard_enum_match_arm)]

use attache_core::Visitor;
use attache_model::Error;
use attache_model::error::Code;
use attache_model::intake::{Accepted, Standing};
use http::StatusCode;

/// A number of bytes.
pub(super) fn size(bytes: u64) -> String {
    let mut unit = "bytes";
    let mut whole = bytes;
    let mut tenth = 0;
    for next in ["KB", "MB", "GB"] {
        if whole < 1024 {
            break;
        }
        (tenth, whole, unit) = (whole % 1024 * 10 / 1024, whole / 1024, next);
    }
    match (unit, tenth, whole) {
        ("bytes", _, 1) => String::from("1 byte"),
        ("bytes", _, whole) | (_, 0, whole) => format!("{whole} {unit}"),
        (_, tenth, whole) => format!("{whole}.{tenth} {unit}"),
    }
}

/// Which kinds of file may come.
pub(super) fn kinds(types: &Accepted) -> String {
    let mut words: Vec<String> = Vec::new();
    for entry in types.iter() {
        let word = match entry {
            "image/*" => String::from("pictures"),
            "audio/*" => String::from("sound"),
            "video/*" => String::from("films"),
            "text/*" | "text/plain" => String::from("plain text"),
            "application/pdf" => String::from("PDF"),
            other => match other.split_once('/') {
                Some(("image" | "audio" | "video" | "text", sub)) => sub.trim_start_matches("x-").to_uppercase(),
                _ => other.to_owned(),
            },
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

/// How many files may still come.
pub(super) fn left(visitor: &Visitor) -> String {
    match visitor.left() {
        1 => String::from("One file"),
        more => format!("Up to {more} files"),
    }
}

/// Why nothing comes by a link any more.
pub(super) fn ended(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "",
        Standing::Closed => "This link was closed. Nothing can be sent by it any more.",
        Standing::Expired => "The time of this link is over. Nothing can be sent by it any more.",
        Standing::Full => "All the files that were asked for have come. Nothing more can be sent by this link.",
    }
}

/// Why a file, or a whole form, did not come in.
pub(super) fn refusal(error: &Error, visitor: &Visitor) -> String {
    let text = match error {
        Error::Invalid { field, .. } if field == super::form::PASSWORD => "The password is not the right one.",
        Error::Invalid { code: Code::ValueInvalid, field, .. } if field == super::form::FILE => {
            "Please choose a file first."
        }
        Error::Invalid { code: Code::TypeInvalid, .. } => {
            return format!("This kind of file is not asked for. Asked for: {}.", kinds(visitor.types()));
        }
        Error::Invalid { code: Code::SizeInvalid, .. } => "It is empty.",
        Error::Invalid { code: Code::NameInvalid, .. } => {
            "Its name cannot be kept. Please give it a plain name and send it again."
        }
        Error::TooLarge { code: Code::FileTooLarge, .. } => {
            return format!("It is larger than {}.", size(visitor.max_bytes()));
        }
        Error::TooLarge { .. } => "This is too much at once. Please send fewer files at a time.",
        Error::Gone(_) => "The link has ended before it was here.",
        Error::TooMany { .. } => "As many files as were asked for have come already.",
        Error::Quota { .. } | Error::StorageFull => {
            "There is no room for it at the moment. Please tell whoever gave you this link."
        }
        Error::Cut | Error::Length { .. } | Error::Checksum | Error::Malformed { .. } => {
            "It did not arrive whole. Please send it again."
        }
        Error::Busy { .. } | Error::Tries { .. } | Error::Unavailable(_) | Error::InFlight | Error::Superseded => {
            "It cannot be taken just now. Please wait a minute and try again."
        }
        Error::Invalid { .. }
        | Error::Unauthenticated(_)
        | Error::MissingScope(_)
        | Error::NotFound(_)
        | Error::Exists { .. }
        | Error::Precondition
        | Error::State { .. }
        | Error::Held(_)
        | Error::Offset { .. }
        | Error::Expired
        | Error::Forged
        | Error::UrlRefused
        | Error::Unsupported { .. }
        | Error::Damaged
        | Error::Internal(_) => "Something went wrong here. Please try again later.",
    };
    text.to_owned()
}

/// The status of an answer that brought nothing in.
pub(super) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid { field, .. } if field == super::form::PASSWORD => StatusCode::FORBIDDEN,
        Error::Malformed { .. } | Error::Cut | Error::Length { .. } | Error::Checksum => StatusCode::BAD_REQUEST,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Gone(_) | Error::TooMany { .. } => StatusCode::GONE,
        Error::Quota { .. } | Error::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Error::Busy { .. } | Error::Tries { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) | Error::InFlight | Error::Superseded => StatusCode::SERVICE_UNAVAILABLE,
        Error::Invalid { .. } | Error::Unsupported { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Unauthenticated(_)
        | Error::MissingScope(_)
        | Error::NotFound(_)
        | Error::Exists { .. }
        | Error::Precondition
        | Error::State { .. }
        | Error::Held(_)
        | Error::Offset { .. }
        | Error::Expired
        | Error::Forged
        | Error::UrlRefused
        | Error::Damaged
        | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1 KB"),
            (1536, "1.5 KB"),
            (10 << 20, "10 MB"),
            (2 << 30, "2 GB"),
            ((2 << 30) + (300 << 20), "2.2 GB"),
            (5 << 40, "5120 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn kinds_are_told_as_people_call_them() {
        let types = ["image/*", "application/pdf", ".docx", "image/png", "text/plain", "audio/x-flac"];
        let types = Accepted::parse(&types).unwrap();
        assert_eq!(kinds(&types), "pictures, PDF, .docx, PNG, plain text, FLAC");
    }
}
