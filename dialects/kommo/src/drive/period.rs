//! The named periods of Kommo's date filter, such as `previous_month`, as spans of time. Days begin at midnight UTC and
//! weeks on Monday.

use attache_core::Span;
use attache_model::Time;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Shift, ToSpan as _};

/// A named period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    /// The day that is so many days from today.
    Day(i64),
    /// Days from the first to the last, counted from today.
    Days(i64, i64),
    /// The week that is so many weeks from this one.
    Week(i64),
    /// The month that is so many months from this one.
    Month(i64),
    /// The quarter that is so many quarters from this one.
    Quarter(i64),
    /// From this day of the month half a year ago to today.
    HalfYear,
    /// This year.
    Year,
}

/// Every period with its word.
pub(crate) const PERIODS: &[(&str, Period)] = &[
    ("day", Period::Day(0)),
    ("tomorrow", Period::Day(1)),
    ("yesterday", Period::Day(-1)),
    ("week", Period::Week(0)),
    ("previous_week", Period::Week(-1)),
    ("next_week", Period::Week(1)),
    ("month", Period::Month(0)),
    ("next_month", Period::Month(1)),
    ("previous_month", Period::Month(-1)),
    ("quarter", Period::Quarter(0)),
    ("previous_quarter", Period::Quarter(-1)),
    ("next_quarter", Period::Quarter(1)),
    ("last_3_days", Period::Days(-2, 0)),
    ("next_3_days", Period::Days(0, 2)),
    ("last_6_month", Period::HalfYear),
    ("year", Period::Year),
];

impl Period {
    /// The times that it has, seen from `now`.
    pub(crate) fn span(self, now: Time) -> Span {
        let (first, behind) = self.days(now.timestamp().to_zoned(TimeZone::UTC).date());
        Span { from: midnight(first), to: midnight(behind).map(|end| end - 1) }
    }

    /// Its first day, and the first day behind it.
    fn days(self, today: Date) -> (Date, Date) {
        let month = today.first_of_month();
        match self {
            Period::Day(away) => (moved(today, away.days()), moved(today, (away + 1).days())),
            Period::Days(first, last) => (moved(today, first.days()), moved(today, (last + 1).days())),
            Period::Week(away) => {
                let monday = moved(today, (-i64::from(today.weekday().to_monday_zero_offset())).days());
                (moved(monday, away.weeks()), moved(monday, (away + 1).weeks()))
            }
            Period::Month(away) => (moved(month, away.months()), moved(month, (away + 1).months())),
            Period::Quarter(away) => {
                let first = moved(month, (-i64::from((today.month() - 1) % 3)).months());
                (moved(first, (3 * away).months()), moved(first, (3 * (away + 1)).months()))
            }
            Period::HalfYear => (moved(today, (-6).months()), moved(today, 1.days())),
            Period::Year => (today.first_of_year(), moved(today.first_of_year(), 1.years())),
        }
    }
}

/// A day moved by a while; the calendar's last day is as far as it goes.
fn moved(day: Date, by: Shift) -> Date {
    day.saturating_add(by)
}

/// The first microsecond of a day; `None`, which is an open end, where the calendar has none.
fn midnight(day: Date) -> Option<i64> {
    let start = day.to_zoned(TimeZone::UTC).ok()?;
    Some(Time::from_timestamp(start.timestamp()).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last day of a period, seen from Wednesday 2026-05-13, 23:59:59.
    fn seen(word: &str) -> (String, String) {
        let now = Time::from_timestamp("2026-05-13T23:59:59Z".parse().unwrap());
        let period = PERIODS.iter().find(|(known, _)| *known == word).unwrap().1;
        let span = period.span(now);
        let day = |at: Option<i64>| Time(at.unwrap()).rfc3339_millis();
        let (from, to) = (day(span.from), day(span.to));
        assert!(from.ends_with("T00:00:00.000Z") && to.ends_with("T23:59:59.999Z"), "{from} {to}");
        (from[..10].to_owned(), to[..10].to_owned())
    }

    #[test]
    fn every_period_has_its_first_and_its_last_day() {
        for (word, first, last) in [
            ("day", "2026-05-13", "2026-05-13"),
            ("tomorrow", "2026-05-14", "2026-05-14"),
            ("yesterday", "2026-05-12", "2026-05-12"),
            ("week", "2026-05-11", "2026-05-17"),
            ("previous_week", "2026-05-04", "2026-05-10"),
            ("next_week", "2026-05-18", "2026-05-24"),
            ("month", "2026-05-01", "2026-05-31"),
            ("next_month", "2026-06-01", "2026-06-30"),
            ("previous_month", "2026-04-01", "2026-04-30"),
            ("quarter", "2026-04-01", "2026-06-30"),
            ("previous_quarter", "2026-01-01", "2026-03-31"),
            ("next_quarter", "2026-07-01", "2026-09-30"),
            ("last_3_days", "2026-05-11", "2026-05-13"),
            ("next_3_days", "2026-05-13", "2026-05-15"),
            ("last_6_month", "2025-11-13", "2026-05-13"),
            ("year", "2026-01-01", "2026-12-31"),
        ] {
            assert_eq!(seen(word), (first.to_owned(), last.to_owned()), "{word}");
        }
    }
}
