//! `Upload-Checksum`: the digest that a request's body must have.

use crate::header::{self, UPLOAD_CHECKSUM};
use attache_core::Algorithm;
use attache_model::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

/// The digests with their names and lengths in bytes.
const ALGORITHMS: [(&str, Algorithm, usize); 3] =
    [("sha1", Algorithm::Sha1, 20), ("sha256", Algorithm::Sha256, 32), ("md5", Algorithm::Md5, 16)];

/// The names, with commas between them.
pub(crate) const NAMES: &str = "sha1,sha256,md5";

/// Reads the header; `None` without it.
///
/// # Errors
/// [`attache_model::error::Code::HeaderInvalid`] for an unknown digest and for a value that is not as many bytes in
/// base64 as the digest has.
pub(crate) fn of(headers: &HeaderMap) -> Result<Option<(Algorithm, Vec<u8>)>> {
    let Some(text) = header::text(headers, &UPLOAD_CHECKSUM)? else { return Ok(None) };
    let (name, value) = text.split_once(' ').unwrap_or((text, ""));
    let Some((_, algorithm, len)) = ALGORITHMS.iter().find(|(known, ..)| *known == name) else {
        return Err(header::fault(&UPLOAD_CHECKSUM, format!("the digest is not known; known are {NAMES}")));
    };
    let digest = STANDARD.decode(value.trim()).ok().filter(|digest| digest.len() == *len);
    match digest {
        Some(digest) => Ok(Some((*algorithm, digest))),
        None => Err(header::fault(&UPLOAD_CHECKSUM, format!("a {name} is {len} bytes in standard base64"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::tests::headers;

    fn read(value: &str) -> Result<Option<(Algorithm, Vec<u8>)>> {
        of(&headers(&[("upload-checksum", value)]))
    }

    #[test]
    fn each_digest_that_is_announced_is_read() {
        let known: Vec<_> = ALGORITHMS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(known.join(","), NAMES);
        for (name, algorithm, len) in ALGORITHMS {
            let (read, digest) = read(&format!("{name} {}", STANDARD.encode(vec![7; len]))).unwrap().unwrap();
            assert_eq!((read, digest), (algorithm, vec![7; len]));
        }
        assert!(of(&HeaderMap::new()).unwrap().is_none());
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for bad in
            ["", "md4 x", "sha1", "sha1 ", "sha1 Kq5s", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 *", "crc32 AAAAAA=="]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
