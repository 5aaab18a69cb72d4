//! Sonar's permissions for files and ours. The rights of a Sonar token are those of its user's role; here they are names
//! that a token is made with.
//!
//! | name                 | what it lets a token do                                                              |
//! |----------------------|--------------------------------------------------------------------------------------|
//! | `READ_FILE`          | read files that belong to an owner, and those that its user uploaded                 |
//! | `CREATE_FILE`        | upload                                                                               |
//! | `UPDATE_FILE`        | change and link the files that its user uploaded                                     |
//! | `DELETE_FILE`        | delete the files that its user uploaded                                              |
//! | `ALTER_OTHERS_FILES` | lets the others reach the files of other users, too, also those without an owner     |

use attache_model::Scope;
use attache_model::scope::Scopes;

/// Every name with what it grants.
const TABLE: [(&str, Scope); 5] = [
    ("READ_FILE", Scope::FilesLinked),
    ("CREATE_FILE", Scope::FilesCreate),
    ("UPDATE_FILE", Scope::FilesOwnWrite),
    ("DELETE_FILE", Scope::FilesOwnDelete),
    ("ALTER_OTHERS_FILES", Scope::FilesOthers),
];

/// What the name `name` (without the prefix `sonar:`) grants; `None` for one that there is not.
pub fn scopes(name: &str) -> Option<Scopes> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, scope)| [*scope].into_iter().collect())
}

/// The name of the permission that grants `scope`, for whoever lacks it.
pub(crate) fn granting(scope: Scope) -> Option<&'static str> {
    let scope = match scope {
        Scope::FilesRead => Scope::FilesLinked,
        Scope::FilesWrite => Scope::FilesOwnWrite,
        Scope::FilesDelete => Scope::FilesOwnDelete,
        other => other,
    };
    TABLE.iter().find(|(_, granted)| *granted == scope).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_grants_one_scope_and_none_opens_the_whole_account() {
        for (name, scope) in TABLE {
            assert_eq!(scopes(name), Some([scope].into_iter().collect()), "{name}");
            assert_eq!(granting(scope), Some(name));
            assert!(!scopes(name).unwrap().has(Scope::FilesRead), "{name}");
        }
        assert_eq!(scopes("read_file"), None);
        assert_eq!(scopes("READ_CONTACT"), None);
    }

    #[test]
    fn whoever_lacks_one_of_our_wide_scopes_is_told_the_permission_that_does_it_here() {
        assert_eq!(granting(Scope::FilesDelete), Some("DELETE_FILE"));
        assert_eq!(granting(Scope::Settings), None);
    }
}
