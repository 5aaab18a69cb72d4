//! Legal holds: a file that is under one is not removed for good, whoever asks and whatever time is over. They have nothing to
//! do with the holds of backups, which keep stored bytes for a while.

use crate::name::is_misleading;
use crate::{Error, FileId, FileNo, Result, Time, UserNo};
use unicode_normalization::UnicodeNormalization;

/// Longest reason of a legal hold, in characters.
pub const LEGAL_HOLD_REASON_MAX: usize = 500;

/// Why a file must stay, and who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalHold {
    /// Why, in one line: a case's number, say.
    pub reason: String,
    /// Since when. Another reason does not change it.
    pub placed_at: Time,
    /// Who put it on first.
    pub placed_by: UserNo,
}

/// A file that is under legal hold, without its name: whoever looks after holds need not be allowed to read files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFile {
    /// Its number in the account.
    pub no: FileNo,
    /// Its id.
    pub id: FileId,
    /// The hold.
    pub hold: LegalHold,
}

/// Brings the reason of a hold into NFC, without blanks around it, and refuses what is no line of 1 to
/// [`LEGAL_HOLD_REASON_MAX`] characters: control, direction and zero-width characters.
///
/// # Errors
/// `Invalid` at `reason`.
pub fn check_reason(text: &str) -> Result<String> {
    let reason: String = text.trim().nfc().collect();
    let length = reason.chars().count();
    if length == 0 || length > LEGAL_HOLD_REASON_MAX {
        let why = format!("it is {length} characters long; the reason of a hold has 1 to {LEGAL_HOLD_REASON_MAX}");
        return Err(Error::invalid("reason", why));
    }
    if reason.chars().any(|c| c.is_control() || is_misleading(c)) {
        let why = "the reason of a hold is one line, without control, direction or zero-width characters";
        return Err(Error::invalid("reason", why));
    }
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_the_limit_is_taken_and_one_character_more_is_not() {
        let most = "\u{e9}".repeat(LEGAL_HOLD_REASON_MAX);
        for good in ["x", "Case 7/2026, Smith & Co.", &most] {
            assert_eq!(check_reason(good).unwrap(), good);
        }
        assert_eq!(check_reason("  e\u{301} \n").unwrap(), "\u{e9}");
        for bad in ["", "  \n", "a\nb", "a\0", "a\u{202e}b", "a\u{200b}b", &format!("{most}x")] {
            assert!(check_reason(bad).unwrap_err().to_string().starts_with("reason: "), "{bad:?}");
        }
    }
}
