//! What a store says when it does not do what was asked, in few words and without secrets.

use std::{error::Error as StdError, io};

use crate::Error;

/// The most characters that are kept of each part of an answer.
const WORDS_LEN: usize = 300;

/// Codes of answers that mean: no room.
const FULL: [&str; 4] = ["QuotaExceeded", "XMinioStorageFull", "StorageFull", "InsufficientStorage"];
/// Codes of answers to requests whose bytes were damaged or cut on their way.
const DAMAGED: [&str; 9] = [
    "BadDigest",
    "InvalidDigest",
    "IncompleteBody",
    "RequestTimeout",
    "XAmzContentSHA256Mismatch",
    "XAmzContentChecksumMismatch",
    "InvalidChecksum",
    "Md5Mismatch",
    "ContentSHA256Mismatch",
];
/// Codes of answers that mean: the bucket itself is not there.
const NO_BUCKET: [&str; 2] = ["NoSuchBucket", "ContainerNotFound"];

/// An answer with an error status. The body of such an answer can hold parts of the request, so only two of its fields
/// are kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store answered {status} {}{}", self.code, self.words())]
pub(crate) struct Refusal {
    status: u16,
    code: String,
    message: String,
}

impl Refusal {
    /// Reads an answer: S3, Google and Azure all write `<Code>` and `<Message>`.
    pub(crate) fn read(status: u16, body: &str) -> Self {
        Self { status, code: field(body, "Code"), message: field(body, "Message") }
    }

    /// Whether the same request may be taken a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        let busy = matches!(self.status, 408 | 425 | 429 | 500 | 502..=504) || self.code == "SlowDown";
        busy || DAMAGED.contains(&self.code.as_str())
    }

    /// Whether it is about the object alone, so that the client library may say what it means.
    pub(crate) fn is_of_object(&self) -> bool {
        match self.status {
            404 => !NO_BUCKET.contains(&self.code.as_str()),
            304 | 409 | 412 => true,
            _ => false,
        }
    }

    fn is_full(&self) -> bool {
        self.status == 507 || FULL.contains(&self.code.as_str())
    }

    fn words(&self) -> String {
        if self.message.is_empty() { String::new() } else { format!(": {}", self.message) }
    }
}

fn field(body: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let found = body.split_once(&open).and_then(|(_, rest)| rest.split_once(&close)).map_or("", |(text, _)| text);
    found.chars().filter(|c| !c.is_control()).take(WORDS_LEN).collect()
}

/// For `map_err`: what went wrong with `op`, with the cause and without the names of our objects.
pub(crate) fn during(op: &'static str) -> impl Fn(object_store::Error) -> Error {
    move |error| match error {
        object_store::Error::NotFound { .. } => Error::Missing,
        error => match refusal_in(&error) {
            Some(refusal) if refusal.is_full() => Error::Full,
            Some(refusal) => Error::Io { op, source: io::Error::other(refusal.clone()) },
            None => Error::Io { op, source: io::Error::other(error) },
        },
    }
}

/// Whether the store does not know this kind of request.
pub(crate) fn is_unknown_request(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::NotImplemented { .. })
        || refusal_in(error).is_some_and(|refusal| refusal.status == 501 || refusal.code == "NotImplemented")
}

/// Whether what was asked may have been done all the same: no answer came, or one about the store's own failure.
pub(crate) fn is_doubtful(error: &object_store::Error) -> bool {
    let of_object = matches!(
        error,
        object_store::Error::NotFound { .. }
            | object_store::Error::Precondition { .. }
            | object_store::Error::AlreadyExists { .. }
    );
    !of_object && refusal_in(error).is_none_or(|refusal| refusal.status >= 500)
}

fn refusal_in(error: &object_store::Error) -> Option<&Refusal> {
    let mut at: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = at {
        if let Some(refusal) = error.downcast_ref() {
            return Some(refusal);
        }
        at = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "<?xml version='1.0'?><Error><Code>SignatureDoesNotMatch</Code><Message>The request \
        signature does not match</Message><AWSAccessKeyId>AKIA</AWSAccessKeyId><StringToSign>x</StringToSign></Error>";

    #[test]
    fn an_answer_is_told_without_what_it_repeats_of_the_request() {
        let said = Refusal::read(403, ANSWER).to_string();
        assert_eq!(said, "the store answered 403 SignatureDoesNotMatch: The request signature does not match");
        assert_eq!(Refusal::read(502, "<html>").to_string(), "the store answered 502 ");
        let long = Refusal::read(500, &format!("<Message>{}\n</Message>", "x".repeat(9000)));
        assert_eq!(long.message.len(), WORDS_LEN);
    }

    #[test]
    fn what_may_be_tried_again_is_told_from_what_may_not() {
        let passing = |status, code: &str| Refusal::read(status, &format!("<Code>{code}</Code>")).is_passing();
        for (status, code) in [(500, ""), (503, "SlowDown"), (429, ""), (400, "BadDigest"), (400, "IncompleteBody")] {
            assert!(passing(status, code), "{status} {code}");
        }
        for (status, code) in [(403, "AccessDenied"), (400, "InvalidRequest"), (404, "NoSuchKey"), (501, ""), (507, "")]
        {
            assert!(!passing(status, code), "{status} {code}");
        }
    }

    #[test]
    fn a_missing_bucket_is_no_missing_object() {
        let of_object = |code: &str| Refusal::read(404, &format!("<Code>{code}</Code>")).is_of_object();
        assert!(of_object("NoSuchKey") && of_object("NoSuchUpload") && of_object(""));
        assert!(!of_object("NoSuchBucket") && !of_object("ContainerNotFound"));
    }

    #[test]
    fn no_room_is_its_own_error() {
        for answer in [Refusal::read(507, ""), Refusal::read(403, "<Code>QuotaExceeded</Code>")] {
            let error = object_store::Error::Generic { store: "S3", source: Box::new(answer) };
            assert!(matches!(during("write")(error), Error::Full));
        }
    }
}
