//! What a caller may do with a file, by whose the file is. Nobody else decides it: every operation within reach asks here.

use crate::Caller;
use crate::caller::lacks;
use crate::plan::Destination;
use crate::table::file::Row;
use crate::table::link;
use crate::unit::{Outcome, Tenanted};
use attache_model::scope::Scopes;
use attache_model::{Audience, Result, Scope, UserNo};

/// What decides on who may do what with a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// Whose it is.
    pub(crate) audience: Audience,
    /// Who made it.
    pub(crate) maker: UserNo,
    /// Whether it is on a record.
    pub(crate) linked: bool,
}

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
    fn reader(self, file: Standing) -> Option<Scope> {
        match file.audience {
            Audience::Contact => Some(Scope::FilesContact),
            Audience::User => (file.maker == self.user).then_some(Scope::FilesPersonal),
            Audience::Company if self.scopes.has(Scope::FilesCompanyWrite) => Some(Scope::FilesCompanyWrite),
            Audience::Company => Some(Scope::FilesCompany),
        }
    }

    /// Whether a file is the caller's own, or one of those that callers may treat so.
    fn owns(self, file: Standing) -> bool {
        file.maker == self.user || (file.audience != Audience::User && self.scopes.has(Scope::FilesOthers))
    }

    /// Demands that a file may be read.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn read(self, file: Standing) -> Result<()> {
        let shows = self.owns(file) || (file.audience != Audience::User && file.linked);
        match shows && self.scopes.has(Scope::FilesLinked) {
            true => Ok(()),
            false => self.demand(Scope::FilesRead, self.reader(file)),
        }
    }

    /// Demands that a file may be changed.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn write(self, file: Standing) -> Result<()> {
        match self.owns(file) && self.scopes.has(Scope::FilesOwnWrite) {
            true => Ok(()),
            false => self.demand(Scope::FilesWrite, self.writer(file)),
        }
    }

    /// Demands that a file may be deleted: whoever may change a file by its kind may delete it too.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn remove(self, file: Standing) -> Result<()> {
        match self.owns(file) && self.scopes.has(Scope::FilesOwnDelete) {
            true => Ok(()),
            false => self.demand(Scope::FilesDelete, self.writer(file)),
        }
    }

    /// Demands that a file may be made there. To put it on an owner is to link it too.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn put(self, destination: &Destination) -> Result<()> {
        let file = self.to_be(destination);
        match (self.scopes.has(Scope::FilesCreate), destination) {
            (true, Destination::Owner(_)) => self.write(file),
            (true, _) => Ok(()),
            (false, _) => self.demand(Scope::FilesWrite, self.writer(file)),
        }
    }

    /// What a file of the caller's is once it is there.
    fn to_be(self, destination: &Destination) -> Standing {
        let linked = matches!(destination, Destination::Contact(_) | Destination::Owner(_));
        Standing { audience: destination.audience(), maker: self.user, linked }
    }

    fn writer(self, file: Standing) -> Option<Scope> {
        match file.audience {
            Audience::Company => Some(Scope::FilesCompanyWrite),
            Audience::Contact | Audience::User => self.reader(file),
        }
    }

    /// The scope for all files, or the one for files of a kind.
    fn demand(self, all: Scope, kind: Option<Scope>) -> Result<()> {
        match kind {
            _ if self.scopes.has(all) => Ok(()),
            Some(kind) if self.scopes.has(kind) => Ok(()),
            kind => Err(lacks(kind.unwrap_or(all))),
        }
    }

    /// The condition that a list of files has; `None` where every file may be read. `$1` is the account, `user` stands
    /// for the caller.
    pub(crate) fn condition(self, user: impl FnOnce(i64) -> String) -> Option<String> {
        if self.reads_all() {
            return None;
        }
        let own = self.own().map(|own| format!("({own}created_by = {})", user(self.user.0)));
        let some: Vec<String> = [own, self.shared(), self.linked()].into_iter().flatten().collect();
        Some(match some.is_empty() {
            true => String::from("1 = 0"),
            false => format!("({})", some.join(" OR ")),
        })
    }

    /// What of the caller's own: what is kept personally, or all of it. A condition that goes on.
    fn own(self) -> Option<&'static str> {
        match (self.scopes.has(Scope::FilesLinked), self.scopes.has(Scope::FilesPersonal)) {
            (true, _) => Some(""),
            (false, true) => Some("personal = 1 AND "),
            (false, false) => None,
        }
    }

    /// What is a contact's or the company's.
    fn shared(self) -> Option<String> {
        let on_contact = link::ON_CONTACT;
        let company = self.scopes.has(Scope::FilesCompany) || self.scopes.has(Scope::FilesCompanyWrite);
        match (self.scopes.has(Scope::FilesContact), company) {
            (true, true) => Some(String::from("personal = 0")),
            (true, false) => Some(format!("(personal = 0 AND {on_contact})")),
            (false, true) => Some(format!("(personal = 0 AND NOT {on_contact})")),
            (false, false) => None,
        }
    }

    /// What is on a record, or may be treated as the caller's own.
    fn linked(self) -> Option<String> {
        match (self.scopes.has(Scope::FilesLinked), self.scopes.has(Scope::FilesOthers)) {
            (false, _) => None,
            (true, true) => Some(String::from("personal = 0")),
            (true, false) => Some(format!("(personal = 0 AND {})", link::ON_RECORD)),
        }
    }
}

/// What decides on who may do what with a file.
pub(crate) async fn standing(t: &mut Tenanted<'_>, row: &Row) -> Outcome<Standing> {
    let maker = row.file.created_by;
    if row.file.personal {
        return Ok(Standing { audience: Audience::User, maker, linked: false });
    }
    let (linked, on_contact) = link::there(t, row.file.no).await?;
    let audience = if on_contact { Audience::Contact } else { Audience::Company };
    Ok(Standing { audience, maker, linked })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserNo = UserNo(7);
    const OTHER: UserNo = UserNo(8);

    fn file(audience: Audience, maker: UserNo) -> Standing {
        Standing { audience, maker, linked: audience == Audience::Contact }
    }

    fn sight(scopes: &[Scope]) -> Sight {
        Sight { user: ME, scopes: scopes.iter().copied().collect() }
    }

    #[test]
    fn whoever_may_do_something_with_all_files_may_do_it_with_each() {
        let all = sight(&[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete]);
        for audience in [Audience::Contact, Audience::User, Audience::Company] {
            assert!(all.read(file(audience, OTHER)).is_ok());
            assert!(all.write(file(audience, OTHER)).is_ok());
            assert!(all.remove(file(audience, OTHER)).is_ok());
        }
        assert!(all.condition(|no| no.to_string()).is_none());
    }

    #[test]
    fn a_users_own_files_are_nobody_elses() {
        let user = sight(&[Scope::FilesPersonal, Scope::FilesContact]);
        assert!(user.read(file(Audience::User, ME)).is_ok() && user.remove(file(Audience::User, ME)).is_ok());
        assert!(user.read(file(Audience::User, OTHER)).is_err() && user.write(file(Audience::User, OTHER)).is_err());
        assert!(
            user.read(file(Audience::Contact, OTHER)).is_ok() && user.write(file(Audience::Contact, OTHER)).is_ok()
        );
        assert!(user.read(file(Audience::Company, ME)).is_err() && user.put(&Destination::Company).is_err());
    }

    #[test]
    fn editing_the_companys_files_is_viewing_them_too_and_viewing_is_not_editing() {
        let view = sight(&[Scope::FilesCompany]);
        assert!(view.read(file(Audience::Company, OTHER)).is_ok());
        assert!(view.write(file(Audience::Company, ME)).is_err() && view.remove(file(Audience::Company, ME)).is_err());
        let edit = sight(&[Scope::FilesCompanyWrite]);
        assert!(edit.read(file(Audience::Company, OTHER)).is_ok());
        assert!(edit.write(file(Audience::Company, OTHER)).is_ok() && edit.put(&Destination::Company).is_ok());
        assert!(edit.read(file(Audience::Contact, OTHER)).is_err());
    }

    #[test]
    fn reading_all_files_is_not_changing_them() {
        let reader = sight(&[Scope::FilesRead]);
        assert!(reader.read(file(Audience::User, OTHER)).is_ok());
        assert!(
            reader.write(file(Audience::Contact, OTHER)).is_err() && reader.remove(file(Audience::User, ME)).is_err()
        );
    }

    /// On a record, or on none; by me, or by another user.
    fn company(linked: bool, maker: UserNo) -> Standing {
        Standing { audience: Audience::Company, maker, linked }
    }

    #[test]
    fn what_is_on_a_record_is_seen_and_what_is_on_none_is_its_makers() {
        let reader = sight(&[Scope::FilesLinked]);
        assert!(reader.read(company(true, OTHER)).is_ok() && reader.read(file(Audience::Contact, OTHER)).is_ok());
        assert!(reader.read(company(false, ME)).is_ok() && reader.read(company(false, OTHER)).is_err());
        assert!(reader.read(file(Audience::User, ME)).is_ok() && reader.read(file(Audience::User, OTHER)).is_err());
        assert!(reader.write(company(false, ME)).is_err() && reader.remove(company(false, ME)).is_err());
        assert!(reader.put(&Destination::Company).is_err());
    }

    #[test]
    fn ones_own_is_changed_and_removed_and_others_files_with_one_scope_more() {
        let own = sight(&[Scope::FilesOwnWrite, Scope::FilesOwnDelete]);
        let all = sight(&[Scope::FilesOwnWrite, Scope::FilesOwnDelete, Scope::FilesOthers]);
        for linked in [false, true] {
            assert!(own.write(company(linked, ME)).is_ok() && own.remove(company(linked, ME)).is_ok());
            assert!(own.write(company(linked, OTHER)).is_err() && own.remove(company(linked, OTHER)).is_err());
            assert!(all.write(company(linked, OTHER)).is_ok() && all.remove(company(linked, OTHER)).is_ok());
        }
        assert!(all.write(file(Audience::User, OTHER)).is_err() && all.remove(file(Audience::User, OTHER)).is_err());
        assert!(all.read(company(true, OTHER)).is_err(), "changing is not reading");
    }

    #[test]
    fn others_alone_opens_nothing() {
        let others = sight(&[Scope::FilesOthers]);
        let theirs = company(true, OTHER);
        assert!(others.read(theirs).is_err() && others.write(theirs).is_err() && others.remove(theirs).is_err());
        assert_eq!(others.condition(|no| no.to_string()).as_deref(), Some("1 = 0"));
    }

    #[test]
    fn to_put_a_file_on_an_owner_is_to_make_and_to_link_it() {
        let account = Destination::Owner(attache_model::Owner::new("account", 1).unwrap());
        assert!(sight(&[Scope::FilesCreate]).put(&Destination::Company).is_ok());
        assert!(sight(&[Scope::FilesCreate]).put(&account).is_err());
        assert!(sight(&[Scope::FilesOwnWrite]).put(&account).is_err());
        assert!(sight(&[Scope::FilesCreate, Scope::FilesOwnWrite]).put(&account).is_ok());
        assert!(sight(&[Scope::FilesWrite]).put(&account).is_ok());
    }
}
