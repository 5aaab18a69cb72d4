//! Everything that can go wrong between a body and its home.

use std::{io, path::PathBuf, time::Duration};

use crate::Algorithm;

/// Why a store could not do what was asked. After any of these from a put, nothing is stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The body is, or says it is, longer than allowed.
    #[error("the content is larger than the {limit} bytes allowed")]
    TooLarge {
        /// The most that was allowed, in bytes.
        limit: u64,
    },
    /// The body has another length than announced.
    #[error("the content should have {expected} bytes, but {got} came")]
    Length {
        /// The announced length in bytes.
        expected: u64,
        /// The bytes that came before the difference was sure.
        got: u64,
    },
    /// The body has another digest than announced.
    #[error("the {algorithm} of the content should be {expected}, but it is {got}")]
    Checksum {
        /// Which digest differs.
        algorithm: Algorithm,
        /// The announced digest in hexadecimal.
        expected: String,
        /// The digest of what came, in hexadecimal.
        got: String,
    },
    /// The body broke off; the source is what its stream said.
    #[error("the content was cut off on its way")]
    Cut(#[source] io::Error),
    /// The volume has no room left.
    #[error("the volume is full")]
    Full,
    /// There is no blob of this key.
    #[error("there is no such blob")]
    Missing,
    /// The blob on the volume is not what the record says.
    #[error("the blob should have {expected} bytes, but the volume holds {got}")]
    Damaged {
        /// The length on record, in bytes.
        expected: u64,
        /// The length found, in bytes.
        got: u64,
    },
    /// The asked range does not lie inside the blob.
    #[error("bytes {start} to {end} do not lie inside a blob of {len} bytes")]
    Range {
        /// The first byte asked for.
        start: u64,
        /// The byte after the last one asked for.
        end: u64,
        /// The length of the blob in bytes.
        len: u64,
    },
    /// Another call is still at work on this growing content.
    #[error("the content is being worked on by another call")]
    Busy,
    /// The volume failed to make something durable earlier, so it takes no more writes.
    #[error("the volume has failed to store data durably and takes no writes until it is opened again")]
    Unhealthy,
    /// The folder of the store is not as it must be.
    #[error("{} {why}", path.display())]
    Layout {
        /// The place that is wrong.
        path: PathBuf,
        /// What is wrong with it, as the rest of the sentence.
        why: &'static str,
    },
    /// The memory for contents on their way into a bucket was in use for too long.
    #[error("no room came free in {} seconds among the uploads on their way into the bucket", waited.as_secs())]
    Crowded {
        /// How long the call waited.
        waited: Duration,
    },
    /// The store belongs to another installation.
    #[error("the store belongs to another installation, {found}")]
    Foreign {
        /// The id of that installation.
        found: String,
    },
    /// The settings of an object store cannot be used.
    #[error("the object store cannot be used: {why}")]
    Settings {
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The setting for inline contents is out of its bounds.
    #[error("the inline limit must be at most {max} bytes, but it is {limit}")]
    InlineLimit {
        /// The asked limit in bytes.
        limit: usize,
        /// The largest possible limit in bytes.
        max: usize,
    },
    /// The operating system refused.
    #[error("could not {op}")]
    Io {
        /// What was tried, such as "write the blob".
        op: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// Turns a system error of `op` into ours: no room and no such file have their own meaning.
    pub(crate) fn from_io(op: &'static str, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io { op, source },
        }
    }

    /// For `map_err`: the error of `op`.
    pub(crate) fn doing<E: Into<io::Error>>(op: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::from_io(op, source)
    }
}
