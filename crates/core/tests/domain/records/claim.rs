//! Files that are to be put on a record, and go to the trash unless somebody does that in time.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, put, record};
use attache_core::{Attach, NewCard, NewFile, NewName};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::{FolderRef, Name, Owner, UserNo};
use std::time::Duration;

on_both_engines!(
    what_nobody_claims_in_time_goes_to_the_trash,
    what_is_on_a_record_by_then_is_let_be,
    what_was_claimed_once_waits_no_more,
    what_comes_back_from_the_trash_waits_no_more,
);

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

impl Home {
    /// A new file that waits for so long.
    async fn waiting(&self, name: &str, wait: Duration) -> File {
        let name = NewName::Exact(Name::parse(name).unwrap());
        let claim_by = Some(self.clock.now().to_millis().plus(wait));
        put(&self.edit(), NewFile { claim_by, ..NewFile::new(FolderRef::ROOT, name) }).await
    }

    async fn is_trashed(&self, file: &File) -> bool {
        self.edit().trashed_file(file.no).await.unwrap().trashed_at.is_some()
    }

    /// Lets housekeeping go by, until a file that waits no longer than any other is in the trash.
    async fn sweep(&self) {
        let last = self.waiting(&format!("{}.last", self.clock.now().0), Duration::ZERO).await;
        let gone = async {
            while !self.is_trashed(&last).await {
                tokio::task::yield_now().await;
            }
        };
        self.core.work().run(gone).await;
    }
}

async fn what_nobody_claims_in_time_goes_to_the_trash(home: Home) {
    let (file, never) = (home.waiting("a.txt", WEEK).await, home.file("b.txt").await);
    let usage = home.edit().usage().await.unwrap().0;
    home.clock.advance(WEEK - Duration::from_millis(1));
    home.sweep().await;
    assert!(!home.is_trashed(&file).await, "there is a moment left");
    home.clock.advance(Duration::from_millis(1));
    home.sweep().await;
    let trashed = home.edit().trashed_file(file.no).await.unwrap();
    assert_eq!(trashed.trashed_at, Some(home.clock.now().to_millis()));
    assert_eq!((trashed.trashed_by, trashed.revision), (Some(UserNo::OWNER), 2));
    assert!(!home.is_trashed(&never).await);
    let events = home.edit().events(0, 1000).await.unwrap();
    let trashed = events.iter().filter(|event| event.kind == EventKind::FileTrashed && event.file == Some(file.no));
    assert_eq!(trashed.count(), 1);
    assert_eq!(home.edit().usage().await.unwrap().0.files, usage.files - 1, "the trash does not count");
}

async fn what_is_on_a_record_by_then_is_let_be(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (linked, dealt, noted) =
        (home.waiting("a.txt", WEEK).await, home.waiting("b.txt", WEEK).await, home.waiting("c.txt", WEEK).await);
    reach.link_files(Owner::new("account", 1).unwrap(), &[Attach::of(linked.no)]).await.unwrap();
    home.edit().link_files(&record("deal/7"), &[dealt.id]).await.unwrap();
    home.records().put_cards("deal", vec![NewCard { id: Some(8), ..NewCard::default() }]).await.unwrap();
    home.note(attachment(&record("deal/8"), &noted)).await.unwrap();
    home.clock.advance(WEEK);
    let before = home.edit().trashed_file(dealt.no).await.unwrap();
    home.sweep().await;
    for file in [&linked, &dealt, &noted] {
        assert!(!home.is_trashed(file).await, "{}", file.name.full());
    }
    assert_eq!(home.edit().trashed_file(dealt.no).await.unwrap(), before, "not even its revision");
    home.edit().unlink_files(&record("deal/7"), &[dealt.id]).await.unwrap();
    home.clock.advance(WEEK);
    home.sweep().await;
    assert!(!home.is_trashed(&dealt).await, "its waiting is over for good");
}

async fn what_was_claimed_once_waits_no_more(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let file = home.waiting("a.txt", WEEK).await;
    reach.link_files(Owner::new("account", 1).unwrap(), &[Attach::of(file.no)]).await.unwrap();
    reach.unlink_file(file.no).await.unwrap();
    home.clock.advance(WEEK + WEEK);
    home.sweep().await;
    assert!(!home.is_trashed(&file).await);
}

async fn what_comes_back_from_the_trash_waits_no_more(home: Home) {
    let (swept, thrown) = (home.waiting("a.txt", WEEK).await, home.waiting("b.txt", WEEK + WEEK).await);
    home.trash(&thrown).await;
    home.clock.advance(WEEK);
    home.sweep().await;
    home.remove().restore_file(swept.no).await.unwrap();
    home.clock.advance(WEEK);
    home.sweep().await;
    assert!(!home.is_trashed(&swept).await);
    home.remove().restore_file(thrown.no).await.unwrap();
    home.clock.advance(WEEK);
    home.sweep().await;
    assert!(!home.is_trashed(&thrown).await, "also what a person threw away");
}
