//! What must hold of any bytes that claim to be the headers of an upload: the suite's own trials and the fuzz target of
//! `fuzz/` ask the same.

use crate::concat::Role;
use crate::header::{
    UPLOAD_CHECKSUM, UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, bytes, length,
};
use crate::metadata::Metadata;
use crate::{PLACE, checksum};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The headers that a line can be of, by its first byte.
const HEADERS: [HeaderName; 6] =
    [UPLOAD_LENGTH, UPLOAD_DEFER_LENGTH, UPLOAD_OFFSET, UPLOAD_METADATA, UPLOAD_CONCAT, UPLOAD_CHECKSUM];

/// Whatever `input` is, line by line a header whose first byte says which, it is refused or read, and what was read
/// holds to the protocol's bounds.
pub fn any_headers(input: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n') {
        let Some((which, value)) = line.split_first() else { continue };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HEADERS[usize::from(*which) % HEADERS.len()].clone(), value);
        }
    }
    for name in [UPLOAD_LENGTH, UPLOAD_OFFSET] {
        if let Ok(Some(number)) = bytes(&headers, &name) {
            assert!(i64::try_from(number).is_ok(), "{name}: {number}");
        }
    }
    if let Ok(None) = length(&headers) {
        assert_eq!(headers.get(UPLOAD_DEFER_LENGTH).map(|value| value.as_bytes().trim_ascii()), Some(&b"1"[..]));
    }
    if let Ok(Some((_, digest))) = checksum::of(&headers) {
        assert!([16, 20, 32].contains(&digest.len()));
    }
    if let Ok(Role::Final(pieces)) = Role::of(&headers) {
        let written: Vec<_> = pieces.iter().map(|id| format!("{PLACE}/{id}")).collect();
        let again = HeaderValue::try_from(format!("final;{}", written.join(" ")))
            .map(|value| Role::of(&HeaderMap::from_iter([(UPLOAD_CONCAT, value)])).ok());
        assert_eq!(again.ok().flatten(), Some(Role::Final(pieces)));
    }
    if let Ok(read) = Metadata::of(&headers) {
        let again = HeaderValue::try_from(&read.header);
        let again = again.map(|value| Metadata::of(&HeaderMap::from_iter([(UPLOAD_METADATA, value)])).ok());
        assert_eq!(again.ok().flatten(), Some(read), "the header as it is kept means the same");
    }
}
