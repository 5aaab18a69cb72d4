//! Upload sessions: opened with a name and a size, asked after, given up.

use super::types::{NewSession, Progress, Session, SessionStatus};
use super::{Drive, body, name, path};
use crate::{App, Reply};
use attache_core::{Clash, Edit, Goal, NewFile, NewName, NewUpload, Replacement, check_type};
use attache_http::{Editing, Viewing, json_answer};
use attache_model::limits::Limits;
use attache_model::upload::{Upload, UploadState};
use attache_model::{AccountNo, Error, FileId, FolderRef, Result, UploadNo, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode, Uri};
use serde::{Deserialize, Serialize};

/// What a session keeps of its opening, for those who ask after it.
#[derive(Debug, Deserialize, Serialize)]
struct Memo {
    /// Tells sessions from uploads that came in through other faces.
    kommo_file_name: String,
}

/// `POST /v1.0/sessions`.
pub(crate) async fn open(app: State<App>, who: Editing<Drive>, headers: HeaderMap, body: Body) -> Reply<Drive> {
    let (edit, limits) = (who.edit()?, app.core.limits());
    let new: NewSession = body::read(&headers, body, limits).await?;
    let file = replaced(&edit, &new).await?;
    let upload = edit.open_upload(plan(new, file, limits)?).await?;
    let shown = Session {
        session_id: upload.no.0,
        upload_url: part_url(&app, edit.caller().account(), &upload, 1),
        max_file_size: file_bytes(limits),
        max_part_size: limits.kommo_part_bytes,
    };
    Ok(json_answer(StatusCode::OK, &shown))
}

/// `GET /v1.0/sessions/{session_id}`.
pub(crate) async fn status(app: State<App>, who: Viewing<Drive>, uri: Uri) -> Reply<Drive> {
    let view = who.view()?;
    let no = session(&uri)?;
    let upload = match view.upload(no).await {
        Err(Error::Gone(What::Upload)) => {
            let over = SessionStatus { session_id: no.0, status: "expired", progress: None };
            return Ok(json_answer(StatusCode::OK, &over));
        }
        upload => upload?,
    };
    let Memo { kommo_file_name: file_name } = memo(&upload)?;
    let (status, next) = match upload.state {
        UploadState::Done => ("done", None),
        // Every byte is here: the last part, sent once more, is what completes it.
        UploadState::Completing => ("open", Some(upload.parts)),
        UploadState::Open => ("open", Some(upload.parts + 1)),
    };
    let account = view.caller().account();
    let progress = Progress {
        file_name,
        file_size: upload.length.unwrap_or(upload.offset),
        received: upload.offset,
        part_num: next.unwrap_or(upload.parts),
        next_url: next.map(|part| part_url(&app, account, &upload, part)),
        expires_at: upload.expires_at.seconds(),
    };
    Ok(json_answer(StatusCode::OK, &SessionStatus { session_id: no.0, status, progress: Some(progress) }))
}

/// `DELETE /v1.0/sessions/{session_id}`. A session that is done is forgotten; its file stays.
pub(crate) async fn cancel(who: Editing<Drive>, uri: Uri) -> Reply<Drive> {
    let edit = who.edit()?;
    let no = session(&uri)?;
    memo(&edit.upload(no).await?)?;
    edit.abort_upload(no).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where part `part` of a session goes. The address is the permission.
pub(crate) fn part_url(app: &App, account: AccountNo, upload: &Upload, part: u32) -> String {
    let ticket = app.core.ticket(account, upload, part);
    app.public.link(["upload", &ticket])
}

/// The number in the address.
fn session(uri: &Uri) -> Result<UploadNo> {
    let text = path::segment(uri, 2);
    let number = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    number.map(UploadNo).ok_or(Error::NotFound(What::Upload))
}

/// What was kept at the opening; an upload of another face is no session.
fn memo(upload: &Upload) -> Result<Memo> {
    serde_json::from_str(&upload.memo).map_err(|_| Error::NotFound(What::Upload))
}

/// The file that gets a new version, if one is named.
///
/// # Errors
/// `NotFound(File)`, `Invalid` for what is no uuid.
async fn replaced(edit: &Edit<'_>, new: &NewSession) -> Result<Option<FileId>> {
    let Some(text) = &new.file_uuid else { return Ok(None) };
    let id: FileId = text.parse().map_err(|_| Error::invalid("file_uuid", "it is no uuid"))?;
    // Only whether it is there, which is told before what is wrong with the rest.
    edit.trashed_file(id).await?;
    Ok(Some(id))
}

fn plan(new: NewSession, file: Option<FileId>, limits: &Limits) -> Result<NewUpload> {
    let file_name = new.file_name.ok_or_else(|| Error::invalid("file_name", "it is missing"))?;
    let length = size(new.file_size, limits)?;
    let name = name::mended(&file_name).map_err(at_file_name)?;
    let memo = Memo { kommo_file_name: name.full().to_owned() };
    // A type that cannot be read says nothing about the bytes.
    let media_type = new.content_type.filter(|text| check_type(text).is_ok());
    let goal = match file {
        Some(id) => Goal::Version { file: id.into(), with: Replacement { media_type, ..Replacement::default() } },
        None => {
            let new = NewFile::new(FolderRef::ROOT, NewName::Exact(name));
            Goal::File(Box::new(NewFile { media_type, clash: Clash::Number, ..new }))
        }
    };
    let memo = serde_json::to_string(&memo).map_err(|error| Error::internal("write a session's memo", error))?;
    Ok(NewUpload { length: Some(length), goal, memo })
}

fn size(given: Option<i64>, limits: &Limits) -> Result<u64> {
    let most = file_bytes(limits);
    let size = given.and_then(|size| u64::try_from(size).ok()).filter(|size| *size <= most);
    size.ok_or_else(|| Error::invalid("file_size", format!("it must be a number of bytes from 0 to {most}")))
}

/// The largest file that can be put in this way.
fn file_bytes(limits: &Limits) -> u64 {
    limits.kommo_file_bytes.min(limits.file_bytes)
}

fn at_file_name(error: Error) -> Error {
    match error {
        Error::Invalid { code, why, .. } => Error::Invalid { code, field: "file_name".to_owned(), why },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_0_bytes_to_the_smaller_of_two_limits() {
        let limits = Limits { kommo_file_bytes: 10, ..Limits::default() };
        assert_eq!(size(Some(0), &limits).unwrap(), 0);
        assert_eq!(size(Some(10), &limits).unwrap(), 10);
        let limits = Limits { file_bytes: 10, ..Limits::default() };
        for bad in [None, Some(-1), Some(11), Some(i64::MAX)] {
            assert!(size(bad, &limits).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_type_that_cannot_be_read_is_left_to_the_bytes() {
        let plan = |kind: &str| {
            let json = serde_json::json!({"file_name": "a.txt", "file_size": 1, "content_type": kind});
            let new = plan(serde_json::from_value(json).unwrap(), None, &Limits::default()).unwrap();
            let Goal::File(file) = new.goal else { panic!("it is a file") };
            file.media_type
        };
        assert_eq!(plan("text/plain").as_deref(), Some("text/plain"));
        for bad in ["", "text", "text/plain\n"] {
            assert_eq!(plan(bad), None, "{bad:?}");
        }
    }
}
