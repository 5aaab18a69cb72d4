//! When a file ends: HubSpot's `ttl` (a calendar period, counted from the upload) and `expiresAt` (a moment).

use crate::text;
use attache_model::error::Code;
use attache_model::{Error, Result, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// Most digits of one number in a period. Seven are far more than a year needs and few enough never to overflow.
const PERIOD_DIGITS: usize = 7;

const PERIOD_FORM: &str =
    "a period of years, months, weeks and days, such as 'P3M' or 'P1Y2M3W4D', of at least one day and at most one year";

/// Reads `P[nY][nM][nW][nD]`, letters of any case, at least one number, no sign and no time of day.
pub(crate) fn period(text: &str) -> Option<Span> {
    let upper = text.to_ascii_uppercase();
    let mut rest = upper.strip_prefix('P').filter(|rest| !rest.is_empty())?;
    let mut span = Span::new();
    for unit in ['Y', 'M', 'W', 'D'] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let Some(after) = rest[digits..].strip_prefix(unit) else { continue };
        let number: i64 = rest[..digits].parse().ok().filter(|_| digits <= PERIOD_DIGITS)?;
        rest = after;
        span = match unit {
            'Y' => span.try_years(number),
            'M' => span.try_months(number),
            'W' => span.try_weeks(number),
            _ => span.try_days(number),
        }
        .ok()?;
    }
    rest.is_empty().then_some(span)
}

/// The end that `ttl` asks for, counted from `now`. `field` says where it stood.
///
/// # Errors
/// [`Error::Malformed`] when it is no period, [`Error::Invalid`] under a day or over a calendar year.
pub(crate) fn after_period(text: &str, now: Time, field: &str) -> Result<Time> {
    let span = period(text).ok_or_else(|| {
        Error::malformed(Code::ExpiryInvalid, field, format!("'{}' is not {PERIOD_FORM}", text::shown(text)))
    })?;
    let out_of_range =
        || Error::refuse(Code::ExpiryInvalid, field, format!("'{}' is not {PERIOD_FORM}", text::shown(text)));
    let (Some(end), Some(least), Some(most)) = (later(now, span), later(now, 1.day()), later(now, 1.year())) else {
        return Err(out_of_range());
    };
    if end < least || end > most { Err(out_of_range()) } else { Ok(end) }
}

/// The end that `expiresAt` asks for; it must lie in the future.
///
/// # Errors
/// [`Error::Invalid`] when it does not.
pub(crate) fn at_moment(at: Time, now: Time, field: &str) -> Result<Time> {
    if at > now {
        return Ok(at);
    }
    Err(Error::refuse(Code::ExpiryInvalid, field, format!("{at} is not in the future; now it is {now}")))
}

/// `now` and a calendar period, in UTC and to the millisecond, so that the end that is shown is the end that is kept.
fn later(now: Time, span: Span) -> Option<Time> {
    let end = now.timestamp().to_zoned(TimeZone::UTC).checked_add(span).ok()?;
    Some(Time::from_timestamp(end.timestamp()).to_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        crate::text::moment(text).unwrap()
    }

    fn end(ttl: &str, now: &str) -> Option<String> {
        after_period(ttl, at(now), "options.ttl").ok().map(Time::rfc3339_millis)
    }

    #[test]
    fn a_period_counts_in_calendar_units() {
        for (ttl, now, then) in [
            ("P1D", "2025-03-01T10:00:00Z", "2025-03-02T10:00:00.000Z"),
            ("P2W", "2025-03-01T10:00:00Z", "2025-03-15T10:00:00.000Z"),
            ("p3m", "2025-03-01T10:00:00Z", "2025-06-01T10:00:00.000Z"),
            ("P1M", "2025-01-31T10:00:00Z", "2025-02-28T10:00:00.000Z"),
            ("P1M", "2024-01-31T10:00:00Z", "2024-02-29T10:00:00.000Z"),
            ("P1M1W1D", "2025-01-01T00:00:00Z", "2025-02-09T00:00:00.000Z"),
            ("P0Y2M", "2025-01-01T00:00:00Z", "2025-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(end(ttl, now).as_deref(), Some(then), "{ttl} from {now}");
        }
    }

    #[test]
    fn a_day_is_the_shortest_and_a_year_the_longest_period() {
        let now = "2025-03-01T10:00:00Z";
        for ttl in ["P1D", "P1Y", "P12M", "P365D", "P52W"] {
            assert!(end(ttl, now).is_some(), "{ttl}");
        }
        for ttl in ["P0D", "P1Y1D", "P13M", "P366D", "P53W", "P1Y2M3D", "P9999999Y"] {
            assert!(end(ttl, now).is_none(), "{ttl}");
        }
        assert!(end("P366D", "2024-01-01T00:00:00Z").is_some(), "a leap year has 366 days");
    }

    #[test]
    fn what_is_not_a_period_is_refused() {
        for text in [
            "",
            "P",
            "PT24H",
            "P1DT1H",
            "-P1D",
            "P-1D",
            "P1.5D",
            "P1D1W",
            "P1D1D",
            "1D",
            "P1",
            "PD",
            "P 1D",
            "P12345678D",
        ] {
            assert!(period(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_end_lies_in_the_future() {
        let now = at("2025-03-01T10:00:00.000Z");
        assert!(at_moment(now, now, "expiresAt").is_err());
        assert!(at_moment(Time::from_millis(now.millis() + 1), now, "expiresAt").is_ok());
    }
}
