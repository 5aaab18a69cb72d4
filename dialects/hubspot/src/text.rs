//! How HubSpot's clients write simple values as text: numbers, booleans, moments and paths. Query parameters,
//! form fields and JSON strings all come through here.

use attache_model::name::split_path;
use attache_model::{Error, Result, Time};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A whole number, with an optional sign.
pub(crate) fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// An id: decimal digits and nothing else. One that is too large for us is a number that nothing has.
pub(crate) fn id(text: &str) -> Option<i64> {
    let is_id = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_id.then(|| text.parse().unwrap_or(i64::MAX))
}

/// `true`, `True` and `1`, and their opposites: the clients differ.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A moment, to the millisecond: RFC 3339, the same without an offset (UTC), or milliseconds since 1970.
pub(crate) fn moment(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(millis) = text.parse() {
        return Some(Time::from_millis(millis));
    }
    let stamp = with_offset(text).or_else(|| without_offset(text))?;
    Some(Time::from_timestamp(stamp).to_millis())
}

fn with_offset(text: &str) -> Option<Timestamp> {
    // A '+' that was not escaped in a query has become a blank.
    let unescaped = text.rsplit_once(' ').filter(|(day, offset)| day.contains('T') && offset.contains(':'));
    match unescaped {
        Some((day, offset)) => format!("{day}+{offset}").parse().ok(),
        None => text.parse().ok(),
    }
}

fn without_offset(text: &str) -> Option<Timestamp> {
    let naive: DateTime = text.parse().ok()?;
    naive.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A path in the one form that core takes: `/a/b`, whatever slashes stood around and between.
pub(crate) fn path(text: &str) -> String {
    let names: Vec<&str> = text.split('/').filter(|name| !name.is_empty()).collect();
    format!("/{}", names.join("/"))
}

/// The start of a value, short enough for a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Refuses a path with a name in it that no folder can have; `field` says where it stood.
///
/// # Errors
/// As [`split_path`], at `field`.
pub(crate) fn check_path(path: &str, field: &str) -> Result<()> {
    split_path(path).map(drop).map_err(|error| at(error, field))
}

/// As [`path`], if there can be such a path at all.
pub(crate) fn possible_path(text: &str) -> Option<String> {
    let path = path(text);
    split_path(&path).is_ok().then_some(path)
}

/// The same fault of a value, at the place that the caller knows it by.
pub(crate) fn at(error: Error, field: &str) -> Error {
    match error {
        Error::Invalid { code, why, .. } => Error::Invalid { code, field: field.to_owned(), why },
        Error::Malformed { code, why, .. } => Error::Malformed { code, field: field.to_owned(), why },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_come_as_every_client_writes_them() {
        for (text, value) in [
            ("true", true),
            ("True", true),
            ("TRUE", true),
            ("1", true),
            ("false", false),
            ("False", false),
            ("0", false),
        ] {
            assert_eq!(flag(text), Some(value), "{text}");
        }
        for text in ["", "yes", "2", "tru"] {
            assert_eq!(flag(text), None, "{text}");
        }
    }

    #[test]
    fn moments_come_as_every_client_writes_them() {
        let at = Time::from_millis(1_704_164_645_006);
        for text in [
            "2024-01-02T03:04:05.006Z",
            "2024-01-02T03:04:05.006000+00:00",
            "2024-01-02T03:04:05.006",
            "2024-01-02T05:04:05.006+02:00",
            "2024-01-02T05:04:05.006 02:00",
            "2024-01-02 03:04:05.006",
            "2024-01-02T03:04:05.006999Z",
            "1704164645006",
        ] {
            assert_eq!(moment(text), Some(at), "{text}");
        }
        assert_eq!(moment("1970-01-01"), Some(Time(0)));
        for text in ["", "soon", "2024-13-01T00:00:00Z", "12:30", "1e12"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_is_digits_and_one_beyond_our_numbers_is_nobodys() {
        assert_eq!(id("122692044085"), Some(122_692_044_085));
        assert_eq!(id("99999999999999999999999"), Some(i64::MAX));
        for text in ["", "-1", "+1", "1.0", " 1", "0x1", "１"] {
            assert_eq!(id(text), None, "{text}");
        }
    }

    #[test]
    fn slashes_around_and_between_do_not_matter() {
        for text in ["a/b", "/a/b", "//a//b/", "a/b///"] {
            assert_eq!(path(text), "/a/b", "{text}");
        }
        assert_eq!(path(""), "/");
        assert_eq!(path("//"), "/");
    }
}
