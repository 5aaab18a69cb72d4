//! Seals: short MACs over values that go out to clients and come back, so that nobody can make or change one.
//! Fields are length-prefixed: two different lists of fields never give the same text to sign.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Bytes of a MAC that are kept in cursors.
const CURSOR_MAC: usize = 16;

/// The keys that sign and verify. The first signs; every one verifies.
#[derive(Clone)]
pub(crate) struct Keys(Vec<(i64, [u8; 32])>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} keys)", self.0.len())
    }
}

impl Keys {
    /// Keys with their numbers, newest first. There is at least one.
    pub(crate) fn new(keys: Vec<(i64, [u8; 32])>) -> Option<Keys> {
        (!keys.is_empty()).then_some(Keys(keys))
    }

    /// Seals `payload` for `purpose`: `base64url(key number, payload, mac)`.
    pub(crate) fn seal(&self, purpose: &str, payload: &[u8]) -> String {
        let (no, key) = &self.0[0];
        let mut out = no.to_be_bytes().to_vec();
        out.extend_from_slice(payload);
        out.extend_from_slice(&mac(key, &[purpose.as_bytes(), &no.to_be_bytes(), payload]));
        URL_SAFE_NO_PAD.encode(out)
    }

    /// The payload of a sealed text; `None` when any bit of it was changed, or its key is unknown.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (no, rest) = bytes.split_first_chunk::<8>()?;
        let (payload, found) = rest.split_last_chunk::<32>()?;
        let number = i64::from_be_bytes(*no);
        // An unknown key is tried with a key of zeros, so that it takes the same time and always fails.
        let key = self.0.iter().find(|(own, _)| *own == number).map(|(_, key)| *key);
        let right = mac(&key.unwrap_or([0; 32]), &[purpose.as_bytes(), no, payload]);
        let fits: bool = right.ct_eq(found).into();
        (fits && key.is_some()).then(|| payload.to_vec())
    }

    /// A short MAC that binds a cursor to what it was made for.
    pub(crate) fn mark(&self, fields: &[&[u8]]) -> [u8; CURSOR_MAC] {
        let mut short = [0; CURSOR_MAC];
        short.copy_from_slice(&mac(&self.0[0].1, fields)[..CURSOR_MAC]);
        short
    }
}

fn mac(key: &[u8; 32], fields: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length is allowed");
    for field in fields {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(vec![(2, [2; 32]), (1, [1; 32])]).unwrap()
    }

    #[test]
    fn what_was_sealed_comes_back_and_older_keys_still_verify() {
        let old = Keys::new(vec![(1, [1; 32])]).unwrap();
        let sealed = old.seal("link", b"payload");
        assert_eq!(keys().open("link", &sealed).as_deref(), Some(&b"payload"[..]));
    }

    #[test]
    fn every_changed_character_breaks_a_seal() {
        let sealed = keys().seal("link", b"some payload");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            if changed != sealed {
                assert_eq!(keys().open("link", &changed), None, "position {at}");
            }
        }
    }

    #[test]
    fn a_seal_for_one_purpose_is_none_for_another_and_unknown_keys_fail() {
        let sealed = keys().seal("link", b"x");
        assert_eq!(keys().open("cursor", &sealed), None);
        let other = Keys::new(vec![(9, [9; 32])]).unwrap().seal("link", b"x");
        assert_eq!(keys().open("link", &other), None);
        assert_eq!(keys().open("link", ""), None);
    }

    #[test]
    fn fields_cannot_be_shifted_into_each_other() {
        assert_ne!(keys().mark(&[b"ab", b"c"]), keys().mark(&[b"a", b"bc"]));
    }
}
