//! Kommo's scope names and ours. A token is stored with our scopes; Kommo's names are mapped when it is made and named
//! again when one is missing.
//!
//! | Kommo's name   | reads and writes files | deletes files | records, notes, fields |
//! |----------------|------------------------|---------------|------------------------|
//! | `files`        | yes                    |               |                        |
//! | `files_delete` |                        | yes           |                        |
//! | `crm`          |                        |               | yes                    |

use attache_model::Scope;
use attache_model::scope::Scopes;

/// Every name with what it grants.
const TABLE: &[(&str, &[Scope])] = &[
    ("files", &[Scope::FilesRead, Scope::FilesWrite]),
    ("files_delete", &[Scope::FilesDelete]),
    ("crm", &[Scope::Records]),
];

/// What Kommo's scope `name` (without the prefix `kommo:`) grants; `None` for a name that it does not have.
pub fn scopes(name: &str) -> Option<Scopes> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, grants)| grants.iter().copied().collect())
}

/// The names whose whole meaning `scopes` covers, for what shows a token to its owner.
pub fn names(scopes: Scopes) -> impl Iterator<Item = &'static str> {
    let covered = move |grants: &[Scope]| scopes.covers(grants.iter().copied().collect());
    TABLE.iter().filter(move |(_, grants)| covered(grants)).map(|(name, _)| *name)
}

/// The name that would have granted `scope`; `None` for what no scope of Kommo grants.
pub(crate) fn name_granting(scope: Scope) -> Option<&'static str> {
    TABLE.iter().find(|(_, grants)| grants.contains(&scope)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_reads_and_writes_and_does_not_delete() {
        assert_eq!(name_granting(Scope::FilesRead), Some("files"));
        assert_eq!(name_granting(Scope::FilesWrite), Some("files"));
        assert_eq!(name_granting(Scope::FilesDelete), Some("files_delete"));
        assert_eq!(name_granting(Scope::Records), Some("crm"));
        assert_eq!(name_granting(Scope::Settings), None);
    }

    #[test]
    fn unknown_names_grant_nothing() {
        assert_eq!(scopes("files:read"), None);
        assert_eq!(scopes(""), None);
    }

    #[test]
    fn a_set_of_scopes_has_the_names_that_it_covers_whole() {
        assert_eq!(names(Scopes::all()).collect::<Vec<_>>(), ["files", "files_delete", "crm"]);
        assert_eq!(names([Scope::FilesRead].into_iter().collect()).count(), 0);
    }
}
