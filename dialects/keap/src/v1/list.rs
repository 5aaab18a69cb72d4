//! `GET /files`: a page of what the caller may read.

use super::Rest1;
use super::error::json;
use super::filter::Filter;
use super::page::Page;
use super::types::FileList;
use crate::{App, Reply};
use attache_core::{FileQuery, Life, Start};
use attache_http::{Params, Reaching};
use axum::extract::State;
use http::StatusCode;

/// `GET /files`.
pub(super) async fn list(State(app): State<App>, who: Reaching<Rest1>, query: Params<Rest1>) -> Reply<Rest1> {
    let reach = who.reach()?;
    let (page, filter) = (Page::of(&query)?, Filter::of(&query)?);
    let [next, previous] = page.links(&app.public, &filter);
    let count = reach.count(&filter.tests).await?;
    let question = FileQuery {
        tests: filter.tests,
        order: vec![],
        start: Start::Offset(page.offset.into()),
        limit: page.limit,
        life: Life::Living,
    };
    let found = reach.files(&question).await?.items;
    let files = found.iter().map(|reached| app.descriptor(&reach, reached)).collect();
    Ok(json(StatusCode::OK, &FileList { files, count, next, previous }))
}
