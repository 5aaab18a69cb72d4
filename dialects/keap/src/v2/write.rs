//! New files and updates.

use super::form::{Fields, Form};
use super::mask::{Field, Mask, UPDATE_MASK};
use super::types::FileMetadata;
use super::{Rest2, route};
use crate::{App, Reply, association, name};
use attache_core::{Destination, NewFile, NewName, Reach, ReachChange, Reached};
use attache_http::dialect::json_answer;
use attache_http::{Params, Reaching};
use attache_model::{Access, Error, FolderRef, Result};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};

/// `POST /files`.
pub(super) async fn create(
    app: State<App>,
    who: Reaching<Rest2>,
    query: Params<Rest2>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Rest2> {
    let reach = who.reach()?;
    let mut form = Form::of(&headers, body, app.core.limits())?;
    while let Some(part) = form.next_file().await? {
        form.fields().foresee(&reach)?;
        form.stage(&reach, part).await?;
    }
    let (fields, staged) = form.finish(&query);
    let (new, destination) = new_file(&fields)?;
    let staged = staged.ok_or_else(|| Error::invalid("file", "file is required: a part with the bytes"))?;
    let reached = reach.put_file(new, destination, staged).await?;
    Ok(created(&app, &reach, &reached))
}

/// The answer that shows a new file.
pub(super) fn created(app: &App, reach: &Reach<'_>, reached: &Reached) -> Response {
    json_answer(StatusCode::CREATED, &FileMetadata::of(reached, app.key(reach, reached)))
}

/// The file that the fields ask for, and whose it is to be.
fn new_file(fields: &Fields) -> Result<(NewFile, Destination)> {
    let name = fields.name()?.ok_or_else(name::missing)?;
    let destination = fields.destination()?.ok_or_else(association::missing)?;
    let mut new = NewFile::new(FolderRef::ROOT, NewName::Exact(name));
    if fields.public()?.unwrap_or(false) {
        new.access = Access::PublicNotIndexable;
    }
    Ok((new, destination))
}

/// `POST /files/{file_id}`, and `PATCH` for clients of early releases.
pub(super) async fn update(
    app: State<App>,
    who: Reaching<Rest2>,
    uri: Uri,
    query: Params<Rest2>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Rest2> {
    let (reach, no) = (who.reach()?, route::file(&uri)?);
    reach.may_change(no).await?;
    let asked = Mask::of(query.all(UPDATE_MASK))?;
    let mut form = Form::of(&headers, body, app.core.limits())?;
    while let Some(part) = form.next_file().await? {
        // A mask of the query is known to the end; one of the body may still be to come.
        if asked.has(Field::File) {
            form.stage(&reach, part).await?;
        }
    }
    let (fields, staged) = form.finish(&query);
    let mask = asked.or(|| fields.mask())?;
    let change = change(&fields, &mask)?;
    let reached = reach.change_file(no, change, staged.filter(|_| mask.has(Field::File))).await?;
    Ok(json_answer(StatusCode::OK, &FileMetadata::of(&reached, app.key(&reach, &reached))))
}

/// The change that the fields ask for, as far as they count.
fn change(fields: &Fields, mask: &Mask) -> Result<ReachChange> {
    Ok(ReachChange {
        name: if mask.has(Field::Name) { fields.name()? } else { None },
        public: if mask.has(Field::Public) { fields.public()? } else { None },
        destination: None,
        ..ReachChange::default()
    })
}
