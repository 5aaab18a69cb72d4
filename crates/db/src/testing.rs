//! Fresh PostgreSQL databases for tests, on a private cluster that ends with the tests; and the statements that run.

pub(crate) mod gate;
mod steps;

pub use gate::{Closed, Gate};
pub use steps::Steps;

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{Client, NoTls};

/// URL of a cluster that already runs; a whole run of tests then shares it.
const CLUSTER: &str = "ATTACHE_TEST_POSTGRES";
/// Set to 1, a missing PostgreSQL is a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_POSTGRES";
/// The script that starts and stops clusters.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres");
/// Exit code of the script where no PostgreSQL is installed.
const NOT_INSTALLED: i32 = 3;
/// Databases of ended test processes that may stay behind before they are dropped, some 8 MB each: dropping one costs a
/// checkpoint.
const LEFTOVERS: usize = 256;
/// How many of them one test drops: more than it makes, and few, so that none waits for long.
const DROPPED: usize = 2;
/// Name of the advisory lock of the test that drops them; the others go on.
const DROPPING: i64 = 0x6472_6f70;

/// The URL of a fresh, empty database; `None` after a loud skip on a machine without PostgreSQL.
///
/// # Panics
/// If PostgreSQL is there but does not work, or if it is missing and `ATTACHE_REQUIRE_POSTGRES=1`.
pub async fn database() -> Option<String> {
    let cluster = cluster()?;
    let name = fresh_name();
    let client = connect(cluster).await;
    drop_leftovers(&client).await;
    // An ended process may have had our number, and left one of this name.
    let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    let made = client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    made.expect("a fresh database can be made");
    let (server, _) = cluster.rsplit_once('/').expect("the cluster's URL ends with a database");
    Some(format!("{server}/{name}"))
}

/// Drops a database that [`database`] gave, for a test that has many of them one after another.
///
/// # Panics
/// If the cluster cannot be reached.
pub async fn done_with(url: &str) {
    let (server, name) = url.rsplit_once('/').expect("the URL ends with a database");
    let client = connect(&format!("{server}/postgres")).await;
    // What is left is dropped with those of ended processes.
    let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

/// A private cluster. It stops when this is dropped, and also when this process dies.
#[derive(Debug)]
pub struct PgCluster {
    url: String,
    folder: PathBuf,
    /// Its standard input is the pipe whose end tells it to stop.
    script: Child,
}

impl PgCluster {
    /// Starts a cluster in a temporary folder; `None` where no PostgreSQL is installed.
    ///
    /// # Panics
    /// If it is installed but does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("attache-postgres-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        let mut script = Command::new(SCRIPT)
            .arg("run")
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // In a group of its own, it is not killed together with the tests, and can clean up after them.
            .process_group(0)
            .spawn()
            .expect("tests/postgres can be run");
        let mut url = String::new();
        let said = script.stdout.take().expect("its output is a pipe");
        BufReader::new(said).read_line(&mut url).expect("its output can be read");
        if url.is_empty() {
            let end = script.wait().expect("its end can be awaited");
            assert_eq!(end.code(), Some(NOT_INSTALLED), "tests/postgres failed");
            return None;
        }
        Some(Self { url: url.trim().to_owned(), folder, script })
    }

    /// Lets it crash, and come back at the same address.
    ///
    /// # Panics
    /// If it does not come back.
    pub fn crash(&self) {
        let status = Command::new(SCRIPT).arg("crash").arg(&self.folder).stdin(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "the cluster comes back");
    }

    /// URL of its database `postgres`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PgCluster {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// The cluster of this process: the one named in the environment, or its own.
fn cluster() -> Option<&'static str> {
    static CLUSTER_URL: OnceLock<Option<String>> = OnceLock::new();
    static OWN: OnceLock<Option<PgCluster>> = OnceLock::new();
    let given = || std::env::var(CLUSTER).ok().filter(|url| !url.is_empty());
    let own = || OWN.get_or_init(PgCluster::start).as_ref().map(|own| own.url().to_owned());
    let url = CLUSTER_URL.get_or_init(|| given().or_else(own)).as_deref();
    if url.is_none() {
        skip();
    }
    url
}

/// Says, loudly, that a test is skipped for want of PostgreSQL.
///
/// # Panics
/// If `ATTACHE_REQUIRE_POSTGRES=1`.
#[expect(clippy::print_stderr, reason = "a skip is said where people and the test runner look")]
pub fn skip() {
    assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "{REQUIRED}=1, but PostgreSQL is not installed");
    let thread = std::thread::current();
    eprintln!("SKIPPED (no PostgreSQL): {}", thread.name().unwrap_or("a test"));
}

/// `attache_test_<process>_<count>`, so that others can tell whether its process is still there.
fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("attache_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the cluster can be reached");
    tokio::spawn(connection);
    client
}

/// Drops databases whose process has ended, once there are many of them.
async fn drop_leftovers(client: &Client) {
    let list = "SELECT datname::text FROM pg_database WHERE datname LIKE 'attache\\_test\\_%'";
    let names = client.query(list, &[]).await.expect("databases can be listed");
    let names = names.iter().map(|row| row.get::<_, String>(0));
    let dead: Vec<String> = names.filter(|name| process_of(name).is_some_and(|pid| !is_alive(pid))).collect();
    if dead.len() <= LEFTOVERS {
        return;
    }
    let turn = client.query_one("SELECT pg_try_advisory_lock($1)", &[&DROPPING]).await.expect("locks can be asked for");
    if !turn.get::<_, bool>(0) {
        return;
    }
    // The lock ends with the connection.
    for name in dead.into_iter().take(DROPPED) {
        // A test with an ended process's number may drop its own at the same moment.
        let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
}

fn process_of(name: &str) -> Option<u32> {
    name.strip_prefix("attache_test_")?.split('_').next()?.parse().ok()
}

fn is_alive(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}
