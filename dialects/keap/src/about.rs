//! Who somebody is, for clients that ask it to see whether their token works. There is more of a person in Keap; what we
//! do not know is empty, and no mail goes to the address.

use crate::key::tenant;
use crate::v1::Rest1;
use crate::v2::Rest2;
use crate::{App, Reply, gateway};
use attache_http::dialect::json_answer;
use attache_http::{Admitted, Dialect, Metrics, mount};
use attache_model::{AccountNo, Scope, UserNo};
use axum::Router;
use axum::routing::get;
use http::StatusCode;
use serde::Serialize;

/// Below each version's base.
const USERINFO: &str = "oauth/connect/userinfo";

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    Router::new().merge(below::<Rest1>("/crm/rest/v1", metrics)).merge(below::<Rest2>("/crm/rest/v2", metrics))
}

fn below<D: Dialect>(base: &str, metrics: &Metrics) -> Router<App> {
    let paths = [format!("{base}/{USERINFO}"), format!("{base}/{USERINFO}/")];
    let routes = paths.iter().fold(Router::new(), |routes, path| routes.route(path, get(userinfo::<D>)));
    mount::<D, _>(routes.method_not_allowed_fallback(gateway::wrong_method::<D>), &[], metrics)
}

async fn userinfo<D: Dialect>(caller: Admitted<D>) -> Reply<D> {
    let Admitted { caller, .. } = &caller;
    let person = Person::of(caller.actor(), caller.account(), caller.has(Scope::FilesRead));
    Ok(json_answer(StatusCode::OK, &person))
}

/// A user, as both versions show one.
#[derive(Debug, Serialize)]
struct Person {
    email: String,
    sub: String,
    id: String,
    keap_id: String,
    family_name: String,
    given_name: &'static str,
    middle_name: &'static str,
    preferred_name: String,
    is_admin: bool,
    tenant_id: String,
}

impl Person {
    /// A user who may do everything counts as an admin, as Keap's service accounts do.
    fn of(user: UserNo, account: AccountNo, is_admin: bool) -> Person {
        let (no, tenant) = (user.to_string(), tenant(account));
        let address = format!("user{no}@{tenant}.invalid");
        Person {
            email: address.clone(),
            sub: no.clone(),
            id: no.clone(),
            keap_id: address,
            preferred_name: format!("user {no}"),
            family_name: no,
            given_name: "user",
            middle_name: "",
            is_admin,
            tenant_id: tenant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c25_a_person_has_every_member_of_keaps_and_what_we_do_not_know_is_empty() {
        insta::assert_json_snapshot!(Person::of(UserNo(7), AccountNo(3), false));
    }
}
