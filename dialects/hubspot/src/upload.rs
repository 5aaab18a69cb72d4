//! Uploads: a new file, or new content for one that is there.

use crate::form::{Fields, Form, PartHead};
use crate::{App, HubSpot, Reply, route, text};
use attache_core::{Edit, NewFile, NewName, Replacement};
use attache_http::Editing;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result, Scope};
use axum::body::Body;
use axum::extract::State;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode, Uri};

/// Bodies of up to this many bytes are read before the database is asked whether the upload can work.
const LOOK_AHEAD: u64 = 256 << 10;

/// `POST /files`.
pub(crate) async fn create(app: State<App>, who: Editing<HubSpot>, headers: HeaderMap, body: Body) -> Reply {
    let (edit, limits) = (who.edit()?, app.core.limits());
    let mut form = Form::of(&headers, body, limits)?;
    while let Some(part) = form.next_file().await? {
        if form.fields().has_options() && is_large(&headers) {
            // All that can be refused already is refused before the bytes are read.
            let plan = new_file_of(form.fields(), PartHead::of(&part), &edit, limits)?;
            edit.foresee(&plan, None).await.map_err(named)?;
        }
        form.stage(&edit, part, limits).await?;
    }
    // Without options there is no upload, whatever else is wrong with it.
    form.fields().options(limits)?;
    let (fields, head, staged) = form.finish()?;
    let plan = new_file_of(&fields, head, &edit, limits)?;
    let file = edit.put_file(plan, staged).await.map_err(named)?.into_file();
    // Also for a file that was there already: clients know no other status for this operation.
    Ok(json_answer(StatusCode::CREATED, &app.face(edit.caller()).file(&file)))
}

/// Whether a look ahead costs less than reading a body in vain.
fn is_large(headers: &HeaderMap) -> bool {
    let len = headers.get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse::<u64>().ok());
    len.is_none_or(|len| len > LOOK_AHEAD)
}

/// The file that the fields and the file's part ask for.
fn new_file_of(fields: &Fields, part: PartHead, edit: &Edit<'_>, limits: &Limits) -> Result<NewFile> {
    let options = fields.options(limits)?;
    let name = NewName::Derived { given: fields.file_name.clone(), part: part.name };
    let mut file = NewFile::new(fields.folder()?, name);
    file.media_type = part.media_type;
    file.charset = fields.charset.clone();
    options.describe(&mut file, edit.now(), edit.caller().has(Scope::FilesHiddenWrite))?;
    Ok(file)
}

/// A fault of the name, at the field that asked for it.
fn named(error: Error) -> Error {
    match error {
        Error::Invalid { code: Code::NameInvalid, .. } => text::at(error, "fileName"),
        other => other,
    }
}

/// `PUT /files/{fileId}`.
pub(crate) async fn replace(app: State<App>, who: Editing<HubSpot>, uri: Uri, headers: HeaderMap, body: Body) -> Reply {
    let (edit, limits) = (who.edit()?, app.core.limits());
    let no = edit.file(route::file(&uri)?).await?.no;
    let mut form = Form::of(&headers, body, limits)?;
    while let Some(part) = form.next_file().await? {
        if form.fields().has_options() {
            replacement_of(form.fields(), PartHead::of(&part), &edit, limits)?;
        }
        form.stage(&edit, part, limits).await?;
    }
    form.fields().options(limits)?;
    let (fields, head, staged) = form.finish()?;
    let replacement = replacement_of(&fields, head, &edit, limits)?;
    let file = edit.replace_file(no, replacement, staged).await?;
    Ok(json_answer(StatusCode::OK, &app.face(edit.caller()).file(&file)))
}

/// The new content that the fields and the file's part ask for. An end that is not named stays as it is.
fn replacement_of(fields: &Fields, part: PartHead, edit: &Edit<'_>, limits: &Limits) -> Result<Replacement> {
    let options = fields.options(limits)?;
    let access = options.required_access(edit.caller().has(Scope::FilesHiddenWrite))?;
    Ok(Replacement {
        access: Some(access),
        expires_at: options.end(edit.now())?.map(Some),
        media_type: part.media_type,
        charset: fields.charset.clone(),
        ..Replacement::default()
    })
}
