//! The account of the token: what it stores and what it may store, and its settings.

use crate::types::{Account, AccountChange, Caller};
use crate::{Answer, Managing, Params, Site, Viewing, convert, read};
use attache_core::View;
use attache_http::dialect::json_answer;
use attache_model::Scope;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode};

/// Get the account
#[utoipa::path(get, path = "/v1/account", tag = "Account", operation_id = "getAccount",
    responses((status = 200, description = "The account, its usage and its quota.", body = Account)))]
pub(crate) async fn get_one(caller: Viewing, query: Params) -> Answer {
    query.only(&[])?;
    shown(&caller.view()?).await
}

/// Change the account
///
/// It needs the scope `settings`.
#[utoipa::path(patch, path = "/v1/account", tag = "Account", operation_id = "changeAccount", request_body = AccountChange,
    responses((status = 200, description = "The account as it is now.", body = Account)))]
pub(crate) async fn change(
    State(site): State<Site>,
    caller: Managing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: AccountChange = read::json(&headers, body, site.core.limits()).await?;
    let manage = caller.manage()?;
    if let Some(origins) = &asked.panel_origins {
        manage.set_panel_origins(origins).await?;
    }
    shown(&manage).await
}

async fn shown(view: &View<'_>) -> Answer {
    let account = view.account().await?;
    let (usage, quota) = view.usage().await?;
    let shown = Account {
        no: account.no.0,
        name: account.name,
        created_at: account.created_at.rfc3339_millis(),
        trash_days: account.trash_days,
        usage: convert::amount(usage),
        quota: convert::bounds(quota),
        panel_origins: account.panel_origins,
        caller: Caller {
            user: view.caller().actor().0,
            scopes: view.caller().scopes().iter().map(Scope::word).collect(),
        },
    };
    Ok(json_answer(StatusCode::OK, &shown))
}
