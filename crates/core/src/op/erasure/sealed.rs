//! Sealed digests: what the ledger keeps of erased contents.
//!
//! A SHA-256 in the ledger would say for ever who had which content. So each is sealed under a key of its erasure, which
//! is made of the installation's own and kept nowhere. The certificate hands that key to whoever may have it: with it, and
//! with the content, anybody can see that the certificate is about that content.

use crate::seal::Keys;
use attache_model::AccountNo;
use attache_model::digest::Sha256;
use attache_model::id::ErasureId;
use hmac::{Hmac, KeyInit as _, Mac as _};

/// The key that seals the digests of one erasure.
#[derive(Clone, Copy)]
pub(crate) struct Opener {
    /// Number of the installation's key that it is made of.
    pub(crate) key: i64,
    secret: [u8; 32],
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opener(of key {})", self.key)
    }
}

impl Opener {
    /// Made of the installation's newest key.
    pub(crate) fn newest(keys: &Keys, account: AccountNo, id: ErasureId) -> Opener {
        let (key, secret) = keys.derive(&fields(account, id));
        Opener { key, secret }
    }

    /// Made of key `key`; `None` when the installation does not have it.
    pub(crate) fn of(keys: &Keys, key: i64, account: AccountNo, id: ErasureId) -> Option<Opener> {
        let secret = keys.derive_of(key, &fields(account, id))?;
        Some(Opener { key, secret })
    }

    /// As it stands in certificates.
    pub(crate) fn text(&self) -> String {
        hex::encode(self.secret)
    }

    /// A digest as the ledger keeps it.
    pub(crate) fn seal(&self, digest: &Sha256) -> Sha256 {
        seal(&self.secret, digest)
    }
}

fn fields(account: AccountNo, id: ErasureId) -> [Vec<u8>; 3] {
    [b"erasure opener".to_vec(), account.0.to_be_bytes().to_vec(), id.0.as_bytes().to_vec()]
}

/// HMAC-SHA-256 over the digest's text in lower-case hex, so that it can be made again with the tools of every shell.
pub(crate) fn seal(opener: &[u8; 32], digest: &Sha256) -> Sha256 {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(opener).expect("any key length is allowed");
    mac.update(digest.to_string().as_bytes());
    Sha256(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn one_content_is_sealed_otherwise_in_every_erasure_and_account() {
        let keys = Keys::new(vec![(2, [2; 32]), (1, [1; 32])]).unwrap();
        let (first, second) = (ErasureId(Uuid::from_u128(1)), ErasureId(Uuid::from_u128(2)));
        let digest = Sha256([7; 32]);
        let sealed = Opener::newest(&keys, AccountNo(1), first).seal(&digest);
        assert_ne!(sealed, Opener::newest(&keys, AccountNo(1), second).seal(&digest));
        assert_ne!(sealed, Opener::newest(&keys, AccountNo(2), first).seal(&digest));
        assert_eq!(Opener::of(&keys, 2, AccountNo(1), first).unwrap().seal(&digest), sealed);
        assert_ne!(Opener::of(&keys, 1, AccountNo(1), first).unwrap().seal(&digest), sealed);
        assert!(Opener::of(&keys, 3, AccountNo(1), first).is_none());
    }
}
