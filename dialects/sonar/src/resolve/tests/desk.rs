//! A core with an account, and who asks it.

use crate::router;
use attache_blobs::{InlineLimit, Memory};
use attache_core::{
    Body as Bytes, Caller, Core, Credential, Destination, Expect, NewFile, NewName, NewToken, Parts, TokenForm,
};
use attache_db::{Db, Options, Target};
use attache_http::Metrics;
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{Clock, FolderRef, Name, Owner, Scope, Time, UserNo};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// When every test begins: 2027-01-15T08:00:00.25Z.
const START: Time = Time::from_millis(1_800_000_000_250);
/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

pub(super) struct Desk {
    core: Core,
    router: Router,
    clock: Clock,
    _folder: TempDir,
}

/// Somebody with a token.
pub(super) struct Client<'d> {
    desk: &'d Desk,
    token: Secret,
    caller: Caller,
}

impl Desk {
    pub(super) async fn open() -> Desk {
        Desk::with(|_| ()).await
    }

    pub(super) async fn with(set: impl FnOnce(&mut Limits)) -> Desk {
        let folder = TempDir::new().unwrap();
        let target = Target::Sqlite(folder.path().join("attache.db"));
        let (clock, mut limits) = (Clock::held(START), Limits::default());
        set(&mut limits);
        let parts = Parts {
            db: Db::open(&target, &Options::default()).await.unwrap(),
            blobs: Memory::new(InlineLimit::default()).into(),
            clock: clock.clone(),
            limits,
            allowed_networks: Vec::new(),
            public_url: "http://localhost".to_owned(),
            renderer: None,
            redirect: false,
        };
        let core = Core::open(parts).await.unwrap();
        core.operator().make_account("one").await.unwrap();
        let router = router(core.clone(), &Metrics::new());
        Desk { core, router, clock, _folder: folder }
    }

    /// The account's owner, with all rights.
    pub(super) async fn owner(&self) -> Client<'_> {
        self.client(1, Scopes::all()).await
    }

    pub(super) async fn user(&self, no: i64, scopes: &[Scope]) -> Client<'_> {
        self.client(no, scopes.iter().copied().collect()).await
    }

    async fn client(&self, no: i64, scopes: Scopes) -> Client<'_> {
        let (account, name) = ("one".to_owned(), format!("of {no}"));
        let new = NewToken { account, user: UserNo(no), name, scopes, life: None, form: TokenForm::Plain };
        let (_, token) = self.core.operator().make_token(new).await.unwrap();
        let caller = self.core.admit(&Credential::Token(token.clone())).await.unwrap();
        Client { desk: self, token, caller }
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Client<'_> {
    /// Puts a file in; its number. One whose name ends with `.png` is a picture.
    pub(super) async fn put(&self, name: &str, bytes: &str, owner: Option<(&str, i64)>) -> i64 {
        let reach = self.desk.core.reach(&self.caller).unwrap();
        let bytes = if name.ends_with(".png") { PNG.to_vec() } else { bytes.as_bytes().to_vec() };
        let staged = reach.stage(Bytes::from(bytes), &Expect::at_most(1 << 20)).await.unwrap();
        let mut new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()));
        new.clash = attache_core::Clash::Title;
        let destination = match owner {
            Some((kind, id)) => Destination::Owner(Owner::new(kind, id).unwrap()),
            None => Destination::Company,
        };
        reach.put_file(new, destination, staged).await.unwrap().file.no.0
    }

    /// The whole answer to a query.
    pub(super) async fn ask(&self, query: &str) -> Value {
        self.ask_with(query, json!({})).await
    }

    pub(super) async fn ask_with(&self, query: &str, variables: Value) -> Value {
        serde_json::from_str(&self.text(query, variables).await).unwrap()
    }

    /// The text of the answer, in its own order.
    pub(super) async fn text(&self, query: &str, variables: Value) -> String {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = Request::post("/api/graphql")
            .header(AUTHORIZATION, format!("Bearer {}", self.token.reveal()))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        let answer = self.desk.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let bytes = to_bytes(answer.into_body(), 16 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The data of a query that is fine.
    pub(super) async fn data(&self, query: &str) -> Value {
        let answer = self.ask(query).await;
        assert_eq!(answer.get("errors"), None, "{query}: {answer}");
        answer["data"].clone()
    }

    /// The one refusal of a query: where in the answer, its category, and what it says of which value.
    pub(super) async fn refused(&self, query: &str) -> String {
        let answer = self.ask(query).await;
        let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{query}: {answer}"));
        assert_eq!(errors.len(), 1, "{query}: {answer}");
        let extensions = &errors[0]["extensions"];
        let path: Vec<String> = errors[0]["path"].as_array().into_iter().flatten().map(ToString::to_string).collect();
        let category = extensions["category"].as_str().unwrap();
        let message = errors[0]["message"].as_str().unwrap();
        format!("{}: {category}: {message}", path.join(".").replace('"', ""))
    }
}

/// The numbers of a list's objects.
pub(super) fn numbers(list: &Value) -> Vec<i64> {
    let entities = list["entities"].as_array().unwrap_or_else(|| panic!("{list}"));
    entities.iter().map(|entity| entity["id"].as_str().unwrap().parse().unwrap()).collect()
}

/// An answer with what differs from run to run covered.
pub(super) fn steady(answer: &Value) -> String {
    let text = serde_json::to_string_pretty(answer).unwrap();
    text.lines().map(covered).collect::<Vec<_>>().join("\n")
}

fn covered(line: &str) -> String {
    let Some((name, value)) = line.split_once(": ") else { return line.to_owned() };
    let random = match name.trim().trim_matches('"') {
        // The ids of files and tokens are random; those that are made of numbers are of version 8.
        "sonar_unique_id" => !value.starts_with("\"00000000-0001-8"),
        "token" => value.starts_with('"'),
        word => word == "request_id",
    };
    let end = if value.ends_with(',') { "," } else { "" };
    if random { format!("{name}: \"...\"{end}") } else { line.to_owned() }
}
