//! Parameters of a header's value, such as `; name="file"; filename=a.png` (RFC 9110, 5.6.6).

use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::str::Utf8Error;

/// The parameters of `text`, which begins behind the value's first `;`, with their names in lower case. `None` when they
/// cannot be read.
pub fn parameters(text: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted_value(quoted)?,
            None => plain_value(after.trim_start())?,
        };
        found.push((name, value));
        rest = match after.trim_start() {
            "" => "",
            after => after.strip_prefix(';')?.trim(),
        };
    }
    Some(found)
}

/// The value up to the closing quote and what follows. Only `\"` and `\\` are escapes: browsers leave every other
/// backslash as it is, and so it stays visible to the check of the name.
fn quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let at = rest.find(['"', '\\'])?;
        value.push_str(&rest[..at]);
        let tail = &rest[at..];
        rest = if let Some(after) = tail.strip_prefix('"') {
            return Some((value, after));
        } else if let Some(after) = tail.strip_prefix("\\\"") {
            value.push('"');
            after
        } else {
            value.push('\\');
            tail.strip_prefix("\\\\").unwrap_or(&tail[1..])
        };
    }
}

fn plain_value(text: &str) -> Option<(String, &str)> {
    let end = text.find(';').unwrap_or(text.len());
    let value = text[..end].trim_end();
    (!value.contains('"')).then(|| (value.to_owned(), &text[end..]))
}

/// The text of RFC 8187's `UTF-8''caf%C3%A9.png`; `None` for another form or charset.
pub fn extended(value: &str) -> Option<Result<String, Utf8Error>> {
    let mut pieces = value.splitn(3, '\'');
    let (charset, _language, text) = (pieces.next()?, pieces.next()?, pieces.next()?);
    charset.eq_ignore_ascii_case("utf-8").then(|| percent_decode_str(text).decode_utf8().map(Cow::into_owned))
}
