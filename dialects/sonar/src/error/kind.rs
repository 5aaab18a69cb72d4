//! What kind of error each one is, in Sonar's words and as a status.
#![deny(clippy::wildcard_enum_match_arm)]

use attache_model::error::Code;
use attache_model::{Error, What};
use http::StatusCode;

/// What kind of error it is, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    /// The query's syntax, what it asks of the schema, or its weight.
    Graphql,
    /// A value that is not allowed.
    Validation,
    /// Nobody who is let in.
    Authentication,
    /// Somebody who may not do this.
    Authorization,
    /// It is not there.
    NotFound,
    /// It does not go together with what is there.
    Conflict,
    /// A fault of ours.
    Internal,
    /// The request as such.
    Request,
}

impl Category {
    pub(super) const ALL: [Category; 8] = [
        Category::Graphql,
        Category::Validation,
        Category::Authentication,
        Category::Authorization,
        Category::NotFound,
        Category::Conflict,
        Category::Internal,
        Category::Request,
    ];

    /// Its word on the wire.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Category::Graphql => "graphql",
            Category::Validation => "validation",
            Category::Authentication => "authentication",
            Category::Authorization => "authorization",
            Category::NotFound => "not_found",
            Category::Conflict => "conflict",
            Category::Internal => "internal",
            Category::Request => "request",
        }
    }

    /// The category of that word.
    pub(crate) fn from_word(word: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.word() == word)
    }
}

/// The category of an error, and its status where one can be told.
pub(super) fn kind(error: &Error) -> (Category, StatusCode) {
    match error {
        Error::Unauthenticated(_) => (Category::Authentication, StatusCode::UNAUTHORIZED),
        Error::MissingScope(_) => (Category::Authorization, StatusCode::FORBIDDEN),
        Error::NotFound(What::Route) => (Category::Request, StatusCode::NOT_FOUND),
        Error::NotFound(_) | Error::Gone(_) => (Category::NotFound, StatusCode::NOT_FOUND),
        Error::Malformed { code: Code::MediaTypeUnsupported, .. } => {
            (Category::Request, StatusCode::UNSUPPORTED_MEDIA_TYPE)
        }
        Error::Malformed { .. } => (Category::Request, StatusCode::BAD_REQUEST),
        Error::Invalid { .. } | Error::UrlRefused => (Category::Validation, StatusCode::UNPROCESSABLE_ENTITY),
        Error::Checksum | Error::Length { .. } => (Category::Request, StatusCode::BAD_REQUEST),
        Error::TooLarge { .. } | Error::Quota { .. } => (Category::Request, StatusCode::PAYLOAD_TOO_LARGE),
        Error::Exists { .. }
        | Error::State { .. }
        | Error::Held(_)
        | Error::Offset { .. }
        | Error::Superseded
        | Error::InFlight => (Category::Conflict, StatusCode::CONFLICT),
        Error::Cut => (Category::Request, StatusCode::REQUEST_TIMEOUT),
        Error::Precondition => (Category::Conflict, StatusCode::PRECONDITION_FAILED),
        Error::TooMany { .. } | Error::Tries { .. } => (Category::Request, StatusCode::TOO_MANY_REQUESTS),
        Error::Expired | Error::Forged => (Category::Authorization, StatusCode::FORBIDDEN),
        Error::Unsupported { .. } => (Category::Request, StatusCode::METHOD_NOT_ALLOWED),
        Error::StorageFull => (Category::Internal, StatusCode::INSUFFICIENT_STORAGE),
        Error::Busy { .. } | Error::Unavailable(_) => (Category::Internal, StatusCode::SERVICE_UNAVAILABLE),
        Error::Damaged | Error::Internal(_) => (Category::Internal, StatusCode::INTERNAL_SERVER_ERROR),
    }
}
