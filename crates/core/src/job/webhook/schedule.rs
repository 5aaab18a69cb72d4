//! When a delivery is tried again: soon at first, then ever more seldom, for days.

use crate::entropy;
use attache_model::Time;
use attache_model::limits::Limits;
use jiff::fmt::rfc2822;
use std::time::Duration;

/// Seconds of the waits after the first tries; after those it is a day.
const WAITS: [u64; 8] = [5, 30, 120, 600, 3600, 3 * 3600, 8 * 3600, 16 * 3600];
/// The wait after all of those, and the longest that a receiver may ask for.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What the time of the next try hangs on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed {
    /// Tries, with the one that just failed.
    pub(super) attempts: u64,
    /// When it was put in line.
    pub(super) queued_at: Time,
    /// Now.
    pub(super) now: Time,
    /// The wait that the receiver asks for.
    pub(super) asked: Option<Duration>,
}

/// When it is tried again; `None` when it is given up. `jitter` is from 0 to 255 and lengthens the wait by a fifth at
/// most, so that what failed at once does not come back at once.
pub(super) fn next(failed: Failed, jitter: u8, limits: &Limits) -> Option<Time> {
    let Failed { attempts, queued_at, now, asked } = failed;
    let end = queued_at.plus(Limits::seconds(limits.webhook_life));
    if attempts >= limits.webhook_tries || now >= end {
        return None;
    }
    let after = usize::try_from(attempts).unwrap_or(usize::MAX).saturating_sub(1);
    let wait = WAITS.get(after).map_or(LONGEST, |seconds| Duration::from_secs(*seconds));
    let wait = wait + wait * u32::from(jitter) / (5 * 255);
    Some(now.plus(wait.max(asked.unwrap_or_default())).to_millis().min(end))
}

/// A jitter.
pub(super) fn jitter() -> u8 {
    let mut byte = [0];
    entropy::fill(&mut byte);
    byte[0]
}

/// The wait that a `Retry-After` asks for, in seconds or by a date of HTTP: a day at most.
pub(super) fn asked(text: &str, now: Time) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    let micros = u64::try_from(Time::from_timestamp(at).0.checked_sub(now.0)?).ok()?;
    Some(Duration::from_micros(micros).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_millis(1_795_286_340_000);

    fn failed(attempts: u64, now: Time) -> Failed {
        Failed { attempts, queued_at: START, now, asked: None }
    }

    /// The waits of a delivery that always fails, in seconds.
    fn waits(jitter: u8) -> Vec<u64> {
        let (mut now, mut waits) = (START, Vec::new());
        while let Some(at) = next(failed(waits.len() as u64 + 1, now), jitter, &Limits::default()) {
            waits.push((at.0 - now.0) as u64 / 1_000_000);
            now = at;
        }
        waits
    }

    #[test]
    fn tries_go_on_for_five_days() {
        let waits = waits(0);
        assert_eq!(waits[..8], WAITS);
        assert_eq!(waits[8..11], [86_400; 3]);
        assert_eq!(waits.iter().sum::<u64>(), Limits::default().webhook_life, "the last one is at the very end");
    }

    #[test]
    fn no_two_deliveries_need_to_come_back_together() {
        assert_eq!(waits(255)[..3], [6, 36, 144], "a fifth more at most");
        assert!(waits(255).len() >= 10);
    }

    #[test]
    fn a_delivery_is_given_up_after_the_last_try_that_its_limit_allows() {
        let limits = Limits { webhook_tries: 3, ..Limits::default() };
        assert!(next(failed(2, START), 0, &limits).is_some());
        assert_eq!(next(failed(3, START), 0, &limits), None);
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_wait_and_for_none_that_is_shorter() {
        let ask = |seconds: u64| {
            let asked = Some(Duration::from_secs(seconds));
            next(Failed { asked, ..failed(1, START) }, 0, &Limits::default()).unwrap().0 - START.0
        };
        assert_eq!([ask(1), ask(60)].map(|micros| micros / 1_000_000), [5, 60]);
    }

    #[test]
    fn what_a_receiver_asks_for_is_seconds_or_a_date_and_a_day_at_most() {
        assert_eq!(asked(" 120 ", START), Some(Duration::from_secs(120)));
        for far in ["86401", "Sat, 28 Nov 2026 18:40:00 GMT"] {
            assert_eq!(asked(far, START), Some(LONGEST), "{far}");
        }
        assert_eq!(asked("Sat, 21 Nov 2026 18:40:00 GMT", START), Some(Duration::from_secs(60)));
        for nothing in ["Sat, 21 Nov 2026 18:38:00 GMT", "soon", "", "-5", "1e3"] {
            assert_eq!(asked(nothing, START), None, "{nothing}");
        }
    }
}
