//! Cursors: where a page ended, sealed to the account and the list that it belongs to.

use crate::seal::Keys;
use attache_model::error::{Code, Error};
use attache_model::{AccountNo, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The sort key of a page's last item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
}

/// A place in a list: the last item's sort key and its tie breaker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    #[serde(rename = "k")]
    pub(crate) key: Key,
    #[serde(rename = "n")]
    pub(crate) tie: Key,
}

/// Seals a place for the list that `list` describes (its filter and order).
pub(crate) fn seal(keys: &Keys, account: AccountNo, list: &str, place: &Place) -> String {
    let payload = serde_json::to_vec(place).unwrap_or_default();
    let mut out = mark(keys, account, list, &payload).to_vec();
    out.extend_from_slice(&payload);
    URL_SAFE_NO_PAD.encode(out)
}

/// The place in a cursor of this account and list.
///
/// # Errors
/// `CursorInvalid` for a cursor that was changed, or that is another account's or another list's.
pub(crate) fn open(keys: &Keys, account: AccountNo, list: &str, cursor: &str) -> Result<Place> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (found, payload) = bytes.split_first_chunk::<16>()?;
        let right = mark(keys, account, list, payload);
        let fits: bool = subtle::ConstantTimeEq::ct_eq(&right[..], &found[..]).into();
        fits.then(|| serde_json::from_slice(payload).ok()).flatten()
    };
    let why = "use the cursor of the page before, with the same filters and order";
    read().ok_or_else(|| Error::malformed(Code::CursorInvalid, "cursor", why))
}

fn mark(keys: &Keys, account: AccountNo, list: &str, payload: &[u8]) -> [u8; 16] {
    keys.mark(&[b"cursor", &account.0.to_be_bytes(), list.as_bytes(), payload])
}
