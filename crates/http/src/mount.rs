//! Putting the routes of a dialect in place: every answer below its prefixes, the unhappy ones included, is in its words.

use crate::Metrics;
use crate::dialect::{Dialect, Fail};
use crate::trace;
use attache_model::{Error, What};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{Method, StatusCode};

/// Gives the routes of dialect `D` their surroundings: the log line and the counts of each request, the request id, the
/// net under panics, and answers in the dialect's words for unknown paths below `prefixes` (such as `/files/v3`) and for
/// wrong methods. Routers that come out can be merged with each other.
pub fn mount<D: Dialect, S>(routes: Router<S>, prefixes: &[&str], metrics: &Metrics) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let mut routes = routes.method_not_allowed_fallback(wrong_method::<D>);
    for prefix in prefixes {
        for unknown in [format!("{prefix}/{{*rest}}"), format!("{prefix}/"), (*prefix).to_owned()] {
            routes = routes.route(&unknown, any(no_route::<D>));
        }
    }
    routes.layer(from_fn_with_state(metrics.clone(), trace::around::<D>))
}

/// As [`mount`], and unknown paths of the whole server are answered in the words of `D` too. One dialect of a server can
/// have this.
pub fn mount_as_fallback<D: Dialect, S>(routes: Router<S>, metrics: &Metrics) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    mount::<D, S>(routes.fallback(no_route::<D>), &[], metrics)
}

async fn no_route<D: Dialect>() -> Fail<D> {
    Fail::new(Error::NotFound(What::Route))
}

/// The status is HTTP's own here; which methods there are is told by the `Allow` header that the router adds.
async fn wrong_method<D: Dialect>(method: Method) -> Response {
    let why = format!("{method} is not possible here; the Allow header tells which methods are");
    let mut response = Fail::<D>::new(Error::Unsupported { why }).into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
