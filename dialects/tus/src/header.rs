//! The headers of the protocol: their names, and reading them. Each is there at most once and is plain text.

use attache_model::error::Code;
use attache_model::{Error, Result};
use http::{HeaderMap, HeaderName};

/// Version of the protocol that a message speaks.
pub(crate) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// Versions that the server speaks.
pub(crate) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
/// Extensions that the server has.
pub(crate) const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
/// Largest upload, in bytes.
pub(crate) const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
/// Digests that `Upload-Checksum` may name.
pub(crate) const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
/// Bytes that are here; where the next one belongs.
pub(crate) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// Bytes that there will be.
pub(crate) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// `1` where the length is told later.
pub(crate) const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
/// What the sender says about the file.
pub(crate) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
/// Whether the upload is a piece to be joined, or joins others.
pub(crate) const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
/// Digest of a request's body.
pub(crate) const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// When an upload goes.
pub(crate) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The method that a client means where its network lets only some through.
pub(crate) const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
/// The id of the file that an upload became.
pub(crate) const ATTACHE_FILE: HeaderName = HeaderName::from_static("attache-file");

/// The media type of every body that carries bytes of an upload.
pub(crate) const BYTES: &str = "application/offset+octet-stream";

/// How a fault names a header.
pub(crate) fn shown(name: &HeaderName) -> String {
    let words = name.as_str().split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

/// A header that cannot be read.
pub(crate) fn fault(name: &HeaderName, why: impl Into<String>) -> Error {
    Error::malformed(Code::HeaderInvalid, shown(name), why)
}

/// The text of a header, without blanks around it; `None` when it is not there.
///
/// # Errors
/// [`Code::HeaderInvalid`] when it is there twice or is no plain ASCII text.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(fault(name, "the header was sent twice; send it once"));
    }
    value.to_str().map(|text| Some(text.trim())).map_err(|_| fault(name, "the header is not plain ASCII text"))
}

/// A number of bytes; `None` when it is not there.
///
/// # Errors
/// [`Code::HeaderInvalid`] for anything but digits, and for more than can be counted.
pub(crate) fn bytes(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>> {
    let Some(text) = text(headers, name)? else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // The database counts in 63 bits.
    let number = text.parse().ok().filter(|number| digits && i64::try_from(*number).is_ok());
    number.map(Some).ok_or_else(|| fault(name, "it is not a number of bytes, written in digits"))
}

/// The length that a new upload declares; `None` when it is to come later.
///
/// # Errors
/// [`Code::HeaderInvalid`] unless there is either a length or the mark that it comes later.
pub(crate) fn length(headers: &HeaderMap) -> Result<Option<u64>> {
    match (bytes(headers, &UPLOAD_LENGTH)?, text(headers, &UPLOAD_DEFER_LENGTH)?) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some("1")) => Ok(None),
        (None, Some(_)) => Err(fault(&UPLOAD_DEFER_LENGTH, "the one value that it can have is 1")),
        (Some(_), Some(_)) => Err(fault(&UPLOAD_DEFER_LENGTH, "send either it or Upload-Length, not both")),
        (None, None) => Err(fault(&UPLOAD_LENGTH, "it is missing; send it, or Upload-Defer-Length: 1")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use http::HeaderValue;

    /// Headers of a request.
    pub(crate) fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn a_length_is_digits_and_nothing_else() {
        let read = |value: &str| bytes(&headers(&[("upload-length", value)]), &UPLOAD_LENGTH);
        assert_eq!(read("0").unwrap(), Some(0));
        assert_eq!(read(" 9223372036854775807 ").unwrap(), Some(i64::MAX as u64));
        for bad in ["", "-1", "+1", "1.5", "1e3", "0x10", "1 2", "9223372036854775808", "99999999999999999999"] {
            let error = read(bad).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::HeaderInvalid, .. }), "{bad}");
        }
        assert_eq!(bytes(&headers(&[]), &UPLOAD_LENGTH).unwrap(), None);
    }

    #[test]
    fn a_new_upload_has_a_length_or_says_that_it_comes_later() {
        assert_eq!(length(&headers(&[("upload-length", "5")])).unwrap(), Some(5));
        assert_eq!(length(&headers(&[("upload-defer-length", "1")])).unwrap(), None);
        for bad in [
            &[][..],
            &[("upload-defer-length", "2")],
            &[("upload-defer-length", "")],
            &[("upload-length", "5"), ("upload-defer-length", "1")],
            &[("upload-length", "5"), ("upload-length", "5")],
        ] {
            assert!(length(&headers(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_fault_names_the_header_as_people_write_it() {
        let error = length(&headers(&[])).unwrap_err();
        assert_eq!(error.to_string(), "Upload-Length: it is missing; send it, or Upload-Defer-Length: 1");
    }
}
