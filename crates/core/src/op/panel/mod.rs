//! The panel of one record: what a guest may see and do. Every operation looks at the record's visible links; a file that is on
//! none of them is not there, whatever else may be known of it.

mod change;
mod look;
mod mint;
mod origin;

pub use change::PanelFile;
pub use mint::NewPanelToken;

use crate::plan::{NewShare, Signed};
use crate::table::{file, panel};
use crate::unit::{Outcome, Tenanted};
use crate::{Core, Edit, Guest, View};
use attache_model::limits::Limits;
use attache_model::link::{Link, Record};
use attache_model::share::PreviewSize;
use attache_model::{Error, FileNo, FileRef, Result, Scope, Time, What};

/// What an upload from a panel becomes.
#[derive(Clone, Debug)]
pub enum PanelGoal {
    /// A new file on the record.
    File(PanelFile),
    /// A version of a file on the record.
    Version {
        /// The file.
        file: FileRef,
        /// Media type that the client declared.
        media_type: Option<String>,
        /// Charset that the client declared.
        charset: Option<String>,
    },
}

/// The files of one record, as a guest may work with them.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'c> {
    core: &'c Core,
    guest: &'c Guest,
}

impl Core {
    /// The panel that a guest was let in to. Each of its operations asks for the scope that it needs.
    pub fn panel<'c>(&'c self, guest: &'c Guest) -> Panel<'c> {
        Panel { core: self, guest }
    }
}

impl<'c> Panel<'c> {
    /// Who asks.
    pub fn guest(&self) -> &'c Guest {
        self.guest
    }

    /// A link to a file that the panel shows; it works without the token, and where pages of other sites show it. It lives for
    /// `panel_link_life`, no longer than the token, and only while the file is on the record.
    pub fn sign(&self, file: FileNo, version: Option<i64>, size: Option<PreviewSize>, download: bool) -> Signed {
        let life = Limits::seconds(self.core.limits().panel_link_life);
        let new = NewShare { life, version, size, upscale: false, download, listed: false };
        let view = View { core: self.core, caller: self.guest.inner() };
        view.sign_in_panel(self.record(), file, &new, self.guest.expires_at())
    }

    pub(crate) fn record(&self) -> &'c Record {
        self.guest.record()
    }

    /// For reading.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn reading(&self) -> Result<View<'c>> {
        self.core.view(self.guest.inner())
    }

    /// For changing, within the panel alone.
    ///
    /// # Errors
    /// `MissingScope`.
    pub(crate) fn changing(&self) -> Result<Edit<'c>> {
        Ok(self.core.edit(self.guest.inner())?.within(Some(self.guest.record())))
    }

    /// For taking away.
    ///
    /// # Errors
    /// `MissingScope`.
    fn deleting(&self) -> Result<View<'c>> {
        self.guest.inner().require(Scope::FilesDelete)?;
        Ok(View { core: self.core, caller: self.guest.inner() })
    }
}

/// A file that the panel shows, with its link.
///
/// # Errors
/// `NotFound(File)`.
async fn shown(t: &mut Tenanted<'_>, record: &Record, file: FileRef, now: Time) -> Outcome<(Link, file::Row)> {
    let row = crate::op::get::visible(t, file, now, false).await?;
    let link = panel::link_of(t, record, row.file.no).await?.ok_or(Error::NotFound(What::File))?;
    Ok((link, row))
}
