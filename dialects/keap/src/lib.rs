//! Keap: the contact file box over REST v1, REST v2 and XML-RPC, so that scripts and clients of Keap and Infusionsoft
//! work unmodified. All three are answered at one address, and show the same files.

mod about;
mod association;
mod content;
mod door;
mod flag;
mod gateway;
mod header;
mod key;
mod link;
mod name;
mod rpc;
pub mod scope;
mod throttle;
mod token;
mod v1;
mod v2;

pub use rpc::METHODS;
#[cfg(any(test, feature = "fuzz"))]
pub use rpc::trial;

use attache_core::Core;
use attache_http::bridge::Decoders;
use attache_http::{Fail, Metrics, PublicUrl};
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use header::Front;
use std::sync::Arc;
use throttle::Throttle;

/// Every operation: method and path, without the slash that a path may end with. Calls of XML-RPC have one address here,
/// whatever of [`METHODS`] they call.
pub const OPERATIONS: [(&str, &str); 17] = [
    ("GET", "/crm/rest/v1/files"),
    ("POST", "/crm/rest/v1/files"),
    ("GET", "/crm/rest/v1/files/{id}"),
    ("PUT", "/crm/rest/v1/files/{id}"),
    ("DELETE", "/crm/rest/v1/files/{id}"),
    ("GET", "/crm/rest/v2/files"),
    ("POST", "/crm/rest/v2/files"),
    ("GET", "/crm/rest/v2/files/{id}"),
    ("POST", "/crm/rest/v2/files/{id}"),
    ("PATCH", "/crm/rest/v2/files/{id}"),
    ("DELETE", "/crm/rest/v2/files/{id}"),
    ("GET", "/crm/rest/v2/files/{id}:data"),
    ("GET", "/crm/rest/v1/oauth/connect/userinfo"),
    ("GET", "/crm/rest/v2/oauth/connect/userinfo"),
    ("POST", "/crm/xmlrpc/v1"),
    ("POST", "/token"),
    ("GET", "/{key}"),
];

/// What handlers of `D` answer with.
type Reply<D> = Result<Response, Fail<D>>;

/// What handlers work with.
#[derive(Clone, Debug)]
struct App {
    core: Core,
    public: PublicUrl,
    /// For bodies that carry a file inside of JSON or XML.
    decoders: Decoders,
    throttle: Arc<Throttle>,
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Core {
        app.core.clone()
    }
}

/// All routes of the dialect. Links in answers begin with `public`. The links to files stand right below the root, where
/// `otherwise` answers whatever is none of them.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics, otherwise: Router) -> Router {
    let decoders = Decoders::new(core.limits());
    let app = App { core, public, decoders, throttle: Arc::default() };
    let front = Front { app: app.clone(), metrics: metrics.clone() };
    let routes = routes(metrics).route_layer(from_fn_with_state(front, header::around));
    routes.with_state(app.clone()).merge(link::router(app, metrics, otherwise))
}

/// Everything but the links to files.
fn routes(metrics: &Metrics) -> Router<App> {
    Router::new()
        .merge(v1::router(metrics))
        .merge(v2::router(metrics))
        .merge(rpc::router(metrics))
        .merge(token::router(metrics))
        .merge(about::router(metrics))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_routes_stand_in_each_others_way() {
        // The router panics where they do.
        let _ = routes(&Metrics::new());
    }
}
