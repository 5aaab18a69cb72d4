//! Keap's rights and ours. Keap has one OAuth scope and tells rights apart by the user behind a token; here they are
//! names that a token is made with.
//!
//! | name                 | own files | files of contacts | files of the company | everything |
//! |----------------------|-----------|-------------------|----------------------|------------|
//! | `user`               | all       | all               |                      |            |
//! | `view_company_files` | all       | all               | read                 |            |
//! | `edit_company_files` | all       | all               | all                  |            |
//! | `full`               | all       | all               | all                  | all        |

use attache_model::Scope;
use attache_model::scope::Scopes;

/// Every name with what it grants.
const TABLE: &[(&str, &[Scope])] = &[
    ("user", &[Scope::FilesPersonal, Scope::FilesContact]),
    ("view_company_files", &[Scope::FilesPersonal, Scope::FilesContact, Scope::FilesCompany]),
    ("edit_company_files", &[Scope::FilesPersonal, Scope::FilesContact, Scope::FilesCompany, Scope::FilesCompanyWrite]),
    ("full", &[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete]),
];

/// What the name `name` (without the prefix `keap:`) grants; `None` for one that there is not.
pub fn scopes(name: &str) -> Option<Scopes> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, grants)| grants.iter().copied().collect())
}

/// The least of the names that grants `scope`, for whoever lacks it.
pub(crate) fn granting(scope: Scope) -> Option<&'static str> {
    TABLE.iter().find(|(_, grants)| grants.contains(&scope)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_edit_the_companys_files_may_view_them_and_is_a_user() {
        let [user, view, edit] = ["user", "view_company_files", "edit_company_files"].map(|name| scopes(name).unwrap());
        assert!(view.covers(user) && edit.covers(view) && !user.covers(view) && !view.covers(edit));
    }

    #[test]
    fn no_right_but_full_opens_the_whole_account() {
        for name in ["user", "view_company_files", "edit_company_files"] {
            assert!(!scopes(name).unwrap().has(Scope::FilesRead), "{name}");
        }
        assert!(scopes("full").unwrap().has(Scope::FilesRead));
        assert_eq!(scopes("admin"), None);
    }

    #[test]
    fn whoever_lacks_a_scope_is_told_the_least_name_that_grants_it() {
        assert_eq!(granting(Scope::FilesContact), Some("user"));
        assert_eq!(granting(Scope::FilesCompany), Some("view_company_files"));
        assert_eq!(granting(Scope::FilesCompanyWrite), Some("edit_company_files"));
        assert_eq!(granting(Scope::FilesRead), Some("full"));
    }
}
