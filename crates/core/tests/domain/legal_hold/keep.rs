//! What stays while a file is under hold, and goes once it is not.

use super::{LARGE, YEAR, is_held};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Body, CheckPlan, Expect, FileChange, LedgerLine, Replacement, Replayed, Start};
use attache_model::{AccountNo, Error, FileNo};
use std::time::Duration;

on_both_engines!(
    an_erase_is_refused_and_nothing_of_the_file_is_gone,
    everything_but_removal_goes_on_as_before,
    what_is_over_stays_while_it_is_held_and_goes_when_the_hold_is_lifted,
    what_outlived_its_own_end_is_brought_back_into_sight_while_it_is_held,
    files_under_hold_do_not_stand_before_others_in_the_trash,
    bytes_that_another_file_shares_stay_when_that_one_is_erased,
    an_erasure_that_is_replayed_gives_way_to_a_hold,
);

async fn an_erase_is_refused_and_nothing_of_the_file_is_gone(home: Home) {
    let file = home.stored("a.bin", vec![7; LARGE]).await;
    home.hold_it(file.no).await;
    assert!(is_held(&home.try_erase(file.no).await));
    home.throw_away(file.no).await;
    assert!(is_held(&home.try_erase(file.no).await), "in the trash, too");
    home.bring_back(file.no).await.unwrap();
    assert_eq!(home.bytes(file.no, 1).await, vec![7; LARGE]);
    let ledger = home.core.remove(&home.owner).unwrap().erasures(Start::First, 10).await.unwrap();
    assert!(ledger.items.is_empty(), "a refused erase leaves no line");
    home.lift_it(file.no).await;
    home.try_erase(file.no).await.unwrap();
    let plan = CheckPlan { repair: false, older_than: Duration::ZERO };
    assert!(home.core.operator().check(plan).await.unwrap().is_clean());
}

async fn everything_but_removal_goes_on_as_before(home: Home) {
    let file = home.stored("a.bin", vec![7; LARGE]).await;
    let hold = home.hold_it(file.no).await;
    let edit = home.core.edit(&home.owner).unwrap();
    let staged = edit.stage(Body::from(b"second".to_vec()), &Expect::at_most(100)).await.unwrap();
    edit.replace_file(file.no, Replacement::default(), staged).await.unwrap();
    home.throw_away(file.no).await;
    let back = home.bring_back(file.no).await.unwrap();
    assert_eq!((back.versions, back.legal_hold), (2, Some(hold)));
    assert_eq!(home.bytes(file.no, 1).await, vec![7; LARGE], "the old content is kept as a version");
    assert_eq!(home.bytes(file.no, 2).await, b"second");
    assert!(is_held(&home.try_erase(file.no).await));
}

async fn what_is_over_stays_while_it_is_held_and_goes_when_the_hold_is_lifted(home: Home) {
    let (trashed, expiring) = (home.stored("a.bin", vec![7; LARGE]).await, home.stored("b.txt", b"x".to_vec()).await);
    let (free, brief) = (home.stored("c.txt", b"y".to_vec()).await, home.stored("d.txt", b"z".to_vec()).await);
    for file in [&trashed, &free] {
        home.throw_away(file.no).await;
    }
    for file in [&expiring, &brief] {
        home.end_after(file.no, Duration::from_secs(60)).await;
    }
    for file in [&trashed, &expiring] {
        home.hold_it(file.no).await;
    }
    home.clock.advance(YEAR);
    // What came there with them, and is not held, goes after them.
    home.sweep_away(brief.no).await;
    home.sweep_away(free.no).await;
    let left = home.ask("SELECT name FROM file ORDER BY no", 0, 0).await.unwrap();
    assert_eq!(left, ["a.bin", "b.txt"]);
    home.bring_back(trashed.no).await.unwrap();
    assert_eq!(home.bytes(trashed.no, 1).await, vec![7; LARGE]);

    home.throw_away(trashed.no).await;
    home.clock.advance(YEAR);
    for file in [&trashed, &expiring] {
        home.lift_it(file.no).await;
        home.sweep_away(file.no).await;
    }
    let ledger = home.core.remove(&home.owner).unwrap().erasures(Start::First, 10).await.unwrap();
    assert_eq!(ledger.items.len(), 4);
}

async fn what_outlived_its_own_end_is_brought_back_into_sight_while_it_is_held(home: Home) {
    let file = home.stored("a.bin", vec![7; LARGE]).await;
    home.end_after(file.no, Duration::from_secs(60)).await;
    home.clock.advance(Duration::from_secs(61));
    let (view, edit) = (home.core.view(&home.owner).unwrap(), home.core.edit(&home.owner).unwrap());
    let endless = || FileChange { expires_at: Some(None), ..FileChange::default() };
    assert!(matches!(edit.change_file(file.no, endless()).await, Err(Error::NotFound(_))));
    home.hold_it(file.no).await;
    assert!(matches!(view.file(file.no).await, Err(Error::NotFound(_))), "a hold shows nobody what is over");
    let described = FileChange { description: Some("x".into()), ..FileChange::default() };
    assert!(matches!(edit.change_file(file.no, described).await, Err(Error::NotFound(_))));
    edit.change_file(file.no, endless()).await.unwrap();
    assert_eq!(home.bytes(file.no, 1).await, vec![7; LARGE]);
}

async fn files_under_hold_do_not_stand_before_others_in_the_trash(home: Home) {
    // More than one look at the trash finds.
    let mut held = Vec::new();
    for no in 0..300 {
        let file = home.stored(&format!("{no}.txt"), b"x".to_vec()).await;
        home.throw_away(file.no).await;
        held.push(file.no);
    }
    let set = "UPDATE file SET legal_hold_at = 1, legal_hold_reason = 'case 7' WHERE trashed_at > 0";
    home.ask(set, 0, 0).await.unwrap();
    home.clock.advance(Duration::from_secs(1));
    let last = home.stored("last.txt", b"y".to_vec()).await;
    home.throw_away(last.no).await;
    home.clock.advance(YEAR);
    home.sweep_away(last.no).await;
    let left = home.ask("SELECT name FROM file", 0, 0).await.unwrap();
    assert_eq!(left.len(), held.len());
}

async fn bytes_that_another_file_shares_stay_when_that_one_is_erased(home: Home) {
    for (no, bytes) in [b"short".to_vec(), vec![7; LARGE]].into_iter().enumerate() {
        let one = home.stored(&format!("{no}.a"), bytes.clone()).await;
        let twin = home.stored(&format!("{no}.b"), bytes.clone()).await;
        home.hold_it(one.no).await;
        home.try_erase(twin.no).await.unwrap();
        assert_eq!(home.bytes(one.no, 1).await, bytes);
    }
}

/// The line of the one erasure.
async fn entry(home: &Home) -> attache_core::LedgerEntry {
    let mut ledger = home.core.operator().ledger().await.unwrap();
    loop {
        for line in ledger.next().await.unwrap() {
            if let LedgerLine::Erasure(entry) = line {
                return entry;
            }
        }
    }
}

async fn an_erasure_that_is_replayed_gives_way_to_a_hold(home: Home) {
    let file = home.stored("a.bin", vec![7; LARGE]).await;
    home.try_erase(file.no).await.unwrap();
    let line = entry(&home).await;
    // An older state was brought back: the file is there again, and under hold.
    home.tamper("DELETE FROM erasure").await;
    let again: FileNo = home.stored("a.bin", vec![7; LARGE]).await.no;
    let text = format!("UPDATE file SET id = '{}' WHERE no = {again}", file.id);
    home.ask(&text, 0, 0).await.unwrap();
    home.hold_it(again).await;
    for _ in 0..2 {
        let replayed = home.core.operator().replay(line.clone()).await.unwrap();
        assert_eq!(replayed, Replayed::Held(AccountNo(1), again));
    }
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 0);
    assert_eq!(home.bytes(again, 1).await, vec![7; LARGE]);
    home.lift_it(again).await;
    assert_eq!(home.core.operator().replay(line).await.unwrap(), Replayed::Erased(AccountNo(1), again));
}
