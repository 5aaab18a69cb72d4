//! Versions of a file.

use super::types::{Listed, Versions};
use super::{Drive, path};
use crate::account::hal::to_self;
use crate::{App, Reply};
use attache_http::{Viewing, json_answer};
use attache_model::{Error, What};
use axum::extract::State;
use http::{StatusCode, Uri};

/// `GET /v1.0/files/{uuid}/versions`, newest first.
pub(crate) async fn list(app: State<App>, who: Viewing<Drive>, uri: Uri) -> Reply<Drive> {
    let view = who.view()?;
    let file = view.file(path::file(&uri, 2)?).await?;
    let face = app.drive(view.caller());
    let versions: Vec<_> = view.versions(file.no).await?.iter().map(|one| face.version(&file, one)).collect();
    let links = Some(to_self(app.public.link(["v1.0", "files", &file.id.to_string(), "versions"])));
    Ok(json_answer(StatusCode::OK, &Listed { count: versions.len(), embedded: Versions { versions }, links }))
}

/// `GET /v1.0/files/{uuid}/versions/{version_uuid}`.
pub(crate) async fn get(app: State<App>, who: Viewing<Drive>, uri: Uri) -> Reply<Drive> {
    let view = who.view()?;
    let id = path::file(&uri, 2)?;
    let missing = Error::NotFound(What::Version);
    let no = path::version(&uri, 4)?.no_in(id).ok_or(missing)?;
    let content = view.open(id, Some(no)).await?;
    let face = app.drive(view.caller());
    Ok(json_answer(StatusCode::OK, &face.version(&content.file, &content.version)))
}
