//! A server with something of every kind in it, and schemathesis run against it.

use super::Told;
use crate::PROGRAM;
use crate::clients::schemathesis;
use attache_tests::{Ask as _, Client, Home, Process};
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// The record that the panel opens, as the examples of the document name it.
const RECORD: &str = "contact/42";

/// A server, and the tokens that runs use.
pub(super) struct Site {
    server: Process,
    client: Client,
    panel: String,
    papers: TempDir,
    _home: Home,
}

impl Site {
    pub(super) async fn start() -> Site {
        let home = Home::new();
        let server = home.serve(PROGRAM, &[]);
        let client = server.client(PROGRAM, "all");
        furnish(&client).await;
        let scopes = ["files:read", "files:write", "files:delete", "records"];
        // Longer than any run, so that its end is not what is looked at.
        let plan = json!({ "record": RECORD, "scopes": scopes, "expires_in": 86_400 });
        let made = client.post("/v1/panel-tokens").json(&plan).ask().await.expect(201);
        let panel = made["token"].as_str().unwrap().to_owned();
        Site { server, client, panel, papers: TempDir::new().unwrap(), _home: home }
    }

    /// Where the server gives its document.
    pub(super) fn document(&self) -> String {
        format!("{}/openapi.json", self.server.url())
    }

    /// A copy of the document with another value at a place, which `null` leaves empty.
    pub(super) async fn document_with(&self, place: &str, value: &Value) -> String {
        let mut document = self.client.get("/openapi.json").ask().await.expect(200);
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        assert!(parent.contains_key(name), "the document has no {place}");
        match value {
            Value::Null => drop(parent.remove(name)),
            value => drop(parent.insert(name.to_owned(), value.clone())),
        }
        let path = self.papers.path().join("document.json");
        std::fs::write(&path, document.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Makes the requests of these phases, and tells what schemathesis says of the answers.
    pub(super) fn hold_against(&self, document: &str, seed: u64, phases: &[&str]) -> Told {
        let paper: PathBuf = self.papers.path().join("report.json");
        let output = schemathesis(&["run", document, "--no-color", "--url", self.server.url()])
            .args(["--seed", &seed.to_string(), "--report", "json", "--report-json-path"])
            .arg(&paper)
            .args(phases)
            .env("ATTACHE_TOKEN", self.client.token().unwrap())
            .env("ATTACHE_PANEL_TOKEN", &self.panel)
            .env("HYPOTHESIS_STORAGE_DIRECTORY", self.papers.path())
            .env("PYTHONHASHSEED", "0")
            .output()
            .unwrap();
        let text = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let report = std::fs::read(&paper).unwrap_or_else(|error| panic!("there is no report: {error}\n{text}"));
        Told { report: serde_json::from_slice(&report).unwrap(), text }
    }
}

/// Makes something of every kind, so that there are ids which requests can name.
async fn furnish(client: &Client) {
    let put = async |name: &str| {
        let content = format!("content of {name}").into_bytes();
        client.put(&format!("/v1/files/by-path/{name}")).body(content).ask().await.expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (kept, trashed, erased) = (put("letters/kept.txt").await, put("trashed.txt").await, put("erased.txt").await);
    client.put(&format!("/v1/records/{RECORD}/files/{kept}")).ask().await.expect(200);
    client.post(&format!("/v1/files/{kept}/links")).json(&json!({})).ask().await.expect(201);
    client.delete(&format!("/v1/files/{trashed}")).ask().await.expect(204);
    client.delete(&format!("/v1/files/{erased}?erase=true")).ask().await.expect(204);
    client.post("/v1/intakes").json(&json!({ "record": RECORD })).ask().await.expect(201);
    let webhook = json!({ "url": "https://crm.example.invalid/attache", "kinds": ["file.linked"] });
    client.post("/v1/webhooks").json(&webhook).ask().await.expect(201);
}
