//! What a token may do, in our own words. Dialects map their vendors' names to these at issue and back on request.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// One thing that a token may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Scope { $($(#[$doc])* #[serde(rename = $word)] $name,)* }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Scope] = &[$(Scope::$name,)*];

            /// Its name, as `attache token create --scopes` takes it.
            pub const fn word(self) -> &'static str {
                match self { $(Scope::$name => $word,)* }
            }

            /// From its name.
            pub fn from_word(word: &str) -> Option<Scope> {
                match word { $($word => Some(Scope::$name),)* _ => None }
            }
        }
    };
}

scopes! {
    /// Read files, folders, records, tasks and events.
    FilesRead = "files:read",
    /// Put, replace, change, link and share files; make and change folders.
    FilesWrite = "files:write",
    /// Move files and folders to the trash, restore, erase.
    FilesDelete = "files:delete",
    /// See files that lists leave out.
    FilesHidden = "files:hidden",
    /// Make files that lists leave out.
    FilesHiddenWrite = "files:hidden-write",
    /// Read and write the files that the token's user keeps personally.
    FilesPersonal = "files:personal",
    /// Read and write the files that are on contacts.
    FilesContact = "files:contact",
    /// Read the files that are the company's: on no contact and nobody's own.
    FilesCompany = "files:company",
    /// Write the files that are the company's; it reads them too.
    FilesCompanyWrite = "files:company-write",
    /// Read the files that are on records, and those that the token's user made.
    FilesLinked = "files:linked",
    /// Put files in.
    FilesCreate = "files:create",
    /// Change and link the files that the token's user made.
    FilesOwnWrite = "files:own-write",
    /// Move the files that the token's user made to the trash.
    FilesOwnDelete = "files:own-delete",
    /// Let `files:linked`, `files:own-write` and `files:own-delete` reach what other users made, too, also what is on no
    /// record.
    FilesOthers = "files:others",
    /// Read and write records: their cards, notes and fields.
    Records = "records",
    /// Change the account's settings and its tokens.
    Settings = "settings",
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u64);

impl Scopes {
    /// Every scope there is.
    pub fn all() -> Scopes {
        Scope::ALL.iter().copied().collect()
    }

    /// Whether `scope` is in the set.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u64) != 0
    }

    /// Whether everything in `other` is in this set too.
    pub const fn covers(self, other: Scopes) -> bool {
        self.0 & other.0 == other.0
    }

    /// The scopes of the set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    /// The stored form: names joined by blanks.
    pub fn to_text(self) -> String {
        self.iter().map(Scope::word).collect::<Vec<_>>().join(" ")
    }

    /// From the stored form; names that this build does not know are left out.
    pub fn from_text(text: &str) -> Scopes {
        text.split(' ').filter_map(Scope::from_word).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u64))
    }
}
