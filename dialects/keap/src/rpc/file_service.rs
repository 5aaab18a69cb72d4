//! `FileService`: putting files in, reading, replacing and renaming them, and links to them.

use super::call::Call;
use super::fault::{Fault, Kind};
use super::method::Method;
use super::trouble::{Outcome, Trouble};
use super::value::Value;
use super::{receive, write};
use crate::{App, association, name};
use attache_core::{Body, Destination, NewFile, NewName, Reach, ReachChange, Staged};
use attache_http::body::fault;
use attache_http::{RequestInfo, base64};
use attache_model::id::FolderRef;
use attache_model::{Error, FileNo, Name, Result};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

/// What a file's content is called in faults.
const CONTENT: &str = "base64";

/// Refuses what can be refused of a call that was read up to its file.
///
/// # Errors
/// Those that the whole call would have.
pub(super) async fn foresee(reach: &Reach<'_>, call: &Call) -> Result<()> {
    let Some(method) = Method::parse(&call.method) else { return Ok(()) };
    match (method, method.args(call)) {
        (Method::UploadFile, Some([contact, Value::Text(name)])) if is_contact(contact) => {
            Place::of(Some(contact), name)?.allowed(reach)
        }
        // Where it goes is told behind the file.
        (Method::UploadFile, Some([Value::Text(name)])) => name::parse(name).map(drop),
        (Method::ReplaceFile, Some([id])) => match id.as_int() {
            Some(no) => reach.may_change(FileNo(no)).await.map(drop),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// `uploadFile`: the new file's id.
pub(super) async fn upload(app: &App, reach: &Reach<'_>, args: &[Value], file: Option<Staged>) -> Outcome<Value> {
    let (contact, name, content) = upload_args(args).ok_or(Trouble::Shape)?;
    let place = Place::of(contact, name)?;
    place.allowed(reach)?;
    let staged = staged(app, reach, content, file).await?;
    let new = NewFile::new(FolderRef::ROOT, NewName::Exact(place.name));
    let reached = reach.put_file(new, place.destination, staged).await?;
    Ok(Value::count(reached.file.no.0.unsigned_abs()))
}

/// `getFile`: the whole content, as it comes from the volume.
pub(super) async fn get(reach: &Reach<'_>, args: &[Value]) -> Outcome<Response> {
    let [id] = args else { return Err(Trouble::Shape) };
    let content = reach.open(file_no(id)?).await?;
    let len = content.version.size;
    if len == 0 {
        return Ok(write::file(0, Body::from(Bytes::new())));
    }
    let mut bytes = content.read(0..len).await.map_err(|error| unreadable(&error))?;
    // Content that cannot be read at all is told while there is still a way to.
    let first = bytes.next().await.transpose().map_err(|error| unreadable(&fault(error)))?;
    let first = first.ok_or_else(|| unreadable(&Error::bug("a content is shorter than its record")))?;
    Ok(write::file(len, stream::iter([Ok(first)]).chain(bytes)))
}

/// `getDownloadUrl`: a link to the content that needs no key.
pub(super) async fn link(app: &App, reach: &Reach<'_>, args: &[Value]) -> Outcome<Value> {
    let [id] = args else { return Err(Trouble::Shape) };
    let reached = reach.file(file_no(id)?).await?;
    let url = app.download_url(reach, &reached);
    let url = url.ok_or_else(|| Fault::new(Kind::NoAccess, "a sensitive file has no link; read it with getFile"))?;
    Ok(url.into())
}

/// `replaceFile`: new content under the same id.
pub(super) async fn replace(app: &App, reach: &Reach<'_>, args: &[Value], file: Option<Staged>) -> Outcome<Value> {
    let [id, content] = args else { return Err(Trouble::Shape) };
    if !is_content(content) {
        return Err(Trouble::Shape);
    }
    let no = file_no(id)?;
    reach.may_change(no).await?;
    let staged = staged(app, reach, content, file).await?;
    reach.change_file(no, ReachChange::default(), Some(staged)).await?;
    Ok(true.into())
}

/// `renameFile`: a new name, extension and all.
pub(super) async fn rename(reach: &Reach<'_>, args: &[Value]) -> Outcome<Value> {
    let [id, Value::Text(name)] = args else { return Err(Trouble::Shape) };
    let change = ReachChange { name: Some(name::parse(name)?), ..ReachChange::default() };
    reach.change_file(file_no(id)?, change, None).await?;
    Ok(true.into())
}

/// Where a new file goes, and its name.
struct Place {
    destination: Destination,
    name: Name,
}

impl Place {
    /// Without a contact, or with one that is none, a file is the company's.
    fn of(contact: Option<&Value>, name: &str) -> Result<Place> {
        let destination = match contact.and_then(Value::as_int).filter(|id| *id > 0) {
            Some(id) => Destination::Contact(association::contact(&id.to_string())?),
            None => Destination::Company,
        };
        Ok(Place { destination, name: name::parse(name)? })
    }

    fn allowed(&self, reach: &Reach<'_>) -> Result<()> {
        reach.may_put(&self.destination)
    }
}

/// The contact, the name and the content that `uploadFile` is given. Keap's samples have the contact first, its table
/// of parameters last; the types tell which it is.
fn upload_args(args: &[Value]) -> Option<(Option<&Value>, &str, &Value)> {
    match args {
        [contact, Value::Text(name), content] if is_contact(contact) && is_content(content) => {
            Some((Some(contact), name, content))
        }
        [Value::Text(name), content] if is_content(content) => Some((None, name, content)),
        [Value::Text(name), content, contact @ (Value::Int(_) | Value::Double(_) | Value::Nil)]
            if is_contact(contact) && is_content(content) =>
        {
            Some((Some(contact), name, content))
        }
        _ => None,
    }
}

/// A number, or nothing.
fn is_contact(value: &Value) -> bool {
    *value == Value::Nil || value.as_int().is_some()
}

/// What can be a file.
fn is_content(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Bytes(_) | Value::Spilled)
}

/// A file's number as an id.
///
/// # Errors
/// [`Trouble::Shape`] for what can be no id, a fault for a text that is no number.
pub(super) fn file_no(id: &Value) -> Outcome<FileNo> {
    match id {
        Value::Int(_) | Value::Double(_) | Value::Text(_) => {
            id.as_int().map(FileNo).ok_or_else(|| Trouble::invalid("the id of a file is a whole number"))
        }
        _ => Err(Trouble::Shape),
    }
}

/// The content of a call: staged while the call was read, or held in it.
async fn staged(app: &App, reach: &Reach<'_>, content: &Value, file: Option<Staged>) -> Result<Staged> {
    let bytes = match content {
        Value::Spilled => return file.ok_or_else(|| Error::bug("a file was taken and is not there")),
        Value::Bytes(bytes) => bytes.clone(),
        Value::Text(text) => base64::decode(CONTENT, text)?,
        _ => return Err(Error::bug("a content is neither text nor bytes")),
    };
    reach.stage(Body::from(Bytes::from(bytes)), &receive::expect(app)).await
}

/// The fault for content that the volume does not give; why goes to the log.
fn unreadable(error: &Error) -> Trouble {
    if let Error::Unavailable(cause) | Error::Internal(cause) = error {
        tracing::error!(request_id = RequestInfo::current().id, %cause, "a file's content cannot be read");
    }
    Fault::new(Kind::Loading, "The content of the file cannot be read at the moment").into()
}

#[cfg(test)]
mod tests;
