//! Opening an upload: everything that can be refused is refused here, before a byte is sent, and room is reserved.

use super::Row;
use crate::op::audit::{Entry, note};
use crate::op::foresee::check_plan;
use crate::op::get;
use crate::op::put::folder_there;
use crate::plan::{Goal, NewUpload};
use crate::settle::over_quota;
use crate::table::{self, book, panel, upload};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, entropy, numbers};
use attache_model::audit::Deed;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::upload::{Upload, UploadState};
use attache_model::{Error, FileRef, Result, Time, UploadId, UploadNo, What};
use std::sync::Arc;

/// What a unit needs to open an upload.
struct Opening {
    row: Row,
    by: Entry,
    goal: Goal,
    sees_hidden: bool,
    most: u64,
    now: Time,
}

impl Edit<'_> {
    /// Opens an upload. One of no bytes still waits for its first, empty piece.
    ///
    /// # Errors
    /// `NotFound(Folder)`, `NotFound(File)` and `State(File)` for a target that cannot take it, `Quota`, `TooLarge`,
    /// `TooMany`, `Invalid`.
    pub async fn open_upload(&self, new: NewUpload) -> Result<Upload> {
        self.check_goal(&new)?;
        let opening = Arc::new(self.opening(new).await?);
        let unit = tenanted::<Upload, _>(move |mut t| {
            let opening = opening.clone();
            Box::pin(async move { open(&mut t, &opening).await })
        });
        let opened = self.write("open an upload", unit).await;
        attache_point::fail_point!("core.upload_opened");
        opened
    }

    /// Rules that need no look at the database.
    fn check_goal(&self, new: &NewUpload) -> Result<()> {
        let limit = self.core.limits().file_bytes;
        if new.length.is_some_and(|length| length > limit) {
            return Err(Error::TooLarge { code: Code::FileTooLarge, limit });
        }
        match &new.goal {
            Goal::File(file) => check_plan(self, file),
            Goal::Version { with, .. } => self.check_replacement(with),
            Goal::Joining => Ok(()),
        }
    }

    async fn opening(&self, mut new: NewUpload) -> Result<Opening> {
        let (now, limits) = (self.now(), self.core.limits());
        if let Goal::File(file) = &mut new.goal {
            // An upload ends with a file of its own: nobody is left to be told of one that was there.
            file.duplicates = None;
        }
        let goal = serde_json::to_string(&new.goal).map_err(|error| Error::internal("keep an upload's goal", error))?;
        let growth = self.core.0.blobs.grow().map_err(crate::staged::refusal)?;
        let no = self.core.number(self.caller().account(), numbers::Kind::Upload).await?;
        let upload = Upload {
            no: UploadNo(no),
            id: UploadId(entropy::uuid(now)),
            state: UploadState::Open,
            length: new.length,
            offset: 0,
            parts: 0,
            for_joining: matches!(new.goal, Goal::Joining),
            memo: new.memo,
            created_at: now,
            expires_at: now.plus(Limits::seconds(limits.upload_life)),
            created_by: self.caller().actor(),
            file: None,
        };
        let row = Row {
            upload,
            key: growth.key.as_str().to_owned(),
            digests: growth.digests,
            goal,
            scopes: self.caller().scopes(),
            held_bytes: table::signed(new.length.unwrap_or(0)),
            held_files: i64::from(matches!(new.goal, Goal::File(_))),
            // Whoever opens it most often goes on with it at the same node.
            node: self.core.0.node.to_string(),
            panel: self.panel().cloned(),
        };
        let sees_hidden = self.caller().reaches_hidden();
        let by = Entry::by(self.caller(), now, Deed::UploadOpened, format!("upload/{no}"));
        Ok(Opening { row, by, goal: new.goal, sees_hidden, most: limits.open_uploads, now })
    }
}

async fn open(t: &mut Tenanted<'_>, o: &Opening) -> Outcome<Upload> {
    match &o.goal {
        Goal::File(new) => {
            folder_there(t, new).await?;
        }
        Goal::Version { file, .. } => check_file(t, *file, o).await?,
        Goal::Joining => {}
    }
    if upload::count(t, o.now).await? >= o.most {
        return Err(Error::TooMany { what: What::Upload, limit: o.most }.into());
    }
    if !book::reserve(t, o.row.held_bytes, o.row.held_files).await? {
        return Err(over_quota(t, o.row.held_files).await?.into());
    }
    upload::add(t, &o.row).await?;
    note(t, o.by.clone()).await?;
    Ok(o.row.upload.clone())
}

/// The file of a new version lives.
async fn check_file(t: &mut Tenanted<'_>, file: FileRef, o: &Opening) -> Outcome<()> {
    let row = get::in_sight(t, file, o.now, o.sees_hidden).await?;
    if row.file.trashed_at.is_some() {
        let why = String::from("it is in the trash; restore it first");
        return Err(Error::State { what: What::File, why }.into());
    }
    if let Some(record) = &o.row.panel
        && panel::link_of(t, record, row.file.no).await?.is_none()
    {
        return Err(Error::NotFound(What::File).into());
    }
    Ok(())
}
