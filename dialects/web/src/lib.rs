//! What browsers are given: the dashboard, the record panel and the page of an intake link.

mod assets;
mod error;
mod frame;
mod intake;
mod pages;

pub use pages::before;

use attache_core::Core;
use attache_http::{Dialect, Fail, Metrics, PublicUrl, RequestInfo, mount};
use attache_model::Error;
use axum::Router;
use axum::extract::FromRef;
use axum::response::Response;

/// The pages.
#[derive(Clone, Copy, Debug)]
pub enum Web {}

impl Dialect for Web {
    const NAME: &'static str = "web";

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::envelope(error, request)
    }
}

/// What handlers answer with.
type Reply = Result<Response, Fail<Web>>;

/// What handlers work with. Clones share everything.
#[derive(Clone, Debug)]
struct Site {
    core: Core,
    #[expect(dead_code, reason = "pages with links of their own are still to come")]
    public: PublicUrl,
}

impl FromRef<Site> for Core {
    fn from_ref(site: &Site) -> Core {
        site.core.clone()
    }
}

/// All pages, ready to be merged with the dialects.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics) -> Router {
    mount::<Web, Site>(pages::routes().merge(frame::routes()).merge(intake::routes()), &[], metrics)
        .with_state(Site { core, public })
}
