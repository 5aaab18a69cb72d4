//! Turns at uploads: in this process one request at a time works on an upload. A newer one calls off the one that is at
//! work, whose connection may have been dead for long without anybody having noticed; so nothing is ever locked. Which
//! process has an upload's turns is in the upload's row (`op/upload/turn.rs`).

use crate::Body;
use attache_model::{AccountNo, Error, Result, UploadNo};
use futures_util::{StreamExt as _, stream};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedMutexGuard, watch};
use tokio::time::Instant;

pub(crate) type Which = (AccountNo, UploadNo);
type Slots = Arc<Mutex<HashMap<Which, Arc<Slot>>>>;

/// The turns of all uploads that somebody works on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Slots);

/// One upload's turns.
#[derive(Debug)]
struct Slot {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The number of the newest request that calls off those before it.
    newest: watch::Sender<u64>,
    /// Grows with each block that the request at work has taken in.
    progress: AtomicU64,
    /// Whether the request at work waits for its sender at the moment. While its bytes are on their way into the store
    /// it does not, however long the store takes.
    hungry: AtomicBool,
    /// Whether the request at work has found that the upload's turns are this node's.
    here: AtomicBool,
    /// Told when another node has handed the upload over.
    given: Notify,
    /// When another node last said that it will hand the upload over after what it is at.
    kept: Mutex<Option<Instant>>,
}

/// A place at an upload's slot, for whoever works or waits there. The last one to leave takes the slot away.
#[derive(Debug)]
struct Place {
    which: Which,
    slots: Slots,
    slot: Arc<Slot>,
}

/// The right to work on an upload, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    number: u64,
    /// Given back before the place, which may take the slot away.
    _turn: OwnedMutexGuard<()>,
    place: Place,
}

impl Turns {
    /// The next turn at an upload; the request that is at work and those that wait are called off.
    ///
    /// # Errors
    /// `Superseded` when a newer request came while this one waited.
    pub(crate) async fn take(&self, account: AccountNo, upload: UploadNo) -> Result<Turn> {
        let place = self.place((account, upload));
        let number = call_off(&place.slot);
        let guard = place.slot.turn.clone().lock_owned().await;
        let overtaken = *place.slot.newest.borrow() > number;
        if overtaken { Err(Error::Superseded) } else { Ok(Turn { number, _turn: guard, place }) }
    }

    /// A turn after the request that is at work, which may finish; only when it waits for its sender and takes nothing in
    /// for as long as `stall` is it called off.
    pub(crate) async fn wait(&self, account: AccountNo, upload: UploadNo, stall: Duration) -> Turn {
        let place = self.place((account, upload));
        let slot = place.slot.clone();
        let mut seen = slot.progress.load(Ordering::Relaxed);
        let wanted = slot.turn.clone().lock_owned();
        tokio::pin!(wanted);
        let guard = loop {
            tokio::select! {
                guard = &mut wanted => break guard,
                () = tokio::time::sleep(stall) => {
                    let now = slot.progress.load(Ordering::Relaxed);
                    if now == seen && slot.hungry.load(Ordering::Relaxed) {
                        call_off(&slot);
                    }
                    seen = now;
                }
            }
        };
        let number = *slot.newest.borrow();
        Turn { number, _turn: guard, place }
    }

    /// A turn for another node: what is at work is called off, and whatever comes after this waits for its end.
    pub(crate) async fn wrest(&self, account: AccountNo, upload: UploadNo) -> Turn {
        let place = self.place((account, upload));
        let number = call_off(&place.slot);
        let guard = place.slot.turn.clone().lock_owned().await;
        Turn { number, _turn: guard, place }
    }

    /// Tells whoever waits for an upload that another node has handed it over.
    pub(crate) fn given(&self, account: AccountNo, upload: UploadNo) {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&(account, upload)) {
            slot.given.notify_one();
        }
    }

    /// Notes that another node is still at work on an upload that is waited for here.
    pub(crate) fn kept(&self, account: AccountNo, upload: UploadNo) {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&(account, upload)) {
            *slot.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// The uploads that somebody is at work on, whose turns were this node's when that began.
    pub(crate) fn at_work(&self) -> Vec<Which> {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.iter().filter(|(_, slot)| slot.here.load(Ordering::Relaxed)).map(|(which, _)| *which).collect()
    }

    /// Calls off what is at work on an upload, if anything is.
    pub(crate) fn call_off(&self, account: AccountNo, upload: UploadNo) {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&(account, upload)) {
            call_off(slot);
        }
    }

    /// Whether nobody works or waits anywhere.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn place(&self, which: Which) -> Place {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let (turn, newest) = (Arc::default(), watch::Sender::new(0));
            Arc::new(Slot {
                turn,
                newest,
                progress: AtomicU64::new(0),
                hungry: AtomicBool::new(false),
                here: AtomicBool::new(false),
                given: Notify::new(),
                kept: Mutex::new(None),
            })
        };
        let slot = slots.entry(which).or_insert_with(new).clone();
        Place { which, slots: self.0.clone(), slot }
    }
}

/// Ends what is at work on a slot; the number of whoever asks.
fn call_off(slot: &Slot) -> u64 {
    let mut number = 0;
    slot.newest.send_modify(|newest| {
        *newest += 1;
        number = *newest;
    });
    number
}

impl Turn {
    /// Notes that the upload's turns are this node's, until this turn ends.
    pub(crate) fn is_here(&self) {
        self.place.slot.here.store(true, Ordering::Relaxed);
    }

    /// When the node that was asked at `asked` last gave a sign of being at it.
    pub(crate) fn last_sign(&self, asked: Instant) -> Instant {
        let kept = *self.place.slot.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.map_or(asked, |kept| kept.max(asked))
    }

    /// Waits until the upload may have been handed over by another node, but for no longer than `look`.
    ///
    /// # Errors
    /// `Superseded` when this turn is called off.
    pub(crate) async fn until_given(&self, look: Duration) -> Result<()> {
        let mut newest = self.place.slot.newest.subscribe();
        tokio::select! {
            biased;
            _ = newest.wait_for(|newest| *newest > self.number) => Err(Error::Superseded),
            () = self.place.slot.given.notified() => Ok(()),
            () = tokio::time::sleep(look) => Ok(()),
        }
    }

    /// The same body, which ends with `Superseded` when this turn is called off.
    pub(crate) fn watched(&self, body: Body) -> Body {
        let (len, number) = (body.declared_len(), self.number);
        let state = (body, self.place.slot.clone(), self.place.slot.newest.subscribe());
        let chunks = stream::unfold(state, move |(mut body, slot, mut newest)| async move {
            slot.hungry.store(true, Ordering::Relaxed);
            let next = tokio::select! {
                biased;
                _ = newest.wait_for(|newest| *newest > number) => Some(Err(io::Error::other(Error::Superseded))),
                next = body.next() => next,
            };
            slot.hungry.store(false, Ordering::Relaxed);
            slot.progress.fetch_add(1, Ordering::Relaxed);
            next.map(|chunk| (chunk, (body, slot, newest)))
        });
        Body::new(chunks, len)
    }
}

/// A request that went away while it waited for its sender has said nothing about the next one.
impl Drop for Turn {
    fn drop(&mut self) {
        self.place.slot.here.store(false, Ordering::Relaxed);
        self.place.slot.hungry.store(false, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // One is this place's, one the map's. Every other place holds one too, and none is made without the map's lock.
        if Arc::strong_count(&self.slot) <= 2 {
            slots.remove(&self.which);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const WHICH: Which = (AccountNo(1), UploadNo(1));

    fn endless() -> Body {
        Body::new(stream::pending(), None)
    }

    #[tokio::test]
    async fn a_newer_request_calls_off_the_one_at_work_and_those_that_wait() {
        let turns = Turns::default();
        let old = turns.take(WHICH.0, WHICH.1).await.unwrap();
        let mut body = old.watched(endless());
        let mut waiting = Box::pin(turns.take(WHICH.0, WHICH.1));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(body.next().await.unwrap().is_err(), "called off");
        let mut newest = Box::pin(turns.take(WHICH.0, WHICH.1));
        assert!(newest.as_mut().now_or_never().is_none());
        drop((old, body));
        assert!(matches!(waiting.await, Err(Error::Superseded)));
        assert!(newest.await.is_ok());
        assert!(turns.0.lock().unwrap().is_empty(), "nobody is at work");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_lets_one_that_gets_on_finish_and_calls_off_one_that_stalls() {
        let turns = Turns::default();
        let stall = Duration::from_secs(5);
        let old = turns.take(WHICH.0, WHICH.1).await.unwrap();
        let drip = stream::unfold(0, |n| async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            (n < 4).then(|| (Ok(bytes::Bytes::from_static(b"x")), n + 1))
        });
        let slow = old.watched(Body::new(drip, None)).collect::<Vec<_>>();
        let waiting = turns.wait(WHICH.0, WHICH.1, stall);
        let (slow, waited) = tokio::join!(async move { (slow.await, drop(old)).0 }, waiting);
        assert!(slow.len() == 4 && slow.iter().all(Result::is_ok));

        let mut dead = waited.watched(endless());
        let (ended, _) =
            tokio::join!(async move { (dead.next().await, drop(waited)).0 }, turns.wait(WHICH.0, WHICH.1, stall));
        assert!(ended.unwrap().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_lets_one_finish_whose_bytes_the_store_takes_long_to_keep() {
        let turns = Turns::default();
        let stall = Duration::from_secs(5);
        let old = turns.take(WHICH.0, WHICH.1).await.unwrap();
        let chunks = ["a", "b"].map(|text| Ok(bytes::Bytes::from_static(text.as_bytes())));
        let mut body = old.watched(Body::new(stream::iter(chunks), None));
        let kept = async move {
            assert!(body.next().await.unwrap().is_ok());
            tokio::time::sleep(10 * stall).await;
            let second = body.next().await.unwrap();
            drop((body, old));
            second
        };
        let (second, _) = tokio::join!(kept, turns.wait(WHICH.0, WHICH.1, stall));
        assert!(second.is_ok(), "{second:?}");
    }
}
