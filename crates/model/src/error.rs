//! Everything that can go wrong, as data. No status codes here: each dialect renders an [`Error`] in its own words, in
//! one exhaustive match.

#[cfg(feature = "testing")]
pub mod examples;

use crate::Scope;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with what a caller needs to put it right.
#[derive(Clone, Debug)]
pub enum Error {
    /// Nobody who is let in.
    Unauthenticated(Shown),
    /// The credential lacks this scope.
    MissingScope(Scope),
    /// It is not there for this caller: never made, gone, hidden or somebody else's. These are not told apart.
    NotFound(What),
    /// Something with that name or content is there already.
    Exists {
        /// What is there.
        what: What,
        /// Its number, for the caller to look at.
        no: i64,
        /// Its id.
        id: String,
    },
    /// The request cannot be read as what it claims to be.
    Malformed {
        /// Which kind of fault.
        code: Code,
        /// Where: a parameter, a JSON pointer's last member, a part.
        field: String,
        /// What was wrong and what would be right.
        why: String,
    },
    /// The request can be read, and a value in it is not allowed.
    Invalid {
        /// Which kind of fault.
        code: Code,
        /// Where.
        field: String,
        /// What was wrong and what would be right.
        why: String,
    },
    /// More than a limit allows.
    TooLarge {
        /// Which kind of fault.
        code: Code,
        /// The limit, in the unit of what was counted.
        limit: u64,
    },
    /// The account may not store more.
    Quota {
        /// What ran out.
        which: QuotaKind,
        /// How much the account may have.
        limit: u64,
    },
    /// The bytes are not those that the sender's digest names.
    Checksum,
    /// Fewer or more bytes came than were declared.
    Length {
        /// Bytes declared.
        expected: u64,
        /// Bytes that came.
        got: u64,
    },
    /// The body ended early or stopped coming.
    Cut,
    /// `If-Match` and the like did not hold.
    Precondition,
    /// It is not in a state for this.
    State {
        /// What.
        what: What,
        /// The state it is in and what would be right.
        why: String,
    },
    /// It is under legal hold, so nothing of it is removed for good.
    Held(What),
    /// An upload goes on somewhere else than the sender thinks.
    Offset {
        /// How many bytes are here: where the next one belongs.
        expected: u64,
    },
    /// A newer request for the same upload took the place of this one.
    Superseded,
    /// Its time is over.
    Gone(What),
    /// The account has as many of these as it may have at once.
    TooMany {
        /// Of what.
        what: What,
        /// How many it may have.
        limit: u64,
    },
    /// A link's time is over.
    Expired,
    /// A signature does not fit.
    Forged,
    /// An outgoing request to a place that is not allowed. Says the same for every refusal.
    UrlRefused,
    /// Not possible here.
    Unsupported {
        /// What was asked and what is possible.
        why: String,
    },
    /// The same idempotency key is being worked on.
    InFlight,
    /// Too many credentials that are unknown came from this address.
    Tries {
        /// When it may try again.
        after: Duration,
    },
    /// Too much at once; try again.
    Busy {
        /// After this long.
        after: Duration,
    },
    /// The disk is full.
    StorageFull,
    /// Stored bytes are others than they should be, or gone. What is left of them is not given out.
    Damaged,
    /// A part we need does not answer.
    Unavailable(Cause),
    /// A fault of ours.
    Internal(Cause),
}

impl Error {
    /// A value that is not allowed; `field` says where, `why` what would be right.
    pub fn invalid(field: impl Into<String>, why: impl Into<String>) -> Error {
        Error::Invalid { code: Code::ValueInvalid, field: field.into(), why: why.into() }
    }

    /// As [`Error::invalid`] with a code of its own.
    pub fn refuse(code: Code, field: impl Into<String>, why: impl Into<String>) -> Error {
        Error::Invalid { code, field: field.into(), why: why.into() }
    }

    /// Something that cannot be read.
    pub fn malformed(code: Code, field: impl Into<String>, why: impl Into<String>) -> Error {
        Error::Malformed { code, field: field.into(), why: why.into() }
    }

    /// A fault of ours in operation `op`.
    pub fn internal(op: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::Internal(Cause::new(op, source))
    }

    /// A part that did not answer in operation `op`.
    pub fn unavailable(op: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::Unavailable(Cause::new(op, source))
    }

    /// A broken promise inside Attache, told by `what`.
    pub fn bug(what: &'static str) -> Error {
        Error::Internal(Cause { op: what, source: None })
    }

    /// The operator has to look at it (and the log gets it at error level).
    pub const fn is_ours(&self) -> bool {
        matches!(self, Error::Damaged | Error::Unavailable(_) | Error::Internal(_))
    }
}

/// A sentence for people; dialects use it where they have no better one.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unauthenticated(_) => f.write_str("The credential is missing, unknown, expired or revoked."),
            Error::MissingScope(scope) => write!(f, "The token lacks the scope '{scope}'."),
            Error::NotFound(what) => write!(f, "There is no such {what}."),
            Error::Exists { what, no, .. } => write!(f, "A {what} is there already: number {no}."),
            Error::Malformed { field, why, .. } | Error::Invalid { field, why, .. } => write!(f, "{field}: {why}"),
            Error::TooLarge { code, limit } => write!(f, "{}: the limit is {limit}.", code.title()),
            Error::Quota { which, limit } => write!(f, "The account may store no more than {limit} {which}."),
            Error::Checksum => f.write_str("The bytes that came do not have the digest that was declared."),
            Error::Length { expected, got } => write!(f, "{expected} bytes were declared and {got} came."),
            Error::Cut => f.write_str("The body ended before it was complete."),
            Error::Precondition => {
                f.write_str("The condition of the request does not hold: it was changed in the meantime.")
            }
            Error::State { what, why } => write!(f, "The {what} is not in a state for this: {why}"),
            Error::Held(what) => write!(
                f,
                "The {what} is under legal hold: nothing of it is removed for good until somebody with the scope {} lifts the hold.",
                Scope::Settings
            ),
            Error::Offset { expected } => write!(f, "The upload goes on at byte {expected}."),
            Error::Superseded => f.write_str("A newer request goes on with this upload."),
            Error::Gone(what) => write!(f, "The {what}'s time is over."),
            Error::TooMany { what, limit } => {
                write!(f, "The account has {limit} open {what}s, as many as it may have; end some first.")
            }
            Error::Expired => f.write_str("The link has expired."),
            Error::Forged => f.write_str("The link's signature is not valid."),
            Error::UrlRefused => f.write_str("The URL is refused: only public http and https addresses are fetched."),
            Error::Unsupported { why } => f.write_str(why),
            Error::InFlight => f.write_str("A request with this idempotency key is still being worked on."),
            Error::Tries { after } => {
                let seconds = after.as_secs().max(1);
                write!(f, "Too many unknown credentials came from this address; try again in {seconds} seconds.")
            }
            Error::Busy { .. } => f.write_str("Too many requests at once; try again shortly."),
            Error::StorageFull => f.write_str("The server's storage is full; nothing was stored."),
            Error::Damaged => f.write_str(
                "The stored content is damaged and is not given out; the operator can bring it back from a backup, and so can \
                 whoever uploads the same bytes again.",
            ),
            Error::Unavailable(_) => f.write_str("A part of the service does not answer; try again shortly."),
            Error::Internal(_) => {
                f.write_str("Something went wrong on the server; its log has the details under this request id.")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unavailable(cause) | Error::Internal(cause) => cause.source.as_deref().map(|e| e as _),
            _ => None,
        }
    }
}

/// What somebody who is not let in has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// No credential.
    Nothing,
    /// One that is unknown or revoked.
    Unknown,
    /// One whose time is over.
    Expired,
}

/// What failed and why, for the log only.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The operation that failed, such as `insert version`.
    pub op: &'static str,
    /// What it failed with.
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Cause {
    /// A failed operation and its reason.
    pub fn new(op: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Cause {
        Cause { op, source: Some(Arc::new(source)) }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op)?;
        let mut at: Option<&dyn std::error::Error> = self.source.as_deref().map(|e| e as _);
        while let Some(error) = at {
            write!(f, ": {error}")?;
            at = error.source();
        }
        Ok(())
    }
}

/// The things that errors speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An account.
    Account,
    /// A file.
    File,
    /// A version of a file.
    Version,
    /// A folder.
    Folder,
    /// A record's link to a file.
    Link,
    /// A task.
    Task,
    /// A signed link.
    Share,
    /// An intake link.
    Intake,
    /// A webhook.
    Webhook,
    /// A webhook's delivery.
    Delivery,
    /// A removal of a file for good.
    Erasure,
    /// A legal hold of a file.
    LegalHold,
    /// A token.
    Token,
    /// A grant, or a voucher of one.
    Grant,
    /// A resumable upload.
    Upload,
    /// A numbered part of an upload.
    Part,
    /// A record.
    Record,
    /// A note on a record.
    Note,
    /// A field of records.
    Field,
    /// A user of the account.
    User,
    /// A page or route.
    Route,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::Account => "account",
            What::File => "file",
            What::Version => "version",
            What::Folder => "folder",
            What::Link => "link",
            What::Task => "task",
            What::Share => "signed link",
            What::Intake => "intake link",
            What::Webhook => "webhook",
            What::Delivery => "delivery",
            What::Erasure => "erasure",
            What::LegalHold => "legal hold",
            What::Token => "token",
            What::Grant => "grant",
            What::Upload => "upload",
            What::Part => "part",
            What::Record => "record",
            What::Note => "note",
            What::Field => "field",
            What::User => "user",
            What::Route => "route",
        })
    }
}

/// What an account can run out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuotaKind {
    /// Bytes.
    Bytes,
    /// Files.
    Files,
}

impl fmt::Display for QuotaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QuotaKind::Bytes => "bytes",
            QuotaKind::Files => "files",
        })
    }
}

macro_rules! codes {
    ($($name:ident = $word:literal $title:literal,)*) => {
        /// Stable words for faults in a request. They are part of the public interface: the native API's problem types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable word.
            pub const fn word(self) -> &'static str {
                match self { $(Code::$name => $word,)* }
            }

            /// A short title for people.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }
        }
    };
}

codes! {
    ValueInvalid = "value_invalid" "A value is not allowed",
    NameInvalid = "name_invalid" "The name is not allowed",
    Utf8Invalid = "utf8_invalid" "The text is not UTF-8",
    PathTooDeep = "path_too_deep" "The path has too many levels",
    TypeInvalid = "type_invalid" "The media type cannot be read",
    HeaderInvalid = "header_invalid" "A header cannot be read",
    JsonInvalid = "json_invalid" "The JSON cannot be read",
    UnknownField = "unknown_field" "A member is not known",
    UnknownParameter = "unknown_parameter" "A parameter is not known",
    DuplicateParameter = "duplicate_parameter" "A parameter was given twice",
    ParameterInvalid = "parameter_invalid" "A parameter cannot be read",
    SortInvalid = "sort_invalid" "The sort order is not known",
    CursorInvalid = "cursor_invalid" "The cursor is not one of ours for this list",
    MediaTypeUnsupported = "media_type_unsupported" "The request body has the wrong content type",
    MultipartInvalid = "multipart_invalid" "The multipart body cannot be read",
    MultipartTruncated = "multipart_truncated" "The multipart body ends early",
    TooManyParts = "too_many_parts" "Too many parts",
    FieldTooLarge = "field_too_large" "A text field is too large",
    PartHeadersTooLarge = "part_headers_too_large" "The headers of a part are too large",
    FileTooLarge = "file_too_large" "The file is too large",
    BodyTooLarge = "body_too_large" "The request body is too large",
    SizeInvalid = "size_invalid" "The size is not allowed",
    DigestInvalid = "digest_invalid" "The digest cannot be read",
    ReservedKey = "reserved_key" "The metadata key is reserved",
    MetadataTooLarge = "metadata_too_large" "The metadata is too large",
    ListTooLong = "list_too_long" "The list is too long",
    ExpiryTooLong = "expiry_too_long" "The expiry is too far away",
    ExpiryInvalid = "expiry_invalid" "The expiry is not allowed",
    UrlInvalid = "url_invalid" "The URL cannot be read",
    KeyReused = "key_reused" "The idempotency key was used for another request",
    RecordInvalid = "record_invalid" "The record is not allowed",
    FolderCycle = "folder_cycle" "A folder cannot be moved into itself",
    RootFolder = "root_folder" "The root folder cannot be changed",
    CurrentVersion = "current_version" "The active version cannot be removed",
    PreviewUnsupported = "preview_unsupported" "There is no preview for this content",
    PreviewTooLarge = "preview_too_large" "The picture is too large for a preview",
    PreviewFailed = "preview_failed" "The picture could not be read",
    CrossSite = "cross_site" "The request does not come from our own page",
}
