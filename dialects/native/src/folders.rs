//! Folders: a tree that files are in.

use crate::read::{self, At};
use crate::types::{self, Folder, Page};
use crate::{Answer, Editing, Params, Removing, Site, Viewing, convert, list as pages};
use attache_core::{FolderChange, FolderQuery, FolderSort, FolderTest, Life, NewFolder, View};
use attache_http::dialect::json_answer;
use attache_http::{PublicUrl, Query};
use attache_model::id::FolderRef;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use utoipa::IntoParams;

/// Filters of a list of folders. All that are given must hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct FolderFilter {
    /// The name, exactly.
    name: Option<String>,
    /// The name contains this, ignoring case.
    name_contains: Option<String>,
    /// Directly in the folder of this path.
    parent: Option<String>,
    /// Directly in the folder of this id or number.
    parent_id: Option<String>,
    /// `name`, `created`, `updated` or `no`, with `-` before it for descending order. By number where it is not given.
    #[param(example = "name")]
    sort: Option<String>,
    /// True tells of each folder how many files and folders are directly in it.
    counts: Option<bool>,
}

const FILTERS: [&str; 6] = ["name", "name_contains", "parent", "parent_id", "sort", "counts"];

const SORTS: [(&str, FolderSort); 4] = [
    ("no", FolderSort::No),
    ("name", FolderSort::Name),
    ("created", FolderSort::Created),
    ("updated", FolderSort::Updated),
];

/// List folders
///
/// The root is never listed.
#[utoipa::path(get, path = "/v1/folders", tag = "Folders", operation_id = "listFolders", params(FolderFilter, pages::PageParams),
    responses((status = 200, description = "A page of folders.", body = Page<Folder>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    let view = caller.view()?;
    let asked = asked(&view, &query, site.core.limits()).await?;
    let page = view.folders(&asked).await?;
    if query.parsed("counts", "true or false")? != Some(true) {
        return Ok(pages::answer(page.map(|folder| convert::folder(&folder)), &query, &site.public));
    }
    let counts = view.count_in(page.items.iter().map(|folder| folder.no)).await?;
    let count = |folder: &attache_model::folder::Folder| counts.get(&folder.no).copied().unwrap_or_default();
    let page = page.map(|folder| convert::counted_folder(&folder, count(&folder)));
    Ok(pages::answer(page, &query, &site.public))
}

async fn asked(view: &View<'_>, query: &Query, limits: &Limits) -> Result<FolderQuery> {
    let known: Vec<&str> = FILTERS.into_iter().chain(pages::PAGE).collect();
    query.only(&known)?;
    let name = query.one("name")?.map(|name| FolderTest::NameIs(name.to_owned()));
    let part = query.one("name_contains")?.map(|part| FolderTest::NameContains(part.to_owned()));
    let parent = query.one("parent")?.map(str::to_owned);
    let parent = match convert::folder_choice("parent", parent, query.one("parent_id")?)? {
        Some(at) => Some(FolderTest::InFolder(vec![view.folder(&at).await?.no])),
        None => None,
    };
    let order = query.one("sort")?.map(|sort| pages::order(sort, &SORTS)).transpose()?;
    Ok(FolderQuery {
        tests: [name, part, parent].into_iter().flatten().collect(),
        order: order.into_iter().collect(),
        start: pages::start(query)?,
        limit: pages::limit(query, limits)?,
        life: Life::Living,
    })
}

/// Make a folder
///
/// By its whole `path`, missing parents included, or by `name` in a parent.
#[utoipa::path(post, path = "/v1/folders", tag = "Folders", operation_id = "createFolder", request_body = types::NewFolder,
    responses((status = 201, description = "The folder.", body = Folder,
        headers(("Location" = String, description = "Address of the folder.")))))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Editing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: types::NewFolder = read::json(&headers, body, site.core.limits()).await?;
    let folder = caller.edit()?.make_folder(wanted(asked)?).await?;
    Ok(answer(&folder, &site.public))
}

/// The answer that tells of a new folder.
pub(crate) fn answer(folder: &attache_model::folder::Folder, public: &PublicUrl) -> Response {
    let mut answer = json_answer(StatusCode::CREATED, &convert::folder(folder));
    if let Ok(place) = HeaderValue::from_str(&public.link(["v1", "folders", &folder.id.to_string()])) {
        answer.headers_mut().insert(LOCATION, place);
    }
    answer
}

/// A new folder as core takes it.
fn wanted(asked: types::NewFolder) -> Result<NewFolder> {
    let (parent, name) = match (asked.path, asked.name) {
        (Some(path), None) if asked.parent_id.is_none() => {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            (FolderRef::Path(if parent.is_empty() { "/" } else { parent }.to_owned()), name.to_owned())
        }
        (None, Some(name)) => {
            let parent = asked.parent_id.as_deref().map(convert::folder_ref).transpose()?;
            (parent.unwrap_or(FolderRef::ROOT), name)
        }
        _ => return Err(Error::invalid("path", "give either path, or name with or without parent_id")),
    };
    Ok(NewFolder { parent, make_parents: true, name, or_existing: asked.or_existing })
}

/// Get a folder
#[utoipa::path(get, path = "/v1/folders/{id}", tag = "Folders", operation_id = "getFolder",
    params(("id" = String, Path, description = "Id or number of the folder; 0 is the root.")),
    responses((status = 200, description = "The folder.", body = Folder)))]
pub(crate) async fn get_one(caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let folder = caller.view()?.folder(&convert::folder_ref(&id)?).await?;
    Ok(json_answer(StatusCode::OK, &convert::folder(&folder)))
}

/// Get a folder by its path
#[utoipa::path(get, path = "/v1/folders/by-path/{path}", tag = "Folders", operation_id = "getFolderByPath",
    params(("path" = String, Path, description = "Names from the root, each percent-encoded by itself.")),
    responses((status = 200, description = "The folder.", body = Folder)))]
pub(crate) async fn by_path(caller: Viewing, uri: Uri, query: Params) -> Answer {
    query.only(&[])?;
    let path = read::path_behind(uri.path())?.join("/");
    let folder = caller.view()?.folder(&FolderRef::Path(path)).await?;
    Ok(json_answer(StatusCode::OK, &convert::folder(&folder)))
}

/// Rename or move a folder
///
/// Takes the same time whatever the folder holds.
#[utoipa::path(patch, path = "/v1/folders/{id}", tag = "Folders", operation_id = "changeFolder",
    params(("id" = String, Path, description = "Id or number of the folder.")),
    request_body = types::FolderChange,
    responses((status = 200, description = "The folder as it is now.", body = Folder)))]
pub(crate) async fn change(
    State(site): State<Site>,
    caller: Editing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let folder = convert::folder_ref(&id)?;
    let asked: types::FolderChange = read::json(&headers, body, site.core.limits()).await?;
    let parent = convert::folder_choice("parent", asked.parent, asked.parent_id.as_deref())?;
    let change = FolderChange { name: asked.name, parent };
    let folder = caller.edit()?.change_folder(&folder, change).await?;
    Ok(json_answer(StatusCode::OK, &convert::folder(&folder)))
}

/// Delete a folder
///
/// Moves it with everything in it to the trash, in one step.
#[utoipa::path(delete, path = "/v1/folders/{id}", tag = "Folders", operation_id = "deleteFolder",
    params(("id" = String, Path, description = "Id or number of the folder.")),
    responses((status = 204, description = "It is gone with what it held; the files are in the trash.")))]
pub(crate) async fn delete(caller: Removing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    caller.remove()?.trash_folder(&convert::folder_ref(&id)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::error::Code;

    fn new(json: &str) -> Result<(FolderRef, String)> {
        wanted(serde_json::from_str(json).unwrap()).map(|new| (new.parent, new.name))
    }

    #[test]
    fn a_folder_is_made_by_path_or_by_name_in_a_parent() {
        assert_eq!(new(r#"{"path":"/a/b/c"}"#).unwrap(), (FolderRef::Path("/a/b".into()), "c".into()));
        assert_eq!(new(r#"{"path":"a"}"#).unwrap(), (FolderRef::Path("/".into()), "a".into()));
        assert_eq!(new(r#"{"name":"c"}"#).unwrap(), (FolderRef::ROOT, "c".into()));
    }

    #[test]
    fn what_names_a_folder_twice_or_not_at_all_is_refused() {
        for bad in ["{}", r#"{"path":"/a","name":"b"}"#, r#"{"path":"/a","parent_id":"0"}"#, r#"{"parent_id":"0"}"#] {
            assert!(matches!(new(bad), Err(Error::Invalid { code: Code::ValueInvalid, .. })), "{bad}");
        }
    }

    #[test]
    fn the_document_names_the_filters_that_are_read() {
        let documented: Vec<_> =
            FolderFilter::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
        assert_eq!(documented, FILTERS);
    }
}
