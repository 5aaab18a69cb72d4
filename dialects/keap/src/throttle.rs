//! How many requests each token and each tenant sent in the running second, minute and day. Clients are told so in every
//! answer; where the operator turned throttling on, requests beyond the limits are refused.
//!
//! The counts are this process's own and in memory: a restart begins anew. Windows follow each other without a gap, a day
//! begins at 00:00 UTC.

use crate::{App, gateway};
use attache_core::Caller;
use attache_model::id::TokenId;
use attache_model::limits::Limits;
use attache_model::{AccountNo, Error, Time};
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many tokens, and how many tenants, are counted at once. Who sent nothing for longest is forgotten first.
const ROOM: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

const SECOND: i64 = 1;
const MINUTE: i64 = 60;
pub(crate) const DAY: i64 = 86_400;

/// The counts of everybody.
pub(crate) struct Throttle(Mutex<Counts>);

struct Counts {
    tokens: LruCache<(AccountNo, Option<TokenId>), [Window; 3]>,
    tenants: LruCache<AccountNo, [Window; 2]>,
}

/// One window of a row of them: which one it is since 1970, and the requests in it.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    no: i64,
    used: u64,
}

/// A caller's counts at one request. An answer that holds it among its extensions is given the headers that tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) account: AccountNo,
    /// Requests of the token in this minute.
    pub(crate) minute: u64,
    /// Requests of the token in this day.
    pub(crate) day: u64,
    /// Requests of the tenant in this minute.
    pub(crate) tenant_minute: u64,
}

/// A request too many. It is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    pub(crate) seen: Seen,
    /// Too many in a second, and not in a longer window.
    spike: bool,
    /// Seconds until the window ends.
    after: u64,
}

impl Default for Throttle {
    fn default() -> Throttle {
        Throttle(Mutex::new(Counts { tokens: LruCache::new(ROOM), tenants: LruCache::new(ROOM) }))
    }
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Throttle(..)")
    }
}

impl App {
    /// Counts a request of somebody who was let in.
    ///
    /// # Errors
    /// [`Excess`] where throttling is on and a window is full.
    pub(crate) fn count(&self, caller: &Caller) -> Result<Seen, Excess> {
        let whose = (caller.account(), caller.token());
        self.throttle.pass(whose, self.core.limits(), self.core.clock().now())
    }
}

impl Throttle {
    fn pass(&self, whose: (AccountNo, Option<TokenId>), limits: &Limits, now: Time) -> Result<Seen, Excess> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { tokens, tenants } = &mut *counts;
        let [second, minute, day] = tokens.get_or_insert_mut(whose, Default::default);
        let [tenant_minute, tenant_day] = tenants.get_or_insert_mut(whose.0, Default::default);
        let mut windows = [
            (second, SECOND, limits.keap_second),
            (minute, MINUTE, limits.keap_minute),
            (day, DAY, limits.keap_day),
            (tenant_minute, MINUTE, limits.keap_tenant_minute),
            (tenant_day, DAY, limits.keap_tenant_day),
        ];
        for (window, length, _) in &mut windows {
            window.turn(*length, now);
        }
        // The window that is full the longest says when to come again.
        let full =
            windows.iter().filter(|(window, _, limit)| window.used >= *limit).map(|(_, length, _)| *length).max();
        let full = full.filter(|_| limits.keap_throttle > 0);
        if full.is_none() {
            windows.iter_mut().for_each(|(window, ..)| window.used += 1);
        }
        let [_, minute, day, tenant_minute, _] = windows.map(|(window, ..)| window.used);
        let seen = Seen { account: whose.0, minute, day, tenant_minute };
        match full {
            None => Ok(seen),
            Some(length) => Err(Excess { seen, spike: length == SECOND, after: left(length, now) }),
        }
    }
}

impl Window {
    /// Begins the window that `now` is in, unless it is this one.
    fn turn(&mut self, length: i64, now: Time) {
        let no = now.seconds().div_euclid(length);
        if self.no != no {
            *self = Window { no, used: 0 };
        }
    }
}

/// Seconds from `now` to the end of its window, at least 1.
fn left(length: i64, now: Time) -> u64 {
    (length - now.seconds().rem_euclid(length)).unsigned_abs().max(1)
}

/// As all that is too much at once: at the legacy address of XML-RPC a fault with Keap's own words.
impl From<Excess> for Error {
    fn from(excess: Excess) -> Error {
        Error::Busy { after: Duration::from_secs(excess.after) }
    }
}

impl Excess {
    /// The gateway's answer.
    pub(crate) fn answer(&self) -> Response {
        let (text, code) = match self.spike {
            true => {
                ("Spike arrest violation. Too many requests in a second.", "policies.ratelimit.SpikeArrestViolation")
            }
            false => ("Rate limit quota violation. Quota limit exceeded.", "policies.ratelimit.QuotaViolation"),
        };
        let mut answer = gateway::fault(StatusCode::TOO_MANY_REQUESTS, text, code);
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(self.after));
        answer
    }
}

#[cfg(test)]
mod tests;
