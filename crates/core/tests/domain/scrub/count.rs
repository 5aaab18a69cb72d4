//! References and books are counted while servers change them: what is right is never told as wrong, nor made wrong by a repair.

use super::{Shelf, long};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{CheckPlan, Condition};
use attache_model::limits::Limits;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

on_both_engines!(
    a_check_that_repairs_beside_changes_finds_nothing_and_leaves_everything_right,
    a_content_that_nothing_refers_to_dies_in_a_repair,
);

/// Files that come and go beside the checks, all of one content.
const FILES: usize = 150;
/// Of these so many stay.
const STAY: usize = 3;
const CONTENT: [u8; 100] = [7; 100];
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

async fn a_check_that_repairs_beside_changes_finds_nothing_and_leaves_everything_right(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let other = shelf.other(&Limits::default()).await;
    // Nothing is old enough to be an orphan, by the clock of the test either: what is staged is on its way.
    let plan = CheckPlan { repair: true, older_than: 100 * YEAR };
    shelf.put("kept.bin", &CONTENT).await;
    let over = AtomicBool::new(false);
    let changes = async {
        for no in 0..FILES {
            let file = shelf.put(&format!("{no}.bin"), &CONTENT).await;
            if no >= STAY {
                let remove = shelf.core.remove(&shelf.home.owner).unwrap();
                remove.erase_file(file.no, Condition::Always).await.unwrap();
            }
        }
        over.store(true, Ordering::SeqCst);
    };
    let checks = async {
        let mut checked = 0;
        while !over.load(Ordering::SeqCst) {
            let report = other.operator().check(plan).await.unwrap();
            assert!(report.is_clean() && report.repaired == 0, "{report}");
            checked += 1;
        }
        checked
    };
    let ((), checked) = tokio::join!(changes, checks);
    assert!(checked > 3, "only {checked} checks were made beside the changes");
    let told = shelf.home.ask("SELECT CAST(refs AS TEXT) FROM blob", 0, 0).await.unwrap();
    assert_eq!(told, [(1 + STAY).to_string()]);
}

async fn a_content_that_nothing_refers_to_dies_in_a_repair(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    for (name, content) in [("in-a-row.bin", &long(1)[..50]), ("in-the-store.bin", &long(2)), ("kept.bin", &long(3))] {
        shelf.put(name, content).await;
    }
    let kept = shelf.home.ask("SELECT blob_key FROM file WHERE name = 'kept.bin'", 0, 0).await.unwrap();
    for gone in [
        "DELETE FROM version WHERE file_no = (SELECT no FROM file WHERE name = 'in-a-row.bin')",
        "DELETE FROM version WHERE file_no = (SELECT no FROM file WHERE name = 'in-the-store.bin')",
        "DELETE FROM file WHERE name = 'in-a-row.bin'",
        "DELETE FROM file WHERE name = 'in-the-store.bin'",
    ] {
        shelf.home.tamper(gone).await;
    }
    let plan = CheckPlan { repair: true, older_than: 100 * YEAR };
    let report = shelf.core.operator().check(plan).await.unwrap();
    // Both contents, and the book.
    assert_eq!(report.repaired, 3, "{report}");
    assert_eq!(shelf.home.ask("SELECT key FROM blob WHERE state = 1", 0, 0).await.unwrap(), kept);
    let dying = shelf.home.ask("SELECT CAST(home AS TEXT) FROM blob WHERE state = 2", 0, 0).await.unwrap();
    assert_eq!(dying, ["1"], "what a row has goes at once, and what the store has with the sweep");
    assert!(shelf.home.ask("SELECT key FROM blob_small", 0, 0).await.unwrap().is_empty());
}
