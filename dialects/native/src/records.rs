//! Records: which files are on one, what people read about it, and which records a file is on.

use crate::read::{self, At};
use crate::types::{self, FeedItem, Link, LinkPlan, LinkedFile, List, ListedRecord, Origin, Page, UploadForm};
use crate::upload::{Incoming, receive};
use crate::{Answer, Editing, Params, Site, Viewing, convert, list as pages, plan};
use attache_core::{NewLink, RecordQuery};
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::link::Record;
use attache_model::{Error, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use utoipa::IntoParams;

/// Which records.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct RecordParams {
    /// Of this type, such as `contact`; all where it is not given.
    r#type: Option<String>,
    /// The id begins with this. It needs `type`.
    prefix: Option<String>,
}

/// List records
///
/// The records that files are on, in the order of their types and ids. With the scope `records` they have their names, and those
/// that have a name and no file are there too.
#[utoipa::path(get, path = "/v1/records", tag = "Records", operation_id = "listRecords", params(RecordParams, pages::PageParams),
    responses((status = 200, description = "A page of records.", body = Page<ListedRecord>)))]
pub(crate) async fn all(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&["type", "prefix", "limit", "cursor"])?;
    let (kind, prefix) = (query.one("type")?, query.one("prefix")?.unwrap_or_default());
    if kind.is_none() && !prefix.is_empty() {
        return Err(
            Error::malformed(Code::ParameterInvalid, "prefix", "it needs type: ids are looked for in one").into()
        );
    }
    let asked = RecordQuery {
        kind: kind.map(str::to_owned),
        prefix: prefix.to_owned(),
        start: pages::start(&query)?,
        limit: pages::limit(&query, site.core.limits())?,
    };
    let page = caller.view()?.records(&asked).await?;
    Ok(pages::answer(page.map(|record| convert::listed_record(&record)), &query, &site.public))
}

/// List a record's files
///
/// The file that was put on it last comes first.
#[utoipa::path(get, path = "/v1/records/{type}/{id}/files", tag = "Records", operation_id = "listRecordFiles",
    params(("type" = String, Path, description = "Type of the record, such as `contact`."),
        ("id" = String, Path, description = "Id of the record."), pages::PageParams),
    responses((status = 200, description = "A page of files with their places.", body = Page<LinkedFile>)))]
pub(crate) async fn list(
    State(site): State<Site>,
    caller: Viewing,
    At((kind, id)): At<(String, String)>,
    query: Params,
) -> Answer {
    query.only(&pages::PAGE)?;
    let record = Record::new(&kind, &id)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.view()?.files_on(&record, start, limit).await?;
    let page =
        page.map(|(link, file)| LinkedFile { link: convert::link(&link), file: convert::file(&file, &site.public) });
    Ok(pages::answer(page, &query, &site.public))
}

/// Put a new file on a record
///
/// Takes the same as `POST /v1/files`. File and link become visible in one step.
#[utoipa::path(post, path = "/v1/records/{type}/{id}/files", tag = "Records", operation_id = "putRecordFile",
    params(("type" = String, Path, description = "Type of the record, such as `contact`."),
        ("id" = String, Path, description = "Id of the record."),
        types::PlaceFields, types::FileFields, types::ContentFields),
    request_body(content((UploadForm = "multipart/form-data"), (String = "application/octet-stream"))),
    responses(
        (status = 201, description = "A new file on the record.", body = types::File),
        (status = 200, description = "A new version of a file that was there (`on_conflict=version`).", body = types::File),
    ))]
pub(crate) async fn upload(
    State(site): State<Site>,
    caller: Editing,
    At((kind, id)): At<(String, String)>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let record = Record::new(&kind, &id)?;
    let edit = caller.edit()?;
    let incoming = Incoming { query: &query, headers: &headers, body };
    let put = receive(&edit, site.core.limits(), incoming, Some(record)).await?;
    Ok(crate::upload::answer(put, &site.public))
}

/// Put a file on a record
///
/// Doing it again changes nothing.
#[utoipa::path(put, path = "/v1/records/{type}/{id}/files/{file}", tag = "Records", operation_id = "linkFile",
    params(("type" = String, Path, description = "Type of the record, such as `contact`."),
        ("id" = String, Path, description = "Id of the record."),
        ("file" = String, Path, description = "Id or number of the file.")),
    request_body(content = LinkPlan, description = "May be left out."),
    responses((status = 200, description = "The file's place on the record.", body = Link)))]
pub(crate) async fn link(
    State(site): State<Site>,
    caller: Editing,
    At((kind, id, file)): At<(String, String, String)>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let record = Record::new(&kind, &id)?;
    let file = convert::file_ref(&file)?;
    let wanted: LinkPlan = read::json_or_default(&headers, body, site.core.limits()).await?;
    let link = caller.edit()?.link(file, new_link(record, wanted)).await?;
    Ok(json_answer(StatusCode::OK, &convert::link(&link)))
}

/// A link as core takes it.
pub(crate) fn new_link(record: Record, wanted: LinkPlan) -> NewLink {
    let plain = NewLink::attached(record);
    NewLink {
        origin: wanted.origin.map_or(plain.origin, Into::into),
        role: wanted.role.unwrap_or_default(),
        visible: wanted.visible.unwrap_or(true),
        ..plain
    }
}

/// Take a file off a record
///
/// The file itself stays.
#[utoipa::path(delete, path = "/v1/records/{type}/{id}/files/{file}", tag = "Records", operation_id = "unlinkFile",
    params(("type" = String, Path, description = "Type of the record, such as `contact`."),
        ("id" = String, Path, description = "Id of the record."),
        ("file" = String, Path, description = "Id or number of the file."),
        ("origin" = Option<Origin>, Query, description = "Only the link of this origin; every one where it is not given.")),
    responses((status = 204, description = "It is no longer on the record.")))]
pub(crate) async fn unlink(
    caller: Editing,
    At((kind, id, file)): At<(String, String, String)>,
    query: Params,
) -> Answer {
    query.only(&["origin"])?;
    let record = Record::new(&kind, &id)?;
    let origin = query.one("origin")?.map(|word| plan::word::<Origin>("origin", word)).transpose()?;
    let edit = caller.edit()?;
    if !edit.unlink(convert::file_ref(&file)?, &record, origin.map(Into::into)).await? {
        return Err(Error::NotFound(What::Link).into());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// List the records that a file is on
#[utoipa::path(get, path = "/v1/files/{id}/records", tag = "Records", operation_id = "listFileRecords",
    params(("id" = String, Path, description = "Id or number of the file.")),
    responses((status = 200, description = "Its places.", body = List<Link>)))]
pub(crate) async fn of_file(caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let links = caller.view()?.links_of(convert::file_ref(&id)?).await?;
    let items: Vec<_> = links.iter().map(convert::link).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

/// Read a record's feed
///
/// The notes on the record, newest first. A text and the files that its author put beside it in the same second are one
/// item. Words are shown to tokens with the scope `records`; others see the files alone.
#[utoipa::path(get, path = "/v1/records/{type}/{id}/feed", tag = "Records", operation_id = "readRecordFeed",
    params(("type" = String, Path, description = "Type of the record, such as `contact`."),
        ("id" = String, Path, description = "Id of the record."), pages::PageParams),
    responses((status = 200, description = "A page of items.", body = Page<FeedItem>)))]
pub(crate) async fn feed(
    State(site): State<Site>,
    caller: Viewing,
    At((kind, id)): At<(String, String)>,
    query: Params,
) -> Answer {
    query.only(&pages::PAGE)?;
    let record = Record::new(&kind, &id)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.view()?.feed(&record, start, limit).await?;
    let page = page.map(|item| convert::feed_item(&item, &site.public));
    Ok(pages::answer(page, &query, &site.public))
}
