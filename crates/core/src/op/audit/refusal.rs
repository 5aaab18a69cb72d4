//! Refusals on their way into the log. They are written beside the requests, some at once, so that who is refused costs nobody
//! a commit: the first of a kind within a second or two, those that are like it in the next minute together in one line.

use super::{Entry, NOBODY, note};
use crate::Core;
use crate::errand::By;
use crate::unit::tenanted;
use attache_model::audit::Deed;
use attache_model::{AccountNo, Clock, Result, Time};
use futures_util::future::{Either, select};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// How long the first refusal waits for company.
const GATHER: Duration = Duration::from_secs(1);
/// How long refusals that are alike share a line.
const QUIET: Duration = Duration::from_secs(60);
/// Kinds of refusal that are remembered at once; of further ones only their number is.
const ROOM: usize = 1024;
/// Lines that one commit writes, so that no change waits long for them.
const COMMIT: usize = 64;

/// Refusals that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    by: By,
    route: String,
    word: &'static str,
}

/// What came of a kind since its last line.
#[derive(Clone, Debug)]
struct Seen {
    times: i64,
    /// When the first of them came.
    at: Time,
    /// The first one's request.
    request: String,
    /// When they may be written down.
    due: Instant,
}

/// What waits to be written.
#[derive(Debug)]
pub(crate) struct Refusals {
    clock: Clock,
    waiting: Mutex<Waiting>,
    bell: Notify,
    /// Held from taking lines until they are written: what was taken by another is in the log for whoever holds it.
    pen: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Waiting {
    seen: HashMap<Kind, Seen>,
    /// Those that found no room, by account.
    missed: HashMap<AccountNo, i64>,
}

impl Refusals {
    pub(crate) fn new(clock: Clock) -> Refusals {
        Refusals { clock, waiting: Mutex::default(), bell: Notify::new(), pen: tokio::sync::Mutex::default() }
    }

    /// One more. It never waits.
    pub(crate) fn add(&self, by: By, route: &str, word: &'static str, request: &str) {
        let now = self.clock.now().to_millis();
        let mut waiting = self.lock();
        let kind = Kind { by, route: route.to_owned(), word };
        let room = waiting.seen.len() < ROOM;
        match waiting.seen.get_mut(&kind) {
            Some(seen) if seen.times > 0 => seen.times += 1,
            Some(seen) => {
                (seen.times, seen.at, seen.request) = (1, now, request.to_owned());
                if seen.due <= Instant::now() {
                    self.bell.notify_one();
                }
            }
            None if room => {
                let seen = Seen { times: 1, at: now, request: request.to_owned(), due: Instant::now() };
                waiting.seen.insert(kind, seen);
                self.bell.notify_one();
            }
            None => *waiting.missed.entry(by.account).or_default() += 1,
        }
    }

    /// Takes the lines that are due, or all of them, by account; forgets kinds of which nothing came for a while.
    fn take(&self, all: bool) -> HashMap<AccountNo, Vec<Entry>> {
        let now = Instant::now();
        let mut lines: HashMap<AccountNo, Vec<Entry>> = HashMap::new();
        let mut waiting = self.lock();
        waiting.seen.retain(|kind, seen| {
            if !all && seen.due > now {
                return true;
            }
            if seen.times == 0 {
                return false;
            }
            lines.entry(kind.by.account).or_default().push(entry(kind, seen));
            (seen.times, seen.due) = (0, now + QUIET);
            true
        });
        let at = self.clock.now().to_millis();
        for (account, times) in waiting.missed.drain() {
            let missed = Entry { times, ..Entry::new(at, NOBODY, Deed::Missed.word(), "") };
            lines.entry(account).or_default().push(Entry { request: Some(String::new()), ..missed });
        }
        lines.values_mut().for_each(|lines| lines.sort_by_key(|line| line.at));
        lines
    }

    /// Lines that could not be written are only counted from here on, so that nothing grows while the database is away.
    fn count(&self, account: AccountNo, lines: &[Entry]) {
        *self.lock().missed.entry(account).or_default() += lines.iter().map(|line| line.times).sum::<i64>();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(kind: &Kind, seen: &Seen) -> Entry {
    Entry {
        outcome: kind.word,
        times: seen.times,
        request: Some(seen.request.clone()),
        ..Entry::new(seen.at, kind.by.user, &kind.route, "").with(kind.by.token)
    }
}

impl Core {
    /// Writes refusals down until `stop` is ready, and then those that are left: call it off by nothing else.
    pub async fn keep_refusals(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = pin!(stop);
        loop {
            // Without a new kind of refusal, those that had to wait for their minute are due at its end.
            let some = async {
                let _ = timeout(QUIET, self.0.refusals.bell.notified()).await;
                sleep(GATHER).await;
            };
            match select(stop.as_mut(), pin!(some)).await {
                Either::Left(_) => return self.write_due(true).await,
                Either::Right(_) => self.write_due(false).await,
            }
        }
    }

    /// Writes all refusals down that came so far.
    pub async fn write_refusals(&self) {
        self.write_due(true).await;
    }

    async fn write_due(&self, all: bool) {
        let _pen = self.0.refusals.pen.lock().await;
        for (account, lines) in self.0.refusals.take(all) {
            for lines in lines.chunks(COMMIT) {
                if let Err(error) = self.write_lines(account, lines.to_vec()).await {
                    tracing::warn!(%error, %account, "refusals were not written to the audit log; they are counted");
                    self.0.refusals.count(account, lines);
                }
            }
        }
    }

    async fn write_lines(&self, account: AccountNo, lines: Vec<Entry>) -> Result<()> {
        let unit = tenanted::<(), _>(move |mut t| {
            let lines = lines.clone();
            Box::pin(async move {
                for line in lines {
                    note(&mut t, line).await?;
                }
                Ok(())
            })
        });
        self.write("write refusals down", account, unit).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::UserNo;

    fn by(account: i64) -> By {
        By { account: AccountNo(account), user: UserNo(1), token: None }
    }

    fn refusals() -> Refusals {
        Refusals::new(Clock::held(Time::from_millis(1_800_000_000_000)))
    }

    fn taken(refusals: &Refusals, all: bool) -> Vec<(String, i64, Option<String>)> {
        let mut lines: Vec<_> = refusals.take(all).into_values().flatten().collect();
        lines.sort_by(|one, next| one.deed.cmp(&next.deed));
        lines.into_iter().map(|line| (line.deed, line.times, line.request)).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_refusal_is_due_at_once_and_those_like_it_share_a_line_a_minute_later() {
        let refusals = refusals();
        refusals.add(by(1), "GET /a", "missing_scope", "r1");
        assert_eq!(taken(&refusals, false), [(String::from("GET /a"), 1, Some(String::from("r1")))]);
        for request in ["r2", "r3", "r4"] {
            refusals.add(by(1), "GET /a", "missing_scope", request);
        }
        assert_eq!(taken(&refusals, false), []);
        tokio::time::advance(QUIET).await;
        assert_eq!(taken(&refusals, false), [(String::from("GET /a"), 3, Some(String::from("r2")))]);
        tokio::time::advance(QUIET).await;
        assert_eq!(taken(&refusals, false), []);
        assert!(refusals.lock().seen.is_empty(), "a kind of which nothing comes is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_that_differ_in_anything_have_lines_of_their_own() {
        let refusals = refusals();
        for (account, route, word) in [(1, "a", "x"), (2, "a", "x"), (1, "b", "x"), (1, "a", "y")] {
            refusals.add(by(account), route, word, "");
        }
        assert_eq!(taken(&refusals, true).len(), 4);
        assert_eq!(taken(&refusals, true), []);
    }

    #[tokio::test(start_paused = true)]
    async fn what_finds_no_room_is_counted_and_the_count_is_a_line() {
        let refusals = refusals();
        for no in 0..ROOM + 7 {
            refusals.add(by(1), &format!("GET /{no}"), "missing_scope", "");
        }
        let lines = taken(&refusals, true);
        assert_eq!(lines.len(), ROOM + 1);
        assert!(lines.contains(&(String::from("audit.missed"), 7, Some(String::new()))));
    }
}
