//! Turns at an upload under random schedules: one request is at work at a time, and the newest is never called off.

use super::{SHUTTLE, figure};
use crate::turn::Turns;
use attache_model::{AccountNo, Error, UploadNo};
use shuttle::future::{block_on, spawn, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const WHICH: (AccountNo, UploadNo) = (AccountNo(1), UploadNo(1));

/// How a request comes to its turn.
#[derive(Clone, Copy)]
enum Kind {
    /// It calls off whoever is at work, and may be called off.
    Take,
    /// It is another node's, and is not called off.
    Wrest,
}

/// Whether a request had its turn, alone.
async fn work(turns: Turns, at_work: Arc<AtomicUsize>, kind: Kind) -> bool {
    let turn = match kind {
        Kind::Take => turns.take(WHICH.0, WHICH.1).await,
        Kind::Wrest => Ok(turns.wrest(WHICH.0, WHICH.1).await),
    };
    let turn = match turn {
        Ok(turn) => turn,
        Err(Error::Superseded) => return false,
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0, "two are at work");
    yield_now().await;
    at_work.fetch_sub(1, Ordering::SeqCst);
    drop(turn);
    true
}

fn race(name: &str, kinds: &'static [Kind]) {
    let race = move || {
        block_on(async move {
            let (turns, at_work) = (Turns::default(), Arc::new(AtomicUsize::new(0)));
            let all: Vec<_> = kinds.iter().map(|kind| spawn(work(turns.clone(), at_work.clone(), *kind))).collect();
            let mut had = 0;
            for request in all {
                had += usize::from(request.await.unwrap());
            }
            assert!(had >= 1, "the newest request has its turn");
            assert!(turns.is_empty(), "nobody is at work");
        });
    };
    shuttle::check_random(race, SHUTTLE);
    figure(&format!("turns, {name}: {SHUTTLE} schedules, 0 wrong"));
}

#[test]
fn requests_of_one_node_work_one_at_a_time() {
    race("three requests", &[Kind::Take; 3]);
}

#[test]
fn a_request_and_a_handover_work_one_at_a_time() {
    race("requests and a handover", &[Kind::Take, Kind::Wrest, Kind::Take]);
}
