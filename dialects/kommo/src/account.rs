//! The account's host, `/api/v4`: records with their files, notes and fields, and the account that tells where its drive
//! is.

mod about;
pub(crate) mod asked;
mod batch;
mod brief;
mod card;
mod cards;
pub(crate) mod entity;
mod face;
mod fields;
pub(crate) mod hal;
mod item;
mod links;
mod note;
mod notes;
pub(crate) mod pages;
mod seek;
mod sent;
mod values;

use crate::table::routes;
use crate::{App, door, error};
use attache_core::{Caller, Core, Credential};
use attache_http::{Dialect, Metrics, RequestInfo, mount};
use attache_model::{Error, Result};
use axum::Router;
use axum::response::Response;
use entity::Entity;
use face::Face;
use http::request::Parts;

/// Where its routes are found.
const PLACES: [&str; 2] = ["/api/v4", "/oauth2"];

/// The wire of the account's host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Account {}

impl Dialect for Account {
    const NAME: &'static str = "kommo";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        Ok(door::credential(parts))
    }

    async fn acting(core: &Core, caller: Caller, parts: &Parts) -> Result<Caller> {
        door::acting(core, caller, parts).await
    }

    fn envelope(error: &Error, _: &RequestInfo) -> Response {
        error::answer(error, error::ACCOUNT)
    }
}

impl App {
    /// How the things of a caller's account look from outside.
    fn account(&self, caller: &Caller) -> Face<'_> {
        Face { public: &self.public, account: caller.account() }
    }
}

// `{entity}` stands for each of Kommo's kinds of records.
routes! {
    get "/api/v4/account" about::get,
    post "/oauth2/access_token" about::no_grant,
    get "/api/v4/files/{file}/links" links::records_of,

    get "/api/v4/{entity}" cards::list,
    post "/api/v4/{entity}" cards::create,
    patch "/api/v4/{entity}" cards::change_all,
    get "/api/v4/{entity}/{id}" cards::get,
    patch "/api/v4/{entity}/{id}" cards::change,

    get "/api/v4/{entity}/{id}/files" links::list_of,
    put "/api/v4/{entity}/{id}/files" links::link,
    delete "/api/v4/{entity}/{id}/files" links::unlink,

    get "/api/v4/{entity}/notes" notes::list,
    post "/api/v4/{entity}/notes" notes::create,
    patch "/api/v4/{entity}/notes" notes::change_all,
    get "/api/v4/{entity}/notes/{note}" notes::get,
    patch "/api/v4/{entity}/notes/{note}" notes::change,
    get "/api/v4/{entity}/{id}/notes" notes::list_of,
    post "/api/v4/{entity}/{id}/notes" notes::create_on,
    patch "/api/v4/{entity}/{id}/notes" notes::change_on,
    get "/api/v4/{entity}/{id}/notes/{note}" notes::get_of,
    patch "/api/v4/{entity}/{id}/notes/{note}" notes::change_of,

    get "/api/v4/{entity}/custom_fields" fields::list,
    post "/api/v4/{entity}/custom_fields" fields::create,
    patch "/api/v4/{entity}/custom_fields" fields::change_all,
    get "/api/v4/{entity}/custom_fields/{field}" fields::get,
    patch "/api/v4/{entity}/custom_fields/{field}" fields::change,
    delete "/api/v4/{entity}/custom_fields/{field}" fields::remove,
}

/// The routes of the account's host.
pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let each =
        routes().into_iter().flat_map(|(path, route)| paths(path).into_iter().map(move |path| (path, route.clone())));
    let routes = each.fold(Router::new(), |router, (path, route)| router.route(&path, route));
    mount::<Account, App>(routes, &PLACES, metrics)
}

/// A path for each kind of record, written out, so that every other word is an unknown path.
fn paths(path: &str) -> Vec<String> {
    let written = |entity: Entity| path.replace("{entity}", entity.word());
    if path.contains("{entity}") { Entity::ALL.map(written).to_vec() } else { vec![path.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_routes_stand_in_each_others_way() {
        // The router panics where they do.
        let _ = router(&Metrics::new());
    }
}
