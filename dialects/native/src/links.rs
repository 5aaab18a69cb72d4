//! Signed links: made, listed and taken back.

use crate::read::{self, At};
use crate::types::{self, NewShare, Page, Share, SharePlan};
use crate::{Answer, Editing, Params, Site, Viewing, convert, list as pages};
use attache_core::Signed;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::listing::FileLabel;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// Make a signed link
///
/// Whoever has the address can fetch the content until it ends, without a token. The body may be left out.
#[utoipa::path(post, path = "/v1/files/{id}/links", tag = "Signed links", operation_id = "createSignedLink",
    params(("id" = String, Path, description = "Id or number of the file.")),
    request_body(content = SharePlan, description = "May be left out."),
    responses((status = 201, description = "The link with its address, which is shown this once.", body = NewShare)))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Editing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let file = convert::file_ref(&id)?;
    let asked: SharePlan = read::json_or_default(&headers, body, site.core.limits()).await?;
    let edit = caller.edit()?;
    let found = edit.file(file).await?;
    let signed = edit.share(file, &wanted(&asked, site.core.limits())?).await?;
    let label = FileLabel { id: found.id, name: found.title().full().to_owned() };
    Ok(json_answer(StatusCode::CREATED, &shown(&signed, &label, &site)?))
}

/// A link as core takes it.
fn wanted(asked: &SharePlan, limits: &Limits) -> Result<attache_core::NewShare> {
    let seconds = asked.expires_in.unwrap_or(limits.share_default);
    if seconds > limits.share_life {
        let why = format!("a link works for {} seconds at most", limits.share_life);
        return Err(Error::refuse(Code::ExpiryTooLong, "expires_in", why));
    }
    if seconds == 0 {
        return Err(Error::refuse(Code::ExpiryInvalid, "expires_in", "it must be at least 1 second"));
    }
    Ok(attache_core::NewShare {
        life: Duration::from_secs(seconds),
        version: asked.version,
        size: asked.size.map(convert::size),
        upscale: false,
        download: asked.download,
        listed: true,
    })
}

fn shown(signed: &Signed, file: &FileLabel, site: &Site) -> Result<NewShare> {
    let share = signed.share.as_ref().ok_or_else(|| Error::bug("a listed link has no row"))?;
    Ok(types::NewShare { url: site.public.link(["signed", &signed.token]), link: convert::share(share, Some(file)) })
}

/// List a file's signed links
///
/// Those that still work, the newest first.
#[utoipa::path(get, path = "/v1/files/{id}/links", tag = "Signed links", operation_id = "listFileSignedLinks",
    params(("id" = String, Path, description = "Id or number of the file."), pages::PageParams),
    responses((status = 200, description = "A page of links.", body = Page<Share>)))]
pub(crate) async fn of_file(State(site): State<Site>, caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&pages::PAGE)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.view()?.shares(Some(convert::file_ref(&id)?), start, limit).await?;
    Ok(pages::answer(page.map(|found| convert::share(&found.share, found.file.as_ref())), &query, &site.public))
}

/// List all signed links
///
/// Those that still work, the newest first.
#[utoipa::path(get, path = "/v1/links", tag = "Signed links", operation_id = "listSignedLinks", params(pages::PageParams),
    responses((status = 200, description = "A page of links.", body = Page<Share>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&pages::PAGE)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.view()?.shares(None, start, limit).await?;
    Ok(pages::answer(page.map(|found| convert::share(&found.share, found.file.as_ref())), &query, &site.public))
}

/// Take a signed link back
#[utoipa::path(delete, path = "/v1/links/{id}", tag = "Signed links", operation_id = "revokeSignedLink",
    params(("id" = String, Path, description = "Id of the link.")),
    responses((status = 204, description = "It no longer works.")))]
pub(crate) async fn revoke(caller: Editing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    caller.edit()?.revoke_share(convert::id(&id, What::Share)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(seconds: Option<u64>) -> Result<Duration> {
        let asked = SharePlan { expires_in: seconds, ..SharePlan::default() };
        wanted(&asked, &Limits::default()).map(|share| share.life)
    }

    #[test]
    fn a_link_of_seven_days_is_the_longest() {
        let most = Limits::default().share_life;
        assert_eq!(life(Some(most)).unwrap().as_secs(), most);
        assert!(matches!(life(Some(most + 1)), Err(Error::Invalid { code: Code::ExpiryTooLong, .. })));
        assert!(matches!(life(Some(0)), Err(Error::Invalid { code: Code::ExpiryInvalid, .. })));
    }

    #[test]
    fn a_link_that_names_no_life_is_short() {
        assert_eq!(life(None).unwrap().as_secs(), Limits::default().share_default);
    }
}
