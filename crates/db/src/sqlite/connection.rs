//! Opening SQLite connections with settings under which an acknowledged commit survives a power cut.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::explain;
use crate::{Error, Options};

/// Prepared statements kept per connection: all of the product's own, and some of the built ones.
const STATEMENTS: usize = 512;
/// Bytes of a page. Contents of up to 64 KiB are kept in the database, and each page of theirs is a frame in the log, two
/// writes and a checksum; but each changed row of an index costs a whole page too.
const PAGE: i64 = 8192;
/// Page cache of the writer and of each reader, in KiB.
const WRITER_CACHE_KIB: i64 = 4096;
const READER_CACHE_KIB: i64 = 2048;
/// To what size SQLite cuts the log when it starts over at its beginning, in bytes.
const LOG_KEPT: i64 = 16 << 20;

/// The connection that writes; creates the file if need be.
pub(crate) fn to_write(path: &Path, options: &Options) -> Result<Connection, Error> {
    create(path)?;
    let conn = open(path, options)?;
    set(&conn, "cache_size", -WRITER_CACHE_KIB)?;
    set(&conn, "journal_size_limit", LOG_KEPT)?;
    // The writer decides itself when to move the log into the file.
    set(&conn, "wal_autocheckpoint", 0)?;
    Ok(conn)
}

/// A connection that reads.
pub(crate) fn to_read(path: &Path, options: &Options) -> Result<Connection, Error> {
    let conn = open(path, options)?;
    set(&conn, "cache_size", -READER_CACHE_KIB)?;
    // A page of a mapped file that the disk cannot read ends the process; one that is asked for is an answer.
    set(&conn, "mmap_size", 0)?;
    set(&conn, "query_only", 1)?;
    Ok(conn)
}

/// Makes an empty file that only its owner can read, and makes its name durable.
fn create(path: &Path) -> Result<(), Error> {
    let unavailable = |what: &str, error| Error::Unavailable(format!("{what} {}: {error}", path.display()));
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| unavailable("cannot sync the folder of", error))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unavailable("cannot create the database file", error)),
    }
}

fn open(path: &Path, options: &Options) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|error| Error::Unavailable(format!("cannot open the database file {}: {error}", path.display())))?;
    let wrap = |error| explain(&conn, "open", &error);
    conn.busy_timeout(options.patience).map_err(wrap)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Closing must not touch the file behind our back: after a failed sync, a checkpoint would lose the log.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(wrap)?;
    // A statement keeps its plan whatever is bound to it. Otherwise most are planned anew each time they run.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(wrap)?;
    // Counts only for a file that is still empty.
    set(&conn, "page_size", PAGE)?;
    log_ahead(&conn, options.patience)?;
    set(&conn, "synchronous", "FULL")?;
    set(&conn, "foreign_keys", 1)?;
    // Erased content must not stay in free pages.
    set(&conn, "secure_delete", 1)?;
    set(&conn, "temp_store", "MEMORY")?;
    set(&conn, "trusted_schema", 0)?;
    check(&conn)?;
    plant_fault(&conn)?;
    Ok(conn)
}

/// Nothing, unless a test wants to see that a power cut shows commits that were not synced.
fn plant_fault(_conn: &Connection) -> Result<(), Error> {
    attache_point::fail_point!("db.synchronous_normal", |_| set(_conn, "synchronous", "NORMAL"));
    Ok(())
}

/// Switches to the write-ahead log. While another process does the same, SQLite reports busy without waiting.
#[expect(
    clippy::disallowed_methods,
    reason = "SQLite does not call its busy handler here, so there is nothing to wait on"
)]
fn log_ahead(conn: &Connection, patience: Duration) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let text =
                    format!("SQLite keeps journal_mode={mode} where WAL is needed; is it on a network file system?");
                return Err(Error::Unfit(text));
            }
            Err(rusqlite::Error::SqliteFailure(code, _))
                if code.code == ErrorCode::DatabaseBusy && begun.elapsed() < patience =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(explain(conn, "journal_mode", &error)),
        }
    }
}

/// Reads the settings back: an engine built otherwise might not have taken them.
fn check(conn: &Connection) -> Result<(), Error> {
    let pages = "SELECT EXISTS (SELECT 1 FROM pragma_compile_options WHERE compile_options = 'ENABLE_DBPAGE_VTAB')";
    if !conn.query_row(pages, [], |row| row.get::<_, bool>(0)).map_err(|error| explain(conn, "open", &error))? {
        let text = "this program's SQLite was built without ENABLE_DBPAGE_VTAB, which .cargo/config.toml sets";
        return Err(Error::Unfit(text.to_owned()));
    }
    for (name, wanted) in [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)] {
        let found: i64 =
            conn.pragma_query_value(None, name, |row| row.get(0)).map_err(|error| explain(conn, name, &error))?;
        if found != wanted {
            return Err(Error::Unfit(format!("SQLite runs with {name}={found}, but {wanted} is needed")));
        }
    }
    Ok(())
}

fn set(conn: &Connection, name: &str, value: impl rusqlite::ToSql) -> Result<(), Error> {
    // Some settings answer with a row, others do not; both are fine.
    conn.pragma_update_and_check(None, name, value, |_| Ok(()))
        .or_else(|error| if matches!(error, rusqlite::Error::QueryReturnedNoRows) { Ok(()) } else { Err(error) })
        .map_err(|error| explain(conn, name, &error))
}
