//! The door as a request sees it, on a real core.

use super::*;
use crate::dialect::tests::Plain;
use crate::{Metrics, mount};
use attache_blobs::{InlineLimit, Memory};
use attache_core::{NewToken, TokenForm};
use attache_db::{Db, Options, Target};
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::{Clock, Scope, UserNo};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use tempfile::TempDir;
use tower::ServiceExt;

/// A server with one account, and the folder its database is in.
struct Server {
    core: Core,
    router: Router,
    _folder: TempDir,
}

impl Server {
    async fn start() -> Server {
        let folder = TempDir::new().unwrap();
        let target = Target::Sqlite(folder.path().join("attache.db"));
        let core = Core::open(attache_core::Parts {
            db: Db::open(&target, &Options::default()).await.unwrap(),
            blobs: Memory::new(InlineLimit::default()).into(),
            clock: Clock::System,
            limits: Limits::default(),
            allowed_networks: Vec::new(),
            public_url: "http://localhost".to_owned(),
            renderer: None,
            redirect: false,
        });
        let core = core.await.unwrap();
        core.operator().make_account("first").await.unwrap();
        let routes = Router::new()
            .route("/who", get(async |admitted: Admitted<Plain>| admitted.caller.account().to_string()))
            .route(
                "/view",
                get(async |viewing: Viewing<Plain>| viewing.view().map(|_| "in").map_err(Fail::<Plain>::from)),
            )
            .route("/edit", post(async |editing: Editing<Plain>, _: Request<Body>| editing.edit().is_ok().to_string()))
            .route("/remove", post(async |_: Removing<Plain>| "in"))
            .route("/manage", post(async |_: Managing<Plain>| "in"))
            .with_state(core.clone());
        Server { router: mount::<Plain, ()>(routes, &[], &Metrics::new()), core, _folder: folder }
    }

    async fn token(&self, scopes: &[Scope]) -> String {
        let new = NewToken {
            account: "first".to_owned(),
            user: UserNo::OWNER,
            name: String::new(),
            scopes: scopes.iter().copied().collect::<Scopes>(),
            life: None,
            form: TokenForm::Plain,
        };
        let (_, secret) = self.core.operator().make_token(new).await.unwrap();
        secret.reveal().to_owned()
    }

    async fn ask(&self, line: (&str, &str), tokens: &[&str]) -> http::Response<Body> {
        let mut request = Request::builder().method(line.0).uri(line.1);
        for token in tokens {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let unread = futures_util::stream::poll_fn(|_| -> std::task::Poll<Option<std::io::Result<bytes::Bytes>>> {
            panic!("the body must not be read before the door")
        });
        self.router.clone().oneshot(request.body(Body::from_stream(unread)).unwrap()).await.unwrap()
    }
}

const DOORS: [((&str, &str), Scope); 4] = [
    (("GET", "/view"), Scope::FilesRead),
    (("POST", "/edit"), Scope::FilesWrite),
    (("POST", "/remove"), Scope::FilesDelete),
    (("POST", "/manage"), Scope::Settings),
];

#[tokio::test]
async fn nobody_comes_in_without_a_token_or_with_an_unknown_one() {
    let server = Server::start().await;
    for (line, _) in DOORS.into_iter().chain([(("GET", "/who"), Scope::FilesRead)]) {
        for tokens in [&[][..], &["att_unknown"]] {
            let answer = server.ask(line, tokens).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{line:?}");
            assert_eq!(answer.headers()[WWW_AUTHENTICATE], "Bearer");
        }
    }
}

#[tokio::test]
async fn two_tokens_are_nobody_s() {
    let server = Server::start().await;
    let token = server.token(Scope::ALL).await;
    let answer = server.ask(("GET", "/view"), &[&token, &token]).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_door_opens_for_its_own_scope_and_for_no_other() {
    let server = Server::start().await;
    for (line, scope) in DOORS {
        let others: Vec<_> = Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
        let (own, other) = (server.token(&[scope]).await, server.token(&others).await);
        assert_eq!(server.ask(line, &[&own]).await.status(), StatusCode::OK, "{line:?}");
        assert_eq!(server.ask(line, &[&other]).await.status(), StatusCode::FORBIDDEN, "{line:?}");
    }
}

#[tokio::test]
async fn a_token_without_scopes_is_still_somebody() {
    let server = Server::start().await;
    let token = server.token(&[]).await;
    assert_eq!(server.ask(("GET", "/who"), &[&token]).await.status(), StatusCode::OK);
}
