//! The drive's host, spoken to as Kommo's clients do. Every answer is judged: its media type, the envelope of a refusal,
//! and all that the official client reads of a file.

use crate::desk::{Judge, Judged, Stand};
use attache_tests::{Answer, Client, Setup};
use reqwest::Method;
use serde_json::{Value, json};
use std::ops::Deref;

/// The part size of the official client's captured wire.
pub(super) const PART: usize = 524_288;

/// A server by a held clock, and a client with all of Kommo's scopes.
pub(super) struct Desk {
    stand: Stand,
    pub(super) drive: Drive,
    /// Our own face, to look from the other side.
    pub(super) native: Client,
}

impl Desk {
    pub(super) async fn open(setup: Setup) -> Desk {
        Desk::at(Stand::held(setup).await).await
    }

    async fn at(stand: Stand) -> Desk {
        let drive = stand.client("kommo:crm,kommo:files,kommo:files_delete").await;
        let native = stand.app.client("all").await;
        Desk { stand, drive, native }
    }

    /// The same, after the server was stopped and started again.
    pub(super) async fn again(self) -> Desk {
        Desk::at(self.stand.again().await).await
    }

    /// A client with other scopes.
    pub(super) async fn with_scopes(&self, scopes: &str) -> Drive {
        self.client(scopes).await
    }

    /// A client of another account.
    pub(super) async fn other_account(&self) -> Drive {
        Drive::of(self.app.other_account("other").await)
    }

    /// What anybody gets at an address, judged too.
    pub(super) async fn anybody(&self, url: &str) -> Answer {
        Drive::of(self.app.stranger()).get(url).await
    }

    pub(super) async fn stop(self) -> Setup {
        self.stand.stop().await
    }
}

impl Deref for Desk {
    type Target = Stand;

    fn deref(&self) -> &Stand {
        &self.stand
    }
}

/// What must hold of each of the drive's answers.
#[derive(Clone, Default)]
pub(super) struct Rules;

impl Judge for Rules {
    fn judge(&self, answer: &Answer, method: &Method, path: &str) {
        judge(answer, &format!("{method} {path}"));
    }
}

/// A client of the drive.
pub(super) type Drive = Judged<Rules>;

impl Drive {
    /// Deletes files by a body, as the official client does.
    pub(super) async fn delete_all(&self, files: &[&str]) -> Answer {
        self.ask(Method::DELETE, "/v1.0/files", |request| request.json(&uuids(files))).await
    }

    pub(super) async fn restore(&self, files: &[&str]) -> Answer {
        self.post("/v1.0/files/restore", &uuids(files)).await
    }

    /// Opens a session; the answer must be 200.
    pub(super) async fn session(&self, name: &str, size: usize) -> Value {
        self.post("/v1.0/sessions", &json!({ "file_name": name, "file_size": size })).await.expect(200)
    }

    /// Sends a part to its address, as the bytes of a picture.
    pub(super) async fn part(&self, url: &str, bytes: impl Into<Vec<u8>>) -> Answer {
        let bytes = bytes.into();
        self.ask(Method::POST, url, |request| request.header("Content-Type", "image/png").body(bytes)).await
    }

    /// Uploads as the official client does: a part after the other, as large as may be, until no next address is told.
    pub(super) async fn upload(&self, opening: Value, bytes: &[u8]) -> Value {
        let opened = self.post("/v1.0/sessions", &opening).await.expect(200);
        let most = usize::try_from(opened["max_part_size"].as_u64().unwrap()).unwrap();
        let mut url = text(&opened["upload_url"]);
        let mut rest = bytes;
        loop {
            let (part, after) = rest.split_at(rest.len().min(most));
            rest = after;
            let answer = self.part(&url, part).await;
            if answer.status == 202 {
                let next = answer.json();
                assert_eq!(next["session_id"], opened["session_id"]);
                url = text(&next["next_url"]);
                continue;
            }
            let file = answer.expect(200);
            assert!(rest.is_empty() && file.get("next_url").is_none(), "{file}");
            assert_eq!(file["session_id"], opened["session_id"]);
            return file;
        }
    }

    /// Puts a file in.
    pub(super) async fn put(&self, name: &str, bytes: &[u8]) -> Value {
        self.upload(json!({ "file_name": name, "file_size": bytes.len() }), bytes).await
    }

    /// The names with extension of a list, in its order; nothing is 204.
    pub(super) async fn names(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("/v1.0/files?{query}")).await;
        if answer.status == 204 {
            assert!(answer.body.is_empty());
            return Vec::new();
        }
        answer.expect(200)["_embedded"]["files"].as_array().unwrap().iter().map(full_name).collect()
    }
}

/// The body of a batch.
pub(super) fn uuids(files: &[&str]) -> Value {
    files.iter().map(|uuid| json!({ "uuid": uuid })).collect()
}

/// A text of an answer.
#[track_caller]
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}

/// Where a file's active version is downloaded.
#[track_caller]
pub(super) fn download(file: &Value) -> String {
    text(&file["_links"]["download"]["href"])
}

/// The name that the official client shows.
pub(super) fn full_name(file: &Value) -> String {
    match text(&file["metadata"]["extension"]).as_str() {
        "" => text(&file["name"]),
        extension => format!("{}.{extension}", text(&file["name"])),
    }
}

/// A body that is no run of equal bytes.
pub(super) fn noise(len: usize) -> Vec<u8> {
    (0..len).map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap()).collect()
}

fn judge(answer: &Answer, asked: &str) {
    let status = answer.status.as_u16();
    let shown = || format!("{asked} was answered {status} {}", answer.text());
    let kind = answer.header("content-type");
    if status == 204 || answer.body.is_empty() {
        return;
    }
    if status >= 400 {
        assert_eq!(kind, "application/json", "{}", shown());
        let error = answer.json();
        assert_eq!(error["status"], status, "{}", shown());
        assert!(error["title"].is_string() && error["type"].is_string() && error["detail"].is_string(), "{}", shown());
        return;
    }
    if !asked.contains("/v1.0/") && !asked.contains("/upload/") {
        return;
    }
    assert_eq!(kind, "application/json", "{}", shown());
    let body = answer.json();
    if let Some(files) = body["_embedded"]["files"].as_array() {
        assert_eq!(body["_count"], files.len(), "{}", shown());
        files.iter().for_each(judge_file);
    }
    if body.get("version_uuid").is_some() {
        judge_file(&body);
    }
}

/// What the official client reads of a file, and breaks without.
fn judge_file(file: &Value) {
    assert!(file["id"].as_i64().is_some_and(|id| id > 0), "{file}");
    for key in ["uuid", "version_uuid", "name", "sanitized_name", "type"] {
        assert!(file[key].is_string(), "{key}: {file}");
    }
    assert_ne!(file["uuid"], file["version_uuid"]);
    for key in ["size", "created_at", "updated_at"] {
        assert!(file[key].is_u64(), "{key}: {file}");
    }
    for key in ["created_by", "updated_by"] {
        assert!(file[key]["id"].is_i64() && file[key]["type"].is_string(), "{key}: {file}");
    }
    for key in ["source_id", "previews", "deleted_at", "deleted_by"] {
        assert!(file.get(key).is_some(), "{key}: {file}");
    }
    assert!(file["is_trashed"].is_boolean() && file["has_multiple_versions"].is_boolean(), "{file}");
    assert!(file["metadata"]["extension"].is_string() && file["metadata"]["mime_type"].is_string(), "{file}");
    for link in ["self", "download", "download_version"] {
        assert!(file["_links"][link]["href"].is_string(), "{link}: {file}");
    }
    let own = text(&file["_links"]["self"]["href"]);
    assert!(own.ends_with(&format!("/v1.0/files/{}", text(&file["uuid"]))), "{own}");
}
