//! Hostile and broken input: each gets its own answer, nothing of it is stored, and nothing that was there changes.

mod absent;
mod base64;
mod form;
pub(crate) mod graphql;
mod import;
mod name;
pub(crate) mod row;
mod sent;
mod serving;
mod table;
mod token;
mod tus;
mod upload;
mod wire;
mod xmlrpc;

use attache_tests::{Ask, Client};
use std::collections::BTreeMap;

/// Everything that a client's account shows: what a refused request must leave as it was.
pub(crate) async fn face_of(client: &Client) -> BTreeMap<&'static str, Vec<serde_json::Value>> {
    let mut face = BTreeMap::new();
    for path in ["/v1/files", "/v1/trash", "/v1/folders", "/v1/links"] {
        face.insert(path, crate::native::list(client, path).await);
    }
    let account = client.get("/v1/account").ask().await.expect(200);
    face.insert("usage", vec![account["usage"].clone()]);
    face
}
