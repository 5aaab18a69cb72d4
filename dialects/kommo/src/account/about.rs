//! The account itself, which tells clients where its drive is, and what is answered to those who ask for a token.

use super::Account;
use super::asked::list;
use super::batch::Reply;
use super::hal::{self, Links};
use crate::App;
use attache_http::{Admitted, Fail, Params};
use attache_model::account::Account as Tenant;
use attache_model::{Error, UserNo};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The release of the account's API that clients are told.
const VERSION: u32 = 13;
/// Longest subdomain.
const LABEL_MAX: usize = 63;

/// An account. What has no meaning here has the value of an account that does not use it.
#[derive(Debug, Serialize)]
struct Shown {
    id: i64,
    name: String,
    subdomain: String,
    created_at: i64,
    created_by: i64,
    updated_at: i64,
    updated_by: i64,
    current_user_id: i64,
    country: &'static str,
    currency: &'static str,
    currency_symbol: &'static str,
    customers_mode: &'static str,
    is_unsorted_on: bool,
    mobile_feature_version: u32,
    is_loss_reason_enabled: bool,
    is_helpbot_enabled: bool,
    is_technical_account: bool,
    contact_name_display_order: u32,
    drive_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uuid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amojo_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(rename = "_links")]
    links: Links,
}

/// `GET /account`. Where the drive is, is told to everybody who may come in: one client never asks for it by name.
pub(crate) async fn get(app: State<App>, who: Admitted<Account>, query: Params<Account>) -> Reply {
    let tenant = app.core.account(&who.caller).await?;
    let with: Vec<&str> = list(&query, "with").collect();
    let asked = |word: &str| with.contains(&word);
    let (created, user) = (tenant.created_at.seconds(), who.caller.actor().0);
    let shown = Shown {
        id: tenant.no.0,
        subdomain: label(&tenant.name),
        created_at: created,
        created_by: UserNo::OWNER.0,
        updated_at: created,
        updated_by: UserNo::OWNER.0,
        current_user_id: user,
        country: "US",
        currency: "USD",
        currency_symbol: "$",
        customers_mode: "segments",
        is_unsorted_on: false,
        mobile_feature_version: 0,
        is_loss_reason_enabled: false,
        is_helpbot_enabled: false,
        is_technical_account: false,
        contact_name_display_order: 1,
        drive_url: app.public.as_str().to_owned(),
        uuid: asked("uuid").then(|| known_as("account", &tenant)),
        amojo_id: asked("amojo_id").then(|| known_as("chats", &tenant)),
        version: asked("version").then_some(VERSION),
        links: hal::to_self(app.account(&who.caller).href(["account"])),
        name: tenant.name,
    };
    Ok(hal::answer(StatusCode::OK, &shown))
}

/// A name as the first part of a host's name.
fn label(name: &str) -> String {
    let plain = deunicode::deunicode(name).to_ascii_lowercase();
    let label: String =
        plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(LABEL_MAX).collect();
    label.trim_matches('-').to_owned()
}

/// An id of the account for one purpose: the same whenever it is asked for, and no secret.
fn known_as(purpose: &str, tenant: &Tenant) -> Uuid {
    let digest = Sha256::digest(format!("{purpose}/{}/{}", tenant.no, tenant.created_at.0));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// `POST /oauth2/access_token`: there is nobody here who could grant anything.
pub(crate) async fn no_grant() -> Response {
    let why = "tokens are not granted over HTTP here; use a long-lived token, which the server's operator makes with \
               `attache token create --jwt --scopes kommo:crm,kommo:files,kommo:files_delete`";
    Fail::<Account>::new(Error::invalid("grant_type", why)).into_response()
}
