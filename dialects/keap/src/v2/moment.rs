//! Moments as they are shown and asked for: whole seconds of UTC. A question about a time is a question about what is
//! shown, so that a file that shows a time is found by it, whatever fraction of a second is stored.

use attache_core::Span;
use attache_model::Time;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SECOND_NANOS: i128 = 1_000_000_000;
const SECOND_MICROS: i64 = 1_000_000;

/// `2024-01-10T08:00:00Z`; fractions of the second are left out.
pub(super) fn shown(time: Time) -> String {
    let mut text = time.rfc3339_millis();
    text.truncate("2024-01-10T08:00:00".len());
    text.push('Z');
    text
}

/// How a time is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `==`
    Equal,
    /// `>`
    After,
    /// `>=`
    From,
    /// `<`
    Before,
    /// `<=`
    UpTo,
}

impl Comparison {
    /// Every comparison with its sign, in the order in which they have to be looked for.
    pub(super) const SIGNS: [(&str, Comparison); 5] = [
        ("==", Comparison::Equal),
        (">=", Comparison::From),
        ("<=", Comparison::UpTo),
        (">", Comparison::After),
        ("<", Comparison::Before),
    ];

    /// The moments, in microseconds, whose shown second compares so with `stamp`; `None` where no second does.
    pub(super) fn span(self, stamp: Timestamp) -> Option<Span> {
        let nanos = stamp.as_nanosecond();
        let second = i64::try_from(nanos.div_euclid(SECOND_NANOS)).unwrap_or(i64::MAX);
        let is_whole = nanos.rem_euclid(SECOND_NANOS) == 0;
        // The first moments of a second, and the last ones before it.
        let from = |second: i64| Some(second.saturating_mul(SECOND_MICROS));
        let before = |second: i64| Some(second.saturating_mul(SECOND_MICROS) - 1);
        let (here, next) = (if is_whole { second } else { second + 1 }, second + 1);
        match self {
            Comparison::Equal => is_whole.then(|| Span { from: from(second), to: before(next) }),
            Comparison::After => Some(Span { from: from(next), to: None }),
            Comparison::From => Some(Span { from: from(here), to: None }),
            Comparison::Before => Some(Span { from: None, to: before(here) }),
            Comparison::UpTo => Some(Span { from: None, to: before(next) }),
        }
    }
}

/// An ISO 8601 moment: with an offset, or without one, which is UTC, or a day alone, which is its midnight in UTC.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.contains('[') {
        return None;
    }
    // A '+' that was not escaped in a query has become a blank.
    let unescaped = text.rsplit_once(' ').filter(|(day, _)| day.contains(['T', 't', ':']));
    if let Some((day, offset)) = unescaped {
        return format!("{day}+{offset}").parse().ok();
    }
    text.parse().ok().or_else(|| {
        let naive: DateTime = text.parse().ok()?;
        naive.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        read(text).unwrap()
    }

    fn finds(sign: &str, text: &str, stored: Time) -> bool {
        let comparison = Comparison::SIGNS.iter().find(|(known, _)| *known == sign).unwrap().1;
        comparison.span(at(text)).is_some_and(|span| {
            span.from.is_none_or(|from| stored.0 >= from) && span.to.is_none_or(|to| stored.0 <= to)
        })
    }

    #[test]
    fn moments_are_shown_in_whole_seconds_of_utc() {
        assert_eq!(shown(Time::from_millis(1_704_873_600_999)), "2024-01-10T08:00:00Z");
        assert_eq!(shown(Time(0)), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn c12_a_file_is_found_by_the_time_that_it_shows() {
        for micros in [0, 1, 500_000, 999_999] {
            let stored = Time(1_704_873_600_000_000 + micros);
            let seen = shown(stored);
            for (sign, found) in [("==", true), (">=", true), ("<=", true), (">", false), ("<", false)] {
                assert_eq!(finds(sign, &seen, stored), found, "{sign} {micros}");
            }
        }
    }

    #[test]
    fn c12_every_comparison_is_one_with_what_is_shown() {
        let stored = Time(1_704_873_600_400_000);
        for (sign, text, found) in [
            (">", "2024-01-10T07:59:59Z", true),
            (">=", "2024-01-10T08:00:01Z", false),
            ("<", "2024-01-10T08:00:01Z", true),
            ("<=", "2024-01-10T07:59:59Z", false),
            // A fraction is asked for, and no file shows one: it lies between two seconds.
            ("==", "2024-01-10T08:00:00.4Z", false),
            (">", "2024-01-10T08:00:00.1Z", false),
            (">", "2024-01-10T07:59:59.9Z", true),
            ("<", "2024-01-10T08:00:00.1Z", true),
            (">=", "2024-01-10T08:00:00.1Z", false),
            ("<=", "2024-01-10T08:00:00.9Z", true),
        ] {
            assert_eq!(finds(sign, text, stored), found, "{sign} {text}");
        }
    }

    #[test]
    fn c12_moments_come_as_iso_8601_writes_them() {
        for text in [
            "2024-01-10T08:00:00Z",
            "2024-01-10T08:00:00.000Z",
            "2024-01-10t08:00:00z",
            "2024-01-10T08:00Z",
            "2024-01-10T08:00:00.000+0000",
            "2024-01-10T10:00:00+02:00",
            "2024-01-10T10:00:00 02:00",
            "2024-01-10T08:00:00.000 0000",
            "2024-01-10T08:00:00",
            "20240110T080000Z",
        ] {
            assert_eq!(read(text).map(Timestamp::as_second), Some(1_704_873_600), "{text}");
        }
        assert_eq!(at("2024-01-10"), at("2024-01-10T00:00:00Z"));
        for text in ["", "soon", "2024", "2024-13-01T00:00:00Z", "12:30", "1704873600000", "2024-01-10T08:00:00[UTC]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_moments_too() {
        for stamp in [Timestamp::MIN, Timestamp::MAX] {
            for (_, comparison) in Comparison::SIGNS {
                let _ = comparison.span(stamp);
            }
        }
    }
}
