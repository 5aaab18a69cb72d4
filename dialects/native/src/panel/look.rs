//! Looking at a panel: what it is, its files, their versions and bytes, and the feed.

use super::shown::Frame;
use crate::content::{self, ShowParams};
use crate::preview::{self, PreviewParams};
use crate::read::At;
use crate::types::{FeedItem, List, Page, Panel, PanelEntry, PanelVersion};
use crate::{Answer, AtPanel, Params, Site, convert, list as pages};
use attache_http::dialect::json_answer;
use attache_http::serve::{Cache, Show};
use attache_model::Scope;
use attache_model::error::{Code, Error};
use axum::extract::State;
use http::{HeaderMap, Method, StatusCode};

/// See what a panel is
#[utoipa::path(get, path = "/v1/panel", tag = "Panels", operation_id = "getPanel",
    responses((status = 200, description = "The record, and what may be done there.", body = Panel)))]
pub(crate) async fn get_one(who: AtPanel, query: Params) -> Answer {
    query.only(&[])?;
    let shown = Panel {
        record: who.guest.record().to_string(),
        scopes: who.guest.scopes().iter().map(Scope::word).collect(),
        expires_at: who.guest.expires_at().rfc3339_millis(),
    };
    Ok(json_answer(StatusCode::OK, &shown))
}

/// List a panel's files
///
/// Those on the record that its ordinary readers are shown, each once. The one that was put on it last comes first. Links in the
/// answer work without a token for 15 minutes at most.
#[utoipa::path(get, path = "/v1/panel/files", tag = "Panels", operation_id = "listPanelFiles", params(pages::PageParams),
    responses((status = 200, description = "A page of files.", body = Page<PanelEntry>)))]
pub(crate) async fn files(State(site): State<Site>, who: AtPanel, query: Params) -> Answer {
    query.only(&pages::PAGE)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let panel = who.panel();
    let page = panel.files(start, limit).await?;
    let frame = Frame { panel, site: &site };
    Ok(pages::answer(page.map(|(link, file)| frame.entry(&link, &file)), &query, &site.public))
}

/// Get a panel's file
#[utoipa::path(get, path = "/v1/panel/files/{id}", tag = "Panels", operation_id = "getPanelFile",
    params(("id" = String, Path, description = "Id or number of the file.")),
    responses((status = 200, description = "The file.", body = PanelEntry)))]
pub(crate) async fn file(State(site): State<Site>, who: AtPanel, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let panel = who.panel();
    let (link, file) = panel.file(convert::file_ref(&id)?).await?;
    Ok(json_answer(StatusCode::OK, &Frame { panel, site: &site }.entry(&link, &file)))
}

/// List the versions of a panel's file
#[utoipa::path(get, path = "/v1/panel/files/{id}/versions", tag = "Panels", operation_id = "listPanelVersions",
    params(("id" = String, Path, description = "Id or number of the file.")),
    responses((status = 200, description = "Its versions, newest first.", body = List<PanelVersion>)))]
pub(crate) async fn versions(State(site): State<Site>, who: AtPanel, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let panel = who.panel();
    let (file, versions) = panel.versions(convert::file_ref(&id)?).await?;
    let frame = Frame { panel, site: &site };
    let items: Vec<_> = versions.iter().map(|version| frame.version(&file, version)).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

/// Fetch the content of a panel's file
#[utoipa::path(get, path = "/v1/panel/files/{id}/content", tag = "Panels", operation_id = "getPanelContent",
    params(("id" = String, Path, description = "Id or number of the file."),
        ("version" = Option<i64>, Query, minimum = 1, description = "Number of the version; the active one where it is not given."),
        ("Range" = Option<String>, Header, description = "One range of bytes."), ShowParams),
    responses(
        (status = 200, description = "The content.", body = Value, content_type = "*/*"),
        (status = 206, description = "The range."),
        (status = 304, description = "The client has it."),
        (status = 416, description = "The range lies outside; `Content-Range` tells the size."),
    ))]
pub(crate) async fn content(
    who: AtPanel,
    At(id): At<String>,
    query: Params,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    query.only(&["version", "download"])?;
    let version = query.parsed::<i64>("version", "the number of a version")?;
    if version.is_some_and(|no| no < 1) {
        return Err(Error::malformed(Code::ParameterInvalid, "version", "versions are counted from 1").into());
    }
    let show = content::shown_as(&query)?;
    let content = who.panel().open(convert::file_ref(&id)?, version).await?;
    Ok(content::give(&method, &headers, &content, show).await?)
}

/// Fetch a preview of a panel's file
#[utoipa::path(get, path = "/v1/panel/files/{id}/preview", tag = "Panels", operation_id = "getPanelPreview",
    params(("id" = String, Path, description = "Id or number of the file."), PreviewParams),
    responses(
        (status = 200, description = "The picture.", body = String, content_type = "image/*"),
        (status = 304, description = "The client has it."),
        (status = 422, description = "There is no preview of this content, or not in this size."),
    ))]
pub(crate) async fn preview(
    State(site): State<Site>,
    who: AtPanel,
    At(id): At<String>,
    query: Params,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    let sized = preview::sized(&query)?;
    let content = who.panel().open(convert::file_ref(&id)?, None).await?;
    let manner = preview::Manner { show: Show::Inline, cache: Cache::Ask, embed: false };
    Ok(preview::give(&site, &content, sized, manner, &method, &headers).await?)
}

/// Read a panel's feed
///
/// The notes on the record, newest first. Words are shown to tokens with the scope `records`; of the files those that the panel
/// shows.
#[utoipa::path(get, path = "/v1/panel/feed", tag = "Panels", operation_id = "readPanelFeed", params(pages::PageParams),
    responses((status = 200, description = "A page of items.", body = Page<FeedItem>)))]
pub(crate) async fn feed(State(site): State<Site>, who: AtPanel, query: Params) -> Answer {
    query.only(&pages::PAGE)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let panel = who.panel();
    let page = panel.feed(start, limit).await?;
    let frame = Frame { panel, site: &site };
    Ok(pages::answer(page.map(|item| frame.item(&item)), &query, &site.public))
}
