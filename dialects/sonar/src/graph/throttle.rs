//! Sonar's limit on requests: so many in a minute for each user. It is off unless the operator turns it on.

use attache_core::Caller;
use attache_http::dialect::{Failed, json_answer};
use attache_http::window::{Bound, MINUTE, Windows, count};
use attache_model::limits::Limits;
use attache_model::{AccountNo, Time, UserNo};
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use std::sync::{Mutex, PoisonError};

/// The counts of all users.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Windows<(AccountNo, UserNo), 1>>);

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Throttle(..)")
    }
}

/// A request too many. It is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Excess {
    /// How many may come in a minute.
    limit: u64,
    /// Seconds until the next minute begins.
    after: u64,
}

impl Throttle {
    /// Counts a request of `caller`.
    ///
    /// # Errors
    /// [`Excess`] where throttling is on and the minute is full.
    pub(super) fn pass(&self, caller: &Caller, limits: &Limits, now: Time) -> Result<(), Excess> {
        if limits.sonar_throttle == 0 {
            return Ok(());
        }
        let limit = limits.sonar_minute;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [minute] = counts.of((caller.account(), caller.actor()));
        let bound = Bound { length: MINUTE, limit };
        count(&mut [(minute, bound)], now).map_err(|full| Excess { limit, after: full.after })
    }
}

impl Excess {
    /// Sonar's words for it.
    pub(super) fn answer(self) -> Response {
        let text = format!("Request limit of {}/min reached.", self.limit);
        let mut answer = json_answer(StatusCode::TOO_MANY_REQUESTS, &json!({ "error": text }));
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(self.after));
        answer.extensions_mut().insert(Failed("throttled"));
        answer
    }
}
