//! What must hold of any bytes that claim to be a range or a condition.

use super::condition::{Conditions, Tag};
use super::range::Wanted;
use http::header::{IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue};

/// Whatever `bytes` are behind eight bytes of a length, the range that they ask for is what a plain reading of RFC 9110
/// says.
pub fn any_range(bytes: &[u8]) {
    let Some((len, text)) = bytes.split_first_chunk::<8>() else { return };
    let Ok(value) = HeaderValue::from_bytes(text) else { return };
    let len = u64::from_le_bytes(*len);
    for len in [len, len % 64, 0] {
        let wanted = Wanted::of([&value], len);
        assert_eq!(wanted, plainly(text, len), "{value:?} of {len} bytes");
        if let Wanted::Part(range) = wanted {
            assert!(range.start < range.end && range.end <= len, "{range:?} of {len} bytes");
        }
    }
    conditions(&value);
}

/// The reference: one range of digits in bytes, or the whole.
fn plainly(text: &[u8], len: u64) -> Wanted {
    let text = match str::from_utf8(text) {
        Ok(text) if text.chars().all(|c| c == '\t' || (' '..='~').contains(&c)) => text,
        _ => return Wanted::Whole,
    };
    let mut halves = text.splitn(2, '=');
    let (unit, range) = (halves.next().unwrap_or_default(), halves.next());
    let (Some(range), true) = (range, unit.trim().to_lowercase() == "bytes") else { return Wanted::Whole };
    let (first, last) = match range.trim().split_once('-') {
        Some(ends) => ends,
        None => return Wanted::Whole,
    };
    if [first, last].iter().any(|end| end.chars().any(|c| !c.is_ascii_digit())) {
        return Wanted::Whole;
    }
    let huge = |digits: &str| digits.parse::<u128>().unwrap_or(u128::MAX).min(u128::from(u64::MAX));
    let len = u128::from(len);
    let (from, to) = match (first.is_empty(), last.is_empty()) {
        (true, true) => return Wanted::Whole,
        (true, false) if huge(last) == 0 => return Wanted::Nothing,
        (true, false) if len == 0 => return Wanted::Whole,
        (true, false) => (len - huge(last).min(len), len),
        (false, true) => (huge(first), len),
        (false, false) if huge(first) > huge(last) => return Wanted::Whole,
        (false, false) => (huge(first), (huge(last) + 1).min(len)),
    };
    let end = |end: u128| u64::try_from(end).unwrap_or(u64::MAX);
    if from >= len { Wanted::Nothing } else { Wanted::Part(end(from)..end(to)) }
}

/// Whatever a condition says: weak tags never let a change through, and what is read is read the same twice.
fn conditions(value: &HeaderValue) {
    let weak = value.as_bytes().starts_with(b"W/") && !value.as_bytes().contains(&b',');
    let headers: HeaderMap =
        [IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE].map(|name| (name, value.clone())).into_iter().collect();
    let conditions = Conditions::of(&headers);
    let tags = conditions.if_match().unwrap_or_default();
    assert!(!weak || tags.is_empty() || tags.iter().all(|tag| tag.starts_with("W/")), "{value:?}: {tags:?}");
    for text in &tags {
        let tag = Tag::new(text);
        let asked: HeaderMap = [(IF_NONE_MATCH, HeaderValue::from_str(&tag.quoted()))]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.ok()?)))
            .collect();
        assert!(Conditions::of(&asked).has(&tag), "a tag of ours is not known again: {tag:?}");
    }
}
