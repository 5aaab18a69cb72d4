//! Intake links, for those who follow them. Such a link is no credential: a [`Visitor`] is told what the page shows, and a
//! [`Sender`] can put one file in after the other. Neither can read anything of the account.

use super::claim::{Claim, demand};
use super::found;
use crate::caller::Caller;
use crate::errand::{self, By};
use crate::op::audit::NOBODY;
use crate::op::place;
use crate::op::put::facts;
use crate::plan::{Clash, NewFile, NewLink, NewName};
use crate::table::intake::Row;
use crate::unit::{Fault, tenanted};
use crate::{Body, Core, Expect, Staged, sniff};
use attache_model::error::{Code, What};
use attache_model::file::Source;
use attache_model::id::IntakeId;
use attache_model::intake::{Accepted, Intake, Sent, Standing, check_password};
use attache_model::link::Origin;
use attache_model::scope::Scopes;
use attache_model::{Access, AccountNo, Error, FolderRef, Name, Result, Scope};

/// Somebody who has the link.
#[derive(Clone, Debug)]
pub struct Visitor {
    core: Core,
    account: AccountNo,
    row: Row,
}

/// Somebody who has the link and, where one is wanted, the password.
#[derive(Debug)]
pub struct Sender {
    visitor: Visitor,
}

/// A file as its sender's machine describes it. None of it is believed.
#[derive(Clone, Debug, Default)]
pub struct SentFile {
    /// Its name, whatever it holds.
    pub name: String,
    /// The media type that was declared.
    pub media_type: Option<String>,
}

/// What a sender is told of a file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its length in bytes.
    pub size: u64,
    /// How many files may still come.
    pub left: u64,
}

impl Core {
    /// Follows an intake link.
    ///
    /// # Errors
    /// `NotFound(Intake)` for anything that we did not seal, and for an intake that is not there. One that takes no files
    /// any more is there; see [`Visitor::standing`].
    pub async fn visit_intake(&self, sealed: &str) -> Result<Visitor> {
        let (account, id) = self.unseal_intake(sealed)?;
        let row = self.intake_row(account, id).await?;
        errand::comes_from(By { account, user: NOBODY, token: None }, &self.0.refusals);
        Ok(Visitor { core: self.clone(), account, row })
    }

    async fn intake_row(&self, account: AccountNo, id: IntakeId) -> Result<Row> {
        let unit = tenanted::<Row, _>(move |mut t| Box::pin(async move { found(&mut t, id).await }));
        self.read("follow an intake link", account, unit).await
    }
}

impl Visitor {
    fn intake(&self) -> &Intake {
        &self.row.intake
    }

    /// What the page calls itself; empty for nothing.
    pub fn title(&self) -> &str {
        &self.intake().title
    }

    /// What the page tells; empty for nothing.
    pub fn note(&self) -> &str {
        &self.intake().note
    }

    /// Which kinds of file may come.
    pub fn types(&self) -> &Accepted {
        &self.intake().types
    }

    /// The most bytes that a file may have.
    pub fn max_bytes(&self) -> u64 {
        self.intake().max_bytes
    }

    /// How many files may still come.
    pub fn left(&self) -> u64 {
        self.intake().left()
    }

    /// Whether a password is wanted.
    pub fn wants_password(&self) -> bool {
        self.intake().has_password
    }

    /// Whether files are taken, and why not.
    pub fn standing(&self) -> Standing {
        self.intake().standing(self.core.now())
    }

    /// Lets somebody send who shows the password, where one is wanted.
    ///
    /// # Errors
    /// `Gone(Intake)`, `TooMany` when nothing is taken any more; `Invalid` at `password` for a missing or wrong one; `Busy`
    /// after too many wrong ones.
    pub async fn unlock(self, password: Option<&str>) -> Result<Sender> {
        demand(self.standing(), self.intake().max_files)?;
        if self.wants_password() && !self.knows(password.unwrap_or_default()).await? {
            errand::refuse("wrong_password");
            return Err(Error::invalid("password", "it is not the one of this link"));
        }
        Ok(Sender { visitor: self })
    }

    async fn knows(&self, password: &str) -> Result<bool> {
        let Ok(password) = check_password(password) else { return Ok(false) };
        let (of, now) = ((self.account, self.intake().id), self.core.now());
        self.core.0.passwords.fits(of, &self.row.password, password, now).await
    }

    /// Looks at the intake again.
    async fn refresh(&mut self) -> Result<()> {
        self.row = self.core.intake_row(self.account, self.intake().id).await?;
        Ok(())
    }
}

impl Sender {
    /// What the page shows. It is as fresh as the last file.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// Puts one file in, on the intake's record and in its maker's name.
    ///
    /// # Errors
    /// `Gone(Intake)` and `TooMany` when it takes nothing any more; `NameInvalid`, `TypeInvalid`, `SizeInvalid` (no bytes at
    /// all), `TooLarge`; `Quota` and what putting a file can end in. Then nothing of it is left, and nothing is counted.
    pub async fn receive(&mut self, sent: &SentFile, body: Body) -> Result<Receipt> {
        self.visitor.refresh().await?;
        let intake = self.visitor.intake().clone();
        demand(self.visitor.standing(), intake.max_files)?;
        let name = Sent::parse(&sent.name)?;
        let declared = sent.media_type.as_deref().filter(|declared| sniff::check_type(declared).is_ok());
        if !intake.types.may_take(declared, name.name().ext()) {
            return Err(not_asked_for());
        }
        let caller = self.visitor.maker();
        let edit = self.visitor.core.edit(&caller)?;
        let mut new = plan(&intake, &name, declared);
        new.folder = self.visitor.folder().await?;
        edit.foresee(&new, None).await?;
        let staged = edit.stage(body, &Expect::at_most(intake.max_bytes)).await?;
        let ext = check_content(&intake, &name, declared, &staged)?;
        let size = staged.len();
        new.name = NewName::Exact(extended(&name, &ext)?);
        let claim = Claim {
            intake: intake.id,
            record: intake.record.clone(),
            template: intake.file_name.clone(),
            sent: name,
            ext,
        };
        edit.for_intake(&claim).put_file(new, staged).await?;
        self.visitor.row.intake.received += 1;
        Ok(Receipt { size, left: self.visitor.left() })
    }
}

impl Visitor {
    /// The intake's maker, who may here do no more than put a file in.
    fn maker(&self) -> Caller {
        let hidden = self.intake().hidden.then_some(Scope::FilesHiddenWrite);
        let scopes: Scopes = [Some(Scope::FilesWrite), hidden].into_iter().flatten().collect();
        Caller::new(self.account, self.intake().created_by, scopes, None)
    }

    /// The folder that files go to: the root when the intake's own was deleted, since its senders cannot help that.
    async fn folder(&self) -> Result<FolderRef> {
        let wanted = self.intake().folder;
        let unit = tenanted::<FolderRef, _>(move |mut t| {
            Box::pin(async move {
                match place::find(&mut t, &FolderRef::No(wanted)).await {
                    Ok(folder) => Ok(FolderRef::No(folder.no)),
                    Err(Fault::Rule(Error::NotFound(What::Folder))) => Ok(FolderRef::ROOT),
                    Err(fault) => Err(fault),
                }
            })
        });
        self.core.read("find an intake's folder", self.account, unit).await
    }
}

/// The file to be made. It gets its name in the commit.
fn plan(intake: &Intake, name: &Sent, declared: Option<&str>) -> NewFile {
    let link =
        NewLink { record: intake.record.clone(), origin: Origin::Intake, role: intake.role.clone(), visible: true };
    NewFile {
        access: if intake.hidden { Access::HiddenPrivate } else { Access::Private },
        media_type: declared.map(str::to_owned),
        source: Source::Intake,
        clash: Clash::Number,
        links: vec![link],
        ..NewFile::new(FolderRef::ROOT, NewName::Exact(name.name().clone()))
    }
}

/// What the bytes may be, by the bytes themselves; the extension that they stand for.
fn check_content(intake: &Intake, name: &Sent, declared: Option<&str>, staged: &Staged) -> Result<String> {
    if staged.is_empty() {
        return Err(Error::refuse(Code::SizeInvalid, "file", "it is empty"));
    }
    let found = facts(staged, name.name(), None, None);
    if !intake.types.takes(declared, &found.media_type, name.name().ext()) {
        return Err(not_asked_for());
    }
    Ok(sniff::extension(staged.head()).unwrap_or_default().to_owned())
}

/// The sent name, with the extension of the bytes where it has none.
fn extended(name: &Sent, ext: &str) -> Result<Name> {
    let own = name.name();
    if own.ext().is_empty() { Name::new(own.stem(), ext) } else { Ok(own.clone()) }
}

fn not_asked_for() -> Error {
    Error::refuse(Code::TypeInvalid, "file", "this kind of file is not asked for")
}
