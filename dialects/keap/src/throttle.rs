//! How many requests each token and each tenant sent in the running second, minute and day. Clients are told so in every
//! answer; where the operator turned throttling on, requests beyond the limits are refused.

use crate::{App, gateway};
use attache_core::Caller;
pub(crate) use attache_http::window::DAY;
use attache_http::window::{Bound, MINUTE, SECOND, Windows, count};
use attache_model::id::TokenId;
use attache_model::limits::Limits;
use attache_model::{AccountNo, Error, Time};
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The counts of everybody.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    tokens: Windows<(AccountNo, Option<TokenId>), 3>,
    tenants: Windows<AccountNo, 2>,
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
        let [second, minute, day] = tokens.of(whose);
        let [tenant_minute, tenant_day] = tenants.of(whose.0);
        // Off, everything is counted and nothing is full.
        let bound = |length, limit| match limits.keap_throttle {
            0 => Bound { length, limit: u64::MAX },
            _ => Bound { length, limit },
        };
        let mut windows = [
            (second, bound(SECOND, limits.keap_second)),
            (minute, bound(MINUTE, limits.keap_minute)),
            (day, bound(DAY, limits.keap_day)),
            (tenant_minute, bound(MINUTE, limits.keap_tenant_minute)),
            (tenant_day, bound(DAY, limits.keap_tenant_day)),
        ];
        let counted = count(&mut windows, now);
        let [_, minute, day, tenant_minute, _] = windows.map(|(window, _)| window.used());
        let seen = Seen { account: whose.0, minute, day, tenant_minute };
        match counted {
            Ok(()) => Ok(seen),
            Err(full) => Err(Excess { seen, spike: full.length == SECOND, after: full.after }),
        }
    }
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
