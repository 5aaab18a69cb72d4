//! Time as a parameter: microseconds since 1970 in UTC, read from a [`Clock`] that tests can hold still.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Later than every real moment; stands for "never" in columns that are compared.
    pub const NEVER: Time = Time(i64::MAX);

    /// From milliseconds since 1970; saturates.
    pub const fn from_millis(millis: i64) -> Time {
        Time(millis.saturating_mul(1000))
    }

    /// Whole milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The same moment without its microseconds, as dialects show it.
    #[must_use]
    pub const fn to_millis(self) -> Time {
        Time::from_millis(self.millis())
    }

    /// This moment and a while; saturates at [`Time::NEVER`].
    #[must_use]
    pub fn plus(self, while_: Duration) -> Time {
        Time(self.0.saturating_add(i64::try_from(while_.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This moment less a while.
    #[must_use]
    pub fn minus(self, while_: Duration) -> Time {
        Time(self.0.saturating_sub(i64::try_from(while_.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The calendar's view of this moment; [`Timestamp::MAX`] when it is out of the calendar's range.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }

    /// From the calendar.
    pub fn from_timestamp(stamp: Timestamp) -> Time {
        Time(stamp.as_microsecond())
    }

    /// RFC 3339 with milliseconds, `2026-11-21T18:39:00.123Z`.
    pub fn rfc3339_millis(self) -> String {
        // Written digit by digit: three times per file, a hundred files a page, a format string costs more than the rest.
        let at = self.timestamp().to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let year = i32::from(at.year()).clamp(0, 9999);
        let parts = [
            (year, 4, '-'),
            (i32::from(at.month()), 2, '-'),
            (i32::from(at.day()), 2, 'T'),
            (i32::from(at.hour()), 2, ':'),
            (i32::from(at.minute()), 2, ':'),
            (i32::from(at.second()), 2, '.'),
            (i32::from(at.millisecond()), 3, 'Z'),
        ];
        let mut text = String::with_capacity(24);
        for (number, digits, end) in parts {
            for place in (0..digits).rev() {
                let digit = number / 10_i32.pow(place) % 10;
                text.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
            }
            text.push(end);
        }
        text
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339_millis())
    }
}

/// When the steady clock of this process began.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that only moves when a test moves it.
    Held(Arc<Hands>),
}

/// What a held clock shows, in microseconds.
#[derive(Debug)]
pub struct Hands {
    now: AtomicI64,
    passed: AtomicI64,
}

impl Clock {
    /// A held clock that starts at `start`.
    pub fn held(start: Time) -> Clock {
        Clock::Held(Arc::new(Hands { now: AtomicI64::new(start.0), passed: AtomicI64::new(0) }))
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> Time {
        match self {
            Clock::System => Time::from_timestamp(Timestamp::now()),
            Clock::Held(hands) => Time(hands.now.load(Ordering::SeqCst)),
        }
    }

    /// How much time has passed since some moment of this process, whatever was done to the clock on the wall meanwhile.
    pub fn passed(&self) -> Duration {
        match self {
            Clock::System => START.elapsed(),
            Clock::Held(hands) => {
                Duration::from_micros(u64::try_from(hands.passed.load(Ordering::SeqCst)).unwrap_or_default())
            }
        }
    }

    /// Lets time pass on a held clock; the system's clock is not moved.
    pub fn advance(&self, by: Duration) {
        if let Clock::Held(hands) = self {
            let by = i64::try_from(by.as_micros()).unwrap_or(0);
            hands.now.fetch_add(by, Ordering::SeqCst);
            hands.passed.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Sets a held clock, as somebody sets the clock of a machine: no time passes by that.
    pub fn set(&self, to: Time) {
        if let Clock::Held(hands) = self {
            hands.now.store(to.0, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_shows_another_moment_and_no_time_has_passed() {
        let clock = Clock::held(Time(5));
        clock.advance(Duration::from_secs(1));
        clock.set(Time(9));
        assert_eq!((clock.now(), clock.passed()), (Time(9), Duration::from_secs(1)));
    }

    #[test]
    fn moments_are_written_in_rfc_3339_with_milliseconds() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_687_975_005_393, "2023-06-28T17:56:45.393Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Time::from_millis(millis).rfc3339_millis(), text);
        }
    }
}
