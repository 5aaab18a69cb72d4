//! Work within reach: a caller that may not read the whole account works with the files that are its own, a contact's or
//! the company's, each as its scopes allow. Every operation asks [`Sight`] about every file.

mod aggregate;
mod change;
pub(crate) mod cover;
mod event;
mod link;
mod list;
mod owned;
mod owner;
mod put;

pub use aggregate::{AGGREGATES_MAX, Aggregate, Aggregated, BUCKETS_DEEP, Bucket, Counted, Measure, Summary};
pub use owned::OwnerFiles;

use crate::handle::Edit;
use crate::op::get;
use crate::op::put::whole;
use crate::op::trash;
use crate::plan::{NewShare, Signed};
use crate::settle::{Change, settle};
use crate::sight::{Sight, Standing, standing};
use crate::table::{self, file};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Caller, Content, Core};
use attache_model::file::File;
use attache_model::{Audience, Error, FileRef, Result, Scope, Time, What};
use std::sync::Arc;
use std::time::Duration;

/// The scopes each of which opens some files.
const OPENING: [Scope; 9] = [
    Scope::FilesRead,
    Scope::FilesPersonal,
    Scope::FilesContact,
    Scope::FilesCompany,
    Scope::FilesCompanyWrite,
    Scope::FilesLinked,
    Scope::FilesCreate,
    Scope::FilesOwnWrite,
    Scope::FilesOwnDelete,
];

/// The files within a caller's reach, each for what the caller may do with it.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'c> {
    /// Reach asks about each file what the making of this handle did not ask.
    edit: Edit<'c>,
}

/// A file within reach, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The file.
    pub file: File,
    /// Whose it is.
    pub audience: Audience,
    /// The number of the contact whose it is: the one that was asked for, else the one that it has been on for longest.
    /// `None` for a contact whose id is no number from 1 to 2^31 - 1, too.
    pub contact: Option<i64>,
}

impl Core {
    /// For work within reach.
    ///
    /// # Errors
    /// `MissingScope` for a caller that may do nothing with any file.
    pub fn reach<'c>(&'c self, caller: &'c Caller) -> Result<Reach<'c>> {
        match OPENING.into_iter().any(|scope| caller.has(scope)) {
            true => Ok(Reach { edit: Edit::unasked(self, caller) }),
            false => Err(Error::MissingScope(Scope::FilesRead)),
        }
    }
}

impl<'c> Reach<'c> {
    /// Who asks.
    pub fn caller(&self) -> &'c Caller {
        self.edit.caller()
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Time {
        self.edit.now()
    }

    fn sight(&self) -> Sight {
        Sight::of(self.caller())
    }

    /// A file.
    ///
    /// # Errors
    /// `NotFound(File)`; `MissingScope` for one that is there and out of sight.
    pub async fn file(&self, file: impl Into<FileRef>) -> Result<Reached> {
        self.allowed(file.into(), Sight::read).await
    }

    /// A file that may be changed, to be asked before a body is read.
    ///
    /// # Errors
    /// `NotFound(File)`; `MissingScope` for one that may not be changed.
    pub async fn may_change(&self, file: impl Into<FileRef>) -> Result<Reached> {
        self.allowed(file.into(), Sight::write).await
    }

    async fn allowed(&self, file: FileRef, rule: Rule) -> Result<Reached> {
        let (now, sight, sees) = (self.now(), self.sight(), self.caller().sees_hidden());
        let unit = tenanted::<Reached, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, file, now, sees).await?;
                let standing = standing(&mut t, &row).await?;
                rule(sight, standing)?;
                let row = whole(&mut t, row).await?;
                reached(&mut t, row, standing.audience).await
            })
        });
        self.edit.read("read a file within reach", unit).await
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// As [`Reach::file`].
    pub async fn open(&self, file: impl Into<FileRef>) -> Result<Content> {
        let (file, now, sight, sees) = (file.into(), self.now(), self.sight(), self.caller().sees_hidden());
        let unit = tenanted::<get::Opened, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, file, now, sees).await?;
                sight.read(standing(&mut t, &row).await?)?;
                get::open(&mut t, row, None).await
            })
        });
        let (file, version, key, bytes) = self.edit.read("open a file within reach", unit).await?;
        Content::new(self.edit.core, file, version, &key, bytes)
    }

    /// Moves a file to the trash.
    ///
    /// # Errors
    /// `NotFound(File)`, for one that is there already, too; `MissingScope`.
    pub async fn trash_file(&self, file: impl Into<FileRef>) -> Result<()> {
        let (file, now, sight, sees) = (file.into(), self.now(), self.sight(), self.caller().reaches_hidden());
        let author = Arc::new(self.edit.author());
        let unit = tenanted::<(), _>(move |mut t| {
            let author = author.clone();
            Box::pin(async move {
                let row = get::to_change(&mut t, file, now, sees).await?;
                sight.remove(standing(&mut t, &row).await?)?;
                let change = trash::trash(&mut t, &row, &author, now, Change::default()).await?;
                settle(&mut t, &author, now, &change).await
            })
        });
        self.edit.write("move a file within reach to the trash", unit).await
    }

    /// A link to a file that was reached, for so long; `None` for a file that no link is given for.
    pub fn sign(&self, reached: &Reached, life: Duration) -> Option<Signed> {
        let new = NewShare { life, version: None, size: None, upscale: false, download: false, listed: false };
        (!reached.file.access.is_sensitive()).then(|| self.edit.sign_for(reached.file.no, &new))
    }
}

/// What [`Sight`] says of a file.
type Rule = fn(Sight, Standing) -> Result<()>;

/// A row that is within reach.
async fn reached(t: &mut Tenanted<'_>, row: file::Row, whose: Audience) -> Outcome<Reached> {
    let contacts = match whose {
        Audience::Contact => table::link::contacts(t, &[row.file.no]).await?,
        Audience::User | Audience::Company => Vec::new(),
    };
    let contact = contacts.first().and_then(|(_, id)| contact_number(id));
    Ok(Reached { file: row.file, audience: whose, contact })
}

/// The number of a contact, for clients that know contacts by numbers alone.
fn contact_number(id: &str) -> Option<i64> {
    let number: i32 = id.parse().ok()?;
    // One contact has one number: other spellings of it are other contacts.
    (number > 0 && number.to_string() == id).then_some(i64::from(number))
}

impl Core {
    /// A public file, for anyone who has its id.
    ///
    /// # Errors
    /// `NotFound(File)` for everything that is not a living public file.
    pub async fn public_file(&self, account: attache_model::AccountNo, id: attache_model::FileId) -> Result<Content> {
        let now = self.now();
        let unit = tenanted::<get::Opened, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, FileRef::Id(id), now, true).await?;
                if !row.file.access.is_public() {
                    return Err(Error::NotFound(What::File).into());
                }
                get::open(&mut t, row, None).await
            })
        });
        let (file, version, key, bytes) = self.read("open a public file", account, unit).await?;
        Content::new(self, file, version, &key, bytes)
    }
}
