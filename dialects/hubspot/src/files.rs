//! One file: its properties, their change, its content, and its two ways to go.

use crate::members::Members;
use crate::properties::Properties;
use crate::types::{File, FileStat, Folder};
use crate::{App, HubSpot, Reply, error, folders, route};
use attache_core::{Condition, Content, FileChange, Rename, Stat};
use attache_http::dialect::json_answer;
use attache_http::serve::{self, Cache, Show, Tag};
use attache_http::{Editing, Params, Removing, RequestInfo, Viewing};
use attache_model::{Error, Result, Scope, Time, error::Code};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, Uri};

/// `GET /files/{fileId}`.
pub(crate) async fn get(app: State<App>, who: Viewing<HubSpot>, uri: Uri, query: Params<HubSpot>) -> Reply {
    let view = who.view()?;
    let file = view.file(route::file(&uri)?).await?;
    let shown = Properties::of(&query).pick(app.face(view.caller()).file(&file), File::REQUIRED)?;
    Ok(json_answer(StatusCode::OK, &shown))
}

/// `GET /files/stat/{path}`: the file or folder at a path.
pub(crate) async fn stat(app: State<App>, who: Viewing<HubSpot>, uri: Uri, query: Params<HubSpot>) -> Reply {
    let view = &who.view()?;
    let paths = route::path(route::rest(&uri, "/files/stat/"))?;
    let found = paths.find(move |path| async move { view.stat(&path).await }).await?;
    let (face, properties) = (app.face(view.caller()), Properties::of(&query));
    let shown = match found {
        Stat::File(file) => FileStat::File(properties.pick(face.file(&file), File::REQUIRED)?),
        Stat::Folder(folder) => {
            let folder = face.folder(&folders::not_root(folder)?);
            FileStat::Folder(properties.pick(folder, Folder::REQUIRED)?)
        }
    };
    Ok(json_answer(StatusCode::OK, &shown))
}

/// `PATCH /files/{fileId}`.
pub(crate) async fn change(app: State<App>, who: Editing<HubSpot>, uri: Uri, headers: HeaderMap, body: Body) -> Reply {
    let edit = who.edit()?;
    let no = route::file(&uri)?;
    let members = Members::read(&headers, body, app.core.limits()).await?;
    let change = change_of(&members, edit.now(), edit.caller().has(Scope::FilesHiddenWrite))?;
    let file = edit.change_file(no, change).await?;
    Ok(json_answer(StatusCode::OK, &app.face(edit.caller()).file(&file)))
}

/// The change that the members of a `FileUpdateInput` ask for.
fn change_of(members: &Members, now: Time, may_hide: bool) -> Result<FileChange> {
    let clear = members.flag("clearExpires")?.unwrap_or(false);
    let end = members.end_moment(now)?;
    if clear && end.is_some() {
        let why = "it cannot be set while clearExpires is true; give one of the two";
        return Err(Error::refuse(Code::ExpiryInvalid, "expiresAt", why));
    }
    Ok(FileChange {
        name: members.text("name")?.map(|name| Rename::Stem(name.to_owned())),
        folder: members.folder("parentFolderId", &["parentFolderPath", "parentPath"])?,
        make_folders: true,
        access: members.access(may_hide)?,
        usable_in_content: members.flag("isUsableInContent")?,
        expires_at: if clear { Some(None) } else { end.map(Some) },
        ..FileChange::default()
    })
}

/// `DELETE /files/{fileId}`: to the trash. A repeat is no error.
pub(crate) async fn archive(who: Removing<HubSpot>, uri: Uri) -> Reply {
    who.remove()?.trash_file(route::file(&uri)?, Condition::Always).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE /files/{fileId}/gdpr-delete`: bytes and rows at once, from the trash too.
pub(crate) async fn erase(who: Removing<HubSpot>, uri: Uri) -> Reply {
    who.remove()?.erase_file(route::file(&uri)?, Condition::Always).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /files/{fileId}/download`: the bytes, as a download, whole or a range of them.
pub(crate) async fn download(who: Viewing<HubSpot>, method: Method, uri: Uri, headers: HeaderMap) -> Reply {
    let content = who.view()?.open(route::file(&uri)?, None).await?;
    let told = serve::Content {
        show: Show::Download,
        // Clients compare it with `fileMd5`.
        tag: Tag::new(&content.version.md5.to_string()),
        ..told(&content)
    };
    // Never a way elsewhere: HubSpot answers with the bytes, and clients' own wrappers may take nothing else.
    in_envelope(serve::serve(&method, &headers, &told, |range| content.read(range)).await?)
}

/// What is told about a file's content, whoever asks.
pub(crate) fn told(content: &Content) -> serve::Content {
    serve::Content {
        len: content.version.size,
        tag: Tag::new(&content.version.md5.to_string()),
        last_modified: content.version.created_at,
        media_type: content.version.content_type(),
        name: content.file.name.full().to_owned(),
        show: Show::AsPlainText,
        cache: Cache::Ask,
        embed: false,
        sha256: Some(content.version.sha256),
        headers: HeaderMap::new(),
    }
}

/// An answer with content; a range that is not there is told in the envelope, since clients parse every answer.
pub(crate) fn in_envelope(answer: Response) -> Reply {
    if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(error::unsatisfiable(answer, &RequestInfo::current()));
    }
    Ok(answer)
}
