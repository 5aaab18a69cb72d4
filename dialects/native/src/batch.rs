//! Many things in one request. Each item is done or refused by itself, and the answer tells of each.

use crate::error::Problem;
use crate::read;
use crate::types::{BatchResult, FileBatch, ItemResult, LinkBatch, LinkItem, LinkPlan};
use crate::{Answer, Editing, Params, Removing, Site, convert, records};
use attache_core::{Condition, Edit};
use attache_http::RequestInfo;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::{Error, FileRef, Result, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::future::{self, BoxFuture, FutureExt};
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, StatusCode};

/// Items of a batch that are worked on at once.
const AT_ONCE: usize = 16;

/// Delete many files
///
/// Moves each to the trash.
#[utoipa::path(post, path = "/v1/files/batch/delete", tag = "Batches", operation_id = "deleteFiles", request_body = FileBatch,
    responses((status = 200, description = "What became of each.", body = BatchResult)))]
pub(crate) async fn delete(
    State(site): State<Site>,
    caller: Removing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let files = named_files(&site, &query, &headers, body).await?;
    let remove = caller.remove()?;
    let done = each_file(files, move |file| async move { remove.trash_file(file, Condition::Always).await }.boxed());
    Ok(answer(done.await))
}

/// Restore many files
///
/// Brings each back from the trash.
#[utoipa::path(post, path = "/v1/files/batch/restore", tag = "Batches", operation_id = "restoreFiles", request_body = FileBatch,
    responses((status = 200, description = "What became of each.", body = BatchResult)))]
pub(crate) async fn restore(
    State(site): State<Site>,
    caller: Removing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let files = named_files(&site, &query, &headers, body).await?;
    let remove = caller.remove()?;
    let done = each_file(files, move |file| async move { remove.restore_file(file).await.map(drop) }.boxed());
    Ok(answer(done.await))
}

/// Put many files on records
#[utoipa::path(post, path = "/v1/files/batch/link", tag = "Batches", operation_id = "linkFiles", request_body = LinkBatch,
    responses((status = 200, description = "What became of each.", body = BatchResult)))]
pub(crate) async fn link(
    State(site): State<Site>,
    caller: Editing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let batch: LinkBatch = read::json(&headers, body, site.core.limits()).await?;
    bounded("items", batch.items.len(), site.core.limits())?;
    let edit = caller.edit()?;
    let done = each(batch.items, move |item| async move { (item.file.clone(), link_one(&edit, item).await) }.boxed());
    Ok(answer(done.await))
}

async fn link_one(edit: &Edit<'_>, item: LinkItem) -> Result<()> {
    let file = convert::file_ref(&item.file)?;
    let record: Record = item.record.parse()?;
    let plan = LinkPlan { origin: item.origin, role: item.role, visible: None };
    edit.link(file, records::new_link(record, plan)).await.map(drop)
}

/// Take many files off records
#[utoipa::path(post, path = "/v1/files/batch/unlink", tag = "Batches", operation_id = "unlinkFiles", request_body = LinkBatch,
    responses((status = 200, description = "What became of each.", body = BatchResult)))]
pub(crate) async fn unlink(
    State(site): State<Site>,
    caller: Editing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let batch: LinkBatch = read::json(&headers, body, site.core.limits()).await?;
    bounded("items", batch.items.len(), site.core.limits())?;
    let edit = caller.edit()?;
    let done = each(batch.items, move |item| async move { (item.file.clone(), unlink_one(&edit, item).await) }.boxed());
    Ok(answer(done.await))
}

async fn unlink_one(edit: &Edit<'_>, item: LinkItem) -> Result<()> {
    if item.role.is_some() {
        return Err(Error::invalid("role", "a link is removed by record and origin; leave role out"));
    }
    let file = convert::file_ref(&item.file)?;
    let record: Record = item.record.parse()?;
    let was_there = edit.unlink(file, &record, item.origin.map(Into::into)).await?;
    if was_there { Ok(()) } else { Err(Error::NotFound(What::Link)) }
}

/// The files that a batch names.
async fn named_files(site: &Site, query: &Params, headers: &HeaderMap, body: Body) -> Result<Vec<String>> {
    query.only(&[])?;
    let batch: FileBatch = read::json(headers, body, site.core.limits()).await?;
    bounded("files", batch.files.len(), site.core.limits())?;
    Ok(batch.files)
}

/// What became of one item, with its name.
type Done = (String, Result<()>);

/// Does the work for every item, some at once so that their commits are grouped, and keeps the order.
async fn each<'w, T>(items: Vec<T>, work: impl Fn(T) -> BoxFuture<'w, Done>) -> Vec<Done> {
    stream::iter(items.into_iter().map(work)).buffered(AT_ONCE).collect().await
}

/// As [`each`], for files; a name that is none is refused by itself.
async fn each_file<'w>(names: Vec<String>, work: impl Fn(FileRef) -> BoxFuture<'w, Result<()>>) -> Vec<Done> {
    let one = |name: String| {
        let done = match convert::file_ref(&name) {
            Ok(file) => work(file),
            Err(error) => future::ready(Err(error)).boxed(),
        };
        done.map(|done| (name, done)).boxed()
    };
    each(names, one).await
}

/// Refuses a batch with more items than the limit `batch_items`.
fn bounded(field: &str, items: usize, limits: &Limits) -> Result<()> {
    if items as u64 <= limits.batch_items {
        return Ok(());
    }
    let why = format!("a batch has at most {} items, and this one has {items}", limits.batch_items);
    Err(Error::refuse(Code::ListTooLong, field, why))
}

fn answer(results: Vec<Done>) -> Response {
    let request = RequestInfo::current();
    let results: Vec<_> = results
        .into_iter()
        .map(|(file, done)| ItemResult {
            file,
            ok: done.is_ok(),
            error: done.err().map(|error| told(&error, &request)),
        })
        .collect();
    let failed = results.iter().filter(|result| !result.ok).count();
    json_answer(StatusCode::OK, &BatchResult { results, failed })
}

/// One item's problem. What is the operator's matter goes to the log, since no failed answer will bring it there.
fn told(error: &Error, request: &RequestInfo) -> Problem {
    if let Error::Unavailable(cause) | Error::Internal(cause) = error {
        tracing::error!(dialect = "native", request_id = request.id, cause = %cause, "an item of a batch failed");
    }
    Problem::of(error, &request.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_the_limit_is_taken_and_one_more_is_refused() {
        let limits = Limits { batch_items: 2, ..Limits::default() };
        assert!(bounded("files", 2, &limits).is_ok());
        let error = bounded("files", 3, &limits).unwrap_err();
        assert!(matches!(error, Error::Invalid { code: Code::ListTooLong, .. }));
    }

    #[tokio::test]
    async fn each_item_tells_its_own_fate() {
        let results = vec![("1".to_owned(), Ok(())), ("2".to_owned(), Err(Error::NotFound(What::File)))];
        let body = axum::body::to_bytes(answer(results).into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["failed"], &body["results"][0]["ok"]), (&1.into(), &true.into()));
        assert_eq!(body["results"][1]["error"]["code"], "not_found");
    }
}
