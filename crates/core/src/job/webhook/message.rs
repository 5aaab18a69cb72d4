//! What goes out: the body of a message and its signature, as Standard Webhooks 1.0 has them.

use crate::entropy;
use crate::table::delivery::Due;
use crate::table::webhook::Row;
use attache_model::event::Event;
use attache_model::id::{DeliveryId, WebhookId};
use attache_model::token::Secret;
use attache_model::{AccountNo, FileId, Time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use sha2::Sha256;

/// What secrets begin with.
const SECRET: &str = "whsec_";
/// The kind of the message that tries a webhook out.
const TEST: &str = "webhook.test";

/// A message, the same on every try but for what has become of the file.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) body: String,
}

#[derive(Serialize)]
struct Body<'b, D> {
    #[serde(rename = "type")]
    kind: &'b str,
    timestamp: String,
    data: D,
}

#[derive(Serialize)]
struct Told<'b> {
    no: i64,
    account_no: i64,
    kind: &'b str,
    at: String,
    actor: i64,
    file_no: Option<i64>,
    file_id: Option<String>,
    folder_no: Option<i64>,
    record: Option<&'b str>,
}

#[derive(Serialize)]
struct Trial {
    account_no: i64,
    webhook_id: String,
}

/// The message of a delivery.
pub(super) fn of(account: AccountNo, due: &Due) -> Message {
    let told = told(account, &due.event, due.file);
    Message { id: due.id.to_string(), body: text(told.kind, due.event.at, &told) }
}

/// The message that tries a webhook out.
pub(crate) fn test(account: AccountNo, webhook: WebhookId, now: Time) -> Message {
    let trial = Trial { account_no: account.0, webhook_id: webhook.to_string() };
    Message { id: DeliveryId(entropy::uuid(now)).to_string(), body: text(TEST, now, &trial) }
}

fn told(account: AccountNo, event: &Event, file: Option<FileId>) -> Told<'_> {
    Told {
        no: event.no,
        account_no: account.0,
        kind: event.kind.word(),
        at: event.at.rfc3339_millis(),
        actor: event.actor.0,
        file_no: event.file.map(|no| no.0),
        file_id: file.map(|id| id.to_string()),
        folder_no: event.folder.map(|no| no.0),
        record: Some(event.record.as_str()).filter(|record| !record.is_empty()),
    }
}

fn text<D: Serialize>(kind: &str, at: Time, data: &D) -> String {
    let body = Body { kind, timestamp: at.rfc3339_millis(), data };
    // Texts and numbers alone: nothing in it can fail.
    serde_json::to_string(&body).unwrap_or_default()
}

/// A fresh secret: 32 random bytes behind the word that says what it is.
pub(crate) fn new_secret() -> Secret {
    Secret::new(format!("{SECRET}{}", STANDARD.encode(entropy::secret())))
}

/// The headers of a message that is sent now, signed with every secret that is in force.
pub(super) fn headers(message: &Message, to: &Row, now: Time) -> HeaderMap {
    let at = now.seconds();
    let old = Some(&to.old_secret).filter(|_| to.webhook.old_until > now);
    let signatures: Vec<String> =
        [Some(&to.secret), old].into_iter().flatten().map(|secret| signature(secret, message, at)).collect();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("webhook-id", message.id.clone()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// `v1,` and the HMAC-SHA256 over id, second and body.
fn signature(secret: &Secret, message: &Message, at: i64) -> String {
    let key = STANDARD.decode(secret.reveal().trim_start_matches(SECRET)).unwrap_or_default();
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any key length is allowed");
    mac.update(format!("{}.{at}.{}", message.id, message.body).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::event::EventKind;
    use attache_model::{FileNo, UserNo};

    #[test]
    fn a_message_is_signed_as_the_standards_own_example_is() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(), r#"{"test": 2432232314}"#.to_owned());
        let signed = signature(&secret, &Message { id, body }, 1_614_265_330);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_is_another_one_of_32_bytes() {
        let (one, two) = (new_secret(), new_secret());
        assert_ne!(one, two);
        let bytes = STANDARD.decode(one.reveal().strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(bytes.len(), 32);
    }

    #[test]
    fn a_message_tells_what_happened_and_no_more() {
        let event = Event {
            no: 17,
            kind: EventKind::FileLinked,
            file: Some(FileNo(4)),
            folder: None,
            record: "contact/42".into(),
            actor: UserNo(1),
            at: Time::from_millis(1_795_286_340_000),
        };
        let told = told(AccountNo(1), &event, None);
        assert_eq!(
            text(told.kind, event.at, &told),
            r#"{"type":"file.linked","timestamp":"2026-11-21T18:39:00.000Z","data":{"no":17,"account_no":1,"kind":"file.linked","at":"2026-11-21T18:39:00.000Z","actor":1,"file_no":4,"file_id":null,"folder_no":null,"record":"contact/42"}}"#
        );
    }
}
