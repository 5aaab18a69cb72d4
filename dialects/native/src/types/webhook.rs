//! Webhooks and their deliveries.

use super::DeliveryState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A receiver of the account's events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Webhook {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Where messages are sent to.
    #[schema(format = "uri", example = "https://crm.example.com/attache")]
    pub(crate) url: String,
    /// What people call it; empty for nothing.
    pub(crate) name: String,
    /// The kinds of event that are sent; empty for all.
    #[schema(example = json!(["intake.received"]))]
    pub(crate) kinds: Vec<&'static str>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Number of the user who made it.
    pub(crate) created_by: i64,
    /// Since when no message has reached it; `null` after one that did.
    #[schema(format = DateTime)]
    pub(crate) failing_since: Option<String>,
    /// When it was disabled; `null` while it works.
    #[schema(format = DateTime)]
    pub(crate) disabled_at: Option<String>,
    /// Why it is disabled; `null` while it works.
    pub(crate) disabled_why: Option<String>,
    /// Until when the secret before the last rotation signs too; `null` when it was never rotated.
    #[schema(format = DateTime)]
    pub(crate) old_secret_until: Option<String>,
}

/// A webhook with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewWebhook {
    /// What its messages are signed with.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    pub(crate) secret: String,
    /// The webhook.
    #[serde(flatten)]
    pub(crate) webhook: Webhook,
}

/// A webhook's secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookSecret {
    /// What its messages are signed with.
    pub(crate) secret: String,
}

/// A webhook to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookPlan {
    /// Where messages are to be sent to: a public http or https address.
    #[schema(format = "uri", example = "https://crm.example.com/attache")]
    pub(crate) url: String,
    /// What people call it: one line of at most 255 bytes.
    #[serde(default)]
    pub(crate) name: String,
    /// The kinds of event that are wanted; all where none is named.
    #[serde(default)]
    #[schema(example = json!(["intake.received"]))]
    pub(crate) kinds: Vec<String>,
}

/// What is to change of a webhook. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookChange {
    /// Where messages are sent to.
    #[schema(format = "uri")]
    pub(crate) url: Option<String>,
    /// What people call it.
    pub(crate) name: Option<String>,
    /// The kinds of event that are wanted; all where the list is empty.
    pub(crate) kinds: Option<Vec<String>>,
    /// `true` disables it; `false` enables it, and what happened meanwhile is sent then.
    pub(crate) disabled: Option<bool>,
}

/// Which events are to be sent once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookReplay {
    /// Those after this number; 0 for all.
    #[schema(example = 17)]
    pub(crate) after: u64,
}

/// What came of a message that tried a webhook out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookTest {
    /// The status of the receiver's answer; `null` where none came.
    pub(crate) status: Option<u16>,
    /// What was wrong; `null` when the receiver has taken it.
    pub(crate) error: Option<String>,
    /// Milliseconds that it took.
    pub(crate) took_ms: u64,
}

/// One event on its way to one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// Its id, which its message carries as `webhook-id` on every try and replay.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// The number of its event.
    pub(crate) event_no: i64,
    /// The kind of its event.
    #[schema(example = "intake.received")]
    pub(crate) kind: &'static str,
    /// How far it is.
    pub(crate) state: DeliveryState,
    /// Tries so far; a replay begins anew.
    pub(crate) attempts: u64,
    /// When it was put in line; a replay begins anew.
    #[schema(format = DateTime)]
    pub(crate) queued_at: String,
    /// When it is tried next; `null` once it has ended.
    #[schema(format = DateTime)]
    pub(crate) next_at: Option<String>,
    /// When it was tried last.
    #[schema(format = DateTime)]
    pub(crate) tried_at: Option<String>,
    /// The status of the last answer; `null` where none came.
    pub(crate) status: Option<u16>,
    /// What was wrong with the last try; `null` for nothing.
    pub(crate) error: Option<String>,
}
