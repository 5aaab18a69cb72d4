//! The routes under `/v1/webhooks`.

use super::{at, hook, put, received, trusting};
use crate::native::{list, on_both_engines};
use attache_tests::{Ask, Client, Setup};
use serde_json::{Value, json};

on_both_engines!(
    a_webhook_is_made_shown_changed_and_removed,
    a_file_on_a_record_is_told_of_and_its_delivery_shown,
    a_failed_delivery_can_be_sent_once_more,
    only_who_may_change_settings_sees_webhooks_and_nobody_of_another_account,
);

/// Waits until the newest delivery is in a state.
async fn newest(client: &Client, webhook: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let found = list(client, &format!("{}/deliveries", at(webhook))).await;
        match found.into_iter().next() {
            Some(delivery) if wanted(&delivery) => return delivery,
            _ => tokio::task::yield_now().await,
        }
    }
}

async fn a_webhook_is_made_shown_changed_and_removed(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("settings").await;
    let plan =
        json!({ "url": "https://crm.example.com/hook", "name": "CRM", "kinds": ["intake.received", "file.created"] });
    let made = client.post("/v1/webhooks").json(&plan).ask().await.expect(201);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{made}");
    assert_eq!(made["kinds"], json!(["file.created", "intake.received"]));
    let shown = client.get("/v1/webhooks").ask().await;
    assert!(!shown.text().contains(secret), "a list shows no secrets");
    assert_eq!(shown.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.get(&format!("{}/secret", at(&made))).ask().await.expect(200), json!({ "secret": secret }));

    let change = json!({ "name": "Desk", "kinds": [], "disabled": true });
    let changed = client.patch(&at(&made)).json(&change).ask().await.expect(200);
    assert_eq!((&changed["name"], &changed["kinds"], &changed["url"]), (&json!("Desk"), &json!([]), &made["url"]));
    assert!(changed["disabled_at"].is_string() && changed["disabled_why"] == "Somebody disabled it.", "{changed}");
    let enabled = client.patch(&at(&made)).json(&json!({ "disabled": false })).ask().await.expect(200);
    assert!(enabled["disabled_at"].is_null() && enabled["disabled_why"].is_null(), "{enabled}");

    let rotated = client.post(&format!("{}/rotate", at(&made))).ask().await.expect(200);
    assert!(rotated["secret"] != made["secret"] && rotated["old_secret_until"].is_string(), "{rotated}");

    for (plan, status, word) in [
        (json!({ "url": "http://127.0.0.1/" }), 422, "url_refused"),
        (json!({ "url": "https://[::ffff:10.0.0.1]/" }), 422, "url_refused"),
        (json!({ "url": app.url() }), 422, "url_refused"),
        (json!({ "url": "ftp://crm.example.com/" }), 422, "url_refused"),
        (json!({ "url": "https://crm.example.com/", "kinds": ["file.*"] }), 422, "value_invalid"),
        (json!({ "url": "https://crm.example.com/", "name": "a\nb" }), 422, "value_invalid"),
        (json!({ "url": "https://crm.example.com/", "secret": "x" }), 400, "unknown_field"),
    ] {
        client.post("/v1/webhooks").json(&plan).ask().await.refused(status, word);
    }
    client.delete(&at(&made)).ask().await.expect(204);
    client.get(&at(&made)).ask().await.refused(404, "not_found");
    app.stop().await;
}

async fn a_file_on_a_record_is_told_of_and_its_delivery_shown(setup: Setup) {
    let app = trusting(setup).start().await;
    let client = app.client("all").await;
    let (receiver, webhook) = received(&client).await;
    let file = put(&client, "a.txt").await;
    let message = receiver.message().await;
    let told = message.json();
    assert_eq!((&told["type"], &told["timestamp"]), (&json!("file.linked"), &told["data"]["at"]));
    let data = &told["data"];
    assert_eq!((&data["file_id"], &data["file_no"], &data["record"]), (&file["id"], &file["no"], &json!("contact/42")));
    assert!(!message.body.contains("a.txt"), "a message names nothing: {}", message.body);
    let delivery = newest(&client, &webhook, |one| one["state"] == "arrived").await;
    assert_eq!(delivery["id"], message.header("webhook-id"));
    assert_eq!((&delivery["event_no"], &delivery["kind"]), (&data["no"], &json!("file.linked")));
    assert_eq!(
        (&delivery["status"], &delivery["attempts"], &delivery["error"]),
        (&json!(204), &json!(1), &Value::Null)
    );

    let tried = client.post(&format!("{}/test", at(&webhook))).ask().await.expect(200);
    assert!(tried["status"] == 204 && tried["error"].is_null() && tried["took_ms"].is_u64(), "{tried}");
    assert_eq!(receiver.message().await.json()["type"], "webhook.test");
    app.stop().await;
}

async fn a_failed_delivery_can_be_sent_once_more(setup: Setup) {
    let app = trusting(setup).limits(|limits| limits.webhook_tries = 1).start().await;
    let client = app.client("all").await;
    let (receiver, webhook) = received(&client).await;
    receiver.answer(500);
    put(&client, "a.txt").await;
    let first = receiver.message().await;
    let failed = newest(&client, &webhook, |one| one["state"] == "failed").await;
    assert_eq!((&failed["status"], &failed["next_at"]), (&json!(500), &Value::Null));
    let deliveries = format!("{}/deliveries", at(&webhook));
    assert_eq!(list(&client, &format!("{deliveries}?state=failed")).await, std::slice::from_ref(&failed));
    assert!(list(&client, &format!("{deliveries}?state=waiting")).await.is_empty());
    client.get(&format!("{deliveries}?state=lost")).ask().await.refused(400, "parameter_invalid");

    receiver.answer(204);
    let replay = format!("{deliveries}/{}/replay", failed["id"].as_str().unwrap());
    assert_eq!(client.post(&replay).ask().await.expect(202)["state"], "waiting");
    let again = receiver.message().await;
    assert_eq!((again.header("webhook-id"), &again.body), (first.header("webhook-id"), &first.body));
    newest(&client, &webhook, |one| one["state"] == "arrived").await;

    client.post(&format!("{}/replay", at(&webhook))).json(&json!({ "after": 0 })).ask().await.expect(202);
    assert_eq!(receiver.message().await.header("webhook-id"), first.header("webhook-id"));

    receiver.answer(410);
    put(&client, "b.txt").await;
    receiver.message().await;
    newest(&client, &webhook, |one| one["state"] == "failed").await;
    let disabled = client.get(&at(&webhook)).ask().await.expect(200);
    assert!(disabled["disabled_why"].as_str().unwrap().contains("410"), "{disabled}");
    client.post(&replay).ask().await.refused(409, "state");
    app.stop().await;
}

async fn only_who_may_change_settings_sees_webhooks_and_nobody_of_another_account(setup: Setup) {
    let app = trusting(setup).start().await;
    let client = app.client("all").await;
    let webhook = hook(&client, "http://127.0.0.1:9/").await;
    let reader = app.client("files:read,files:write,files:delete,records").await;
    let stranger = app.other_account("other").await;
    let own = at(&webhook);
    for path in [own.clone(), format!("{own}/secret"), format!("{own}/deliveries")] {
        reader.get(&path).ask().await.refused(403, "scope_missing");
        stranger.get(&path).ask().await.refused(404, "not_found");
    }
    for path in [format!("{own}/rotate"), format!("{own}/test")] {
        reader.post(&path).ask().await.refused(403, "scope_missing");
        stranger.post(&path).ask().await.refused(404, "not_found");
    }
    reader.post("/v1/webhooks").json(&json!({ "url": "https://x.example/" })).ask().await.refused(403, "scope_missing");
    stranger.patch(&own).json(&json!({ "name": "mine" })).ask().await.refused(404, "not_found");
    stranger.delete(&own).ask().await.refused(404, "not_found");
    assert_eq!(stranger.get("/v1/webhooks").ask().await.expect(200), json!({ "items": [] }));
    app.stop().await;
}
