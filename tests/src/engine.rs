//! The engines that a server can stand on, and which of them a run is about.

/// Set to `cluster`, every server of a run stands on PostgreSQL and an object store, as many nodes would; otherwise on
/// SQLite and a folder, where a test does not say more.
const RUN: &str = "ATTACHE_TEST_ENGINE";

/// Where a server keeps its rows and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file and a folder, both in the server's data folder.
    Sqlite,
    /// A database of its own in the PostgreSQL of this run, and a folder.
    Postgres,
    /// A database of its own in the PostgreSQL of this run, and a place of its own in its object store.
    Cluster,
}

impl Engine {
    /// The one for tests that have no reason to choose.
    ///
    /// # Panics
    /// If the run is about an engine that there is not.
    pub fn of_run() -> Engine {
        match std::env::var(RUN).as_deref() {
            Err(_) | Ok("") => Engine::Sqlite,
            Ok("cluster") => Engine::Cluster,
            Ok(other) => panic!("{RUN}={other}, but the only run besides the usual one is 'cluster'"),
        }
    }

    /// Those that this run is about, for tests that hold for each.
    pub fn all() -> &'static [Engine] {
        match Engine::of_run() {
            Engine::Cluster => &[Engine::Cluster],
            Engine::Sqlite | Engine::Postgres => &[Engine::Sqlite, Engine::Postgres],
        }
    }
}
