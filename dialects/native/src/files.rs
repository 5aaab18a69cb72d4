//! Files: lists, properties, and changes of properties.

use crate::read::{self, At};
use crate::types::{self, File, List, Page, Version};
use crate::{Answer, Editing, Params, Site, Viewing, convert, list, search};
use attache_core::{FileChange, Rename, Stat, etag};
use attache_http::PublicUrl;
use attache_http::dialect::json_answer;
use attache_http::serve::{Conditions, Tag};
use attache_model::file as model;
use attache_model::{Error, Name, Result, Time, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

/// List and search files
///
/// All filters that are given must hold. Hidden files are never listed.
#[utoipa::path(get, path = "/v1/files", tag = "Files", operation_id = "listFiles", params(search::FileFilter, list::PageParams),
    responses((status = 200, description = "A page of files.", body = Page<File>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    let view = caller.view()?;
    let asked = search::read(&view, &query, site.core.limits()).await?;
    let page = view.files(&asked).await?.map(|file| convert::file(&file, &site.public));
    Ok(list::answer(page, &query, &site.public))
}

/// Get a file
#[utoipa::path(get, path = "/v1/files/{id}", tag = "Files", operation_id = "getFile",
    params(("id" = String, Path, description = "Id or number of the file."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file as the client has it.")),
    responses((status = 304, description = "The client has it."),
        (status = 200, description = "The file. `ETag` changes with every change of it.", body = File)))]
pub(crate) async fn get_one(
    State(site): State<Site>,
    caller: Viewing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
) -> Answer {
    query.only(&[])?;
    let file = caller.view()?.file(convert::file_ref(&id)?).await?;
    Ok(current(&headers, &file, &site.public))
}

/// Get a file by its path
#[utoipa::path(get, path = "/v1/files/by-path/{path}", tag = "Files", operation_id = "getFileByPath",
    params(("path" = String, Path, description = "Folders and name, each percent-encoded by itself.")),
    responses((status = 200, description = "The file.", body = File)))]
pub(crate) async fn by_path(
    State(site): State<Site>,
    caller: Viewing,
    uri: Uri,
    query: Params,
    headers: HeaderMap,
) -> Answer {
    query.only(&[])?;
    let names = read::path_behind(uri.path())?;
    match caller.view()?.stat(&names.join("/")).await? {
        Stat::File(file) => Ok(current(&headers, &file, &site.public)),
        Stat::Folder(_) => Err(Error::NotFound(What::File).into()),
    }
}

/// Change a file
///
/// Renames, moves, and changes access, expiry, description, metadata or the active version, all in one step. What is left
/// out stays.
#[utoipa::path(patch, path = "/v1/files/{id}", tag = "Files", operation_id = "changeFile",
    params(
        ("id" = String, Path, description = "Id or number of the file."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the file must still have."),
    ),
    request_body = types::FileChange,
    responses((status = 200, description = "The file as it is now.", body = File)))]
pub(crate) async fn change(
    State(site): State<Site>,
    caller: Editing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let file = convert::file_ref(&id)?;
    let edit = caller.edit()?;
    let asked = read::json(&headers, body, site.core.limits()).await?;
    let change = FileChange { condition: read::condition(&headers), ..wanted(asked, edit.now())? };
    let file = edit.change_file(file, change).await?;
    Ok(answer(StatusCode::OK, &convert::file(&file, &site.public)))
}

/// A change as core takes it.
fn wanted(asked: types::FileChange, now: Time) -> Result<FileChange> {
    let expires_at = match (asked.expires_at, asked.ttl) {
        (None, None) => None,
        (Some(None), None) => Some(None),
        (at, ttl) => Some(convert::expiry(at.flatten().as_deref(), ttl, now)?),
    };
    Ok(FileChange {
        name: asked.name.map(|name| Name::parse(&name).map(Rename::Full)).transpose()?,
        folder: convert::folder_choice("folder", asked.folder, asked.folder_id.as_deref())?,
        make_folders: true,
        access: asked.access.map(Into::into),
        expires_at,
        description: asked.description.map(Option::unwrap_or_default),
        metadata: asked.metadata,
        version: asked.version,
        ..FileChange::default()
    })
}

/// List a file's versions
#[utoipa::path(get, path = "/v1/files/{id}/versions", tag = "Content", operation_id = "listVersions",
    params(("id" = String, Path, description = "Id or number of the file.")),
    responses((status = 200, description = "All versions, newest first.", body = List<Version>)))]
pub(crate) async fn versions(State(site): State<Site>, caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let view = caller.view()?;
    let file = view.file(convert::file_ref(&id)?).await?;
    let id = file.id.to_string();
    let items = view.versions(file.id).await?;
    let items: Vec<_> = items.iter().map(|version| convert::version(version, &id, &site.public)).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

/// A file, unless the client has it as it is.
fn current(headers: &HeaderMap, file: &model::File, public: &PublicUrl) -> Response {
    let mut answer = answer(StatusCode::OK, &convert::file(file, public));
    if Conditions::of(headers).has(&Tag::new(&etag(file))) {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        *answer.body_mut() = Body::empty();
        answer.headers_mut().remove(CONTENT_TYPE);
    }
    answer
}

/// A file with its entity tag.
pub(crate) fn answer(status: StatusCode, file: &File) -> Response {
    let mut answer = json_answer(status, file);
    if let Ok(tag) = HeaderValue::from_str(&file.etag) {
        answer.headers_mut().insert(ETAG, tag);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::error::Code;

    const NOW: Time = Time::from_millis(1_795_286_340_000);

    fn change(json: &str) -> Result<FileChange> {
        wanted(serde_json::from_str(json).unwrap(), NOW)
    }

    #[test]
    fn null_removes_an_expiry_and_leaving_it_out_keeps_it() {
        assert_eq!(change("{}").unwrap().expires_at, None);
        assert_eq!(change(r#"{"expires_at":null}"#).unwrap().expires_at, Some(None));
        assert_eq!(change(r#"{"ttl":1}"#).unwrap().expires_at, Some(Some(Time(NOW.0 + 1_000_000))));
        assert!(matches!(change(r#"{"ttl":0}"#), Err(Error::Invalid { code: Code::ExpiryInvalid, .. })));
    }

    #[test]
    fn metadata_is_merged_key_by_key() {
        let change = change(r#"{"metadata":{"a":"1","b":null}}"#).unwrap();
        assert_eq!(change.metadata["a"].as_deref(), Some("1"));
        assert_eq!(change.metadata["b"], None);
    }

    #[test]
    fn a_name_that_is_no_name_is_refused() {
        assert!(matches!(change(r#"{"name":"a/b"}"#), Err(Error::Invalid { code: Code::NameInvalid, .. })));
    }

    #[test]
    fn members_that_are_not_known_are_refused() {
        assert!(serde_json::from_str::<types::FileChange>(r#"{"tenant_id":1}"#).is_err());
    }
}
