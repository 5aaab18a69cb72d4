//! The storage key that Keap shows of a file, which is also the path of its link: `{tenant}-{uuid}-v2`. It stays when the
//! file is renamed or replaced.

use crate::App;
use attache_core::{Reach, Reached};
use attache_model::limits::Limits;
use attache_model::{AccountNo, FileId};
use std::fmt;
use std::str::FromStr;

/// What a tenant's name begins with; its account's number follows.
const TENANT: &str = "at";
/// How every key ends.
const TAIL: &str = "-v2";
/// Length of a UUID's text.
const UUID_LEN: usize = 36;
/// The parameter of a private file's link that carries what is signed.
pub(crate) const SIGNATURE: &str = "sig";

/// The name of an account as Keap's clients see it, such as `at1`.
pub(crate) fn tenant(account: AccountNo) -> String {
    format!("{TENANT}{account}")
}

/// A file's storage key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) account: AccountNo,
    pub(crate) file: FileId,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TENANT}{}-{}{TAIL}", self.account, self.file)
    }
}

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Key, ()> {
        let text = text.strip_prefix(TENANT).and_then(|rest| rest.strip_suffix(TAIL)).ok_or(())?;
        let at = text.len().checked_sub(UUID_LEN).filter(|at| text.is_char_boundary(*at)).ok_or(())?;
        let (account, file) = text.split_at(at);
        let account = account.strip_suffix('-').ok_or(())?;
        let key = Key { account: AccountNo(account.parse().map_err(drop)?), file: file.parse().map_err(drop)? };
        // One file has one key: other spellings of the numbers are none.
        (key.to_string() == format!("{TENANT}{text}{TAIL}")).then_some(key).ok_or(())
    }
}

impl App {
    /// The storage key of a file that a caller reached.
    pub(crate) fn key(&self, reach: &Reach<'_>, reached: &Reached) -> Key {
        Key { account: reach.caller().account(), file: reached.file.id }
    }

    /// The link to a file's bytes: lasting for a public file, signed and short for a private one; `None` for a file that
    /// no link is given for.
    pub(crate) fn download_url(&self, reach: &Reach<'_>, reached: &Reached) -> Option<String> {
        let key = self.key(reach, reached).to_string();
        if reached.file.access.is_public() {
            return Some(self.public.link([key.as_str()]));
        }
        let signed = reach.sign(reached, Limits::seconds(self.core.limits().keap_link_life))?;
        Some(self.public.link_with([key.as_str()], [(SIGNATURE, signed.token.as_str())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn c08_a_key_names_account_and_file_and_leads_back_to_them() {
        let key = Key { account: AccountNo(12), file: FileId(Uuid::from_u128(7)) };
        assert_eq!(key.to_string(), "at12-00000000-0000-0000-0000-000000000007-v2");
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn c08_what_is_not_exactly_a_key_is_none() {
        let good = "at12-00000000-0000-0000-0000-00000000000a-v2";
        assert!(good.parse::<Key>().is_ok());
        for bad in [
            "",
            "favicon.ico",
            "at-v2",
            "at12-v2",
            "at12-00000000-0000-0000-0000-00000000000a",
            "at012-00000000-0000-0000-0000-00000000000a-v2",
            "at12-00000000-0000-0000-0000-00000000000A-v2",
            "at1200000000-0000-0000-0000-00000000000a-v2",
            "at12-\u{20ac}0000000-0000-0000-0000-0000000000a-v2",
        ] {
            assert!(bad.parse::<Key>().is_err(), "{bad}");
        }
    }
}
