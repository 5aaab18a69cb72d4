//! `attache backup`: rows and contents of one moment in a folder, taken while servers run.
//!
//! The folder is an installation like any other. What an earlier backup left in it stays usable until the rows of the new
//! one have taken the place of the old ones, by one rename.

use super::progress::Progress;
use super::{copy, place};
use crate::cli::Backup;
use crate::data::DataFolder;
use crate::setting::{Database, Settings};
use crate::{Error, Result, wire};
use attache_core::transfer::{self, Place, Report};
use attache_db::Db;
use attache_model::Clock;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the rows of a backup are called until all of it is there.
const UNFINISHED: &str = "attache.db.unfinished";
/// What SQLite calls the files beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

pub(super) async fn run(settings: &Settings, backup: &Backup, out: &mut impl Write) -> Result<ExitCode> {
    let folder = DataFolder::open(&backup.to)?;
    let lock = folder.lock()?;
    let from = place::source(settings, false).await?;
    let layout = Settings::in_folder(&backup.to);
    let progress = Progress::new();
    let report = write(&from.place, &layout, &progress).await;
    progress.end();
    from.place.db.close().await;
    let report = report?;
    drop(lock);
    copy::say(&report, out).map_err(Error::io("write the report"))?;
    Ok(if report.damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn write(from: &Place, layout: &Settings, progress: &Progress) -> Result<Report> {
    let watch = |step| progress.step(step);
    let (finished, unfinished) = (layout.data.join("attache.db"), layout.data.join(UNFINISHED));
    let blobs = wire::open_blobs(&layout.storage, &layout.limits)?;
    let earlier = match finished.is_file() {
        true => Some(wire::open_database(&layout.database).await?),
        false => None,
    };
    remove(&unfinished).map_err(Error::io("remove an unfinished backup"))?;
    let db = wire::open_database(&Database::Sqlite(unfinished.clone())).await?;
    let to = Place { db, blobs };
    let written = transfer::backup(from, &to, earlier.as_ref(), &Clock::System, &watch).await;
    close(&to.db, earlier.as_ref()).await;
    let mut report = written?;
    rename(&unfinished, &finished).map_err(Error::io("give the backup its name"))?;
    let backup = Place { db: wire::open_database(&layout.database).await?, blobs: to.blobs };
    report.removed = transfer::tidy(&backup, &watch).await?;
    backup.db.close().await;
    Ok(report)
}

/// Closed databases have everything in the file itself.
async fn close(new: &Db, earlier: Option<&Db>) {
    new.close().await;
    if let Some(earlier) = earlier {
        earlier.close().await;
    }
}

/// Puts the new rows into the place of the old ones, durably. A log that is left beside either would be taken for the
/// new file's, so both must be empty, and go first.
fn rename(unfinished: &Path, finished: &Path) -> io::Result<()> {
    for file in [unfinished, finished] {
        if beside(file, "-wal").metadata().is_ok_and(|log| log.len() > 0) {
            return Err(io::Error::other(format!("{} is in use by another program", file.display())));
        }
    }
    for file in [unfinished, finished] {
        remove_beside(file)?;
    }
    File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, finished)?;
    let folder = finished.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn remove(file: &Path) -> io::Result<()> {
    remove_beside(file)?;
    gone(fs::remove_file(file))
}

fn remove_beside(file: &Path) -> io::Result<()> {
    BESIDE.iter().try_for_each(|end| gone(fs::remove_file(beside(file, end))))
}

/// What is not there need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}
