//! Webhooks: where an account's events are sent to, and the deliveries on their way there.

use crate::event::EventKind;
use crate::id::{DeliveryId, WebhookId};
use crate::name::is_misleading;
use crate::{Error, Result, Time, UserNo};
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;

/// Longest name of a webhook, in bytes of UTF-8.
pub const WEBHOOK_NAME_MAX: usize = 255;

/// A receiver of events, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What people call it; empty for nothing.
    pub name: String,
    /// Where messages are sent to.
    pub url: String,
    /// The kinds of event that are sent.
    pub kinds: Kinds,
    /// When it was made.
    pub created_at: Time,
    /// Who made it.
    pub created_by: UserNo,
    /// Since when no delivery has reached it; `None` after one that did.
    pub failing_since: Option<Time>,
    /// The end of the time in which the secret before the last rotation signs too; in the past when there is none.
    pub old_until: Time,
    /// When it was disabled; `None` while it works.
    pub disabled_at: Option<Time>,
    /// Why, for people; empty while it works.
    pub disabled_why: String,
}

/// Which kinds of event a webhook wants, in the order of [`EventKind::ALL`], each once. None named means every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds(Vec<EventKind>);

impl Kinds {
    /// These kinds; of several mentions of one counts the first.
    pub fn new(named: &[EventKind]) -> Kinds {
        Kinds(EventKind::ALL.iter().copied().filter(|kind| named.contains(kind)).collect())
    }

    /// Whether an event of this kind is sent.
    pub fn want(&self, kind: EventKind) -> bool {
        self.0.is_empty() || self.0.contains(&kind)
    }

    /// The words of the kinds that are named.
    pub fn words(&self) -> Vec<&'static str> {
        self.0.iter().map(|kind| kind.word()).collect()
    }

    /// The text that is stored.
    pub fn to_text(&self) -> String {
        self.words().join(" ")
    }

    /// From the stored text. A kind that this build does not know is left out.
    pub fn from_text(text: &str) -> Kinds {
        Kinds(text.split_whitespace().filter_map(EventKind::from_word).collect())
    }
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It waits for its first or next try.
    Waiting,
    /// The receiver has taken it.
    Arrived,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub const fn from_code(code: i64) -> Option<DeliveryState> {
        match code {
            0 => Some(DeliveryState::Waiting),
            1 => Some(DeliveryState::Arrived),
            2 => Some(DeliveryState::Failed),
            _ => None,
        }
    }
}

/// One event on its way to one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, the same on every try and replay: the receiver knows by it what it has.
    pub id: DeliveryId,
    /// The number of its event.
    pub event: i64,
    /// The kind of its event.
    pub kind: EventKind,
    /// How far it is.
    pub state: DeliveryState,
    /// Tries so far; a replay begins anew.
    pub attempts: u64,
    /// When it was put in line; a replay begins anew.
    pub queued_at: Time,
    /// When it is tried next; `None` once it has ended.
    pub next_at: Option<Time>,
    /// When it was tried last.
    pub tried_at: Option<Time>,
    /// The status of the last answer; `None` where none came.
    pub status: Option<u16>,
    /// What was wrong with the last try, for people; empty for nothing.
    pub error: String,
}

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The status of the answer; `None` where none came.
    pub status: Option<u16>,
    /// What was wrong, for people; `None` when the receiver has taken it.
    pub error: Option<String>,
    /// How long the receiver took.
    pub took: Duration,
}

/// Brings what people call a webhook into NFC, without blanks around it, and refuses what does not fit one line: control,
/// direction and zero-width characters, and more than [`WEBHOOK_NAME_MAX`] bytes.
///
/// # Errors
/// `Invalid` at `name`.
pub fn check_name(text: &str) -> Result<String> {
    let name: String = text.trim().nfc().collect();
    if name.len() > WEBHOOK_NAME_MAX {
        let why = format!("it is {} bytes of UTF-8 long; a webhook's name has at most {WEBHOOK_NAME_MAX}", name.len());
        return Err(Error::invalid("name", why));
    }
    if name.chars().any(|c| c.is_control() || is_misleading(c)) {
        let why = "a webhook's name is one line, without control, direction or zero-width characters";
        return Err(Error::invalid("name", why));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_back_from_their_text_in_order_and_once() {
        let named = [EventKind::IntakeReceived, EventKind::FileCreated, EventKind::IntakeReceived];
        let kinds = Kinds::new(&named);
        assert_eq!(kinds.to_text(), "file.created intake.received");
        assert_eq!(Kinds::from_text(&kinds.to_text()), kinds);
        assert!(kinds.want(EventKind::FileCreated) && !kinds.want(EventKind::FileTrashed));
    }

    #[test]
    fn no_kind_means_every_kind() {
        let all = Kinds::from_text("");
        assert!(EventKind::ALL.iter().all(|kind| all.want(*kind)) && all.words().is_empty());
    }

    #[test]
    fn a_webhooks_name_may_be_any_line_to_the_end_of_its_length() {
        for good in ["", "CRM, staging", &"x".repeat(WEBHOOK_NAME_MAX)] {
            assert_eq!(check_name(good).unwrap(), good);
        }
        for bad in ["a\nb", "a\u{202e}b", &"x".repeat(WEBHOOK_NAME_MAX + 1)] {
            assert!(check_name(bad).unwrap_err().to_string().starts_with("name: "), "{bad:?}");
        }
    }

    #[test]
    fn the_states_of_a_delivery_are_read_back() {
        for state in [DeliveryState::Waiting, DeliveryState::Arrived, DeliveryState::Failed] {
            assert_eq!(DeliveryState::from_code(state.code()), Some(state));
        }
        assert_eq!(DeliveryState::from_code(3), None);
    }
}
