//! Files that are fetched from a URL by a task.

use crate::members::Members;
use crate::{App, HubSpot, Reply, tasks};
use attache_core::{NewFile, NewImport, NewName};
use attache_http::Editing;
use attache_http::dialect::json_answer;
use attache_model::file::Source;
use attache_model::{FolderRef, Result, Scope, Time, name};
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode};

/// `POST /files/import-from-url/async`.
pub(crate) async fn create(app: State<App>, who: Editing<HubSpot>, headers: HeaderMap, body: Body) -> Reply {
    let edit = who.edit()?;
    let members = Members::read(&headers, body, app.core.limits()).await?;
    let import = import_of(&members, edit.now(), edit.caller().has(Scope::FilesHiddenWrite))?;
    let task = edit.import_url(import).await?;
    Ok(json_answer(StatusCode::ACCEPTED, &app.face(edit.caller()).locator(&tasks::IMPORTS, task)))
}

/// The import that the members of an `ImportFromUrlInput` ask for.
fn import_of(members: &Members, now: Time, may_hide: bool) -> Result<NewImport> {
    let url = members.text("url")?.ok_or_else(|| members.missing("url", "an http or https address"))?.to_owned();
    let folder = members.folder("folderId", &["folderPath"])?.unwrap_or(FolderRef::ROOT);
    let given = members.text("name")?.map(str::to_owned);
    if let Some(given) = given.as_deref().filter(|given| !given.is_empty()) {
        // The whole name is known only with the content, but this much can be told at once.
        name::check(given)?;
    }
    let name = NewName::Derived { given, part: None };
    let mut file = NewFile { source: Source::Import, ..NewFile::new(folder, name) };
    members.describe(&mut file, now, may_hide)?;
    Ok(NewImport { url, file })
}
