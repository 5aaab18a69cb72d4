//! Webhooks, end to end: whole servers send messages, and other people's library says whether they are good.

mod api;
mod kill;
mod page;
mod receiver;

use attache_tests::{Ask, Client, Setup};
use receiver::Receiver;
use serde_json::{Value, json};

/// A server that may send to this machine.
fn trusting(setup: Setup) -> Setup {
    setup.settings(|settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()])
}

/// Makes a webhook for files that are put on records.
async fn hook(client: &Client, url: &str) -> Value {
    client.post("/v1/webhooks").json(&json!({ "url": url, "kinds": ["file.linked"] })).ask().await.expect(201)
}

/// The address of a webhook.
fn at(webhook: &Value) -> String {
    format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap())
}

/// Puts a file on a record.
async fn put(client: &Client, name: &str) -> Value {
    client.post(&format!("/v1/files?name={name}&record=contact/42")).body("x").ask().await.expect(201)
}

/// A receiver and the webhook of it.
async fn received(client: &Client) -> (Receiver, Value) {
    let receiver = Receiver::new().await;
    let webhook = hook(client, &receiver.url).await;
    (receiver, webhook)
}
