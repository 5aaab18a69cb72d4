//! HubSpot's scope names and ours. A token is stored with our scopes; HubSpot's names are mapped when it is made and
//! named again when one is missing.
//!
//! | HubSpot's name           | reads | writes | deletes | sees hidden | makes hidden |
//! |--------------------------|-------|--------|---------|-------------|--------------|
//! | `files`                  | yes   | yes    | yes     |             |              |
//! | `files.read`             | yes   |        |         |             |              |
//! | `files.write`            |       | yes    |         |             |              |
//! | `files.delete`           |       |        | yes     |             |              |
//! | `files.ui_hidden.read`   | yes   |        |         | yes         |              |
//! | `files.ui_hidden.write`  |       | yes    | yes     |             | yes          |

use attache_model::Scope;
use attache_model::scope::Scopes;

/// Every name with what it grants.
const TABLE: &[(&str, &[Scope])] = &[
    ("files", &[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete]),
    ("files.read", &[Scope::FilesRead]),
    ("files.write", &[Scope::FilesWrite]),
    ("files.delete", &[Scope::FilesDelete]),
    ("files.ui_hidden.read", &[Scope::FilesRead, Scope::FilesHidden]),
    ("files.ui_hidden.write", &[Scope::FilesWrite, Scope::FilesDelete, Scope::FilesHiddenWrite]),
];

/// What HubSpot's scope `name` (without the prefix `hubspot:`) grants; `None` for a name that it does not have.
pub fn scopes(name: &str) -> Option<Scopes> {
    // A spelling that HubSpot's own pages use in one place.
    let name = if name == "files_ui_hidden.read" { "files.ui_hidden.read" } else { name };
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, grants)| grants.iter().copied().collect())
}

/// Every name that [`scopes`] knows, for messages.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, _)| *name)
}

/// The names of which any one would have granted `scope`.
pub(crate) fn names_granting(scope: Scope) -> Vec<&'static str> {
    TABLE.iter().filter(|(_, grants)| grants.contains(&scope)).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_one_of_hubspots_alternatives_is_enough() {
        assert_eq!(names_granting(Scope::FilesRead), ["files", "files.read", "files.ui_hidden.read"]);
        assert_eq!(names_granting(Scope::FilesWrite), ["files", "files.write", "files.ui_hidden.write"]);
        assert_eq!(names_granting(Scope::FilesDelete), ["files", "files.delete", "files.ui_hidden.write"]);
    }

    #[test]
    fn no_name_but_the_hidden_ones_touches_hidden_files_and_none_the_settings() {
        assert_eq!(names_granting(Scope::FilesHidden), ["files.ui_hidden.read"]);
        assert_eq!(names_granting(Scope::FilesHiddenWrite), ["files.ui_hidden.write"]);
        assert!(names_granting(Scope::Settings).is_empty());
    }

    #[test]
    fn unknown_names_grant_nothing() {
        assert_eq!(scopes("files:read"), None);
        assert_eq!(scopes(""), None);
        assert_eq!(scopes("files_ui_hidden.read"), scopes("files.ui_hidden.read"));
    }
}
