//! Who sends: somebody who may change files, or a guest of a record's panel, whose files land on that record.

use crate::goal;
use crate::metadata::Metadata;
use attache_core::{Core, Edit, Entrant, Goal, NewUpload, Panel, PanelGoal, Resume};
use attache_http::PublicUrl;
use attache_model::Scope;
use attache_model::file::File;
use attache_model::upload::Upload;
use attache_model::{Error, Result, UploadId};

/// See the module's head.
pub(crate) enum Sender<'c> {
    Edit(Edit<'c>),
    Panel(Panel<'c>),
}

/// What an upload is to become.
pub(crate) enum Aim {
    Goal(Goal),
    Panel(PanelGoal),
}

impl<'c> Sender<'c> {
    /// # Errors
    /// `MissingScope` for somebody who may not change files.
    pub(crate) fn of(core: &'c Core, entrant: &'c Entrant) -> Result<Sender<'c>> {
        match entrant {
            Entrant::Caller(caller) => Ok(Sender::Edit(core.edit(caller)?)),
            Entrant::Guest(guest) => {
                guest.require(Scope::FilesWrite)?;
                Ok(Sender::Panel(core.panel(guest)))
            }
        }
    }

    /// The handle of somebody who may change files everywhere.
    ///
    /// # Errors
    /// `Unsupported` for a guest.
    pub(crate) fn edit(&self) -> Result<&Edit<'c>> {
        match self {
            Sender::Edit(edit) => Ok(edit),
            Sender::Panel(_) => {
                let why = "uploads of a panel cannot be joined; send the file in one upload".to_owned();
                Err(Error::Unsupported { why })
            }
        }
    }

    /// What the metadata say that an upload becomes.
    ///
    /// # Errors
    /// What is not allowed in the metadata.
    pub(crate) fn aim(&self, metadata: &Metadata) -> Result<Aim> {
        match self {
            Sender::Edit(_) => goal::of(metadata).map(Aim::Goal),
            Sender::Panel(_) => goal::of_guest(metadata).map(Aim::Panel),
        }
    }

    /// An upload that is a piece of another one.
    ///
    /// # Errors
    /// As [`Sender::edit`].
    pub(crate) fn piece(&self) -> Result<Aim> {
        self.edit().map(|_| Aim::Goal(Goal::Joining))
    }

    /// Opens an upload.
    ///
    /// # Errors
    /// Those of core.
    pub(crate) async fn open(&self, aim: Aim, length: Option<u64>, memo: String) -> Result<Upload> {
        match (self, aim) {
            (Sender::Edit(edit), Aim::Goal(goal)) => edit.open_upload(NewUpload { length, goal, memo }).await,
            (Sender::Panel(panel), Aim::Panel(goal)) => panel.open_upload(goal, length, memo).await,
            (Sender::Edit(_), Aim::Panel(_)) | (Sender::Panel(_), Aim::Goal(_)) => {
                Err(Error::bug("an upload was to become what its sender may not make"))
            }
        }
    }

    /// # Errors
    /// Those of core.
    pub(crate) async fn upload(&self, id: UploadId) -> Result<Upload> {
        match self {
            Sender::Edit(edit) => edit.upload(id).await,
            Sender::Panel(panel) => panel.upload(id).await,
        }
    }

    /// # Errors
    /// Those of core.
    pub(crate) async fn resume(&self, id: UploadId) -> Result<Resume> {
        match self {
            Sender::Edit(edit) => edit.resume(id).await,
            Sender::Panel(panel) => panel.resume(id).await,
        }
    }

    /// # Errors
    /// Those of core.
    pub(crate) async fn abort(&self, id: UploadId) -> Result<()> {
        match self {
            Sender::Edit(edit) => edit.abort_upload(id).await,
            Sender::Panel(panel) => panel.abort_upload(id).await,
        }
    }

    /// The file that an upload became, if it is still to be seen.
    ///
    /// # Errors
    /// Those of core.
    pub(crate) async fn file_of(&self, upload: &Upload) -> Result<Option<File>> {
        let Some(no) = upload.file else { return Ok(None) };
        let found = match self {
            Sender::Edit(edit) => edit.file(no).await,
            Sender::Panel(panel) => panel.file(no).await.map(|(_, file)| file),
        };
        match found {
            Ok(file) => Ok(Some(file)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where the sender finds a file.
    pub(crate) fn place_of(&self, file: &str, public: &PublicUrl) -> String {
        match self {
            Sender::Edit(_) => public.link(["v1", "files", file]),
            Sender::Panel(_) => public.link(["v1", "panel", "files", file]),
        }
    }
}
