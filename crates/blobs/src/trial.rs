//! What must hold of any bytes that stand where a store keeps its own: the suite's own trials and the fuzz target of
//! `fuzz/` ask the same.

use crate::{Digests, Growth, Key, StorageUrl};

/// Whatever `bytes` are, as a key, as the state of a growing content and as a store's address they are refused or mean
/// what they say; nothing that is damaged ends the process.
pub fn any_state(bytes: &[u8]) {
    if let Some(digests) = Digests::restore(bytes) {
        assert_eq!(digests.save().len(), bytes.len(), "what was restored is saved again");
        drop(digests.finish());
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(key) = Key::parse(text) {
        assert!(key.as_str() == text && text.bytes().all(|byte| byte == b'/' || byte.is_ascii_alphanumeric()));
        assert_eq!(Key::of_flat_name(&key.flat_name()).as_ref(), Some(&key));
        let growth = Growth { key, len: 1, digests: bytes.to_vec() };
        assert!(growth.digests().is_none(), "a key is no state of digests");
    }
    if let Ok(url) = StorageUrl::parse(text) {
        let shown = url.to_string();
        assert_eq!(StorageUrl::parse(&shown).map(|again| again.to_string()).ok(), Some(shown));
    }
}
