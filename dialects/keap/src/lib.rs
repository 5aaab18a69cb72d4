//! Keap: the contact file box over REST v1, REST v2 and XML-RPC, so that scripts and clients of Keap and Infusionsoft
//! work unmodified. All three are answered at one address, and show the same files.

mod association;
mod content;
mod door;
mod flag;
mod gateway;
mod key;
mod link;
mod name;
mod rpc;
pub mod scope;
mod v1;
mod v2;

#[cfg(feature = "fuzz")]
pub use rpc::trial;

use attache_core::Core;
use attache_http::bridge::Decoders;
use attache_http::{Fail, Metrics, PublicUrl};
use axum::Router;
use axum::extract::FromRef;
use axum::response::Response;

/// What handlers of `D` answer with.
type Reply<D> = Result<Response, Fail<D>>;

/// What handlers work with.
#[derive(Clone, Debug)]
struct App {
    core: Core,
    public: PublicUrl,
    /// For bodies that carry a file inside of JSON or XML.
    decoders: Decoders,
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Core {
        app.core.clone()
    }
}

/// All routes of the dialect. Links in answers begin with `public`.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics) -> Router {
    let routes = Router::new()
        .merge(v1::router(metrics))
        .merge(v2::router(metrics))
        .merge(rpc::router(metrics))
        .merge(link::router(metrics));
    let decoders = Decoders::new(core.limits());
    routes.with_state(App { core, public, decoders })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_routes_stand_in_each_others_way() {
        // The router panics where they do.
        let metrics = Metrics::new();
        let _ = Router::new()
            .merge(v1::router(&metrics))
            .merge(v2::router(&metrics))
            .merge(rpc::router(&metrics))
            .merge(link::router(&metrics));
    }
}
