//! The places that copies go between: a data folder, or what a settings file names.

use crate::cli::Place as Flags;
use crate::cli::Reach;
use crate::data::{DataFolder, DataLock};
use crate::setting::{Database, Settings};
use crate::{Error, Result, wire};
use attache_core::transfer::Place;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Variables that name one place, where a copy has two.
const NAMES_A_PLACE: [&str; 4] = ["ATTACHE_DATA", "ATTACHE_DATABASE", "ATTACHE_STORAGE", "ATTACHE_CONFIG"];

/// A place that is open, and kept from servers where it has files.
pub(super) struct Opened {
    pub(super) place: Place,
    _lock: Option<DataLock>,
}

/// The settings of the place at `path`. A settings file may leave out what is in its own folder.
pub(super) fn settings(path: &Path) -> Result<Settings> {
    settings_in(path, std::env::vars_os())
}

fn settings_in(path: &Path, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Settings> {
    let flags = if path.is_file() {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let data = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
        Flags { data: Some(data), config: Some(path.to_owned()), ..Flags::default() }
    } else {
        Flags { data: Some(path.to_owned()), ..Flags::default() }
    };
    let names_one = |name: &OsString| NAMES_A_PLACE.iter().any(|place| name == place);
    let environment = environment.into_iter().filter(|(name, _)| !names_one(name));
    Settings::resolve(&flags, &Reach::default(), environment)
}

/// Opens a place that must be there. Its servers go on, unless `alone` is wanted: then none of this machine may be at work
/// on its files.
pub(super) async fn source(settings: &Settings, alone: bool) -> Result<Opened> {
    if let Database::Sqlite(path) = &settings.database
        && !path.is_file()
    {
        return Err(Error::Argument(format!(
            "there is no installation: the database {} does not exist",
            path.display()
        )));
    }
    let lock = match alone && settings.keeps_files() {
        true => Some(DataFolder::existing(&settings.data)?.lock()?),
        false => None,
    };
    open(settings, lock).await
}

/// Opens a place that may be new; no server of this machine may be at work on its files.
pub(super) async fn target(settings: &Settings) -> Result<Opened> {
    let lock = match settings.keeps_files() {
        true => Some(DataFolder::open(&settings.data)?.lock()?),
        false => None,
    };
    open(settings, lock).await
}

async fn open(settings: &Settings, lock: Option<DataLock>) -> Result<Opened> {
    let db = wire::open_database(&settings.database).await?;
    let blobs = wire::open_blobs(&settings.storage, &settings.limits)?;
    Ok(Opened { place: Place { db, blobs }, _lock: lock })
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_blobs::StorageUrl;

    #[test]
    fn a_folder_is_a_data_folder() {
        let home = tempfile::tempdir().unwrap();
        let read = settings_in(home.path(), []).unwrap();
        assert_eq!(read.database, Database::Sqlite(home.path().join("attache.db")));
        assert_eq!(read.storage, StorageUrl::Folder(home.path().join("blobs")));
    }

    #[test]
    fn a_settings_file_says_where_rows_and_bytes_are() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("node.toml");
        std::fs::write(&file, "database = 'postgres://db/files'\nstorage = 's3://files'\n").unwrap();
        // What the environment says about a place is about neither of the two.
        let elsewhere = [("ATTACHE_DATABASE".into(), "postgres://other/db".into())];
        let read = settings_in(&file, elsewhere).unwrap();
        assert_eq!(read.database, Database::Postgres("postgres://db/files".into()));
        assert!(!read.keeps_files());
    }

    #[test]
    fn a_settings_file_that_names_nothing_means_its_own_folder() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("attache.toml");
        std::fs::write(&file, "log = 'warn'\n").unwrap();
        assert_eq!(settings_in(&file, []).unwrap().database, Database::Sqlite(home.path().join("attache.db")));
    }

    #[tokio::test]
    async fn a_source_that_is_not_there_is_not_made() {
        let home = tempfile::tempdir().unwrap();
        let missing = home.path().join("typo");
        assert!(matches!(source(&settings_in(&missing, []).unwrap(), true).await, Err(Error::Argument(_))));
        assert!(!missing.exists());
    }
}
