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

    /// A JSON Web Token of `claims`, signed with HMAC-SHA-256 (RFC 7515, HS256) by a key for `purpose` alone.
    pub(crate) fn sign(&self, purpose: &str, claims: &serde_json::Value) -> String {
        let (no, key) = &self.0[0];
        let header = serde_json::json!({ "alg": "HS256", "kid": no.to_string(), "typ": "JWT" });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = jwt_mac(key, purpose, &signed);
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of a token that [`Keys::sign`] made for `purpose`; `None` when any bit of it was changed.
    pub(crate) fn verify(&self, purpose: &str, token: &str) -> Option<serde_json::Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let found = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Whatever key the header names: every key is tried, and the payload is read only when one fits.
        let fits = |(_, key): &(i64, [u8; 32])| bool::from(jwt_mac(key, purpose, signed).ct_eq(found.as_slice()));
        if !self.0.iter().any(fits) {
            return None;
        }
        let (_, payload) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    /// Something made with each key, the one that signs first. What is given in makes a short MAC of fields.
    pub(crate) fn with_each<'k, T>(
        &'k self,
        make: impl Fn(&dyn Fn(&[&[u8]]) -> [u8; CURSOR_MAC]) -> T + 'k,
    ) -> impl Iterator<Item = T> + 'k {
        self.0.iter().map(move |(_, key)| make(&|fields| short(key, fields)))
    }

    /// A key of its own for `fields`, made of the key that signs, and the number of that one.
    pub(crate) fn derive(&self, fields: &[impl AsRef<[u8]>]) -> (i64, [u8; 32]) {
        let (no, key) = &self.0[0];
        (*no, derived(key, fields))
    }

    /// As [`Keys::derive`], made of key number `no`; `None` when there is none.
    pub(crate) fn derive_of(&self, no: i64, fields: &[impl AsRef<[u8]>]) -> Option<[u8; 32]> {
        let (_, key) = self.0.iter().find(|(own, _)| *own == no)?;
        Some(derived(key, fields))
    }

    /// The numbers of the keys, that of the one that signs first.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = i64> + '_ {
        self.0.iter().map(|(no, _)| *no)
    }

    /// A short MAC that binds a cursor to what it was made for.
    pub(crate) fn mark(&self, fields: &[&[u8]]) -> [u8; CURSOR_MAC] {
        short(&self.0[0].1, fields)
    }
}

fn short(key: &[u8; 32], fields: &[&[u8]]) -> [u8; CURSOR_MAC] {
    let mut short = [0; CURSOR_MAC];
    short.copy_from_slice(&mac(key, fields)[..CURSOR_MAC]);
    short
}

/// A word in front keeps a made key apart from every MAC under the same one.
fn derived(key: &[u8; 32], fields: &[impl AsRef<[u8]>]) -> [u8; 32] {
    let mut all: Vec<&[u8]> = vec![b"derived key"];
    all.extend(fields.iter().map(AsRef::as_ref));
    mac(key, &all)
}

/// The MAC of a JSON Web Token is over its very text; a key of its own keeps it apart from every other MAC.
fn jwt_mac(key: &[u8; 32], purpose: &str, signed: &str) -> [u8; 32] {
    let own = mac(key, &[b"jwt", purpose.as_bytes()]);
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&own).expect("any key length is allowed");
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().into()
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
    fn a_web_token_is_read_by_its_own_purpose_alone_and_only_unchanged() {
        let old = Keys::new(vec![(1, [1; 32])]).unwrap();
        let claims = serde_json::json!({ "part_num": 7 });
        let token = old.sign("ticket", &claims);
        assert_eq!(keys().verify("ticket", &token), Some(claims));
        assert_eq!(keys().verify("other", &token), None);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character's spare bits are refused by the decoder.
            assert!(changed == token || keys().verify("ticket", &changed).is_none(), "position {at}");
        }
        assert_eq!(keys().verify("ticket", ""), None);
    }

    #[test]
    fn fields_cannot_be_shifted_into_each_other() {
        assert_ne!(keys().mark(&[b"ab", b"c"]), keys().mark(&[b"a", b"bc"]));
    }
}
