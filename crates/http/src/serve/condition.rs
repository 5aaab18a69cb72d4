//! Conditional requests: entity tags and dates of RFC 9110.

use attache_model::Time;
use http::header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};
use http::{HeaderMap, HeaderName};
use std::time::{Duration, SystemTime};

/// A strong entity tag, kept without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// A tag of this text; characters that cannot stand in one become `_`.
    pub fn new(text: &str) -> Tag {
        Tag(text.chars().map(|c| if c.is_ascii_graphic() && c != '"' { c } else { '_' }).collect())
    }

    /// As it stands in a header.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// One or more tags of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    /// `*`: anything that is there.
    Any,
    /// These; `weak` ones never hold in a strong comparison.
    List(Vec<Sent>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sent {
    text: String,
    weak: bool,
}

/// What a request's conditions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Send it.
    Send,
    /// The client has it.
    NotModified,
    /// It is not what the client thinks.
    Failed,
}

/// The conditions of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
    unmodified_since: Option<i64>,
    modified_since: Option<i64>,
    range: Option<Option<Sent>>,
}

impl Conditions {
    /// Reads the conditions. Dates that cannot be read are passed over, as the standard demands; tags that cannot be
    /// read match nothing.
    pub fn of(headers: &HeaderMap) -> Conditions {
        Conditions {
            if_match: tags(headers, &IF_MATCH),
            if_none_match: tags(headers, &IF_NONE_MATCH),
            unmodified_since: date(headers, &IF_UNMODIFIED_SINCE),
            modified_since: date(headers, &IF_MODIFIED_SINCE),
            range: headers.get(IF_RANGE).map(|value| value.to_str().ok().and_then(|text| sent(text.trim()))),
        }
    }

    /// Whether a request has any, be it one that cannot be read.
    pub(super) fn are_in(headers: &HeaderMap) -> bool {
        [IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, IF_MODIFIED_SINCE, IF_RANGE]
            .iter()
            .any(|name| headers.contains_key(name))
    }

    /// The tags of `If-Match` for a change that is tested inside its commit, without quotes: `["*"]` is anything that is
    /// there, `None` no condition. Weak tags are left out, because they never hold for a change, and so is a tag `"*"`, which
    /// is none of ours; so an empty list never holds.
    pub fn if_match(&self) -> Option<Vec<String>> {
        self.if_match.as_ref().map(|tags| match tags {
            Tags::Any => vec!["*".to_owned()],
            Tags::List(list) => {
                let strong = list.iter().filter(|sent| !sent.weak && sent.text != "*");
                strong.map(|sent| sent.text.clone()).collect()
            }
        })
    }

    /// Whether `If-None-Match: *` asks that nothing be there yet.
    pub fn if_absent(&self) -> bool {
        self.if_none_match == Some(Tags::Any)
    }

    /// Whether `If-None-Match` names `tag`, so that a GET of something else than content can be a 304.
    pub fn has(&self, tag: &Tag) -> bool {
        self.if_none_match.as_ref().is_some_and(|tags| holds(tags, tag, true))
    }

    /// RFC 9110, 13.2.2, for GET and HEAD.
    pub(super) fn judge(&self, tag: &Tag, last_modified: Time) -> Verdict {
        let seconds = last_modified.seconds();
        let failed = match &self.if_match {
            Some(tags) => !holds(tags, tag, false),
            None => self.unmodified_since.is_some_and(|since| seconds > since),
        };
        if failed {
            return Verdict::Failed;
        }
        let has_it = match &self.if_none_match {
            Some(tags) => holds(tags, tag, true),
            None => self.modified_since.is_some_and(|since| seconds <= since),
        };
        if has_it { Verdict::NotModified } else { Verdict::Send }
    }

    /// Whether a range may be answered. Only a strong tag says that bytes of two answers belong together; a date does
    /// not, since two versions may share their second.
    pub(super) fn range_holds(&self, tag: &Tag) -> bool {
        match &self.range {
            None => true,
            Some(sent) => sent.as_ref().is_some_and(|sent| !sent.weak && sent.text == tag.0),
        }
    }
}

fn holds(tags: &Tags, tag: &Tag, weakly: bool) -> bool {
    match tags {
        Tags::Any => true,
        Tags::List(list) => list.iter().any(|sent| sent.text == tag.0 && (weakly || !sent.weak)),
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Tags> {
    let mut list = Vec::new();
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    for value in values {
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Some(Tags::Any);
        }
        read_list(text, &mut list);
    }
    Some(Tags::List(list))
}

/// Tags may hold commas, so the list is read tag by tag. A tag without quotes is taken up to the next comma.
fn read_list(text: &str, list: &mut Vec<Sent>) {
    let mut rest = text;
    while !rest.is_empty() {
        let start = if rest.starts_with("W/\"") { 3 } else { usize::from(rest.starts_with('"')) };
        let end = match start {
            0 => rest.find(',').unwrap_or(rest.len()),
            _ => rest[start..].find('"').map_or(rest.len(), |at| start + at + 1),
        };
        let (tag, behind) = rest.split_at(end);
        // What has anything but a comma behind it is no tag, and neither is that.
        if behind.trim_start().is_empty() || behind.trim_start().starts_with(',') {
            list.extend(sent(tag.trim()));
        }
        rest = behind.split_once(',').map_or("", |(_, rest)| rest).trim_start_matches([',', ' ', '\t']);
    }
}

fn sent(text: &str) -> Option<Sent> {
    let (weak, quoted) = text.strip_prefix("W/").map_or((false, text), |rest| (true, rest));
    let inner = match quoted.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None if weak || quoted.is_empty() => return None,
        None => quoted,
    };
    Some(Sent { text: inner.to_owned(), weak })
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<i64> {
    let when = httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()?;
    let since = when.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// A moment as HTTP writes it, to the second; moments before 1970 are shown as 1970, those after 9999 as its last.
pub(super) fn http_date(time: Time) -> String {
    /// The last second of the year 9999, the last that the format can write.
    const LAST: u64 = 253_402_300_799;
    let seconds = u64::try_from(time.seconds()).unwrap_or(0).min(LAST);
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    /// 1994-11-06T08:49:37.5Z
    const THEN: Time = Time(784_111_777_500_000);

    #[test]
    fn what_stands_behind_a_tag_without_a_comma_makes_it_none() {
        for (sent, strong) in [
            ("\"a\"", &["a"][..]),
            ("W/\"a\"b, \"c\"", &["c"]),
            ("\"a\"\"b\", \"c,d\" ,e", &["c,d", "e"]),
            ("W/\"a\", b", &["b"]),
            ("\"*\"", &[]),
            ("\"a\", *", &["a"]),
        ] {
            assert_eq!(asked(&[(IF_MATCH, sent)]).if_match().unwrap(), strong, "{sent}");
        }
    }

    fn asked(headers: &[(HeaderName, &str)]) -> Conditions {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, value);
        }
        Conditions::of(&map)
    }

    fn verdict(name: HeaderName, value: &str) -> Verdict {
        asked(&[(name, value)]).judge(&Tag::new("v2"), THEN)
    }

    #[test]
    fn a_client_that_has_the_bytes_is_not_sent_them_again() {
        for value in ["\"v2\"", "W/\"v2\"", "\"a,b\", \"v2\"", "*", "v2"] {
            assert_eq!(verdict(IF_NONE_MATCH, value), Verdict::NotModified, "{value}");
            assert!(asked(&[(IF_NONE_MATCH, value)]).has(&Tag::new("v2")), "{value}");
        }
        for value in ["\"v1\"", "\"v2", "", "\"v1\",\"v3\""] {
            assert_eq!(verdict(IF_NONE_MATCH, value), Verdict::Send, "{value}");
            assert!(!asked(&[(IF_NONE_MATCH, value)]).has(&Tag::new("v2")), "{value}");
        }
        assert_eq!(verdict(IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT"), Verdict::NotModified);
        assert_eq!(verdict(IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT"), Verdict::Send);
        assert_eq!(verdict(IF_MODIFIED_SINCE, "yesterday"), Verdict::Send);
    }

    #[test]
    fn a_client_that_means_another_version_is_told_so() {
        for value in ["\"v1\"", "W/\"v2\"", ""] {
            assert_eq!(verdict(IF_MATCH, value), Verdict::Failed, "{value}");
        }
        for value in ["\"v2\"", "\"v1\", \"v2\"", "*"] {
            assert_eq!(verdict(IF_MATCH, value), Verdict::Send, "{value}");
        }
        assert_eq!(verdict(IF_UNMODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT"), Verdict::Failed);
        assert_eq!(verdict(IF_UNMODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT"), Verdict::Send);
    }

    #[test]
    fn tags_go_before_dates() {
        let conditions = asked(&[(IF_NONE_MATCH, "\"v1\""), (IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT")]);
        assert_eq!(conditions.judge(&Tag::new("v2"), THEN), Verdict::Send);
    }

    #[test]
    fn a_range_continues_only_the_very_same_version() {
        let holds = |value: &str| asked(&[(IF_RANGE, value)]).range_holds(&Tag::new("v2"));
        assert!(holds("\"v2\""));
        for value in ["\"v1\"", "W/\"v2\"", "Sun, 06 Nov 1994 08:49:37 GMT", "\""] {
            assert!(!holds(value), "{value}");
        }
        assert!(asked(&[]).range_holds(&Tag::new("v2")));
    }

    #[test]
    fn a_change_gets_the_strong_tags_it_was_bound_to() {
        assert_eq!(asked(&[]).if_match(), None);
        assert_eq!(asked(&[(IF_MATCH, "*")]).if_match(), Some(vec!["*".to_owned()]));
        let two = asked(&[(IF_MATCH, "\"a\", W/\"b\""), (IF_MATCH, "\"c\"")]);
        assert_eq!(two.if_match(), Some(vec!["a".to_owned(), "c".to_owned()]));
        assert!(asked(&[(IF_NONE_MATCH, "*")]).if_absent());
    }

    #[test]
    fn dates_are_written_as_http_wants_them() {
        assert_eq!(http_date(THEN), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(Time(-1)), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(Time::NEVER), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
