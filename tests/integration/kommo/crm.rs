//! The account's host, spoken to as Kommo's clients do. Every answer is judged: its media type, and the envelope of a
//! refusal.

use crate::native;
use attache_tests::{Answer, Ask, Client, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// A server and a client of its first account with a scope of each kind.
pub(super) struct Crm {
    pub(super) app: TestApp,
    pub(super) kommo: Kommo,
    /// Our own face, to put files in and to look from the other side.
    pub(super) native: Client,
}

impl Crm {
    pub(super) async fn open(setup: Setup) -> Crm {
        let app = setup.start().await;
        let kommo = Kommo(app.client("kommo:crm,kommo:files,kommo:files_delete").await);
        let native = app.client("all").await;
        Crm { app, kommo, native }
    }

    /// A client with other scopes.
    pub(super) async fn with_scopes(&self, scopes: &str) -> Kommo {
        Kommo(self.app.client(scopes).await)
    }

    /// The id of a new file.
    pub(super) async fn file(&self, name: &str) -> String {
        id(&native::put(&self.native, name, format!("the bytes of {name}")).await)
    }

    /// Gives a file another content; the id stays.
    pub(super) async fn replace(&self, file: &str, content: &str) {
        let path = format!("/v1/files/{file}/content");
        self.native.put(&path).body(content.to_owned()).ask().await.expect(200);
    }

    pub(super) async fn trash(&self, file: &str) {
        self.native.delete(&format!("/v1/files/{file}")).ask().await.expect(204);
    }

    pub(super) async fn restore(&self, file: &str) {
        self.native.post(&format!("/v1/files/{file}/restore")).ask().await.expect(200);
    }

    pub(super) async fn erase(&self, file: &str) {
        self.native.delete(&format!("/v1/files/{file}?erase=true")).ask().await.expect(204);
    }

    pub(super) async fn stop(self) {
        self.app.stop().await;
    }
}

/// A client of the account's host. Paths are below `/api/v4`.
#[derive(Clone)]
pub(super) struct Kommo(pub(super) Client);

impl Kommo {
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.0.request(method.clone(), &format!("/api/v4{path}"));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.ask().await;
        judge(&answer, &format!("{method} {path}"));
        answer
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str, body: Option<&Value>) -> Answer {
        self.ask(Method::DELETE, path, body).await
    }

    /// The number of a new record of a kind.
    pub(super) async fn make(&self, entity: &str, card: &Value) -> i64 {
        let made = self.post(&format!("/{entity}"), &json!([card])).await.expect(200);
        number(&made["_embedded"][entity][0])
    }

    /// The number of a new field of type file.
    pub(super) async fn field(&self, entity: &str, name: &str) -> i64 {
        let field = json!([{ "name": name, "type": "file" }]);
        let made = self.post(&format!("/{entity}/custom_fields"), &field).await.expect(201);
        number(&made["_embedded"]["custom_fields"][0])
    }

    /// The number of a new note.
    pub(super) async fn note(&self, path: &str, note: &Value) -> i64 {
        let made = self.post(path, &json!([note])).await.expect(200);
        number(&made["_embedded"]["notes"][0])
    }

    /// Puts files on a record.
    pub(super) async fn link(&self, record: &str, files: &[&str]) {
        self.put(&format!("/{record}/files"), &uuids(files)).await.expect(202);
    }

    /// The ids of the files of a record, as its Media tab shows them.
    pub(super) async fn tab(&self, record: &str) -> Vec<String> {
        let answer = self.get(&format!("/{record}/files")).await;
        if answer.status == 204 {
            return Vec::new();
        }
        let files = answer.expect(200)["_embedded"]["files"].clone();
        files.as_array().unwrap().iter().map(|file| file["file_uuid"].as_str().unwrap().to_owned()).collect()
    }

    /// The items of a list; none where there is no content.
    pub(super) async fn list(&self, path: &str, name: &str) -> Vec<Value> {
        let answer = self.get(path).await;
        if answer.status == 204 {
            return Vec::new();
        }
        answer.expect(200)["_embedded"][name].as_array().unwrap().clone()
    }
}

/// The body that names files, as every client sends it.
pub(super) fn uuids(files: &[&str]) -> Value {
    files.iter().map(|file| json!({ "file_uuid": file })).collect()
}

/// A note that is a file.
pub(super) fn attachment(file: &str, name: &str) -> Value {
    json!({ "note_type": "attachment", "params": { "file_uuid": file, "file_name": name, "version_uuid": null } })
}

/// The `id` of something that our own face shows.
pub(super) fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

/// The `id` of something that Kommo's face shows.
#[track_caller]
pub(super) fn number(thing: &Value) -> i64 {
    thing["id"].as_i64().unwrap_or_else(|| panic!("{thing} has a number"))
}

/// Demands a refusal that tells of items: each with its name and the place of its fault.
#[track_caller]
pub(super) fn refused_at(answer: &Answer, faults: &[(&str, &str)]) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    let told = answer.json()["validation-errors"].clone();
    let told: Vec<_> = told.as_array().unwrap_or_else(|| panic!("{}", answer.text())).iter().collect();
    let told: Vec<_> = told
        .iter()
        .map(|item| (item["request_id"].as_str().unwrap(), item["errors"][0]["path"].as_str().unwrap()))
        .collect();
    assert_eq!(told, faults, "{}", answer.text());
}

/// Kommo's clients look at these before anything else.
#[track_caller]
fn judge(answer: &Answer, asked: &str) {
    let shown = || format!("{asked} was answered {} {}", answer.status, answer.text());
    let status = answer.status.as_u16();
    match status {
        204 => assert!(answer.body.is_empty() && answer.header("content-type").is_empty(), "{}", shown()),
        200..300 => assert_eq!(answer.header("content-type"), "application/hal+json", "{}", shown()),
        _ => {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{}", shown());
            let error = answer.json();
            assert_eq!(error["status"], status, "{}", shown());
            assert_eq!(error["type"], format!("https://httpstatus.es/{status}"), "{}", shown());
            assert!(error["title"].is_string() && error["detail"].is_string(), "{}", shown());
            assert!(!answer.header("x-request-id").is_empty(), "{}", shown());
        }
    }
}
