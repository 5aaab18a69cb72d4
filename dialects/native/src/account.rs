//! The account of the token: what it stores and what it may store.

use crate::types::{Account, Caller};
use crate::{Answer, Params, Viewing, convert};
use attache_http::dialect::json_answer;
use attache_model::Scope;
use http::StatusCode;

/// Get the account
#[utoipa::path(get, path = "/v1/account", tag = "Account", operation_id = "getAccount",
    responses((status = 200, description = "The account, its usage and its quota.", body = Account)))]
pub(crate) async fn get_one(caller: Viewing, query: Params) -> Answer {
    query.only(&[])?;
    let view = caller.view()?;
    let account = view.account().await?;
    let (usage, quota) = view.usage().await?;
    let shown = Account {
        no: account.no.0,
        name: account.name,
        created_at: account.created_at.rfc3339_millis(),
        trash_days: account.trash_days,
        usage: convert::amount(usage),
        quota: convert::bounds(quota),
        caller: Caller {
            user: view.caller().actor().0,
            scopes: view.caller().scopes().iter().map(Scope::word).collect(),
        },
    };
    Ok(json_answer(StatusCode::OK, &shown))
}
