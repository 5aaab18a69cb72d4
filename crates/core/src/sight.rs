//! What a caller may do with a file, by whose the file is. Nobody else decides it: every operation within reach asks here.

use crate::Caller;
use crate::table::file::Row;
use crate::table::link;
use crate::unit::{Outcome, Tenanted};
use attache_model::scope::Scopes;
use attache_model::{Audience, Error, Result, Scope, UserNo};

/// What a caller may do with files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    user: UserNo,
    scopes: Scopes,
}

impl Sight {
    pub(crate) fn of(caller: &Caller) -> Sight {
        Sight { user: caller.actor(), scopes: caller.scopes() }
    }

    /// Of whoever was let in to the whole account.
    pub(crate) fn everything() -> Sight {
        Sight { user: UserNo::OWNER, scopes: Scopes::all() }
    }

    /// Whether every file may be read.
    pub(crate) fn reads_all(self) -> bool {
        self.scopes.has(Scope::FilesRead)
    }

    /// The scope that opens files of a kind; `None` for a file that is another user's own.
    fn reader(self, audience: Audience, maker: UserNo) -> Option<Scope> {
        match audience {
            Audience::Contact => Some(Scope::FilesContact),
            Audience::User => (maker == self.user).then_some(Scope::FilesPersonal),
            Audience::Company if self.scopes.has(Scope::FilesCompanyWrite) => Some(Scope::FilesCompanyWrite),
            Audience::Company => Some(Scope::FilesCompany),
        }
    }

    /// Demands that a file may be read.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn read(self, audience: Audience, maker: UserNo) -> Result<()> {
        self.demand(Scope::FilesRead, self.reader(audience, maker))
    }

    /// Demands that a file may be changed.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn write(self, audience: Audience, maker: UserNo) -> Result<()> {
        self.demand(Scope::FilesWrite, self.writer(audience, maker))
    }

    /// Demands that a file may be deleted: whoever may change a file by its kind may delete it too.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn remove(self, audience: Audience, maker: UserNo) -> Result<()> {
        self.demand(Scope::FilesDelete, self.writer(audience, maker))
    }

    /// Demands that a file of a kind may be made.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn put(self, audience: Audience) -> Result<()> {
        self.write(audience, self.user)
    }

    fn writer(self, audience: Audience, maker: UserNo) -> Option<Scope> {
        match audience {
            Audience::Company => Some(Scope::FilesCompanyWrite),
            Audience::Contact | Audience::User => self.reader(audience, maker),
        }
    }

    /// The scope for all files, or the one for files of a kind.
    fn demand(self, all: Scope, kind: Option<Scope>) -> Result<()> {
        match kind {
            _ if self.scopes.has(all) => Ok(()),
            Some(kind) if self.scopes.has(kind) => Ok(()),
            kind => Err(Error::MissingScope(kind.unwrap_or(all))),
        }
    }

    /// The condition that a list of files has; `None` where every file may be read. `$1` is the account, `user` stands
    /// for the caller.
    pub(crate) fn condition(self, user: impl FnOnce(i64) -> String) -> Option<String> {
        if self.reads_all() {
            return None;
        }
        let on_contact = link::ON_CONTACT;
        let company = self.scopes.has(Scope::FilesCompany) || self.scopes.has(Scope::FilesCompanyWrite);
        let shared = match (self.scopes.has(Scope::FilesContact), company) {
            (true, true) => Some(String::from("personal = 0")),
            (true, false) => Some(format!("(personal = 0 AND {on_contact})")),
            (false, true) => Some(format!("(personal = 0 AND NOT {on_contact})")),
            (false, false) => None,
        };
        let own = self.scopes.has(Scope::FilesPersonal);
        let own = own.then(|| format!("(personal = 1 AND created_by = {})", user(self.user.0)));
        Some(match (own, shared) {
            (Some(own), Some(shared)) => format!("({own} OR {shared})"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => String::from("1 = 0"),
        })
    }
}

/// Whose a file is.
pub(crate) async fn audience(t: &mut Tenanted<'_>, row: &Row) -> Outcome<Audience> {
    Ok(match row.file.personal {
        true => Audience::User,
        false if link::is_on_contact(t, row.file.no).await? => Audience::Contact,
        false => Audience::Company,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserNo = UserNo(7);
    const OTHER: UserNo = UserNo(8);

    fn sight(scopes: &[Scope]) -> Sight {
        Sight { user: ME, scopes: scopes.iter().copied().collect() }
    }

    #[test]
    fn whoever_may_do_something_with_all_files_may_do_it_with_each() {
        let all = sight(&[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete]);
        for audience in [Audience::Contact, Audience::User, Audience::Company] {
            assert!(all.read(audience, OTHER).is_ok());
            assert!(all.write(audience, OTHER).is_ok());
            assert!(all.remove(audience, OTHER).is_ok());
        }
        assert!(all.condition(|no| no.to_string()).is_none());
    }

    #[test]
    fn a_users_own_files_are_nobody_elses() {
        let user = sight(&[Scope::FilesPersonal, Scope::FilesContact]);
        assert!(user.read(Audience::User, ME).is_ok() && user.remove(Audience::User, ME).is_ok());
        assert!(user.read(Audience::User, OTHER).is_err() && user.write(Audience::User, OTHER).is_err());
        assert!(user.read(Audience::Contact, OTHER).is_ok() && user.write(Audience::Contact, OTHER).is_ok());
        assert!(user.read(Audience::Company, ME).is_err() && user.put(Audience::Company).is_err());
    }

    #[test]
    fn editing_the_companys_files_is_viewing_them_too_and_viewing_is_not_editing() {
        let view = sight(&[Scope::FilesCompany]);
        assert!(view.read(Audience::Company, OTHER).is_ok());
        assert!(view.write(Audience::Company, ME).is_err() && view.remove(Audience::Company, ME).is_err());
        let edit = sight(&[Scope::FilesCompanyWrite]);
        assert!(edit.read(Audience::Company, OTHER).is_ok());
        assert!(edit.write(Audience::Company, OTHER).is_ok() && edit.put(Audience::Company).is_ok());
        assert!(edit.read(Audience::Contact, OTHER).is_err());
    }

    #[test]
    fn reading_all_files_is_not_changing_them() {
        let reader = sight(&[Scope::FilesRead]);
        assert!(reader.read(Audience::User, OTHER).is_ok());
        assert!(reader.write(Audience::Contact, OTHER).is_err() && reader.remove(Audience::User, ME).is_err());
    }
}
