//! Putting files in: as a form, or with the content as the body.

use crate::plan::Fields;
use crate::types::UploadForm;
use crate::{Answer, Editing, Params, Site, convert, files, types};
use attache_core::{Clash, Edit, Expect, NewFile, NewLink, Put, Staged};
use attache_http::body::{self, Cap};
use attache_http::multipart::{Multipart, Part};
use attache_http::{PublicUrl, Query};
use attache_model::digest::Sha256;
use attache_model::error::Code;
use attache_model::file::File;
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::{Error, Result};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};

/// Put a file in
///
/// As multipart form data with the content in the part `file`, or with the content as the whole body and the same
/// fields as query parameters. The answer comes when the bytes are safe on disk and the file is visible.
#[utoipa::path(post, path = "/v1/files", tag = "Files", operation_id = "putFile", params(types::PlaceFields, types::FileFields, types::ContentFields),
    request_body(content((UploadForm = "multipart/form-data"), (String = "application/octet-stream"))),
    responses(
        (status = 201, description = "A new file.", body = types::File,
            headers(("Location" = String, description = "Address of the file."))),
        (status = 200, description = "A new version of a file that was there (`on_conflict=version`).", body = types::File),
    ))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Editing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let edit = caller.edit()?;
    let put = receive(&edit, site.core.limits(), Incoming { query: &query, headers: &headers, body }, None).await?;
    Ok(answer(put, &site.public))
}

/// What a request brings.
pub(crate) struct Incoming<'r> {
    pub(crate) query: &'r Query,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) body: Body,
}

/// Makes a file of what a request brings; `record` is one more record to put it on.
///
/// # Errors
/// What is wrong with the request, and those of the puts of core.
pub(crate) async fn receive(
    edit: &Edit<'_>,
    limits: &Limits,
    incoming: Incoming<'_>,
    record: Option<Record>,
) -> Result<Put<File>> {
    let (plan, staged) = match media_type(incoming.headers)? {
        Some(kind) if is_form(&kind) => form(edit, limits, incoming).await?,
        kind => raw(edit, limits, incoming, kind).await?,
    };
    let mut links = plan.links.clone();
    links.extend(record.map(NewLink::attached));
    edit.put_file(NewFile { links, ..plan }, staged).await
}

async fn raw(
    edit: &Edit<'_>,
    limits: &Limits,
    incoming: Incoming<'_>,
    kind: Option<String>,
) -> Result<(NewFile, Staged)> {
    let fields = query_fields(incoming.query, &Fields::NAMES, limits)?;
    let plan = described(fields.plan(None, edit.now())?, kind);
    let staged = stage(edit, limits, incoming, fields.sha256(), Some(&plan)).await?;
    Ok((plan, staged))
}

/// Reads a form in whatever order its parts come: the content is staged where it stands, and the file is made when all
/// fields are known.
async fn form(edit: &Edit<'_>, limits: &Limits, incoming: Incoming<'_>) -> Result<(NewFile, Staged)> {
    incoming.query.only(&[])?;
    let room = incoming_room(incoming.headers, limits)?;
    let mut form = Multipart::of(incoming.headers, incoming.body, limits)?;
    let mut fields = Fields::default();
    let mut content = None;
    while let Some(part) = form.next_part().await? {
        match part.name.as_str() {
            "file" if content.is_some() => {
                return Err(Error::invalid("file", "there is more than one part 'file'; send one file in one request"));
            }
            "file" => {
                let given = (part.file_name.clone(), part.content_type.clone());
                content = Some((take_part(edit, limits, &fields, part, room).await?, given));
            }
            _ => {
                let name = part.name.clone();
                fields.set(&name, &part.text().await?, limits)?;
            }
        }
    }
    let Some((staged, (name, kind))) = content else {
        return Err(Error::invalid("file", "the part 'file' with the content is missing"));
    };
    if fields.sha256().is_some_and(|wanted| wanted != staged.sha256()) {
        return Err(Error::Checksum);
    }
    Ok((described(fields.plan(name.as_deref(), edit.now())?, kind), staged))
}

/// Stages the content of a form. What is known so far may refuse it before its bytes come; what later fields can still
/// put right may not.
async fn take_part(edit: &Edit<'_>, limits: &Limits, fields: &Fields, part: Part, room: Option<u64>) -> Result<Staged> {
    if let Ok(plan) = fields.plan(part.file_name.as_deref(), edit.now()) {
        let clash = if fields.is_settled() { plan.clash } else { Clash::Number };
        edit.foresee(&NewFile { clash, ..plan }, room).await?;
    }
    let expect = Expect { sha256: fields.sha256().map(|digest| digest.0), ..Expect::at_most(limits.file_bytes) };
    edit.stage(part.stream(), &expect).await
}

/// The least length that the file in a form of the declared length has.
fn incoming_room(headers: &HeaderMap, limits: &Limits) -> Result<Option<u64>> {
    let around = Cap::multipart(limits).bytes.saturating_sub(limits.file_bytes);
    Ok(body::declared_len(headers)?.map(|len| len.saturating_sub(around)))
}

/// Stages the whole body. A plan that is known already is tried first, before the body is asked for.
pub(crate) async fn stage(
    edit: &Edit<'_>,
    limits: &Limits,
    incoming: Incoming<'_>,
    sha256: Option<Sha256>,
    plan: Option<&NewFile>,
) -> Result<Staged> {
    let len = body::declared_len(incoming.headers)?;
    let bytes = body::stream(incoming.headers, incoming.body, Cap::file(limits), limits)?;
    if let Some(plan) = plan {
        edit.foresee(plan, len).await?;
    }
    let expect = Expect { len, sha256: sha256.map(|digest| digest.0), ..Expect::at_most(limits.file_bytes) };
    edit.stage(bytes, &expect).await
}

/// The fields in a query.
pub(crate) fn query_fields(query: &Query, known: &[&str], limits: &Limits) -> Result<Fields> {
    query.only(known)?;
    let mut fields = Fields::default();
    query.iter().try_for_each(|(name, value)| fields.set(name, value, limits))?;
    Ok(fields)
}

/// A plan with the media type that the client declared.
pub(crate) fn described(plan: NewFile, kind: Option<String>) -> NewFile {
    NewFile { charset: kind.as_deref().and_then(charset), media_type: kind, ..plan }
}

/// The declared media type. The one that tools put on everything they send says nothing.
pub(crate) fn media_type(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(None) };
    let fault = |_| Error::malformed(Code::HeaderInvalid, "Content-Type", "it is not plain ASCII text");
    let kind = value.to_str().map_err(fault)?;
    attache_core::check_type(kind)?;
    Ok(Some(kind.to_owned()).filter(|kind| !kind.starts_with("application/x-www-form-urlencoded")))
}

pub(crate) fn is_form(kind: &str) -> bool {
    kind.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"))
}

pub(crate) fn charset(kind: &str) -> Option<String> {
    let parameters = kind.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, value)| value.trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

/// The answer to a put.
pub(crate) fn answer(put: Put<File>, public: &PublicUrl) -> Response {
    let status = if matches!(put, Put::Created(_)) { StatusCode::CREATED } else { StatusCode::OK };
    let file = convert::file(&put.into_file(), public);
    let mut answer = files::answer(status, &file);
    if let Ok(place) = HeaderValue::from_str(&public.link(["v1", "files", &file.id])) {
        answer.headers_mut().insert(LOCATION, place);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    #[test]
    fn a_declared_type_is_kept_with_its_charset() {
        let kind = media_type(&typed("text/csv; charset=\"utf-8\"")).unwrap().unwrap();
        assert_eq!(charset(&kind).as_deref(), Some("utf-8"));
        assert_eq!(charset("text/csv"), None);
    }

    #[test]
    fn what_tools_put_on_everything_is_no_declaration() {
        assert_eq!(media_type(&typed("application/x-www-form-urlencoded")).unwrap(), None);
        assert_eq!(media_type(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn two_types_in_one_value_are_refused() {
        let error = media_type(&typed("image/png, text/html")).unwrap_err();
        assert!(matches!(error, Error::Invalid { code: Code::TypeInvalid, .. }));
    }
}
