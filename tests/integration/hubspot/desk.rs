//! A desk at which HubSpot's wire is spoken: a server, and clients whose every answer is judged by the specification.

use super::contract::{Contract, Operation};
use super::form::Form;
use crate::desk::{BEGIN, Judge, Judged, Stand};
use attache_model::Clock;
use attache_tests::{Answer, Engine, Setup};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

/// A server and a client of its first account with HubSpot's scope `files`.
pub(super) struct Desk {
    stand: Stand,
    pub(super) hubspot: HubSpot,
}

impl Desk {
    /// By default, on SQLite.
    pub(super) async fn open() -> Desk {
        Desk::at(Setup::new(), Clock::System).await
    }

    /// By a clock that stands still at [`BEGIN`] until the test moves it.
    pub(super) async fn with_held_clock() -> Desk {
        Desk::at(Setup::new(), Clock::held(BEGIN)).await
    }

    /// One on each engine that there is, each by a held clock.
    pub(super) async fn on_both() -> Vec<Desk> {
        let mut desks = Vec::new();
        for &engine in Engine::all() {
            if let Some(setup) = Setup::new().on(engine).await {
                desks.push(Desk::at(setup, Clock::held(BEGIN)).await);
            }
        }
        desks
    }

    /// On a setup of the test's own, by a clock.
    pub(super) async fn at(setup: Setup, clock: Clock) -> Desk {
        let stand = Stand::by(setup, clock).await;
        let hubspot = stand.client("hubspot:files").await;
        Desk { stand, hubspot }
    }

    /// A client with other scopes, as `attache token create --scopes` takes them.
    pub(super) async fn with_scopes(&self, scopes: &str) -> HubSpot {
        self.hubspot.with(self.app.client(scopes).await)
    }

    /// A client with another token, or none.
    pub(super) fn with_token(&self, token: Option<&str>) -> HubSpot {
        self.hubspot.with(self.app.stranger().with_token(token.map(str::to_owned)))
    }

    /// A client of another account.
    pub(super) async fn other_account(&self) -> HubSpot {
        self.hubspot.with(self.app.other_account("other").await)
    }
}

impl Deref for Desk {
    type Target = Stand;

    fn deref(&self) -> &Stand {
        &self.stand
    }
}

/// The specification, and what was asked of it.
#[derive(Clone, Default)]
pub(super) struct Rules {
    /// Every operation that was answered with success so far, and with a refusal.
    seen: Arc<Mutex<[BTreeSet<String>; 2]>>,
}

impl Judge for Rules {
    fn place(path: &str) -> String {
        if path.starts_with("//") { path.to_owned() } else { format!("/files/v3{path}") }
    }

    fn judge(&self, answer: &Answer, method: &Method, path: &str) {
        let path = path.split('?').next().unwrap_or_default();
        let status = answer.status.as_u16();
        let shown = || format!("{method} {path} was answered {status} {}", answer.text());
        let operation = Contract::get().operation(method, path);
        assert!(!answer.header("x-hubspot-correlation-id").is_empty(), "{}", shown());
        if status >= 400 {
            judge_error(answer, &shown());
            self.seen.lock().unwrap()[1].extend(operation.map(Operation::name));
            return;
        }
        // HEAD of what can be got is no operation of its own.
        let Some(operation) = operation else { return assert_eq!(*method, Method::HEAD, "{}", shown()) };
        self.seen.lock().unwrap()[0].insert(operation.name());
        match operation.success() {
            None => assert!(matches!(status, 200 | 206 | 304), "{}", shown()),
            Some((expected, None)) => {
                assert_eq!(status, expected, "{}", shown());
                assert!(answer.body.is_empty(), "{}", shown());
            }
            Some((expected, Some(schema))) => {
                assert_eq!(status, expected, "{}", shown());
                assert_eq!(answer.header("content-type"), "application/json", "{}", shown());
                assert_eq!(Contract::get().faults(schema, &answer.json()), Vec::<String>::new(), "{}", shown());
            }
        }
    }
}

/// A client of HubSpot's operations. Paths are below `/files/v3` unless they begin with two slashes.
pub(super) type HubSpot = Judged<Rules>;

impl HubSpot {
    /// The operations that were answered with success so far.
    pub(super) fn succeeded(&self) -> BTreeSet<String> {
        self.1.seen.lock().unwrap()[0].clone()
    }

    /// The operations that were refused so far.
    pub(super) fn refused(&self) -> BTreeSet<String> {
        self.1.seen.lock().unwrap()[1].clone()
    }

    /// Uploads a form.
    pub(super) async fn upload(&self, form: Form) -> Answer {
        self.ask(Method::POST, "/files", |request| form.into_body(request)).await
    }

    /// Replaces a file's content with a form.
    pub(super) async fn replace(&self, id: &str, form: Form) -> Answer {
        self.ask(Method::PUT, &format!("/files/{id}"), |request| form.into_body(request)).await
    }

    /// Puts a private file in; the answer must be 201.
    pub(super) async fn put(&self, path: &str, bytes: &[u8]) -> Value {
        self.put_with(path, bytes, json!({})).await
    }

    /// Puts a file in with further options.
    pub(super) async fn put_with(&self, path: &str, bytes: &[u8], options: Value) -> Value {
        let (folder, name) = path.rsplit_once('/').unwrap();
        let folder = if folder.is_empty() { "/" } else { folder };
        self.upload(Form::new().options(&options).field("folderPath", folder).file(name, bytes)).await.expect(201)
    }

    /// Makes a folder; the answer must be 201.
    pub(super) async fn make_folder(&self, path: &str) -> Value {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = if parent.is_empty() { "/" } else { parent };
        self.post("/folders", json!({"name": name, "parentPath": parent})).await.expect(201)
    }

    /// The names with extension of what a search finds; the answer must be 200.
    pub(super) async fn found(&self, things: &str, query: &str) -> Vec<String> {
        let page = self.get(&format!("/{things}/search?{query}")).await.expect(200);
        page["results"].as_array().unwrap().iter().map(full_name).collect()
    }

    /// Asks after a task until it has ended.
    pub(super) async fn ended(&self, locator: &Value) -> Value {
        let status = locator["links"]["status"].as_str().unwrap();
        loop {
            let task = self.ask_at(Method::GET, status, |request| request).await.expect(200);
            if task["status"] != "PENDING" && task["status"] != "PROCESSING" {
                return task;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// A file's name with its extension, or a folder's name.
fn full_name(thing: &Value) -> String {
    let name = thing["name"].as_str().unwrap();
    match thing["extension"].as_str() {
        None | Some("") => name.to_owned(),
        Some(extension) => format!("{name}.{extension}"),
    }
}

/// The id of a file or folder.
pub(super) fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// An error's envelope is JSON by the specification, and its id stands in the header too.
fn judge_error(answer: &Answer, shown: &str) {
    if answer.body.is_empty() {
        // An answer to HEAD has no body.
        return;
    }
    assert_eq!(answer.header("content-type"), "application/json", "{shown}");
    let error = answer.json();
    assert_eq!(Contract::get().faults("Error", &error), Vec::<String>::new(), "{shown}");
    assert_eq!(error["status"], "error", "{shown}");
    assert_eq!(error["correlationId"], answer.header("x-hubspot-correlation-id"), "{shown}");
    assert_eq!(Some(category(answer.status.as_u16())), error["category"].as_str(), "{shown}");
}

/// The category of every status.
fn category(status: u16) -> &'static str {
    match status {
        401 => "INVALID_AUTHENTICATION",
        403 => "MISSING_SCOPES",
        404 => "OBJECT_NOT_FOUND",
        409 => "CONFLICT",
        429 => "RATE_LIMITS",
        400..500 => "VALIDATION_ERROR",
        _ => "INTERNAL_ERROR",
    }
}

/// Demands a refusal that names the place of the fault.
#[track_caller]
pub(super) fn refused_at(answer: &Answer, status: u16, place: &str) {
    let error = answer.expect(status);
    assert_eq!(error["errors"][0]["in"], place, "{error}");
}
