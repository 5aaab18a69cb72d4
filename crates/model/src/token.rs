//! Credentials and the secrets in them.

use crate::id::{GrantId, TokenId};
use crate::link::Record;
use crate::name::is_misleading;
use crate::scope::Scopes;
use crate::{AccountNo, Error, Result, Time, UserNo};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Longest name of a token, in bytes of UTF-8.
pub const TOKEN_NAME_MAX: usize = 255;

/// A text that must not be shown: `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text, for digests and for the one place that prints it to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A credential of an account, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its public id.
    pub id: TokenId,
    /// Its number in the account, from 1; 0 for one that a server of an older release made while a newer one started.
    pub no: i64,
    /// What people call it; empty for nothing.
    pub name: String,
    /// Whose it is.
    pub account: AccountNo,
    /// Who acts with it.
    pub user: UserNo,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Time,
    /// When it ends; `None` is never.
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Time>,
    /// The grant that a client got it by; `None` for one that was made by hand.
    pub grant: Option<GrantId>,
    /// What it opens instead of the account; `None` for every token that is not a panel's.
    pub panel: Option<Pass>,
}

/// What a panel's token opens: one record, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The record.
    pub record: Record,
    /// What may be done there.
    pub scopes: Scopes,
    /// The token it was made with: it ends with that one.
    pub minted_by: TokenId,
}

/// Brings what people call a token into NFC, without blanks around it, and refuses what does not fit one line: control,
/// direction and zero-width characters, and more than [`TOKEN_NAME_MAX`] bytes.
///
/// # Errors
/// `Invalid` at `name`.
pub fn check_name(text: &str) -> Result<String> {
    let name: String = text.trim().nfc().collect();
    if name.len() > TOKEN_NAME_MAX {
        let why = format!("it is {} bytes of UTF-8 long; a token's name has at most {TOKEN_NAME_MAX}", name.len());
        return Err(Error::invalid("name", why));
    }
    if name.chars().any(|c| c.is_control() || is_misleading(c)) {
        let why = "a token's name is one line, without control, direction or zero-width characters";
        return Err(Error::invalid("name", why));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokens_name_may_be_any_line_to_the_end_of_its_length() {
        for good in ["", "deploy / nightly", "Łódź, staging.", &"x".repeat(TOKEN_NAME_MAX)] {
            assert_eq!(check_name(good).unwrap(), good);
        }
        assert_eq!(check_name("  e\u{301} ").unwrap(), "\u{e9}");
        for bad in ["a\nb", "a\u{202e}b", "a\u{200b}b", &"x".repeat(TOKEN_NAME_MAX + 1)] {
            assert!(check_name(bad).unwrap_err().to_string().starts_with("name: "), "{bad:?}");
        }
    }
}
