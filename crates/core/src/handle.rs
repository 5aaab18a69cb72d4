//! Handles: permission as a value that has the operations. Each is made from a [`Caller`] whose scopes allow it, so an
//! operation that is reachable is allowed.

use crate::op::intake::claim::Claim;
use crate::settle::{Author, Ending, Held};
use crate::unit::{Tenanted, Work};
use crate::{Caller, Core};
use attache_model::link::Record;
use attache_model::{Result, Scope, Time};
use std::ops::Deref;

/// Reading: files, folders, records, tasks, events.
#[derive(Clone, Copy, Debug)]
pub struct View<'c> {
    pub(crate) core: &'c Core,
    pub(crate) caller: &'c Caller,
}

/// Changing: puts, replaces, changes, folders, links, shares.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'c> {
    view: View<'c>,
    task: Option<Held>,
    upload: Option<Ending>,
    intake: Option<&'c Claim>,
    within: Option<&'c Record>,
}

/// Deleting: trash, restore, erase.
#[derive(Clone, Copy, Debug)]
pub struct Remove<'c> {
    view: View<'c>,
}

/// The account's own affairs: tokens, quota, settings.
#[derive(Clone, Copy, Debug)]
pub struct Manage<'c> {
    view: View<'c>,
}

/// Records: their cards, notes and fields.
#[derive(Clone, Copy, Debug)]
pub struct Records<'c> {
    view: View<'c>,
}

/// What records have: making, changing and removing their fields.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'c> {
    records: Records<'c>,
}

impl Core {
    /// For reading.
    ///
    /// # Errors
    /// `MissingScope` without `files:read`.
    pub fn view<'c>(&'c self, caller: &'c Caller) -> Result<View<'c>> {
        caller.require(Scope::FilesRead)?;
        Ok(View { core: self, caller })
    }

    /// For changing. It also reads what it changes.
    ///
    /// # Errors
    /// `MissingScope` without `files:write`.
    pub fn edit<'c>(&'c self, caller: &'c Caller) -> Result<Edit<'c>> {
        caller.require(Scope::FilesWrite)?;
        Ok(Edit::unasked(self, caller))
    }

    /// For deleting. It also reads what it deletes.
    ///
    /// # Errors
    /// `MissingScope` without `files:delete`.
    pub fn remove<'c>(&'c self, caller: &'c Caller) -> Result<Remove<'c>> {
        caller.require(Scope::FilesDelete)?;
        Ok(Remove { view: View { core: self, caller } })
    }

    /// For records.
    ///
    /// # Errors
    /// `MissingScope` without `records`.
    pub fn records<'c>(&'c self, caller: &'c Caller) -> Result<Records<'c>> {
        caller.require(Scope::Records)?;
        Ok(Records { view: View { core: self, caller } })
    }

    /// For the account's own affairs.
    ///
    /// # Errors
    /// `MissingScope` without `settings`.
    pub fn manage<'c>(&'c self, caller: &'c Caller) -> Result<Manage<'c>> {
        caller.require(Scope::Settings)?;
        Ok(Manage { view: View { core: self, caller } })
    }
}

impl<'c> View<'c> {
    /// Who asks.
    pub fn caller(&self) -> &'c Caller {
        self.caller
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Time {
        self.core.now()
    }

    /// Reads in one snapshot of the caller's account.
    pub(crate) fn read<T, F>(&self, op: &'static str, unit: F) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(Tenanted<'t>) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.core.read(op, self.caller.account(), unit)
    }

    /// Changes the caller's account in one transaction.
    pub(crate) fn write<T, F>(&self, op: &'static str, unit: F) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(Tenanted<'t>) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.core.write(op, self.caller.account(), unit)
    }
}

impl<'c> Deref for Edit<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

impl<'c> Deref for Remove<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

impl<'c> Records<'c> {
    /// Who asks.
    pub fn caller(&self) -> &'c Caller {
        self.view.caller
    }

    /// For the operations on records alone: their permission is not one to read files.
    pub(crate) fn inner(&self) -> &View<'c> {
        &self.view
    }

    pub(crate) fn author(&self) -> Author {
        Author::new(self.view.caller)
    }

    /// For the fields of records, which whoever set the account up decides on.
    ///
    /// # Errors
    /// `MissingScope` for a caller that is neither the account's owner nor may change its settings.
    pub fn setup(&self) -> Result<Setup<'c>> {
        self.view.caller.require_admin()?;
        Ok(Setup { records: *self })
    }
}

impl<'c> Deref for Setup<'c> {
    type Target = Records<'c>;

    fn deref(&self) -> &Records<'c> {
        &self.records
    }
}

impl<'c> Deref for Manage<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

impl<'c> Edit<'c> {
    /// A handle for work within reach, which asks about each file instead.
    pub(crate) fn unasked(core: &'c Core, caller: &'c Caller) -> Edit<'c> {
        Edit { view: View { core, caller }, task: None, upload: None, intake: None, within: None }
    }

    /// The same handle, whose change and the end of a task are one commit.
    #[must_use]
    pub(crate) fn for_task(self, held: Held) -> Edit<'c> {
        Edit { task: Some(held), ..self }
    }

    /// The same handle, whose change and the end of an upload are one commit.
    #[must_use]
    pub(crate) fn for_upload(self, ending: Ending) -> Edit<'c> {
        Edit { upload: Some(ending), ..self }
    }

    /// The same handle, whose new file takes a place of an intake in its commit.
    #[must_use]
    pub(crate) fn for_intake(self, claim: &'c Claim) -> Edit<'c> {
        Edit { intake: Some(claim), ..self }
    }

    /// The same handle, which changes only what the panel of a record shows.
    #[must_use]
    pub(crate) fn within(self, record: Option<&'c Record>) -> Edit<'c> {
        Edit { within: record, ..self }
    }

    /// The record whose panel it was made for.
    pub(crate) fn panel(&self) -> Option<&'c Record> {
        self.within
    }

    pub(crate) fn author(&self) -> Author {
        Author {
            within: self.within.cloned(),
            task: self.task,
            upload: self.upload,
            intake: self.intake.cloned(),
            ..Author::new(self.caller)
        }
    }
}

impl<'c> Remove<'c> {
    pub(crate) fn author(&self) -> Author {
        Author::new(self.caller)
    }
}
