//! Which upload a large file is on its way with, so that another run goes on with it: a small file for each, under the
//! state of the person, found by everything that makes the two runs the same.

use super::super::failure::{Exit, Failure, Result};
use super::super::home;
use super::hex_of;
use super::walk::Item;
use attache_client::UploadAt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// What is older than this is about uploads that no server knows any more.
const OLD: Duration = Duration::from_secs(30 * 86_400);

/// What is kept of an upload. The name of its file is a digest of everything but the upload itself.
#[derive(Serialize, Deserialize)]
struct Kept {
    server: String,
    path: PathBuf,
    size: u64,
    /// Nanoseconds since 1970.
    modified: u128,
    folder: String,
    name: String,
    records: Vec<String>,
    on_conflict: String,
    upload: Option<String>,
}

/// The place of one file's upload. While this is open no other run works on the same.
pub(super) struct Memory {
    path: PathBuf,
    file: File,
    kept: Kept,
}

impl Memory {
    /// Opens the place for a file that goes to a server.
    ///
    /// # Errors
    /// A conflict when another run has it.
    pub(super) fn open(server: &str, item: &Item, told: &Metadata) -> Result<Memory> {
        let folder = home::state()?.join("uploads");
        home::make(&folder)?;
        clear(&folder);
        let mut kept = kept(server, item, told)?;
        let mut name = hex_of(Sha256::new_with_prefix(serde_json::to_string(&kept).unwrap_or_default()));
        name.truncate(32);
        let path = folder.join(format!("{name}.json"));
        let failed = || Failure::io(format!("open {}", path.display()));
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = opened.map_err(failed())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(Exit::Conflict, "in_use", "another 'attache put' is sending it right now"));
            }
            Err(TryLockError::Error(error)) => return Err(failed()(error)),
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed())?;
        // What cannot be read was cut off while it was written: then the upload begins anew.
        kept.upload = serde_json::from_str::<Kept>(&text).ok().and_then(|before| before.upload);
        Ok(Memory { path, file, kept })
    }

    /// The upload that an earlier run began.
    pub(super) fn upload(&self) -> Option<UploadAt> {
        self.kept.upload.clone().map(|id| UploadAt { id })
    }

    /// Keeps the upload that was just opened.
    pub(super) fn keep(&mut self, at: UploadAt) -> Result<UploadAt> {
        self.kept.upload = Some(at.id.clone());
        let text = serde_json::to_string(&self.kept).unwrap_or_default();
        let written =
            self.file.rewind().and_then(|()| self.file.set_len(0)).and_then(|()| self.file.write_all(text.as_bytes()));
        written.and_then(|()| self.file.sync_all()).map_err(Failure::io(format!("write {}", self.path.display())))?;
        Ok(at)
    }

    /// The upload has become a file, or never will.
    pub(super) fn forget(self) {
        // What stays goes when it is old.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn kept(server: &str, item: &Item, told: &Metadata) -> Result<Kept> {
    let path = item.path.canonicalize().map_err(super::source::unreadable(&item.path))?;
    let modified = told.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Ok(Kept {
        server: server.to_owned(),
        path,
        size: told.len(),
        modified: modified.as_nanos(),
        folder: item.new.folder.clone(),
        name: item.new.name.clone(),
        records: item.new.records.clone(),
        on_conflict: item.new.conflict.word().to_owned(),
        upload: None,
    })
}

/// Removes what is old. Whatever keeps it from being removed may do so.
fn clear(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let age = entry.metadata().and_then(|told| told.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > OLD) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
