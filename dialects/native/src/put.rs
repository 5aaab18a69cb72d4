//! Content whose place is known: by path, and as a new version of a file that is there.

use crate::upload::{Incoming, answer, charset, described, is_form, media_type, query_fields, stage};
use crate::{Answer, Editing, Params, Site, convert, read, types};
use attache_core::{Clash, Condition, Edit, NewFile, Put, Replacement, Stat};
use attache_http::serve::Conditions;
use attache_model::error::Code;
use attache_model::file::File;
use attache_model::id::{FileRef, FolderRef};
use attache_model::limits::Limits;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Uri};

/// Fields that a new version of a file can have.
const VERSION_FIELDS: [&str; 4] = ["access", "ttl", "expires_at", "sha256"];
/// Fields of a file whose name and folder are in the path.
const PATH_FIELDS: [&str; 7] = ["access", "ttl", "expires_at", "description", "metadata", "record", "sha256"];

/// Put content at a path
///
/// Makes the file, or a new version of the file that is there. `If-None-Match: *` only makes, `If-Match` only replaces.
#[utoipa::path(put, path = "/v1/files/by-path/{path}", tag = "Files", operation_id = "putFileByPath",
    params(
        ("path" = String, Path, description = "Folders and name, each percent-encoded by itself. Missing folders are made."),
        ("If-None-Match" = Option<String>, Header, description = "`*` refuses when the file is there."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the file must still have."),
        types::FileFields,
        types::ContentFields,
    ),
    request_body(content((String = "application/octet-stream"))),
    responses(
        (status = 201, description = "A new file.", body = types::File),
        (status = 200, description = "A new version of the file that was there.", body = types::File),
    ))]
pub(crate) async fn by_path(
    State(site): State<Site>,
    caller: Editing,
    uri: Uri,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let names = read::path_behind(uri.path())?;
    let edit = caller.edit()?;
    let incoming = Incoming { query: &query, headers: &headers, body };
    let conditions = Conditions::of(&headers);
    let put = match conditions.if_match() {
        Some(tags) => {
            let file = there(&edit, &names.join("/")).await?;
            Put::Versioned(append(&edit, site.core.limits(), incoming, file, Condition::Matches(tags)).await?)
        }
        None => place(&edit, site.core.limits(), incoming, &names, conditions.if_absent()).await?,
    };
    Ok(answer(put, &site.public))
}

/// The file at a path that a condition needs to be there.
async fn there(edit: &Edit<'_>, path: &str) -> Result<FileRef> {
    match edit.stat(path).await {
        Ok(Stat::File(file)) => Ok(file.id.into()),
        Ok(Stat::Folder(_)) | Err(Error::NotFound(_)) => Err(Error::Precondition),
        Err(error) => Err(error),
    }
}

/// Makes the file at a path, or a new version of it unless it must be `absent`.
async fn place(
    edit: &Edit<'_>,
    limits: &Limits,
    incoming: Incoming<'_>,
    names: &[String],
    absent: bool,
) -> Result<Put<File>> {
    let kind = raw_type(incoming.headers)?;
    let fields = query_fields(incoming.query, &PATH_FIELDS, limits)?;
    let (name, folders) = names.split_last().ok_or(Error::NotFound(What::Route))?;
    let plan = NewFile {
        folder: FolderRef::Path(format!("/{}", folders.join("/"))),
        clash: if absent { Clash::Refuse } else { Clash::Version },
        ..described(fields.plan(Some(name), edit.now())?, kind)
    };
    let put = match stage(edit, limits, incoming, fields.sha256(), Some(&plan)).await {
        Ok(staged) => edit.put_file(plan, staged).await,
        Err(error) => Err(error),
    };
    match put {
        Err(Error::Exists { what: What::File, .. }) if absent => Err(Error::Precondition),
        put => put,
    }
}

/// Put a new version in
///
/// The old content stays as a version. Name, id and place stay.
#[utoipa::path(put, path = "/v1/files/{id}/content", tag = "Content", operation_id = "putVersion",
    params(
        ("id" = String, Path, description = "Id or number of the file."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the file or of its content that must still hold."),
        types::ContentFields,
    ),
    request_body(content((String = "application/octet-stream"))),
    responses((status = 200, description = "The file with its new version.", body = types::File)))]
pub(crate) async fn replace(
    State(site): State<Site>,
    caller: Editing,
    read::At(id): read::At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let edit = caller.edit()?;
    // A file that is not there is told before its bytes are asked for.
    let file = edit.file(convert::file_ref(&id)?).await?;
    let condition = read::condition(&headers);
    let incoming = Incoming { query: &query, headers: &headers, body };
    let file = append(&edit, site.core.limits(), incoming, file.id.into(), condition).await?;
    Ok(answer(Put::Versioned(file), &site.public))
}

async fn append(
    edit: &Edit<'_>,
    limits: &Limits,
    incoming: Incoming<'_>,
    file: FileRef,
    condition: Condition,
) -> Result<File> {
    let kind = raw_type(incoming.headers)?;
    let fields = query_fields(incoming.query, &VERSION_FIELDS, limits)?;
    let replacement = Replacement {
        access: fields.access(),
        expires_at: fields.expiry(edit.now())?.map(Some),
        charset: kind.as_deref().and_then(charset),
        media_type: kind,
        condition,
    };
    let staged = stage(edit, limits, incoming, fields.sha256(), None).await?;
    edit.replace_file(file, replacement, staged).await
}

/// The declared media type of a body that is the content itself.
fn raw_type(headers: &HeaderMap) -> Result<Option<String>> {
    match media_type(headers)? {
        Some(kind) if is_form(&kind) => {
            let why = "here the body is the content itself; forms are taken by POST /v1/files";
            Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why))
        }
        kind => Ok(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Fields;
    use attache_http::Query;
    use http::HeaderValue;
    use http::header::CONTENT_TYPE;
    use std::collections::BTreeSet;
    use utoipa::IntoParams;

    #[test]
    fn a_form_is_not_stored_as_content() {
        let error = raw_type(&HeaderMap::from_iter([(
            CONTENT_TYPE,
            HeaderValue::from_static("Multipart/form-data; boundary=x"),
        )]))
        .unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::MediaTypeUnsupported, .. }));
    }

    #[test]
    fn the_document_names_the_fields_that_are_read() {
        let names = |parameters: Vec<utoipa::openapi::path::Parameter>| {
            parameters.into_iter().map(|parameter| parameter.name).collect::<BTreeSet<_>>()
        };
        let content = names(types::ContentFields::into_params(|| None));
        let file = &content | &names(types::FileFields::into_params(|| None));
        let all = &file | &names(types::PlaceFields::into_params(|| None));
        assert_eq!(content, VERSION_FIELDS.map(str::to_owned).into());
        assert_eq!(file, PATH_FIELDS.map(str::to_owned).into());
        assert_eq!(all, Fields::NAMES.map(str::to_owned).into());
    }

    #[test]
    fn a_query_has_only_the_fields_of_its_operation() {
        let limits = Limits::default();
        let query = Query::parse("ttl=60&record=contact/42&record=deal/7").unwrap();
        assert!(query_fields(&query, &PATH_FIELDS, &limits).is_ok());
        let error = query_fields(&query, &VERSION_FIELDS, &limits).unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::UnknownParameter, .. }));
    }
}
