//! The audit log: what was done and what was refused, one line each, every line bound to the one before it by a digest.

use crate::{Time, UserNo};
use std::fmt;
use std::str::FromStr;

/// One line of an account's audit log. It holds numbers and ids, and no names, contents or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its place in the account's chain: 1, 2, 3, ... without gaps.
    pub no: i64,
    /// When.
    pub at: Time,
    /// Who did it or was refused; 0 is the operator, or somebody who is no user.
    pub actor: UserNo,
    /// The id of the token that it was done with; empty for none.
    pub token: String,
    /// What was done, such as `file.created`; of a refusal the route that was asked for.
    pub deed: String,
    /// What it was done to, joined by blanks: `file/12 event/40`.
    pub targets: String,
    /// [`AuditLine::DONE`], or the word of the refusal.
    pub outcome: String,
    /// How often: more than 1 only for refusals, of which equal ones share a line.
    pub times: i64,
    /// The id of the request; empty for work that no request did.
    pub request: String,
    /// SHA-256 over all of this and the digest of the line before, in hex.
    pub digest: String,
}

impl AuditLine {
    /// The outcome of what was done.
    pub const DONE: &'static str = "done";
}

/// The last line of a chain: who keeps it can tell later that nothing before it was touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of the line; 0 before the first one.
    pub no: i64,
    /// Its digest; empty before the first one.
    pub digest: String,
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.no {
            0 => f.write_str("0"),
            no => write!(f, "{no} {}", self.digest),
        }
    }
}

impl FromStr for AuditHead {
    type Err = String;

    fn from_str(text: &str) -> Result<AuditHead, String> {
        let (no, digest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let no: i64 = no.parse().map_err(|_| format!("'{no}' is no number of a line"))?;
        let whole = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        match (no, whole) {
            (0, _) if digest.is_empty() => Ok(AuditHead::default()),
            (1.., true) => Ok(AuditHead { no, digest: digest.to_owned() }),
            _ => Err(String::from("a head is a line's number, a blank and its digest of 64 hex digits")),
        }
    }
}

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What is written down besides what has an event, whose word it then is. The words are part of the public interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Deed { $($(#[$doc])* $name,)* }

        impl Deed {
            /// Every deed.
            pub const ALL: &'static [Deed] = &[$(Deed::$name,)*];

            /// The word for it.
            pub const fn word(self) -> &'static str {
                match self { $(Deed::$name => $word,)* }
            }
        }
    };
}

deeds! {
    /// An account was made.
    AccountCreated = "account.created",
    /// What the account may hold was changed.
    QuotaChanged = "account.quota",
    /// The days that files stay in the trash were changed.
    TrashChanged = "account.trash_days",
    /// The pages that may show panels were changed.
    PanelPagesChanged = "account.panel_pages",
    /// A user was made.
    UserCreated = "user.created",
    /// A token was made.
    TokenCreated = "token.created",
    /// A token was taken back.
    TokenRevoked = "token.revoked",
    /// Somebody signed in to the dashboard.
    SessionOpened = "session.opened",
    /// A client of OAuth was let in.
    GrantCreated = "grant.created",
    /// A client of OAuth got its next token.
    GrantTraded = "grant.traded",
    /// A grant ended, with its tokens.
    GrantRevoked = "grant.revoked",
    /// A webhook was made.
    WebhookCreated = "webhook.created",
    /// A webhook was changed.
    WebhookChanged = "webhook.changed",
    /// A webhook got another secret.
    WebhookSecret = "webhook.secret",
    /// A webhook was removed.
    WebhookRemoved = "webhook.removed",
    /// Deliveries were asked for once more.
    DeliveryRepeated = "delivery.repeated",
    /// Fields of records were made.
    FieldCreated = "field.created",
    /// Fields of records were changed.
    FieldChanged = "field.changed",
    /// A field of records was removed.
    FieldRemoved = "field.removed",
    /// A resumable upload was opened.
    UploadOpened = "upload.opened",
    /// A resumable upload was given up.
    UploadAborted = "upload.aborted",
    /// A resumable upload's time was over.
    UploadExpired = "upload.expired",
    /// A file was put under legal hold, or its hold got another reason.
    HoldPlaced = "hold.placed",
    /// A file's legal hold was lifted.
    HoldLifted = "hold.lifted",
    /// Work in the background was asked for.
    TaskCreated = "task.created",
    /// The book or references were put right by a check.
    Corrected = "account.corrected",
    /// Lines that are older than the limit `audit_days` were taken from the beginning of this log.
    Trimmed = "audit.trimmed",
    /// Refusals came faster than they could be written down; the line says how many are missing.
    Missed = "audit.missed",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_that_was_written_down_is_read_back_and_nothing_else_is() {
        let head = AuditHead { no: 12, digest: "0a".repeat(32) };
        assert_eq!(format!("{head}\n").parse(), Ok(head.clone()));
        assert_eq!("0".parse(), Ok(AuditHead::default()));
        let text = head.to_string();
        for bad in
            ["", "12", "-1 00", "x", &text[..text.len() - 1], &text.to_uppercase(), &format!("0 {}", head.digest)]
        {
            assert!(bad.parse::<AuditHead>().is_err(), "{bad}");
        }
    }

    #[test]
    fn no_two_deeds_have_the_same_word_and_none_has_an_events() {
        let events = crate::event::EventKind::ALL.iter().map(|kind| kind.word());
        let words: Vec<_> = Deed::ALL.iter().map(|deed| deed.word()).chain(events).collect();
        let distinct: std::collections::BTreeSet<_> = words.iter().collect();
        assert_eq!(distinct.len(), words.len());
    }
}
