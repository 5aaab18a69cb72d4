//! SQLite on a disk that fails to sync.

use std::path::Path;
use std::process::Command;

use attache_db::{Db, Error, Options, Target};

use crate::sqlite::path;
use crate::store::{Store, add, names};

/// Set in the process that meets the failing disk; its value is the path of the database.
const VICTIM: &str = "ATTACHE_TEST_FAILING_DISK";
/// Syncs that succeed before the one that fails.
const GOOD_SYNCS: usize = 10;

#[tokio::test]
async fn after_a_failed_sync_nothing_more_is_acknowledged() {
    const NAME: &str = "disk::after_a_failed_sync_nothing_more_is_acknowledged";
    if let Ok(path) = std::env::var(VICTIM) {
        return write_until_refused(Path::new(&path)).await;
    }
    let store = Store::sqlite().await;
    store.db.close().await;
    let victim = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"])
        .args(["-e", &format!("inject=fsync,fdatasync:error=EIO:when={}", GOOD_SYNCS + 1)])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(VICTIM, path(&store))
        .output();
    let Ok(victim) = victim else {
        eprintln!("SKIPPED (no strace): {NAME}");
        return;
    };
    let said = String::from_utf8(victim.stdout).unwrap();
    let acknowledged: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("acknowledged ")).collect();
    assert!(said.contains("refused for good"), "{said}{}", String::from_utf8_lossy(&victim.stderr));
    assert!(!acknowledged.is_empty() && acknowledged.len() <= GOOD_SYNCS, "{said}");
    let kept = names(&store.again().await).await;
    assert!(acknowledged.iter().all(|name| kept.iter().any(|kept| kept == name)), "{acknowledged:?} in {kept:?}");
}

/// Adds things until one is refused. Only one sync fails, but the tries after it must be refused as well.
#[expect(clippy::print_stdout, reason = "its parent reads what it says")]
async fn write_until_refused(path: &Path) {
    let db = Db::open(&Target::Sqlite(path.to_owned()), &Options::default()).await.unwrap();
    for id in 0..100 {
        if add(&db, id, &format!("thing {id}")).await.is_err() {
            break;
        }
        println!("acknowledged thing {id}");
    }
    for id in 1000..1010 {
        assert!(matches!(add(&db, id, &format!("thing {id}")).await, Err(Error::Unavailable(_))));
    }
    assert!(matches!(db.scrub_log().await, Err(Error::Unavailable(_))));
    println!("refused for good");
}
