//! Idempotency keys: a key belongs to its request for as long as that lives and gives a sign of life, and to nobody a minute
//! after the last one.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Answer, Body, Expect, NewFile, NewName, NewToken, Once, OnceKey, Put, TokenForm};
use attache_model::file::File;
use attache_model::scope::Scopes;
use attache_model::task::TaskResult;
use attache_model::{Error, FolderRef, Name, Result, UserNo};
use bytes::Bytes;
use std::time::Duration;

on_both_engines!(
    the_key_of_a_killed_process_is_free_after_a_minute_and_not_before,
    a_request_whose_key_went_to_another_one_commits_nothing_under_it,
    a_request_whose_key_went_to_another_one_keeps_no_answer_under_it,
    a_key_whose_change_is_committed_tells_it_for_a_day,
    a_key_that_nobody_else_took_is_still_its_requests_however_late_that_is,
    what_a_key_made_stays_told_whatever_is_done_beside_it,
    a_key_of_one_account_is_not_marked_by_what_is_done_in_another,
);

const LEASE: Duration = Duration::from_secs(60);
const MILLI: Duration = Duration::from_millis(1);
/// Looks at a row, and between them as many pauses of a third of the lease by a clock that runs as fast as it can.
const LOOKS: usize = 100;

impl Home {
    async fn under(&self, key: &str) -> Result<Answer> {
        self.core.once(&self.owner, &OnceKey::new(key).unwrap()).await
    }

    async fn take(&self, key: &str) -> Once {
        match self.under(key).await.unwrap() {
            Answer::Fresh(once) => once,
            other => panic!("{other:?}"),
        }
    }

    async fn put_under(&self, once: &Once, name: &str) -> Result<Put<File>> {
        once.hold(self.put_called(name)).await?
    }

    async fn put_called(&self, name: &str) -> Result<Put<File>> {
        let edit = self.core.edit(&self.owner).unwrap();
        let staged = edit.stage(Body::from(b"bytes".to_vec()), &Expect::at_most(100)).await.unwrap();
        edit.put_file(NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap())), staged).await
    }

    async fn is_there(&self, name: &str) -> bool {
        self.core.view(&self.owner).unwrap().stat(&format!("/{name}")).await.is_ok()
    }

    async fn keep_answer(&self, once: Once, body: &'static str) {
        let (print, headers, body) = (String::from("print"), String::new(), Bytes::from_static(body.as_bytes()));
        self.core.once_answered(&self.owner, once, print, 201, headers, body).await.unwrap();
    }

    /// When the only key that is held is free.
    async fn held_until(&self) -> i64 {
        let ends = self.ask("SELECT CAST(expires_at AS TEXT) FROM once WHERE state = 0", 0, 0).await.unwrap();
        ends.first().expect("a key is held").parse().unwrap()
    }

    /// Waits until the hold of the key was renewed at this moment.
    async fn is_renewed(&self) -> bool {
        let wanted = self.clock.now().to_millis().plus(LEASE).0;
        for _ in 0..LOOKS {
            if self.held_until().await == wanted {
                return true;
            }
            tokio::time::sleep(LEASE / 3).await;
        }
        false
    }
}

async fn the_key_of_a_killed_process_is_free_after_a_minute_and_not_before(home: Home) {
    // What is killed frees nothing and renews nothing.
    std::mem::forget(home.take("k").await);
    home.clock.advance(LEASE - MILLI);
    assert!(matches!(home.under("k").await, Err(Error::InFlight)));
    home.clock.advance(MILLI);
    let next = home.take("k").await;
    home.put_under(&next, "a.txt").await.unwrap();
}

async fn a_request_whose_key_went_to_another_one_commits_nothing_under_it(home: Home) {
    let slow = home.take("k").await;
    home.clock.advance(LEASE);
    let quick = home.take("k").await;
    assert!(matches!(home.put_under(&slow, "slow.txt").await, Err(Error::InFlight)));
    assert!(!home.is_there("slow.txt").await);
    let made = home.put_under(&quick, "quick.txt").await.unwrap().into_file();
    assert!(matches!(home.put_under(&slow, "slow.txt").await, Err(Error::InFlight)), "nor once that one is committed");
    assert!(!home.is_there("slow.txt").await);
    let told = home.under("k").await.unwrap();
    assert!(matches!(told, Answer::Committed(Some(TaskResult::File(no))) if no == made.no), "{told:?}");
}

async fn a_request_whose_key_went_to_another_one_keeps_no_answer_under_it(home: Home) {
    let slow = home.take("k").await;
    home.clock.advance(LEASE);
    let quick = home.take("k").await;
    home.keep_answer(slow, "slow").await;
    assert!(matches!(home.under("k").await, Err(Error::InFlight)));
    home.put_under(&quick, "quick.txt").await.unwrap();
    home.keep_answer(quick, "quick").await;
    let told = home.under("k").await.unwrap();
    assert!(matches!(&told, Answer::Kept { body, .. } if body == "quick"), "{told:?}");
}

async fn a_key_whose_change_is_committed_tells_it_for_a_day(home: Home) {
    let once = home.take("k").await;
    let made = home.put_under(&once, "a.txt").await.unwrap().into_file();
    // It was killed before its answer was kept.
    std::mem::forget(once);
    home.clock.advance(Duration::from_secs(24 * 3600) - MILLI);
    let told = home.under("k").await.unwrap();
    assert!(matches!(told, Answer::Committed(Some(TaskResult::File(no))) if no == made.no), "{told:?}");
    home.clock.advance(MILLI);
    home.take("k").await;
}

async fn a_key_that_nobody_else_took_is_still_its_requests_however_late_that_is(home: Home) {
    let once = home.take("k").await;
    home.clock.advance(10 * LEASE);
    home.put_under(&once, "a.txt").await.unwrap();
    assert!(home.is_there("a.txt").await);
}

async fn what_a_key_made_stays_told_whatever_is_done_beside_it(home: Home) {
    let once = home.take("k").await;
    let work = async {
        let made = home.put_called("a.txt").await.unwrap().into_file();
        home.core.manage(&home.owner).unwrap().make_token("a", Scopes::all(), None).await.unwrap();
        made
    };
    let made = once.hold(work).await.unwrap();
    std::mem::forget(once);
    let told = home.under("k").await.unwrap();
    assert!(matches!(told, Answer::Committed(Some(TaskResult::File(no))) if no == made.no), "{told:?}");
}

async fn a_key_of_one_account_is_not_marked_by_what_is_done_in_another(home: Home) {
    let operator = home.core.operator();
    operator.make_account("other").await.unwrap();
    let once = home.take("k").await;
    let (account, name) = (String::from("other"), String::new());
    let (user, scopes, form) = (UserNo::OWNER, Scopes::all(), TokenForm::Plain);
    let made = once.hold(operator.make_token(NewToken { account, user, name, scopes, life: None, form })).await;
    made.unwrap().unwrap();
    std::mem::forget(once);
    assert!(matches!(home.under("k").await, Err(Error::InFlight)));
}

/// On SQLite alone: nothing there but the request counts by the clock that this test lets run as fast as it can.
#[tokio::test(start_paused = true)]
async fn a_request_of_hours_keeps_its_key() {
    let home = Home::sqlite().await;
    let once = home.take("k").await;
    let work = async {
        for third in 0..3 * 120 {
            home.clock.advance(LEASE / 3);
            assert!(home.is_renewed().await, "not renewed in third {third} of a minute");
        }
        assert!(matches!(home.under("k").await, Err(Error::InFlight)));
        home.put_called("large.bin").await
    };
    once.hold(work).await.unwrap().unwrap();
    assert!(home.is_there("large.bin").await);
}

#[tokio::test(start_paused = true)]
async fn work_whose_key_went_to_another_request_is_given_up() {
    let home = Home::sqlite().await;
    let slow = home.take("k").await;
    home.clock.advance(LEASE);
    let _quick = home.take("k").await;
    let given_up = slow.hold(std::future::pending::<()>()).await;
    assert!(matches!(given_up, Err(Error::InFlight)), "{given_up:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_committed_and_still_answers_is_not_given_up() {
    let home = Home::sqlite().await;
    let once = home.take("k").await;
    let work = async {
        home.put_called("a.txt").await.unwrap();
        tokio::time::sleep(10 * LEASE).await;
    };
    once.hold(work).await.unwrap();
    home.clock.advance(10 * LEASE);
    assert!(matches!(home.under("k").await, Ok(Answer::Committed(_))));
}
