//! Kommo: the drive that keeps files (`/v1.0`, `/upload`, `/download`) and the part of the account's API that files
//! touch (`/api/v4`), so that clients of Kommo and amoCRM work unmodified. Both hosts are answered at one address.

mod account;
mod door;
mod drive;
mod error;
pub mod scope;
mod table;

pub use account::ROUTES as ACCOUNT_ROUTES;
pub use drive::ROUTES as DRIVE_ROUTES;

use attache_core::Core;
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
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Core {
        app.core.clone()
    }
}

/// All routes of both hosts. Links in answers begin with `public`, which is the drive's address too.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics) -> Router {
    let routes = Router::new().merge(drive::router(metrics)).merge(account::router(metrics));
    routes.with_state(App { core, public })
}
