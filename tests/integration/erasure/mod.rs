//! Erasures end to end: what an erase takes away, how it is proved to whoever asked, what happens when something comes in
//! between, and that a recovered backup does not bring it back.

mod api;
mod between;
mod certificate;
mod drill;
mod hold;
mod page;
mod race;

use crate::native::at;
use attache_tests::{Answer, Ask, Client, Patience};
use serde_json::Value;

/// Longer than what is kept in the database.
const LARGE: usize = 200_000;

/// Erases a file; the path of its erasure.
async fn erase(client: &Client, file: &Value) -> String {
    let answer = client.delete(&format!("{}?erase=true", at(file))).ask().await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    path_of(&answer)
}

/// Where the answer to an erase leads.
fn path_of(answer: &Answer) -> String {
    let link = answer.header("link").to_owned();
    let address = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"describedby\""));
    let (_, path) = address.and_then(|address| address.split_once("/v1/")).unwrap_or_else(|| panic!("no link: {link}"));
    format!("/v1/{path}")
}

/// Waits until an erasure is gone; the sweep that looks again runs at the server's start, and now and then after it.
async fn until_gone(client: &Client, erasure: &str) -> Value {
    let patience = Patience::new();
    loop {
        let found = client.get(erasure).ask().await.expect(200);
        if found["state"] == "gone" {
            return found;
        }
        assert!(!patience.is_over(), "{erasure} does not go: {found}");
        tokio::task::yield_now().await;
    }
}
