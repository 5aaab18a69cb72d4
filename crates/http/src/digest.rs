//! `Content-Digest` of RFC 9530: what a client declares about its body, and the header we show for ours.

use attache_model::digest::Sha256;
use attache_model::error::Code;
use attache_model::{Error, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha512};

const CONTENT_DIGEST: &str = "content-digest";

/// Digests that a body was declared to have, computed while it passes.
pub(crate) struct Declared {
    sha256: Option<([u8; 32], sha2::Sha256)>,
    sha512: Option<([u8; 64], Sha512)>,
}

impl Declared {
    /// Reads `Content-Digest`, such as `sha-256=:<base64>:`. Algorithms that we do not know are passed over, as the
    /// standard demands.
    ///
    /// # Errors
    /// [`Code::DigestInvalid`] when a known algorithm's value is not that many bytes in base64 between colons.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Declared>> {
        let mut declared = Declared { sha256: None, sha512: None };
        for value in headers.get_all(CONTENT_DIGEST) {
            let text = value.to_str().map_err(|_| fault("the header is not plain ASCII text"))?;
            for entry in text.split(',') {
                let (name, value) = entry.trim().split_once('=').ok_or_else(|| fault("an entry has no '='"))?;
                match name {
                    "sha-256" => declared.sha256 = Some((bytes(value)?, sha2::Sha256::new())),
                    "sha-512" => declared.sha512 = Some((bytes(value)?, Sha512::new())),
                    _ => {}
                }
            }
        }
        let any = declared.sha256.is_some() || declared.sha512.is_some();
        Ok(any.then_some(declared))
    }

    /// More of the body.
    pub(crate) fn update(&mut self, chunk: &[u8]) {
        if let Some((_, state)) = &mut self.sha256 {
            state.update(chunk);
        }
        if let Some((_, state)) = &mut self.sha512 {
            state.update(chunk);
        }
    }

    /// The body is complete.
    ///
    /// # Errors
    /// [`Error::Checksum`] when it has another digest.
    pub(crate) fn check(self) -> Result<()> {
        let same = self.sha256.is_none_or(|(want, state)| state.finalize()[..] == want)
            && self.sha512.is_none_or(|(want, state)| state.finalize()[..] == want);
        if same { Ok(()) } else { Err(Error::Checksum) }
    }
}

/// The value of `Repr-Digest` or `Content-Digest` for content of this digest.
pub(crate) fn shown(digest: &Sha256) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("sha-256=:{}:", STANDARD.encode(digest.0))).ok()
}

fn bytes<const N: usize>(value: &str) -> Result<[u8; N]> {
    value
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'))
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| fault(&format!("a value is not {N} bytes in base64 between colons")))
}

fn fault(why: &str) -> Error {
    Error::malformed(Code::DigestInvalid, "Content-Digest", format!("{why}; write it as sha-256=:<base64>:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(value: &str) -> Result<Option<Declared>> {
        let value = HeaderValue::from_str(value).unwrap();
        Declared::read(&HeaderMap::from_iter([(http::HeaderName::from_static(CONTENT_DIGEST), value)]))
    }

    fn holds(value: &str, body: &[u8]) -> bool {
        let mut declared = declared(value).unwrap().unwrap();
        declared.update(body);
        declared.check().is_ok()
    }

    #[test]
    fn both_sha2_digests_are_checked_and_all_that_are_given_must_hold() {
        let good256 = format!("sha-256=:{}:", STANDARD.encode(sha2::Sha256::digest(b"x")));
        let good512 = format!("sha-512=:{}:", STANDARD.encode(Sha512::digest(b"x")));
        let bad512 = format!("sha-512=:{}:", STANDARD.encode(Sha512::digest(b"y")));
        assert!(holds(&good256, b"x") && holds(&good512, b"x"));
        assert!(!holds(&good256, b"y") && !holds(&good512, b"y"));
        assert!(holds(&format!("{good256}, {good512}"), b"x"));
        assert!(!holds(&format!("{good256}, {bad512}"), b"x"));
    }

    #[test]
    fn unknown_algorithms_are_passed_over() {
        assert!(declared("md5=:AAAA:, unixsum=:AAAA:").unwrap().is_none());
    }

    #[test]
    fn values_that_are_no_digests_are_refused() {
        for bad in ["sha-256", "sha-256=AAAA", "sha-256=:AAAA:", "sha-256=:*:", "sha-512=::"] {
            let error = declared(bad).err().unwrap();
            assert!(matches!(error, Error::Malformed { code: Code::DigestInvalid, .. }), "{bad}");
        }
    }

    #[test]
    fn our_own_digest_can_be_read_back() {
        let digest = Sha256(sha2::Sha256::digest(b"x").into());
        assert!(holds(shown(&digest).unwrap().to_str().unwrap(), b"x"));
    }
}
