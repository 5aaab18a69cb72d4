//! The `Range` header: one range of bytes, or the whole.

use http::HeaderValue;
use std::ops::Range;

/// What a request wants of some content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// These bytes; never empty.
    Part(Range<u64>),
    /// A range that it does not have.
    Nothing,
}

impl Wanted {
    /// Reads the header for content of `len` bytes. Several ranges, other units and what cannot be read all mean the
    /// whole: RFC 9110 allows it, and answering many ranges is a way to make a server work for nothing.
    pub(super) fn of<'h>(values: impl IntoIterator<Item = &'h HeaderValue>, len: u64) -> Wanted {
        let mut values = values.into_iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Wanted::Whole };
        let Some(spec) = value.to_str().ok().and_then(spec) else { return Wanted::Whole };
        let Some((first, last)) = spec.split_once('-') else { return Wanted::Whole };
        match (number(first), number(last)) {
            (Number::None, Number::Is(0)) => Wanted::Nothing,
            (Number::None, Number::Is(_)) if len == 0 => Wanted::Whole,
            (Number::None, Number::Is(suffix)) => Wanted::Part(len.saturating_sub(suffix)..len),
            (Number::Is(first), Number::None) => within(first, u64::MAX, len),
            (Number::Is(first), Number::Is(last)) if first <= last => within(first, last, len),
            _ => Wanted::Whole,
        }
    }
}

/// What follows `bytes=`.
fn spec(text: &str) -> Option<&str> {
    let (unit, spec) = text.split_once('=')?;
    unit.trim().eq_ignore_ascii_case("bytes").then(|| spec.trim())
}

fn within(first: u64, last: u64, len: u64) -> Wanted {
    if first >= len { Wanted::Nothing } else { Wanted::Part(first..last.saturating_add(1).min(len)) }
}

enum Number {
    None,
    Is(u64),
    Bad,
}

/// Digits as a number; more than fits is the largest, which is past every end.
fn number(text: &str) -> Number {
    if text.is_empty() {
        return Number::None;
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Number::Bad;
    }
    Number::Is(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(header: &str, len: u64) -> Wanted {
        Wanted::of(&[HeaderValue::from_str(header).unwrap()], len)
    }

    #[test]
    fn one_range_is_a_part() {
        assert_eq!(wanted("bytes=0-0", 10), Wanted::Part(0..1));
        assert_eq!(wanted("bytes=3-", 10), Wanted::Part(3..10));
        assert_eq!(wanted("bytes=3-100", 10), Wanted::Part(3..10));
        assert_eq!(wanted("bytes=-4", 10), Wanted::Part(6..10));
        assert_eq!(wanted("bytes=-40", 10), Wanted::Part(0..10));
        assert_eq!(wanted("Bytes=9-9", 10), Wanted::Part(9..10));
        assert_eq!(wanted("bytes=0-18446744073709551615", 10), Wanted::Part(0..10));
    }

    #[test]
    fn a_range_past_the_end_is_not_there() {
        for header in ["bytes=-0", "bytes=10-", "bytes=18446744073709551615-", "bytes=99999999999999999999999-"] {
            assert_eq!(wanted(header, 10), Wanted::Nothing, "{header}");
        }
        assert_eq!(wanted("bytes=0-0", 0), Wanted::Nothing);
    }

    #[test]
    fn several_or_unreadable_ranges_mean_the_whole() {
        let many = format!("bytes={}", vec!["0-"; 1000].join(","));
        for header in
            [&many, "bytes=5-2", "bytes=0-1,3-4", "bytes=a-", "bytes=-", "bytes=", "items=0-1", "0-1", "bytes=+1-2"]
        {
            assert_eq!(wanted(header, 10), Wanted::Whole, "{header}");
        }
        let two = [HeaderValue::from_static("bytes=0-1"), HeaderValue::from_static("bytes=2-3")];
        assert_eq!(Wanted::of(&two, 10), Wanted::Whole);
        assert_eq!(wanted("bytes=-5", 0), Wanted::Whole);
        assert_eq!(Wanted::of([], 10), Wanted::Whole);
    }
}
