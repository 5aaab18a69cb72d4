//! Where the program keeps its things while a test runs.

use crate::{Engine, Process, command};
use attache_blobs::{Blobs, Cloud, CloudOptions, Disk, InlineLimit, StorageUrl};
use attache_model::limits::Limits;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A data folder that goes when the test ends. On the cluster it holds a settings file alone, which leads every command
/// on the folder to its database and its bucket.
pub struct Home {
    folder: TempDir,
    engine: Engine,
    database: Option<String>,
    storage: Option<StorageUrl>,
}

impl Home {
    /// On the engine of this run, also for tests without a runtime.
    ///
    /// # Panics
    /// If the run is about the cluster, and this machine has none.
    pub fn new() -> Home {
        Home::now(Engine::of_run()).expect("a run on the cluster needs PostgreSQL and an object store")
    }

    /// On an engine. `None` says, loudly, that this machine has none of that kind; the test then ends.
    pub async fn on(engine: Engine) -> Option<Home> {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres | Engine::Cluster => Some(attache_db::testing::database().await?),
        };
        let storage = match engine {
            Engine::Sqlite | Engine::Postgres => None,
            Engine::Cluster => Some(attache_blobs::testing::storage(&test_name())?),
        };
        let home = Home { folder: TempDir::new().expect("a temporary folder can be made"), engine, database, storage };
        home.write_settings();
        Some(home)
    }

    /// As [`Home::on`], for tests without a runtime.
    pub(crate) fn now(engine: Engine) -> Option<Home> {
        // A test's own runtime must not be waited for from within; the name of the test goes along, for what is said.
        let made = std::thread::Builder::new().name(test_name()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(Home::on(engine))
        });
        made.expect("a thread can be started").join().expect("a home can be made")
    }

    /// On SQLite and a folder, for a test of what only a disk has. In a run on the cluster `None` says, loudly, that it
    /// is skipped.
    pub fn on_disk() -> Option<Home> {
        if Engine::of_run() == Engine::Cluster {
            skip("a disk");
            return None;
        }
        Home::now(Engine::Sqlite)
    }

    /// The data folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What it stands on.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The URL of its database; `None` for SQLite.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Its place in the object store; `None` for a folder.
    pub fn storage(&self) -> Option<&StorageUrl> {
        self.storage.as_ref()
    }

    /// Its store of contents, as a server opens it; every content in it is kept apart from the rows.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub fn blobs(&self) -> Blobs {
        let inline = InlineLimit::new(0).expect("nothing is a limit");
        match &self.storage {
            Some(bucket) => Cloud::open(bucket, inline, &CloudOptions::default()).expect("the bucket is there").into(),
            None => Disk::open(&self.path().join("blobs"), inline).expect("the folder is there").into(),
        }
    }

    /// What a server on it may hold of uploads on their way to a bucket, in KiB, besides what every server may: its
    /// budget, and half as much for the buffers that they came in.
    pub fn buffers_kib(&self) -> u64 {
        if self.storage.is_some() { (Limits::default().storage_buffer_bytes >> 10) * 3 / 2 } else { 0 }
    }

    /// A command line of the program at `program` on this home.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        command(program, self.path(), arguments)
    }

    /// Starts `program serve` on any free port and waits until it says that it listens.
    pub fn serve(&self, program: &str, arguments: &[&str]) -> Process {
        Process::serve(program, self.path(), arguments)
    }

    fn write_settings(&self) {
        let lines = [("database", self.database.clone()), ("storage", self.storage.as_ref().map(ToString::to_string))];
        let lines: String =
            lines.iter().filter_map(|(name, value)| Some(format!("{name} = {:?}\n", value.as_ref()?))).collect();
        if !lines.is_empty() {
            std::fs::write(self.path().join("attache.toml"), lines).expect("the settings file can be written");
        }
    }
}

impl Default for Home {
    fn default() -> Home {
        Home::new()
    }
}

/// Says loudly that this test is skipped, and what it would need.
#[expect(clippy::print_stderr, reason = "a skip is said where people and the test runner look")]
pub fn skip(needs: &str) {
    eprintln!("SKIPPED (needs {needs}): {}", test_name());
}

/// The harness runs each test in a thread of its name.
fn test_name() -> String {
    std::thread::current().name().unwrap_or("a test").to_owned()
}
