//! Changing what is in a panel: files come, get versions, and go.

use super::shown::Frame;
use crate::read::{self, At};
use crate::types::PanelEntry;
use crate::upload::{charset, is_form, media_type};
use crate::{Answer, AtPanel, Params, Site, convert};
use attache_core::{Expect, NewName, Panel, PanelFile, Replacement, Staged};
use attache_http::body;
use attache_http::dialect::json_answer;
use attache_http::multipart::Multipart;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, FileRef, Name, Result};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use utoipa::ToSchema;

/// A form with one file. Fields beside it are not heeded: the file lands on the panel's record whatever they say.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub(crate) struct PanelForm {
    /// The content, with its name.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Put a file into a panel
///
/// As multipart form data with the content in the part `file`. The file is private and on the record, whatever the form says.
/// For large files and bad networks see tus, which takes a panel's token as well.
#[utoipa::path(post, path = "/v1/panel/files", tag = "Panels", operation_id = "putPanelFile",
    request_body(content = PanelForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "The file on the record.", body = PanelEntry)))]
pub(crate) async fn put(
    State(site): State<Site>,
    who: AtPanel,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let (panel, limits) = (who.panel(), site.core.limits());
    let (new, staged) = form(&panel, limits, &headers, body).await?;
    let file = panel.put_file(&new, staged).await?;
    entry(&site, panel, StatusCode::CREATED, file.no.into()).await
}

async fn entry(site: &Site, panel: Panel<'_>, status: StatusCode, file: FileRef) -> Answer {
    let (link, file) = panel.file(file).await?;
    Ok(json_answer(status, &Frame { panel, site }.entry(&link, &file)))
}

async fn form(panel: &Panel<'_>, limits: &Limits, headers: &HeaderMap, body: Body) -> Result<(PanelFile, Staged)> {
    let mut form = Multipart::of(headers, body, limits)?;
    let mut found = None;
    while let Some(part) = form.next_part().await? {
        if part.name != "file" {
            continue;
        }
        if found.is_some() {
            return Err(Error::invalid("file", "there is more than one part 'file'; send one file in one request"));
        }
        let name = match part.file_name.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => NewName::Exact(Name::parse(name)?),
            None => NewName::Derived { given: None, part: None },
        };
        let kind = part.content_type.clone();
        if let Some(kind) = &kind {
            attache_core::check_type(kind)?;
        }
        let new = PanelFile { name, charset: kind.as_deref().and_then(charset), media_type: kind };
        panel.foresee(&new, None).await?;
        let staged = panel.stage(part.stream(), &Expect::at_most(limits.file_bytes)).await?;
        found = Some((new, staged));
    }
    found.ok_or_else(|| Error::invalid("file", "the part 'file' with the content is missing"))
}

/// Put a new version of a panel's file in
///
/// The old content stays as a version.
#[utoipa::path(put, path = "/v1/panel/files/{id}/content", tag = "Panels", operation_id = "putPanelVersion",
    params(("id" = String, Path, description = "Id or number of the file."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the file or of its content that must still hold.")),
    request_body(content((String = "application/octet-stream"))),
    responses((status = 200, description = "The file with its new version.", body = PanelEntry)))]
pub(crate) async fn replace(
    State(site): State<Site>,
    who: AtPanel,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let (panel, limits) = (who.panel(), site.core.limits());
    let kind = media_type(&headers)?;
    if kind.as_deref().is_some_and(is_form) {
        let why = "send the new content itself as the body, not a form";
        return Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why).into());
    }
    // A file that is not there is told before its bytes are asked for.
    let (_, file) = panel.file_to_change(convert::file_ref(&id)?).await?;
    let with = Replacement {
        charset: kind.as_deref().and_then(charset),
        media_type: kind,
        condition: read::condition(&headers),
        ..Replacement::default()
    };
    let expect = Expect { len: body::declared_len(&headers)?, ..Expect::at_most(limits.file_bytes) };
    let bytes = body::stream(&headers, body, body::Cap::file(limits), limits)?;
    let staged = panel.stage(bytes, &expect).await?;
    panel.replace_file(file.no, with, staged).await?;
    entry(&site, panel, StatusCode::OK, file.no.into()).await
}

/// Take a file off a panel's record
///
/// The file itself stays, unless `trash=true` moves it to the trash. That needs `files:delete`, and is for files that are on no
/// other record.
#[utoipa::path(delete, path = "/v1/panel/files/{id}", tag = "Panels", operation_id = "removePanelFile",
    params(("id" = String, Path, description = "Id or number of the file."),
        ("trash" = Option<bool>, Query, description = "True moves the file to the trash.")),
    responses((status = 204, description = "It is no longer in the panel.")))]
pub(crate) async fn remove(who: AtPanel, At(id): At<String>, query: Params) -> Answer {
    query.only(&["trash"])?;
    let (panel, file) = (who.panel(), convert::file_ref(&id)?);
    match query.parsed("trash", "true or false")?.unwrap_or(false) {
        true => panel.trash(file).await?,
        false => panel.unlink(file).await?,
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
