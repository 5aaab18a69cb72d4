//! What goes over the wire. Answers are written from these, JSON bodies are read into them; members that are not listed
//! here are refused. Times are RFC 3339 text in UTC with milliseconds.

mod account;
mod audit;
mod batch;
mod erasure;
mod feed;
mod file;
mod folder;
mod intake;
mod legal_hold;
mod link;
mod panel;
mod share;
mod task;
mod usage;
mod webhook;

pub(crate) use account::*;
pub(crate) use audit::*;
pub(crate) use batch::*;
pub(crate) use erasure::*;
pub(crate) use feed::*;
pub(crate) use file::*;
pub(crate) use folder::*;
pub(crate) use intake::*;
pub(crate) use legal_hold::*;
pub(crate) use link::*;
pub(crate) use panel::*;
pub(crate) use share::*;
pub(crate) use task::*;
pub(crate) use usage::*;
pub(crate) use webhook::*;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident from $model:ty { $($(#[$case_doc:meta])* $case:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($(#[$case_doc])* $case,)* }

        impl From<$model> for $name {
            fn from(value: $model) -> $name {
                match value { $(<$model>::$case => $name::$case,)* }
            }
        }

        impl From<$name> for $model {
            fn from(value: $name) -> $model {
                match value { $($name::$case => <$model>::$case,)* }
            }
        }
    };
}

words! {
    /// Who may fetch a file's content without a token.
    Access from attache_model::Access {
        /// Anyone with the URL; search engines may index it.
        PublicIndexable,
        /// Anyone with the URL; search engines are told to stay away.
        PublicNotIndexable,
        /// Only with a token or a signed link. The default.
        Private,
        /// As `public_indexable`, left out of lists.
        HiddenIndexable,
        /// As `public_not_indexable`, left out of lists.
        HiddenNotIndexable,
        /// As `private`, left out of lists.
        HiddenPrivate,
        /// As `sensitive`, left out of lists.
        HiddenSensitive,
        /// Only with a token; no signed link is given for it.
        Sensitive,
    }
}

words! {
    /// Why a file went for good.
    ErasureKind from attache_model::erasure::ErasureKind {
        /// Somebody asked for it to be erased: bytes, name and all.
        Erase,
        /// Its time in the trash, or its own, was over; records that had it keep its name.
        Purge,
    }
}

words! {
    /// How a file came in.
    Source from attache_model::file::Source {
        /// Through an API.
        Upload,
        /// Fetched from a URL.
        Import,
        /// Through an intake link.
        Intake,
    }
}

words! {
    /// Broad kind of content.
    Kind from attache_model::media::Kind {
        /// Pictures.
        Image,
        /// Office files, PDF, text.
        Document,
        /// Sound.
        Audio,
        /// Moving pictures.
        Video,
        /// Everything else.
        Other,
    }
}

words! {
    /// Why a file is on a record.
    Origin from attache_model::link::Origin {
        /// Attached by a caller.
        Attached,
        /// Part of a note on the record.
        Note,
        /// Value of a field of the record.
        Field,
        /// Sent in by the record's own person.
        Intake,
    }
}

words! {
    /// How far a task is.
    TaskState from attache_model::task::TaskState {
        /// Waiting for its turn.
        Queued,
        /// Being worked on.
        Running,
        /// Finished; the result is there.
        Done,
        /// Given up; the reason is there.
        Failed,
    }
}

words! {
    /// Whether an intake link takes files, and why not.
    IntakeState from attache_model::intake::Standing {
        /// It takes files.
        Open,
        /// It was closed.
        Closed,
        /// Its time is over.
        Expired,
        /// As many files came as may.
        Full,
    }
}

words! {
    /// How far a delivery is.
    DeliveryState from attache_model::webhook::DeliveryState {
        /// It waits for its first or next try.
        Waiting,
        /// The receiver has taken it.
        Arrived,
        /// It was given up; it can be sent once more.
        Failed,
    }
}

words! {
    /// What to do when the folder already has a file of the name.
    OnConflict from attache_core::Clash {
        /// Refuse with `name_taken`.
        Refuse,
        /// Take the first free of `name-1`, `name-2`, ...
        Number,
        /// As `number`, and the wanted name goes on as the file's `title`.
        Title,
        /// Move the old file to the trash; the new one has a new id.
        Replace,
        /// Make it the new version of the file that is there.
        Version,
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items in the asked order.
    pub(crate) items: Vec<T>,
    /// Send it as `cursor` for the next page, with all other parameters the same; `null` on the last page.
    pub(crate) next_cursor: Option<String>,
}

/// A list that has no further pages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The items.
    pub(crate) items: Vec<T>,
}
