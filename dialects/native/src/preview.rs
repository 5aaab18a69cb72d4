//! Small pictures of pictures.

use crate::content::told;
use crate::read::At;
use crate::{Answer, Params, Site, Viewing, convert};
use attache_core::Content;
use attache_http::Query;
use attache_http::serve::{self, Cache, Show, Tag, serve_bytes};
use attache_model::error::Code;
use attache_model::share::PreviewSize;
use attache_model::{Error, Result};
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method};
use utoipa::IntoParams;

/// Which preview.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct PreviewParams {
    /// `icon` (32 pixels), `thumb` (128), `medium` (512) or `preview` (1024): the side of the box that the picture fits
    /// in. `medium` when it is left out.
    size: Option<String>,
    /// True enlarges smaller pictures to the box.
    upscale: Option<bool>,
}

/// How a picture leaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) show: Show,
    pub(crate) cache: Cache,
    /// Pages of other sites may show it.
    pub(crate) embed: bool,
}

/// How large a preview is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sized {
    pub(crate) size: PreviewSize,
    pub(crate) upscale: bool,
}

/// Fetch a preview
///
/// A small picture of the active version, without any metadata of the original. It is made by a process of its own with
/// bounded memory and time. Content that is no picture has none.
#[utoipa::path(get, path = "/v1/files/{id}/preview", tag = "Content", operation_id = "getPreview",
    params(("id" = String, Path, description = "Id or number of the file."), PreviewParams),
    responses(
        (status = 200, description = "The picture.", body = String, content_type = "image/*"),
        (status = 304, description = "The client has it."),
        (status = 422, description = "There is no preview of this content, or not in this size."),
    ))]
pub(crate) async fn of_active(
    State(site): State<Site>,
    caller: Viewing,
    At(id): At<String>,
    query: Params,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    let sized = sized(&query)?;
    let content = caller.view()?.open(convert::file_ref(&id)?, None).await?;
    let manner = Manner { show: Show::Inline, cache: Cache::Ask, embed: false };
    Ok(give(&site, &content, sized, manner, &method, &headers).await?)
}

/// The size that a query asks for.
///
/// # Errors
/// Those of a query that cannot be read, and for a size that is none.
pub(crate) fn sized(query: &Query) -> Result<Sized> {
    query.only(&["size", "upscale"])?;
    let size = query.one("size")?.map(size_called).transpose()?.unwrap_or(PreviewSize::Medium);
    Ok(Sized { size, upscale: query.parsed("upscale", "true or false")?.unwrap_or(false) })
}

fn size_called(word: &str) -> Result<PreviewSize> {
    PreviewSize::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = PreviewSize::ALL.iter().map(|(_, word, _)| *word).collect();
        Error::refuse(Code::SizeInvalid, "size", format!("'{word}' is no size; the sizes are {}", words.join(", ")))
    })
}

/// Answers with a preview of some content.
pub(crate) async fn give(
    site: &Site,
    content: &Content,
    sized: Sized,
    manner: Manner,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response> {
    let preview = site.core.preview(content, sized.size, sized.upscale).await?;
    let how = if sized.upscale { "up" } else { "fit" };
    let told = serve::Content {
        len: preview.bytes.len() as u64,
        tag: Tag::new(&format!("{}-{}-{how}", content.version.sha256, sized.size.word())),
        media_type: preview.media_type.to_owned(),
        sha256: None,
        embed: manner.embed,
        ..told(content, manner.show, manner.cache)
    };
    serve_bytes(method, headers, &told, &preview.bytes).await
}
