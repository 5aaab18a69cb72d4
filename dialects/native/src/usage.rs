//! Who holds how much, and who works in the account.

use crate::types::{Holding, List, UsageBy, UsagePage, User};
use crate::{Answer, Params, Site, Viewing, convert, list as pages, plan};
use attache_http::dialect::json_answer;
use attache_model::Error;
use attache_model::error::Code;
use axum::extract::State;
use http::StatusCode;
use utoipa::IntoParams;

/// What to sum up by.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct UsageParams {
    /// `folder`, `record` or `kind`.
    #[param(inline)]
    by: UsageBy,
}

/// See who holds how much
///
/// The folders, records or kinds whose files take most, the greatest first. Every version counts; what is in the trash is told
/// apart. Hidden files count for tokens that see them.
#[utoipa::path(get, path = "/v1/usage", tag = "Account", operation_id = "getUsage", params(UsageParams, pages::PageParams),
    responses((status = 200, description = "A page of holders.", body = UsagePage)))]
pub(crate) async fn get_one(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&["by", "limit", "cursor"])?;
    let by = by(query.one("by")?)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let view = caller.view()?;
    let page = view.usage_by(by, start, limit).await?;
    let trash = convert::amount(view.trash_usage().await?);
    let named = view.caller().has(attache_model::Scope::Records);
    let page = page.map(|holding| convert::holding(&holding, named));
    Ok(pages::answer_as(page, &query, &site.public, |items: Vec<Holding>, next_cursor| UsagePage {
        items,
        trash,
        next_cursor,
    }))
}

fn by(word: Option<&str>) -> attache_model::Result<attache_core::UsageBy> {
    let word = word.ok_or_else(|| {
        Error::malformed(Code::ParameterInvalid, "by", "say what to sum up by: folder, record or kind")
    })?;
    let by = plan::one_of(word).map_err(|why| Error::malformed(Code::ParameterInvalid, "by", why))?;
    Ok(match by {
        UsageBy::Folder => attache_core::UsageBy::Folder,
        UsageBy::Record => attache_core::UsageBy::Record,
        UsageBy::Kind => attache_core::UsageBy::Kind,
    })
}

/// List users
///
/// Who the numbers in `created_by`, `actor` and the like are.
#[utoipa::path(get, path = "/v1/users", tag = "Account", operation_id = "listUsers",
    responses((status = 200, description = "The account's users, by number.", body = List<User>)))]
pub(crate) async fn users(caller: Viewing, query: Params) -> Answer {
    query.only(&[])?;
    let items: Vec<_> = caller.view()?.users().await?.iter().map(convert::user).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}
