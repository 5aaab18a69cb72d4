//! tus 1.0, the open protocol of resumable uploads, under `/v1/uploads`: for browsers on bad networks, command lines and
//! everything else that has a tus client. A finished upload is a file like any other.

mod answer;
mod append;
mod checksum;
mod concat;
mod create;
mod door;
mod end;
mod error;
mod goal;
mod header;
mod look;
mod memo;
mod metadata;
mod sender;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;

use attache_core::{Core, Credential};
use attache_http::session::bearer_or_session;
use attache_http::{Dialect, Fail, Metrics, PublicUrl, RequestInfo, mount};
use attache_model::Error;
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, any, head, post};
use http::request::Parts;
use std::convert::Infallible;
use tower::ServiceExt;

/// Where uploads are.
const PLACE: &str = "/v1/uploads";

/// Every operation, as method and path. A test of whole servers holds its own table against this one.
pub const OPERATIONS: [(&str, &str); 4] = [
    ("POST", "/v1/uploads"),
    ("HEAD", "/v1/uploads/{id}"),
    ("PATCH", "/v1/uploads/{id}"),
    ("DELETE", "/v1/uploads/{id}"),
];

/// The wire of tus 1.0.
#[derive(Clone, Copy, Debug)]
pub enum Tus {}

impl Dialect for Tus {
    const NAME: &'static str = "tus";

    fn credential(parts: &Parts) -> Result<Option<Credential>, Error> {
        bearer_or_session(parts)
    }

    fn envelope(error: &Error, _: &RequestInfo) -> Response {
        error::answer(error)
    }
}

/// What handlers answer with.
type Reply = Result<Response, Fail<Tus>>;

/// What handlers work with.
#[derive(Clone, Debug)]
struct App {
    core: Core,
    public: PublicUrl,
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Core {
        app.core.clone()
    }
}

/// All routes of the dialect. Addresses of uploads begin with `public`.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics) -> Router {
    let app = App { core, public };
    let routes = Router::new()
        .route(PLACE, any(uploads))
        // Many clients are given the address with a slash behind it.
        .route("/v1/uploads/", any(uploads))
        .route("/v1/uploads/{id}", any(upload))
        .layer(door::browsers())
        .layer(from_fn_with_state(app.clone(), door::introduce));
    mount::<Tus, App>(routes, &[], metrics).with_state(app)
}

/// What can be done with uploads as a whole.
async fn uploads(State(app): State<App>, request: Request) -> Reply {
    answered(post(create::create), app, request).await
}

/// What can be done with one upload.
async fn upload(State(app): State<App>, request: Request) -> Reply {
    answered(head(look::look).patch(append::append).delete(end::end), app, request).await
}

/// The answer to the method that a request means. That may be another one than it has, so it is known only here.
async fn answered(methods: MethodRouter<App>, app: App, mut request: Request) -> Reply {
    *request.method_mut() = door::meant(request.method(), request.headers())?;
    let methods: MethodRouter<(), Infallible> =
        methods.layer(from_fn(door::same_version)).fallback(door::wrong_method).with_state(app);
    let Ok(answer) = methods.oneshot(request).await;
    Ok(answer)
}
