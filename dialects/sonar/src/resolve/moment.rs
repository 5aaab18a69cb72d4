//! Times as Sonar shows them, in whole seconds of UTC, and the spans that comparisons with them are: a file was made in
//! the second that it shows.

use super::args::Operator;
use attache_core::Span;
use attache_model::Time;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
const DAY: i64 = 86_400 * SECOND;
/// What nothing lies in.
pub(super) const EMPTY: Span = Span { from: Some(i64::MAX), to: Some(i64::MIN) };
/// What each part of a moment's text may be followed by, as the beginning of its year shows it.
const REST: &str = "0000-01-01T00:00:00+00:00";

/// A moment as it is shown, such as `2026-01-31T12:00:01+00:00`.
pub(super) fn shown(at: Time) -> String {
    let mut text = at.rfc3339_millis();
    // "2026-01-31T12:00:01.123Z" up to its fraction, then the offset as PHP writes it.
    text.truncate("2026-01-31T12:00:01".len());
    text.push_str("+00:00");
    text
}

/// The numbers that compare so with one that lies between two whole ones, or is both; and whether the others are meant.
pub(super) fn compared(operator: Operator, floor: i64, ceil: i64) -> (Span, bool) {
    let same = if floor == ceil { Span::exactly(floor) } else { EMPTY };
    let from = |from: Option<i64>| from.map_or(EMPTY, |from| Span { from: Some(from), to: None });
    let to = |to: Option<i64>| to.map_or(EMPTY, |to| Span { from: None, to: Some(to) });
    match operator {
        Operator::Eq => (same, false),
        Operator::Neq => (same, true),
        Operator::Gte => (from(Some(ceil)), false),
        Operator::Gt => (from(floor.checked_add(1)), false),
        Operator::Lte => (to(Some(floor)), false),
        Operator::Lt => (to(ceil.checked_sub(1)), false),
    }
}

/// The moments whose second compares so with another moment.
pub(super) fn compared_seconds(operator: Operator, at: Time) -> (Span, bool) {
    let floor = at.seconds();
    let ceil = if at.0 % SECOND == 0 { floor } else { floor.saturating_add(1) };
    let (span, negated) = compared(operator, floor, ceil);
    (scaled(span, SECOND), negated)
}

/// The moments whose day compares so with a day.
pub(super) fn compared_days(operator: Operator, day: Date) -> (Span, bool) {
    let no = i64::from((day - date(1970, 1, 1)).get_days());
    let (span, negated) = compared(operator, no, no);
    (scaled(span, DAY), negated)
}

/// The moments in the second of `at`.
pub(super) fn second(at: Time) -> Span {
    compared_seconds(Operator::Eq, Time(at.seconds().saturating_mul(SECOND))).0
}

/// The moments whose text is this one; none for what is no moment.
pub(super) fn second_of(text: &str) -> Span {
    text.parse::<Timestamp>().map_or(EMPTY, |stamp| second(Time::from_timestamp(stamp)))
}

/// The moments whose text begins so: with a year, and perhaps a month, a day and so on; `None` for another text.
pub(super) fn beginning(text: &str) -> Option<Span> {
    let rest = REST.get(text.len()..)?;
    let first: Timestamp = format!("{text}{rest}").parse().ok()?;
    let first = first.to_zoned(TimeZone::UTC).datetime();
    let next = match text.len() {
        4 => first.checked_add(jiff::Span::new().years(1)),
        7 => first.checked_add(jiff::Span::new().months(1)),
        10 => first.checked_add(jiff::Span::new().days(1)),
        13 => first.checked_add(jiff::Span::new().hours(1)),
        16 => first.checked_add(jiff::Span::new().minutes(1)),
        19 | 25 => first.checked_add(jiff::Span::new().seconds(1)),
        _ => return None,
    };
    let micros = |at: jiff::civil::DateTime| Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond());
    Some(Span { from: micros(first), to: Some(micros(next.ok()?)? - 1) })
}

/// A span of whole units as one of microseconds.
fn scaled(span: Span, unit: i64) -> Span {
    if span == EMPTY {
        return EMPTY;
    }
    let last = |at: i64| at.saturating_mul(unit).saturating_add(unit - 1);
    Span { from: span.from.map(|at| at.saturating_mul(unit)), to: span.to.map(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_800_014_400 * SECOND;

    fn holds(span: Span, at: i64) -> bool {
        span.from.is_none_or(|from| from <= at) && span.to.is_none_or(|to| at <= to)
    }

    #[test]
    fn s28_a_moment_is_shown_in_whole_seconds_of_utc() {
        assert_eq!(shown(Time(NOON + 999_999)), "2027-01-15T12:00:00+00:00");
    }

    #[test]
    fn a_moment_compares_by_the_second_that_it_shows() {
        use Operator::{Eq, Gt, Gte, Lt, Lte, Neq};
        let moments = [NOON - 1, NOON, NOON + 999_999, NOON + SECOND];
        for (operator, with, wanted) in [
            (Eq, NOON, [false, true, true, false]),
            (Gte, NOON, [false, true, true, true]),
            (Gt, NOON, [false, false, false, true]),
            (Lte, NOON, [true, true, true, false]),
            (Lt, NOON, [true, false, false, false]),
            // Between two seconds lies no moment that is shown.
            (Eq, NOON + 500_000, [false; 4]),
            (Gte, NOON + 500_000, [false, false, false, true]),
            (Gt, NOON + 500_000, [false, false, false, true]),
            (Lte, NOON + 500_000, [true, true, true, false]),
            (Lt, NOON + 500_000, [true, true, true, false]),
        ] {
            let (span, negated) = compared_seconds(operator, Time(with));
            assert!(!negated);
            assert_eq!(moments.map(|at| holds(span, at)), wanted, "{operator:?} {with}");
        }
        assert_eq!(compared_seconds(Neq, Time(NOON)), (compared_seconds(Eq, Time(NOON)).0, true));
    }

    #[test]
    fn a_day_is_all_of_its_hours() {
        let (span, _) = compared_days(Operator::Eq, date(2027, 1, 15));
        let midnight = NOON - DAY / 2;
        assert_eq!(span, Span { from: Some(midnight), to: Some(midnight + DAY - 1) });
        let (span, _) = compared_days(Operator::Lt, date(1969, 12, 31));
        assert!(holds(span, -DAY - 1) && !holds(span, -DAY));
    }

    #[test]
    fn beyond_the_last_number_there_is_none() {
        assert_eq!(compared(Operator::Gt, i64::MAX, i64::MAX).0, EMPTY);
        assert_eq!(compared(Operator::Lt, i64::MIN, i64::MIN).0, EMPTY);
        assert!(!holds(EMPTY, i64::MAX) && !holds(EMPTY, i64::MIN) && !holds(EMPTY, 0));
        let far = compared_seconds(Operator::Lte, Time(i64::MAX)).0;
        assert!(holds(far, NOON));
    }

    #[test]
    fn a_moment_is_found_by_the_beginning_of_its_text() {
        let at = Time(NOON + 7);
        for length in [4, 7, 10, 13, 16, 19, 25] {
            let text = &shown(at)[..length];
            assert!(holds(beginning(text).unwrap(), at.0), "{text}");
        }
        assert_eq!(beginning("2027-01-15T12:00:00").unwrap(), second(at));
        assert_eq!(beginning("2024-02").unwrap().to, beginning("2024-02-29").unwrap().to);
        for none in ["", "2", "2027-", "2027-13", "01-15", "2027-01-15T12:00:00+04:00 and more", "nonsense"] {
            assert_eq!(beginning(none), None, "{none}");
        }
        assert_eq!(second_of("2027-01-15T16:00:00+04:00"), second(at));
        assert_eq!(second_of("2027"), EMPTY);
    }
}
