//! A clock that jumps by more than a day purges nothing, and stops nothing else.

use super::{Shelf, long};
use crate::home::{Home, START};
use crate::on_both_engines;
use attache_core::{Condition, Core, FileChange, Goal, NewFile, NewName, NewUpload};
use attache_model::limits::Limits;
use attache_model::{FolderRef, Name};
use std::time::Duration;

on_both_engines!(
    after_a_jump_nothing_is_purged_until_the_time_is_confirmed,
    a_clock_that_is_set_right_again_is_believed,
    time_that_passes_is_believed_however_long_it_is,
    over_a_restart_the_clock_is_compared_with_what_the_installation_has_seen,
);

const DAY: Duration = Duration::from_secs(24 * 3600);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Shelf {
    /// Something that ends by the clock in each way: a file in the trash, one that expires, and an upload.
    async fn leave_things(&self) {
        let trashed = self.put("trashed", &long(1)).await;
        self.core.remove(&self.home.owner).unwrap().trash_file(trashed.no, Condition::Always).await.unwrap();
        let edit = self.core.edit(&self.home.owner).unwrap();
        let expiring = self.put("expiring", &long(2)).await;
        let change =
            FileChange { expires_at: Some(Some(self.home.clock.now().plus(DAY * 3))), ..FileChange::default() };
        edit.change_file(expiring.no, change).await.unwrap();
        let name = NewName::Exact(Name::parse("upload").unwrap());
        let goal = Goal::File(Box::new(NewFile::new(FolderRef::ROOT, name)));
        edit.open_upload(NewUpload { length: Some(9), goal, memo: String::new() }).await.unwrap();
    }

    /// How many of these are there.
    async fn left(&self) -> usize {
        let text = "SELECT name FROM file UNION ALL SELECT id FROM upload WHERE state < 2";
        self.home.ask(text, 0, 0).await.unwrap().len()
    }

    /// Runs a node's housekeeping until it doubts its clock, or does not.
    async fn sweep_until_doubted(&self, core: &Core, doubted: bool) {
        let judged = async {
            while core.doubts_clock() != doubted {
                tokio::task::yield_now().await;
            }
        };
        core.work().run(judged).await;
    }

    /// Runs a node's housekeeping until nothing is left that was over.
    async fn sweep_clean(&self, core: &Core) {
        let clean = async {
            while self.left().await > 0 {
                tokio::task::yield_now().await;
            }
        };
        core.work().run(clean).await;
    }

    /// Runs a node's housekeeping until the installation has seen the present moment.
    async fn sweep_once(&self, core: &Core) {
        let now = self.home.clock.now().to_millis();
        let seen = async {
            while core.operator().moments().await.unwrap().seen.is_none_or(|seen| seen < now) {
                tokio::task::yield_now().await;
            }
        };
        core.work().run(seen).await;
    }
}

async fn after_a_jump_nothing_is_purged_until_the_time_is_confirmed(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    shelf.leave_things().await;
    shelf.sweep_once(&shelf.core).await;
    shelf.home.clock.set(START.plus(YEAR));
    shelf.sweep_until_doubted(&shelf.core, true).await;
    assert_eq!(shelf.left().await, 3, "everything is still there");
    assert!(shelf.core.figures().care.clock_doubted);
    assert!(!shelf.core.operator().moments().await.unwrap().are_near());

    // Nothing else has stopped.
    assert!(shelf.core.ready().await.is_ok());
    let file = shelf.put("meanwhile", &long(3)).await;
    assert_eq!(shelf.read(file.no).await.unwrap(), long(3));
    let remove = shelf.core.remove(&shelf.home.owner).unwrap();
    remove.erase_file(file.no, Condition::Always).await.unwrap();

    shelf.core.operator().confirm_clock().await.unwrap();
    shelf.sweep_clean(&shelf.core).await;
    assert!(!shelf.core.doubts_clock());
}

async fn a_clock_that_is_set_right_again_is_believed(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    shelf.leave_things().await;
    shelf.sweep_once(&shelf.core).await;
    for wrong in [START.plus(YEAR * 10), START.minus(YEAR * 10)] {
        shelf.home.clock.set(wrong);
        shelf.sweep_until_doubted(&shelf.core, true).await;
        shelf.home.clock.set(START);
        shelf.sweep_until_doubted(&shelf.core, false).await;
        assert_eq!(shelf.left().await, 3);
    }
}

async fn time_that_passes_is_believed_however_long_it_is(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    shelf.leave_things().await;
    shelf.sweep_once(&shelf.core).await;
    shelf.home.clock.advance(YEAR);
    shelf.sweep_clean(&shelf.core).await;
}

async fn over_a_restart_the_clock_is_compared_with_what_the_installation_has_seen(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    shelf.leave_things().await;
    shelf.sweep_once(&shelf.core).await;
    for (away, doubted) in [(DAY, false), (DAY * 3, true)] {
        shelf.home.clock.advance(away);
        let restarted = shelf.other(&Limits::default()).await;
        match doubted {
            true => shelf.sweep_until_doubted(&restarted, true).await,
            false => shelf.sweep_once(&restarted).await,
        }
        assert_eq!(restarted.doubts_clock(), doubted, "after {away:?}");
    }
    let uploads = shelf.home.ask("SELECT id FROM upload WHERE state < 2", 0, 0).await.unwrap();
    assert_eq!(
        (uploads.len(), shelf.left().await),
        (0, 2),
        "the upload ended after its day, by a clock that was believed"
    );
}
