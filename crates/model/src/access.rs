//! Who may fetch a file's content without a token.

use serde::{Deserialize, Serialize};

/// A file's access level. The eight levels are HubSpot's, because they are a superset of what the others know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anyone with the URL; search engines may index it.
    PublicIndexable,
    /// Anyone with the URL; every answer tells search engines to stay away.
    PublicNotIndexable,
    /// Only with a token or a signed link. The default.
    Private,
    /// As [`Access::PublicIndexable`], but not listed.
    HiddenIndexable,
    /// As [`Access::PublicNotIndexable`], but not listed.
    HiddenNotIndexable,
    /// As [`Access::Private`], but not listed.
    HiddenPrivate,
    /// As [`Access::Sensitive`], but not listed.
    HiddenSensitive,
    /// Only with a token; no signed link is given for it.
    Sensitive,
}

impl Access {
    /// All levels, in the order of their codes.
    pub const ALL: [Access; 8] = [
        Access::PublicIndexable,
        Access::PublicNotIndexable,
        Access::Private,
        Access::HiddenIndexable,
        Access::HiddenNotIndexable,
        Access::HiddenPrivate,
        Access::HiddenSensitive,
        Access::Sensitive,
    ];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub fn from_code(code: i64) -> Option<Access> {
        usize::try_from(code).ok().and_then(|at| Access::ALL.get(at)).copied()
    }

    /// Content is served to anyone who has the URL.
    pub const fn is_public(self) -> bool {
        matches!(
            self,
            Access::PublicIndexable | Access::PublicNotIndexable | Access::HiddenIndexable | Access::HiddenNotIndexable
        )
    }

    /// Search engines may index the hosted URL.
    pub const fn is_indexable(self) -> bool {
        matches!(self, Access::PublicIndexable | Access::HiddenIndexable)
    }

    /// Left out of lists, and invisible without [`crate::Scope::FilesHidden`].
    pub const fn is_hidden(self) -> bool {
        matches!(
            self,
            Access::HiddenIndexable | Access::HiddenNotIndexable | Access::HiddenPrivate | Access::HiddenSensitive
        )
    }

    /// No signed link is ever given.
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Access::HiddenSensitive | Access::Sensitive)
    }
}
