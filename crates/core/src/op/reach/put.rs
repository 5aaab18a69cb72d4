//! Putting a file in, to be one's own, a contact's or the company's.

use super::{Reach, Reached, contact_number};
use crate::plan::{Clash, Destination, NewFile, NewLink};
use crate::staged::Staged;
use attache_blobs::{Body, Expect};
use attache_model::{Audience, Result};

impl Reach<'_> {
    /// Demands that a file may be put there, to be asked before a body is read.
    ///
    /// # Errors
    /// `MissingScope`.
    pub fn may_put(&self, destination: &Destination) -> Result<()> {
        self.sight().put(destination)
    }

    /// Takes bytes in: durable when this returns, and not yet a file.
    ///
    /// # Errors
    /// As [`crate::Edit::stage`].
    pub async fn stage(&self, body: Body, expect: &Expect) -> Result<Staged> {
        self.edit.stage(body, expect).await
    }

    /// Takes further bytes of the same request in, in the turn of those that it has staged already.
    ///
    /// # Errors
    /// As [`crate::Edit::stage`], but never for want of a turn.
    pub async fn stage_beside(&self, other: &Staged, body: Body, expect: &Expect) -> Result<Staged> {
        self.edit.core.stage_beside(other, body, expect).await
    }

    /// Makes a file of staged bytes. Its name shows although another file of the folder has it; see
    /// [`attache_model::file::File::title`].
    ///
    /// # Errors
    /// `MissingScope`, `Quota`, `Invalid`.
    pub async fn put_file(&self, new: NewFile, destination: Destination, staged: Staged) -> Result<Reached> {
        self.may_put(&destination)?;
        let audience = destination.audience();
        let (links, contact) = match destination {
            Destination::Contact(record) => {
                let number = contact_number(record.id());
                (vec![NewLink::attached(record)], number)
            }
            Destination::Owner(owner) => (vec![NewLink::attached(owner.into())], None),
            Destination::User | Destination::Company => (Vec::new(), None),
        };
        let personal = audience == Audience::User;
        let new = NewFile { clash: Clash::Title, duplicates: None, links, personal, ..new };
        let file = self.edit.put_file(new, staged).await?.into_file();
        Ok(Reached { file, audience, contact })
    }
}
