//! Orders in which units that race are let in, one after another until all were tried.

use attache_db::testing::Gate;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, yield_now};

/// So often everybody who can go on is let go on before the next unit is let in: a step of an operation passes through a
/// few tasks.
const SETTLE: usize = 24;

/// One order: which of those that wait is let in, each time that there is a choice.
#[derive(Debug, Default)]
pub(super) struct Order {
    wanted: Vec<usize>,
    /// What was chosen, among how many.
    taken: Vec<(usize, usize)>,
    dice: Option<u64>,
}

impl Order {
    /// An order by a seed.
    pub(super) fn random(seed: u64) -> Order {
        Order { dice: Some(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1), ..Order::default() }
    }

    fn choose(&mut self, among: usize) -> usize {
        if among == 1 {
            return 0;
        }
        let choice = match &mut self.dice {
            None => self.wanted.get(self.taken.len()).copied().unwrap_or(0).min(among - 1),
            Some(dice) => {
                *dice ^= *dice << 13;
                *dice ^= *dice >> 7;
                *dice ^= *dice << 17;
                (*dice % among as u64) as usize
            }
        };
        self.taken.push((choice, among));
        choice
    }

    /// The next one; `None` after the last.
    pub(super) fn next(mut self) -> Option<Order> {
        while let Some((choice, among)) = self.taken.pop() {
            if choice + 1 < among {
                let before = self.taken.iter().map(|(choice, _)| *choice);
                return Some(Order { wanted: before.chain([choice + 1]).collect(), ..Order::default() });
            }
        }
        None
    }

    /// Lets operations race in this order; what each ended in.
    pub(super) async fn race<T: Send + 'static>(&mut self, racers: Vec<BoxFuture<'static, T>>) -> Vec<T> {
        let closed = Gate::close();
        let over = Arc::new(Notify::new());
        let racing: Vec<JoinHandle<T>> = racers
            .into_iter()
            .map(|racer| {
                let over = over.clone();
                tokio::spawn(async move {
                    let end = racer.await;
                    over.notify_one();
                    end
                })
            })
            .collect();
        loop {
            for _ in 0..SETTLE {
                yield_now().await;
            }
            if racing.iter().all(JoinHandle::is_finished) {
                break;
            }
            match closed.waiting() {
                Some(waiting) if waiting > 0 => closed.let_in(self.choose(waiting)),
                // One is inside, or something else than a unit is waited for.
                _ => tokio::select! {
                    () = closed.moved() => {}
                    () = over.notified() => {}
                },
            }
        }
        drop(closed);
        let mut ends = Vec::new();
        for racer in racing {
            ends.push(racer.await.expect("no racer panics"));
        }
        ends
    }
}
