//! XML-RPC: `FileService`, and `DataService` for the table `FileBox`. Two addresses of the gateway take the same
//! credentials as REST; the old one takes the key as the call's first parameter.
//!
//! The answer is a 200 for results and faults alike. Three things are told by the status: a credential that lets nobody
//! in at the gateway, a request past its limits, and a wrong method or address of HTTP.

mod app;
mod call;
mod criteria;
mod data_service;
mod fault;
mod file_box;
mod file_service;
mod gate;
mod method;
mod read;
mod receive;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
mod trouble;
mod value;
mod write;

use crate::{App, door, gateway};
pub use method::METHODS;

use attache_core::{Credential, Staged};
use attache_http::dialect::{Failed, mark};
use attache_http::{Admitted, Dialect, Fail, Metrics, RequestInfo, mount};
use attache_model::error::Code;
use attache_model::{Error, Result, What};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use call::Call;
use fault::Fault;
use gate::Gate;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use method::Method;
use trouble::{Outcome, Trouble};

/// The addresses of the gateway. The first two are Keap's; clients send the others too.
const GATEWAY: [&str; 4] = ["/crm/xmlrpc/v1", "/crm/xmlrpc", "/crm/xmlrpc/v1/", "/crm/xmlrpc/"];
/// The addresses of an application of its own, to which some clients add its name as a parameter.
const LEGACY: [&str; 2] = ["/api/xmlrpc", "/api/xmlrpc/"];
/// The word for faults that are no errors of ours, in metrics and log lines.
const FAULT: Failed = Failed("fault");

/// XML-RPC.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rpc {}

impl Dialect for Rpc {
    const NAME: &'static str = "keap_xmlrpc";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        door::asked(parts)
    }

    fn envelope(error: &Error, _: &RequestInfo) -> Response {
        if let Error::Unauthenticated(shown) = error {
            return gateway::refused(*shown);
        }
        let mut answer = write::fault(&Fault::from(error));
        *answer.status_mut() = match error {
            Error::TooLarge { code: Code::BodyTooLarge, .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::NotFound(What::Route) => StatusCode::NOT_FOUND,
            Error::Unsupported { .. } => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::OK,
        };
        answer
    }
}

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let unknown = Router::new().route("/crm/xmlrpc/{*rest}", any(gateway::no_route::<Rpc>));
    let gateway = GATEWAY.iter().fold(unknown, |routes, path| routes.route(path, post(through_gateway)));
    let gateway = gateway.method_not_allowed_fallback(gateway::wrong_method::<Rpc>);
    let legacy = LEGACY.iter().fold(Router::new(), |routes, path| routes.route(path, post(with_key)));
    mount::<Rpc, App>(gateway, &[], metrics).merge(mount::<Rpc, App>(legacy, &[], metrics))
}

/// A call at the gateway.
async fn through_gateway(State(app): State<App>, who: Admitted<Rpc>, headers: HeaderMap, body: Body) -> Response {
    let answer = answer(&app, &Gate::Passed(who.caller), &headers, body).await;
    answer.unwrap_or_else(refused)
}

/// A call at the old address. Its clients do not look at the status: they are told of a bad key by a fault.
async fn with_key(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let gate = match Gate::of(&app.core, &parts).await {
        Ok(gate) => gate,
        Err(error) => return told_by_fault(error.into()),
    };
    let mut answer = answer(&app, &gate, &parts.headers, body).await.unwrap_or_else(told_by_fault);
    if let Some(seen) = gate.seen() {
        answer.extensions_mut().insert(seen);
    }
    answer
}

fn told_by_fault(trouble: Trouble) -> Response {
    match trouble {
        Trouble::Error(error @ Error::Unauthenticated(_)) => {
            let mut answer = write::fault(&Fault::from(&error));
            mark(&mut answer, &error);
            answer
        }
        trouble => refused(trouble),
    }
}

async fn answer(app: &App, gate: &Gate, headers: &HeaderMap, body: Body) -> Outcome<Response> {
    let (call, file) = receive::receive(app, gate, headers, body).await?;
    run(app, gate, &call, file).await.map_err(|trouble| match trouble {
        Trouble::Shape => Fault::no_match(&call.signature()).into(),
        other => other,
    })
}

/// Runs a call. `file` is the content in it, where that was too long to be held.
async fn run(app: &App, gate: &Gate, call: &Call, file: Option<Staged>) -> Outcome<Response> {
    let method = Method::parse(&call.method).ok_or_else(|| Fault::no_handler(&call.method))?;
    let args = method.args(call).ok_or(Trouble::Shape)?;
    let caller = gate.caller(app, call).await?;
    let reach = || app.core.reach(&caller);
    let value = match method {
        Method::UploadFile => file_service::upload(app, &reach()?, args, file).await?,
        Method::GetFile => return file_service::get(&reach()?, args).await,
        Method::GetDownloadUrl => file_service::link(app, &reach()?, args).await?,
        Method::ReplaceFile => file_service::replace(app, &reach()?, args, file).await?,
        Method::RenameFile => file_service::rename(&reach()?, args).await?,
        Method::Query => data_service::query(&reach()?, args).await?,
        Method::FindByField => data_service::find_by_field(&reach()?, args).await?,
        Method::Load => data_service::load(&reach()?, args).await?,
        Method::Count => data_service::count(&reach()?, args).await?,
        Method::Add => data_service::add(args)?,
        Method::Update => data_service::update(args)?,
        Method::Delete => data_service::delete(args)?,
        Method::GetAppSetting => app::setting(args)?,
        Method::GetUserInfo => app::user_info(&caller, args)?,
    };
    Ok(write::result(&value))
}

/// The answer to a call that came to nothing.
fn refused(trouble: Trouble) -> Response {
    match trouble {
        Trouble::Error(error) => Fail::<Rpc>::new(error).into_response(),
        Trouble::Fault(fault) => marked(&fault, FAULT),
        // Whoever knows the call has made a fault of it.
        Trouble::Shape => marked(&Fault::no_match(""), FAULT),
    }
}

/// A fault, with its word for the log line and the counts.
fn marked(fault: &Fault, mark: Failed) -> Response {
    let mut answer = write::fault(fault);
    answer.extensions_mut().insert(mark);
    answer
}

#[cfg(test)]
mod tests;
