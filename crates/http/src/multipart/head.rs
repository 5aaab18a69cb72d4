//! What stands before a part's content: its headers, its names; and the boundary in the form's own type.

use super::reader::Bounds;
use attache_core::parameter::{extended, parameters};
use attache_model::error::Code;
use attache_model::{Error, Result};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::{memchr2_iter, memmem};

/// Longest boundary (RFC 2046, 5.1.1).
const BOUNDARY_MAX: usize = 70;

/// The head of a part, as told in [`super::Part`].
#[derive(Debug)]
pub(super) struct Head {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) headers: HeaderMap<HeaderValue>,
}

/// The boundary that a `Content-Type` of `multipart/form-data` names.
pub(super) fn boundary(content_type: &str) -> Result<String> {
    let (essence, rest) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        let why = "the body must be a form with the content type multipart/form-data";
        return Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why));
    }
    let fault = |why: &str| Error::malformed(Code::MultipartInvalid, "boundary", why);
    let parameters = parameters(rest).ok_or_else(|| fault("the parameters of the content type cannot be read"))?;
    let boundary = one(&parameters, "boundary").map_err(|()| fault("it is given twice"))?;
    let boundary = boundary.ok_or_else(|| fault("the content type names no boundary"))?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b);
    let good =
        (1..=BOUNDARY_MAX).contains(&boundary.len()) && boundary.bytes().all(allowed) && !boundary.ends_with(' ');
    if !good {
        return Err(fault("it must be 1 to 70 letters, digits or any of '()+_,-./:=? and not end in a blank"));
    }
    Ok(boundary.to_owned())
}

/// Reads the header block of part `no`; each line of `block` ends in CR LF.
pub(super) fn parse_head(block: &[u8], no: u64, bounds: Bounds) -> Result<Head> {
    let headers = headers(block, no, bounds)?;
    let transfer = headers.get("content-transfer-encoding").map(HeaderValue::as_bytes);
    if !transfer.is_none_or(|how| [&b"binary"[..], b"8bit", b"7bit"].iter().any(|ok| how.eq_ignore_ascii_case(ok))) {
        return Err(fault(
            no,
            "a Content-Transfer-Encoding other than binary is not possible; send the bytes as they are",
        ));
    }
    let mut dispositions = headers.get_all(CONTENT_DISPOSITION).iter();
    let (Some(disposition), None) = (dispositions.next(), dispositions.next()) else {
        return Err(fault(no, "it must have one Content-Disposition header"));
    };
    let text = std::str::from_utf8(disposition.as_bytes()).map_err(|_| not_utf8(no))?;
    let (name, file_name) = names(text, no)?;
    let content_type = match headers.get(CONTENT_TYPE).map(HeaderValue::to_str) {
        Some(Err(_)) => {
            return Err(Error::malformed(Code::TypeInvalid, place(no), "its media type is not plain ASCII"));
        }
        Some(Ok(kind)) => Some(kind.to_owned()),
        None => None,
    };
    Ok(Head { name, file_name, content_type, headers })
}

fn headers(block: &[u8], no: u64, bounds: Bounds) -> Result<HeaderMap<HeaderValue>> {
    if has_bare_break(block) {
        return Err(bare_break(no));
    }
    let mut headers = HeaderMap::new();
    let mut start = 0;
    for end in memmem::find_iter(block, b"\r\n") {
        if headers.len() as u64 == bounds.part_headers {
            return Err(Error::TooLarge { code: Code::PartHeadersTooLarge, limit: bounds.part_headers });
        }
        let (name, value) = header(&block[start..end]).ok_or_else(|| fault(no, "one of its headers cannot be read"))?;
        headers.append(name, value);
        start = end + 2;
    }
    Ok(headers)
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = memchr::memchr(b':', line)?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
    Some((name, value))
}

/// A CR or LF that is not part of a CR LF: parsers disagree on whether it ends a line.
fn has_bare_break(block: &[u8]) -> bool {
    memchr2_iter(b'\r', b'\n', block).any(|at| match block[at] {
        b'\r' => block.get(at + 1) != Some(&b'\n'),
        _ => at == 0 || block[at - 1] != b'\r',
    })
}

pub(super) fn bare_break(no: u64) -> Error {
    fault(no, "its header lines must end in CR LF")
}

/// The field's and the file's name in a `Content-Disposition`.
fn names(disposition: &str, no: u64) -> Result<(String, Option<String>)> {
    let (kind, rest) = disposition.split_once(';').unwrap_or((disposition, ""));
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(fault(no, "its Content-Disposition must be form-data"));
    }
    let parameters = parameters(rest).ok_or_else(|| fault(no, "its Content-Disposition cannot be read"))?;
    let get =
        |name| one(&parameters, name).map_err(|()| fault(no, &format!("its Content-Disposition gives {name} twice")));
    let name = get("name")?.ok_or_else(|| fault(no, "its Content-Disposition gives no name"))?;
    let file_name = match (get("filename*")?, get("filename")?) {
        (Some(extended), _) => Some(decode_extended(extended, no)?),
        (None, plain) => plain.map(undo_escapes),
    };
    Ok((undo_escapes(name), file_name))
}

/// Browsers and the vendors' clients write these three characters this way inside quotes, and nothing else.
fn undo_escapes(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0d", "\r").replace("%0A", "\n").replace("%0a", "\n")
}

/// RFC 8187's `UTF-8''caf%C3%A9.png`. Some clients send it although RFC 7578 does not want it.
fn decode_extended(text: &str, no: u64) -> Result<String> {
    let name = extended(text).ok_or_else(|| fault(no, "its filename* must be written as UTF-8''name"))?;
    name.map_err(|_| not_utf8(no))
}

/// The only value of a parameter; `Err` when there are two.
fn one<'p>(parameters: &'p [(String, String)], name: &str) -> Result<Option<&'p str>, ()> {
    let mut values = parameters.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let first = values.next();
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

fn place(no: u64) -> String {
    format!("part {no}")
}

fn fault(no: u64, why: &str) -> Error {
    Error::malformed(Code::MultipartInvalid, place(no), why)
}

fn not_utf8(no: u64) -> Error {
    Error::malformed(Code::Utf8Invalid, place(no), "its names are not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(disposition: &str) -> Result<(String, Option<String>)> {
        names(disposition, 1)
    }

    fn file_name(disposition: &str) -> Option<String> {
        named(disposition).unwrap().1
    }

    #[test]
    fn names_come_through_the_ways_that_clients_write_them() {
        for (sent, name) in [
            (
                r#"form-data; name="file"; filename="c\u{e4}t %22q%22.png""#.replace("\\u{e4}", "\u{e4}"),
                "c\u{e4}t \"q\".png",
            ),
            (r#"form-data; name="file"; filename="a \"b\".png""#.to_owned(), "a \"b\".png"),
            (r#"form-data; name=file; filename=plain.png"#.to_owned(), "plain.png"),
            (r#"FORM-DATA ; NAME="file" ;FileName = "x;y=z.png" ;"#.to_owned(), "x;y=z.png"),
            (r#"form-data; name="file"; filename*=UTF-8''caf%C3%A9.png"#.to_owned(), "caf\u{e9}.png"),
            (
                r#"form-data; name="file"; filename="cafe.png"; filename*=utf-8'fr'caf%C3%A9.png"#.to_owned(),
                "caf\u{e9}.png",
            ),
            (r#"form-data; name="file"; filename="""#.to_owned(), ""),
        ] {
            assert_eq!(file_name(&sent).as_deref(), Some(name), "{sent}");
        }
        assert_eq!(named(r#"form-data; name="note""#).unwrap(), ("note".to_owned(), None));
    }

    #[test]
    fn a_name_that_would_climb_keeps_its_slashes_for_the_check_of_names() {
        assert_eq!(file_name(r#"form-data; name="f"; filename="..\..\canary""#).unwrap(), r"..\..\canary");
        assert_eq!(file_name(r#"form-data; name="f"; filename="..\\canary""#).unwrap(), r"..\canary");
        assert_eq!(file_name("form-data; name=f; filename*=UTF-8''..%2f..%2fcanary.txt").unwrap(), "../../canary.txt");
    }

    #[test]
    fn an_ambiguous_or_broken_disposition_is_refused() {
        for bad in [
            "attachment; name=\"f\"",
            "form-data",
            "form-data; filename=\"a\"",
            "form-data; name=\"a\"; name=\"b\"",
            "form-data; name=\"a\"; filename=\"b\"; filename=\"c\"",
            "form-data; name=\"a",
            "form-data; name=\"a\" filename=\"b\"",
            "form-data; name=a\"b",
            "form-data; name=f; filename*=ISO-8859-1''a",
            "form-data; name=f; filename*=a",
        ] {
            let error = named(bad).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::MultipartInvalid, .. }), "{bad}: {error:?}");
        }
        let error = named("form-data; name=f; filename*=UTF-8''%ff").unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::Utf8Invalid, .. }));
    }

    #[test]
    fn a_boundary_of_70_characters_is_the_longest() {
        let kind = |boundary: &str| super::boundary(&format!("multipart/form-data; boundary={boundary}"));
        assert_eq!(kind(&"b".repeat(70)).unwrap().len(), 70);
        assert_eq!(kind("\"a b:c=d\"").unwrap(), "a b:c=d");
        assert_eq!(kind("----=_Part_1.2").unwrap(), "----=_Part_1.2");
        for bad in [&"b".repeat(71), "", "\"\"", "\"a \"", "a\u{7f}", "a; boundary=b", "\"a"] {
            let error = kind(bad).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::MultipartInvalid, .. }), "{bad}: {error:?}");
        }
    }

    #[test]
    fn another_type_than_a_form_is_unsupported() {
        for bad in ["", "application/json", "multipart/mixed; boundary=b", "multipart/form-datax; boundary=b"] {
            let error = super::boundary(bad).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::MediaTypeUnsupported, .. }), "{bad}");
        }
    }
}
