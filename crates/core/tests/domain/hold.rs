//! While a backup runs, what is erased is out of reach at once, and its bytes go later.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Body, CheckPlan, Chunk, Condition, Expect, Goal, NewFile, NewName, NewUpload, Report};
use attache_model::{FolderRef, Name};
use std::time::Duration;

on_both_engines!(
    bytes_of_an_erased_file_stay_while_a_hold_is_in_force_and_go_with_the_sweep_after_it,
    bytes_of_an_upload_that_is_given_up_stay_while_a_hold_is_in_force,
    a_hold_that_is_over_holds_nothing,
);

/// A hold until a quarter of an hour after every test's beginning.
const HOLD: &str = "INSERT INTO hold (id, reason, until_at) VALUES ('a', 'backup', 1800000900250000)";
const LIFE: Duration = Duration::from_secs(15 * 60);
/// More than is kept in the rows.
const LARGE: usize = 5000;

impl Home {
    /// Puts a file whose bytes are in the store, and erases it.
    async fn put_and_erase(&self) {
        let edit = self.core.edit(&self.owner).unwrap();
        let staged = edit.stage(Body::from(vec![7; LARGE]), &Expect::at_most(LARGE as u64)).await.unwrap();
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse("large.bin").unwrap()));
        let file = edit.put_file(new, staged).await.unwrap().into_file();
        self.core.remove(&self.owner).unwrap().erase_file(file.no, Condition::Always).await.unwrap();
        assert!(edit.trashed_file(file.no).await.is_err(), "it is out of reach at once");
    }

    /// How many blobs wait for the removal of their bytes.
    async fn dying(&self) -> usize {
        self.ask("SELECT key FROM blob WHERE state = 2", 0, 0).await.unwrap().len()
    }

    async fn checked(&self, repair: bool) -> Report {
        self.core.operator().check(CheckPlan { repair, older_than: Duration::ZERO }).await.unwrap()
    }
}

async fn bytes_of_an_erased_file_stay_while_a_hold_is_in_force_and_go_with_the_sweep_after_it(home: Home) {
    home.put_and_erase().await;
    assert_eq!(home.dying().await, 0);
    home.tamper(HOLD).await;
    home.put_and_erase().await;
    assert_eq!(home.dying().await, 1);
    home.clock.advance(LIFE);
    let gone = async {
        while home.dying().await > 0 {
            tokio::task::yield_now().await;
        }
    };
    home.core.work().run(gone).await;
    assert!(home.checked(false).await.is_clean());
}

async fn bytes_of_an_upload_that_is_given_up_stay_while_a_hold_is_in_force(home: Home) {
    let edit = home.core.edit(&home.owner).unwrap();
    let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse("never.bin").unwrap()));
    let new = NewUpload { length: Some(LARGE as u64), goal: Goal::File(Box::new(new)), memo: String::new() };
    let upload = edit.open_upload(new).await.unwrap();
    let resume = edit.resume(upload.no).await.unwrap();
    resume.append(0, Chunk::default(), Body::from(vec![7; 100])).await.unwrap();
    home.tamper(HOLD).await;
    edit.abort_upload(upload.no).await.unwrap();
    let held = home.checked(true).await;
    assert_eq!((held.findings.len(), held.repaired), (1, 0));
    home.clock.advance(LIFE);
    let free = home.checked(true).await;
    assert_eq!((free.findings.len(), free.repaired), (1, 1));
    assert!(home.checked(false).await.is_clean());
}

async fn a_hold_that_is_over_holds_nothing(home: Home) {
    home.tamper(HOLD).await;
    home.clock.advance(LIFE);
    home.put_and_erase().await;
    assert_eq!(home.dying().await, 0);
}
